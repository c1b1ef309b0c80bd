"""Three-valued logic for a solver: a formula as the two propositions "is true" and "is false".

Source: semantics section 1 (strong Kleene logic).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import z3

#: A proposition of the solver (the package has no types of its own).
Claim = Any


class Pair(NamedTuple):
    """A formula in three-valued logic: that it is true, that it is false; neither is unknown."""

    true: Claim
    false: Claim

    @property
    def unknown(self) -> Claim:
        """That it is neither."""
        return z3.And(z3.Not(self.true), z3.Not(self.false))


def conjunction(pairs: Sequence[Pair]) -> Pair:
    """True if all are true, false if any is false."""
    return Pair(z3.And([one.true for one in pairs]), z3.Or([one.false for one in pairs]))


def disjunction(pairs: Sequence[Pair]) -> Pair:
    """True if any is true, false if all are false."""
    return Pair(z3.Or([one.true for one in pairs]), z3.And([one.false for one in pairs]))


def negation(claim: Claim) -> Claim:
    """That a claim is not so."""
    return z3.Not(claim)


def certain(truth: bool) -> Pair:
    """A formula that is the same for everybody."""
    return Pair(z3.BoolVal(truth), z3.BoolVal(not truth))


def differ(one: Pair, other: Pair) -> Claim:
    """That two formulas do not have the same of the three truths."""
    return z3.Or(one.true != other.true, one.false != other.false)


def at_least(count: int, pairs: Sequence[Pair]) -> Pair:
    """True if enough are true, false if too many are false."""
    spare = len(pairs) - count + 1
    if count <= 0:
        return Pair(z3.BoolVal(True), z3.BoolVal(False))
    if spare <= 0:
        return Pair(z3.BoolVal(False), z3.BoolVal(True))
    return Pair(
        z3.PbGe([(one.true, 1) for one in pairs], count),
        z3.PbGe([(one.false, 1) for one in pairs], spare),
    )
