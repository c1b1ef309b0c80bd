"""The later days on which a set of records may come to something else, some of them for nothing.

A record joins, a window opens, closes or moves past a record, an event becomes so long. Source:
semantics section 13.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain

from screener.days import EVER_FUTURE, EVER_PAST, shift
from screener.ir import (
    AS_OF,
    THIS,
    DateSource,
    EarlierOf,
    Exposure,
    HalfLives,
    Lasting,
    Length,
    Lookback,
    Point,
    RecordSet,
    RecordTest,
    Related,
    Window,
)
from screener.quantities import Range
from screener.selection.frame import Frame
from screener.selection.placing import DateTest, window_of
from screener.selection.uses import around_record


def set_days(frame: Frame, of: RecordSet, edges: bool, this: Sequence[int] = ()) -> Iterator[int]:
    """The days on which other records of a set may count; `this`: days of the record beside it."""
    windows = [window for test in of.tests for window in _windows(frame, of.fact, test)]
    around = [one for one in windows if around_record(one)]
    still = [one for one in windows if not around_record(one)]
    ends = [end for one in around for end in (one.start, one.end) if end is not None]
    still += [Window(end, None) for end in ends if end.anchor != THIS]
    yield from record_days(frame, of.fact, still, edges or bool(around))
    for end in ends:
        for day in this if end.anchor == THIS else ():
            there = shift(day, end.months, end.days)
            yield from (there, there + 1)
    own = [*recorded_days(frame, of.fact)]
    for test in of.tests:
        if isinstance(test, Lasting):
            yield from length_days(frame, of.fact, test.length, Point(AS_OF, 0, 1))
        elif isinstance(test, Related):
            yield from set_days(frame, test.other, True, own)


def _windows(frame: Frame, fact: str, test: RecordTest) -> Iterator[Window]:
    """The windows that a test of days amounts to; of a look-back one for each length of it."""
    if isinstance(test, Lookback):
        at = test.before
        for one in test.stretches:
            if not isinstance(one, HalfLives):
                yield Window(Point(at.anchor, at.months - one.months, at.days - one.days), at)
                continue
            for record in frame.sheet.records.get(fact, ()):
                value = record.attributes.get(one.attribute)
                ends = (value.low, value.high) if isinstance(value, Range) else ()
                for end in ends:
                    if end is not None:
                        days = int(Fraction(end) * Fraction(one.count) / one.per_day)
                        for far in (days - 1, days):
                            yield Window(Point(at.anchor, at.months, at.days - far), at)
    elif isinstance(test, DateTest):
        yield window_of(test)


def length_days(frame: Frame, fact: str, length: Length, at: Point) -> Iterator[int]:
    """The days on which it is so long from a day of a record to a day that moves."""
    yield from joining(frame, at)
    for day in set(recorded_days(frame, fact)):
        for stretch in (length.low, length.high):
            if stretch is not None and EVER_PAST < day < EVER_FUTURE:
                there = shift(day, stretch.months, stretch.days)
                for near in (there, there + 1):
                    if frame.point(at).moves:
                        yield from reaching(frame, at, near)


def each_day(frame: Frame, node: Exposure) -> Iterator[int]:
    """Every day as long as the days counted may change from one to the next."""
    fact = node.of.fact
    known = [day for day in recorded_days(frame, fact) if EVER_PAST < day < EVER_FUTURE]
    windows = [window for test in node.of.tests for window in _windows(frame, fact, test)]
    ends = [end for one in windows for end in (one.start, one.end) if end is not None]
    last = [frame.as_of]
    for end in ends:
        if frame.point(end).moves:
            last += [day for one in known for day in reaching(frame, end, one + 1)]
    if any(one.end is not None and one.end.last > frame.as_of for one in frame.recorded(fact)):
        last.append(frame.as_of + max(node.cuts, default=0) + 1)
    yield from range(frame.as_of + 1, max(last) + 1)


def record_days(frame: Frame, fact: str, windows: Sequence[Window], edges: bool) -> Iterator[int]:
    """The days on which a record joins or the window meets a record or, with `edges`, `as_of`.

    Where everything recorded lies in the past, a window that stays where it is opens and closes
    without a change in what an observation says.
    """
    known = set(recorded_days(frame, fact))
    yield from known
    moving = False
    for window in windows:
        for point in (window.start, window.end):
            if point is not None:
                moving = moving or frame.point(point).moves
                yield from joining(frame, point)
    edges = edges or moving or any(day > frame.as_of for day in known)
    if edges:
        for window in windows:
            yield from _edges(frame, fact, window, known, windows)


def _edges(
    frame: Frame, fact: str, window: Window, known: set[int], windows: Sequence[Window]
) -> Iterator[int]:
    """The days on which an end of the window, as far as it moves, passes what is recorded."""
    halts = {day for one in windows for day in _fixed_days(frame, one)}
    closing = known | halts
    # A history is known from ever up to a day, which only the last day of a window can pass.
    opening = closing if window.end is None or frame.sheet.records.get(fact) else halts
    for point, beyond, fixed in ((window.start, 1, opening), (window.end, 0, closing)):
        if point is None:
            continue
        if not frame.point(point).moves:
            # It opens on its first day, and has closed on the day after its last.
            yield from (day + 1 - beyond for day in chain.from_iterable(frame.point(point).days))
            continue
        for day in fixed:
            if EVER_PAST < day < EVER_FUTURE:
                yield from reaching(frame, point, day + beyond)
        # Of the earlier of two days one may stand still: there the window stops moving.
        yield from (day + 1 - beyond for day in _halts(frame, point))


def _fixed_days(frame: Frame, window: Window) -> Iterator[int]:
    for point in (window.start, window.end):
        if point is None:
            continue
        if (named := frame.point(point)).moves:
            yield from _halts(frame, point)
        else:
            yield from chain.from_iterable(named.days)


def _halts(frame: Frame, point: Point) -> Iterator[int]:
    """The days of an `earlier_of` that stand still while others move, as far on as the point is."""
    source = frame.dates.get(point.anchor or "")
    for part in source.points if isinstance(source, EarlierOf) else ():
        named = frame.point(part)
        inner = _halts(frame, part) if named.moves else chain.from_iterable(named.days)
        for day in inner:
            yield shift(day, point.months, point.days)


def recorded_days(frame: Frame, fact: str) -> Iterator[int]:
    """The days that are written on what is recorded of a fact."""
    for record in frame.sheet.records.get(fact, ()):
        yield from record.start or ()
        yield from record.end or ()
        yield from record.since or ()
    for statement in frame.sheet.statements.get(fact, ()):
        # A history that is known to a day is known no longer on the next.
        yield from (day + 1 for day in statement.to or ())
        yield from statement.since or ()
    if fact in frame.sheet.complete:
        yield frame.sheet.complete[fact].to + 1


def joining(frame: Frame, point: Point) -> Iterator[int]:
    """The days on which a value of the named date becomes known."""
    source = frame.dates.get(point.anchor or "")
    if isinstance(source, DateSource):
        yield from recorded_days(frame, source.fact)
    for one in source.points if isinstance(source, EarlierOf) else ():
        yield from joining(frame, one)


def reaching(frame: Frame, point: Point, day: int) -> Iterator[int]:
    """The first day that, as `as_of`, brings the point, or what it may be, to `day` or beyond."""
    for steps in _steps(frame, point):
        # Months of different length move the way back by up to three days; days alone by none.
        margin = 4 if any([months for months, _ in steps]) else 0
        as_of = day
        for months, days in reversed(steps):
            as_of = shift(as_of - days, months=-months) - margin
        while _moved(as_of, steps) < day:
            as_of += 1
        yield as_of


def _steps(frame: Frame, point: Point) -> Iterator[list[tuple[int, int]]]:
    """The ways from `as_of` to the point: months and days at each step."""
    source = frame.dates.get(point.anchor or "")
    if not isinstance(source, EarlierOf):
        yield [(point.months, point.days)]
        return
    for part in source.points:
        if frame.point(part).moves:
            for steps in _steps(frame, part):
                yield [*steps, (point.months, point.days)]


def _moved(as_of: int, steps: Sequence[tuple[int, int]]) -> int:
    for months, days in steps:
        as_of = shift(as_of, months, days)
    return as_of
