"""What a formula makes of inputs that are known in part: lemmas, made when a solution needs them.

A solver cannot be asked about logarithms and powers. It is told instead, of a solution in which the
result lies where it cannot: wherever the inputs lie in such ranges, the result lies in such a one.
The range is that of the reference meaning, which never becomes narrower as more is possible, so
that the lemma holds for everybody. Source: semantics 11.7 and 11.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import inf
from typing import NamedTuple

import z3

from screener.interpreters.smt.pairs import Claim
from screener.interpreters.smt.relations import Variables
from screener.ir import Calculation, Operand, Selection
from screener.quantities import EXACT, Number, Range, Value, holds
from screener.selection.bounds import ANYTHING, Bound, Bounds, bounds, rounded
from screener.selection.bounds import Operand as Taken
from screener.truth import Truth


class Guess(NamedTuple):
    """What a solution says of one selection: the places of the cells it may lie in, or `OPEN`."""

    places: tuple[int, ...]
    open: bool


class _Box(NamedTuple):
    """Where an input may lie: from one cell to another; `all_cells` and unknown if `anywhere`."""

    first: int
    last: int
    anywhere: bool = False


def lemma(
    node: Calculation, known: Mapping[Selection, Variables], guesses: Mapping[Selection, Guess]
) -> Claim | None:
    """A claim that holds for everybody and that the solution does not meet; None if it meets all.

    Args:
        node: a calculation that has variables.
        known: the variables of the selections; an input without any may be anything.
        guesses: the solution.
    """
    result, guess = known[node], guesses[node]
    if guess.open:
        return None
    boxes = [_box(one.value, known, guesses) for one in node.operands]
    if not _beyond(node, boxes, known, guess):
        return None
    for at, side in product(range(len(boxes)), ("anywhere", "first", "last")):
        wider = [*boxes]
        wider[at] = _widened(boxes[at], side, known.get(node.operands[at].value))
        if wider[at] != boxes[at] and _beyond(node, wider, known, guess):
            boxes = wider
    return z3.Implies(
        z3.And([z3.Not(result.open), *_inside(node, boxes, known)]),
        z3.And([z3.Not(result.may[place]) for place in _beyond(node, boxes, known)]),
    )


def range_of(node: Calculation, taken: Sequence[Value]) -> Range:
    """The range of the result where each input lies in a value."""
    ways = [_ways(one, value) for one, value in zip(node.operands, taken, strict=True)]
    every = [bounds(node.term, choice) for choice in product(*ways)]
    low = rounded(min(one.low for one in every), node.decimals)
    high = rounded(max(one.high for one in every), node.decimals)
    return Range(_decimal(low, node.decimals), _decimal(high, node.decimals))


def _decimal(number: Bound, decimals: int) -> Decimal | None:
    if isinstance(number, float):
        return None
    return Decimal(int(number * 10**decimals)).scaleb(-decimals, EXACT)


def _box(
    selection: Selection, known: Mapping[Selection, Variables], guesses: Mapping[Selection, Guess]
) -> _Box:
    if selection not in known or guesses[selection].open:
        return _Box(0, -1, anywhere=True)
    places = guesses[selection].places
    return _Box(places[0], places[-1])


def _widened(box: _Box, side: str, variables: Variables | None) -> _Box:
    """The box without one of its sides."""
    if box.anywhere or variables is None:
        return box
    match side:
        case "anywhere":
            return _Box(0, -1, anywhere=True)
        case "first":
            return box._replace(first=0)
        case _:
            return box._replace(last=len(variables.cells) - 1)


def _beyond(
    node: Calculation,
    boxes: Sequence[_Box],
    known: Mapping[Selection, Variables],
    guess: Guess | None = None,
) -> list[int]:
    """The places that the result cannot have; of those of a guess, if there is one."""
    taken = [
        _value(one, box, known.get(one.value))
        for one, box in zip(node.operands, boxes, strict=True)
    ]
    found = range_of(node, taken)
    places = range(len(known[node].cells)) if guess is None else guess.places
    return [one for one in places if holds(known[node].cells[one], found) is Truth.FALSE]


def _value(operand: Operand, box: _Box, variables: Variables | None) -> Value:
    """All that an input in the box may be."""
    if variables is None:
        # It is derived itself, and may have been given as anything.
        return operand.anything if isinstance(operand.anything, frozenset) else Range(None, None)
    if box.anywhere:
        return _hull([*variables.cells, operand.anything])
    return _hull(variables.cells[box.first : box.last + 1])


def _hull(values: Sequence[Value]) -> Value:
    if isinstance(values[0], frozenset):
        return frozenset[str | bool]().union(*(one for one in values if isinstance(one, frozenset)))
    ranges = [one for one in values if isinstance(one, Range)]
    lows = [one.low for one in ranges]
    highs = [one.high for one in ranges]
    return Range(
        None if None in lows else min(one for one in lows if one is not None),
        None if None in highs else max(one for one in highs if one is not None),
    )


def _inside(
    node: Calculation, boxes: Sequence[_Box], known: Mapping[Selection, Variables]
) -> Iterator[Claim]:
    """That the inputs lie in their boxes."""
    for operand, box in zip(node.operands, boxes, strict=True):
        if box.anywhere:
            continue
        variables = known[operand.value]
        whole = (box.first, box.last) == (0, len(variables.cells) - 1)
        if whole:
            yield z3.Not(variables.open)
        for place, may in enumerate(variables.may):
            if not box.first <= place <= box.last:
                yield z3.Not(may)


def _ways(operand: Operand, value: Value) -> list[Taken]:
    """What an input may be: one interval of numbers, or the codes one by one."""
    if isinstance(operand.anything, frozenset):
        assert isinstance(value, frozenset), "INVARIANT: an input of codes has codes"
        lowest = sorted(value & operand.anything, key=str) or sorted(operand.anything, key=str)
        return [frozenset({code}) for code in lowest]
    if not isinstance(value, Range):
        return [ANYTHING]
    return [
        Bounds(
            -inf if value.low is None else _in_formula(value.low, operand),
            inf if value.high is None else _in_formula(value.high, operand),
        )
    ]


def _in_formula(number: Number, operand: Operand) -> Fraction:
    return Fraction(number) / Fraction(operand.factor)
