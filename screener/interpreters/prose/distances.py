"""How far a number is from a limit, in the unit of its fact; decides no truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from screener.quantities import EXACT, Condition, Number, Range, Value, decimal_text


class Miss(NamedTuple):
    """On which side of a condition a number lies, and how far from it at least.

    `exact`: the number is known.
    """

    side: str
    by: Number
    exact: bool


def miss_of(value: Value, condition: Condition) -> Miss | None:
    """How far a value that does not meet the condition is from it; None if it is no number."""
    if not isinstance(value, Range) or not isinstance(condition, Range):
        return None
    exact = value.low is not None and value.low == value.high
    if condition.low is not None and value.high is not None and value.high <= condition.low:
        return Miss("below", _gap(condition.low, value.high), exact)
    if condition.high is not None and value.low is not None and value.low >= condition.high:
        return Miss("above", _gap(value.low, condition.high), exact)
    return None


def spread_words(values: Sequence[Value], condition: Condition) -> str:
    """How far a value known only in part may lie beyond the limits; of one limit on either side."""
    ranges = [one for one in values if isinstance(one, Range)]
    if not ranges or not isinstance(condition, Range):
        return ""
    lows, highs = [one.low for one in ranges], [one.high for one in ranges]
    first, last = _outermost(lows, min), _outermost(highs, max)
    below = condition.high if condition.low is None else condition.low
    above = condition.low if condition.high is None else condition.high
    said = []
    if below is not None and (first is None or first < below):
        said.append(f"{_far(below, first)} below")
    if above is not None and (last is None or last > above):
        said.append(f"{_far(last, above)} above")
    return f"{' or '.join(said)} it" if said else ""


def _outermost(ends: list[Number | None], pick: Callable[[list[Number]], Number]) -> Number | None:
    known = [one for one in ends if one is not None]
    return pick(known) if len(known) == len(ends) else None


def _far(more: Number | None, less: Number | None) -> str:
    if more is None or less is None:
        return "any amount"
    return f"up to {decimal_text(_gap(more, less))}"


def _gap(more: Number, less: Number) -> Number:
    """The difference of two numbers of one kind: both decimals, or both fractions."""
    if isinstance(more, Fraction) or isinstance(less, Fraction):
        return Fraction(more) - Fraction(less)
    return EXACT.subtract(Decimal(more), Decimal(less))
