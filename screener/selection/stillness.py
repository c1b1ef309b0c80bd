"""Selections that only a new record can change: with the same records they stand for ever.

So nobody has to look for the days on which they turn. Source: semantics section 13.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from screener.days import LAST_DAY
from screener.ir import (
    AssumeNo,
    Available,
    Calculation,
    Decision,
    Either,
    Ever,
    Fixed,
    Grade,
    Lasting,
    Lookback,
    Pick,
    Point,
    Quantified,
    RecordSet,
    Related,
    Relative,
    Requirement,
    Run,
    Score,
    Selection,
    Tally,
    Window,
)
from screener.selection.frame import Frame
from screener.selection.placing import DateTest, window_of
from screener.selection.selected import Selected
from screener.selection.turns import joining
from screener.selection.uses import around_record

_NONE: frozenset[int] = frozenset()


class Still(NamedTuple):
    """A selection from records that nothing but its fact and its windows can move.

    `edges`: that a window opens or closes can change it, whatever is recorded.
    """

    fact: str
    windows: tuple[Window, ...]
    edges: bool


def still_on(selection: Selection) -> tuple[Still, ...] | None:
    """What can move a selection, part by part; None if an age, a length or others can as well."""
    match selection:
        case AssumeNo():
            # What is missing is read as "no"; what is missed is not.
            parts = still_on(selection.of)
            return parts and tuple(one._replace(edges=True) for one in parts)
        case Grade():
            return still_on(selection.of)
        case Either():
            return _together((selection.given, selection.computed))
        case Score():
            return _together([one.value for one in selection.parts])
        case Calculation():
            return _together([one.value for one in selection.operands])
        case Decision():
            return _together(selection.parts)
        case Ever() if not selection.of.tests:
            opens = None if selection.within is None else selection.within.start
            return (Still(selection.of.fact, () if opens is None else (_from(opens),), True),)
        case Pick() | Fixed():
            return _of_records(selection.of, selection.judged, False)
        case Available():
            return _of_records(selection.of, None, False)
        case Quantified():
            return _of_records(selection.of, selection.condition, False)
        case Tally() | Run():
            return _of_records(selection.of, selection.condition, True)
        case _:
            return None


class Stillness:
    """By slot what `still_on` makes of the selections of a protocol, and where facts lead to."""

    def __init__(self, selections: Sequence[Selection]) -> None:
        self.parts = tuple(map(still_on, selections))
        self._others = {slot for slot, parts in enumerate(self.parts) if parts is None}
        self._of_fact: dict[str, set[int]] = {}
        self._dated: dict[str, set[int]] = {}
        #: By identity, which is quicker than by value; all selections in a stage share its window.
        #: First the slots that its edges can change, then those that only its moving can.
        self._of_window: dict[int, tuple[Window, set[int], set[int]]] = {}
        for slot, parts in enumerate(self.parts):
            for part in parts or ():
                self._of_fact.setdefault(part.fact, set()).add(slot)
                if part.windows:
                    self._dated.setdefault(part.fact, set()).add(slot)
                for one in part.windows:
                    _, edged, others = self._of_window.setdefault(id(one), (one, set(), set()))
                    (edged if part.edges else others).add(slot)

    def restless(self, frame: Frame, now: Sequence[Selected], causes: bool) -> list[int]:
        """The slots that a later day may move, in order; `causes`: see `Calm`.

        Whatever hangs on no window that moves, and on no record that is still to come, is passed
        over together.
        """
        calm = Calm(frame, causes)
        asked = set(self._others)
        for fact, coming in calm.coming.items():
            asked |= (self._of_fact if coming else self._dated).get(fact, _NONE)
        for window, edged, others in self._of_window.values():
            if not calm.rests(window, True):
                asked |= edged
                if causes or not calm.rests(window, False):
                    asked |= others
        return [slot for slot in sorted(asked) if not calm.holds(self.parts[slot], now[slot])]


def _together(selections: Sequence[Selection]) -> tuple[Still, ...] | None:
    found = [still_on(one) for one in selections]
    parts = [one for one in found if one is not None]
    return tuple(chain.from_iterable(parts)) if len(parts) == len(found) else None


def _of_records(of: RecordSet, asked: Requirement | None, edges: bool) -> tuple[Still, ...] | None:
    elsewhere = any(isinstance(one, Lasting | Related | Lookback) for one in of.tests)
    if elsewhere or isinstance(asked, Relative):
        return None
    windows = tuple(window_of(one) for one in of.tests if isinstance(one, DateTest))
    return None if any(map(around_record, windows)) else (Still(of.fact, windows, edges),)


@lru_cache(maxsize=4096)
def _from(opens: Point) -> Window:
    """One and the same for all who ask, as those of a stage are, so that it is looked at once."""
    return Window(opens, None)


class Calm:
    """What of one patient no later day moves.

    `causes`: whether it matters why an observation is unknown: it may be because a window is open.
    `coming`: the facts of which something recorded may lie after `as_of`, or goes on; false: it may
    only because it has no day.
    """

    def __init__(self, frame: Frame, causes: bool) -> None:
        self._frame = frame
        self._causes = causes
        self.coming = _coming(frame)
        self._windows: dict[tuple[int, bool], bool] = {}

    def holds(self, parts: tuple[Still, ...] | None, now: Selected) -> bool:
        """Whether a selection, which is `now`, stands for ever."""
        if parts is None:
            return False
        # What is settled stays so when a window closes; a part that is not may matter to the whole.
        causes = self._causes and (now.cause is not None or len(parts) > 1)
        return all([self._stands(*one, causes) for one in parts])

    def _stands(self, fact: str, windows: tuple[Window, ...], edges: bool, causes: bool) -> bool:
        coming = self.coming.get(fact)
        # What has no day of its own meets a window on any day, and nothing else.
        if coming or (coming is False and windows):
            return False
        return all([self.rests(one, edges or causes) for one in windows])

    def rests(self, window: Window, edges: bool) -> bool:
        """Whether a window stays where it is; with `edges`, and neither opens nor closes."""
        known = self._windows.get((id(window), edges))
        if known is None:
            known = self._windows[id(window), edges] = self._stays(window, edges)
        return known

    def _stays(self, window: Window, edges: bool) -> bool:
        as_of = self._frame.as_of
        for point, beyond in ((window.start, 0), (window.end, 1)):
            if point is None:
                continue
            named = self._frame.point(point)
            ahead = [*joining(self._frame, point)]
            if edges:
                ahead += [day + beyond for day in chain.from_iterable(named.days)]
            if named.moves or any(as_of < day <= LAST_DAY for day in ahead):
                return False
        return True


def _coming(frame: Frame) -> dict[str, bool]:
    sheet, as_of = frame.sheet, frame.as_of
    facts = dict.fromkeys([*sheet.statements, *sheet.complete], True)
    for fact, records in sheet.records.items():
        for record in records:
            start = record.start
            if record.end is not None or record.since is not None:
                facts[fact] = True
            elif start is not None and start.last > as_of:
                # The day of what is undated is no day that could come.
                coming = start.last <= LAST_DAY or start.first > as_of
                facts[fact] = coming or facts.get(fact, False)
    return facts
