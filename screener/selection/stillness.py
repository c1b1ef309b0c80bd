"""Selections that only a new record can change: with the same records they stand for ever.

So nobody has to look for the days on which they turn. Source: semantics section 13.3.
"""

from __future__ import annotations

from screener.days import LAST_DAY
from screener.ir import AssumeNo, Available, Ever, Fixed, Pick, Selection
from screener.selection.frame import Frame


def still_on(selection: Selection) -> str | None:
    """The fact that a selection reads, if no window, age or length moves what it comes to."""
    if isinstance(selection, AssumeNo):
        return still_on(selection.of)
    if not isinstance(selection, Pick | Fixed | Ever | Available) or selection.of.tests:
        return None
    if isinstance(selection, Pick | Fixed) and selection.judged is not None:
        return None
    if isinstance(selection, Ever) and selection.within is not None:
        return None
    return selection.of.fact


def coming(frame: Frame) -> set[str]:
    """The facts of which something recorded may lie after `as_of`, or goes on."""
    sheet, as_of = frame.sheet, frame.as_of
    facts = {*sheet.statements, *sheet.complete}
    for fact, records in sheet.records.items():
        for record in records:
            start = record.start
            if (
                record.end is not None
                or record.since is not None
                or (
                    start is not None
                    and start.last > as_of
                    # The day of what is undated is no day that could come.
                    and (start.last <= LAST_DAY or start.first > as_of)
                )
            ):
                facts.add(fact)
    return facts
