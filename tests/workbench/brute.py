"""Small trials judged on every patient there is, to hold proofs against: no solver here.

Three facts, each in every state of knowledge that the limits can tell apart: one value, several
possible ones, or none at all. `evaluate`, the reference meaning, judges each.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any, NamedTuple

from screener.catalog import Edition
from screener.causes import Cause
from screener.ir import Fixed
from screener.judging import judge
from screener.quantities import Value, point
from screener.selection.selected import Selected
from screener.truth import Truth
from tests.workbench.made import Json, edition, stage

#: Every value of a fact that no limit of these trials tells from another.
CELLS: dict[str, tuple[Value, ...]] = {
    "a": (frozenset({True}), frozenset({False})),
    "x": tuple(point(one) for one in (0, 1, 2, 3, 4)),
    "c": tuple(frozenset({one}) for one in "pqr"),
}
_LIMITS = ("1", "3")


class Outcomes(NamedTuple):
    """How one patient ends, criterion by criterion and in all."""

    state: dict[str, tuple[Value, ...]]
    criteria: tuple[Truth, ...]
    verdict: Truth


def trial(rng: random.Random) -> Json:
    """A small trial."""
    number = rng.randint(2, 4)
    rules = {f"K{index}": _rule(rng, 2) for index in range(number)}
    split = rng.randint(1, number)
    names = list(rules)
    return stage(
        {name: rules[name] for name in names[:split]}, {name: rules[name] for name in names[split:]}
    )


def varied(rng: random.Random, old: Json) -> Json:
    """The trial with one criterion written anew."""
    stages = old["stages"][0]
    rules = {
        side: {one["id"]: one["rule"] for one in stages.get(side, [])}
        for side in ("inclusion", "exclusion")
    }
    side = rng.choice([one for one in rules if rules[one]])
    rules[side][rng.choice(list(rules[side]))] = _rule(rng, 2)
    return stage(rules["inclusion"], rules["exclusion"])


def everybody(one: Edition) -> Iterator[Outcomes]:
    """Every patient, and how he ends."""
    facts = list(CELLS)
    for chosen in product(*(_subsets(CELLS[fact]) for fact in facts)):
        state = dict(zip(facts, chosen, strict=True))
        selected = []
        for selection in one.protocol.selections:
            assert isinstance(selection, Fixed)
            selected.append(_selected(state[selection.of.fact]))
        judged = judge(one.protocol, selected)
        yield Outcomes(state, judged.truths, judged.truth)


def _selected(values: tuple[Value, ...]) -> Selected:
    if not values:
        return Selected((), Cause.MISSING, 0, (), ())
    return Selected(values, Cause.CONFLICT if len(values) > 1 else None, len(values), (), ())


def _subsets(cells: tuple[Value, ...]) -> Iterator[tuple[Value, ...]]:
    """Every set of possible values; none stands for all of them, which nothing tells apart."""
    sizes = range(len(cells))
    return chain.from_iterable(combinations(cells, size) for size in sizes)


def _rule(rng: random.Random, depth: int) -> Json:
    if depth and rng.random() < 0.5:
        word = rng.choice(("all_of", "any_of", "none_of", "not", "at_least_of"))
        parts = [_rule(rng, depth - 1) for _ in range(rng.randint(2, 3))]
        if word == "not":
            return {"not": parts[0]}
        if word == "at_least_of":
            return {"at_least_of": {"count": str(rng.randint(1, len(parts))), "of": parts}}
        return {word: parts}
    return _leaf(rng)


def _leaf(rng: random.Random) -> Json:
    match rng.choice("axxc"):
        case "a":
            return {"fact": "a", "is": rng.choice((True, False))}
        case "x":
            word = rng.choice(("at_least", "at_most", "more_than", "less_than", "between"))
            limit: Any = list(_LIMITS) if word == "between" else rng.choice(_LIMITS)
            return {"fact": "x", word: limit}
        case _:
            return {"fact": "c", "one_of": sorted(rng.sample("pqr", rng.randint(1, 2)))}


def made(trial: Json) -> Edition:
    """The trial as a version."""
    return edition(trial)
