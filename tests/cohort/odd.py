"""Odd frames, and what each comes to, whatever holds it: as docs/cohorts.md says it.

Those that are answered are also put together, as one frame of one trial, with a fact and patients
of their own for each case: for an engine to which a frame is dear, however small.

The trial asks for platelets above 100 x 10^9/L within 14 days before 24 November 2026 (I2), and for
no stroke (E1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf, nan
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import yaml

from screener import load_trial
from tests.judge.engine import Engine

DAY = "2026-11-24"
EXAMPLE = Path(__file__).parents[2] / "docs" / "example" / "cohort"
TRIAL = load_trial(EXAMPLE / "XMPL-002.yaml")
COUNT, TAKEN = "platelets [10*9/L]", "platelets.date"
RECENT = date(2026, 11, 20)


class Refused(NamedTuple):
    """A frame of which nothing is computed, and what is said of it."""

    name: str
    columns: dict[str, Any]
    message: str


class Answered(NamedTuple):
    """A frame, and how a criterion ends for its patients, in their order.

    `"!"`: the patient is not judged.
    """

    name: str
    columns: dict[str, Any]
    criterion: str
    expected: list[bool | str | None]


def series(values: list[Any], kind: Any) -> pl.Series:
    """A column of a type."""
    return pl.Series(values, dtype=kind)


def counts(values: pl.Series | list[Any]) -> dict[str, Any]:
    """Platelets, all of a day within the window."""
    return {COUNT: values, TAKEN: [RECENT] * len(values)}


def taken(days: pl.Series | list[Any]) -> dict[str, Any]:
    """Platelets that would do, of these days."""
    return {COUNT: [150.0] * len(days), TAKEN: days}


def frame_of(columns: dict[str, Any]) -> pl.DataFrame:
    """The columns, with patients A, B ... unless they are among them."""
    rows = len(next(iter(columns.values())))
    ids = {"patient": [chr(ord("A") + number) for number in range(rows)]}
    return pl.DataFrame({**ids, **columns})


def named(ids: list[Any]) -> dict[str, Any]:
    """Patients called so."""
    return {"patient": ids, "stroke": [False] * len(ids)}


REFUSED = [
    Refused("a blank name", named(["A", ""]), "rows that name no patient: 1"),
    Refused("spaces for a name", named(["A", " \t"]), "rows that name no patient: 1"),
    Refused("no name", named(["A", None]), "rows that name no patient: 1"),
    Refused("NaN for a name", named([1.0, nan]), "rows that name no patient: 1"),
    Refused("no name twice", named([nan, nan]), "rows that name no patient: 2"),
    Refused("infinite names", named([inf, -inf, 1.0]), "rows that name no patient: 2"),
    Refused("a name twice", named(["A", "B", "A"]), "a patient who has another row: `A`"),
    Refused("a name with spaces", named(["A", " A "]), "a patient who has another row: `A`"),
    Refused("names yes and no", named([True, False]), "a column of the type Boolean, where ident"),
    Refused("lists of names", named([["A"], ["B"]]), "column patient: a column of the type List"),
    Refused("bytes for names", named([b"A", b"B"]), "column patient: a column of the type Binary"),
    Refused("yes and no for numbers", counts([True]), "Boolean, where `platelets` is a number"),
    Refused("lists", counts([[150.0]]), "List(Float64), where `platelets` is a number"),
    Refused("numbers for yes and no", {"stroke": [1, 0]}, "where `stroke` is yes or no"),
    Refused("numbers for days", taken([20261120]), "Int64, where a date is expected"),
    Refused("no unit", {"platelets": [150.0]}, "in which unit `platelets` is"),
    Refused("a unit of weight", {"platelets [kg]": [150.0]}, "`kg` is not a unit of `platelets`"),
    Refused("a name in capitals", {"Stroke": [True]}, "did you mean `stroke`?"),
    Refused("a name with a slip", {"platelts": [1.0]}, "did you mean `platelets`?"),
    Refused("a word nobody knows", {"stroke.sort": ["x"]}, "`stroke.sort` is not a known column"),
    Refused("no text", {"platelets#2.source": [["x"]]}, "where texts, numbers or days are"),
    Refused("profiles", {"facts": [{"stroke": True}]}, "column facts: these are profiles"),
    Refused("a name taken", {"__source_1": [1], "stroke": [True]}, "names that begin with `__`"),
]

ANSWERED = [
    Answered("NaN", counts([nan, None, 150.0]), "I2", [None, None, True]),
    Answered("infinite", counts([inf, -inf, 150.0]), "I2", ["!", "!", True]),
    # Numbers as they are written: 100.1 is no float, and more than 100 all the same.
    Answered("short", counts(series([100.1, 99.9, nan], pl.Float32)), "I2", [True, False, None]),
    Answered("infinite and short", counts(series([inf, 1.0], pl.Float32)), "I2", ["!", False]),
    Answered(
        "decimals",
        counts(series([Decimal("100.01"), Decimal("100.00"), None], pl.Decimal(10, 2))),
        "I2",
        [True, False, None],
    ),
    Answered(
        "long decimals",
        counts(series([Decimal("100.000000000000000001"), Decimal(100)], pl.Decimal(38, 18))),
        "I2",
        [True, False],
    ),
    Answered("bytes", counts(series([101, 100, 255], pl.UInt8)), "I2", [True, False, True]),
    Answered("large", counts(series([2**64 - 1, 0], pl.UInt64)), "I2", [True, False]),
    # 200 in a microlitre are 0.2 x 10^9 in a litre, whatever fits into a byte.
    Answered(
        "bytes of a small unit",
        {"platelets [/uL]": series([200, 1], pl.UInt8), TAKEN: [RECENT] * 2},
        "I2",
        [False, False],
    ),
    Answered("less than nothing", counts([-150.0, -0.0]), "I2", [False, False]),
    Answered(
        "codes of numbers", counts(series(["150", "50"], pl.Categorical)), "I2", [True, False]
    ),
    Answered(
        "texts of numbers",
        counts(["150", " 150 ", "1e3", "", "150 10*9/L", "<50", "1,5", "0x96", "inf", "nan"]),
        "I2",
        [True, True, True, None, True, False, "!", "!", "!", "!"],
    ),
    Answered(
        "texts of yes and no",
        {"stroke": ["true", "false", "TRUE", "", "yes", "True", "1", "Y"]},
        "E1",
        [False, True, False, None, "!", "!", "!", "!"],
    ),
    Answered(
        "codes of yes and no",
        {"stroke": series(["true", "false", None], pl.Categorical)},
        "E1",
        [False, True, None],
    ),
    Answered("nothing at all", {"stroke": series([None, None], pl.Null)}, "E1", [None, None]),
    Answered("only names", {"patient": ["A", "B"]}, "E1", [None, None]),
    Answered("a note", {"note": ["x"], "stroke": [True]}, "E1", [False]),
    # The first day of the window is 10 November, the last 24 November.
    Answered(
        "days",
        taken([date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 24), date(2026, 11, 25)]),
        "I2",
        [None, True, True, None],
    ),
    Answered(
        "texts of days",
        taken(["2026-11-20", "2026-11", "2026", " 2026-11-20 ", "", "20261120", "20.11.2026"]),
        "I2",
        [True, None, None, True, None, "!", "!"],
    ),
    Answered(
        "texts of no day",
        taken(["2026-13-01", "2026-02-29", "2026-11-20T00:00:00", "2026-1-2", "NaT", "today"]),
        "I2",
        ["!"] * 6,
    ),
    Answered(
        "codes of days",
        taken(series(["2026-11-20", "2026-11"], pl.Categorical)),
        "I2",
        [True, None],
    ),
    Answered(
        "midnights",
        taken([datetime(2026, 11, 10), datetime(2026, 11, 9), datetime(2026, 11, 25), None]),
        "I2",
        [True, None, None, None],
    ),
    Answered(
        "times of day",
        # The hours, minutes and so on of the second add up to more than a byte holds.
        taken([datetime(2026, 11, 20, 12), datetime(2026, 11, 20, 23, 59, 59, 115), None]),
        "I2",
        ["!", "!", None],
    ),
    Answered(
        "days that a text of four digits cannot say",
        taken(series([10_000_000, -1_000_000, 0], pl.Int32).cast(pl.Date)),
        "I2",
        ["!", "!", None],
    ),
    Answered(
        "the first and the last day there is",
        taken([date(1, 1, 1), date(9999, 12, 31)]),
        "I2",
        [None, None],
    ),
    # In columns a day is taken as it stands; beside a cell with a blank around it, from a text.
    Answered(
        "midnights read one by one",
        {
            "platelets": ["150 10*9/L ", "150 10*9/L "],
            TAKEN: [datetime(2026, 11, 20), datetime(2026, 11, 9)],
        },
        "I2",
        [True, None],
    ),
    # The day that is asked for holds for all.
    Answered(
        "days of screening",
        {**taken([RECENT] * 3), "as_of": [datetime(2026, 11, 24), datetime(2026, 12, 24), None]},
        "I2",
        [True, True, True],
    ),
    Answered(
        "no day of screening",
        {**taken([RECENT] * 3), "as_of": ["2026-11-24", "tomorrow", "2026-12-24"]},
        "I2",
        [True, "!", True],
    ),
    Answered(
        "midnights in Greenwich",
        taken(series([datetime(2026, 11, 10), datetime(2026, 11, 9)], pl.Datetime("us", "UTC"))),
        "I2",
        [True, None],
    ),
    Answered(
        "a time of day in Greenwich",
        taken([datetime(2026, 11, 20, 1, tzinfo=UTC)]),
        "I2",
        ["!"],
    ),
]

#: Those whose columns are of one fact each.
TOGETHER = [one for one in ANSWERED if "as_of" not in one.columns and "patient" not in one.columns]


def joined(cases: Sequence[Answered]) -> pl.DataFrame:
    """The frames of these cases as one."""
    frames = [_called(number, frame_of(case.columns)) for number, case in enumerate(cases)]
    return pl.concat(frames, how="diagonal")


def _called(number: int, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with names for its patients and facts that no other case has."""
    ids = [f"{number}-{place}" for place in range(len(frame))]
    renamed = {
        name: name.replace("platelets", f"platelets_{number}").replace("stroke", f"stroke_{number}")
        for name in frame.columns
    }
    return frame.with_columns(patient=pl.Series(ids)).rename(renamed)


