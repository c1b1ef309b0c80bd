"""Three-valued logic for a solver: a formula as the two propositions "is true" and "is false".

Source: semantics section 1 (strong Kleene logic).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def all_of(claims: Sequence[Claim]) -> Claim:
    """That all of them are so; all of none are.

    Made past the package's own function, which compares the sorts of every two neighbours: many
    cells make that most of the time of a proof.
    """
    return _joined(z3.Z3_mk_and, claims)


def any_of(claims: Sequence[Claim]) -> Claim:
    """That one of them is so at least; of none there is none. See `all_of`."""
    return _joined(z3.Z3_mk_or, claims)


def _joined(make: Callable[..., Any], claims: Sequence[Claim]) -> Claim:
    context = z3.main_ctx()
    every = (z3.Ast * len(claims))(*(one.as_ast() for one in claims))
    return z3.BoolRef(make(context.ref(), len(claims), every), context)


def conjunction(pairs: Sequence[Pair]) -> Pair:
    """True if all are true, false if any is false."""
    return Pair(all_of([one.true for one in pairs]), any_of([one.false for one in pairs]))


def disjunction(pairs: Sequence[Pair]) -> Pair:
    """True if any is true, false if all are false."""
    return Pair(any_of([one.true for one in pairs]), all_of([one.false for one in pairs]))


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
