"""Facts that follow from others, as propositions about their parts: points, grades, tables.

Exact for what is known of the parts: each part is the set of what it may be, and the result is all
that may follow. Source: semantics 11.2 to 11.4 and 11.9.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import z3

from screener.interpreters.smt.pairs import Claim, Pair, certain, conjunction
from screener.interpreters.smt.relations import placed
from screener.ir import (
    AssumeNo,
    Band,
    Calculation,
    Decision,
    Either,
    Exposure,
    Grade,
    Score,
    Selection,
    Since,
    Tally,
)
from screener.quantities import Condition, Range, Value, holds, point
from screener.selection.stretches import is_so_long_since_never
from screener.truth import Truth

#: That a selection meets a condition.
Tested: TypeAlias = Callable[[Selection, Condition], Pair]
#: A circumstance of a selection that nothing else decides, by its name.
Chosen: TypeAlias = Callable[[Selection, str], Claim]


def scored(score: Score, condition: Condition, tested: Tested, chosen: Chosen) -> Pair:
    """The sum of the points, from the least to the greatest possible, against a limit."""
    assert isinstance(condition, Range), "INVARIANT: points are compared with numbers"
    low, high = _points(score, tested)
    known = certain(True).true if placed(score) else z3.Not(chosen(score, "unplaced"))
    inner: list[Claim] = [known]
    outer: list[Claim] = []
    if condition.low is not None:
        at = z3.Q(*_ratio(condition.low))
        inner.append(low > at if condition.low_open else low >= at)
        outer.append(high <= at if condition.low_open else high < at)
    if condition.high is not None:
        at = z3.Q(*_ratio(condition.high))
        inner.append(high < at if condition.high_open else high <= at)
        outer.append(low >= at if condition.high_open else low > at)
    return Pair(z3.And(inner), z3.And(known, z3.Or(outer)))


def _points(score: Score, tested: Tested) -> tuple[Claim, Claim]:
    lows, highs = [], []
    for part in score.parts:
        possible = [
            (band.points or 0, _possibly(tested(part.value, band.when))) for band in part.bands
        ]
        lows.append(_first(sorted(possible, key=lambda one: one[0])))
        highs.append(_first(sorted(possible, key=lambda one: -one[0])))
    return z3.Sum(lows), z3.Sum(highs)


def graded(grade: Grade, condition: Condition, tested: Tested, chosen: Chosen) -> Pair:
    """The grades that the value may fall in, against those asked for."""
    known = z3.Not(chosen(grade, "unsettled"))
    if placed(grade) and _computed(grade.of):
        known = certain(True).true
    possible = [(_possibly(tested(grade.of, one.when)), _name(one)) for one in grade.bands]
    found = _among(possible, condition)
    return Pair(z3.And(known, found.true), z3.And(known, found.false))


def _computed(selection: Selection) -> bool:
    """Whether it comes to something whatever is known of its parts."""
    if isinstance(selection, Either):
        return _computed(selection.computed)
    return isinstance(selection, Score | Calculation)


def decided(decision: Decision, condition: Condition, tested: Tested) -> Pair:
    """The rows that may be the first to hold, against the values asked for."""
    possible: list[tuple[Claim, Value]] = []
    earlier: list[Claim] = []
    for row in decision.rows:
        holding = conjunction([tested(decision.parts[at], asked) for at, asked in row.tests])
        if row is decision.rows[-1]:
            holding = certain(True)
        reached = z3.And(_possibly(holding), *(z3.Not(one) for one in earlier))
        possible.append((reached, frozenset({row.value})))
        earlier.append(holding.true)
    return _among(possible, condition)


def _among(possible: Sequence[tuple[Claim, Value]], condition: Condition) -> Pair:
    """True if every value that may be meets the condition, false if none does."""
    right = [may for may, value in possible if holds(value, condition) is Truth.TRUE]
    wrong = [may for may, value in possible if holds(value, condition) is Truth.FALSE]
    return Pair(z3.Not(z3.Or(wrong)), z3.Not(z3.Or(right)))


def either(node: Either, condition: Condition, tested: Tested, chosen: Chosen) -> Pair:
    """The given one decides, the computed one, or both have to agree (11.4).

    One that does not allow what the other says keeps it from deciding.
    """
    given, computed = tested(node.given, condition), tested(node.computed, condition)
    by_given, both = chosen(node, "given"), chosen(node, "both")
    agreed = Pair(z3.And(given.true, computed.true), z3.And(given.false, computed.false))
    first, second = _unless(given, computed), _unless(computed, given)
    return Pair(
        z3.If(both, agreed.true, z3.If(by_given, first.true, second.true)),
        z3.If(both, agreed.false, z3.If(by_given, first.false, second.false)),
    )


def _unless(one: Pair, other: Pair) -> Pair:
    """The one, unless the other is the contrary."""
    return Pair(
        z3.And(one.true, z3.Not(other.false)),
        z3.And(one.false, z3.Not(other.true)),
    )


def assumed_no(node: AssumeNo, condition: Condition, tested: Tested, chosen: Chosen) -> Pair:
    """The selection, or "no" where that is assumed (12.1)."""
    assumed, of = chosen(node, "assumed"), tested(node.of, condition)
    meets = holds(_none(node.of), condition) is Truth.TRUE
    return Pair(z3.If(assumed, meets, of.true), z3.If(assumed, not meets, of.false))


def _none(selection: Selection) -> Value:
    """What "no record" comes to where it is read as "no"."""
    match selection:
        case Tally() | Exposure():
            return point(0)
        case Since():
            return frozenset({is_so_long_since_never(selection.length)})
        case _:
            return frozenset({False})


def _possibly(pair: Pair) -> Claim:
    return z3.Not(pair.false)


def _first(possible: Sequence[tuple[int, Claim]]) -> Claim:
    """The points of the first band that is possible."""
    *others, last = possible
    found: Claim = z3.IntVal(last[0])
    for points, may in reversed(others):
        found = z3.If(may, points, found)
    return found


def _name(band: Band) -> Value:
    return frozenset({band.grade or ""})


def _ratio(number: Any) -> tuple[int, int]:
    numerator, denominator = number.as_integer_ratio()
    return numerator, denominator
