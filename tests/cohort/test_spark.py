"""Spark on a master and two workers answers what one patient is answered, with no Python there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.cluster import NO_PYTHON, QUICK, Cluster, cluster
from screener.cohort.onebyone import Refused
from screener.cohort.screening import Screening
from screener.days import parse_days
from screener.interpreters.columns import PATIENT
from screener.rules.load import read_protocol
from tests.cli.support import Command
from tests.cohort.java import MISSING, java
from tests.cohort.spark import Functions, Sharing, in_words, screened, screened_sharing, several
from tests.cohort.tables import Row, frame_of
from tests.cohort.test_cases import groups
from tests.spec.cases import Case
from tests.spec.test_cases import vocabulary_of

pytestmark = pytest.mark.spark

TRIALS, PATIENTS = 20, 2_000
TABLE = """patient,smoker,platelets [10*9/L],platelets.date
A,false,150,2026-11-24
B,true,150,2026-11-24
C,false,,
D,false,<100,2026-11-24
"""
_OUTCOME = {"true": "pass", "false": "fail", "-": "unknown"}


@pytest.fixture(scope="module")
def started() -> Iterator[Cluster]:
    if find_spec("pyspark") is None:
        pytest.fail("the tests of Spark need pyspark: make spark (or TEST_WITHOUT=spark)")
    if java() is None:
        pytest.fail(MISSING)
    settings = {"task_maxFailures": "1", "python_sql_dataFrameDebugging_enabled": "false"}
    with cluster(2, java=QUICK, **settings) as found, pytest.MonkeyPatch.context() as now:
        for name, value in found.environment.items():
            now.setenv(name, value)
        yield found
        from pyspark.sql import SparkSession

        if (session := SparkSession.getActiveSession()) is not None:
            session.stop()


@pytest.fixture
def spark(started: Cluster) -> Any:
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    session = builder.master(started.master).getOrCreate()
    # Large plans that run once: no code is generated for them.
    session.conf.set("spark.sql.adaptive.enabled", "false")
    session.conf.set("spark.sql.codegen.wholeStage", "false")
    session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    Functions(session)
    return session


def test_the_command_answers_on_a_cluster_as_it_does_here(started: Cluster, tmp_path: Path) -> None:
    command = Command(tmp_path)
    (tmp_path / "patients.csv").write_text(TABLE, encoding="utf-8")
    data, out = tmp_path / "patients.parquet", tmp_path / "answers.parquet"
    pl.read_csv(tmp_path / "patients.csv", infer_schema=False).write_parquet(data)
    found = []
    for engine in ((), ("--engine", "spark", "--master", started.master)):
        day = ("--as-of", "2026-11-24")
        ended = command("cohort", "XMPL-001", data, "-o", out, *day, "--json", *engine)
        assert ended.code == 0
        answers = pl.read_parquet(out).with_columns(pl.col(pl.Enum).cast(pl.String))
        found.append((ended.out, answers.sort(PATIENT).to_dicts()))
    assert found[0] == found[1]


def test_there_are_two_workers_and_no_python_on_them(spark: Any, started: Cluster) -> None:
    context = spark.sparkContext
    assert context.master == started.master
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
    cohorts = several("spark", TRIALS, PATIENTS)
    found = screened([(one.screening, one.frame) for one in cohorts], spark, tmp_path)
    for cohort, said in zip(cohorts, found, strict=True):
        plain = cohort.frame.filter(pl.col(PATIENT).is_in([*said]))
        for patient, right in zip(plain[PATIENT], cohort.expected(plain), strict=True):
            assert not isinstance(right, Refused)
            assert (patient, said[patient]) == (patient, in_words(right))
    assert sum(map(len, found)) >= TRIALS * PATIENTS // 4
