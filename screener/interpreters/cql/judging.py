"""The truth of one record of a fact: its number or its code against what is asked of it."""

from __future__ import annotations

from screener.interpreters.cql.text import Unsaid, decimal, ratio
from screener.ir import Bound, Limit, OfLimit, OfNumber, Relative
from screener.quantities import Codes, Number, Range, holds
from screener.truth import FALSE, TRUE
from screener.vocabulary import Shape, Type

_LIMITS = {Limit.ULN: "R.high", Limit.LLN: "R.low"}


def values_meeting(shape: Shape, condition: Codes) -> tuple[list[str], list[str]]:
    """The values that meet the condition, and those that do not; the others may do either."""
    if shape.type is Type.BOOLEAN:
        return (
            [str(one).lower() for one in (True, False) if one in condition],
            [str(one).lower() for one in (True, False) if one not in condition],
        )
    beneath = {one for under in shape.children.values() for one in under}
    every = sorted({*shape.values, *shape.children, *beneath})
    truths = {
        value: holds(shape.children.get(value, frozenset()) | {value}, condition) for value in every
    }
    return (
        [value for value, truth in truths.items() if truth is TRUE],
        [value for value, truth in truths.items() if truth is FALSE],
    )


def number_within(condition: Range, times: Limit | None) -> str:
    """Whether the number, or the multiple of that limit that it is, lies in the range."""
    return _ends(
        None if condition.low is None else _end(condition.low, times),
        None if condition.high is None else _end(condition.high, times),
        condition,
    )


def number_between(condition: Relative) -> str:
    """Whether the number lies between limits of its own record."""
    return _ends(
        None if condition.low is None else _limit(condition.low),
        None if condition.high is None else _limit(condition.high),
        condition,
    )


def _ends(low: str | None, high: str | None, condition: Range | Relative) -> str:
    found = []
    if low is not None:
        found.append(f'"At least"(R.number, R.sign, {low}, {str(condition.low_open).lower()})')
    if high is not None:
        found.append(f'"At most"(R.number, R.sign, {high}, {str(condition.high_open).lower()})')
    return " and ".join(found) or "true"


def _end(number: Number, times: Limit | None) -> str:
    if times is None:
        return decimal(number)
    multiple, by = ratio(number)
    return f'"Times"({_LIMITS[times]}, {multiple}, {by}, 0.0)'


def _limit(bound: Bound) -> str:
    match bound:
        case OfNumber(number):
            return decimal(number)
        case OfLimit(limit, times, plus):
            multiple, by = ratio(times)
            return f'"Times"({_LIMITS[limit]}, {multiple}, {by}, {decimal(plus)})'
    raise Unsaid("it is compared with another fact, or with another part of its record")
