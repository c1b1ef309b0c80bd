"""Generated trials on Spark at their full count, in patients; each unit starts a cluster."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.campaign.parts import Outcome
from tests.cohort.generated import several
from tests.cohort.spark import compare, session_of, started

COUNT = 200_000
#: A unit of work: so many trials with so many patients each, in one job.
TRIALS, PATIENTS = 20, 2_000


def units(count: int, seed: str) -> Iterator[str]:
    """So many units that `count` patients are drawn."""
    for number in range(-(-count // (TRIALS * PATIENTS))):
        yield f"{seed}-{number}"


def work(unit: str) -> Outcome:
    """Compare the patients of one unit."""
    cohorts = several(unit, TRIALS, PATIENTS)
    with started() as found, tempfile.TemporaryDirectory() as folder:
        problems, number = compare(cohorts, session_of(found), Path(folder))
    return Outcome("patients on Spark", number, problems)
