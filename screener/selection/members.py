"""Which records of a set count: for certain, possibly or not; and on which days.

The date of a record is judged against every span its window may have, its attributes by the words
of `where` and `except`. Source: semantics section 6.1.
"""

from __future__ import annotations

from typing import NamedTuple

from screener.causes import Cause, foremost
from screener.days import iso
from screener.facts import Record
from screener.ir import After, Attribute, Before, RecordSet, Relative, Unless, Within
from screener.quantities import holds
from screener.selection.frame import Extent, Frame, overlap
from screener.selection.placing import placed, window_of
from screener.selection.selected import Aside, Lack, Reach, distinct
from screener.truth import Truth, conjunction, disjunction, negation
from screener.vocabulary import Kind


class Member(NamedTuple):
    """A record that counts: `first` to `last` are the days it may have while it does.

    `cause` is None where it counts for certain, else why that is open; `by_date`: only because the
    day of the window is not exact.
    """

    record: Record
    first: int
    last: int
    cause: Cause | None
    by_date: bool

    @property
    def exact(self) -> bool:
        """Whether its day is known."""
        return self.first == self.last


class Members(NamedTuple):
    """The records of a set for one patient.

    `extent` is None where no window applies. `early`: some value lies before the window.
    """

    fact: str
    certain: tuple[Member, ...]
    possible: tuple[Member, ...]
    extent: Extent | None
    outside: tuple[Aside, ...]
    early: bool

    @property
    def both(self) -> tuple[Member, ...]:
        """All that count at least possibly."""
        return self.certain + self.possible

    @property
    def reach(self) -> Reach | None:
        """The window in calendar days, if there is one."""
        return None if self.extent is None else self.extent.reach

    def lacks(self, by_date: bool) -> tuple[Lack, ...]:
        """What to fetch: the records of this fact, or the inexact date they hang on."""
        if by_date and self.extent is not None and self.extent.lacks:
            return self.extent.lacks
        return (Lack(self.fact, None, self.reach),)


def members(frame: Frame, of: RecordSet) -> Members:
    """Judge each record of the set; () and () where the day of the window is unknown."""
    dated = [
        (one, frame.extent(window_of(one)))
        for one in of.tests
        if isinstance(one, Within | Before | After)
    ]
    extent = overlap([one for _, one in dated]) if dated else None
    outside = [
        Aside(of.fact, record.shown, record.absence, reason)
        for record, reason in frame.sheet.dropped.get(of.fact, ())
    ]
    certain: list[Member] = []
    possible: list[Member] = []
    early = False
    observed = frame.vocabulary[of.fact].kind is Kind.OBSERVATION
    recorded = frame.recorded(of.fact)
    if len(recorded) != len(frame.sheet.records.get(of.fact, ())):
        outside += [
            Aside(of.fact, one.shown, one.absence, f"dated after {iso(frame.as_of)}")
            for one in frame.sheet.records[of.fact]
            if one not in recorded
        ]
    for record in recorded:
        attributes, why = _attributes(record, of)
        fit = placed(record, dated, frame.as_of)
        if fit is None or attributes is Truth.FALSE:
            reason = "outside the window" if fit is None else "does not fit `where` or `except`"
            outside.append(Aside(of.fact, record.shown, record.absence, reason))
            early = early or (fit is None and _before(record, extent))
            continue
        first, last = fit.first, fit.last
        sure = fit.sure and not (dated and record.undated and observed)
        if sure and attributes is Truth.TRUE:
            certain.append(Member(record, first, last, None, False))
            continue
        causes = [] if attributes is Truth.TRUE else [why]
        by_date = False
        if not sure:
            by_date = _known_day(record)
            window = extent.cause if by_date and extent is not None else None
            causes.append(window or (Cause.UNDATED if record.undated else Cause.IMPRECISE))
        possible.append(
            Member(record, first, last, foremost(causes), by_date and attributes is Truth.TRUE)
        )
    return Members(of.fact, tuple(certain), tuple(possible), extent, tuple(outside), early)


