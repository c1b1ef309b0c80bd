"""Whether the values of a column lie in an interval or among words, exactly as their text says.

A column of floating-point numbers stands for the decimals that its numbers are written as. The
shortest text of each float lies nearer to it than to any other float, so texts are in the order of
their floats, and a limit can only be confused with the one float nearest to it: whether the text of
that one is below or above the limit is settled here, once, and the comparison of the column is
exact then. Source: semantics 10.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import or_
from typing import TypeAlias

import narwhals as nw

from screener.days import LAST_DAY
from screener.quantities import Number, Range

#: A list of more is looked up; of fewer, engines are quicker told of each.
_FEW = 4


def one_of(column: nw.Expr, values: Sequence[str | int]) -> nw.Expr:
    """Whether the value is one of these; null where there is none."""
    if 0 < len(values) <= _FEW:
        return reduce(or_, (column == one for one in values))
    return column.is_in(values)


@dataclass(frozen=True, slots=True)
class Scale:
    """The rows `where` (None: all) the unit of the column is `factor` of those of the fact."""

    factor: Fraction
    where: nw.Expr | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of whole numbers, or of floats (`whole` false), in one or several units."""

    column: nw.Expr
    whole: bool
    scales: tuple[Scale, ...] = (Scale(Fraction(1)),)

    def within(self, run: Range) -> nw.Expr | None:
        """Whether the value is in the interval; null where there is none, None: all are."""
        if run.low is None and run.high is None:
            return None
        chain = None
        for one in self.scales:
            inside, where = self._scaled(run, one.factor), one.where
            if where is None:
                return inside
            chain = nw.when(where).then(inside) if chain is None else chain.when(where).then(inside)
        return chain

    def scaled(self, column: nw.Expr) -> nw.Expr:
        """A column in the same units, in units of the fact; nearly, as it is multiplied."""
        number = column.cast(nw.Float64) if self.whole else column
        chain = None
        for one in self.scales:
            there = number if one.factor == 1 else number * float(one.factor)
            if one.where is None:
                return there
            chain = (
                nw.when(one.where).then(there)
                if chain is None
                else chain.when(one.where).then(there)
            )
        assert chain is not None, "INVARIANT: a column has a unit"
        return chain

    def _scaled(self, run: Range, factor: Fraction) -> nw.Expr:
        low = None if run.low is None else Fraction(run.low) / factor
        high = None if run.high is None else Fraction(run.high) / factor
        above = None if low is None else self._above(low, run.low_open)
        below = None if high is None else self._below(high, run.high_open)
        if low is not None and low == high and not self.whole:
            return self._is(low)
        if above is None or below is None:
            found = above if below is None else below
            assert found is not None, "INVARIANT: an interval without ends is not asked for"
            return found
        return above & below

    def _is(self, number: Fraction) -> nw.Expr:
        nearest = float(number)
        # A number that no float is written as is never met; the column stays null where it is null.
        return self.column == nearest if _written(nearest) == number else self.column != self.column

    def _above(self, low: Fraction, strictly: bool) -> nw.Expr:
        if self.whole:
            return self.column >= (floor(low) + 1 if strictly else ceil(low))
        nearest = float(low)
        counts = _written(nearest) > low if strictly else _written(nearest) >= low
        return self.column >= nearest if counts else self.column > nearest

    def _below(self, high: Fraction, strictly: bool) -> nw.Expr:
        if self.whole:
            return self.column <= (ceil(high) - 1 if strictly else floor(high))
        nearest = float(high)
        counts = _written(nearest) < high if strictly else _written(nearest) <= high
        return self.column <= nearest if counts else self.column < nearest


def _written(number: float) -> Fraction:
    """The decimal that a float is written as."""
    return Fraction(repr(number))


@dataclass(frozen=True, slots=True)
class Days:
    """A column of dates, or (`text`) of whole dates as texts, which are in the same order."""

    column: nw.Expr
    text: bool

    def within(self, run: Range) -> nw.Expr | None:
        """Whether the day (an ordinal) is in the interval; as `Numbers.within`."""
        first = None if run.low is None else floor(run.low) + 1 if run.low_open else ceil(run.low)
        last = (
            None if run.high is None else ceil(run.high) - 1 if run.high_open else floor(run.high)
        )
        found = None
        if first is not None:
            found = self.column >= self._day(first)
        if last is not None:
            until = self.column <= self._day(last)
            found = until if found is None else found & until
        return found

    def texts(self) -> nw.Expr:
        """The days as texts, to be compared with those of another column."""
        return self.column if self.text else self.column.cast(nw.String)

    def dates(self) -> nw.Expr:
        """The days as dates, whatever they are written as."""
        return self.column.str.to_date(format="%Y-%m-%d") if self.text else self.column

    def _day(self, day: Number) -> date | str:
        there = date.fromordinal(min(max(int(day), 1), LAST_DAY))
        return there.isoformat() if self.text else there


@dataclass(frozen=True, slots=True)
class Tokens:
    """A column of words; of yes and no it is Boolean, or (`text`) the texts of these."""

    column: nw.Expr
    text: bool = True

    def among(self, words: Sequence[str | bool]) -> nw.Expr:
        """Whether the value is one of these; null where there is none."""
        if not self.text:
            return self.column if words[0] else ~self.column
        texts = [one if isinstance(one, str) else str(one).lower() for one in words]
        texts += [one.upper() for one in texts if isinstance(words[0], bool)]
        return one_of(self.column, texts)


Values: TypeAlias = Numbers | Days | Tokens
