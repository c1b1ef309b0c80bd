"""Small mistakes in a version, one at a time: what an editor's slip would have made of it.

Limits moved or taken strictly, the wrong direction, unit or code, a window a day off or left out,
another record used, `all` for `any`, a part lost, a criterion on the wrong side. What a mistake
changes is for others to find out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple, assert_never

from screener.formulas import tests_of, with_tests
from screener.ir import (
    AllOf,
    AnyOf,
    AtLeast,
    Available,
    Cases,
    Criterion,
    Ever,
    Fixed,
    Formula,
    MissedFails,
    Not,
    Passes,
    Pick,
    Point,
    Protocol,
    Quantified,
    RecordSet,
    Selection,
    Tally,
    Test,
    Unclear,
    Use,
    Window,
    Within,
)
from screener.quantities import Condition, Number, Range, decimal_text, empty
from screener.vocabulary import Fact, Type, Vocabulary


class Mutant(NamedTuple):
    """The protocol with one mistake in one criterion, and the mistake in words."""

    criterion: str
    mistake: str
    protocol: Protocol


def mutants(protocol: Protocol, vocabulary: Vocabulary) -> Iterator[Mutant]:
    """Every small mistake, criterion by criterion."""
    for index, criterion in enumerate(protocol.criteria):
        yield _with(protocol, index, Not(criterion.passes), "stands on the wrong side")
        for formula, mistake in _structures(criterion.passes):
            yield _with(protocol, index, formula, mistake)
        for test in tests_of(criterion.passes):
            yield from _of_test(protocol, vocabulary, index, criterion, test)


def _with(
    protocol: Protocol,
    index: int,
    passes: Formula,
    mistake: str,
    selections: tuple[Selection, ...] | None = None,
) -> Mutant:
    criteria = list(protocol.criteria)
    criteria[index] = replace(criteria[index], passes=passes)
    kept = protocol.selections if selections is None else selections
    changed = replace(protocol, criteria=tuple(criteria), selections=kept)
    return Mutant(criteria[index].id, mistake, changed)


def _of_test(
    protocol: Protocol, vocabulary: Vocabulary, index: int, criterion: Criterion, test: Test
) -> Iterator[Mutant]:
    selection = protocol.selections[test.slot]
    fact = _fact(selection, vocabulary)
    name = fact.label if fact is not None else "a derived value"
    for condition, mistake in _conditions(test.condition, fact):
        changed = replace(test, condition=condition)
        yield _with(
            protocol, index, _exchanged(criterion.passes, test, changed), f"{name}: {mistake}"
        )
    for other, mistake in _selections(selection, fact):
        slots = (*protocol.selections, other)
        changed = replace(test, slot=len(protocol.selections))
        passes = _exchanged(criterion.passes, test, changed)
        yield _with(protocol, index, passes, f"{name}: {mistake}", slots)


def _exchanged(formula: Formula, test: Test, other: Test) -> Formula:
    return with_tests(formula, lambda one: other if one is test else one)


def _fact(selection: Selection, vocabulary: Vocabulary) -> Fact | None:
    match selection:
        case Fixed() | Ever() | Pick() | Quantified() | Tally() | Available():
            return vocabulary[selection.of.fact]
        case _:
            return None


# --- conditions -------------------------------------------------------------------------------


def _conditions(condition: Condition, fact: Fact | None) -> Iterator[tuple[Condition, str]]:
    if isinstance(condition, Range):
        for changed, mistake in _ranges(condition, fact):
            if not empty(changed) and changed != condition:
                yield changed, mistake
        return
    for code in sorted(condition, key=str):
        if len(condition) > 1:
            yield condition - {code}, f"`{_said(code)}` left out"
    others = _others(condition, fact)
    if others:
        yield condition | {others[0]}, f"`{_said(others[0])}` counted too"
        yield frozenset(others), "the others in place of those named"


def _others(condition: frozenset[str | bool], fact: Fact | None) -> list[str | bool]:
    if fact is None or fact.shape.type in (Type.BOOLEAN, Type.EVENT):
        return []
    return [one for one in fact.shape.values if one not in condition]


def _said(code: str | bool) -> str:
    return {True: "yes", False: "no"}.get(code, str(code)) if isinstance(code, bool) else code


def _ranges(limits: Range, fact: Fact | None) -> Iterator[tuple[Range, str]]:
    low, high = limits.low, limits.high
    if low is not None:
        strict = "the limit itself counts" if limits.low_open else "the limit itself does not count"
        yield limits._replace(low_open=not limits.low_open), f"{_text(low)}: {strict}"
        for other in _steps(low):
            yield limits._replace(low=other), f"{_text(other)} for {_text(low)}"
    if high is not None:
        strict = (
            "the limit itself counts" if limits.high_open else "the limit itself does not count"
        )
        yield limits._replace(high_open=not limits.high_open), f"{_text(high)}: {strict}"
        for other in _steps(high):
            yield limits._replace(high=other), f"{_text(other)} for {_text(high)}"
    if low is None or high is None:
        yield Range(high, low, limits.high_open, limits.low_open), "the wrong direction"
    if fact is not None:
        for unit, factor in fact.shape.accepted.items():
            if factor != 1:
                scaled = _scaled(limits, factor)
                if scaled is not None:
                    yield scaled, f"the limit in `{unit}`"


def _steps(limit: Number) -> Iterator[Number]:
    """A last digit up and down, and a slipped decimal point."""
    if isinstance(limit, int):
        yield from (limit - 1, limit + 1)
    elif isinstance(limit, Decimal):
        digit = Decimal(1).scaleb(min(0, int(limit.normalize().as_tuple().exponent)))
        yield from (limit - digit, limit + digit, limit * 10)
    else:
        yield from (limit - 1, limit + 1)


def _scaled(limits: Range, factor: Decimal) -> Range | None:
    if not all(one is None or isinstance(one, Decimal | int) for one in limits[:2]):
        return None
    low, high = (None if one is None else Decimal(one) * factor for one in limits[:2])  # type: ignore[arg-type]
    return Range(low, high, limits.low_open, limits.high_open)


def _text(number: Number) -> str:
    return decimal_text(number)


# --- selections -------------------------------------------------------------------------------


def _selections(selection: Selection, fact: Fact | None) -> Iterator[tuple[Selection, str]]:
    match selection:
        case Ever(within=window) if window is not None:
            for other, mistake in _windows(window):
                yield replace(selection, within=other), mistake
            yield replace(selection, within=None), "the window left out"
        case Pick() | Quantified() | Tally() | Available() | Fixed():
            for of, mistake in _record_sets(selection.of):
                yield replace(selection, of=of), mistake
            if isinstance(selection, Pick):
                for use in Use:
                    ordered = use in (Use.LATEST, Use.EARLIEST) or (
                        fact is not None and fact.shape.type in (Type.QUANTITY, Type.NUMBER)
                    )
                    if use is not selection.use and ordered:
                        yield (
                            replace(selection, use=use),
                            f"the {use.value} for the {selection.use.value}",
                        )
            if isinstance(selection, Quantified):
                yield replace(selection, every=not selection.every), "`any` and `all` mixed up"
        case _:
            return


def _record_sets(of: RecordSet) -> Iterator[tuple[RecordSet, str]]:
    for at, test in enumerate(of.tests):
        before, after = of.tests[:at], of.tests[at + 1 :]
        if isinstance(test, Within):
            for window, mistake in _windows(test.window):
                changed = (*before, Within(window), *after)
                yield replace(of, tests=changed), mistake
        what = "the window" if isinstance(test, Within) else "a condition on the record"
        yield replace(of, tests=(*before, *after)), f"{what} left out"


def _windows(window: Window) -> Iterator[tuple[Window, str]]:
    for end in ("start", "end"):
        point: Point | None = window.start if end == "start" else window.end
        if point is None:
            continue
        for days, words in ((-1, "a day earlier"), (1, "a day later")):
            moved = replace(point, days=point.days + days)
            changed = replace(window, start=moved) if end == "start" else replace(window, end=moved)
            yield changed, f"the {end} of the window {words}"


# --- structures -------------------------------------------------------------------------------


def _structures(formula: Formula) -> Iterator[tuple[Formula, str]]:
    """The formula with one combination in it mistaken."""
    match formula:
        case Test() | Unclear() | Passes():
            return
        case Not() | MissedFails():
            if isinstance(formula, Not):
                yield formula.arg, "a `not` left out"
            for part, mistake in _structures(formula.arg):
                yield replace(formula, arg=part), mistake
        case AllOf() | AnyOf() | AtLeast():
            yield from _combinations(formula)
            for at, part in enumerate(formula.args):
                for other, mistake in _structures(part):
                    args = (*formula.args[:at], other, *formula.args[at + 1 :])
                    yield replace(formula, args=args), mistake
        case Cases():
            for at, (test, rule) in enumerate(formula.cases):
                for other, mistake in _structures(rule):
                    cases = (*formula.cases[:at], (test, other), *formula.cases[at + 1 :])
                    yield replace(formula, cases=cases), mistake
        case _:
            assert_never(formula)


def _combinations(formula: AllOf | AnyOf | AtLeast) -> Iterator[tuple[Formula, str]]:
    args = formula.args
    if len(args) > 1:
        if isinstance(formula, AllOf):
            yield AnyOf(args), "`any` for `all`"
        elif isinstance(formula, AnyOf):
            yield AllOf(args), "`all` for `any`"
        else:
            for count in (formula.count - 1, formula.count + 1):
                if 1 <= count <= len(args):
                    yield replace(formula, count=count), f"{count} for {formula.count}"
        for at in range(len(args)):
            yield replace(formula, args=(*args[:at], *args[at + 1 :])), f"part {at + 1} left out"
