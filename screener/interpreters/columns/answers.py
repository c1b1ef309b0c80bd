"""The columns of a whole protocol: criteria, stages, cohorts, verdict, and the first reason for it.

How outcomes combine is in the formulas already. Source: semantics section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

import narwhals as nw

from screener.interpreters.columns.formula import Column, Compiler, as_expr
from screener.ir import (
    AllOf,
    AnyOf,
    AtLeast,
    Cases,
    Cohort,
    Formula,
    MissedFails,
    Not,
    Passes,
    Protocol,
    Stage,
    Test,
)
from screener.truth import FALSE, TRUE, UNKNOWN
from screener.truth import VERDICT as WORDS

PATIENT, VERDICT, REASON = "patient", "verdict", "first_reason"


class Names(NamedTuple):
    """How the answers are called: by their ids; with the kind before a name that is taken."""

    criteria: tuple[str, ...]
    stages: tuple[str, ...]
    cohorts: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The columns that hold words."""
        return (VERDICT, REASON, *self.stages, *self.cohorts)

    @property
    def all(self) -> tuple[str, ...]:
        """All columns beside the patient, in their order."""
        return (*self.words, *self.criteria)


def names_of(protocol: Protocol) -> Names:
    """The names of the answers of a protocol."""
    criteria = tuple(one.id for one in protocol.criteria)
    taken = {PATIENT, VERDICT, REASON, *criteria}
    stages = _named("stage", protocol.stages, taken)
    return Names(criteria, stages, _named("cohort", protocol.cohorts, taken.union(stages)))


def _named(kind: str, heads: Sequence[Stage | Cohort], taken: set[str]) -> tuple[str, ...]:
    return tuple(f"{kind}.{one.id}" if one.id in taken else one.id for one in heads)


def passing(index: int) -> str:
    """The column, for the time of the work, of whether the criterion of that place passes."""
    return f"__passes_{index}"


class Answers(NamedTuple):
    """Columns in two steps: `heads` and `reason` rest on the columns of `criteria`.

    The latter are called `passing(index)` then. Criteria and heads (the verdict of the trial, of
    stages and of cohorts) are nullable Booleans, null being unknown; `reason` is the place of a
    criterion, null of an eligible patient. `doubts`: Boolean columns of the frame that are true of
    rows which these columns cannot answer.
    """

    criteria: dict[str, nw.Expr]
    heads: dict[str, nw.Expr]
    reason: nw.Expr
    doubts: tuple[nw.Expr, ...]


def answers(protocol: Protocol, leaf: Callable[[Test], Column]) -> Answers:
    """Compile a protocol over the columns of its tests."""
    names = names_of(protocol)
    compiler = Compiler(leaf)
    criteria = {
        name: as_expr(compiler.column(one.passes))
        for name, one in zip(names.criteria, protocol.criteria, strict=True)
    }
    own = [nw.col(passing(index)) for index in range(len(names.criteria))]
    over = Compiler(leaf, own.__getitem__)
    heads = {VERDICT: as_expr(over.column(protocol.verdict))}
    for name, stage in zip(names.stages, protocol.stages, strict=True):
        heads[name] = as_expr(over.column(stage.verdict))
    for name, cohort in zip(names.cohorts, protocol.cohorts, strict=True):
        heads[name] = as_expr(over.column(cohort.verdict))
    reason = _reason(protocol, over, own, heads[VERDICT])
    return Answers(criteria, heads, reason, tuple(compiler.doubts))


def verdict_words(column: nw.Expr) -> nw.Expr:
    """The verdict that a truth stands for."""
    return (
        nw.when(column)
        .then(nw.lit(WORDS[TRUE].value))
        .when(~column)
        .then(nw.lit(WORDS[FALSE].value))
        .otherwise(nw.lit(WORDS[UNKNOWN].value))
    )


def _reason(
    protocol: Protocol, over: Compiler, own: Sequence[nw.Expr], verdict: nw.Expr
) -> nw.Expr:
    """The first criterion that fails; where the verdict is open, the first that it waits for."""
    waits = [_reached(protocol.verdict, index, over) for index in range(len(own))]
    failing = _first([~one for one in own])
    waiting = _first([nw.lit(False) if one is None else one for one in waits])
    if failing is None or waiting is None:
        return nw.lit(None, dtype=nw.Int16)
    return nw.when(~verdict).then(failing).when(verdict.is_null()).then(waiting)


def _first(holding: Sequence[nw.Expr]) -> nw.Expr | None:
    """The place of the first that holds, that behind the last where none does; None of none."""
    places = [nw.lit(place, dtype=nw.Int16) for place in range(len(holding) + 1)]
    found = [
        nw.when(one).then(place).otherwise(places[-1])
        for one, place in zip(holding, places, strict=False)
    ]
    if len(found) < 2:
        return found[0] if found else None
    return nw.min_horizontal(*found)


def _reached(formula: Formula, index: int, over: Compiler) -> nw.Expr | None:
    """Whether, where this formula is unknown, it waits for the criterion through unknown parts."""
    match formula:
        case Passes():
            return as_expr(over.column(formula)).is_null() if formula.index == index else None
        case AllOf() | AnyOf() | AtLeast():
            parts: tuple[Formula, ...] = formula.args
        case Not() | MissedFails():
            parts = (formula.arg,)
        case Cases():
            parts = tuple(part for pair in formula.cases for part in pair)
        case _:
            return None
    found = []
    for part in parts:
        inner = _reached(part, index, over)
        if inner is not None:
            own = isinstance(part, Passes)
            found.append(inner if own else as_expr(over.column(part)).is_null() & inner)
    return reduce(or_, found) if found else None
