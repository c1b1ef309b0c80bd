"""The comparison of columns and the reader of tables at its full count, in patients."""

from __future__ import annotations

from collections.abc import Iterator

from tests.campaign.parts import Outcome
from tests.cohort.test_generated import compare

COUNT = 200_000
#: A unit of work: so many trials with so many patients each, every other frame with types.
TRIALS, PATIENTS = 10, 100


def units(count: int, seed: str) -> Iterator[str]:
    """So many units that `count` patients are drawn."""
    for number in range(-(-count // (TRIALS * PATIENTS))):
        yield f"{seed}-{number}"


def work(unit: str) -> Outcome:
    """Compare the frames of one unit."""
    rows, problems = 0, []
    for number in range(TRIALS):
        wrong, counts = compare(f"{unit}-{number}", PATIENTS, typed=number % 2 == 1)
        rows += counts["rows"]
        problems += wrong
    return Outcome("patients", rows, problems)
