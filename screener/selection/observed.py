"""What the records of an observation say: the newest, the oldest, any, all, whether there is one.

Source: semantics section 7.
"""

from __future__ import annotations

from typing import NamedTuple

from screener.causes import Cause, foremost
from screener.days import EVER_PAST
from screener.facts import Record, Shown
from screener.ir import Available, Fixed, Pick, Quantified, Use
from screener.quantities import Range, Value
from screener.selection.frame import Frame
from screener.selection.members import Member, Members, members, nothing_counts, open_lacks
from screener.selection.requirements import (
    NO,
    YES,
    Judged,
    hull,
    judge_record,
    judge_value,
    limit_of,
    wanted_limits,
    ways_of,
)
from screener.selection.selected import (
    Aside,
    Selected,
    Used,
    absent,
    distinct,
    relative,
    used,
)
from screener.selection.uses import by_limit
from screener.truth import Truth


def dated(frame: Frame, node: Pick, found: Members) -> Selected:
    """The value of the newest, or the oldest, record."""
    newest = node.use is Use.LATEST
    there = deciding(frame, found, newest)
    if isinstance(there, Selected):
        return there
    aside = found.outside + _others(found, there.members, newest)
    others = [one for one in there.members if one not in there.firm]
    return settled(frame, node, found, there.firm, others, aside)


class Deciding(NamedTuple):
    """The records with a value of which one may be the newest (oldest).

    `firm` are those of its day for certain, `floor` the first day that it may be of.
    """

    members: list[Member]
    firm: list[Member]
    floor: int


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
    """The dates the window hangs on and the records beside these, as entries of the explanation."""
    return found.beside if found.extent is None else found.extent.used + found.beside


def deciding(frame: Frame, found: Members, newest: bool) -> Deciding | Selected:
    """Which records may be the newest (7.2); why that is not known, or none has a value."""
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
    there = [one for one in done if spans[id(one)][1] >= floor]
    pending = [
        one for one in there if one.record.value is None and spans[id(one)][1] > floor_valued
    ]
    if pending:
        cause = foremost(one.record.absence for one in pending if one.record.absence)
        entries = tuple(used(found.fact, one.record) for one in pending)
        aside = found.outside + _others(found, there, newest)
        return Selected((), cause, 0, dates(found) + entries, found.lacks(False), aside)
    valued = [one for one in there if one.record.value is not None]
    # Records of the same exact day, the newest of the certain ones, must not differ.
    firm = [one for one in valued if one.cause is None and one.exact and spans[id(one)][0] == floor]
    return Deciding(valued, firm, floor)


def settled(
    frame: Frame,
    node: Fixed | Pick,
    found: Members,
    firm: list[Member],
    others: list[Member],
    aside: tuple[Aside, ...],
) -> Selected:
    """The values of these members, or whether they meet what is asked, are the possible ones.

    The firm ones must not differ.
    """
    known: list[tuple[Member, tuple[Value, ...], Judged]] = []
    lacking: list[Member] = []
    # A result whose limits are open is in no conflict with others (14.3).
    open_limits = [one for one in firm + others if has_open_limits(node, one.record)]
    firm = [one for one in firm if one not in open_limits]
    for one in [*firm, *(one for one in open_limits if one not in others), *others]:
        values, judged = asked_values(frame, node, one.record)
        if None in values:
            lacking.append(one)
        known.append((one, tuple(value for value in values if value is not None), judged))
    causes = [one.cause for one in others if one.cause]
    if len(firm) + len(others) > 1 and any(one.cause is None for one in others):
        causes.append(Cause.IMPRECISE)  # their days leave open which of them decides
    causes += [judged.cause for _, _, judged in known if judged.cause]
    causes += [Cause.NO_RANGE] if lacking or open_limits else []
    entries = tuple(
        used(found.fact, one.record, whole_of(values), why.cause)
        for one, values, why in known
        if one not in lacking
    )
    entries += tuple(used(found.fact, one.record, None, Cause.NO_RANGE) for one in lacking)
    beside = distinct([entry for _, _, judged in known for entry in judged.used])
    lacks = [lack for _, _, judged in known for lack in judged.lacks]
    lacks += [lack for one in open_limits for lack in wanted_limits(one.record)]
    bare = any(not wanted_limits(one.record) for one in lacking)
    if bare or others or not lacks:
        lacks += found.lacks(False) if bare else open_lacks(found, tuple(others))
    return Selected(
        tuple(value for _, values, _ in known for value in values),
        foremost(causes) if causes else None,
        sum(one in firm for one, values, _ in known if values),
        dates(found) + entries + beside,
        distinct(lacks),
        aside,
        short=bool(lacking),
    )


def has_open_limits(node: Fixed | Pick, record: Record) -> bool:
    """Whether the leaf is about limits of which the record may have several."""
    if record.open_limits is None:
        return False
    return node.times is not None or by_limit(node.judged)


def whole_of(values: tuple[Value, ...]) -> Value:
    """One value that holds all of them: the multiples of several limits are numbers."""
    numbers = [one for one in values if isinstance(one, Range)]
    return values[0] if len(values) == 1 else hull(numbers)


def asked_values(
    frame: Frame, node: Fixed | Pick, record: Record, part: Range | None = None
) -> tuple[tuple[Value | None, ...], Judged]:
    """What the leaf is about: the value, each multiple it may be, or whether it is as asked.

    `part`: only so much of the value is possible. None for a multiple of a limit not there.
    """
    value = record.value if part is None else part
    assert value is not None, "INVARIANT: asked of records with a value"
    if node.judged is not None:
        judged = judge_value(frame, record, value, node.judged)
        return (judged.value,), judged
    if node.times is not None:
        times = node.times
        ways = ways_of(record)
        return tuple(relative(value, limit_of(one, times)) for one in ways), _UNJUDGED
    return (value,), _UNJUDGED


_UNJUDGED = Judged(Truth.TRUE, None)


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


def quantified(frame: Frame, node: Quantified) -> Selected:
    """Whether any, or every, recorded value meets the condition (7.4)."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    valued = [one for one in found.both if one.record.value is not None]
    if not any(one.cause is None for one in valued):
        return unsettled(frame, found, observed=True)
    truths = {
        id(one): judge_record(frame, one.record, node.condition, node.times) for one in valued
    }
    decisive, other = (Truth.FALSE, Truth.TRUE) if node.every else (Truth.TRUE, Truth.FALSE)
    entries = dates(found) + tuple(used(found.fact, one.record, one.record.value) for one in valued)
    entries += distinct([entry for one in truths.values() for entry in one.used])
    aside = found.outside + tuple(
        Aside(found.fact, one.record.shown, one.record.absence, "no value")
        for one in found.both
        if one.record.value is None
    )
    certain = [one for one in valued if one.cause is None]
    if any(truths[id(one)].truth is decisive for one in certain):
        return Selected((NO if node.every else YES,), None, 1, entries, found.lacks(False), aside)
    if all(judged.truth is other for judged in truths.values()):
        return Selected((YES if node.every else NO,), None, 1, entries, found.lacks(False), aside)
    open_ones = [one for one in valued if truths[id(one)].truth is not other]
    causes = [truths[id(one)].cause for one in open_ones] + [one.cause for one in open_ones]
    cause = foremost(one for one in causes if one is not None)
    lacks = distinct(
        [lack for one in open_ones for lack in truths[id(one)].lacks or found.wanted(one)]
    )
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
