"""How often, on how many days, and how long since: counts of records and of the days they cover.

Of an event the records prove only what they hold; how far its history is known decides the rest.
Source: semantics section 8.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from screener.causes import Cause, foremost
from screener.days import EVER_FUTURE, EVER_PAST, Days
from screener.facts import Record, Shown
from screener.ir import Default, Exposure, Since, Tally
from screener.quantities import Range, Value
from screener.selection.declared import reaching
from screener.selection.frame import Frame
from screener.selection.members import Member, Members, members, not_due, nothing_counts
from screener.selection.observed import dates, without_day
from screener.selection.requirements import NO, PERHAPS, YES, Judged, judge_record
from screener.selection.selected import Lack, Selected, Used, absent, distinct, used
from screener.selection.stretches import Elapsed, has_length, is_so_long_since_never
from screener.truth import Truth
from screener.vocabulary import Kind

_NOBODY_SAID = Shown()


class Counted(NamedTuple):
    """The records that count, those of which it is open and why, and what is said of the rest.

    `complete`: what makes the history known to the end of the window; None where nothing does.
    """

    found: Members
    counting: list[Member]
    open_ones: list[Member]
    causes: list[Cause]
    wants: list[Lack]
    entries: tuple[Used, ...]
    told: list[Shown]
    complete: tuple[Used, ...] | None

    @property
    def both(self) -> list[Member]:
        """All that count at least possibly."""
        return self.counting + self.open_ones


def tally(frame: Frame, node: Tally, assume: Default | None) -> Selected:
    """How many records count, as a range: up to what is possible, or without upper end (8.4)."""
    counted = _counted(frame, node, assume)
    if isinstance(counted, Selected):
        return counted
    if node.distinct_days:
        low, high = _fewest_days(counted.counting), _most_days(counted.both)
    else:
        low, high = len(counted.counting), len(counted.both)
    whole = Range(low, high if counted.complete is not None else None)
    return _answer(frame, counted, (whole,))


def exposure(frame: Frame, node: Exposure, assume: Default | None) -> Selected:
    """On how many days of the window the event was going on, each day once (8.8)."""
    counted = _counted(frame, Tally(node.of), assume)
    if isinstance(counted, Selected):
        return counted
    extent = counted.found.extent
    values = []
    for opens, closes in [(EVER_PAST, EVER_FUTURE)] if extent is None else extent.spans:
        closes = min(closes, frame.as_of)
        sure = [_sure_days(one.record, frame.as_of) for one in counted.counting]
        high: int | None = _most_covered(counted.both, opens, closes, frame.as_of)
        if counted.complete is None:
            high = None if opens == EVER_PAST else max(0, closes - opens + 1)
        values.append(Range(_days_in(sure, opens, closes), high))
    answer = _answer(frame, counted, distinct(values))
    if extent is None or len(answer.values) < 2:
        return answer
    # Which days they are counted on is open, so the date of the window would help as well.
    causes = [one for one in (answer.cause, extent.cause) if one]
    lacks = distinct([*extent.lacks, *_besides(counted, answer)])
    return answer._replace(cause=foremost(causes) if causes else None, lacks=lacks)


def since(frame: Frame, node: Since, assume: Default | None) -> Selected:
    """Whether it has been so long from the last end of the event to a day (8.9)."""
    at = frame.point(node.at)
    counted = _counted(frame, Tally(node.of), assume)
    if isinstance(counted, Selected):
        # So it is where the day is not known, which is the end of the window.
        if counted.values != (Range(0, 0),):
            return counted
        never = YES if is_so_long_since_never(node.length) else NO
        return counted._replace(values=(never,), used=counted.used + at.used)
    values = []
    for days in at.days:
        for day in range(days.first, days.last + 1):
            first, last = _last_end(counted, day, frame.as_of)
            truth = has_length(node.length, Elapsed(last, day), Elapsed(first, day))
            values.append(_truth(truth))
    answer = _answer(frame, counted, distinct(values))
    causes = [one for one in (answer.cause, at.cause) if one]
    return answer._replace(
        cause=foremost(causes) if causes else None,
        used=distinct(answer.used + at.used),
        lacks=distinct([*at.lacks, *_besides(counted, answer)]) if at.lacks else answer.lacks,
    )


def _besides(counted: Counted, answer: Selected) -> tuple[Lack, ...]:
    """What is to be fetched beside the date that a count hangs on."""
    return answer.lacks if counted.open_ones or counted.complete is None else ()


def _truth(truth: Truth) -> Value:
    return {Truth.TRUE: YES, Truth.FALSE: NO, Truth.UNKNOWN: PERHAPS}[truth]


def _answer(frame: Frame, counted: Counted, values: tuple[Value, ...]) -> Selected:
    """The possible values with what they rest on; of an incomplete history, why it is so."""
    found = counted.found
    if counted.complete is not None:
        why = foremost(counted.causes) if counted.causes else None
        lacks = distinct(counted.wants) or found.lacks(False)
        return Selected(values, why, 1, counted.entries + counted.complete, lacks, found.outside)
    event = frame.vocabulary[found.fact].kind is Kind.EVENT
    cause, missing = nothing_counts(frame, found, observed=not event)
    if counted.told and cause in (Cause.JUDGEMENT, Cause.MISSING):
        cause = Cause.STALE
    entries = [*counted.entries, *[Used(found.fact, one, said=True) for one in counted.told]]
    if both := found.both:
        # What lies in the window and does not count still shows that the window was not missed.
        entries += [
            used(found.fact, one.record)
            for one in both
            if one.record.value is not None and one not in counted.both
        ]
        entries += [used(found.fact, one.record) for one in both if one.record.absence]
    if not any([entry.fact == found.fact for entry in entries]):
        entries.append(absent(found.fact, cause))
    lacks = distinct((*counted.wants, *missing))
    why = foremost([*counted.causes, cause])
    return Selected(values, why, 1, distinct(entries), lacks, found.outside)


# --- which records count ----------------------------------------------------------------------


def _counted(frame: Frame, node: Tally, assume: Default | None) -> Counted | Selected:
    """The records counted; the selection itself where that is settled or cannot be told."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    event = frame.vocabulary[found.fact].kind is Kind.EVENT
    if event and found.extent is not None and not_due(found.extent, frame.as_of):
        return Selected((Range(0, 0),), None, 1, dates(found), found.lacks(False), found.outside)
    counting: list[Member] = []
    open_ones: list[Member] = []
    causes: list[Cause] = []
    wants: list[Lack] = []
    beside: list[Used] = []
    for one in found.both:
        judged = _counts(frame, one, node, event)
        beside += judged.used
        if judged.truth is Truth.FALSE:
            continue
        if judged.truth is Truth.TRUE and one.cause is None:
            counting.append(one)
            continue
        open_ones.append(one)
        wants += judged.lacks
        wants += found.wanted(one) if one.cause or not judged.lacks else ()
        causes += [why for why in (judged.cause, one.cause) if why is not None]
    entries = (
        *dates(found),
        *[used(found.fact, one.record) for one in counting + open_ones],
        *beside,
    )
    said = _said(frame, found.fact)
    denied = [
        (one, days, shown)
        for days, none, shown in said
        for one in counting + open_ones
        if none and one.first <= days.last
    ]
    if denied:
        sure = any(one.cause is None and one.last <= days.first for one, days, _ in denied)
        cause = Cause.CONFLICT if sure and counting else foremost([*causes, Cause.IMPRECISE])
        entries += tuple(Used(found.fact, shown, said=True) for _, _, shown in denied)
        lacks = found.lacks(False)
        return Selected((), cause, 0, distinct(entries), lacks, found.outside)
    if counting or open_ones:
        assume = None  # "no" stands for nothing recorded, never beside a record
    told = [shown for _, _, shown in said]
    if event and found.fact in frame.sheet.complete:
        told.append(frame.sheet.complete[found.fact].shown)
    complete = _complete(frame, found, said, assume)
    return Counted(found, counting, open_ones, causes, wants, entries, told, complete)


