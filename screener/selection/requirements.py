"""Whether the value of one record meets what is asked, be it fixed or worked out from the record.

Which records are asked, and what follows from their answers, is decided elsewhere. Source:
semantics 9.1, 9.2 and 9.5.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, assert_never

from screener.causes import Cause, foremost
from screener.facts import Record
from screener.ir import Bound, Limit, OfAttribute, OfFact, OfLimit, OfNumber, Relative, Requirement
from screener.quantities import EXACT, Number, Range, Value, empty, holds, meet
from screener.selection.selected import relative
from screener.truth import Truth

YES: Value = frozenset({True})
NO: Value = frozenset({False})
PERHAPS: Value = frozenset({True, False})

_AS_VALUE = {Truth.TRUE: YES, Truth.FALSE: NO, Truth.UNKNOWN: PERHAPS}


class Judged(NamedTuple):
    """Whether a value meets what is asked of it, and why that is unknown."""

    truth: Truth
    cause: Cause | None

    @property
    def value(self) -> Value:
        """The truth as the value of a yes or no."""
        return _AS_VALUE[self.truth]


def judge_record(record: Record, asked: Requirement, times: Limit | None = None) -> Judged:
    """Whether the value of a record meets what is asked; without one, why there is none."""
    if record.value is None:
        return Judged(Truth.UNKNOWN, record.absence)
    value = record.value if times is None else relative(record.value, limit_of(record, times))
    if value is None:
        return Judged(Truth.UNKNOWN, Cause.NO_RANGE)
    return judge_value(record, value, asked)


def limit_of(record: Record, limit: Limit) -> Number | None:
    """The reference limit that came with the record."""
    return record.high if limit is Limit.ULN else record.low


def judge_value(record: Record, value: Value, requirement: Requirement) -> Judged:
    """The same of a part of what its value may be."""
    if isinstance(requirement, Relative):
        assert isinstance(value, Range), "INVARIANT: only numbers have a reference range"
        return _relative(record, value, requirement)
    truth = holds(value, requirement)
    return Judged(truth, Cause.IMPRECISE if truth is Truth.UNKNOWN else None)


def _relative(record: Record, value: Range, asked: Relative) -> Judged:
    """Each end by itself, then both: no number may lie between ends that have crossed."""
    low = None if asked.low is None else _end(record, asked.low)
    high = None if asked.high is None else _end(record, asked.high)
    both = Range(low, high, asked.low_open, asked.high_open)
    if empty(meet(value, both)):
        return Judged(Truth.FALSE, None)
    causes = []
    for bound, end, side in (
        (asked.low, low, Range(low, None, asked.low_open)),
        (asked.high, high, Range(None, high, False, asked.high_open)),
    ):
        if bound is not None and end is None:
            causes.append(Cause.NO_RANGE)
        elif holds(value, side) is Truth.UNKNOWN:
            causes.append(Cause.IMPRECISE)
    return Judged(Truth.UNKNOWN, foremost(causes)) if causes else Judged(Truth.TRUE, None)


def _end(record: Record, bound: Bound) -> Number | None:
    """The number that an end is for this record; None where its limit did not come with it."""
    match bound:
        case OfNumber():
            return bound.number
        case OfLimit():
            limit = limit_of(record, bound.limit)
            if limit is None or limit <= 0:
                return None
            assert isinstance(limit, Decimal), "INVARIANT: what is recorded is a decimal"
            return EXACT.fma(bound.times, limit, bound.plus)
        case OfAttribute() | OfFact():
            raise AssertionError("INVARIANT: no rule file leads here yet")
        case _:
            assert_never(bound)
