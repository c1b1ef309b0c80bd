"""How long a selection stands: the later days on which the same records come to something else.

Only the days on which something can change are looked at: a record joins, a window opens, closes
or moves past a record, a birthday reaches a limit. Source: semantics section 13.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import assert_never

from screener.days import LAST_DAY, shift
from screener.ir import (
    Age,
    AssumeNo,
    Available,
    Calculation,
    Decision,
    Either,
    Ever,
    Exposure,
    Fixed,
    Grade,
    OfFact,
    Pick,
    Quantified,
    Relative,
    Requirement,
    Run,
    Score,
    Selection,
    Since,
    Tally,
    Window,
)
from screener.same import Same
from screener.selection.derived import births
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.selected import Selected
from screener.selection.stillness import Stillness
from screener.selection.turns import (
    each_day,
    joining,
    length_days,
    reaching,
    record_days,
    recorded_days,
    set_days,
)
from screener.selection.uses import parts_of
from screener.vocabulary import AgeOf, Type, Vocabulary


def later(
    frame: Frame,
    selections: Sequence[Selection],
    now: Sequence[Selected],
    causes: bool,
    still: Stillness,
) -> list[tuple[int, list[Selected]]]:
    """Each later day on which some selection differs, with all selections as they are then.

    `causes`: whether it matters why an observation is unknown (a missed window may fail).
    `still`: of these selections, once for all patients.
    """
    due = _due(frame, selections, now, causes, still)
    joining = set(_joining_days(frame)) if due else set()
    current, steps = list(now), []
    while due:
        day = min(due)
        there = frame.at(day)
        fresh = list(current)
        concerned = due.pop(day)
        for slot in concerned:
            fresh[slot] = select(there, selections[slot])
        if day in joining:
            # A date that becomes known moves the windows that hang on it.
            for next_day, slots in _due(there, selections, fresh, causes, still).items():
                due.setdefault(next_day, set()).update(slots)
        if not all([_same(current[slot], fresh[slot]) for slot in concerned]):
            steps.append((day, fresh))
        current = fresh
    return steps


def _due(
    frame: Frame,
    selections: Sequence[Selection],
    now: Sequence[Selected],
    causes: bool,
    still: Stillness,
) -> dict[int, set[int]]:
    """The later days on which something may change, each with the slots concerned."""
    due: dict[int, set[int]] = {}
    for slot in still.restless(frame, now, causes):
        for day in _days(frame, selections[slot], causes):
            if frame.as_of < day <= LAST_DAY:
                due.setdefault(day, set()).add(slot)
    return due


def _joining_days(frame: Frame) -> Iterator[int]:
    """The days on which a date or a stated age is recorded."""
    records = frame.sheet.records
    for name in _dating(Same(frame.vocabulary)) & records.keys():
        yield from (one.start.first for one in records[name] if one.start is not None)


@lru_cache
def _dating(vocabulary: Same[Vocabulary]) -> frozenset[str]:
    """The facts from which days are counted."""
    return frozenset(
        name
        for name, fact in vocabulary.it.items()
        if fact.shape.type is Type.DATE or isinstance(fact.derived, AgeOf)
    )


def _same(one: Selected, other: Selected) -> bool:
    return one.values == other.values and one.cause is other.cause and one.firm == other.firm


def _days(frame: Frame, selection: Selection, causes: bool) -> Iterator[int]:
    """The days on which the selection may change; some of them may turn out not to matter."""
    match selection:
        case Tally() | Run():
            yield from set_days(frame, selection.of, True)
            yield from _asked_days(frame, selection.condition)
        case Pick() | Fixed():
            yield from set_days(frame, selection.of, causes)
            yield from _asked_days(frame, selection.judged)
        case Quantified():
            yield from set_days(frame, selection.of, causes)
            yield from _asked_days(frame, selection.condition)
        case Available():
            yield from set_days(frame, selection.of, causes)
        case Exposure():
            yield from set_days(frame, selection.of, True)
            yield from each_day(frame, selection)
        case Since():
            yield from set_days(frame, selection.of, True)
            yield from length_days(frame, selection.of.fact, selection.length, selection.at)
        case Ever():
            fact, within = selection.of.fact, selection.within
            if within is not None and fact not in frame.sheet.complete:
                within = Window(within.start, None)
            # Where a source is declared complete, silence speaks as far as the window reaches.
            yield from record_days(frame, fact, [] if within is None else [within], True)
        case Age():
            yield from _birthdays(frame, selection)
        case Score() | Calculation() | Decision() | Grade() | Either():
            for part in parts_of(selection):
                yield from _days(frame, part, causes)
        case AssumeNo():
            # What is missing is read as "no"; what is missed is not.
            yield from _days(frame, selection.of, True)
        case _:
            assert_never(selection)


def _asked_days(frame: Frame, asked: Requirement | None) -> Iterator[int]:
    """The days on which a value of another fact that is compared with may change."""
    if isinstance(asked, Relative):
        for bound in (asked.low, asked.high):
            if isinstance(bound, OfFact):
                yield from _days(frame, bound.of, True)


def _birthdays(frame: Frame, node: Age) -> Iterator[int]:
    yield from recorded_days(frame, node.birth)
    yield from recorded_days(frame, node.given)
    yield from joining(frame, node.at)
    if not frame.point(node.at).moves:
        return
    for born in births(frame, node):
        for day in set(born):
            for cut in node.cuts:
                yield from reaching(frame, node.at, shift(day, months=12 * cut))