def nothing_counts(
    frame: Frame, found: Members, *, observed: bool
) -> tuple[Cause, tuple[Lack, ...]]:
    """Why there is no value among these records (7.7), and what to fetch.

    `observed`: an observation, whose closed window is missed.
    """
    answered = any(one.value is not None for one in frame.recorded(found.fact))
    stated = [one.record.absence for one in found.both if one.record.absence]
    valued = any(one.record.value is not None for one in found.both)
    extent = found.extent
    lack = Lack(found.fact, None, found.reach)
    if stated:
        return foremost(stated), (lack,)
    if frame.vocabulary[found.fact].asked_of and not answered:
        return Cause.JUDGEMENT, (lack,)
    if extent is not None and not valued:
        times = [_time(first, last, frame.as_of, observed) for first, last in extent.spans]
        event = frame.vocabulary[found.fact].kind is Kind.EVENT
        if len(set(times)) > 1 and not event:
            # What the silence means hangs on the day of the window, so that day is what is asked.
            return extent.cause or Cause.IMPRECISE, extent.lacks
        if times[0] is not None and len(set(times)) == 1:
            return times[0], (lack,)
    elif extent is not None and not_due(extent, frame.as_of):
        return Cause.NOT_DUE, (lack,)
    return Cause.STALE if found.early and not valued else Cause.MISSING, (lack,)


def _time(first: int, last: int, as_of: int, observed: bool) -> Cause | None:
    """What silence means in a window of these days, if it means more than that nothing is there."""
    if first > as_of:
        return Cause.NOT_DUE
    return Cause.MISSED if observed and first <= last < as_of else None


def not_due(extent: Extent, as_of: int) -> bool:
    """Whether the window opens after `as_of` for certain."""
    return bool(extent.spans) and all(first > as_of for first, _ in extent.spans)


def closed(extent: Extent, as_of: int) -> bool:
    """Whether the window closed before `as_of` for certain; one that holds no day never does."""
    return bool(extent.spans) and all(first <= last < as_of for first, last in extent.spans)


def open_lacks(found: Members, members_open: tuple[Member, ...]) -> tuple[Lack, ...]:
    """What would settle records that count only possibly."""
    if not members_open:
        return found.lacks(by_date=False)
    return distinct(lack for one in members_open for lack in found.lacks(one.by_date))


def _before(record: Record, extent: Extent | None) -> bool:
    """Whether a value lies before the window: too old rather than too new."""
    if record.value is None or record.start is None or not extent or not extent.spans:
        return False
    return record.start.first < max(first for first, _ in extent.spans)


def _known_day(record: Record) -> bool:
    start, end = record.start, record.end
    return (start is None or start.exact) and (end is None or end.exact)


def _attributes(record: Record, of: RecordSet) -> tuple[Truth, Cause]:
    """The Kleene truth of `where` and `except` for the record, and why it is unknown."""
    if not of.tests:
        return Truth.TRUE, Cause.MISSING
    truths: list[Truth] = []
    causes: list[Cause] = []
    for test in of.tests:
        if isinstance(test, Attribute):
            truths.append(_attribute(record, test, causes))
        elif isinstance(test, Unless):
            found = [_alternative(record, one, causes) for one in test.alternatives]
            truths.append(negation(disjunction(found)))
    return conjunction(truths), foremost(causes)


def _alternative(record: Record, tests: tuple[Attribute, ...], causes: list[Cause]) -> Truth:
    """Whether one alternative of `except` holds; what is ruled out leaves nothing open."""
    why: list[Cause] = []
    truth = conjunction([_attribute(record, one, why) for one in tests])
    if truth is Truth.UNKNOWN:
        causes += why
    return truth


def _attribute(record: Record, test: Attribute, causes: list[Cause]) -> Truth:
    value = record.attributes.get(test.name)
    if value is None:
        causes.append(Cause.MISSING)
        return Truth.UNKNOWN
    assert not isinstance(test.condition, Relative), "INVARIANT: no rule file leads here yet"
    truth = holds(value, test.condition)
    if truth is Truth.UNKNOWN:
        causes.append(Cause.IMPRECISE)
    return truth