def _counts(frame: Frame, one: Member, node: Tally, event: bool) -> Judged:
    absence = one.record.absence
    if event:
        return _SURE if absence is None else Judged(Truth.FALSE, absence)
    if absence is Cause.NOT_DONE:
        return Judged(Truth.FALSE, absence)
    if node.condition is None:
        return _SURE if absence is None else Judged(Truth.UNKNOWN, absence)
    return judge_record(frame, one.record, node.condition, node.times)


_SURE = Judged(Truth.TRUE, None)


def _said(frame: Frame, fact: str) -> list[tuple[Days, bool, Shown]]:
    """What is said of the history by `as_of`: up to which day, whether "none", in which words."""
    as_of = frame.as_of
    said = []
    for one in frame.sheet.statements.get(fact, ()):
        if one.since is not None and one.since.first > as_of:
            continue
        to = one.to or Days(as_of, as_of)
        said.append((Days(min(to.first, as_of), min(to.last, as_of)), one.none, one.shown))
    return said


def _complete(
    frame: Frame,
    found: Members,
    said: list[tuple[Days, bool, Shown]],
    assume: Default | None,
) -> tuple[Used, ...] | None:
    """What makes the history known to the end of the window (8.2, 12.1); None if nothing does."""
    closes = [last for _, last in found.extent.spans] if found.extent is not None else []
    end = min(max(closes, default=frame.as_of), frame.as_of)
    far = [Used(found.fact, shown, said=True) for days, _, shown in said if days.first >= end]
    if far:
        return tuple(far)
    stated = any([one.record.absence not in (None, Cause.NOT_DONE) for one in found.both])
    assumed = (Used(found.fact, _NOBODY_SAID, assumed=True),)
    fact = frame.vocabulary[found.fact]
    event = fact.kind is Kind.EVENT
    early = found.extent is not None and not_due(found.extent, frame.as_of)
    silent = not frame.sheet.records.get(found.fact) and not early
    promised = reaching(frame, found.fact, found.extent) if event or silent else None
    if promised is not None and not stated:
        return (promised,)
    if fact.absence_is_no and not stated:
        return assumed
    if assume is None or said or (event and found.fact in frame.sheet.complete):
        return None
    cause, _ = nothing_counts(frame, found, observed=not event)
    return assumed if cause is Cause.MISSING else None


