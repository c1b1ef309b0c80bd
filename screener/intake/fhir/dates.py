"""FHIR's ways of saying when: dateTime, Period, Timing, age; each as the days it may have been.

The day is the one written, whatever the time zone beside it. An age needs the days of birth. What
is said in words only is not read. Source: semantics 4.2 and 8.1.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from screener import units
from screener.days import EVER_FUTURE, EVER_PAST, Days, parse_days, shift
from screener.intake.faults import quoted
from screener.intake.fhir.models import Period, Quantity, Range, Timing
from screener.intake.fhir.refused import Refused
from screener.intake.known import KnownDays

_DATE_TIME = re.compile(
    r"([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)"
    r"(?:(?<=-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)
_AGE_STEPS = {"a": (12, 0), "mo": (1, 0), "wk": (0, 7), "d": (0, 1)}


class Stretch(NamedTuple):
    """From when to when, as far as it is said."""

    start: KnownDays | None = None
    end: KnownDays | None = None

    def some_day(self, latest: KnownDays | None = None) -> KnownDays | None:
        """The days on one of which it was; `latest`: it was not after that."""
        if self.start is None and self.end is None:
            return None
        first = EVER_PAST if self.start is None else self.start.days.first
        last = self.end.days.last if self.end else latest.days.last if latest else EVER_FUTURE
        return KnownDays(Days(first, max(first, last)), self.text)

    @property
    def text(self) -> str:
        """As a person would write it."""
        start = "" if self.start is None else str(self.start)
        end = "" if self.end is None else str(self.end)
        return start if start == end else f"{start}/{end}"


def day_of(text: str | None) -> KnownDays | None:
    """The day of a date, dateTime or instant.

    Raises:
        Refused: if it is none.
    """
    if text is None:
        return None
    match = _DATE_TIME.fullmatch(text)
    days = None if match is None else parse_days(match[1])
    if match is None or days is None:
        raise Refused(f"{quoted(text)} is not a date", "write year-month-day, as in `2026-10-31`")
    return KnownDays(days, match[1])


def stretch_of(period: Period | None) -> Stretch:
    """The first and the last day of a period."""
    if period is None:
        return Stretch()
    found = Stretch(day_of(period.start), day_of(period.end))
    if found.start and found.end and found.start.days.first > found.end.days.last:
        raise Refused("its period ends before it starts")
    return found


def stretch_of_timing(timing: Timing | None) -> Stretch:
    """From the first to the last day that a timing names."""
    if timing is None:
        return Stretch()
    events = [day for day in map(day_of, timing.event) if day is not None]
    if events:
        return Stretch(
            min(events, key=lambda one: one.days.first), max(events, key=lambda one: one.days.last)
        )
    return stretch_of(timing.repeat.bounds_period if timing.repeat else None)


def day_at_age(low: Quantity | None, high: Quantity | None, birth: Days | None) -> KnownDays | None:
    """The days on which somebody born then was that old; None where that cannot be told."""
    if birth is None:
        return None
    first, last = _lived(low, birth), _lived(high, birth)
    if first is None and last is None:
        return None
    shown = " to ".join(
        dict.fromkeys(f"{one.value} {_unit(one)}" for one in (low, high) if one is not None)
    )
    days = Days(birth.first if first is None else first.first, last.last if last else EVER_FUTURE)
    return KnownDays(days, f"age {shown}") if days.first <= days.last else None


def day_in_age_range(ages: Range | None, birth: Days | None) -> KnownDays | None:
    """As `day_at_age`, between two ages."""
    return None if ages is None else day_at_age(ages.low, ages.high, birth)


def _lived(age: Quantity | None, birth: Days) -> Days | None:
    """The days on which so many whole years (months, weeks, days) have been lived."""
    unit = None if age is None else _unit(age)
    if age is None or age.value is None or age.value < 0 or age.comparator or unit is None:
        return None
    months, days = _AGE_STEPS[unit]
    whole = int(age.value)
    first = shift(birth.first, months=whole * months, days=whole * days)
    return Days(first, shift(birth.last, (whole + 1) * months, (whole + 1) * days) - 1)


def _unit(age: Quantity) -> str | None:
    for text in (age.code, age.unit):
        code = None if text is None else units.canonical(text)
        if code in _AGE_STEPS:
            return code
    return None
