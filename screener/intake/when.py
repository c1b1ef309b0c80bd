"""On which days a record holds: from its own dates, the visit it stands under, and its kind.

It decides what a missing date means for each kind of fact. What depends on the day of screening is
left open here. Source: semantics sections 4.5, 6.4, 7.1, 8.1 and 8.2.
"""

from __future__ import annotations

from typing import NamedTuple

from screener.days import ANY_DAY, EVER_FUTURE, EVER_PAST, Days
from screener.intake.entry import EVENT_WORDS, Entry
from screener.intake.faults import Faults, quoted
from screener.intake.values import read_boolean, read_days
from screener.vocabulary import AgeOf, Kind

ONGOING = Days(EVER_FUTURE, EVER_FUTURE)
NO_END_GIVEN = Days(EVER_PAST, EVER_FUTURE)


class When(NamedTuple):
    """`start`, `end` and `undated` as in `facts.Record`; `named`: some day was said.

    `shown` is the day as given; `since` as in `facts.Record`.
    """

    start: Days | None
    end: Days | None = None
    undated: bool = False
    shown: str | None = None
    named: bool = True
    since: Days | None = None


def when(entry: Entry, faults: Faults) -> When:
    """The days of a record that has, or states why it has not, a value."""
    if entry.event:
        return _event(entry, faults)
    day = _day(entry, faults)
    if day is not None:
        return day
    said_now = entry.fact.kind is Kind.CUMULATIVE or isinstance(entry.fact.derived, AgeOf)
    return When(None, named=False) if said_now else When(ANY_DAY, undated=True, named=False)


def said_when(entry: Entry, faults: Faults) -> When:
    """The day on which somebody said that an event never happened."""
    for word in EVENT_WORDS:
        if word in entry.words:
            message = f"`false` says there was none, so it has no {quoted(word)}"
            faults.add(
                "none-with-words",
                entry.place(word),
                message,
                "use `date` for the day on which it was said",
            )
    return _day(entry, faults) or When(None, named=False)


def _day(entry: Entry, faults: Faults) -> When | None:
    """The record's own day, else that of its visit."""
    if "date" in entry.words:
        raw = entry.words["date"]
        days = read_days(raw, entry.place("date"), faults)
        return When(days, shown=str(raw).strip())
    if entry.visit is not None:
        return When(entry.visit.days, shown=entry.visit.text)
    return None


def _event(entry: Entry, faults: Faults) -> When:
    words = entry.words
    if "date" in words:
        for word in EVENT_WORDS:
            if word in words:
                message = f"`date` is one day, so it has no {quoted(word)} beside it"
                faults.add("two-dates", entry.place(word), message, "use `start` and `end`")
        raw = words["date"]
        return When(read_days(raw, entry.place("date"), faults), shown=str(raw).strip())
    # Under a visit it happened on an unknown day, but not after it.
    latest = EVER_FUTURE if entry.visit is None else entry.visit.days.last
    start = end = None
    if "start" in words:
        start = read_days(words["start"], entry.place("start"), faults)
    if "end" in words:
        end = read_days(words["end"], entry.place("end"), faults)
    ongoing = False
    if "ongoing" in words:
        ongoing = read_boolean(words["ongoing"], entry.place("ongoing"), faults) is True
    if ongoing and "end" in words:
        faults.add(
            "two-dates",
            entry.place("ongoing"),
            "it has ended and is still going on",
            "leave one out",
        )
    if start is not None and end is not None and start.first > end.last:
        faults.add("dates-out-of-order", entry.place("end"), "it ends before it starts")
    shown = "/".join(
        (
            str(words.get("start", "")).strip(),
            ".." if ongoing else str(words.get("end", "")).strip(),
        )
    )
    if ongoing:
        end = ONGOING
    since = entry.visit.days if entry.visit is not None and start is None else None
    if start is None and end is None:
        named = entry.visit is not None
        return When(Days(EVER_PAST, latest), undated=True, named=named, since=since)
    return When(
        start or Days(EVER_PAST, latest if ongoing else end.last if end else latest),
        end or NO_END_GIVEN,
        undated=start is None and ongoing,
        shown=shown,
        since=since,
    )
