"""The common case of a selection: one record that counts for certain is all there is of the fact.

It is what the long way of `observed` and `histories` comes to then, and is asked first; whatever
needs a second look it leaves to them. Source: semantics sections 6.3, 6.4, 7.1 and 7.7.
"""

from __future__ import annotations

from functools import lru_cache

from screener.causes import Cause
from screener.facts import Record, Shown
from screener.ir import Ever, Fixed, Pick, Use, Within
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
    fact, tests = node.of.fact, node.of.tests
    records = frame.sheet.records.get(fact)
    if not tests:
        return _valued(frame, fact, records, False) if records else _nothing(frame, fact)
    if not records or len(tests) > 1 or not isinstance(tests[0], Within):
        return None
    return _valued(frame, fact, records, False, frame.extent(tests[0].window))


def sole_fixed(frame: Frame, node: Fixed) -> Selected | None:
    """The one value of a fact that does not change; None if it takes more to tell."""
    if node.times is not None or node.judged is not None or node.of.tests:
        return None
    records = frame.sheet.records.get(node.of.fact)
    if not records:
        return _nothing(frame, node.of.fact)
    return _valued(frame, node.of.fact, records, True)


def sole_ever(frame: Frame, node: Ever) -> Selected | None:
    """The one yes, or the one no that was said late enough; None if it takes more to tell."""
    fact = node.of.fact
    if node.of.tests:
        return None
    records = frame.sheet.records.get(fact)
    if not records:
        return _nothing(frame, fact) if node.within is None else None
    found = _valued(frame, fact, records, True)
    if found is None or (found.values[0] != NO and found.values[0] != YES):
        return None
    if node.within is None:
        return found
    extent = frame.extent(node.within)
    if len(extent.spans) != 1:
        return None
    start = records[0].start
    said = frame.as_of if start is None else start.first
    if found.values[0] == NO and said < extent.spans[0][0]:
        return None
    lacks = _lacks(fact, Reach(extent.reach.opens, None))
    return found._replace(used=extent.used + found.used, lacks=lacks)


def _valued(
    frame: Frame,
    fact: str,
    records: tuple[Record, ...],
    fixed: bool,
    extent: Extent | None = None,
) -> Selected | None:
    """The value of the only record: of one day, on record by `as_of`, in the window for certain.

    `fixed`: it does not matter whether its day is known.
    """
    record = records[0]
    value, start = record.value, record.start
    if len(records) > 1 or value is None or record.end is not None or record.since is not None:
        return None
    if fact in frame.sheet.dropped:
        return None
    first = last = frame.as_of
    if start is not None:
        if start.first > last:
            return None
        first, last = start.first, min(start.last, last)
    dates: tuple[Used, ...] = ()
    reach = None
    if extent is not None:
        if record.undated or len(extent.spans) != 1:
            return None
        opens, closes = extent.spans[0]
        if first < opens or last > closes:
            return None
        dates, reach = extent.used, extent.reach
    entry = _new(Used, (fact, record.shown, value, None, False, False))
    firm = 1 if fixed or first == last else 0
    lacks = _lacks(fact, reach)
    return _new(Selected, ((value,), None, firm, (*dates, entry), lacks, (), False, False))


def _nothing(frame: Frame, fact: str) -> Selected | None:
    """The answer where nothing at all is recorded, and no window says when it should have been."""
    sheet = frame.sheet
    if fact in sheet.dropped or fact in sheet.complete:
        return None
    cause = Cause.MISSING if frame.vocabulary[fact].asked_of is None else Cause.JUDGEMENT
    entry = Used(fact, _NOBODY_SAID, None, cause)
    return Selected((), cause, 0, (entry,), _lacks(fact, None))


@lru_cache(maxsize=4096)
def _lacks(fact: str, reach: Reach | None) -> tuple[Lack, ...]:
    return (Lack(fact, None, reach),)
