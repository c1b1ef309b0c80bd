"""One value out of the records of an observation: latest, earliest, highest, lowest, any, all.

Source: semantics section 7.
"""

from __future__ import annotations

from screener.causes import Cause, foremost
from screener.days import EVER_PAST
from screener.facts import Record, Shown
from screener.ir import Available, Fixed, Pick, Quantified, Use
from screener.quantities import Range, Value, empty, meet
from screener.selection.frame import Frame
from screener.selection.members import Member, Members, members, nothing_counts, open_lacks
from screener.selection.requirements import NO, YES, judge_record, judge_value, limit_of
from screener.selection.selected import (
    Aside,
    Selected,
    Used,
    absent,
    distinct,
    exact,
    relative,
    used,
)
from screener.truth import Truth


def pick(frame: Frame, node: Pick) -> Selected:
    """The value that speaks for an observation."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    if node.use in (Use.LATEST, Use.EARLIEST):
        return _by_date(frame, node, found)
    return _by_value(frame, node, found)


def without_day(found: Members) -> Selected | None:
    """The selection where the day of the window is unknown (5.6); None where it is known."""
    extent = found.extent
    if extent is None or extent.spans:
        return None
    return Selected((), extent.cause, 0, extent.used, extent.lacks, found.outside, True)


def unsettled(frame: Frame, found: Members, *, observed: bool) -> Selected:
    """No value counts for certain: the causes of the possible ones, or why there are none."""
    valued = tuple(one for one in found.possible if one.record.value is not None)
    if valued:
        cause = foremost(one.cause for one in valued if one.cause)
        lacks = open_lacks(found, valued)
        entries = tuple(used(found.fact, one.record, None, cause) for one in valued)
    else:
        cause, lacks = nothing_counts(frame, found, observed=observed)
        stated = [one for one in found.both if one.record.absence is cause]
        entries = tuple(used(found.fact, one.record) for one in stated)
        entries = entries or (absent(found.fact, cause),)
    return Selected((), cause, 0, dates(found) + entries, lacks, found.outside)


def dates(found: Members) -> tuple[Used, ...]:
    """The named dates that the window hangs on, as entries of the explanation."""
    return () if found.extent is None else found.extent.used


def _by_date(frame: Frame, node: Pick, found: Members) -> Selected:
    newest = node.use is Use.LATEST
    done = [one for one in found.both if one.record.absence is not Cause.NOT_DONE]
    if any(one.record.undated and one.record.value is not None for one in done) and (
        found.extent is not None or len(done) > 1
    ):
        return _undated(found, done)
    sure = [one for one in found.certain if one.record.absence is not Cause.NOT_DONE]
    if not sure:
        return unsettled(frame, found, observed=True)
    # The order of days, turned round for `earliest`, so that the later bound always decides.
    spans = {id(one): (one.first, one.last) if newest else (-one.last, -one.first) for one in done}
    floor = max(spans[id(one)][0] for one in sure)
    floor_valued = max(
        (spans[id(one)][0] for one in sure if one.record.value is not None),
        default=2 * EVER_PAST,
    )
    deciding = [one for one in done if spans[id(one)][1] >= floor]
    pending = [
        one for one in deciding if one.record.value is None and spans[id(one)][1] > floor_valued
    ]
    aside = found.outside + _others(found, deciding, newest)
    if pending:
        cause = foremost(one.record.absence for one in pending if one.record.absence)
        entries = tuple(used(found.fact, one.record) for one in pending)
        return Selected((), cause, 0, dates(found) + entries, found.lacks(False), aside)
    valued = [one for one in deciding if one.record.value is not None]
    # Records of the same exact day, the newest of the certain ones, must not differ.
    firm = [one for one in valued if one.cause is None and one.exact and spans[id(one)][0] == floor]
    return settled(node, found, firm, [one for one in valued if one not in firm], aside)


def settled(
    node: Fixed | Pick,
    found: Members,
    firm: list[Member],
    others: list[Member],
    aside: tuple[Aside, ...],
) -> Selected:
    """The values of these members, or whether they meet what is asked, are the possible ones.

    The firm ones must not differ.
    """
    known: list[tuple[Member, Value, Cause | None]] = []
    lacking: list[Member] = []
    for one in firm + others:
        value, why = asked_value(node, one.record)
        if value is None:
            lacking.append(one)
        else:
            known.append((one, value, why))
    causes = [one.cause for one in others if one.cause]
    if len(firm) + len(others) > 1 and any(one.cause is None for one in others):
        causes.append(Cause.IMPRECISE)  # their days leave open which of them decides
    causes += [why for _, _, why in known if why] + ([Cause.NO_RANGE] if lacking else [])
    entries = tuple(used(found.fact, one.record, value, why) for one, value, why in known)
    entries += tuple(used(found.fact, one.record, None, Cause.NO_RANGE) for one in lacking)
    return Selected(
        tuple(value for _, value, _ in known),
        foremost(causes) if causes else None,
        sum(one in firm for one, _, _ in known),
        dates(found) + entries,
        found.lacks(False) if lacking else open_lacks(found, tuple(others)),
        aside,
        short=bool(lacking),
    )


def asked_value(
    node: Fixed | Pick, record: Record, part: Range | None = None
) -> tuple[Value | None, Cause | None]:
    """The value the leaf is about: as recorded, as a multiple, or whether it meets what is asked.

    `part`: only so much of the value is possible. None for a multiple of a limit not there.
    """
    value = record.value if part is None else part
    assert value is not None, "INVARIANT: asked of records with a value"
    if node.judged is not None:
        judged = judge_value(record, value, node.judged)
        return judged.value, judged.cause
    if node.times is not None:
        return relative(value, limit_of(record, node.times)), None
    return value, None


def _undated(found: Members, done: list[Member]) -> Selected:
    causes = [one.record.absence for one in done if one.record.absence]
    entries = tuple(
        used(found.fact, one.record, None, Cause.UNDATED if one.record.undated else None)
        for one in done
    )
    cause = foremost([Cause.UNDATED, *causes])
    lacks = found.lacks(False)
    return Selected((), cause, 0, dates(found) + entries, lacks, found.outside)


def _others(found: Members, deciding: list[Member], newest: bool) -> tuple[Aside, ...]:
    reason = "an older result" if newest else "a later result"
    return tuple(
        Aside(found.fact, one.record.shown, one.record.absence, reason)
        for one in found.both
        if one not in deciding and one.record.absence is not Cause.NOT_DONE
    )


def _by_value(frame: Frame, node: Pick, found: Members) -> Selected:
    greatest = node.use is Use.HIGHEST
    sure = [one for one in found.certain if one.record.value is not None]
    if not sure:
        return unsettled(frame, found, observed=True)
    valued = [one for one in found.both if one.record.value is not None]
    bounds = [_bound(one.record, greatest) for one in sure]
    reach = _furthest(bounds, greatest)
    deciding: list[Member] = []
    values: list[Value] = []
    causes: list[Cause] = []
    known = True
    entries = dates(found)
    for one in valued:
        assert isinstance(one.record.value, Range), "INVARIANT: only numbers have a highest"
        possible = meet(one.record.value, reach)
        if empty(possible):
            continue
        value, why = asked_value(node, one.record, possible)
        if value is None:
            entry = used(found.fact, one.record, None, Cause.NO_RANGE)
            lacks = found.lacks(False)
            return Selected((), Cause.NO_RANGE, 0, (*entries, entry), lacks, found.outside)
        deciding.append(one)
        values.append(value)
        causes += [why] if why else []
        known = known and one.cause is None and exact(possible) and not why
        entries += (used(found.fact, one.record, value, why),)
    reason = "not the highest result" if greatest else "not the lowest result"
    aside = found.outside + tuple(
        Aside(found.fact, one.record.shown, one.record.absence, reason)
        for one in found.both
        if one not in deciding
    )
    if len(deciding) > 1 or not causes:
        causes += [Cause.CONFLICT if known else one.cause or Cause.IMPRECISE for one in deciding]
    cause = foremost(causes)
    lacks = open_lacks(found, tuple(one for one in deciding if one.cause is not None))
    return Selected(tuple(values), cause, 0, entries, lacks, aside)


def _bound(record: Record, greatest: bool) -> Range:
    """All numbers that the highest (lowest) is sure to be in, for this record's sake."""
    value = record.value
    assert isinstance(value, Range), "INVARIANT: only numbers have a highest"
    if greatest:
        return Range(value.low, None, value.low_open, False)
    return Range(None, value.high, False, value.high_open)


