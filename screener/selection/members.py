"""Which records of a set count: for certain, possibly or not; and on which days.

The date of a record is judged against every span its window may have, its attributes by the words
of `where` and `except`, its length and its neighbours by words of their own. Source: semantics
section 6.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from screener.causes import Cause, foremost
from screener.days import iso
from screener.facts import Record
from screener.ir import (
    After,
    Attribute,
    Before,
    Lasting,
    Lookback,
    RecordSet,
    Related,
    Starts,
    Unless,
    Within,
)
from screener.selection.frame import Extent, Frame, overlap
from screener.selection.placing import DateTest, placed, window_of
from screener.selection.relations import beside
from screener.selection.requirements import judge_value
from screener.selection.selected import Aside, Lack, Reach, Used, distinct
from screener.selection.stretches import has_length, length_of, lookback
from screener.truth import Truth, conjunction, disjunction, negation
from screener.vocabulary import Kind


class Member(NamedTuple):
    """A record that counts: `first` to `last` are the days it may have while it does.

    `cause` is None where it counts for certain, else why that is open; `by_date`: only because the
    day of the window is not exact; `wants`: what else would settle it.
    """

    record: Record
    first: int
    last: int
    cause: Cause | None
    by_date: bool
    wants: tuple[Lack, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether its day is known."""
        return self.first == self.last


class Members(NamedTuple):
    """The records of a set for one patient.

    `extent` is None where no window applies. `early`: some value that does not count is, or may be,
    of a day before the window. `beside`: what the records stand in a relation to.
    """

    fact: str
    certain: tuple[Member, ...]
    possible: tuple[Member, ...]
    extent: Extent | None
    outside: tuple[Aside, ...]
    early: bool
    beside: tuple[Used, ...] = ()

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

    def wanted(self, one: Member) -> tuple[Lack, ...]:
        """What would settle whether one of them counts."""
        return one.wants or self.lacks(one.by_date)


#: Tests of the day, and of all else but the length of a look-back: tuples, as they are asked often.
_OF_DAYS = (Within, Before, After, Starts)
_OF_ALL_ELSE = (Attribute, Unless, Lasting, Related)


def members(frame: Frame, of: RecordSet) -> Members:
    """Judge each record of the set; () and () where the day of the window is unknown."""
    dated = [(one, frame.extent(window_of(one))) for one in of.tests if isinstance(one, _OF_DAYS)]
    looking = [one for one in of.tests if isinstance(one, Lookback)]
    extents = [extent for _, extent in dated]
    extents += [frame.extent(window_of(one)) for one in looking]
    extent = overlap(extents) if extents else None
    outside = [
        Aside(of.fact, record.shown, record.absence, reason)
        for record, reason in frame.sheet.dropped.get(of.fact, ())
    ]
    recorded = frame.recorded(of.fact)
    if len(recorded) != len(frame.sheet.records.get(of.fact, ())):
        outside += [
            Aside(of.fact, one.shown, one.absence, f"dated after {iso(frame.as_of)}")
            for one in frame.sheet.records[of.fact]
            if one not in recorded
        ]
    if not recorded:
        return Members(of.fact, (), (), extent, tuple(outside), False)
    certain: list[Member] = []
    possible: list[Member] = []
    early = False
    observed = frame.vocabulary[of.fact].kind is Kind.OBSERVATION
    asking = any([isinstance(one, _OF_ALL_ELSE) for one in of.tests])
    others: dict[Used, None] = {}
    for record in recorded:
        if record is frame.this:
            continue
        own = [(one, lookback(frame, one, record)) for one in looking]
        fit = placed(record, [*dated, *own], frame.as_of)
        judged = _judged(frame, of, record) if asking else _NOTHING_ASKED
        others.update(dict.fromkeys(judged.used))
        if fit is None or judged.truth is Truth.FALSE:
            reason = _outside(record, [*dated, *own], frame) if fit is None else judged.reason
            outside.append(Aside(of.fact, record.shown, record.absence, reason))
            early = early or _before(record, extent)
            continue
        first, last = fit.first, fit.last
        sure = fit.sure and not (extent is not None and record.undated and observed)
        if sure and judged.truth is Truth.TRUE:
            certain.append(Member(record, first, last, None, False))
            continue
        causes = [] if judged.truth is Truth.TRUE else [judged.cause]
        wants = () if judged.truth is Truth.TRUE else judged.wants
        by_date = False
        if not sure:
            by_date = _known_day(record)
            windows = [one.cause for one in (extent, *(one for _, one in own)) if one and one.cause]
            window = foremost(windows) if by_date and windows else None
            causes.append(window or (Cause.UNDATED if record.undated else Cause.IMPRECISE))
        by_date = by_date and judged.truth is Truth.TRUE
        possible.append(Member(record, first, last, foremost(causes), by_date, wants))
    kept = (tuple(certain), tuple(possible))
    return Members(of.fact, *kept, extent, tuple(outside), early, tuple(others))


def _outside(record: Record, dated: Sequence[tuple[DateTest, Extent]], frame: Frame) -> str:
    """Why a record is in no window: it has no day in those that are known, or none is."""
    known = [one for one in dated if one[1].spans]
    if placed(record, known, frame.as_of) is None:
        return "outside the window"
    return "the day of the window is not known"


