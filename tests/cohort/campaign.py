"""The comparison of columns and the reader of tables at its full count, in patients.

Every other unit is of generated trials; the others are of the trials that come with the package,
with patients of whom all that a trial asks for is said plainly, or nearly all.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import screener
from tests.campaign.parts import Outcome
from tests.cohort.plain import plain_rows, shipped
from tests.cohort.test_generated import compare
from tests.cohort.test_plain_rows import differing

COUNT = 200_000
#: A unit of generated trials: so many with so many patients each, every other frame with types. Of
#: a third of these patients more is known than a table can say, and they are left out.
TRIALS, PATIENTS = 10, 100
#: So many of each trial that comes with the package make up for them.
_OF_EACH = 120
_PLAIN = "-plain"
#: Shares of cells that are empty.
_GAPS = (0.0, 0.05, 0.1, 0.3)
#: One in so many frames is answered by DuckDB.
_ON_DUCKDB = 5


def units(count: int, seed: str) -> Iterator[str]:
    """So many units that `count` patients are drawn."""
    for number in range(-(-count // (TRIALS * PATIENTS))):
        yield f"{seed}-{number}{_PLAIN if number % 2 else ''}"


def work(unit: str) -> Outcome:
    """Compare the frames of one unit."""
    return _plain(unit) if unit.endswith(_PLAIN) else _generated(unit)


def _generated(unit: str) -> Outcome:
    rows, problems = 0, []
    for number in range(TRIALS):
        wrong, counts = compare(f"{unit}-{number}", PATIENTS, typed=number % 2 == 1)
        rows += counts["rows"]
        problems += wrong
    return Outcome("patients", rows, problems)


def _plain(unit: str) -> Outcome:
    trials = shipped()
    problems = []
    for path in trials:
        edition = screener.load_trial(path).newest
        protocol, vocabulary = edition.protocol, edition.vocabulary
        name = f"{path.parent.name} {path.stem}"
        random = Random(f"{unit} {name}")
        edges, gaps = random.random() < 0.5, random.choice(_GAPS)
        frame = plain_rows(protocol, vocabulary, _OF_EACH, random, edges=edges, gaps=gaps)
        on_duckdb = random.randrange(_ON_DUCKDB) == 0
        wrong, _ = differing(protocol, vocabulary, frame, on_duckdb=on_duckdb)
        problems += [f"{unit}: {name}: {one}" for one in wrong]
    return Outcome("patients of shipped trials", len(trials) * _OF_EACH, problems)
