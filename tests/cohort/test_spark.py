"""Spark on a master and two workers answers what one patient is answered, with no Python there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.cluster import NO_PYTHON, Cluster
from screener.interpreters.columns import PATIENT
from tests.cli.support import Command
from tests.cohort.generated import several
from tests.cohort.spark import compare, screened, session_of, started
from tests.cohort.test_cases import contradicts
from tests.cohort.together import together

pytestmark = pytest.mark.spark

TRIALS, PATIENTS = 20, 2_000
TABLE = """patient,smoker,platelets [10*9/L],platelets.date
A,false,150,2026-11-24
B,true,150,2026-11-24
C,false,,
D,false,<100,2026-11-24
"""


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
    every = list(together())
    cohorts = [(one.screening, one.frame) for one in every]
    wrong, count, here = [], 0, 0
    for one, said in zip(every, screened(cohorts, spark, tmp_path), strict=True):
        here += int(one.screening.plainly(one.frame)[1].sum())
        for case, row in zip(one.cases, one.frame.to_dicts(), strict=True):
            if (answer := said.get(row[PATIENT])) is not None:
                count += 1
                if contradicts(case, answer):
                    wrong.append((case.id, row, answer))
    assert wrong == []
    # The others are in doubt, on whatever engine, and answered here.
    assert count == sum(len(one.cases) for one in every) - here > 500


def test_generated_patients_are_answered_as_one_by_one(spark: Any, tmp_path: Path) -> None:
    wrong, number = compare(several("spark", TRIALS, PATIENTS), spark, tmp_path)
    assert wrong == []
    assert number >= TRIALS * PATIENTS // 8
