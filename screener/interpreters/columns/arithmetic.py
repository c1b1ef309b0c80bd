"""The number that a formula makes of its inputs as a column of floats, and how far it may be off.

Floats carry about 16 digits. With each step goes a bound of the error, so that whoever compares the
number knows the rows of which only exact arithmetic tells the sides. Source: semantics 11.7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, assert_never

import narwhals as nw

from screener.interpreters.columns.kept import Keep, Kept
from screener.quantities import Codes
from screener.terms import Apply, ByCase, Constant, Function, IfMore, Input, Rounded, Term

#: No step of arithmetic, no logarithm or power of any engine is off by more, in relation to it.
_STEP = 1e-13


class Nearly(NamedTuple):
    """A number, and by how much it may be off; null or no number where there is none.

    `level`: see `Kept`.
    """

    number: nw.Expr
    off: nw.Expr
    level: int = 0


class Arithmetic:
    """Formulas over columns.

    Args:
        inputs: the column of an input, by its place.
        in_case: whether an input is among these codes.
        keep: see `Keep`.

    `doubts` gathers the rows of which a step on the way may be on either side.
    """

    def __init__(
        self,
        inputs: Callable[[int], Kept],
        in_case: Callable[[int, Codes], Kept],
        keep: Keep,
    ) -> None:
        self._inputs = inputs
        self._in_case = in_case
        self._keep = keep
        self.doubts: list[nw.Expr] = []

    def number(self, term: Term) -> Nearly:
        """The number of a term."""
        match term:
            case Constant():
                constant = float(term.number)
                return Nearly(nw.lit(constant), nw.lit(abs(constant) * _STEP))
            case Input():
                number, level = self._inputs(term.index)
                return Nearly(number, number.abs() * _STEP, level)
            case Apply():
                args = [self.number(one) for one in term.args]
                number, off = _applied(term.function, args[0], args[-1])
                return self._kept(number, off + number.abs() * _STEP, *args)
            case Rounded():
                inner = self.number(term.arg)
                number, near = rounded(inner, term.decimals)
                self.doubts.append(near)
                return self._kept(number, number.abs() * _STEP, inner)
            case ByCase():
                found = [(self._in_case(term.index, codes), arg) for codes, arg in term.cases]
                return self._chosen([(here, self.number(arg)) for here, arg in found])
            case IfMore():
                left, right = self.number(term.left), self.number(term.right)
                apart, level = left.number - right.number, max(left.level, right.level)
                self.doubts.append(apart.abs() <= left.off + right.off)
                then, otherwise = self.number(term.then), self.number(term.otherwise)
                return self._chosen(
                    [(Kept(apart > 0, level), then), (Kept(apart <= 0, level), otherwise)]
                )
            case _:
                assert_never(term)

    def _kept(self, number: nw.Expr, off: nw.Expr, *behind: Kept | Nearly) -> Nearly:
        level = max(one.level for one in behind)
        kept = self._keep(number, level)
        return Nearly(kept.column, self._keep(off, level).column, kept.level)

    def _chosen(self, cases: list[tuple[Kept, Nearly]]) -> Nearly:
        return self._kept(
            _chain([(here.column, one.number) for here, one in cases]),
            _chain([(here.column, one.off) for here, one in cases]),
            *(one for case in cases for one in case),
        )


def rounded(nearly: Nearly, decimals: int) -> tuple[nw.Expr, nw.Expr]:
    """Rounded with a tie away from zero, and whether it is too near to a tie to tell."""
    scale = 10.0**decimals
    size = nearly.number.abs() * scale
    steps = (size + 0.5).floor()
    below, above = (size + 0.5 - steps).abs(), (steps + 1 - size - 0.5).abs()
    within = nearly.off * scale + (size + 1) * _STEP
    sign = nw.when(nearly.number < 0).then(nw.lit(-1.0)).otherwise(nw.lit(1.0))
    return sign * steps / scale, (below <= within) | (above <= within)


def _applied(function: Function, first: Nearly, second: Nearly) -> tuple[nw.Expr, nw.Expr]:
    a, b = first.number, second.number
    match function:
        case Function.ADD:
            return a + b, first.off + second.off
        case Function.SUBTRACT:
            return a - b, first.off + second.off
        case Function.MULTIPLY:
            return a * b, a.abs() * second.off + b.abs() * first.off
        case Function.DIVIDE:
            divisor = _where(b.abs() > second.off * 2, b)
            quotient = a / divisor
            # Twice, as the divisor itself may be nearer to zero.
            off = (first.off + quotient.abs() * second.off) / divisor.abs() * 2
            return quotient, off
        case Function.MINIMUM:
            return _chain([(a <= b, a), (a > b, b)]), first.off + second.off
        case Function.MAXIMUM:
            return _chain([(a >= b, a), (a < b, b)]), first.off + second.off
        case Function.LN | Function.LOG10:
            above = _where(a > first.off * 2, a)
            base = 10.0 if function is Function.LOG10 else 2.718281828459045
            return above.log(base), first.off / above * 2 + _STEP
        case Function.SQRT:
            above = _where(a > first.off * 2, a)
            return above.sqrt(), first.off / above.sqrt()
        case Function.POWER:
            above = _where(a > first.off * 2, a)
            power, log = above**b, above.log()
            off = log.abs() * second.off + b.abs() * first.off / above * 2
            return power, power * (off + (b * log).abs() * _STEP) * 2
        case _:
            assert_never(function)


def _where(here: nw.Expr, column: nw.Expr) -> nw.Expr:
    return nw.when(here).then(column)


def _chain(cases: list[tuple[nw.Expr, nw.Expr]]) -> nw.Expr:
    (here, first), *others = cases
    chain = nw.when(here).then(first)
    for here, then in others:
        chain = chain.when(here).then(then)
    return chain
