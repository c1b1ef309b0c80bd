"""200,000 generated patients on polars and DuckDB have the answers of the reference.

They are patients of ten generated trials. Those of a trial are drawn from some hundred distinct
rows, of which the reference answers each once: so many different ones are compared, and each at
many places of its column, among others.
"""

from __future__ import annotations

from random import Random

import duckdb
import polars as pl
import pytest

from screener.cohort.onebyone import Refused
from screener.cohort.relations import screen_relation
from screener.cohort.screening import Screening
from screener.interpreters.columns import PATIENT
from tests.cohort.generated import Cohort, generated, several
from tests.cohort.test_cases import Engine

TRIALS, PATIENTS, DISTINCT = 10, 20_000, 800
PARTS = 2
#: Of those that columns leave to the reference, which takes a hundred times as long, so many.
_DOUBTFUL = 50


def on_polars(screening: Screening, frame: pl.DataFrame) -> pl.DataFrame:
    """The answers of polars, words as texts."""
    return screening.lazy(frame.lazy()).collect().with_columns(pl.col(pl.Enum).cast(pl.String))


def on_duckdb(screening: Screening, frame: pl.DataFrame) -> pl.DataFrame:
    """The answers of DuckDB, in the order of the patients."""
    relation = screen_relation(screening, duckdb.connect().from_arrow(frame.to_arrow()))
    answers = pl.DataFrame(relation.to_arrow_table())
    return frame.select(PATIENT).join(answers, on=PATIENT, maintain_order="left")


def drawn(cohort: Cohort, random: Random) -> list[int]:
    """So many patients, by the places of their records; all of these are among them."""
    doubtful = cohort.doubtful()
    plain, others = (~doubtful).arg_true().to_list(), doubtful.arg_true().to_list()
    places = plain + random.sample(others, min(len(others), _DOUBTFUL))
    places += random.choices(plain, k=PATIENTS - len(places))
    random.shuffle(places)
    return places


def expected(cohort: Cohort, places: list[int], answers: list[str]) -> pl.DataFrame:
    """What the reference says of these patients, each record asked once."""
    once = sorted(set(places))
    found = cohort.expected(cohort.frame[once])
    said = [dict.fromkeys(answers) if isinstance(one, Refused) else one for one in found]
    at = {place: number for number, place in enumerate(once)}
    return pl.DataFrame(said, infer_schema_length=None)[[at[place] for place in places]]


@pytest.mark.parametrize("part", range(PARTS))
def test_200_000_generated_patients_are_answered_as_one_by_one(part: int) -> None:
    cohorts = several(f"many-{part}", TRIALS // PARTS, DISTINCT)
    for number, cohort in enumerate(cohorts):
        places = drawn(cohort, Random(f"{part} {number}"))
        ids = pl.Series(PATIENT, [f"P{number:05}" for number in range(len(places))])
        frame = cohort.frame[places].with_columns(ids)
        right = expected(cohort, places, [*cohort.screening.wanted])
        for engine in (on_polars, on_duckdb):
            found = engine(cohort.screening, frame)
            wrong = [
                name for name in right.columns if not found[name].eq_missing(right[name]).all()
            ]
            assert (engine.__name__, wrong) == (engine.__name__, [])


@pytest.mark.parametrize("engine", [on_polars, on_duckdb], ids=["polars", "duckdb"])
@pytest.mark.parametrize("times", [2, 7])
def test_counts_grow_exactly_with_people_repeated_under_new_ids(engine: Engine, times: int) -> None:
    cohort = generated(f"repeated-{times}", 60)
    turns = [cohort.frame.with_columns(pl.col(PATIENT) + f"-{turn}") for turn in range(times)]
    once, often = (engine(cohort.screening, one) for one in (cohort.frame, pl.concat(turns)))
    for name in cohort.screening.wanted:
        counts = [dict(one[name].value_counts().rows()) for one in (once, often)]
        assert counts[1] == {answer: times * count for answer, count in counts[0].items()}
