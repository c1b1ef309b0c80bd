"""How long a selection stands: the later days on which the same records come to something else.

Only the days on which something can change are looked at: a record joins, a window opens, closes
or moves past a record, a birthday reaches a limit. Source: semantics section 13.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import assert_never

from screener.days import EVER_FUTURE, EVER_PAST, LAST_DAY, shift
from screener.ir import (
    After,
    Age,
    AssumeNo,
    Available,
    Before,
    Calculation,
    DateSource,
    Decision,
    EarlierOf,
    Either,
    Ever,
    Exposure,
    Fixed,
    Grade,
    Pick,
    Point,
    Quantified,
    RecordSet,
    Run,
    Score,
    Selection,
    Since,
    Tally,
    Window,
    Within,
)
from screener.selection.derived import births
from screener.selection.frame import Frame
from screener.selection.placing import window_of
from screener.selection.select import select
from screener.selection.selected import Selected
from screener.vocabulary import AgeOf, Type


def later(
    frame: Frame, selections: Sequence[Selection], now: Sequence[Selected], causes: bool
) -> list[tuple[int, list[Selected]]]:
    """Each later day on which some selection differs, with all selections as they are then.

    `causes`: whether it matters why an observation is unknown (a missed window may fail).
    """
    due = _due(frame, selections, causes)
    joining = set(_joining_days(frame))
    current, steps = list(now), []
    while due:
        day = min(due)
        there = frame.at(day)
        fresh = list(current)
        for slot in due.pop(day):
            fresh[slot] = select(there, selections[slot])
        if day in joining:
            # A date that becomes known moves the windows that hang on it.
            for next_day, slots in _due(there, selections, causes).items():
                due.setdefault(next_day, set()).update(slots)
        if any(not _same(one, other) for one, other in zip(current, fresh, strict=True)):
            steps.append((day, fresh))
        current = fresh
    return steps


def _due(frame: Frame, selections: Sequence[Selection], causes: bool) -> dict[int, set[int]]:
    """The later days on which something may change, each with the slots concerned."""
    due: dict[int, set[int]] = {}
    for slot, selection in enumerate(selections):
        for day in _days(frame, selection, causes):
            if frame.as_of < day <= LAST_DAY:
                due.setdefault(day, set()).add(slot)
    return due


def _joining_days(frame: Frame) -> Iterator[int]:
    """The later days on which a date or a stated age is recorded."""
    for name, records in frame.sheet.records.items():
        fact = frame.vocabulary[name]
        if fact.shape.type is Type.DATE or isinstance(fact.derived, AgeOf):
            yield from (one.start.first for one in records if one.start is not None)


def _same(one: Selected, other: Selected) -> bool:
    return one.values == other.values and one.cause is other.cause and one.firm == other.firm


def _days(frame: Frame, selection: Selection, causes: bool) -> Iterator[int]:
    """The days on which the selection may change; some of them may turn out not to matter."""
    match selection:
        case Tally():
            yield from _record_days(frame, selection.of.fact, _windows(selection.of), True)
        case Pick() | Quantified() | Available() | Fixed():
            yield from _record_days(frame, selection.of.fact, _windows(selection.of), causes)
        case Run() | Exposure() | Since():
            yield from _record_days(frame, selection.of.fact, _windows(selection.of), True)
        case Ever():
            opens = [] if selection.within is None else [Window(selection.within.start, None)]
            yield from _record_days(frame, selection.of.fact, opens, True)
        case Age():
            yield from _birthdays(frame, selection)
        case Score():
            for part in selection.parts:
                yield from _days(frame, part.value, causes)
        case Calculation():
            for operand in selection.operands:
                yield from _days(frame, operand.value, causes)
        case Decision():
            for inner in selection.parts:
                yield from _days(frame, inner, causes)
        case Grade() | AssumeNo():
            yield from _days(frame, selection.of, causes)
        case Either():
            yield from _days(frame, selection.given, causes)
            yield from _days(frame, selection.computed, causes)
        case _:
            assert_never(selection)


def _windows(of: RecordSet) -> list[Window]:
    return [window_of(test) for test in of.tests if isinstance(test, Within | Before | After)]


def _record_days(frame: Frame, fact: str, windows: Sequence[Window], edges: bool) -> Iterator[int]:
    """The days on which a record joins or the window meets a record or, with `edges`, `as_of`.

    Where everything recorded lies in the past, a window that stays where it is opens and closes
    without a change in what an observation says.
    """
    known = set(_recorded_days(frame, fact))
    yield from known
    moving = False
    for window in windows:
        for point in (window.start, window.end):
            if point is not None:
                moving = moving or frame.point(point).moves
                yield from _joining(frame, point)
    edges = edges or moving or any(day > frame.as_of for day in known)
    if edges:
        for window in windows:
            yield from _edges(frame, window, known, windows)


def _edges(
    frame: Frame, window: Window, known: set[int], windows: Sequence[Window]
) -> Iterator[int]:
    """The days on which an end of the window, as far as it moves, passes what is recorded."""
    fixed = {*known, *(day for one in windows for day in _fixed_days(frame, one))}
    for point, beyond in ((window.start, 1), (window.end, 0)):
        if point is None:
            continue
        if not frame.point(point).moves:
            # It opens on its first day, and has closed on the day after its last.
            yield from (day + 1 - beyond for day in chain.from_iterable(frame.point(point).days))
            continue
        for day in fixed:
            if EVER_PAST < day < EVER_FUTURE:
                yield _reaching(point, day + beyond)


def _fixed_days(frame: Frame, window: Window) -> Iterator[int]:
    for point in (window.start, window.end):
        if point is not None and not (named := frame.point(point)).moves:
            yield from chain.from_iterable(named.days)


def _recorded_days(frame: Frame, fact: str) -> Iterator[int]:
    for record in frame.sheet.records.get(fact, ()):
        yield from record.start or ()
        yield from record.end or ()
        yield from record.since or ()
    for statement in frame.sheet.statements.get(fact, ()):
        # A history that is known to a day is known no longer on the next.
        yield from (day + 1 for day in statement.to or ())
        yield from statement.since or ()
    if fact in frame.sheet.complete:
        yield frame.sheet.complete[fact].to + 1


def _joining(frame: Frame, point: Point) -> Iterator[int]:
    """The days on which a value of the named date becomes known."""
    match frame.dates.get(point.anchor or ""):
        case DateSource(fact=fact):
            yield from _recorded_days(frame, fact)
        case EarlierOf(points=points):
            for one in points:
                yield from _joining(frame, one)
        case None:
            pass


def _reaching(point: Point, day: int) -> int:
    """The first day that, as `as_of`, brings the point to `day` or beyond."""
    # Months of different length move the way back by up to three days.
    as_of = shift(day - point.days, months=-point.months) - 4
    while shift(as_of, point.months, point.days) < day:
        as_of += 1
    return as_of


def _birthdays(frame: Frame, node: Age) -> Iterator[int]:
    yield from _recorded_days(frame, node.birth)
    yield from _recorded_days(frame, node.given)
    yield from _joining(frame, node.at)
    if not frame.point(node.at).moves:
        return
    for born in births(frame, node):
        for day in born:
            for cut in node.cuts:
                yield _reaching(node.at, shift(day, months=12 * cut))
