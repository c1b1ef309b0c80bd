"""Values as intervals and code sets, and the one comparison of a value with a condition.

Numbers are `Decimal`, or `Fraction` for ratios to a reference limit; never floats. A value that is
known only in part (`<5`, a partial date) is an interval; a condition is an interval or a set of
codes too, so one rule decides every leaf. Source: semantics sections 8 and 9.
"""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from screener.truth import FALSE, TRUE, UNKNOWN, Truth

Number: TypeAlias = Decimal | Fraction | int

#: Exact arithmetic: enough digits that nothing is ever rounded.
EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation])

_DECIMAL = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
_HEXADECIMAL = re.compile(r"[<>=\u2264\u2265\s]*([-+]?0[xX][0-9a-fA-F]{1,15})(?![0-9a-zA-Z.])")
#: More digits than any measurement has; keeps hostile input cheap.
LONGEST_NUMBER = 60


class Range(NamedTuple):
    """An interval of numbers or of day ordinals; None is "without limit" on that side."""

    low: Number | None
    high: Number | None
    low_open: bool = False
    high_open: bool = False


Codes: TypeAlias = frozenset[str | bool]
Value: TypeAlias = Range | Codes
Condition: TypeAlias = Range | Codes


def point(number: Number) -> Range:
    """The interval that holds one number only."""
    return Range(number, number)


def parse_decimal(text: str) -> Decimal | None:
    """Read a plain decimal such as `2.50` or `1e3`, exactly; None for anything else."""
    if len(text) > LONGEST_NUMBER or _DECIMAL.fullmatch(text) is None:
        return None
    return Decimal(text)


def hexadecimal(text: str) -> str | None:
    """How else to write the number that a text such as `< 0x10` begins with; None for others."""
    match = _HEXADECIMAL.match(text)
    return match and f"hexadecimal is not read; write `{int(match[1], 16)}`"


def decimal_text(number: Number) -> str:
    """A number as decimal text without exponent and without trailing zeros.

    A ratio that has no end as a decimal stays a ratio: `1/3`.
    """
    if not isinstance(number, Decimal) and isinstance(number, Fraction):
        decimal = Decimal(number.numerator) / Decimal(number.denominator)
        if Fraction(decimal) != number:
            return str(number)
        number = decimal
    return trimmed(format(number if isinstance(number, Decimal) else Decimal(number), "f"))


def trimmed(text: str) -> str:
    """Decimal text without exponent, without its trailing zeros."""
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def empty(interval: Range) -> bool:
    """Whether no number lies in the interval."""
    low, high = interval.low, interval.high
    if low is None or high is None or low < high:
        return False
    return low > high or interval.low_open or interval.high_open


def meet(one: Range, other: Range) -> Range:
    """The numbers in both intervals; it may be empty."""
    low, low_open = one.low, one.low_open
    if other.low is not None and (
        low is None or other.low > low or (other.low == low and other.low_open)
    ):
        low, low_open = other.low, other.low_open
    high, high_open = one.high, one.high_open
    if other.high is not None and (
        high is None or other.high < high or (other.high == high and other.high_open)
    ):
        high, high_open = other.high, other.high_open
    return Range(low, high, low_open, high_open)


def holds(value: Value, condition: Condition) -> Truth:
    """True if every possible value meets the condition, false if none does, else unknown."""
    # INVARIANT: the checker pairs codes with code sets, and numbers with limits.
    if isinstance(condition, frozenset):
        if value <= condition:  # type: ignore[operator]
            return TRUE
        return FALSE if value.isdisjoint(condition) else UNKNOWN  # type: ignore[union-attr]
    assert isinstance(value, Range), "INVARIANT: the checker pairs numbers with limits"
    number = value.low
    if number is not None and number is value.high:
        return TRUE if _holds_for(number, condition) else FALSE
    if below(value, condition) or below(condition, value):
        return FALSE
    return TRUE if _inside(value, condition) else UNKNOWN


def _holds_for(number: Number, condition: Range) -> bool:
    """Whether one number lies in the interval."""
    limit = condition.low
    if limit is not None and (number < limit or (condition.low_open and number == limit)):
        return False
    limit = condition.high
    return limit is None or number < limit or (not condition.high_open and number == limit)


def below(left: Range, right: Range) -> bool:
    """Whether every number of `left` is less than every number of `right`."""
    if left.high is None or right.low is None:
        return False
    if left.high == right.low:
        return left.high_open or right.low_open
    return left.high < right.low


def _inside(inner: Range, outer: Range) -> bool:
    if outer.low is not None:
        if inner.low is None or inner.low < outer.low:
            return False
        if inner.low == outer.low and outer.low_open and not inner.low_open:
            return False
    if outer.high is not None:
        if inner.high is None or inner.high > outer.high:
            return False
        if inner.high == outer.high and outer.high_open and not inner.high_open:
            return False
    return True
