"""The records, dates and defaults behind a criterion, as entries of the result.

Source: semantics 13.1 and 13.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from screener.causes import Cause
from screener.facts import Shown
from screener.finding import Finding
from screener.ir import AssumeNo, Ever, Fixed, Pick, Selection, Tally, Test
from screener.quantities import Range, holds
from screener.result import Because, Original, SetAside, TableLimits
from screener.selection.selected import Selected, Used
from screener.truth import UNKNOWN, Truth

Leaf: TypeAlias = tuple[Finding, Selection, Selected]

_IMPRECISE = Cause.IMPRECISE
_DIRECT = (Pick, Fixed, Ever)
_NOBODY_SAID = Shown()


def because_of(tests: Sequence[Leaf]) -> tuple[Because, ...]:
    """Every record, date and default that took part, each once."""
    if len(tests) == 1:
        found = _entries(tests[0])
    else:
        found = [entry for leaf in tests for entry in _entries(leaf)]
    return tuple(found) if len(found) == 1 else tuple(dict.fromkeys(found))


def set_aside_of(tests: Sequence[Leaf]) -> tuple[SetAside, ...]:
    """Every record of the facts in question that was not used, each once."""
    for _, _, found in tests:
        if found.aside:
            break
    else:
        return ()
    taken = {(entry.fact, entry.shown) for _, _, found in tests for entry in found.used}
    return tuple(
        dict.fromkeys(
            SetAside(_because(one.fact, one.shown, UNKNOWN, one.cause, False), one.reason)
            for _, _, found in tests
            for one in found.aside
            if (one.fact, one.shown) not in taken
        )
    )


def _entries(leaf: Leaf) -> list[Because]:
    finding, selection, found = leaf
    bare = selection.of if isinstance(selection, AssumeNo) else selection
    direct = isinstance(bare, _DIRECT)
    values, used = found[0], found[3]  # by place: half the time
    if direct and len(used) == 1 and len(values) == 1:
        entry = used[0]
        if entry.value is values[0] and entry.cause is None:
            # The only value there is: what it makes of the condition is the finding itself.
            truth = finding.truth
            cause = _IMPRECISE if truth is UNKNOWN else None
            return [_because(entry.fact, _shown(entry), truth, cause, entry.assumed)]
    assert isinstance(finding.formula, Test), "INVARIANT: only leaves rest on records"
    entries = []
    named = any(entry.cause is not None for entry in found.used)
    counted = bare.of.fact if isinstance(bare, Tally) and _counted(found, finding) else None
    for entry in found.used:
        if entry.fact == counted and (entry.said or entry.assumed):
            continue
        truth, cause = finding.truth, entry.cause
        if cause is not None:
            truth = UNKNOWN
        elif direct and entry.value is not None:
            truth = holds(entry.value, finding.formula.condition)
            cause = Cause.IMPRECISE if truth is UNKNOWN else None
            if cause is not None and len(entry.shown.limits) > 1:
                cause = finding.cause or cause
        elif truth is UNKNOWN and not named:
            cause = finding.cause
        entries.append(_because(entry.fact, _shown(entry), truth, cause, entry.assumed))
    return entries


def _counted(found: Selected, finding: Finding) -> bool:
    """Whether the records alone decide a count, however far the history is known."""
    count = found.values[0] if found.values else None
    if finding.truth is UNKNOWN or not isinstance(count, Range):
        return False
    assert isinstance(finding.formula, Test), "INVARIANT: only leaves are counts"
    return holds(Range(count.low, None), finding.formula.condition) is finding.truth


def _shown(entry: Used) -> Shown:
    if entry.assumed and entry.shown == _NOBODY_SAID:
        return Shown(value=False)
    return entry.shown


def _because(fact: str, shown: Shown, truth: Truth, cause: Cause | None, assumed: bool) -> Because:
    value, unit, first, first_unit, date, source, limits = shown
    # Past their own `__new__`, which takes twice as long.
    given = first is not None or first_unit is not None
    original = tuple.__new__(Original, (first, first_unit)) if given else None
    named = tuple([TableLimits(*one) for one in limits]) if limits else ()
    entry = (fact, truth, cause, value, unit, original, date, source, assumed, named)
    return tuple.__new__(Because, entry)
