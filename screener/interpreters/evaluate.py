"""The reference meaning: the truth of a formula for one patient, with the parts that explain it.

Records, windows, units and days are settled before (`selection`); how outcomes combine to verdicts
is in the formula already. Source: semantics sections 1 and 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import assert_never

from screener.causes import Cause
from screener.finding import Bare, Finding, named, open_leaves
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
from screener.quantities import Range, holds
from screener.selection.selected import Selected
from screener.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Truth,
    agreement,
    at_least,
    conjunction,
    disjunction,
    negation,
)

_truth = itemgetter(1)


def evaluate(
    formula: Formula, selected: Sequence[Selected], passed: Sequence[Bare] = ()
) -> Finding:
    """Judge one formula, see `evaluate_each`."""
    return named(evaluate_each((formula,), selected, passed)[0])


def evaluate_each(
    formulas: Sequence[Formula], selected: Sequence[Selected], passed: Sequence[Bare] = ()
) -> list[Bare]:
    """Judge formulas, each by itself; total for a checked protocol, every part is judged.

    Args:
        formulas: formulas of the protocol.
        selected: what each of its selections comes to, by slot.
        passed: the findings of the criteria, which a verdict rests on as they are.
    """
    judged: list[Bare] = []
    for formula in formulas:
        # `isinstance` takes half the time of a class pattern, here where it counts.
        if isinstance(formula, Test):
            found = selected[formula.slot]
            values, short = found[0], found[7]  # by place: half the time again
            if len(values) == 1 and not short:
                truth = holds(values[0], formula.condition)
                cause = found.cause or Cause.IMPRECISE if truth is UNKNOWN else None
                judged.append((formula, truth, cause, ()))
            else:
                judged.append(_unsettled(formula, found))
        elif isinstance(formula, Passes):
            judged.append(passed[formula.index])
        elif isinstance(formula, Not):
            (part,) = evaluate_each((formula.arg,), selected, passed)
            judged.append((formula, negation(part[1]), None, (part,)))
        elif isinstance(formula, AllOf):
            parts = evaluate_each(formula.args, selected, passed)
            judged.append(_rests(formula, conjunction(map(_truth, parts)), parts, FALSE))
        elif isinstance(formula, AnyOf):
            parts = evaluate_each(formula.args, selected, passed)
            judged.append(_rests(formula, disjunction(map(_truth, parts)), parts, TRUE))
        elif isinstance(formula, AtLeast):
            parts = evaluate_each(formula.args, selected, passed)
            truth = at_least(formula.count, map(_truth, parts))
            judged.append(_rests(formula, truth, parts, truth))
        elif isinstance(formula, Cases):
            judged.append(_cases(formula, selected, passed))
        elif isinstance(formula, MissedFails):
            (part,) = evaluate_each((formula.arg,), selected, passed)
            truth = FALSE if _missed(part, selected) else part[1]
            judged.append((formula, truth, None, (part,)))
        elif isinstance(formula, Unclear):
            judged.append((formula, UNKNOWN, None, ()))
        else:
            assert_never(formula)
    return judged


def _unsettled(formula: Test, found: Selected) -> Bare:
    """True or false if every possible value makes it so; else unknown, and why."""
    if not found.values:
        return formula, UNKNOWN, found.cause, ()
    truths = [holds(value, formula.condition) for value in found.values]
    shared = UNKNOWN if found.short else agreement(truths)
    return formula, shared, _why(truths, found) if shared is UNKNOWN else None, ()


def _why(truths: list[Truth], found: Selected) -> Cause:
    """Why these truths of the possible values leave the answer open."""
    firm = truths[: found.firm]
    if TRUE in firm and FALSE in firm:
        return Cause.CONFLICT
    if UNKNOWN in truths and _limits_open(found):
        return Cause.IMPRECISE
    return found.cause or Cause.IMPRECISE


def _limits_open(found: Selected) -> bool:
    """Whether the values are multiples of limits that are open: one of them may be inexact too."""
    return found.cause is Cause.NO_RANGE and isinstance(found.values[0], Range)


def _missed(finding: Bare, selected: Sequence[Selected]) -> bool:
    """Whether nothing but missed windows keeps it unknown, in no part of a score either."""
    return finding[1] is UNKNOWN and all(
        isinstance(leaf.formula, Test)
        and leaf.cause is Cause.MISSED
        and all(lack.cause in (None, Cause.MISSED) for lack in selected[leaf.formula.slot].lacks)
        for leaf in open_leaves(named(finding))
    )


def _rests(formula: Formula, truth: Truth, parts: list[Bare], sharing: Truth) -> Bare:
    """What is unknown rests on all its parts, and so does what all of them had to make so.

    `sharing`: the truth that rests on those parts alone that share it.
    """
    if truth is UNKNOWN or truth is not sharing:
        return formula, truth, None, tuple(parts)
    return formula, truth, None, tuple([part for part in parts if part[1] is truth])


def _cases(formula: Cases, selected: Sequence[Selected], passed: Sequence[Bare]) -> Bare:
    pairs = [evaluate_each(pair, selected, passed) for pair in formula.cases]
    possible = [pair for pair in pairs if pair[0][1] is not FALSE]
    truth = agreement(rule[1] for _, rule in possible)
    return formula, truth, None, tuple(part for pair in possible for part in pair)
