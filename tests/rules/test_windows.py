"""Windows and days as a rule file writes them, one at a time (semantics 4 and 5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pytest

from screener.diagnostics import Span
from screener.ir import EarlierOf, Point, Window
from screener.rules.faults import Faults
from screener.rules.source import Entries, Node, read_source
from screener.rules.windows import NamedDates, read_offset, read_point, read_window

DATES = ("as_of", "resection")


def node_of(text: str) -> Node:
    node = read_source(f"within: {text}\n", Faults("x.yaml"))
    assert isinstance(node, Entries)
    return node.entries[0][1]


def window(text: str) -> tuple[Window | None, list[str]]:
    faults = Faults("x.yaml")
    found = read_window(node_of(text), DATES, faults)
    return found, [one.message for one in faults.found]


def point(text: str, dates: Collection[str] | None = None) -> tuple[Point | None, list[str]]:
    faults = Faults("x.yaml")
    found = read_point(node_of(text), NamedDates(DATES) if dates is None else dates, faults)
    return found, [one.message for one in faults.found]


# --- days that are made up as they are needed ---------------------------------------------------


def test_the_same_choice_of_days_has_one_name() -> None:
    dates = NamedDates(DATES)
    first = EarlierOf((Point("as_of"), Point("resection")))
    other = EarlierOf((Point("as_of"), Point("resection")), later=True)
    assert [dates.name_of(one) for one in (first, other, first)] == [
        "earlier_of_1",
        "later_of_2",
        "earlier_of_1",
    ]
    assert dates.composed == {"earlier_of_1": first, "later_of_2": other}


def test_the_day_of_the_record_stands_beside_the_same_dates() -> None:
    dates = NamedDates(DATES)
    beside = dates.with_this()
    assert ([*beside], len(beside), len(dates)) == (["this", "as_of", "resection"], 3, 2)
    name = beside.name_of(EarlierOf((Point("this"), Point("as_of"))))
    assert name in dates.composed


def test_the_earlier_of_two_days_is_a_day_where_dates_can_be_made_up() -> None:
    assert point("{earlier_of: [as_of, resection]}") == (Point("earlier_of_1"), [])
    assert point("{earlier_of: [as_of, resection]}", DATES) == (None, ["this is not a day"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{earlier_of: as_of}", "`earlier_of` is not a list"),
        ("{earlier_of: [as_of]}", "`earlier_of` needs two days"),
        ("{earlier_of: [as_of, nobody]}", "`nobody` is not a named date"),
        ("{}", "this is not a day"),
        ("[as_of]", "a list is not a day"),
        ("5 March 2026", "`5 March 2026` is neither a window nor a day"),
    ],
)
def test_what_is_no_day_is_told_once(text: str, message: str) -> None:
    assert point(text) == (None, [message])


# --- stretches of time --------------------------------------------------------------------------


def test_a_stretch_of_time_ends_with_two_hundred_years() -> None:
    for text, days in {"73000 d": 73000, "73001 d": None, "200 a": 0, "201 a": None}.items():
        faults = Faults("x.yaml")
        found = read_offset(text, Span("x.yaml", 1, 1), faults)
        assert (None if found is None else found.days) == days
        assert [one.message for one in faults.found] == (
            [f"`{text}` is more than 200 years"] if found is None else []
        )


# --- windows ------------------------------------------------------------------------------------


def test_a_window_needs_an_end() -> None:
    assert window("{}") == (None, ["a window without `from` and `to`"])
    day = date(2026, 3, 1).toordinal()
    assert window("{to: 2026-03-01}") == (Window(None, Point(None, 0, day)), [])


def test_less_than_no_time_is_no_window_and_no_time_is_one_day() -> None:
    day = Point("as_of")
    assert window("0 d before as_of") == (Window(day, day), [])
    assert window("less than 0 d before as_of") == (None, ["less than no time holds no day"])
    # Less than a day before is the day itself.
    assert window("less than 1 d before as_of") == (Window(day, day), [])


@pytest.mark.parametrize(
    ("first", "last", "empty"),
    [
        ("6 wk after as_of", "4 wk after as_of", True),
        ("4 wk after as_of", "4 wk after as_of", False),
        ("1 mo after as_of", "1 mo after as_of", False),
        # Nothing is known of two dates.
        ("6 wk after as_of", "4 wk after resection", False),
        # A month has at least 28 days: it never ends before the 28th, always after the 27th.
        ("1 mo after as_of", "27 d after as_of", True),
        ("1 mo after as_of", "28 d after as_of", False),
        # And at most 31: a month ago may be 31 days ago, never 32.
        ("1 mo before as_of", "30 d before as_of", False),
        ("1 mo before as_of", "31 d before as_of", False),
        ("1 mo before as_of", "32 d before as_of", True),
    ],
)
def test_a_window_that_never_holds_a_day_is_warned_of(first: str, last: str, empty: bool) -> None:
    found, told = window(f"{{from: {first}, to: {last}}}")
    assert found is not None
    assert told == (["the window ends before it begins: it holds no day"] if empty else [])
