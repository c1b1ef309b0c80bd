"""The days of one screening: `as_of`, the named dates of the protocol and its windows, resolved.

A named date may have several possible days or none; a window is the list of the (first, last) days
it may span. Source: semantics sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

from screener.causes import Cause, foremost
from screener.days import EVER_FUTURE, EVER_PAST, Days, iso, shift
from screener.facts import FactSheet, Record, Shown
from screener.ir import AS_OF, THIS, EarlierOf, NamedDay, Point, Window
from screener.quantities import Range
from screener.selection.selected import Lack, Reach, Used, distinct, used
from screener.vocabulary import Vocabulary

#: Absences after which `otherwise: as_of` stands in for the date (4.6).
_NOT_YET = frozenset({Cause.MISSING, Cause.PENDING, Cause.NOT_DONE, Cause.NOT_APPLICABLE})


class NamedDate(NamedTuple):
    """The possible days of a named date; none while it is unknown, with the cause.

    `cause` of a date with several possible days says why there are several. `moves`: it is
    `as_of` itself, or stands in for it.
    """

    days: tuple[Days, ...]
    cause: Cause | None
    used: tuple[Used, ...]
    lacks: tuple[Lack, ...]
    moves: bool


class Extent(NamedTuple):
    """The spans a window may have: a record is judged for each; () while its day is unknown.

    `lacks` are the dates it hangs on; `cause` why there are several spans, or none; `reach` its
    first and last day, where they are known.
    """

    spans: tuple[tuple[int, int], ...]
    cause: Cause | None
    used: tuple[Used, ...]
    lacks: tuple[Lack, ...]
    reach: Reach


class Frame:
    """One patient on one day; what is resolved is kept for the next who asks."""

    def __init__(
        self,
        sheet: FactSheet,
        vocabulary: Vocabulary,
        dates: Mapping[str, NamedDay],
        as_of: int,
    ) -> None:
        self.sheet = sheet
        self.vocabulary = vocabulary
        self.dates = dates
        self.as_of = as_of
        #: The record whose relations are being judged; it is never its own other.
        self.this: Record | None = None
        self._named: dict[str, NamedDate] = {}
        self._points: dict[int, tuple[Point, NamedDate]] = {}
        self._extents: dict[int, tuple[Window, Extent]] = {}

    def at(self, as_of: int) -> Frame:
        """The same patient with the same records on another day."""
        return Frame(self.sheet, self.vocabulary, self.dates, as_of)

    def about(self, record: Record) -> Frame:
        """The same day, with `this` standing for the days on which the record may have started."""
        there = self.at(self.as_of)
        there._named.update(self._named)
        first, last = record.start or (self.as_of, self.as_of)
        days = Days(first, min(last, self.as_of))
        if record.undated and first == EVER_PAST:
            there._named[THIS] = NamedDate((), Cause.UNDATED, (), (), False)
        else:
            inexact = None if days.exact else Cause.IMPRECISE
            there._named[THIS] = NamedDate((days,), inexact, (), (), False)
        return there

    def beside(self, record: Record) -> Frame:
        """The same for the relations of a record, which is never its own other (6.8)."""
        there = self.about(record)
        there.this = record
        return there

    def recorded(self, fact: str) -> tuple[Record, ...]:
        """The records of a fact that exist by `as_of` (4.5)."""
        records = self.sheet.records.get(fact, ())
        known = [one for one in records if _on_record(one, self.as_of)]
        return records if len(known) == len(records) else tuple(known)

    def named(self, name: str) -> NamedDate:
        """The possible days of a named date (4.6)."""
        known = self._named.get(name)
        if known is None:
            known = self._named[name] = self._resolve(name)
        return known

    def _resolve(self, name: str) -> NamedDate:
        if name == AS_OF:
            return NamedDate((Days(self.as_of, self.as_of),), None, (), (), True)
        source = self.dates[name]
        if isinstance(source, EarlierOf):
            return self._earlier(source)
        records = self.recorded(source.fact)
        values = [one for one in records if isinstance(one.value, Range)]
        if values:
            days = distinct([date_value(one) for one in values])
            cause = Cause.CONFLICT if len(days) > 1 else None
            if any(not one.exact for one in days):
                cause = cause or Cause.IMPRECISE
            lacks = (Lack(source.fact, cause, None),) if cause else ()
            entries = tuple(used(source.fact, one) for one in values)
            return NamedDate(days, cause, entries, lacks, False)
        causes = [one.absence for one in records if one.absence] or [Cause.MISSING]
        if source.otherwise_as_of and _NOT_YET.issuperset(causes):
            today = Shown(value=iso(self.as_of))
            entry = Used(source.fact, today, None, None, True)
            return NamedDate((Days(self.as_of, self.as_of),), None, (entry,), (), True)
        cause = foremost(causes)
        entry = next(
            (used(source.fact, one) for one in records if one.absence is cause),
            Used(source.fact, Shown(), None, cause),
        )
        return NamedDate((), cause, (entry,), (Lack(source.fact, cause, None),), False)

    def _earlier(self, source: EarlierOf) -> NamedDate:
        """The first (last) of several days, in every combination of what they may be (4.7)."""
        parts = [self.point(one) for one in source.points]
        entries = distinct([entry for one in parts for entry in one.used])
        unknown = [one for one in parts if not one.days]
        lacks = distinct([lack for one in unknown or parts for lack in one.lacks])
        causes = [one.cause for one in unknown or parts if one.cause]
        why = foremost(causes) if causes else None
        moves = any(one.moves for one in parts)
        if unknown:
            return NamedDate((), why, entries, lacks, moves)
        choose = max if source.later else min
        days = dict.fromkeys(
            Days(choose(one.first for one in ways), choose(one.last for one in ways))
            for ways in product(*(one.days for one in parts))
        )
        if len(days) == 1 and next(iter(days)).exact:
            # It is this day, whatever the days that do not decide turn out to be.
            return NamedDate(tuple(days), None, entries, (), moves)
        return NamedDate(tuple(days), why, entries, lacks, moves)

    def point(self, point: Point) -> NamedDate:
        """The possible days of a point."""
        if point.anchor is None:
            return NamedDate((Days(point.days, point.days),), None, (), (), False)
        if not point.months and not point.days:
            return self.named(point.anchor)
        # By identity, which is quicker than by value; the point is kept, so that it stays unique.
        known = self._points.get(id(point))
        if known is None:
            known = self._points[id(point)] = (point, self._shifted(point, point.anchor))
        return known[1]

    def _shifted(self, point: Point, anchor: str) -> NamedDate:
        named = self.named(anchor)
        months, further = point.months, point.days
        days = tuple(
            [
                Days(shift(one.first, months, further), shift(one.last, months, further))
                for one in named.days
            ]
        )
        return NamedDate(days, named.cause, named.used, named.lacks, named.moves)

    def extent(self, window: Window) -> Extent:
        """The spans a window may have."""
        known = self._extents.get(id(window))
        if known is None:
            known = self._extents[id(window)] = (window, self._spans(window))
        return known[1]

    def _spans(self, window: Window) -> Extent:
        start, end = window.start, window.end
        if start is not None and end is not None and start.anchor == end.anchor and start.anchor:
            return _moving_together(self.named(start.anchor), start, end)
        ends = [self.point(one) for one in (start, end) if one is not None]
        entries = distinct([entry for one in ends for entry in one.used])
        unknown = [one for one in ends if not one.days]
        if unknown:
            lacks = distinct([lack for one in unknown for lack in one.lacks])
            why = foremost(one.cause for one in unknown if one.cause)
            return Extent((), why, entries, lacks, Reach(None, None))
        causes = [one.cause for one in ends if one.cause]
        lacks = distinct([lack for one in ends for lack in one.lacks])
        cause = foremost(causes) if causes else None
        firsts = _outer(self.point(start)) if start is not None else (EVER_PAST, EVER_PAST)
        lasts = _outer(self.point(end)) if end is not None else (EVER_FUTURE, EVER_FUTURE)
        # The ends are independent: the widest and the narrowest span decide for all between, but
        # for one thing. Where one is open still and the other holds no day, a window that ends on a
        # possible day before `as_of` is closed and holds days, which is what can be missed.
        spans = [(firsts[0], lasts[1]), (firsts[1], lasts[0])]
        spans += [
            (firsts[0], last)
            for days in (self.point(end).days if end is not None else ())
            if max(firsts[0], days.first) <= (last := min(days.last, self.as_of - 1))
        ]
        return _extent(spans, cause, entries, lacks)


def _on_record(record: Record, as_of: int) -> bool:
    known = record.since or record.start
    return known is None or known.first <= as_of


def _moving_together(named: NamedDate, start: Point, end: Point) -> Extent:
    """A window both ends of which hang on one date: each of its days is one span."""
    spans = {
        (shift(day, start.months, start.days), shift(day, end.months, end.days))
        for days in named.days
        for day in range(days.first, days.last + 1)
    }
    return _extent(sorted(spans), named.cause, distinct(named.used), distinct(named.lacks))


def overlap(extents: list[Extent]) -> Extent:
    """The days that lie in all of these windows; () while the day of one is unknown."""
    if len(extents) == 1:
        return extents[0]
    entries = distinct([entry for one in extents for entry in one.used])
    unknown = [one for one in extents if not one.spans]
    concerned = unknown or extents
    lacks = distinct([lack for one in concerned for lack in one.lacks])
    causes = [one.cause for one in concerned if one.cause]
    spans: list[tuple[int, int]] = [] if unknown else [(EVER_PAST, EVER_FUTURE)]
    for one in extents:
        spans = [
            (max(first, opens), min(last, closes))
            for first, last in spans
            for opens, closes in one.spans
        ]
    return _extent(spans, foremost(causes) if causes else None, entries, lacks)


def date_value(record: Record) -> Days:
    """The days a date fact may name."""
    value = record.value
    assert isinstance(value, Range), "INVARIANT: the value of a date fact is a range of days"
    first = EVER_PAST if value.low is None else int(value.low)
    return Days(first, EVER_FUTURE if value.high is None else int(value.high))


def _extent(
    spans: list[tuple[int, int]],
    cause: Cause | None,
    entries: tuple[Used, ...],
    lacks: tuple[Lack, ...],
) -> Extent:
    reach = Reach(_shared({one[0] for one in spans}), _shared({one[1] for one in spans}))
    return Extent(distinct(spans), cause, entries, lacks, reach)


def _outer(named: NamedDate) -> tuple[int, int]:
    return min(one.first for one in named.days), max(one.last for one in named.days)


def _shared(days: set[int]) -> int | None:
    only = next(iter(days)) if len(days) == 1 else EVER_PAST
    return only if EVER_PAST < only < EVER_FUTURE else None
