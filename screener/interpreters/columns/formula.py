"""A formula as one nullable Boolean column, null being unknown: `&` and `|` are Kleene's.

What is alike for every patient stays a truth as long as possible, so that nobody computes it row by
row. Source: semantics section 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import and_, or_
from typing import TypeAlias, assert_never

import narwhals as nw

from screener.ir import (
    AllOf,
    AnyOf,
    AtLeast,
    Cases,
    Formula,
    MissedFails,
    Not,
    Passes,
    Test,
    Unclear,
)
from screener.truth import FALSE, TRUE, UNKNOWN, Truth, negation

#: One truth for all rows, or a nullable Boolean column.
Column: TypeAlias = Truth | nw.Expr


class Compiler:
    """Formulas over the columns of their tests and of the criteria judged before.

    `doubts` gathers where an answer hangs on more than the truths of its parts: Boolean columns
    that are true of the rows somebody else has to answer.
    """

    def __init__(
        self, leaf: Callable[[Test], Column], passed: Callable[[int], nw.Expr] | None = None
    ) -> None:
        self._leaf = leaf
        self._passed = passed
        self.doubts: list[nw.Expr] = []

    def column(self, formula: Formula) -> Column:
        """The truth of the formula."""
        match formula:
            case Test():
                return self._leaf(formula)
            case Not():
                return negated(self.column(formula.arg))
            case AllOf():
                return both(map(self.column, formula.args))
            case AnyOf():
                return either(map(self.column, formula.args))
            case AtLeast():
                return _at_least(formula.count, [self.column(one) for one in formula.args])
            case Cases():
                pairs = [(self.column(when), self.column(rule)) for when, rule in formula.cases]
                return _cases(pairs)
            case Unclear():
                return UNKNOWN
            case MissedFails():
                found = self.column(formula.arg)
                if found is UNKNOWN or isinstance(found, nw.Expr):
                    # Whether it is unknown only for missed windows, the causes have to say.
                    self.doubts.append(as_expr(found).is_null())
                return found
            case Passes():
                assert self._passed is not None, "INVARIANT: criteria are judged before verdicts"
                return self._passed(formula.index)
            case _:
                assert_never(formula)


def as_expr(column: Column) -> nw.Expr:
    """The column as an expression."""
    if column is TRUE:
        return nw.lit(True)
    if column is FALSE:
        return nw.lit(False)
    if column is UNKNOWN:
        return nw.lit(None, dtype=nw.Boolean)
    assert isinstance(column, nw.Expr), "INVARIANT: what is not a truth is a column"
    return column


def negated(column: Column) -> Column:
    """The contrary."""
    return negation(column) if isinstance(column, Truth) else ~column


def both(columns: Iterable[Column]) -> Column:
    """Kleene's "and"."""
    return _joined(columns, and_, TRUE, FALSE)


def either(columns: Iterable[Column]) -> Column:
    """Kleene's "or"."""
    return _joined(columns, or_, FALSE, TRUE)


def _joined(
    columns: Iterable[Column],
    join: Callable[[nw.Expr, nw.Expr], nw.Expr],
    neutral: Truth,
    decisive: Truth,
) -> Column:
    found = [one for one in columns if one is not neutral]
    if any(one is decisive for one in found):
        return decisive
    exprs = [one for one in found if isinstance(one, nw.Expr)]
    if not exprs:
        return UNKNOWN if found else neutral
    return reduce(join, exprs if len(exprs) == len(found) else [*exprs, as_expr(UNKNOWN)])


def possibly(column: Column) -> nw.Expr:
    """Whether it is not false, never null."""
    return nw.when(~as_expr(column)).then(nw.lit(False)).otherwise(nw.lit(True))


def agreed(some_true: nw.Expr, some_false: nw.Expr) -> nw.Expr:
    """True where nothing but true is possible, false where nothing but false is; else null."""
    return (
        nw.when(some_true & ~some_false)
        .then(nw.lit(True))
        .when(some_false & ~some_true)
        .then(nw.lit(False))
    )


def _at_least(count: int, columns: list[Column]) -> Column:
    if not columns:
        return FALSE if count > 0 else TRUE
    one, none = nw.lit(1), nw.lit(0)
    sure = [nw.when(as_expr(part)).then(one).otherwise(none) for part in columns]
    out = [nw.when(~as_expr(part)).then(one).otherwise(none) for part in columns]
    enough = reduce(lambda x, y: x + y, sure) >= count
    too_few = reduce(lambda x, y: x + y, out) > len(columns) - count
    return nw.when(enough).then(nw.lit(True)).when(too_few).then(nw.lit(False))


def _cases(pairs: list[tuple[Column, Column]]) -> Column:
    """The common answer of the cases that are possible."""
    some_true = [possibly(case) & possibly(rule) for case, rule in pairs]
    some_false = [possibly(case) & possibly(negated(rule)) for case, rule in pairs]
    # A rule that is unknown may be either, so both columns hold and nothing is agreed.
    return agreed(reduce(or_, some_true), reduce(or_, some_false))
