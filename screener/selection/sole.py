"""The common case of a selection: one record that counts for certain is all there is of the fact.

It is what the long way of `observed` and `histories` comes to then, and is asked first; whatever
needs a second look it leaves to them. Source: semantics sections 6.3, 6.4, 7.1 and 7.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from screener.causes import Cause
from screener.facts import Answer, Record, Shown
from screener.ir import Ever, Fixed, Pick, Selection, Use, Window, Within
from screener.selection.frame import Frame
from screener.selection.members import Members, nothing_counts
from screener.selection.requirements import NO, YES
from screener.selection.selected import Lack, Reach, Selected, Used, absent

_LATEST, _EARLIEST = Use.LATEST, Use.EARLIEST
_NOBODY_SAID = Shown()
_YES_OR_NO = (YES, NO)

# A named tuple is made in half the time past its own `__new__`; all fields have to be given.
_new = tuple.__new__


class Sole(NamedTuple):
    """A selection that a single record may settle: what of it no patient changes.

    `fixed`: it does not matter whether the day of the record is known. `window`: the record has to
    lie in it; or, with `ever`, a no has to be said after it opens (a yes counts on any day).
    """

    fact: str
    fixed: bool
    ever: bool
    window: Window | None


def sole_of(selection: Selection) -> Sole | None:
    """The selection as one that a single record may settle; None if none can."""
    if isinstance(selection, Pick):
        if selection.times is not None or selection.judged is not None or selection.per_day:
            return None
        if selection.use is not _LATEST and selection.use is not _EARLIEST:
            return None
        tests = selection.of.tests
        if not tests:
            return Sole(selection.of.fact, False, False, None)
        if len(tests) > 1 or not isinstance(tests[0], Within):
            return None
        return Sole(selection.of.fact, False, False, tests[0].window)
    if isinstance(selection, Fixed):
        if selection.times is not None or selection.judged is not None or selection.of.tests:
            return None
        return Sole(selection.of.fact, True, False, None)
    if isinstance(selection, Ever) and not selection.of.tests:
        return Sole(selection.of.fact, True, True, selection.within)
    return None


def settled(frame: Frame, sole: Sole | None) -> Selected | None:
    """What the one record comes to, or that there is none; None if it takes more to tell."""
    return settled_each(frame, (sole,))[0]


def settled_each(frame: Frame, soles: Iterable[Sole | None]) -> list[Selected | None]:
    """Each as `settled`; what is asked of every one is looked up once."""
    recorded, dropped, as_of = frame.sheet.records.get, frame.sheet.dropped, frame.as_of
    found: list[Selected | None] = []
    for sole in soles:
        known: Selected | None = None
        if sole is not None:
            fact, _, _, window = sole
            records = recorded(fact)
            if not records:
                known = _nothing(frame, sole)
            elif len(records) == 1 and fact not in dropped:
                record = records[0]
                if window is None and type(record) is Answer:
                    known = _answered(frame, sole, record, as_of)
                else:
                    known = _settled(frame, sole, record)
        found.append(known)
    return found


def _answered(frame: Frame, sole: Sole, record: Answer, as_of: int) -> Selected | None:
    """Whoever answers so has the same come of it, which is kept."""
    start = record[2]
    if start is not None and start[0] > as_of:
        return None
    known = record.kept.get(sole)
    if known is None:
        known = _settled(frame, sole, record)
        if start is None or record.undated or start.exact:
            record.kept[sole] = known
    return known


def _settled(frame: Frame, sole: Sole, record: Record) -> Selected | None:
    fact, fixed, ever, window = sole
    value, _, start, end, undated, _, _, _, shown, _, since, _, _ = record
    if value is None or end is not None or since is not None or (ever and value not in _YES_OR_NO):
        return None
    first = last = frame.as_of
    if start is not None:
        if start.first > last:
            return None
        first, last = start.first, min(start.last, last)
    dates: tuple[Used, ...] = ()
    reach = None
    if window is not None:
        extent = frame.extent(window)
        if len(extent.spans) != 1:
            return None
        opens, closes = extent.spans[0]
        if ever:
            if value == NO and first < opens:
                return None
            reach = Reach(extent.reach.opens, None)
        else:
            if undated or first < opens or last > closes:
                return None
            reach = extent.reach
        dates = extent.used
    entry = _new(Used, (fact, shown, value, None, False, False))
    firm = 1 if fixed or first == last else 0
    lacks = _lacks(fact, reach)
    return _new(Selected, ((value,), None, firm, (*dates, entry), lacks, (), False, False, False))


def _nothing(frame: Frame, sole: Sole) -> Selected | None:
    """The answer where nothing at all is recorded; with a window, why nothing lies in it."""
    fact, _, ever, window = sole
    sheet = frame.sheet
    if fact in sheet.dropped or fact in sheet.complete:
        return None
    if window is None:
        judgement = frame.vocabulary[fact].asked_of is not None
        return _unrecorded(fact, Cause.JUDGEMENT if judgement else Cause.MISSING)
    extent = frame.extent(window)
    if not extent.spans:
        return None
    if ever:
        extent = extent._replace(reach=Reach(extent.reach.opens, None))
    none = Members(fact, (), (), extent, (), False)
    cause, lacks = nothing_counts(frame, none, observed=not ever)
    return Selected((), cause, 0, (*extent.used, absent(fact, cause)), lacks)


@lru_cache(maxsize=4096)
def _unrecorded(fact: str, cause: Cause) -> Selected:
    return Selected((), cause, 0, (Used(fact, _NOBODY_SAID, None, cause),), _lacks(fact, None))


@lru_cache(maxsize=4096)
def _lacks(fact: str, reach: Reach | None) -> tuple[Lack, ...]:
    return (Lack(fact, None, reach),)
