"""The warnings of a result: what is worth a look and changes no answer.

Source: semantics 5.4, 5.7, 6.7 and 10.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from screener.interpreters.prose import window_words
from screener.plan import Plan
from screener.result import Notice
from screener.selection.frame import Extent, Frame
from screener.selection.members import closed


def notices(frame: Frame, plan: Plan) -> tuple[Notice, ...]:
    """All warnings for one patient, each once."""
    return tuple(dict.fromkeys(_found(frame, plan)))


def _found(frame: Frame, plan: Plan) -> Iterator[Notice]:
    for one in frame.sheet.warnings:
        yield Notice(one.id, one.message, one.fact)
    recorded = {*frame.sheet.records, *frame.sheet.statements, *frame.sheet.dropped}
    for fact in sorted(recorded - plan.facts):
        yield Notice("unused-fact", f"`{fact}` is not used by this trial", fact)
    for extent in _extents(frame, plan):
        if closed(extent, frame.as_of):
            days = window_words(extent.reach)
            message = f"the window {days} has closed; what lies in it still counts"
            yield Notice("window-closed", message, None)
        elif all([first > last for first, last in extent.spans]):
            days = window_words(extent.reach)
            message = f"the window opens after it closes and holds no day: {days}"
            yield Notice("window-empty", message, None)
    cohorts = plan.protocol.cohorts
    if cohorts and not any(one.open for one in cohorts):
        yield Notice("no-open-cohort", "no cohort of this trial is open", None)


def _extents(frame: Frame, plan: Plan) -> list[Extent]:
    """The windows whose first and last day are known, in the order of their days."""
    extents = [frame.extent(window) for window in plan.windows]
    known = [one for one in extents if one.reach.closes is not None]
    return sorted(known, key=lambda one: one.spans)
