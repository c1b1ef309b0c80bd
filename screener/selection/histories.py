"""Facts that are more than one reading: fixed values, "has had", and counts of events.

Source: semantics sections 6.3, 6.4 and 8.
"""

from __future__ import annotations

from screener.causes import Cause, foremost
from screener.days import Days
from screener.facts import Shown
from screener.ir import Default, Ever, Fixed, RecordSet, Tally
from screener.quantities import Range
from screener.selection.declared import reaching
from screener.selection.frame import Extent, Frame
from screener.selection.members import (
    Member,
    Members,
    members,
    not_due,
    nothing_counts,
    open_lacks,
)
from screener.selection.observed import dates, settled, unsettled, without_day
from screener.selection.requirements import NO, YES, judge_record
from screener.selection.selected import Reach, Selected, Used, absent, distinct, used
from screener.truth import Truth
from screener.vocabulary import Kind


def fixed(frame: Frame, node: Fixed) -> Selected:
    """Every value recorded is a possible reading (6.3)."""
    found = members(frame, node.of)
    firm = [one for one in found.certain if one.record.value is not None]
    if not firm:
        return unsettled(frame, found, observed=False)
    others = [one for one in found.possible if one.record.value is not None]
    return settled(node, found, firm + others, [], found.outside)


def ever(frame: Frame, node: Ever) -> Selected:
    """Whether it has been so: a yes of any day, or a no said late enough (6.4)."""
    found = members(frame, node.of)
    extent = None if node.within is None else frame.extent(node.within)
    if extent is not None and not extent.spans:
        return Selected((), extent.cause, 0, extent.used, extent.lacks, found.outside, True)
    if extent is not None:
        # A no said after the window counts as well: only its opening matters.
        extent = extent._replace(reach=Reach(extent.reach.opens, None))
    placed = found._replace(extent=extent)
    yeses = [one for one in found.both if one.record.value == YES]
    # A no denies all kinds, whatever `where` asks for, so it is taken from all records.
    nos = [one for one in members(frame, RecordSet(node.of.fact)).certain if one.record.value == NO]
    contrary = [(no, yes) for no in nos for yes in yeses if no.last >= yes.first]
    if contrary:
        sure = any(no.first >= yes.last and yes.cause is None for no, yes in contrary)
        causes = [yes.cause or Cause.IMPRECISE for _, yes in contrary]
        cause = Cause.CONFLICT if sure else foremost(causes)
        both = dict.fromkeys(used(found.fact, one.record, one.record.value) for one in yeses + nos)
        entries = dates(placed) + tuple(both)
        return Selected((), cause, 0, entries, found.lacks(False), found.outside)
    certain = [one for one in yeses if one.cause is None]
    if certain:
        entries = dates(placed) + tuple(used(found.fact, one.record, YES) for one in certain)
        return Selected((YES,), None, 1, entries, placed.lacks(False), found.outside)
    if yeses:
        cause = foremost(one.cause for one in yeses if one.cause)
        possible = tuple(used(found.fact, one.record, None, cause) for one in yeses)
        entries = dates(placed) + possible
        return Selected((), cause, 0, entries, placed.lacks(False), found.outside)
    return _denied(frame, placed, nos, extent)


def _denied(frame: Frame, found: Members, nos: list[Member], extent: Extent | None) -> Selected:
    """No yes: a no of the first day of the window or later settles it."""
    opens = [first for first, _ in extent.spans] if extent is not None else []
    good = [no for no in nos if all(no.first >= first for first in opens)]
    if good:
        entries = dates(found) + tuple(used(found.fact, no.record, NO) for no in good)
        return Selected((NO,), None, 1, entries, found.lacks(False), found.outside)
    perhaps = [no for no in nos if any(no.last >= first for first in opens)]
    if perhaps:
        inexact = any(not no.exact for no in perhaps)
        cause = Cause.IMPRECISE if inexact or extent is None else extent.cause or Cause.IMPRECISE
        entries = dates(found) + tuple(used(found.fact, no.record, None, cause) for no in perhaps)
        by_date = not inexact
        return Selected((), cause, 0, entries, found.lacks(by_date), found.outside)
    silent = found._replace(
        certain=tuple(one for one in found.certain if one.record.value is None),
        possible=tuple(one for one in found.possible if one.record.value is None),
        early=bool(nos),
    )
    cause, lacks = nothing_counts(frame, silent, observed=False)
    entries = dates(found) + (
        tuple(used(found.fact, one.record) for one in found.both if one.record.absence is cause)
        or tuple(used(found.fact, no.record, None, cause) for no in nos)
        or (absent(found.fact, cause),)
    )
    return Selected((), cause, 0, entries, lacks, found.outside)


