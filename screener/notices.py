"""The warnings of a result: what is worth a look and changes no answer.

Source: semantics 5.4, 5.7, 6.7 and 10.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from screener.interpreters.prose import window_words
from screener.ir import Protocol
from screener.result import Notice
from screener.selection.frame import Extent, Frame
from screener.selection.members import closed
from screener.selection.uses import facts_of, facts_of_dates, windows_of


def notices(frame: Frame, protocol: Protocol) -> tuple[Notice, ...]:
    """All warnings for one patient, each once."""
    return tuple(dict.fromkeys(_found(frame, protocol)))


def _found(frame: Frame, protocol: Protocol) -> Iterator[Notice]:
    for one in frame.sheet.warnings:
        yield Notice(one.id, one.message, one.fact)
    used = {fact for one in protocol.selections for fact in facts_of(one)}
    used |= {one for facts in facts_of_dates(protocol.dates).values() for one in facts}
    recorded = {*frame.sheet.records, *frame.sheet.statements, *frame.sheet.dropped}
    for fact in sorted(recorded - used):
        yield Notice("unused-fact", f"`{fact}` is not used by this trial", fact)
    for extent in _extents(frame, protocol):
        days = window_words(extent.reach)
        if closed(extent, frame.as_of):
            message = f"the window {days} has closed; what lies in it still counts"
            yield Notice("window-closed", message, None)
        elif all(first > last for first, last in extent.spans):
            message = f"the window opens after it closes and holds no day: {days}"
            yield Notice("window-empty", message, None)
    if protocol.cohorts and not any(one.open for one in protocol.cohorts):
        yield Notice("no-open-cohort", "no cohort of this trial is open", None)


def _extents(frame: Frame, protocol: Protocol) -> list[Extent]:
    """The windows whose first and last day are known, in the order of their days."""
    windows = {window for one in protocol.selections for window in windows_of(one)}
    extents = {frame.extent(window) for window in windows}
    known = [one for one in extents if one.reach.closes is not None]
    return sorted(known, key=lambda one: one.spans)
