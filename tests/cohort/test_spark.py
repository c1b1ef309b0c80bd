"""Spark on a master and two workers answers what one patient is answered, with no Python there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.cluster import NO_PYTHON, Cluster
from screener.cohort.screening import Screening
from screener.days import parse_days
from screener.interpreters.columns import PATIENT
from screener.rules.load import read_protocol
from tests.cli.support import Command
from tests.cohort.spark import Sharing, compare, screened_sharing, session_of, several, started
from tests.cohort.tables import Row, frame_of
from tests.cohort.test_cases import groups
from tests.spec.cases import Case
from tests.spec.test_cases import vocabulary_of

pytestmark = pytest.mark.spark

TRIALS, PATIENTS = 6, 2_000
TABLE = """patient,smoker,platelets [10*9/L],platelets.date
A,false,150,2026-11-24
B,true,150,2026-11-24
C,false,,
D,false,<100,2026-11-24
"""
_OUTCOME = {"true": "pass", "false": "fail", "-": "unknown"}


@pytest.fixture(scope="module")
def found() -> Iterator[Cluster]:
    with started() as found:
        yield found


@pytest.fixture
def spark(found: Cluster) -> Any:
    return session_of(found)


def test_the_command_answers_on_a_cluster_as_it_does_here(found: Cluster, tmp_path: Path) -> None:
    command = Command(tmp_path)
    (tmp_path / "patients.csv").write_text(TABLE, encoding="utf-8")
    data, out = tmp_path / "patients.parquet", tmp_path / "answers.parquet"
    pl.read_csv(tmp_path / "patients.csv", infer_schema=False).write_parquet(data)
    ended_as = []
    for engine in ((), ("--engine", "spark", "--master", found.master)):
        day = ("--as-of", "2026-11-24")
        ended = command("cohort", "XMPL-001", data, "-o", out, *day, "--json", *engine)
        assert ended.code == 0
        answers = pl.read_parquet(out).with_columns(pl.col(pl.Enum).cast(pl.String))
        ended_as.append((ended.out, answers.sort(PATIENT).to_dicts()))
    assert ended_as[0] == ended_as[1]


def test_there_are_two_workers_and_no_python_on_them(spark: Any, found: Cluster) -> None:
    context = spark.sparkContext
    assert context.master == found.master
    seen = context._jsc.sc().statusTracker().getExecutorInfos()
    assert len(seen) == 2 + 1  # with the program itself
    with pytest.raises(Exception, match=NO_PYTHON):
        context.parallelize([1, 2], 2).map(lambda number: number + 1).collect()


def test_the_data_cases_are_answered_as_the_semantics_say(spark: Any, tmp_path: Path) -> None:
    same: dict[str, list[list[tuple[Case, Row]]]] = defaultdict(list)
    for cases in groups():
        same[cases[0][0].vocabulary].append(cases)
    shared = [
        Sharing(
            [_screening(cases[0][0]) for cases in trials],
            [place for place, cases in enumerate(trials) for _ in cases],
            frame_of([row for cases in trials for _, row in cases], typed=False),
        )
        for trials in same.values()
    ]
    wrong, count = [], 0
    for one, trials, said in zip(
        shared, same.values(), screened_sharing(shared, spark, tmp_path), strict=True
    ):
        every = (case for cases in trials for case, _ in cases)
        for case, place, patient in zip(every, one.whose, one.frame[PATIENT], strict=True):
            if patient not in said:
                continue
            names = one.screenings[place].names.criteria
            found = dict(zip(names, map(_OUTCOME.__getitem__, said[patient].split()), strict=True))
            count += 1
            if {name: found[name] for name in case.criteria} != case.criteria:
                wrong.append((case.id, found))
    assert wrong == []
    assert count > 400


def _screening(case: Case) -> Screening:
    reading = read_protocol(case.trial, "trial.yaml", vocabulary_of(case.vocabulary))
    days = parse_days(case.as_of)
    assert days is not None
    return Screening(reading.protocol, reading.vocabulary, days.first)


def test_generated_patients_are_answered_as_one_by_one(spark: Any, tmp_path: Path) -> None:
    wrong, number = compare(several("spark", TRIALS, PATIENTS), spark, tmp_path)
    assert wrong == []
    assert number >= TRIALS * PATIENTS // 4
