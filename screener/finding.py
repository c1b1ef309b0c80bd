"""A judged formula: its truth, and the judged parts it rests on, down to the leaves.

Shared by what judges and what explains; nothing here decides a truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from screener.causes import Cause
from screener.ir import Formula
from screener.truth import UNKNOWN, Truth

#: A finding without names for its parts: to make one of a class takes four times as long, and most
#: are never looked at. A `Finding` is one too.
Bare: TypeAlias = "tuple[Formula, Truth, Cause | None, tuple[Bare, ...]]"


class Finding(NamedTuple):
    """The truth of a formula, why it is unknown (a leaf only), and the parts that share in it.

    A decided combination rests on the parts that decide it, an unknown one on all its parts.
    """

    formula: Formula
    truth: Truth
    cause: Cause | None
    parts: tuple[Finding, ...]


def named(bare: Bare) -> Finding:
    """The same finding with names, down to the leaves."""
    formula, truth, cause, parts = bare
    return Finding(formula, truth, cause, tuple([named(part) for part in parts]))


def leaves_of(bare: Bare) -> list[Finding]:
    """The leaves that a finding rests on, with names; quicker than `leaves` of the named one."""
    if not bare[3]:
        # Past its own `__new__`, which takes twice as long.
        return [tuple.__new__(Finding, bare)]
    return [leaf for part in bare[3] for leaf in leaves_of(part)]


def open_leaves(finding: Finding) -> Iterator[Finding]:
    """The leaves that keep an unknown finding open: reached through unknown parts only."""
    if finding.truth is not UNKNOWN:
        return
    if not finding.parts:
        yield finding
    for part in finding.parts:
        yield from open_leaves(part)
