"""One value out of several: the highest, the lowest, their mean, median or sum; over all or by day.

Source: semantics 7.4, 7.8 and 7.9.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from screener.causes import Cause, foremost
from screener.facts import Record
from screener.ir import Pick, Use
from screener.quantities import Range, Value, empty, meet
from screener.selection.frame import Frame
from screener.selection.members import Member, Members, members, open_lacks
from screener.selection.observed import (
    asked_values,
    dated,
    dates,
    deciding,
    has_open_limits,
    unsettled,
    whole_of,
    without_day,
)
from screener.selection.requirements import judge_value, wanted_limits
from screener.selection.selected import Aside, Lack, Selected, distinct, exact, used


def pick(frame: Frame, node: Pick) -> Selected:
    """The value that speaks for an observation."""
    found = members(frame, node.of)
    if unplaced := without_day(found):
        return unplaced
    if node.per_day:
        return _by_day(frame, node, found)
    if node.use in (Use.LATEST, Use.EARLIEST):
        return dated(frame, node, found)
    return _all_together(frame, node, found)


def _all_together(frame: Frame, node: Pick, found: Members) -> Selected:
    if node.use in (Use.HIGHEST, Use.LOWEST):
        return outermost(frame, node, found)
    return _summed_up(frame, node, found)


def outermost(frame: Frame, node: Pick, found: Members) -> Selected:
    """The highest or the lowest value, with what came with it (7.4)."""
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
    wants: list[Lack] = []
    loose: list[Cause] = []
    known = True
    entries = dates(found)
    for one in valued:
        assert isinstance(one.record.value, Range), "INVARIANT: only numbers have a highest"
        possible = meet(one.record.value, reach)
        if empty(possible):
            continue
        ways, judged = asked_values(frame, node, one.record, possible)
        if None in ways:
            entry = used(found.fact, one.record, None, Cause.NO_RANGE)
            lacks = wanted_limits(one.record) or found.lacks(False)
            return Selected((), Cause.NO_RANGE, 0, (*entries, entry), lacks, found.outside)
        deciding.append(one)
        every = tuple(value for value in ways if value is not None)
        values += every
        causes += [judged.cause] if judged.cause else []
        wants += judged.lacks
        if has_open_limits(node, one.record):
            causes.append(Cause.NO_RANGE)
            wants += wanted_limits(one.record)
            known = False
        if one.cause or not (exact(possible) or judged.blind):
            loose.append(one.cause or Cause.IMPRECISE)
        known = known and not loose and not judged.cause
        entries += (used(found.fact, one.record, whole_of(every), judged.cause), *judged.used)
    reason = "not the highest result" if greatest else "not the lowest result"
    aside = found.outside + tuple(
        Aside(found.fact, one.record.shown, one.record.absence, reason)
        for one in found.both
        if one not in deciding
    )
    if len(deciding) > 1 or not causes:
        causes += [Cause.CONFLICT] if known else loose
    cause = foremost(causes or [Cause.IMPRECISE])
    unsure = tuple(one for one in deciding if one.cause is not None)
    if unsure or not wants:
        wants += open_lacks(found, unsure)
    return Selected(tuple(values), cause, 0, entries, distinct(wants), aside)


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


# --- mean, median, sum (7.8) ------------------------------------------------------------------


def _summed_up(frame: Frame, node: Pick, found: Members) -> Selected:
    """From the least to the greatest that it may be, records that count possibly there or not."""
    sure = [one for one in found.certain if one.record.value is not None]
    if not sure:
        return unsettled(frame, found, observed=True)
    maybe = [one for one in found.possible if one.record.value is not None]
    whole = summed_up(node.use, [_range(one) for one in sure], [_range(one) for one in maybe])
    causes = [one.cause for one in maybe if one.cause]
    if any(not exact(_range(one)) for one in sure + maybe):
        causes.append(Cause.IMPRECISE)
    value: Value = whole
    lacks = open_lacks(found, tuple(maybe))
    entries = dates(found) + tuple(used(found.fact, one.record) for one in sure + maybe)
    if node.judged is not None:
        judged = judge_value(frame, None, whole, node.judged)
        value = judged.value
        causes += [judged.cause] if judged.cause else []
        entries += judged.used
        lacks = distinct([*judged.lacks, *(lacks if maybe or not judged.lacks else ())])
    aside = found.outside + tuple(
        Aside(found.fact, one.record.shown, one.record.absence, "no value")
        for one in found.both
        if one.record.value is None
    )
    return Selected((value,), foremost(causes) if causes else None, 1, entries, lacks, aside)


def _range(one: Member) -> Range:
    value = one.record.value
    assert isinstance(value, Range), "INVARIANT: only numbers are summed up"
    return value


def summed_up(use: Use, sure: Sequence[Range], maybe: Sequence[Range]) -> Range:
    """The mean, median or sum of the sure numbers with any choice of the others."""
    low = _least(use, [_low(one) for one in sure], [_low(one) for one in maybe])
    high = _least(use, [_turned(one) for one in sure], [_turned(one) for one in maybe])
    return Range(
        None if low is None else low[0],
        None if high is None else -high[0],
        low is not None and low[1],
        high is not None and high[1],
    )


#: An end of an interval, and whether it is open; None without limit. The greatest of some numbers
#: is the least of their contraries, so one function does both.
_End = tuple[Fraction, bool] | None


def _low(one: Range) -> _End:
    return None if one.low is None else (Fraction(one.low), one.low_open)


def _turned(one: Range) -> _End:
    return None if one.high is None else (-Fraction(one.high), one.high_open)


def _least(use: Use, sure: list[_End], maybe: list[_End]) -> _End:
    """The least that the numbers may come to, of which each is at least its end."""
    ends = sorted(maybe, key=_order)
    ways = accumulate(ends, lambda some, one: [*some, one], initial=sure)
    found = [_come_to(use, way) for way in ways if way]
    if use is Use.SUM:
        # Adding what is negative makes it less, and nothing else does.
        found = [_come_to(use, sure + [one for one in ends if one is None or one[0] < 0])]
    return min(found, key=_order)


def _come_to(use: Use, ends: list[_End]) -> _End:
    if use is Use.MEDIAN:
        line = sorted(ends, key=_order)
        return _mean([line[(len(line) - 1) // 2], line[len(line) // 2]])
    total = _sum(ends)
    return total if total is None or use is Use.SUM else (total[0] / len(ends), total[1])


def _mean(ends: list[_End]) -> _End:
    total = _sum(ends)
    return None if total is None else (total[0] / len(ends), total[1])


def _sum(ends: list[_End]) -> _End:
    known = [one for one in ends if one is not None]
    if len(known) < len(ends):
        return None
    return sum((one[0] for one in known), Fraction(0)), any(one[1] for one in known)


def _order(end: _End) -> tuple[bool, Fraction, bool]:
    """No limit before every number, and a number before the open end at it."""
    return (False, Fraction(0), False) if end is None else (True, *end)


# --- by day (7.9) -----------------------------------------------------------------------------


def _by_day(frame: Frame, node: Pick, found: Members) -> Selected:
    """The newest day decides, in every way in which its records may be of that day."""
    there = deciding(frame, found, newest=True)
    if isinstance(there, Selected):
        return there
    answers = [
        _all_together(frame, node, found._replace(certain=must, possible=may))
        for must, may in _newest_days(there.members, there.floor)
    ]
    causes = [one.cause for one in answers if one.cause]
    if len(answers) > 1:
        causes = [one for one in causes if one is not Cause.CONFLICT]
        causes += [one.cause or Cause.IMPRECISE for one in there.members if not one.exact]
        causes += [one.cause for one in there.members if one.cause]
    short = any(not one.values for one in answers)
    aside = tuple(
        Aside(found.fact, one.record.shown, one.record.absence, "an older result")
        for one in found.both
        if one not in there.members and one.record.absence is not Cause.NOT_DONE
    )
    return Selected(
        distinct([value for one in answers for value in one.values]),
        foremost(causes) if causes else None,
        1 if len(answers) == 1 else 0,
        distinct([entry for one in answers for entry in one.used]),
        distinct([lack for one in answers for lack in one.lacks]),
        found.outside + aside,
        short=short,
    )


_Set = tuple[Member, ...]


def _newest_days(there: list[Member], floor: int) -> list[tuple[_Set, _Set]]:
    """For each day that may be the newest: the records of it for certain, and the others."""
    days = {floor, floor + 1}  # beyond it no record is of the newest day for certain
    days |= {day for one in there for day in (one.first, one.last + 1) if day > floor}
    found: list[tuple[_Set, _Set]] = []
    for day in sorted(days):
        of_day = [one for one in there if one.first <= day <= one.last]
        must = tuple(one for one in of_day if one.cause is None and one.first >= day)
        may = tuple(
            one._replace(cause=one.cause or Cause.IMPRECISE) for one in of_day if one not in must
        )
        if must:
            found.append((must, may))
        for i, one in enumerate(may if not must else ()):
            # Some one of them is there, and each may be that one.
            found.append(((one,), may[:i] + may[i + 1 :]))
    return found