def _furthest(bounds: list[Range], greatest: bool) -> Range:
    reach = Range(None, None)
    for bound in bounds:
        reach = meet(bound, reach)
    return reach


def quantified(frame: Frame, node: Quantified) -> Selected:
    """Whether any, or every, recorded value meets the condition (7.4)."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    valued = [one for one in found.both if one.record.value is not None]
    if not any(one.cause is None for one in valued):
        return unsettled(frame, found, observed=True)
    truths = {id(one): judge_record(one.record, node.condition, node.times) for one in valued}
    decisive, other = (Truth.FALSE, Truth.TRUE) if node.every else (Truth.TRUE, Truth.FALSE)
    entries = dates(found) + tuple(used(found.fact, one.record, one.record.value) for one in valued)
    aside = found.outside + tuple(
        Aside(found.fact, one.record.shown, one.record.absence, "no value")
        for one in found.both
        if one.record.value is None
    )
    certain = [one for one in valued if one.cause is None]
    if any(truths[id(one)][0] is decisive for one in certain):
        return Selected((NO if node.every else YES,), None, 1, entries, found.lacks(False), aside)
    if all(truth is other for truth, _ in truths.values()):
        return Selected((YES if node.every else NO,), None, 1, entries, found.lacks(False), aside)
    open_ones = [one for one in valued if truths[id(one)][0] is not other]
    causes = [truths[id(one)][1] for one in open_ones] + [one.cause for one in open_ones]
    cause = foremost(one for one in causes if one is not None)
    lacks = distinct(lack for one in open_ones for lack in found.lacks(one.by_date))
    return Selected((), cause, 0, entries, lacks, aside)


def available(frame: Frame, node: Available) -> Selected:
    """Whether a result exists (7.6)."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    sure = [one for one in found.certain if one.record.value is not None]
    if sure:
        entries = tuple(used(found.fact, one.record) for one in sure)
        return Selected((YES,), None, 1, dates(found) + entries, found.lacks(False), found.outside)
    possible = any(one.record.value is not None for one in found.possible)
    not_done = [one for one in found.certain if one.record.absence is Cause.NOT_DONE]
    if not_done and not possible:
        entries = tuple(used(found.fact, one.record)._replace(cause=None) for one in not_done)
        return Selected((NO,), None, 1, dates(found) + entries, found.lacks(False), found.outside)
    if frame.vocabulary[found.fact].absence_is_no and not found.both:
        entry = Used(found.fact, Shown(), assumed=True)
        return Selected((NO,), None, 1, (*dates(found), entry), found.lacks(False), found.outside)
    return unsettled(frame, found, observed=True)