def nothing_counts(
    frame: Frame, found: Members, *, observed: bool
) -> tuple[Cause, tuple[Lack, ...]]:
    """Why there is no value among these records (7.7), and what to fetch.

    `observed`: an observation, whose closed window is missed.
    """
    both = found.both
    stated = [one.record.absence for one in both if one.record.absence]
    valued = any([one.record.value is not None for one in both])
    extent = found.extent
    lack = Lack(found.fact, None, found.reach)
    if stated:
        return foremost(stated), (lack,)
    fact = frame.vocabulary[found.fact]
    if fact.asked_of and not any([one.value is not None for one in frame.recorded(found.fact)]):
        return Cause.JUDGEMENT, (lack,)
    if extent is not None and not valued:
        times = [_time(first, last, frame.as_of, observed) for first, last in extent.spans]
        if len(set(times)) > 1 and fact.kind is not Kind.EVENT:
            # What the silence means hangs on the day of the window, so that day is what is asked.
            return extent.cause or Cause.IMPRECISE, extent.lacks
        if times[0] is not None and len(set(times)) == 1:
            return times[0], (lack,)
    return Cause.STALE if found.early and not valued else Cause.MISSING, (lack,)


def _time(first: int, last: int, as_of: int, observed: bool) -> Cause | None:
    """What silence means in a window of these days, if it means more than that nothing is there."""
    if first > as_of:
        return Cause.NOT_DUE
    return Cause.MISSED if observed and first <= last < as_of else None


def not_due(extent: Extent, as_of: int) -> bool:
    """Whether the window opens after `as_of` for certain."""
    return bool(extent.spans) and all([first > as_of for first, _ in extent.spans])


def closed(extent: Extent, as_of: int) -> bool:
    """Whether the window closed before `as_of` for certain; one that holds no day never does."""
    return bool(extent.spans) and all([first <= last < as_of for first, last in extent.spans])


def open_lacks(found: Members, members_open: tuple[Member, ...]) -> tuple[Lack, ...]:
    """What would settle records that count only possibly."""
    if not members_open:
        return found.lacks(by_date=False)
    return distinct([lack for one in members_open for lack in found.wanted(one)])


def _before(record: Record, extent: Extent | None) -> bool:
    """Whether a value may lie before the window: too old rather than too new."""
    if record.value is None or record.start is None or not extent or not extent.spans:
        return False
    return record.start.first < max(first for first, _ in extent.spans)


def _known_day(record: Record) -> bool:
    start, end = record.start, record.end
    return (start is None or start.exact) and (end is None or end.exact)


class _Judged(NamedTuple):
    """Whether a record fits what is asked of it apart from its day; `reason`: why it does not."""

    truth: Truth
    cause: Cause
    wants: tuple[Lack, ...]
    used: tuple[Used, ...]
    reason: str


_WORDS = "does not fit `where` or `except`"
_NOTHING_ASKED = _Judged(Truth.TRUE, Cause.MISSING, (), (), _WORDS)


def _judged(frame: Frame, of: RecordSet, record: Record) -> _Judged:
    """The Kleene truth of every test that is not one of days, and why it is unknown."""
    truths: list[Truth] = []
    own: list[Cause] = []
    causes: list[Cause] = []
    wants: list[Lack] = []
    entries: tuple[Used, ...] = ()
    reason = _WORDS
    for test in of.tests:
        match test:
            case Within() | Before() | After() | Starts() | Lookback():
                continue
            case Attribute():
                truths.append(_attribute(frame, record, test, own))
            case Unless():
                found = [_alternative(frame, record, one, own) for one in test.alternatives]
                truths.append(negation(disjunction(found)))
            case Lasting():
                truth = Truth.TRUE
                if record.absence is None:
                    truth = has_length(test.length, *length_of(record, frame.as_of))
                own += [Cause.IMPRECISE] if truth is Truth.UNKNOWN else []
                truths.append(truth)
                reason = "does not last as long as asked" if truth is Truth.FALSE else reason
            case Related():
                one = beside(frame, test, record)
                truths.append(one.truth)
                causes += [one.cause] if one.cause else []
                wants += one.lacks
                entries += one.used
                reason = _AS_RELATED[test.none] if one.truth is Truth.FALSE else reason
            case _:
                assert_never(test)
    if wants and own:
        wants.append(Lack(of.fact, None, None))
    return _Judged(conjunction(truths), foremost([*own, *causes]), distinct(wants), entries, reason)


_AS_RELATED = {
    False: "does not stand before or after the record asked for",
    True: "is not clear of the other fact",
}


def _alternative(
    frame: Frame, record: Record, tests: tuple[Attribute, ...], causes: list[Cause]
) -> Truth:
    """Whether one alternative of `except` holds; what is ruled out leaves nothing open."""
    why: list[Cause] = []
    truth = conjunction([_attribute(frame, record, one, why) for one in tests])
    if truth is Truth.UNKNOWN:
        causes += why
    return truth


def _attribute(frame: Frame, record: Record, test: Attribute, causes: list[Cause]) -> Truth:
    value = record.attributes.get(test.name)
    if value is None:
        causes.append(Cause.MISSING)
        return Truth.UNKNOWN
    judged = judge_value(frame, record, value, test.condition)
    causes += [judged.cause] if judged.cause else []
    return judged.truth
