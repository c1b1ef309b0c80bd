"""The generated texts of criteria at their full count: no line lost, no wrong proposal."""

from __future__ import annotations

from collections.abc import Iterator

from tests.campaign.parts import Outcome
from tests.registry.test_generated import TEXTS, check

COUNT = 5_000


def units(count: int, seed: str) -> Iterator[str]:
    """So many units that `count` texts are drafted."""
    for number in range(-(-count // TEXTS)):
        yield f"{seed}-{number}"


def work(unit: str) -> Outcome:
    """Draft the texts of one unit."""
    tried, problems = check(unit)
    return Outcome("drafts", tried, problems)
