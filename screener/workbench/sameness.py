"""Formulas that say the same of every patient, seen without a solver: by what they are made of.

The order of parts, parts said twice and groups within groups make no difference in three-valued
logic. What is not seen here may still be the same: that is for the solver to prove.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import NamedTuple, TypeAlias, assert_never

from screener.ir import (
    AllOf,
    AnyOf,
    AtLeast,
    Cases,
    Formula,
    MissedFails,
    Not,
    Passes,
    Protocol,
    Test,
    Unclear,
)

#: What a formula says: equal only if the formulas have the same truth for every patient.
Sense: TypeAlias = Hashable


class _Group(NamedTuple):
    """All of the parts, or any of them."""

    kind: type
    parts: frozenset[Sense]


def senses(protocol: Protocol) -> tuple[Sense, ...]:
    """What each criterion of a protocol says."""
    return tuple(_sense(protocol, one.passes, ()) for one in protocol.criteria)


def sense_of_verdict(protocol: Protocol, criteria: tuple[Sense, ...]) -> Sense:
    """What the verdict says, given what the criteria say, whatever they are called."""
    return _sense(protocol, protocol.verdict, criteria)


def renamed(
    versions: tuple[Protocol, Protocol], said: tuple[tuple[Sense, ...], tuple[Sense, ...]]
) -> dict[str, str]:
    """What the old version calls each criterion that both say under different names, by its new id.

    Args:
        versions: the old and the new one, their dates named apart.
        said: what the criteria of each say.
    """
    before, after = versions
    then, now = {one.id for one in before.criteria}, {one.id for one in after.criteria}
    gone = [pair for pair in zip(before.criteria, said[0], strict=True) if pair[0].id not in now]
    found: dict[str, str] = {}
    for one, sense in zip(after.criteria, said[1], strict=True):
        if one.id in then:
            continue
        alike = [
            (each, its)
            for each, its in gone
            if its == sense and (each.kind, each.only_for) == (one.kind, one.only_for)
        ]
        if alike:
            same = next((pair for pair in alike if pair[0].text == one.text), alike[0])
            gone.remove(same)
            found[one.id] = same[0].id
    return found


def _sense(protocol: Protocol, formula: Formula, criteria: tuple[Sense, ...]) -> Sense:
    match formula:
        case Test():
            return protocol.selections[formula.slot], formula.condition
        case Passes():
            return criteria[formula.index]
        case Not(arg=Not(arg=inner)):
            return _sense(protocol, inner, criteria)
        case Not():
            return Not, _sense(protocol, formula.arg, criteria)
        case AllOf() | AnyOf():
            parts: set[Sense] = set()
            for one in formula.args:
                sense = _sense(protocol, one, criteria)
                if isinstance(sense, _Group) and sense.kind is type(formula):
                    parts |= sense.parts
                else:
                    parts.add(sense)
            return parts.pop() if len(parts) == 1 else _Group(type(formula), frozenset(parts))
        case AtLeast():
            counted = Counter(_sense(protocol, one, criteria) for one in formula.args)
            return AtLeast, formula.count, frozenset(counted.items())
        case Cases():
            return Cases, frozenset(
                (_sense(protocol, test, criteria), _sense(protocol, rule, criteria))
                for test, rule in formula.cases
            )
        case MissedFails():
            return MissedFails, _sense(protocol, formula.arg, criteria)
        case Unclear():
            return Unclear
        case _:
            assert_never(formula)
