"""Calendar days and their arithmetic (semantics 4), against the calendar on the wall."""

from __future__ import annotations

import tracemalloc
from datetime import date

import pytest

from screener.days import (
    EVER_FUTURE,
    EVER_PAST,
    LAST_DAY,
    Days,
    completed_years,
    iso,
    iso_or_none,
    parse_days,
    shift,
)


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-11-24", "2026-11-24", "2026-11-24"),
        ("0001-01-01", "0001-01-01", "0001-01-01"),
        ("9999-12", "9999-12-01", "9999-12-31"),
    ],
)
def test_a_partial_date_is_every_day_in_it(text: str, first: str, last: str) -> None:
    days = parse_days(text)
    assert days == Days(_day(first), _day(last))
    assert days.exact is (first == last)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "26",
            "2026-13",
            "2026-00",
            "2026-02-29",
            "2026-04-31",
            "2026-01-00",
            "0000",
            "0000-01",
        ),
        *("2026-1-1", "2026/01/01", "01.01.2026", " 2026", "2026-01-01T00:00", "२०२६", "-2026"),
    ],
)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert parse_days(text) is None


def test_what_is_too_long_for_a_date_is_not_kept() -> None:
    tracemalloc.start()
    try:
        for number in range(20):
            assert parse_days(f"{number}" + "9" * 100_000) is None
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("start", "months", "days", "end"),
    [
        ("2026-01-31", 1, 0, "2026-02-28"),
        ("2028-01-31", 1, 0, "2028-02-29"),
        ("2026-03-31", -1, 0, "2026-02-28"),
        ("2026-10-31", -6, 0, "2026-04-30"),
        ("2026-11-30", 3, 0, "2027-02-28"),
        ("2026-12-15", 1, 0, "2027-01-15"),
        ("2026-01-15", -1, 0, "2025-12-15"),
        ("2024-02-29", 12, 0, "2025-02-28"),
        ("2024-02-29", -12, 0, "2023-02-28"),
        ("2026-11-24", 0, -14, "2026-11-10"),
        ("2026-10-20", 0, 28, "2026-11-17"),
        ("2026-01-31", 1, 1, "2026-03-01"),
    ],
)
def test_months_keep_the_day_or_the_months_end_and_then_days_are_added(
    start: str, months: int, days: int, end: str
) -> None:
    assert iso(shift(_day(start), months=months, days=days)) == end


def test_beyond_the_calendar_is_ever() -> None:
    assert shift(_day("0001-01-31"), months=-1) == EVER_PAST
    assert shift(_day("9999-12-01"), months=1) == EVER_FUTURE
    for ever in (EVER_PAST, EVER_FUTURE):
        assert shift(ever, months=-5, days=3) == ever
        assert iso_or_none(ever) is None
    assert iso_or_none(_day("2026-11-24")) == "2026-11-24"


@pytest.mark.parametrize(
    ("birth", "at", "years"),
    [
        ("1950-11-24", "2026-11-23", 75),
        ("1950-11-24", "2026-11-24", 76),
        ("2008-11-24", "2026-11-23", 17),
        ("2008-11-24", "2026-11-24", 18),
        ("2008-02-29", "2026-02-27", 17),
        ("2008-02-29", "2026-02-28", 18),
        ("2026-11-24", "2026-11-24", 0),
    ],
)
def test_age_is_the_number_of_completed_years(birth: str, at: str, years: int) -> None:
    assert completed_years(_day(birth), _day(at)) == years


@pytest.mark.parametrize(
    ("text", "first", "last"), [("0001", 1, 365), ("9999", LAST_DAY - 364, LAST_DAY)]
)
def test_the_first_and_the_last_year_of_the_calendar_are_read(
    text: str, first: int, last: int
) -> None:
    assert parse_days(text) == Days(first, last)


@pytest.mark.parametrize(
    ("day", "text"),
    [(0, None), (1, "0001-01-01"), (LAST_DAY, "9999-12-31"), (LAST_DAY + 1, None)],
)
def test_only_a_day_of_the_calendar_is_written_out(day: int, text: str | None) -> None:
    assert iso_or_none(day) == text


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [
        # 1 January of the year 1 is day 1, 1 February day 32; 31 December 9999 is the last day.
        (1, 1, 32),
        (32, -1, 1),
        (31, -1, EVER_PAST),
        (LAST_DAY, -1, LAST_DAY - 31),
        (LAST_DAY - 31, 1, LAST_DAY - 1),
        (LAST_DAY - 30, 1, EVER_FUTURE),
    ],
)
def test_months_are_added_up_to_the_ends_of_the_calendar(day: int, months: int, there: int) -> None:
    assert shift(day, months=months) == there
