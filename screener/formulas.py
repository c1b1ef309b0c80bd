"""The parts of a formula: which tests it is made of, and the same formula with other tests.

For whoever reads or varies a formula without judging it; what a formula means is not said here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

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
    Selection,
    Test,
    Unclear,
)


def tests_of(formula: Formula) -> Iterator[Test]:
    """The tests that a formula is made of, in its order, repeated ones too."""
    match formula:
        case Test():
            yield formula
        case Not() | MissedFails():
            yield from tests_of(formula.arg)
        case AllOf() | AnyOf() | AtLeast():
            for one in formula.args:
                yield from tests_of(one)
        case Cases():
            for test, rule in formula.cases:
                yield from tests_of(test)
                yield from tests_of(rule)
        case Unclear() | Passes():
            return
        case _:
            assert_never(formula)


def with_tests(formula: Formula, change: Callable[[Test], Formula]) -> Formula:
    """The same formula, each test exchanged for what `change` makes of it."""
    match formula:
        case Test():
            return change(formula)
        case Not() | MissedFails():
            return replace(formula, arg=with_tests(formula.arg, change))
        case AllOf() | AnyOf() | AtLeast():
            return replace(formula, args=tuple(with_tests(one, change) for one in formula.args))
        case Cases():
            cases = tuple(
                (with_tests(test, change), with_tests(rule, change)) for test, rule in formula.cases
            )
            return replace(formula, cases=cases)
        case Unclear() | Passes():
            return formula
        case _:
            assert_never(formula)


def spelled_out(protocol: Protocol, formula: Formula) -> tuple[Formula, tuple[Selection, ...]]:
    """A formula with slots of its own, and the selections in them: equal if they say the same."""
    slots: dict[Selection, int] = {}

    def own(test: Test) -> Test:
        selection = protocol.selections[test.slot]
        return replace(test, slot=slots.setdefault(selection, len(slots)))

    return with_tests(formula, own), tuple(slots)
