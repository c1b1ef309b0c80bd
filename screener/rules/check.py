"""Checks of a whole rule file: is every item accounted for, does a limit point the usual way.

They compare what is written with what is declared; none of them changes what a rule means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from screener.diagnostics import Span
from screener.ir import (
    AllOf,
    AnyOf,
    AssumeNo,
    AtLeast,
    Cases,
    Criterion,
    Either,
    Fixed,
    Formula,
    Not,
    Pick,
    Polarity,
    Protocol,
    Quantified,
    Relative,
    Requirement,
    Selection,
    Test,
)
from screener.quantities import Range, decimal_text, holds
from screener.rules.criteria import SEPARATOR, Written
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.frame import Left
from screener.rules.source import Text
from screener.truth import Truth
from screener.vocabulary import Fact, Type

#: What accounts for an item of the outline that no rule stands for.
NOT_ENCODED = "not_encoded"


def outline_coverage(protocol: Protocol) -> dict[str, tuple[str, ...]]:
    """For each item of the outline the criteria that name it, and `not_encoded` where one does."""
    found: dict[str, list[str]] = {item: [] for item in protocol.outline}
    for criterion in protocol.criteria:
        for item in _cited(criterion.source):
            if item in found:
                found[item].append(criterion.id)
    for left in protocol.not_encoded:
        for item in _cited(left.source):
            if item in found:
                found[item].append(NOT_ENCODED)
    return {item: tuple(accounts) for item, accounts in found.items()}


def _cited(source: str | None) -> tuple[str, ...]:
    return () if source is None else tuple(source.split(SEPARATOR))


def check_protocol(
    protocol: Protocol,
    facts: Mapping[str, Fact],
    written: Sequence[Written],
    left: Sequence[Left],
    outline: Sequence[Text],
    faults: Faults,
) -> None:
    """Note what is wrong with the file as a whole."""
    if outline:
        _check_outline(protocol, written, left, outline, faults)
    for one in written:
        _check_direction(one.criterion, protocol.selections, facts, faults)
        _check_binding(one, protocol, facts, faults)


def _check_outline(
    protocol: Protocol,
    written: Sequence[Written],
    left: Sequence[Left],
    outline: Sequence[Text],
    faults: Faults,
) -> None:
    seen: dict[str, Span] = {}
    coverage = outline_coverage(protocol)
    for item in outline:
        if item.value in seen:
            faults.error(
                "duplicate-value",
                item.span,
                f"{quoted(item.value)} is listed twice",
                hint=f"the first is in line {seen[item.value].line}",
            )
        elif not coverage[item.value]:
            faults.error(
                "outline-unaccounted",
                item.span,
                f"nothing accounts for {quoted(item.value)}",
                expected="a criterion with this `source`, or an entry of `not_encoded`",
            )
        seen.setdefault(item.value, item.span)
    # What is carried over from another version has its source there.
    cited = [one.sources for one in written if one.criterion.carried_over is None]
    cited += [one.sources for one in left]
    for source in (source for sources in cited for source in sources):
        if any(item not in seen for item in _cited(source.value)):
            faults.warning(
                "source-not-in-outline",
                source.span,
                f"{quoted(source.value)} is not an item of the outline",
                expected=one_of(seen),
                hint=nearest(source.value, seen),
            )


# --- binding ----------------------------------------------------------------------------------


def _check_binding(
    written: Written, protocol: Protocol, facts: Mapping[str, Fact], faults: Faults
) -> None:
    """Warn of a criterion that no patient can fail: nobody it is for, or no value against it."""
    criterion = written.criterion
    open_ones = {cohort.id for cohort in protocol.cohorts if cohort.open}
    closed = {cohort.id for cohort in protocol.cohorts if not cohort.open}
    if open_ones and criterion.only_for and closed.issuperset(criterion.only_for):
        message = f"{quoted(criterion.id)} binds nobody: none of its cohorts is open"
        faults.warning("never-binds", written.id, message, expected=one_of(sorted(open_ones)))
    tests = _wanted(criterion.rule, criterion.kind is Polarity.INCLUSION)
    if len(tests) != 1:
        return
    test, wanted = tests[0]
    found = _compared(test, protocol.selections[test.slot])
    if found is None or test.span is None or found[0] not in facts:
        return
    shape, condition = facts[found[0]].shape, found[1]
    if shape.plausible is None or not isinstance(condition, Range):
        return
    if holds(Range(*shape.plausible), condition) is (Truth.TRUE if wanted else Truth.FALSE):
        low, high = map(decimal_text, shape.plausible)
        unit = "" if shape.unit in (None, "1") else f" {shape.unit}"
        faults.warning(
            "never-binds",
            test.span,
            f"no plausible value of {quoted(found[0])} fails {quoted(criterion.id)}",
            hint=f"plausible is {low} to {high}{unit}: look at the limit and its direction",
        )


# --- direction --------------------------------------------------------------------------------


def _check_direction(
    criterion: Criterion, selections: Sequence[Selection], facts: Mapping[str, Fact], faults: Faults
) -> None:
    inclusion = criterion.kind is Polarity.INCLUSION
    for test, wanted in _wanted(criterion.rule, inclusion):
        found = _compared(test, selections[test.slot])
        if found is None or test.span is None or found[0] not in facts:
            continue
        fact, condition = facts[found[0]], found[1]
        side = _side(condition, fact)
        if side is None or fact.worse is None or (side == fact.worse) is not wanted:
            continue
        if inclusion:
            faults.warning(
                "comparator-direction",
                test.span,
                f"this asks for the worse values of {quoted(fact.name)}",
                hint=f"{quoted(fact.name)} is declared `worse: {fact.worse}`",
            )
        else:
            faults.warning(
                "requirement-among-exclusions",
                test.span,
                f"this excludes the better values of {quoted(fact.name)}",
                hint=f"{quoted(fact.name)} is declared `worse: {fact.worse}`; "
                "it reads like a requirement, and an exclusion says who is left out",
            )


def _wanted(formula: Formula, wanted: bool) -> list[tuple[Test, bool]]:
    """The tests of a rule, each with whether it has to be true for the criterion to pass."""
    match formula:
        case Test():
            return [(formula, wanted)]
        case Not(arg):
            return _wanted(arg, not wanted)
        case AllOf(args) | AnyOf(args) | AtLeast(_, args):
            return [found for arg in args for found in _wanted(arg, wanted)]
        case Cases(cases):
            return [found for _, rule in cases for found in _wanted(rule, wanted)]
        case _:
            return []


def _compared(test: Test, selection: Selection) -> tuple[str, Requirement] | None:
    """The fact whose value a test compares, and with what."""
    match selection:
        case Fixed(of, judged=asked) | Pick(of, judged=asked):
            return of.fact, test.condition if asked is None else asked
        case Quantified(of, _, condition):
            return of.fact, condition
        case Either(given):
            return _compared(test, given)
        case AssumeNo(inner):
            return _compared(test, inner)
        case _:
            return None


def _side(condition: Requirement, fact: Fact) -> str | None:
    """Whether a condition asks for high values, for low ones, or neither."""
    if isinstance(condition, Range | Relative):
        if (condition.low is None) is (condition.high is None):
            return None
        return "low" if condition.low is None else "high"
    if fact.shape.type is not Type.ORDINAL or len(condition) == len(fact.shape.values):
        return None
    inside = [value in condition for value in fact.shape.values]
    if inside == sorted(inside):
        return "high"
    return "low" if inside == sorted(inside, reverse=True) else None
