"""Tells which records of a table of many were not used, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screener.cli import console

if TYPE_CHECKING:
    from screener.cohort.records import Aside

#: So many reasons are told; the others are counted.
_TOLD = 20


def tell_aside(where: str, aside: Sequence[Aside]) -> None:
    """Tell of the records that are not used, the most frequent reasons first."""
    if not aside:
        return
    console.say(f"{where}: records that cannot be used: {sum(one.rows for one in aside):,}")
    ordered = sorted(aside, key=lambda one: (-one.rows, one.reason))
    for one in ordered[:_TOLD]:
        console.say(f"  {one.rows:,} x: {one.reason}")
    if left := ordered[_TOLD:]:
        console.say(f"  {sum(one.rows for one in left):,} x: {len(left):,} other reasons")
