"""How long: a look-back that depends on the record, and whether some days are of a length.

Source: semantics 5.8 and 8.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from screener.causes import Cause, foremost
from screener.days import EVER_FUTURE, EVER_PAST, shift
from screener.facts import Record
from screener.ir import HalfLives, Length, Lookback, Point, Stretch, Window
from screener.quantities import Range
from screener.selection.frame import Extent, Frame
from screener.selection.selected import Reach
from screener.truth import Truth, conjunction


class Elapsed(NamedTuple):
    """From one day to another, the second no longer belonging to it."""

    start: int
    end: int


def has_length(length: Length, shortest: Elapsed, longest: Elapsed) -> Truth:
    """Whether everything from the shortest to the longest possible stretch is of that length."""
    truths = []
    if length.low is not None:
        truths.append(
            _shared(
                _reaches(length.low, shortest, length.low_open),
                _reaches(length.low, longest, length.low_open),
            )
        )
    if length.high is not None:
        # At most so long is not longer; less than so long does not even reach it.
        truths.append(
            _shared(
                not _reaches(length.high, shortest, not length.high_open),
                not _reaches(length.high, longest, not length.high_open),
            )
        )
    return conjunction(truths)


def is_so_long_since_never(length: Length) -> bool:
    """Whether the time since what never was, longer than any length, is of that length (8.9)."""
    ages = Elapsed(EVER_PAST, EVER_FUTURE)
    return has_length(length, ages, ages) is Truth.TRUE


def _reaches(stretch: Stretch, over: Elapsed, beyond: bool) -> bool:
    there = shift(over.start, stretch.months, stretch.days)
    return there < over.end if beyond else there <= over.end


def _shared(one: bool, other: bool) -> Truth:
    if one is not other:
        return Truth.UNKNOWN
    return Truth.TRUE if one else Truth.FALSE


# --- look-backs -------------------------------------------------------------------------------


def lookback_window(test: Lookback) -> Window:
    """The window of a look-back as far as it is the same for every record."""
    fixed = [one for one in test.stretches if isinstance(one, Stretch)]
    known = len(fixed) == 1 and (len(test.stretches) == 1 or not test.longest)
    return Window(_before(test.before, fixed[0]) if known else None, test.before)


def lookback(frame: Frame, test: Lookback, record: Record) -> Extent:
    """The spans that a look-back may have for a record; () while its day is unknown."""
    day = frame.point(test.before)
    if not day.days:
        return frame.extent(lookback_window(test))
    spans: dict[tuple[int, int], None] = {}
    for days in day.days:
        for last in range(days.first, days.last + 1):
            for first in _starts(test, record, last):
                spans[first, last] = None
    causes = [*_open_half_lives(test, record), *((day.cause,) if day.cause else ())]
    why = foremost(causes) if causes else None
    return Extent(tuple(spans), why, day.used, day.lacks, Reach(None, None))


def _starts(test: Lookback, record: Record, last: int) -> Iterator[int]:
    """The first days for the shortest and for the longest half-life there may be."""
    choose = min if test.longest else max
    for most in (False, True):
        yield choose(
            shift(last, -one.months, -one.days)
            if isinstance(one, Stretch)
            else _half_lives_before(one, record, last, most)
            for one in test.stretches
        )


def _half_lives_before(one: HalfLives, record: Record, last: int, most: bool) -> int:
    value = record.attributes.get(one.attribute)
    known = value if isinstance(value, Range) else Range(None, None)
    end = known.high if most else known.low
    if end is None:
        return EVER_PAST if most else last
    days = Fraction(end) * Fraction(one.count) / one.per_day
    whole = ceil(days) - 1 if most and known.high_open and days == floor(days) else floor(days)
    return max(last - max(whole, 0), EVER_PAST)


def _open_half_lives(test: Lookback, record: Record) -> Iterator[Cause]:
    for one in test.stretches:
        if isinstance(one, HalfLives):
            value = record.attributes.get(one.attribute)
            if value is None:
                yield Cause.MISSING
            elif isinstance(value, Range) and value.low != value.high:
                yield Cause.IMPRECISE


def _before(point: Point, stretch: Stretch) -> Point:
    return Point(point.anchor, point.months - stretch.months, point.days - stretch.days)


def length_of(record: Record, as_of: int) -> tuple[Elapsed, Elapsed]:
    """The shortest and longest an event may have lasted, first and last day counted (8.7)."""
    first, last = record.start or (as_of, as_of)
    last = min(last, as_of)
    if record.end is None:
        return Elapsed(last, last + 1), Elapsed(last, last + 1)
    latest = min(record.end.last, as_of)
    shortest = Elapsed(min(last, latest), max(min(record.end.first, as_of), min(last, latest)) + 1)
    return shortest, Elapsed(first, latest + 1)