def engine_of(cases: Sequence[Answered]) -> Engine:
    """The trial with a criterion for each case, on a fact of its own."""
    words = yaml.safe_load((EXAMPLE / "vocabulary.yaml").read_text("utf-8"))
    facts = words["facts"]
    inclusion, exclusion = [], []
    for number, case in enumerate(cases):
        fact = "platelets" if case.criterion == "I2" else "stroke"
        name = f"{fact}_{number}"
        facts[name] = {word: said for word, said in facts[fact].items() if word != "codes"}
        criterion = {"id": f"C{number}", "text": case.name}
        if fact == "stroke":
            exclusion.append({**criterion, "rule": {"fact": name, "is": True}})
        else:
            window = {"more_than": "100 10*9/L", "within": "14 d before as_of"}
            inclusion.append({**criterion, "rule": {"fact": name, **window}})
    stage = {"id": "S", "title": "S", "inclusion": inclusion, "exclusion": exclusion}
    head = {"trial": "T", "title": "T", "version": "1", "effective": "2026-01-01", "source": "S"}
    return Engine({**head, "stages": [stage]}, words)


def outcomes(
    cases: Sequence[Answered], rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, list[Any], list[bool | str | None]]]:
    """By case what came of it, of the answers by patient, and what should."""
    for number, case in enumerate(cases):
        mine = [rows[f"{number}-{place}"] for place in range(len(case.expected))]
        found = ["!" if row["verdict"] is None else row[f"C{number}"] for row in mine]
        yield case.name, found, case.expected