# --- days -------------------------------------------------------------------------------------


def _fewest_days(sure: list[Member]) -> int:
    """On how many days so many records are at least: as few as meet every one of them."""
    last, days = EVER_PAST - 1, 0
    for one in sorted(sure, key=lambda one: one.last):
        if one.first > last:
            last, days = one.last, days + 1
    return days


def _most_days(likely: list[Member]) -> int:
    """On how many days they may be at the most: each on one of its own, where there is one."""
    taken: set[int] = set()
    for one in sorted(likely, key=lambda one: (one.last, one.first)):
        day = one.first
        while day in taken:
            day += 1
        if day <= one.last:
            taken.add(day)
    return len(taken)


def _sure_days(record: Record, as_of: int) -> Days:
    """The days on which the event was going on whichever day it began and ended."""
    first, last = _starts(record, as_of)
    if record.end is None:
        return Days(last, first)
    ended = Days(min(record.end.first, as_of), min(record.end.last, as_of))
    return Days(min(last, ended.last), max(ended.first, first))


def _likely_days(record: Record, as_of: int) -> Days:
    """The days on which it may have been going on."""
    first, last = _starts(record, as_of)
    return Days(first, last if record.end is None else min(record.end.last, as_of))


def _most_covered(likely: list[Member], opens: int, closes: int, as_of: int) -> int:
    """No more days than there are, and no more than all of them last together."""
    stretches = [(one.record, _likely_days(one.record, as_of)) for one in likely]
    covered = _days_in([days for _, days in stretches], opens, closes)
    together = sum(
        min(1 if record.end is None else covered, _days_in([days], opens, closes))
        for record, days in stretches
    )
    return min(covered, together)


def _starts(record: Record, as_of: int) -> Days:
    first, last = record.start or (as_of, as_of)
    return Days(first, min(last, as_of))


def _days_in(some: Iterable[Days], opens: int, closes: int) -> int:
    """How many days between two are in some of these, each once."""
    total, done = 0, opens - 1
    for one in sorted(some):
        first, last = max(one.first, done + 1), min(one.last, closes)
        if first <= last:
            total, done = total + last - first + 1, last
    return total


def _last_end(counted: Counted, at: int, as_of: int) -> Days:
    """The days on which the last of the events before a day may have ended, that day at most."""
    sure = [_ends(one.record, at, as_of).first for one in counted.counting]
    likely = [_ends(one.record, at, as_of).last for one in counted.both]
    if counted.complete is None:
        likely.append(at)
    return Days(max(sure, default=EVER_PAST), max(likely, default=EVER_PAST))


def _ends(record: Record, at: int, as_of: int) -> Days:
    first, last = _starts(record, as_of)
    if record.end is not None:
        # An end after `as_of` is read as going on, and what goes on has not ended by then.
        ends = (at if end > as_of else end for end in record.end)
        first, last = (max(first, min(end, at)) for end in ends)
    return Days(min(first, at), min(last, at))
