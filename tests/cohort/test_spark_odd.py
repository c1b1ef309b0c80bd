"""Odd frames on Spark: the same errors, and the same outcomes, as everywhere.

All that is answered is one frame of one trial, with a fact and patients of their own for each case,
as a job takes a second whatever it asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.cluster import QUICK
from screener import ProfileError
from screener.cohort.frames import screen_frame
from tests.cohort.java import MISSING, java
from tests.cohort.odd import (
    DAY,
    REFUSED,
    TOGETHER,
    TRIAL,
    Refused,
    engine_of,
    frame_of,
    joined,
    outcomes,
)

pytestmark = pytest.mark.spark

#: A session for small plans that are run once.
_SETTINGS = {
    "ui.enabled": "false",
    "driver.host": "127.0.0.1",
    "driver.bindAddress": "127.0.0.1",
    "driver.extraJavaOptions": QUICK,
    "python.sql.dataFrameDebugging.enabled": "false",
    "sql.session.timeZone": "UTC",
    "sql.shuffle.partitions": "1",
    "sql.adaptive.enabled": "false",
    "sql.codegen.wholeStage": "false",
    "sql.codegen.factoryMode": "NO_CODEGEN",
    "sql.constraintPropagation.enabled": "false",
}
#: Cases of names, each of which needs a job.
_NAMES = {"a blank name", "NaN for a name", "infinite names", "a name with spaces"}
#: What Parquet, in which Spark is given the frames, does not keep: a column without a type.
_UNTYPED = {"nothing at all"}


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if find_spec("pyspark") is None:
        pytest.fail("the tests of Spark need pyspark: make spark (or TEST_WITHOUT=spark)")
    if java() is None:
        pytest.fail(MISSING)
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder.master("local[1]")
    for name, value in _SETTINGS.items():
        builder = builder.config(f"spark.{name}", value)
    session = builder.getOrCreate()
    yield session
    gateway = SparkContext._gateway
    session.stop()
    # The next session may want a Java machine that is told other words.
    if gateway is not None:
        gateway.shutdown()
        SparkContext._gateway = SparkContext._jvm = None


def given(spark: Any, frame: pl.DataFrame, path: Path) -> Any:
    frame.write_parquet(path)
    return spark.read.parquet(str(path))


def refusal(frame: Any) -> str:
    with pytest.raises(ProfileError) as caught:
        TRIAL.screen_frame(frame, as_of=DAY)
    return str(caught.value)


def needs_no_job(case: Refused) -> bool:
    return "patient" not in case.columns or case.message.startswith(("a column", "column"))


@pytest.mark.parametrize(
    "case",
    [one for one in REFUSED if needs_no_job(one) or one.name in _NAMES],
    ids=lambda case: case.name,
)
def test_what_cannot_be_meant_is_an_error(spark: Any, case: Refused, tmp_path: Path) -> None:
    assert case.message in refusal(given(spark, frame_of(case.columns), tmp_path / "x.parquet"))


def test_what_can_be_meant_has_one_outcome(spark: Any, tmp_path: Path) -> None:
    cases = [one for one in TOGETHER if one.name not in _UNTYPED]
    frame = given(spark, joined(cases), tmp_path / "x.parquet")
    told: list[ProfileError] = []
    engine = engine_of(cases)
    day = date.fromisoformat(DAY).toordinal()
    found = screen_frame(engine.protocol, engine.vocabulary, frame, day, refused=told.append)
    rows = {row["patient"]: row.asDict() for row in found.collect()}
    for name, answers, expected in outcomes(cases, rows):
        assert (name, answers) == (name, expected)
    assert len(told) == sum(one == "!" for case in cases for one in case.expected)


def test_a_column_without_a_type_is_empty_and_one_of_intervals_an_error(spark: Any) -> None:
    found = TRIAL.screen_frame(spark.sql("select 'A' as patient, null as stroke"), as_of=DAY)
    assert [row["E1"] for row in found.collect()] == [None]
    months = spark.sql("select 'A' as patient, interval '1' month as stroke")
    assert "column stroke: a column of " in refusal(months)


def test_a_frame_without_rows_has_answers_without_rows(spark: Any) -> None:
    found = TRIAL.screen_frame(spark.createDataFrame([], "patient string"), as_of=DAY)
    assert found.columns == ["patient", "verdict", "first_reason", "screening", "I1", "I2", "E1"]
    assert found.collect() == []
    assert "there is no column `patient`" in refusal(spark.createDataFrame([], ""))


def test_a_midnight_is_a_day_where_the_session_is_at_home(spark: Any) -> None:
    sql = """select 'A' as patient, 150.0D as `platelets [10*9/L]`,
        timestamp '2026-11-10 00:00:00 Asia/Tokyo' as `platelets.date`"""
    for zone, expected in (("Asia/Tokyo", True), ("UTC", None)):
        spark.conf.set("spark.sql.session.timeZone", zone)
        told: list[ProfileError] = []
        found = TRIAL.screen_frame(spark.sql(sql), as_of=DAY, refused=told.append).collect()
        assert (zone, [row["I2"] for row in found], len(told)) == (
            zone,
            [expected],
            0 if expected else 1,
        )
