"""The reference meaning: the truth of a formula for one patient, with the parts that explain it.

Records, windows, units and days are settled before (`selection`); how outcomes combine to verdicts
is in the formula already. Source: semantics sections 1 and 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from screener.causes import Cause
from screener.finding import Finding, open_leaves
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
from screener.quantities import Condition, holds
from screener.selection.selected import Selected
from screener.truth import Truth, agreement, at_least, conjunction, disjunction, negation


def evaluate(
    formula: Formula, selected: Sequence[Selected], passed: Sequence[Finding] = ()
) -> Finding:
    """Judge one formula; total for a checked protocol, every part is judged.

    Args:
        formula: a formula of the protocol.
        selected: what each of its selections comes to, by slot.
        passed: the findings of the criteria, for the formulas of verdicts.
    """
    match formula:
        case Test():
            truth, cause = judge(selected[formula.slot], formula.condition)
            return Finding(formula, truth, cause, ())
        case Not():
            part = evaluate(formula.arg, selected, passed)
            return Finding(formula, negation(part.truth), None, (part,))
        case AllOf():
            parts = [evaluate(arg, selected, passed) for arg in formula.args]
            return _rests(formula, conjunction([part.truth for part in parts]), parts)
        case AnyOf():
            parts = [evaluate(arg, selected, passed) for arg in formula.args]
            return _rests(formula, disjunction([part.truth for part in parts]), parts)
        case AtLeast():
            parts = [evaluate(arg, selected, passed) for arg in formula.args]
            return _rests(formula, at_least(formula.count, [part.truth for part in parts]), parts)
        case Cases():
            return _cases(formula, selected, passed)
        case MissedFails():
            part = evaluate(formula.arg, selected, passed)
            missed = part.truth is Truth.UNKNOWN and all(
                _missed(leaf, selected) for leaf in open_leaves(part)
            )
            return Finding(formula, Truth.FALSE if missed else part.truth, None, (part,))
        case Unclear():
            return Finding(formula, Truth.UNKNOWN, None, ())
        case Passes():
            part = passed[formula.index]
            return Finding(formula, part.truth, None, (part,))
        case _:
            assert_never(formula)


def judge(selected: Selected, condition: Condition) -> tuple[Truth, Cause | None]:
    """True or false if every possible value makes it so; else unknown, and why."""
    values = selected.values
    if not values:
        return Truth.UNKNOWN, selected.cause
    if selected.short:
        return Truth.UNKNOWN, _why([holds(value, condition) for value in values], selected)
    truth = holds(values[0], condition)
    if len(values) == 1:
        if truth is not Truth.UNKNOWN:
            return truth, None
        return truth, selected.cause or Cause.IMPRECISE
    truths = [truth, *(holds(value, condition) for value in values[1:])]
    shared = agreement(truths)
    if shared is not Truth.UNKNOWN:
        return shared, None
    return Truth.UNKNOWN, _why(truths, selected)


def _why(truths: list[Truth], selected: Selected) -> Cause:
    """Why these truths of the possible values leave the answer open."""
    firm = truths[: selected.firm]
    if Truth.TRUE in firm and Truth.FALSE in firm:
        return Cause.CONFLICT
    if selected.short and Truth.UNKNOWN in truths:
        return Cause.IMPRECISE
    return selected.cause or Cause.IMPRECISE


def _missed(leaf: Finding, selected: Sequence[Selected]) -> bool:
    """Whether nothing but missed windows keeps the leaf open, in no part of a score either."""
    if not isinstance(leaf.formula, Test) or leaf.cause is not Cause.MISSED:
        return False
    return all(lack.cause in (None, Cause.MISSED) for lack in selected[leaf.formula.slot].lacks)


def _rests(formula: Formula, truth: Truth, parts: list[Finding]) -> Finding:
    if truth is Truth.UNKNOWN:
        return Finding(formula, truth, None, tuple(parts))
    return Finding(formula, truth, None, tuple([part for part in parts if part.truth is truth]))


def _cases(formula: Cases, selected: Sequence[Selected], passed: Sequence[Finding]) -> Finding:
    pairs = [
        (evaluate(test, selected, passed), evaluate(rule, selected, passed))
        for test, rule in formula.cases
    ]
    possible = [pair for pair in pairs if pair[0].truth is not Truth.FALSE]
    truth = agreement(rule.truth for _, rule in possible)
    return Finding(formula, truth, None, tuple(part for pair in possible for part in pair))