def tally(frame: Frame, node: Tally, assume: Default | None) -> Selected:
    """How many records count, as a range: up to what is possible, or without upper end (8.4)."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    fact = frame.vocabulary[found.fact]
    event = fact.kind is Kind.EVENT
    if event and found.extent is not None and not_due(found.extent, frame.as_of):
        return Selected((Range(0, 0),), None, 1, dates(found), found.lacks(False), found.outside)
    counting: list[Member] = []
    open_ones: list[Member] = []
    causes: list[Cause] = []
    for one in found.both:
        truth, cause = _counts(one, node, event)
        if truth is Truth.FALSE:
            continue
        if truth is Truth.TRUE and one.cause is None:
            counting.append(one)
            continue
        open_ones.append(one)
        causes += [why for why in (cause, one.cause) if why is not None]
    entries = dates(found) + tuple(used(found.fact, one.record) for one in counting + open_ones)
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
        both = entries + tuple(Used(found.fact, shown, said=True) for _, _, shown in denied)
        lacks = found.lacks(False)
        return Selected((), cause, 0, tuple(dict.fromkeys(both)), lacks, found.outside)
    low, high = len(counting), len(counting) + len(open_ones)
    if counting or open_ones:
        assume = None  # "no" stands for nothing recorded, never beside a record
    complete = _complete(frame, found, said, assume)
    if complete is not None:
        why = foremost(causes) if causes else None
        lacks = open_lacks(found, tuple(open_ones))
        return Selected((Range(low, high),), why, 1, entries + complete, lacks, found.outside)
    cause, lacks = nothing_counts(frame, found, observed=not event)
    told = [shown for _, _, shown in said]
    if event and found.fact in frame.sheet.complete:
        told.append(frame.sheet.complete[found.fact].shown)
    if told and cause in (Cause.JUDGEMENT, Cause.MISSING):
        cause = Cause.STALE
    entries += tuple(Used(found.fact, shown, said=True) for shown in told)
    # What lies in the window and does not count still shows that the window was not missed.
    entries += tuple(
        used(found.fact, one.record)
        for one in found.both
        if one.record.value is not None and one not in counting and one not in open_ones
    )
    entries += tuple(used(found.fact, one.record) for one in found.both if one.record.absence)
    if not any(entry.fact == found.fact for entry in entries):
        entries += (absent(found.fact, cause),)
    lacks = distinct((open_lacks(found, tuple(open_ones)) if open_ones else ()) + lacks)
    why = foremost([*causes, cause])
    entries = tuple(dict.fromkeys(entries))
    return Selected((Range(low, None),), why, 1, entries, lacks, found.outside)


def _counts(one: Member, node: Tally, event: bool) -> tuple[Truth, Cause | None]:
    absence = one.record.absence
    if event:
        return (Truth.TRUE, None) if absence is None else (Truth.FALSE, absence)
    if absence is Cause.NOT_DONE:
        return Truth.FALSE, absence
    if node.condition is None:
        return (Truth.TRUE, None) if absence is None else (Truth.UNKNOWN, absence)
    return judge_record(one.record, node.condition, node.times)


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
    far = tuple(Used(found.fact, shown, said=True) for days, _, shown in said if days.first >= end)
    if far:
        return far
    stated = any(one.record.absence not in (None, Cause.NOT_DONE) for one in found.both)
    assumed = (Used(found.fact, Shown(), assumed=True),)
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
