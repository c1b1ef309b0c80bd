"""Days, partial dates, offsets and ages for the judge, counted out on `datetime.date`.

A day is an ordinal, so that a stretch of days is a `range`. It decides what a written day or offset
means (semantics section 4) and knows neither records nor rules.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

#: Before and after every day that is written anywhere.
EVER = 10_000_000

_OFFSET = re.compile(r"(?:(\d+) (d|wk|mo|a) (before|after) )?(\S+)")


@lru_cache(maxsize=100_000)
def days_of(text: str) -> range:
    """Every day that `2026`, `2026-10` or `2026-10-31` stands for (4.2)."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return one_day(date(*parts).toordinal())
    year = parts[0]
    first_month, last_month = (parts[1], parts[1]) if len(parts) == 2 else (1, 12)
    first = date(year, first_month, 1)
    last = date(year, last_month, monthrange(year, last_month)[1])
    return range(first.toordinal(), last.toordinal() + 1)


def one_day(day: int) -> range:
    return range(day, day + 1)


@lru_cache(maxsize=100_000)
def moved(day: int, amount: int, unit: str) -> int:
    """The day `amount` units later (4.3): walk the months, then clamp to the month's end."""
    if unit == "d":
        return day + amount
    if unit == "wk":
        return day + 7 * amount
    there = date.fromordinal(day)
    month = there.month - 1 + amount * (12 if unit == "a" else 1)
    year, month = there.year + month // 12, month % 12 + 1
    for day_of_month in range(there.day, 0, -1):
        try:
            return date(year, month, day_of_month).toordinal()
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


@lru_cache(maxsize=100_000)
def completed_years(birth: int, at: int) -> int:
    """The largest n with birth + n years <= at (4.4)."""
    years = date.fromordinal(at).year - date.fromordinal(birth).year
    return max(n for n in (years - 1, years) if moved(birth, n, "a") <= at)


@lru_cache(maxsize=100_000)
def ages_after_being(years: int, said: int, at: int) -> frozenset[int]:
    """The ages on day `at` of everybody who has completed `years` years on the day `said`."""

    def births_about(day: int) -> list[int]:
        near = range(day - 2, day + 3)
        return [birth for birth in near if completed_years(birth, said) == years]

    # Whoever is born later is never older, so the first and the last birth tell the ages of all.
    oldest = completed_years(births_about(moved(said, -years - 1, "a"))[0], at)
    youngest = completed_years(births_about(moved(said, -years, "a"))[-1], at)
    return frozenset(range(youngest, oldest + 1))


class Point(NamedTuple):
    """A day of a rule: so many units before or after a literal or named date."""

    amount: int
    unit: str
    date: str

    def on(self, anchor: int) -> int:
        """The day itself, once it is known which day the date is."""
        return moved(anchor, self.amount, self.unit)


def point(text: Any) -> Point:
    """Read `resection`, `2026-10-20`, `4 wk after resection`, `{earlier_of: [X, Y]}`."""
    if isinstance(text, dict):
        return Point(0, "d", json.dumps(text))
    match = _OFFSET.fullmatch(text)
    assert match, text
    amount, unit, side, anchor = match.groups()
    if amount is None:
        return Point(0, "d", anchor)
    return Point(int(amount) * (-1 if side == "before" else 1), unit, anchor)
