"""Whether a value meets what is asked, be it fixed or worked out from its record or another fact.

Which values are asked, and what follows from their answers, is decided elsewhere. Source:
semantics 9.1, 9.2, 9.5, 9.7 and 9.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, assert_never

from screener.causes import Cause, foremost
from screener.facts import Record
from screener.ir import (
    THIS,
    Bound,
    Limit,
    OfAttribute,
    OfFact,
    OfLimit,
    OfNumber,
    Pick,
    Relative,
    Requirement,
    Selection,
    Within,
)
from screener.quantities import EXACT, Number, Range, Value, empty, holds, meet, point
from screener.selection.frame import Frame
from screener.selection.selected import Lack, Used, distinct, exact, relative
from screener.truth import Truth, agreement, conjunction

YES: Value = frozenset({True})
NO: Value = frozenset({False})
PERHAPS: Value = frozenset({True, False})

_AS_VALUE = {Truth.TRUE: YES, Truth.FALSE: NO, Truth.UNKNOWN: PERHAPS}


class Judged(NamedTuple):
    """Whether a value meets what is asked of it, and why that is unknown.

    `lacks`: what of other facts would settle it; `used`: what of other facts it rests on. `blind`:
    there is no value to compare it with, so that its own makes no difference.
    """

    truth: Truth
    cause: Cause | None
    lacks: tuple[Lack, ...] = ()
    used: tuple[Used, ...] = ()
    blind: bool = False

    @property
    def value(self) -> Value:
        """The truth as the value of a yes or no."""
        return _AS_VALUE[self.truth]


class End(NamedTuple):
    """The numbers that an end may be; None where it is not known, with the cause.

    `cause` of an end that is known says why it is not a single number.
    """

    value: Range | None
    cause: Cause | None = None
    lacks: tuple[Lack, ...] = ()
    used: tuple[Used, ...] = ()


def judge_record(
    frame: Frame, record: Record, asked: Requirement, times: Limit | None = None
) -> Judged:
    """Whether the value of a record meets what is asked; without one, why there is none."""
    if record.value is None:
        return Judged(Truth.UNKNOWN, record.absence)
    if times is None:
        return judge_value(frame, record, record.value, asked)
    judged = []
    for one in ways_of(record):
        value = relative(record.value, limit_of(one, times))
        if value is None:
            judged.append(Judged(Truth.UNKNOWN, Cause.NO_RANGE))
        else:
            judged.append(judge_value(frame, one, value, asked))
    return _each_way(record, judged)


def ways_of(record: Record) -> tuple[Record, ...]:
    """The record with each pair of limits that it may have (14.3)."""
    if record.open_limits is None:
        return (record,)
    return tuple(
        record._replace(low=low, high=high, open_limits=None)
        for low, high in record.open_limits.ways
    )


def wanted_limits(record: Record) -> tuple[Lack, ...]:
    """What of the patient would tell which limits are those of the record."""
    if record.open_limits is None:
        return ()
    return tuple(Lack(fact, cause, None) for fact, cause in record.open_limits.wants)


def _each_way(record: Record, judged: Sequence[Judged]) -> Judged:
    """What all of them agree on; else open, and why (14.3)."""
    if len(judged) == 1:
        return judged[0]
    truth = agreement(one.truth for one in judged)
    used = distinct([entry for one in judged for entry in one.used])
    if truth is not Truth.UNKNOWN:
        return Judged(truth, None, (), used)
    causes = [one.cause for one in judged if one.cause]
    lacks = distinct([lack for one in judged for lack in one.lacks])
    if len({one.truth for one in judged}) > 1 or Cause.NO_RANGE in causes:
        causes.append(Cause.NO_RANGE)
        lacks += wanted_limits(record)
    return Judged(truth, foremost(causes), lacks, used)


def limit_of(record: Record, limit: Limit) -> Number | None:
    """The reference limit that came with the record."""
    return record.high if limit is Limit.ULN else record.low


def judge_value(
    frame: Frame, record: Record | None, value: Value, requirement: Requirement
) -> Judged:
    """The same of a part of what its value may be, or of a value out of several records."""
    if isinstance(requirement, Relative):
        assert isinstance(value, Range), "INVARIANT: only numbers and days have such limits"
        if record is None or record.open_limits is None:
            return _relative(frame, record, value, requirement)
        each = [_relative(frame, one, value, requirement) for one in ways_of(record)]
        return _each_way(record, each)
    truth = holds(value, requirement)
    return Judged(truth, Cause.IMPRECISE if truth is Truth.UNKNOWN else None)


def _relative(frame: Frame, record: Record | None, value: Range, asked: Relative) -> Judged:
    """Each end by itself, then both: no number may lie between ends that have crossed."""
    low = None if asked.low is None else _end(frame, record, asked.low)
    high = None if asked.high is None else _end(frame, record, asked.high)
    ends = [end for end in (low, high) if end is not None]
    used = distinct([entry for end in ends for entry in end.used])
    sides = []
    if low is not None:
        sides.append((low, _stands(value, low, Range(0, None, asked.low_open))))
    if high is not None:
        sides.append((high, _stands(value, high, Range(None, 0, False, asked.high_open))))
    truth = conjunction([side for _, side in sides])
    if truth is Truth.UNKNOWN and _crossed(value, low, high, asked):
        truth = Truth.FALSE
    if truth is not Truth.UNKNOWN:
        return Judged(truth, None, (), used)
    open_ends = [end for end, side in sides if side is Truth.UNKNOWN]
    causes = [end.cause or Cause.IMPRECISE for end in open_ends]
    blind = all(end.value is None for end in open_ends)
    if not blind and not exact(value):
        causes.append(Cause.IMPRECISE)
    lacks = distinct([lack for end in open_ends for lack in end.lacks])
    return Judged(truth, foremost(causes), lacks, used, blind)


def _stands(value: Range, end: End, wanted: Range) -> Truth:
    """Whether value less end is a number wanted: zero or more, zero or less."""
    if end.value is None:
        return Truth.UNKNOWN
    low, high = end.value.low, end.value.high
    difference = Range(
        None if value.low is None or high is None else _less(value.low, high),
        None if value.high is None or low is None else _less(value.high, low),
        value.low_open or end.value.high_open,
        value.high_open or end.value.low_open,
    )
    return holds(difference, wanted)


def _crossed(value: Range, low: End | None, high: End | None, asked: Relative) -> bool:
    """Whether even the ends that are furthest apart leave no part of the value between them."""
    least = None if low is None else low.value
    most = None if high is None else high.value
    if least is None or most is None:
        return False
    apart = Range(
        least.low,
        most.high,
        asked.low_open or least.low_open,
        asked.high_open or most.high_open,
    )
    return empty(meet(value, apart))


def _less(number: Number, other: Number) -> Number:
    if isinstance(number, Decimal) and isinstance(other, Decimal):
        return EXACT.subtract(number, other)
    return Fraction(number) - Fraction(other)


def _scaled(number: Number | None, times: Decimal) -> Number | None:
    if number is None or times == 1:
        return number
    if isinstance(number, Decimal):
        return EXACT.multiply(number, times)
    return Fraction(number) * Fraction(times)


def _end(frame: Frame, record: Record | None, bound: Bound) -> End:
    """The numbers that an end may be for this record."""
    match bound:
        case OfNumber():
            return End(point(bound.number))
        case OfLimit():
            limit = None if record is None else limit_of(record, bound.limit)
            if limit is None or limit <= 0:
                return End(None, Cause.NO_RANGE)
            assert isinstance(limit, Decimal), "INVARIANT: what is recorded is a decimal"
            return End(point(EXACT.fma(bound.times, limit, bound.plus)))
        case OfAttribute():
            value = None if record is None else record.attributes.get(bound.name)
            if not isinstance(value, Range):
                return End(None, Cause.MISSING)
            return End(_multiple(value, bound.times))
        case OfFact():
            return _of_fact(frame if record is None else frame.about(record), bound)
        case _:
            assert_never(bound)


def _of_fact(frame: Frame, bound: OfFact) -> End:
    """All that the value of another fact may be, from the least to the greatest."""
    from screener.selection.select import select  # selecting is judging records in its turn

    found = select(frame, bound.of)
    values = [_multiple(one, bound.times) for one in found.values if isinstance(one, Range)]
    # What is asked is not asked of these values themselves.
    entries = tuple(entry._replace(value=None) for entry in found.used)
    if not values or found.short:
        missed = found.cause is Cause.MISSED and _around_record(bound.of)
        return End(None, Cause.MISSING if missed else found.cause, found.lacks, entries)
    cause = found.cause
    if len(values) > 1 and found.firm == len(values) and all(map(exact, values)):
        cause = Cause.CONFLICT
    return End(hull(values), cause, found.lacks, entries)


def _around_record(selection: Selection) -> bool:
    """Whether a value is asked for in a window around a record, which nobody was to keep."""
    tests = selection.of.tests if isinstance(selection, Pick) else ()
    windows = [test.window for test in tests if isinstance(test, Within)]
    return any(one.start is not None and one.start.anchor == THIS for one in windows)


def _multiple(value: Range, times: Decimal) -> Range:
    return value._replace(low=_scaled(value.low, times), high=_scaled(value.high, times))


def hull(values: Sequence[Range]) -> Range:
    """From the least to the greatest."""
    whole = values[0]
    for one in values[1:]:
        low, high = whole, whole
        if one.low is None or (
            whole.low is not None and (one.low, one.low_open) < (whole.low, whole.low_open)
        ):
            low = one
        if one.high is None or (
            whole.high is not None
            and (one.high, not one.high_open) > (whole.high, not whole.high_open)
        ):
            high = one
        whole = Range(low.low, high.high, low.low_open, high.high_open)
    return whole
