"""Asks the reference what it answers for a patient of whom a single record is known.

That is how tests become tables: patients of whom the same piece of a value and of a day is recorded
are answered alike, so one of them is asked for all. The record is read by the reader of profiles,
so that its meaning is that of any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import floor
from typing import TypeAlias

from screener.days import LAST_DAY, shift
from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.interpreters.evaluate import evaluate
from screener.ir import THIS, Age, Either, OfNumber, Point, Protocol, Relative, Selection, Test
from screener.plan import Plan, plan_of
from screener.quantities import Condition, Number, Range
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.selected import Selected
from screener.selection.uses import facts_of, facts_of_dates
from screener.truth import Truth
from screener.vocabulary import Vocabulary

#: Of each fact the words of its one record, as in a profile.
Said: TypeAlias = Mapping[str, Mapping[str, object]]

#: Births longer ago, in years, are left to the reader, who may refuse them.
OLDEST = 110
#: Days around one that ages are counted from: 29 February and the ends of months lie that near.
_NEAR = range(-3, 4)


class Situation:
    """A made-up patient on the day of screening; what is selected is kept for the next test."""

    def __init__(self, frame: Frame, protocol: Protocol) -> None:
        self.frame = frame
        self._selections = protocol.selections
        self._selected: dict[int, Selected] = {}

    def truth(self, test: Test) -> Truth:
        """What the reference says of a test."""
        self.selected(test.slot)
        # Only the slot of the test is looked at.
        slots = [self._selected.get(slot) for slot in range(test.slot + 1)]
        return evaluate(test, slots).truth  # type: ignore[arg-type]

    def selected(self, slot: int) -> Selected:
        """What a selection of the protocol comes to."""
        known = self._selected.get(slot)
        if known is None:
            known = self._selected[slot] = select(self.frame, self._selections[slot])
        return known

    def select(self, selection: Selection) -> Selected:
        """What any selection comes to."""
        return select(self.frame, selection)


class Asking:
    """The reference, for one protocol and day; `as_of` is an ordinal."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary, as_of: int) -> None:
        self.protocol = protocol
        self.vocabulary = vocabulary
        self.as_of = as_of
        self._plan: Plan = plan_of(protocol, vocabulary)
        self._dates = facts_of_dates(protocol.dates)
        self._sheets: dict[tuple[str, str], FactSheet | None] = {}
        self._situations: dict[tuple[str, str], Situation | None] = {}
        self.nobody = Situation(self._frame(FactSheet(None)), protocol)

    def of(self, said: Said) -> Situation | None:
        """A patient of whom this one record of each fact is known; None if one cannot be read."""
        if len(said) == 1:
            ((fact, words),) = said.items()
            key = fact, repr(sorted(words.items()))
            if key not in self._situations:
                sheet = self._sheet(fact, words)
                found = None if sheet is None else Situation(self._frame(sheet), self.protocol)
                self._situations[key] = found
            return self._situations[key]
        sheets = [self._sheet(fact, words) for fact, words in said.items()]
        whole = FactSheet(None)
        for one in sheets:
            if one is None:
                return None
            whole = FactSheet(
                None,
                records={**whole.records, **one.records},
                statements={**whole.statements, **one.statements},
                dropped={**whole.dropped, **one.dropped},
            )
        return Situation(self._frame(whole), self.protocol)

    def _sheet(self, fact: str, words: Mapping[str, object]) -> FactSheet | None:
        """What a profile says that has this record only; None if it cannot be read."""
        key = fact, repr(sorted(words.items()))
        if key not in self._sheets:
            said = {"facts": {fact: {"records": [dict(words)]}}}
            try:
                self._sheets[key] = read_profile(said, self.vocabulary, as_of=self.as_of)
            except ProfileError:
                self._sheets[key] = None
        return self._sheets[key]

    def facts(self, selection: Selection) -> list[str]:
        """The facts that a selection and the dates of its windows are read from, by name."""
        found = set(facts_of(selection))
        for node in nodes(selection):
            if isinstance(node, Point):
                found.update(self.dates_of(node.anchor))
        return sorted(found)

    def cuts(self, selection: Selection, conditions: Sequence[Condition]) -> set[Number]:
        """All numbers at which the answer may change with a value.

        `conditions`: what is asked of the values of the selection.
        """
        found: set[Number] = set()
        for node in (*nodes(selection), *conditions):
            if isinstance(node, Range):
                found.update(end for end in node[:2] if end is not None)
            elif isinstance(node, OfNumber):
                found.add(node.number)
            elif isinstance(node, Relative):
                found.add(0)  # the value may be held against a multiple of itself
            elif isinstance(node, Age):
                found.update(node.cuts)
            elif isinstance(node, Either):
                # A value given that the computed one does not allow is in conflict with it.
                found.update(ends_of(self.nobody.select(node.computed)))
        if holds_kind(selection, Age):
            # An age of 75.5 years is one of 75, and nobody is younger than born.
            whole = {floor(one) for one in found}
            found.update(one + further for one in whole for further in (0, 1))
            found.add(0)
        return found

    def value_days(self, selection: Selection, conditions: Sequence[Condition]) -> set[int]:
        """The days at which the answer may change with the value of a date fact; see `cuts`."""
        ends = {end for one in conditions if isinstance(one, Range) for end in one[:2]}
        found = {self.as_of, *(int(end) for end in ends if end is not None)}
        points = [node for node in nodes(selection) if isinstance(node, Point)]
        fixed = {one.days if one.anchor is None else self._after(one) for one in points}
        for one in points:
            # As a named date it moves what hangs on it past the day of screening, and past others.
            for day in (self.as_of, *fixed):
                there = shift(day, -one.months, -one.days if one.anchor else 0)
                found.update(there + near for near in (_NEAR if one.months else (0,)))
        for age in (node for node in nodes(selection) if isinstance(node, Age)):
            for days in self.nobody.frame.point(age.at).days:
                for years in {OLDEST, *(cut + more for cut in age.cuts for more in (0, 1))}:
                    if 0 <= years <= 200:
                        born = shift(days.first, months=-12 * years)
                        found.update(born + near for near in _NEAR)
        return _written(found)

    def _after(self, point: Point) -> int:
        return shift(self.as_of, point.months, point.days)

    def dates_of(self, anchor: str | None) -> tuple[str, ...]:
        """The date facts that a named day is read from."""
        return self._dates.get(anchor or "", ())

    def days_of(self, point: Point) -> set[int]:
        """The days that a point may be for a patient of whom nothing is recorded."""
        return {day for days in self.nobody.frame.point(point).days for day in days}

    def day_cuts(self, selection: Selection) -> set[int]:
        """The days at which it may change whether, and how, a record of that day counts."""
        found = {self.as_of}
        for node in nodes(selection):
            if isinstance(node, Point) and node.anchor != THIS:
                found |= self.days_of(node)
        return _written(found)

    def _frame(self, sheet: FactSheet) -> Frame:
        return Frame(sheet, self.vocabulary, self._plan.dates, self.as_of)


def nodes(node: object) -> Iterator[object]:
    """A part of the formula and all parts in it."""
    yield node
    if is_dataclass(node):
        for one in fields(node):
            yield from nodes(getattr(node, one.name))
    elif isinstance(node, tuple | frozenset):
        for part in node:
            yield from nodes(part)


def ends_of(selected: Selected) -> Iterator[Number]:
    """The ends of the numbers that it may be."""
    for value in selected.values:
        if isinstance(value, Range):
            yield from (end for end in value[:2] if end is not None)


def _written(days: set[int]) -> set[int]:
    """Those that have neighbours in the calendar."""
    return {day for day in days if 1 < day < LAST_DAY}


def holds_kind(selection: Selection, *kinds: type) -> bool:
    """Whether a part of the selection is of one of these kinds."""
    return any(isinstance(node, kinds) for node in nodes(selection))
