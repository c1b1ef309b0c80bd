"""Odd frames, each through every door: an error that says what is wrong, or one outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from screener import ProfileError
from screener.cohort.frames import screen_frame
from tests.cohort.odd import (
    ANSWERED,
    DAY,
    REFUSED,
    TOGETHER,
    TRIAL,
    Answered,
    Refused,
    engine_of,
    frame_of,
    joined,
    outcomes,
    taken,
)

DOORS: dict[str, tuple[Callable[[pl.DataFrame], Any], Callable[[Any], pl.DataFrame]]] = {
    "eager": (lambda frame: frame, lambda found: found),
    "lazy": (lambda frame: frame.lazy(), lambda found: found.collect()),
    "duckdb": (
        lambda frame: duckdb.connect().from_arrow(frame.to_arrow()),
        lambda found: pl.DataFrame(found.to_arrow_table()).sort("patient"),
    ),
    "pandas": (lambda frame: frame.to_pandas(), pl.from_pandas),
    "pyarrow": (lambda frame: frame.to_arrow(), pl.DataFrame),
}


def doors(frame: pl.DataFrame) -> Iterator[tuple[str, Any, Callable[[Any], pl.DataFrame]]]:
    for name, (there, back) in DOORS.items():
        yield name, there(frame), back


def refusal(frame: Any) -> str:
    with pytest.raises(ProfileError) as caught:
        TRIAL.screen_frame(frame, as_of=DAY)
    return str(caught.value)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_cannot_be_meant_is_an_error(case: Refused) -> None:
    for door, frame, _ in doors(frame_of(case.columns)):
        assert case.message in refusal(frame), door


@pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case.name)
def test_what_can_be_meant_has_one_outcome(case: Answered) -> None:
    given = frame_of(case.columns)
    # What another engine computes is dear, and put together below.
    chosen = ("eager", "pandas") if case in TOGETHER else tuple(DOORS)
    for door, frame, back in doors(given):
        if door not in chosen:
            continue
        told: list[ProfileError] = []
        found = back(TRIAL.screen_frame(frame, as_of=DAY, refused=told.append))
        answers = [
            "!" if verdict is None else answer
            for verdict, answer in found.select("verdict", case.criterion).rows()
        ]
        assert (door, answers) == (door, case.expected)
        # Of whom there is no answer something is said.
        expected = [
            name for name, one in zip(given["patient"], case.expected, strict=True) if one == "!"
        ]
        assert sorted(str(one.patient) for one in told) == expected, door


def test_all_that_can_be_meant_has_these_outcomes_at_once() -> None:
    engine, frame = engine_of(TOGETHER), joined(TOGETHER)
    day = date.fromisoformat(DAY).toordinal()
    for door, given, back in doors(frame):
        if door == "pandas":
            continue  # where a column has gaps, its type is another
        told: list[ProfileError] = []
        found = screen_frame(engine.protocol, engine.vocabulary, given, day, refused=told.append)
        rows = {row["patient"]: row for row in back(found).to_dicts()}
        for name, answers, expected in outcomes(TOGETHER, rows):
            assert (door, name, answers) == (door, name, expected)
        assert len(told) == sum(one == "!" for case in TOGETHER for one in case.expected)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo", "America/New_York"])
def test_a_midnight_is_a_day_where_the_column_is_at_home(zone: str) -> None:
    # In Greenwich it is still the day before, or the same day for some hours.
    days = [datetime(2026, 11, day, tzinfo=ZoneInfo(zone)) for day in (9, 10, 24, 25)]
    frame = frame_of(taken(pl.Series(days, dtype=pl.Datetime("us", zone))))
    for door, given, back in doors(frame):
        if door != "duckdb":
            found = back(TRIAL.screen_frame(given, as_of=DAY))
            assert (door, found["I2"].to_list()) == (door, [None, True, True, None])
    # DuckDB keeps no zone with a column, but one for all that it is asked.
    connection = duckdb.connect()
    connection.execute(f"set timezone = '{zone}'")
    relation = TRIAL.screen_frame(connection.from_arrow(frame.to_arrow()), as_of=DAY)
    answers = pl.DataFrame(relation.to_arrow_table()).sort("patient")
    assert answers["I2"].to_list() == [None, True, True, None]
    connection.execute("set timezone = 'Asia/Kolkata'")
    assert "has a time of day" in refusal(connection.from_arrow(frame.to_arrow()))


def test_whoever_is_eighteen_tomorrow_is_not_today() -> None:
    born = [datetime(2008, 11, day, tzinfo=ZoneInfo("Europe/Berlin")) for day in (24, 25)]
    births = pl.Series(born, dtype=pl.Datetime("us", "Europe/Berlin"))
    found = TRIAL.screen_frame(frame_of({"birth_date": births}), as_of=DAY)
    assert found["I1"].to_list() == [True, False]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select 'A' as patient, uuid() as stroke", "column stroke: a column of a type that is"),
        ("select 'A' as patient, '101'::bit as stroke", "column stroke: a column of a type that"),
        ("select 'A' as patient, union_value(x := true) as stroke", "a column of a type that is"),
        ("select 'A' as patient, interval 1 day as stroke", "where `stroke` is yes or no"),
        (
            "select 'A' as patient, '150' as platelets, 'infinity'::date as \"platelets.date\"",
            "`no day of the years 1 to 9999` is not a date",
        ),
        ("select true as stroke", "there is no column `patient`"),
    ],
)
def test_types_that_duckdb_alone_has_are_an_error(sql: str, message: str) -> None:
    assert message in refusal(duckdb.connect().sql(sql))


def test_of_a_type_that_is_not_read_nothing_is_known_where_nothing_is_there() -> None:
    relation = duckdb.connect().sql("select uuid() as patient, null::uuid as stroke")
    found = TRIAL.screen_frame(relation, as_of=DAY)
    assert pl.DataFrame(found.to_arrow_table())["E1"].to_list() == [None]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"stroke": [True, "false"]}, "column stroke: cells of several types"),
        ({"patient": ["A", 7]}, "column patient: cells of several types"),
        ({"stroke": [1j, 2]}, "column stroke: cells of several types, or of one that is not read"),
        ({"stroke": [[1], ["x"]]}, "column stroke: cells of several types"),
        ({"platelets": pd.period_range("2026-11-20", periods=2)}, "of a type that is not read"),
    ],
)
def test_what_pandas_alone_holds_is_an_error(columns: dict[str, Any], message: str) -> None:
    assert message in refusal(pd.DataFrame({"patient": ["A", "B"], **columns}))


def test_two_columns_of_one_name_are_an_error() -> None:
    names = ["patient", "stroke", "stroke"]
    message = "column stroke: two columns are called so"
    assert message in refusal(pd.DataFrame([["A", True, False]], columns=names))
    columns = [pa.array(["A"]), pa.array([True]), pa.array([False])]
    assert message in refusal(pa.table(columns, names=names))


@pytest.mark.parametrize(
    "given", [None, 3, "A", [1], pl.Series([1]), pd.Series([1]), pa.array([1]), duckdb.connect()]
)
def test_what_is_no_frame_is_an_error(given: Any) -> None:
    assert "is no frame that can be screened" in refusal(given)


@pytest.mark.parametrize("columns", [{}, {"patient": []}, {"patient": [], "stroke": []}])
def test_a_frame_without_rows_has_answers_without_rows(columns: dict[str, list[Any]]) -> None:
    empty = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    expected = [*(["patient"] if columns else []), "verdict", "first_reason", "screening"]
    for door, frame, back in doors(empty) if columns else [("eager", empty, lambda one: one)]:
        found = back(TRIAL.screen_frame(frame, as_of=DAY))
        assert (door, found.columns, len(found)) == (door, [*expected, "I1", "I2", "E1"], 0)
