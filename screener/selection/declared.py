"""What the declaration of a source makes of silence: nothing recorded means no, up to a day.

It never speaks beside a record of the fact, nor of days later than the source is declared complete
to. Source: semantics section 12.3.
"""

from __future__ import annotations

from screener.causes import Cause
from screener.ir import Available, Ever, Fixed, Pick, Quantified, Run
from screener.selection.frame import Extent, Frame
from screener.selection.members import members
from screener.selection.observed import dates
from screener.selection.requirements import NO, YES
from screener.selection.selected import Selected, Used


def declared(
    frame: Frame, selection: Pick | Fixed | Ever | Quantified | Available | Run, found: Selected
) -> Selected:
    """The answer of a selection on a fact that is yes or no; `found` where nothing is declared."""
    fact = selection.of.fact
    if fact not in frame.sheet.complete or frame.sheet.records.get(fact) or found.unplaced:
        return found
    if found.values or found.cause is Cause.NOT_DUE:
        return found
    if isinstance(selection, Run) and selection.condition == NO:
        # Nobody can say how often in a row a "no" would have been recorded (12.1).
        return found
    placed = members(frame, selection.of)
    if isinstance(selection, Ever) and selection.within is not None:
        placed = placed._replace(extent=frame.extent(selection.within))
    entry = reaching(frame, fact, placed.extent)
    if entry is None:
        return found
    value = NO
    if isinstance(selection, Quantified) and selection.condition == NO:
        value = YES
    entries = (*dates(placed), entry._replace(value=NO))
    return Selected((value,), None, 1, entries, found.lacks, found.aside)


def reaching(frame: Frame, fact: str, extent: Extent | None) -> Used | None:
    """The declaration, if it reaches to the end of the window or `as_of`, whichever is earlier."""
    complete = frame.sheet.complete.get(fact)
    if complete is None:
        return None
    closes = [last for _, last in extent.spans] if extent is not None else []
    end = min(max(closes, default=frame.as_of), frame.as_of)
    return Used(fact, complete.shown, assumed=True) if complete.to >= end else None
