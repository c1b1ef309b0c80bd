"""One value out of the records of an observation: latest, earliest, highest, lowest, any, all.

Source: semantics section 7.
"""

from __future__ import annotations

from screener.causes import Cause, foremost
from screener.days import EVER_PAST
from screener.facts import Record, Shown
from screener.ir import Available, Limit, Pick, Quantified, Use
from screener.quantities import Condition, Number, Range, Value, empty, holds
from screener.selection.frame import Frame
from screener.selection.members import Member, Members, members, nothing_counts, open_lacks
from screener.selection.selected import (
    Aside,
    Selected,
    Used,
    absent,
    distinct,
    relative,
    single,
    used,
)
from screener.truth import Truth

YES: Value = frozenset({True})
NO: Value = frozenset({False})


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


def limit_of(record: Record, times: Limit | None) -> Number | None:
    """The reference limit asked for."""
    return record.high if times is Limit.ULN else record.low


def judged_value(record: Record, times: Limit | None) -> Value | None:
    """The value the condition is about: as recorded, or as a multiple of its reference limit."""
    if record.value is None or times is None:
        return record.value
    return relative(record.value, limit_of(record, times))


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
    return settled(node.times, found, firm, [one for one in valued if one not in firm], aside)


def settled(
    times: Limit | None,
    found: Members,
    firm: list[Member],
    others: list[Member],
    aside: tuple[Aside, ...],
) -> Selected:
    """The values of these members are the possible ones; the firm ones must not differ."""
    known: list[tuple[Member, Value]] = []
    lacking: list[Member] = []
    sure = 0
    for one in firm + others:
        value = judged_value(one.record, times)
        if value is None:
            lacking.append(one)
        else:
            known.append((one, value))
            sure += one in firm
    entries = tuple(used(found.fact, one.record, value) for one, value in known)
    entries += tuple(used(found.fact, one.record, None, Cause.NO_RANGE) for one in lacking)
    causes = [one.cause for one in others if one.cause]
    if len(firm) + len(others) > 1 and any(one.cause is None for one in others):
        causes.append(Cause.IMPRECISE)  # their days leave open which of them decides
    causes += [Cause.NO_RANGE] if lacking else []
    return Selected(
        tuple(value for _, value in known),
        foremost(causes) if causes else None,
        sure,
        dates(found) + entries,
        found.lacks(False) if lacking else open_lacks(found, tuple(others)),
        aside,
        short=bool(lacking),
    )


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
    for one in valued:
        possible = _meet(one.record.value, reach)
        if empty(possible):
            continue
        if node.times is not None:
            multiple = relative(possible, limit_of(one.record, node.times))
            if multiple is None:
                entry = used(found.fact, one.record, None, Cause.NO_RANGE)
                return Selected(
                    (), Cause.NO_RANGE, 0, (*dates(found), entry), found.lacks(False), found.outside
                )
            possible = multiple
        deciding.append(one)
        values.append(possible)
    entries = tuple(
        used(found.fact, one.record, value) for one, value in zip(deciding, values, strict=True)
    )
    reason = "not the highest result" if greatest else "not the lowest result"
    aside = found.outside + tuple(
        Aside(found.fact, one.record.shown, one.record.absence, reason)
        for one in found.both
        if one not in deciding
    )
    cause = foremost(one.cause or Cause.IMPRECISE for one in deciding)
    if all(one.cause is None for one in deciding) and all(map(_is_point, values)):
        cause = Cause.CONFLICT
    lacks = open_lacks(found, tuple(one for one in deciding if one.cause is not None))
    return Selected(tuple(values), cause, 0, dates(found) + entries, lacks, aside)


def _is_point(value: Value) -> bool:
    return single(Selected((value,), None, 0, (), ()))


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
        reach = _meet(bound, reach)
    return reach


def _meet(value: Value | None, other: Range) -> Range:
    """The numbers in both intervals."""
    assert isinstance(value, Range), "INVARIANT: only numbers have a highest"
    low, low_open = value.low, value.low_open
    if other.low is not None and (
        low is None or other.low > low or (other.low == low and other.low_open)
    ):
        low, low_open = other.low, other.low_open
    high, high_open = value.high, value.high_open
    if other.high is not None and (
        high is None or other.high < high or (other.high == high and other.high_open)
    ):
        high, high_open = other.high, other.high_open
    return Range(low, high, low_open, high_open)


def quantified(frame: Frame, node: Quantified) -> Selected:
    """Whether any, or every, recorded value meets the condition (7.4)."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    valued = [one for one in found.both if one.record.value is not None]
    if not any(one.cause is None for one in valued):
        return unsettled(frame, found, observed=True)
    truths = {id(one): judged(one, node.condition, node.times) for one in valued}
    decisive, other = (Truth.FALSE, Truth.TRUE) if node.every else (Truth.TRUE, Truth.FALSE)
    entries = dates(found) + tuple(
        used(found.fact, one.record, one.record.value if node.times is None else None)
        for one in valued
    )
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


def judged(one: Member, condition: Condition, times: Limit | None) -> tuple[Truth, Cause | None]:
    """The truth of the condition for one record's own value, and why it is unknown."""
    if one.record.value is None:
        return Truth.UNKNOWN, one.record.absence
    value = judged_value(one.record, times)
    if value is None:
        return Truth.UNKNOWN, Cause.NO_RANGE
    truth = holds(value, condition)
    return truth, Cause.IMPRECISE if truth is Truth.UNKNOWN else None


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
