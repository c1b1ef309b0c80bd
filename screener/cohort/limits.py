"""Values held against multiples of the reference limit that comes with them.

The reference is asked below, between and above the multiples. Rows so near to one that floats do
not tell the sides are in doubt. Source: semantics 9.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

import narwhals as nw

from screener.cohort.asking import holds_kind, nodes
from screener.cohort.questions import (
    Asked,
    Saying,
    Step,
    any_of_these,
    number_words,
    valued,
    with_words,
)
from screener.interpreters.columns import Between, Numbers, Part, Question, Recorded
from screener.ir import Limit, OfLimit, OfNumber, Relative, Selection
from screener.quantities import Condition, Number, Range
from screener.vocabulary import Shape

#: So near a multiple, in relation to the numbers compared, only exact arithmetic tells the sides.
_NEAR = 1e-9
_WORDS = {Limit.ULN: "high", Limit.LLN: "low"}


class Multiples(NamedTuple):
    """The value held against `times` x a reference limit (`low` or `high`) + `plus`."""

    word: str
    plus: Fraction
    times: tuple[Fraction, ...]


def multiples(fact: str, shape: Shape, recorded: Recorded, asked: Multiples) -> list[Step]:
    """Whether there is a value, and between which multiples of its limit it lies."""
    values, column = recorded.values, getattr(recorded, asked.word)
    assert isinstance(values, Numbers), "INVARIANT: numbers stand in a column of numbers"
    given = Question(f"{fact} given", lambda _: recorded.given)
    there = valued(fact, given, [(True, number_words(shape, asked.plus + 1))])
    if column is None:
        return [there]
    value = values.scaled(values.column) - float(asked.plus)
    limit = values.scaled(column)

    def where(parts: Sequence[Part]) -> nw.Expr:
        found = []
        for part in parts:
            assert isinstance(part, Between), "INVARIANT: multiples are in order"
            ends = []
            if part.low is not None:
                ends.append(value > limit * float(part.low))  # type: ignore[arg-type]
            if part.high is not None:
                ends.append(value < limit * float(part.high))  # type: ignore[arg-type]
            both = ends or [~limit.is_null()]
            found.append(reduce(lambda x, y: x & y, both))
        return any_of_these(found)

    question = Question(f"{fact} {asked.word}", where)
    times = asked.times
    ends = [None, *times, None]
    samples = [Fraction(1)]
    if times:
        between = ((one + other) / 2 for one, other in pairwise(times))
        samples = [times[0] / 2, *between, times[-1] + 1]
    parts = [Between(low, high, True, True) for low, high in pairwise(ends)]

    def step(said: Saying) -> Asked | None:
        if fact not in said:
            return None
        return Asked(
            question,
            [
                (
                    part,
                    with_words(
                        said,
                        fact,
                        **number_words(shape, asked.plus + sample),
                        reference_range={asked.word: "1"},
                    ),
                )
                for part, sample in zip(parts, samples, strict=True)
            ],
            said,
        )

    return [there, step]


def near_multiples(recorded: Recorded, asked: Multiples) -> nw.Expr | None:
    """Rows whose value is so near to a multiple that only exact arithmetic tells the sides."""
    values, column = recorded.values, getattr(recorded, asked.word)
    assert isinstance(values, Numbers), "INVARIANT: numbers stand in a column of numbers"
    if column is None or not asked.times:
        return None
    value, limit = values.scaled(values.column), values.scaled(column)
    found = []
    for one in asked.times:
        end = limit * float(one)
        size = value.abs() + end.abs() + abs(float(asked.plus))
        found.append((value - float(asked.plus) - end).abs() <= size * _NEAR)
    return any_of_these(found)


def multiples_of(
    selection: Selection, conditions: Sequence[Condition], further: Sequence[Number]
) -> Multiples | None:
    """All multiples of one limit that a value is held against; None if that is not all."""
    asked: dict[tuple[Limit, Fraction], set[Fraction]] = {}
    ratio = False
    for node in nodes(selection):
        times = getattr(node, "times", None)
        if isinstance(node, OfLimit):
            key = node.limit, Fraction(node.plus)
            asked.setdefault(key, set()).add(Fraction(node.times))
        elif isinstance(node, OfNumber):
            return None
        elif isinstance(times, Limit):
            ratio = True
            ranges = [one for one in (*conditions, *nodes(node)) if isinstance(one, Range)]
            ends = {Fraction(end) for one in ranges for end in one[:2] if end is not None}
            asked.setdefault((times, Fraction(0)), set()).update(
                ends, (Fraction(one) for one in further)
            )
    if ratio and holds_kind(selection, Relative):
        return None
    if len(asked) != 1:
        return None
    (((limit, plus), times),) = asked.items()
    if times and min(times) <= 0:
        return None
    return Multiples(_WORDS[limit], plus, tuple(sorted(times)))
