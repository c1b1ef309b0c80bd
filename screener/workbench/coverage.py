"""What a set of patients exercises of a version: outcomes, leaves, limits, and what decided.

A criterion or leaf decides where changing it alone would change what it is part of. Criteria that
say the same at different time points are repeats: where one of them decides, all do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from screener.catalog import Edition
from screener.formulas import spelled_out, tests_of, with_tests
from screener.interpreters.evaluate import evaluate
from screener.ir import (
    AllOf,
    AnyOf,
    Available,
    Criterion,
    Ever,
    Fixed,
    Formula,
    Pick,
    Protocol,
    Quantified,
    Selection,
    Tally,
    Test,
    Within,
)
from screener.judging import Judged
from screener.quantities import Number, Range, decimal_text
from screener.selection.selected import single
from screener.selection.uses import facts_of
from screener.truth import OUTCOME, Truth

TRUE, FALSE = AllOf(()), AnyOf(())


class Leaf(NamedTuple):
    """One test of a criterion: the how-manieth of it, and the facts it asks about."""

    criterion: int
    number: int
    test: Test
    facts: tuple[str, ...]


class Target(NamedTuple):
    """One thing to be exercised.

    `what`: `pass`, `fail`, `unknown` or `decisive` of a criterion; `true`, `false`, `unknown` or
    `decisive` of a leaf; `meets` or `misses` a limit of a leaf.
    """

    criterion: str
    what: str
    leaf: int | None = None
    limit: str | None = None


class Coverage(NamedTuple):
    """All targets, and those that nobody exercised, in the order of the protocol."""

    targets: tuple[Target, ...]
    missed: tuple[Target, ...]
    repeats: tuple[tuple[str, ...], ...]

    @property
    def percent(self) -> float:
        """The share of targets that were exercised."""
        if not self.targets:
            return 100.0
        return 100 * (len(self.targets) - len(self.missed)) / len(self.targets)


def coverage(edition: Edition, people: Iterable[Judged]) -> Coverage:
    """What these judged patients exercise."""
    protocol = edition.protocol
    leaves, groups = tuple(leaves_of(protocol)), repeats(protocol)
    done: set[Target] = set()
    for judged in people:
        done |= exercised(protocol, judged, leaves, groups)
    targets = tuple(targets_of(protocol))
    return Coverage(
        targets,
        tuple(one for one in targets if one not in done),
        tuple(tuple(protocol.criteria[at].id for at in group) for group in groups if group[1:]),
    )


def exercised(
    protocol: Protocol,
    judged: Judged,
    leaves: Sequence[Leaf],
    groups: Sequence[tuple[int, ...]],
) -> set[Target]:
    """What one judged patient exercises."""
    return {*_criteria(protocol, judged, groups), *_leaves(protocol, judged, leaves)}


def targets_of(protocol: Protocol) -> Iterator[Target]:
    """Everything that can be exercised."""
    leaves = tuple(leaves_of(protocol))
    for index, criterion in enumerate(protocol.criteria):
        for what in ("pass", "fail", "unknown", "decisive"):
            yield Target(criterion.id, what)
        for leaf in leaves:
            if leaf.criterion == index:
                yield from _targets(criterion, leaf)


def leaves_of(protocol: Protocol) -> Iterator[Leaf]:
    """The leaves of every criterion, those of `applies_when` too."""
    for index, criterion in enumerate(protocol.criteria):
        for number, test in enumerate(tests_of(criterion.passes)):
            facts = tuple(dict.fromkeys(facts_of(protocol.selections[test.slot])))
            yield Leaf(index, number, test, facts)


def repeats(protocol: Protocol) -> tuple[tuple[int, ...], ...]:
    """The criteria in groups: those of one group ask the same, at different time points."""
    groups: dict[object, list[int]] = {}
    for index, criterion in enumerate(protocol.criteria):
        formula, selections = spelled_out(protocol, criterion.passes)
        key = (formula, tuple(_at_any_time(one) for one in selections), criterion.only_for)
        groups.setdefault(key, []).append(index)
    return tuple(tuple(group) for group in groups.values())


def _at_any_time(selection: Selection) -> Selection:
    """The selection without its window."""
    match selection:
        case Ever():
            return replace(selection, within=None)
        case Pick() | Fixed() | Tally() | Quantified() | Available():
            tests = tuple(one for one in selection.of.tests if not isinstance(one, Within))
            return replace(selection, of=replace(selection.of, tests=tests))
        case _:
            return selection


def _targets(criterion: Criterion, leaf: Leaf) -> Iterator[Target]:
    for what in ("true", "false", "unknown", "decisive"):
        yield Target(criterion.id, what, leaf.number)
    for limit in _limits(leaf.test):
        yield Target(criterion.id, "meets", leaf.number, decimal_text(limit))
        yield Target(criterion.id, "misses", leaf.number, decimal_text(limit))


def _limits(test: Test) -> Iterator[Number]:
    condition = test.condition
    if isinstance(condition, Range):
        yield from (one for one in (condition.low, condition.high) if one is not None)


def _criteria(
    protocol: Protocol, judged: Judged, groups: Sequence[tuple[int, ...]]
) -> Iterator[Target]:
    for criterion, finding in zip(protocol.criteria, judged.criteria, strict=True):
        yield Target(criterion.id, OUTCOME[finding.truth].value)
    for group in groups:
        failed = [at for at in group if judged.criteria[at].truth is Truth.FALSE]
        if not failed:
            continue
        passed = [
            one._replace(truth=Truth.TRUE) if at in group else one
            for at, one in enumerate(judged.criteria)
        ]
        if evaluate(protocol.verdict, judged.selected, passed).truth is not Truth.FALSE:
            for at in group:
                yield Target(protocol.criteria[at].id, "decisive")


def _leaves(protocol: Protocol, judged: Judged, leaves: Sequence[Leaf]) -> Iterator[Target]:
    for leaf in leaves:
        criterion = protocol.criteria[leaf.criterion]
        truth = evaluate(leaf.test, judged.selected).truth
        yield Target(criterion.id, truth.value, leaf.number)
        if truth is not Truth.UNKNOWN and decides(criterion.passes, leaf.test, judged):
            yield Target(criterion.id, "decisive", leaf.number)
        selected = judged.selected[leaf.test.slot]
        if isinstance(leaf.test.condition, Range) and single(selected):
            value = selected.values[0]
            assert isinstance(value, Range), "INVARIANT: numbers are compared with numbers"
            assert value.low is not None, "INVARIANT: a single value has a low end"
            yield from _sides(criterion, leaf, leaf.test.condition, value.low)


def exchanged(formula: Formula, test: Test, end: Formula) -> Formula:
    """The formula with something else in the place of this one test."""
    return with_tests(formula, lambda one: end if one is test else one)


def decides(formula: Formula, test: Test, judged: Judged) -> bool:
    """Whether the formula would end otherwise if this one test did."""
    ends = [evaluate(exchanged(formula, test, end), judged.selected).truth for end in (TRUE, FALSE)]
    return ends[0] is not ends[1]


def _sides(criterion: Criterion, leaf: Leaf, condition: Range, value: Number) -> Iterator[Target]:
    for limit in _limits(leaf.test):
        if limit == condition.low:
            meets = value > limit or (value == limit and not condition.low_open)
        else:
            meets = value < limit or (value == limit and not condition.high_open)
        what = "meets" if meets else "misses"
        yield Target(criterion.id, what, leaf.number, decimal_text(limit))
