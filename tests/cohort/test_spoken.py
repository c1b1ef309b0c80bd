"""Which record of a fact speaks for a patient, by hand."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screener.cohort.speaking import Rule
from screener.cohort.spoken import ODD, ODD_AMONG, OLDEST, PERSON, spoken

AS_OF = date(2026, 11, 24)
#: A value, a day of November 2026 (None: undated), and letters: odd, odd among others.
Record = tuple[object, int | None, str]


def asked(rule: Rule, *records: Record, dated: bool = True) -> tuple[object, object, bool]:
    """Value and day of who speaks for the second of three patients, and whether he is marked."""
    others: list[tuple[int, Record]] = [(0, ("z", 2, "")), (2, ("z", 30, ""))]
    rows = [others[0], *((1, one) for one in records), others[1]]
    frame = pl.DataFrame(
        {
            PERSON: pl.Series([person for person, _ in rows], dtype=pl.UInt32),
            ODD: ["o" in one[2] for _, one in rows],
            ODD_AMONG: ["a" in one[2] for _, one in rows],
            "value": [one[0] for _, one in rows],
            "day": pl.Series(
                [None if one[1] is None else date(2026, 11, one[1]) for _, one in rows],
                dtype=pl.Date,
            ),
        }
    )
    if not dated:
        frame = frame.drop("day")
    as_of = (AS_OF - date(1970, 1, 1)).days
    found = spoken(frame, 3, "day" if dated else None, rule, as_of)
    assert found.columns["value"].to_list()[::2] == ["z", "z"]
    assert {0, 2}.isdisjoint(found.marked.tolist())
    days = found.columns["day"][1] if dated else None
    if records and dated:
        first = [one[1] for one in records]
        oldest = None if None in first else date(2026, 11, min(filter(None, first)))
        assert found.columns[OLDEST][1] == oldest
    day = days.day if isinstance(days, date) else None
    return found.columns["value"][1], day, 1 in found.marked.tolist()


NEWEST, YES, ALIKE, NONE = Rule.NEWEST, Rule.YES, Rule.ALIKE, Rule.NONE


@pytest.mark.parametrize(
    ("rule", "records", "speaks"),
    [
        pytest.param(NEWEST, [], (None, None, False), id="no record"),
        pytest.param(NEWEST, [("x", 5, "")], ("x", 5, False), id="one"),
        pytest.param(NEWEST, [("x", None, "")], ("x", None, False), id="one undated"),
        pytest.param(NEWEST, [("x", 25, "")], ("x", 25, False), id="one of tomorrow"),
        pytest.param(NEWEST, [("x", 5, "a")], ("x", 5, False), id="odd only among others"),
        pytest.param(NEWEST, [("x", 5, "o")], ("x", 5, True), id="odd by itself"),
        pytest.param(NEWEST, [("x", 5, ""), ("y", 3, "")], ("x", 5, False), id="the newest first"),
        pytest.param(NEWEST, [("x", 3, ""), ("y", 5, "")], ("y", 5, False), id="the newest last"),
        pytest.param(NEWEST, [("x", 5, ""), ("x", 5, "")], ("x", 5, False), id="said twice"),
        pytest.param(
            NEWEST,
            [("x", 3, ""), ("y", 3, ""), ("z", 5, "")],
            ("z", 5, False),
            id="a conflict of an older day",
        ),
    ],
)
def test_one_speaks(rule: Rule, records: list[Record], speaks: object) -> None:
    assert asked(rule, *records) == speaks


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([("x", 5, ""), ("y", 5, ""), ("x", 5, "")], id="a conflict of the newest day"),
        pytest.param([("x", 5, ""), ("x", None, "")], id="one undated"),
        pytest.param([("x", None, ""), ("x", None, "")], id="all undated"),
        pytest.param([("x", 5, ""), ("x", 25, "")], id="one of tomorrow"),
        pytest.param([("x", 5, ""), ("y", 3, "o")], id="an older one is odd"),
        pytest.param([("x", 5, ""), ("y", 3, "a")], id="an older one is odd among others"),
        pytest.param([("x", 5, ""), (None, 5, "")], id="nothing beside something"),
    ],
)
def test_the_newest_does_not_speak(records: list[Record]) -> None:
    assert asked(NEWEST, *records)[2]


@pytest.mark.parametrize("rule", [YES, ALIKE], ids=["yes", "alike"])
@pytest.mark.parametrize(
    ("records", "speaks"),
    [
        ([("x", 5, ""), ("x", 3, "")], ("x", 3, False)),
        ([("x", None, ""), ("x", None, "")], ("x", None, False)),
        ([("x", 5, ""), ("y", 3, "")], ("y", 3, True)),
        ([("x", 5, ""), ("x", None, "")], ("x", None, True)),
        ([("x", 5, ""), ("x", 25, "")], ("x", 5, True)),
        ([("x", 5, ""), ("x", 3, "a")], ("x", 3, True)),
    ],
)
def test_records_that_are_alike_speak(rule: Rule, records: list[Record], speaks: object) -> None:
    assert asked(rule, *records) == speaks


def test_without_days_only_what_is_alike_speaks() -> None:
    both: tuple[Record, Record] = ("x", None, ""), ("x", None, "")
    assert asked(ALIKE, *both, dated=False) == ("x", None, False)
    assert asked(NEWEST, *both, dated=False)[2]
    assert not asked(NEWEST, both[0], dated=False)[2]


def test_where_nothing_is_told_only_one_alone_speaks() -> None:
    assert asked(NONE, ("x", 5, "")) == ("x", 5, False)
    assert asked(NONE, ("x", 5, ""), ("x", 5, ""))[2]
