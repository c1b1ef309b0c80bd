"""Calendar days, partial dates and calendar arithmetic; no clock, no time of day.

A day is its proleptic Gregorian ordinal (`datetime.date.toordinal`), so that windows are integer
comparisons. Source: semantics section 4.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import NamedTuple

#: Before and after every day that can be written down.
EVER_PAST = -10_000_000
EVER_FUTURE = 10_000_000

#: The last day that can be written down.
LAST_DAY = date.max.toordinal()
_LONGEST = len("2026-10-31")
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)


class Days(NamedTuple):
    """All days from `first` to `last`, both included: a date known only so far."""

    first: int
    last: int

    @property
    def exact(self) -> bool:
        """Whether this is a single day."""
        return self.first == self.last


ANY_DAY = Days(EVER_PAST, EVER_FUTURE)


def parse_days(text: str) -> Days | None:
    """Read `2026`, `2026-10` or `2026-10-31`; None for anything else, the impossible included."""
    # What is longer is no day, and must not be kept: it may be as long as somebody likes.
    return _parsed(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Days | None:
    match = _PARTIAL.fullmatch(text)
    if match is None:
        return None
    try:
        if match[3]:
            day = date.fromisoformat(text).toordinal()
            return Days(day, day)
        year = int(match[1])
        if match[2] is None:
            return Days(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())
        first = date(year, int(match[2]), 1)
        last = monthrange(first.year, first.month)[1]
        return Days(first.toordinal(), first.replace(day=last).toordinal())
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def iso(day: int) -> str:
    """A day as `YYYY-MM-DD`."""
    return date.fromordinal(day).isoformat()


def iso_or_none(day: int) -> str | None:
    """A day as `YYYY-MM-DD`, or None for one that stands for "ever"."""
    return iso(day) if 1 <= day <= LAST_DAY else None


def shift(day: int, months: int = 0, days: int = 0) -> int:
    """Add calendar months, clamped to the month's end, then days (semantics 4.3)."""
    if months and 1 <= day <= LAST_DAY:
        there = date.fromordinal(day)
        year, month = divmod(there.year * 12 + there.month - 1 + months, 12)
        if year < 1:
            return EVER_PAST
        if year > 9999:
            return EVER_FUTURE
        day = date(year, month + 1, min(there.day, monthrange(year, month + 1)[1])).toordinal()
    if day in (EVER_PAST, EVER_FUTURE):
        return day
    return day + days


def completed_years(birth: int, at: int) -> int:
    """Age in completed years; 29 February plus one year is 28 February (semantics 4.4)."""
    years = date.fromordinal(at).year - date.fromordinal(birth).year
    return years if shift(birth, months=12 * years) <= at else years - 1
