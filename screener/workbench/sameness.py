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
