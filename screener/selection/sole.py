"""The common case of a selection: one record that counts for certain is all there is of the fact.

It is what the long way of `observed` and `histories` comes to then, and is asked first; whatever
needs a second look it leaves to them. Source: semantics sections 6.3, 6.4, 7.1 and 7.7.
"""

from __future__ import annotations

from functools import lru_cache

from screener.causes import Cause
from screener.facts import Record, Shown
from screener.ir import Ever, Fixed, Pick, Use, Window, Within
from screener.quantities import Value
from screener.selection.frame import Extent, Frame
from screener.selection.requirements import NO, YES
from screener.selection.selected import Lack, Reach, Selected, Used

_LATEST, _EARLIEST = Use.LATEST, Use.EARLIEST
_NOBODY_SAID = Shown()

# A named tuple is made in half the time past its own `__new__`; all fields have to be given.
_new = tuple.__new__


def sole_pick(frame: Frame, node: Pick) -> Selected | None:
    """The one result of an observation; None if it takes more to tell."""
    if node.times is not None or node.judged is not None or node.per_day:
        return None
    if node.use is not _LATEST and node.use is not _EARLIEST:
        return None
    tests = node.of.tests
    if not tests:
        if not frame.sheet.records.get(node.of.fact):
            return _nothing(frame, node.of.fact)
        return _valued(frame, node.of.fact, None, firm=False)
    test = tests[0]
    if len(tests) > 1 or not isinstance(test, Within):
        return None
    return _valued(frame, node.of.fact, test.window, firm=False)


def sole_fixed(frame: Frame, node: Fixed) -> Selected | None:
    """The one value of a fact that does not change; None if it takes more to tell."""
    if node.times is not None or node.judged is not None or node.of.tests:
        return None
    if not frame.sheet.records.get(node.of.fact):
        return _nothing(frame, node.of.fact)
    return _valued(frame, node.of.fact, None, firm=True)


def sole_ever(frame: Frame, node: Ever) -> Selected | None:
    """The one yes, or the one no that was said late enough; None if it takes more to tell."""
    fact = node.of.fact
    if node.of.tests:
        return None
    if node.within is None and not frame.sheet.records.get(fact):
        return _nothing(frame, fact)
    record = _only(frame, fact)
    if record is None:
        return None
    if node.within is None:
        if record.value != YES and record.value != NO:
            return None
        return _selected(fact, record, record.value, 1, (), _lacks(fact, None))
    extent = frame.extent(node.within)
    if len(extent.spans) != 1:
        return None
    first = frame.as_of if record.start is None else record.start.first
    if record.value != YES and (record.value != NO or first < extent.spans[0][0]):
        return None
    opening = _lacks(fact, Reach(extent.reach.opens, None))
    return _selected(fact, record, record.value, 1, extent.used, opening)


def _valued(frame: Frame, fact: str, window: Window | None, *, firm: bool) -> Selected | None:
    """The value of the only record, which lies in the window for certain."""
    record = _only(frame, fact)
    if record is None or record.value is None:
        return None
    first, last = record.start or (frame.as_of, frame.as_of)
    last = min(last, frame.as_of)
    sure = 1 if firm or first == last else 0
    if window is None:
        return _selected(fact, record, record.value, sure, (), _lacks(fact, None))
    extent = frame.extent(window)
    if record.undated or not _surely_in(extent, first, last):
        return None
    lacks = _lacks(fact, extent.reach)
    return _selected(fact, record, record.value, sure, extent.used, lacks)


def _surely_in(extent: Extent, first: int, last: int) -> bool:
    """Whether the window has its days for certain, and all these are among them."""
    if len(extent.spans) != 1:
        return False
    opens, closes = extent.spans[0]
    return opens <= first and last <= closes


def _only(frame: Frame, fact: str) -> Record | None:
    """The only record of a fact, if it is of one day and on record by `as_of`."""
    sheet = frame.sheet
    records = sheet.records.get(fact, ())
    if len(records) != 1 or fact in sheet.dropped:
        return None
    record = records[0]
    if record.end is not None or record.since is not None:
        return None
    return record if record.start is None or record.start.first <= frame.as_of else None


def _nothing(frame: Frame, fact: str) -> Selected | None:
    """The answer where nothing at all is recorded, and no window says when it should have been."""
    sheet = frame.sheet
    if fact in sheet.dropped or fact in sheet.complete:
        return None
    cause = Cause.MISSING if frame.vocabulary[fact].asked_of is None else Cause.JUDGEMENT
    entry = Used(fact, _NOBODY_SAID, None, cause)
    return Selected((), cause, 0, (entry,), _lacks(fact, None))


def _selected(
    fact: str,
    record: Record,
    value: Value,
    firm: int,
    dates: tuple[Used, ...],
    lacks: tuple[Lack, ...],
) -> Selected:
    entry = _new(Used, (fact, record.shown, value, None, False, False))
    return _new(Selected, ((value,), None, firm, (*dates, entry), lacks, (), False, False))


@lru_cache(maxsize=4096)
def _lacks(fact: str, reach: Reach | None) -> tuple[Lack, ...]:
    return (Lack(fact, None, reach),)
