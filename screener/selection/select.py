"""One selection of the protocol for one patient on one day: the only door to this package's parts.

Each slot is selected once per patient and day, whoever asks. Source: semantics sections 6 to 12.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import assert_never

from screener.causes import Cause
from screener.facts import Shown
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
    Pick,
    Quantified,
    Run,
    Score,
    Selection,
    Since,
    Tally,
)
from screener.selection.aggregates import pick
from screener.selection.calculated import calculation
from screener.selection.counting import exposure, since, tally
from screener.selection.decided import decision
from screener.selection.declared import declared
from screener.selection.derived import age, either, grade, score
from screener.selection.frame import Frame
from screener.selection.histories import ever, fixed
from screener.selection.observed import available, quantified
from screener.selection.requirements import NO
from screener.selection.runs import run
from screener.selection.selected import Selected
from screener.selection.sole import Sole, settled, settled_each, sole_of
from screener.selection.uses import Composed, facts_of


def select(frame: Frame, selection: Selection) -> Selected:
    """The possible values of a selection, or its cause; total for a checked protocol."""
    return settled(frame, sole_of(selection)) or _at_length(frame, selection)


def select_each(
    frame: Frame, selections: Sequence[Selection], soles: Sequence[Sole | None]
) -> list[Selected]:
    """Each selection as `select` does it; `soles`: what `sole_of` makes of each, once for all."""
    return [
        one or _at_length(frame, selection)
        for one, selection in zip(settled_each(frame, soles), selections, strict=True)
    ]


def _at_length(frame: Frame, selection: Selection) -> Selected:
    match selection:
        case Pick():
            return declared(frame, selection, pick(frame, selection))
        case Fixed():
            return declared(frame, selection, fixed(frame, selection))
        case Ever():
            return declared(frame, selection, ever(frame, selection))
        case Tally():
            return tally(frame, selection, None)
        case Quantified():
            return declared(frame, selection, quantified(frame, selection))
        case Available():
            return declared(frame, selection, available(frame, selection))
        case Age():
            return age(frame, selection)
        case Score() | Calculation() | Decision() | Grade() | Either():
            return composed(selection, partial(select, frame))
        case AssumeNo():
            return _assumed(frame, selection)
        case Run():
            return declared(frame, selection, run(frame, selection))
        case Exposure():
            return exposure(frame, selection, None)
        case Since():
            return since(frame, selection, None)
        case _:
            assert_never(selection)


def composed(selection: Composed, of: Callable[[Selection], Selected]) -> Selected:
    """What a selection made of others comes to; `of` says it of each of `parts_of`, in order."""
    match selection:
        case Score():
            return score([(of(part.value), part.bands) for part in selection.parts])
        case Calculation():
            return calculation(selection, [of(operand.value) for operand in selection.operands])
        case Decision():
            return decision(selection, [of(part) for part in selection.parts])
        case Grade():
            return grade(of(selection.of), selection.bands)
        case Either():
            return either(of(selection.given), of(selection.computed))
        case _:
            assert_never(selection)


def _assumed(frame: Frame, selection: AssumeNo) -> Selected:
    """Nothing recorded at all is read as "no", and shown as assumed (12.1)."""
    match selection.of:
        case Tally():
            return tally(frame, selection.of, selection.because)
        case Exposure():
            return exposure(frame, selection.of, selection.because)
        case Since():
            return since(frame, selection.of, selection.because)
        case _:
            pass
    found = select(frame, selection.of)
    asked = next(facts_of(selection.of))
    recorded = any(entry.fact == asked and entry.shown != Shown() for entry in found.used)
    if found.cause is not Cause.MISSING or found.values or found.unplaced or recorded:
        return found
    entries = tuple(
        entry._replace(cause=None, assumed=True, value=NO) if entry.cause else entry
        for entry in found.used
    )
    return Selected((NO,), None, 1, entries, found.lacks, found.aside)
