"""What is asked of which selection, down to those that have values of their own.

A score, a grade, a table or a choice is made of others, and is asked through them. Source:
semantics 8 and 11.
"""

from __future__ import annotations

from collections.abc import Iterator

from screener.ir import (
    Age,
    AssumeNo,
    Calculation,
    Decision,
    Either,
    Grade,
    OfFact,
    RecordSet,
    Related,
    Relative,
    Score,
    Selection,
)
from screener.quantities import Condition
from screener.selection.uses import facts_of, sources, windows_of


class Asked:
    """The selections that have values of their own, and the conditions each is held against."""

    def __init__(self) -> None:
        self.conditions: dict[Selection, dict[Condition, None]] = {}

    def note(self, selection: Selection, condition: Condition) -> None:
        """Collect what is asked of a selection and of what it is made of."""
        match selection:
            case Score():
                for part in selection.parts:
                    for band in part.bands:
                        self.note(part.value, band.when)
            case Grade():
                for band in selection.bands:
                    self.note(selection.of, band.when)
            case Either():
                self.note(selection.given, condition)
                self.note(selection.computed, condition)
            case Decision():
                for row in selection.rows:
                    for at, asked in row.tests:
                        self.note(selection.parts[at], asked)
            case AssumeNo():
                self.note(selection.of, condition)
            case _:
                self.conditions.setdefault(selection, {})[condition] = None
                if isinstance(selection, Calculation):
                    for operand in selection.operands:
                        self._taken(operand.value)

    def _taken(self, selection: Selection) -> None:
        """An input of a calculation, of which nothing but its value is asked."""
        if not isinstance(selection, Score | Grade | Either | Decision | AssumeNo):
            self.conditions.setdefault(selection, {})


def made_of(selection: Selection) -> Iterator[Selection]:
    """The selections with variables of their own that a selection is made of."""
    match selection:
        case Score():
            for part in selection.parts:
                yield from made_of(part.value)
        case Decision():
            for inner in selection.parts:
                yield from made_of(inner)
        case Grade() | AssumeNo():
            yield from made_of(selection.of)
        case Either():
            yield from made_of(selection.given)
            yield from made_of(selection.computed)
        case _:
            yield selection


def in_part(selection: Selection) -> bool:
    """Whether what it comes to depends on other records, which are not followed."""
    if isinstance(selection, Age | Calculation | Score | Grade | Either | Decision | AssumeNo):
        return isinstance(selection, Calculation)
    return _related(selection.of) or any(
        isinstance(bound, OfFact)
        for asked in (getattr(selection, "judged", None), getattr(selection, "condition", None))
        if isinstance(asked, Relative)
        for bound in (asked.low, asked.high)
    )


def _related(of: RecordSet) -> bool:
    return any(isinstance(one, Related) for one in of.tests)


def draws_on(selection: Selection, fact: str, named: set[str]) -> bool:
    """Whether a selection reads the fact, or has a window or a day that hangs on it."""
    if fact in facts_of(selection):
        return True
    points = [point for one in windows_of(selection) for point in (one.start, one.end)]
    points += [one.at for one in sources(selection) if isinstance(one, Age)]
    return any(point is not None and point.anchor in named for point in points)
