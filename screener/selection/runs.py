"""Whether so many results that follow one another all meet a condition.

Source: semantics 7.10.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.causes import Cause, foremost
from screener.days import EVER_FUTURE, EVER_PAST
from screener.ir import Run
from screener.selection.frame import Frame
from screener.selection.members import Member, members
from screener.selection.observed import dates, unsettled, without_day
from screener.selection.requirements import NO, YES, judge_record
from screener.selection.selected import Selected, absent, distinct, used
from screener.truth import Truth

#: Beyond every day that a record may be of.
_BEFORE, _AFTER = EVER_PAST - 1, EVER_FUTURE + 1


def run(frame: Frame, node: Run) -> Selected:
    """Some so many results meet the condition, and none that does not may come between them."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    # A result that is not there yet may be anything; one that was not done is none.
    there = [one for one in found.both if one.record.absence is not Cause.NOT_DONE]
    judged = [(one, judge_record(frame, one.record, node.condition, node.times)) for one in there]
    sure = [one for one, said in judged if one.cause is None and said.truth is Truth.TRUE]
    breaking = [one for one, said in judged if said.truth is not Truth.TRUE]
    likely = [one for one, said in judged if said.truth is not Truth.FALSE]
    broken = [one for one, said in judged if one.cause is None and said.truth is Truth.FALSE]
    valued = [one for one in found.certain if one.record.value is not None]
    entries = dates(found) + tuple(
        used(found.fact, one.record, None, None if one.record.absence is None else said.cause)
        for one, said in judged
    )
    entries += distinct([entry for _, said in judged for entry in said.used])
    if _longest_sure(sure, breaking) >= node.length:
        return Selected((YES,), None, 1, entries, found.lacks(False), found.outside)
    enough = len(valued) >= node.length
    if enough and _longest_possible(likely, broken) < node.length:
        return Selected((NO,), None, 1, entries, found.lacks(False), found.outside)
    causes = [said.cause for _, said in judged if said.cause]
    causes += [one.cause for one in there if one.cause]
    if enough:
        lacks = [lack for one, said in judged for lack in (said.lacks or found.wanted(one))]
        cause = foremost(causes or [Cause.IMPRECISE])
        return Selected((), cause, 0, entries, distinct(lacks), found.outside)
    if not there:
        return unsettled(frame, found, observed=True)
    # Too few results to tell: one more is what is missing.
    entries += () if causes else (absent(found.fact, Cause.MISSING),)
    cause = foremost([*causes, Cause.MISSING])
    return Selected((), cause, 0, entries, found.lacks(False), found.outside)


def _longest_sure(sure: Sequence[Member], breaking: Sequence[Member]) -> int:
    """The most that surely follow one another: on days that no other may be of or between."""
    longest = 0
    for opens, closes in _gaps(breaking):
        inside = sum(opens < one.first and one.last < closes for one in sure)
        longest = max(longest, inside)
    return longest


def _gaps(breaking: Sequence[Member]) -> list[tuple[int, int]]:
    """The stretches of days, without their ends, in which nothing breaks a run."""
    gaps, opens = [], _BEFORE
    for one in sorted(breaking, key=lambda one: one.first):
        gaps.append((opens, one.first))
        opens = max(opens, one.last)
    return [*gaps, (opens, _AFTER)]


def _longest_possible(likely: Sequence[Member], broken: Sequence[Member]) -> int:
    """The most that may follow one another: no certain break lies between for certain."""
    longest = 0
    for earliest in {one.last for one in likely}:
        latest = min((one.last for one in broken if one.first > earliest), default=_AFTER)
        together = sum(one.last >= earliest and one.first <= latest for one in likely)
        longest = max(longest, together)
    return longest
