"""The comparison of engine and judge at its full count: pairs of a criterion and a patient."""

from __future__ import annotations

from collections.abc import Iterator

from tests.campaign.parts import Outcome
from tests.judge.compare import Tally, compare

COUNT = 5_000_000
#: A unit of work: 10 files of 20 criteria and 50 patients each.
FILES, CRITERIA, PATIENTS = 10, 20, 50
PAIRS_PER_UNIT = FILES * CRITERIA * PATIENTS


def units(count: int, seed: str) -> Iterator[str]:
    """So many units that `count` pairs are compared."""
    for number in range(-(-count // PAIRS_PER_UNIT)):
        yield f"{seed}-{number}"


def work(unit: str) -> Outcome:
    """Compare the files of one unit."""
    tally = Tally()
    for number in range(FILES):
        tally.add(compare(f"{unit}-{number}", CRITERIA, PATIENTS))
    problems = tally.disagreements + [f"cause: {one}" for one in tally.other_causes]
    return Outcome("pairs", tally.pairs, problems)
