"""The least and the greatest value of a term, given those of its inputs; never narrower than true.

Sums, products and quotients are exact; logarithms, powers and roots are taken to 34 digits. Where a
term has no value (a division by zero, the logarithm of a number that is not above zero), it may
have any. Source: semantics 11.7 and 11.8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from math import floor, inf
from typing import NamedTuple, TypeAlias, assert_never

from screener.quantities import Codes
from screener.terms import Apply, ByCase, Constant, Function, IfMore, Input, Rounded, Term

#: An end of an interval; the only floats are the infinite ones, for "without limit".
Bound: TypeAlias = Fraction | float


class Bounds(NamedTuple):
    """The closed interval from `low` (never `inf`) to `high` (never `-inf`)."""

    low: Bound
    high: Bound


#: The value of an input: a number within bounds, or the one code it is taken to be.
Operand: TypeAlias = Bounds | Codes

ANYTHING = Bounds(-inf, inf)

_DIGITS = Context(prec=34, Emax=6144, Emin=-6143, traps=[])
#: So many more that what is rounded to 34 digits is the same as if it were exact.
_MORE = Context(prec=50, Emax=999_999, Emin=-999_999, traps=[])


def bounds(term: Term, operands: Sequence[Operand]) -> Bounds:
    """The interval that a term lies in, each input anywhere in its own."""
    match term:
        case Constant():
            return Bounds(term.number, term.number)
        case Input():
            operand = operands[term.index]
            assert isinstance(operand, Bounds), "INVARIANT: only numbers are calculated with"
            return operand
        case Apply():
            return _applied(term.function, [bounds(arg, operands) for arg in term.args])
        case Rounded():
            low, high = bounds(term.arg, operands)
            return Bounds(rounded(low, term.decimals), rounded(high, term.decimals))
        case ByCase():
            code = operands[term.index]
            assert isinstance(code, frozenset), "INVARIANT: cases are those of a code"
            return _hull([bounds(arg, operands) for codes, arg in term.cases if code <= codes])
        case IfMore():
            left, right = bounds(term.left, operands), bounds(term.right, operands)
            possible = []
            if left.high > right.low:
                possible.append(bounds(term.then, operands))
            if left.low <= right.high:
                possible.append(bounds(term.otherwise, operands))
            return _hull(possible)
        case _:
            assert_never(term)


def rounded(number: Bound, decimals: int) -> Bound:
    """Rounded to so many decimals, a tie away from zero."""
    if isinstance(number, float):
        return number
    scale = 10**decimals
    steps = floor(abs(number) * scale + Fraction(1, 2))
    return Fraction(steps if number >= 0 else -steps, scale)


def _hull(every: list[Bounds]) -> Bounds:
    return Bounds(min(one.low for one in every), max(one.high for one in every))


def _applied(function: Function, args: list[Bounds]) -> Bounds:
    first, second = args[0], args[-1]
    match function:
        case Function.ADD:
            return Bounds(first.low + second.low, first.high + second.high)
        case Function.SUBTRACT:
            return Bounds(first.low - second.high, first.high - second.low)
        case Function.MULTIPLY:
            return _product(first, second)
        case Function.DIVIDE:
            return _product(first, _reciprocal(second))
        case Function.MINIMUM:
            return Bounds(min(first.low, second.low), min(first.high, second.high))
        case Function.MAXIMUM:
            return Bounds(max(first.low, second.low), max(first.high, second.high))
        case Function.LN:
            return _logarithm(first, _ln)
        case Function.LOG10:
            return _logarithm(first, _log10)
        case Function.SQRT:
            if first.high < 0:
                return ANYTHING
            return Bounds(_root(max(first.low, Fraction(0))), _root(first.high))
        case Function.POWER:
            return _power(first, second)
        case _:
            assert_never(function)


def _product(left: Bounds, right: Bounds) -> Bounds:
    corners = [_times(one, other) for one in left for other in right]
    return Bounds(min(corners), max(corners))


def _times(left: Bound, right: Bound) -> Bound:
    # An infinite end is never reached, so that zero times it is zero.
    return Fraction(0) if left == 0 or right == 0 else left * right


def _reciprocal(of: Bounds) -> Bounds:
    if of.low > 0 or of.high < 0:
        return Bounds(_one_over(of.high), _one_over(of.low))
    if of.low == 0 < of.high:
        return Bounds(_one_over(of.high), inf)
    if of.low < 0 == of.high:
        return Bounds(-inf, _one_over(of.low))
    return ANYTHING


def _one_over(number: Bound) -> Fraction:
    return Fraction(0) if isinstance(number, float) else 1 / number


def _logarithm(of: Bounds, log: Callable[[Bound], Bound]) -> Bounds:
    if of.high <= 0:
        return ANYTHING
    return Bounds(-inf if of.low <= 0 else log(of.low), log(of.high))


def _ln(number: Bound) -> Bound:
    return number if isinstance(number, float) else _number(_MORE.ln(_decimal(number)))


def _log10(number: Bound) -> Bound:
    return number if isinstance(number, float) else _number(_MORE.log10(_decimal(number)))


def _root(number: Bound) -> Bound:
    return number if isinstance(number, float) else _number(_MORE.sqrt(_decimal(number)))


def _power(base: Bounds, exponent: Bounds) -> Bounds:
    """Powers of numbers that are not below zero."""
    if base.high < 0:
        return ANYTHING
    if isinstance(exponent.low, float) or isinstance(exponent.high, float):
        return Bounds(Fraction(0), inf)
    # exponent * ln(base) is greatest and least in the corners.
    corners = [
        _raised(one, to) for one in (max(base.low, Fraction(0)), base.high) for to in exponent
    ]
    if inf in corners and min(corners) == inf:
        return ANYTHING
    return Bounds(min(corners), max(corners))


def _raised(base: Bound, exponent: Bound) -> Bound:
    if exponent == 0:
        return Fraction(1)
    if base == 0 or isinstance(base, float):
        return inf if (base == 0) is (exponent < 0) else Fraction(0)
    assert isinstance(exponent, Fraction), "INVARIANT: open exponents are told before"
    logarithm = _MORE.multiply(_decimal(exponent), _MORE.ln(_decimal(base)))
    return _number(_MORE.exp(logarithm))


def _decimal(number: Fraction) -> Decimal:
    return _MORE.divide(Decimal(number.numerator), Decimal(number.denominator))


def _number(number: Decimal) -> Bound:
    """The number to 34 digits."""
    plain = _DIGITS.plus(number)
    return Fraction(plain) if plain.is_finite() else inf
