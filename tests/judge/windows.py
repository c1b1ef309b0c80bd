"""Whether a record is in a window, on every day that either of them may mean (section 5, 6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tests.judge.calendar import EVER
from tests.judge.chart import Record
from tests.judge.kleene import Truth, all_of, shared


class DateTest(NamedTuple):
    """`within`, `before` or `after`: the stretches of days it may stand for, one per world.

    `started` asks whether an event has begun by the last day.
    """

    word: str
    spans: tuple[tuple[int, int], ...]


class UnknownDay(Exception):
    """The day of a window is not known (5.6)."""

    def __init__(self, causes: frozenset[str]) -> None:
        self.causes = causes


def telling(days: range, edges: Iterable[int]) -> set[int]:
    """The days of a stretch that a comparison with `edges` can tell apart from the others."""
    if not days:
        return set()
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    return {days[0], days[-1]} | {day for day in near if day in days}


def counts_by_date(record: Record, tests: Sequence[DateTest], as_of: int) -> Truth:
    """6.1: each test holds on every, on no, or on some possible day; all of them together."""
    truth = all_of(_fits(record, test, as_of) for test in tests)
    if truth is None and not _may_fit_all(record, tests, as_of):
        return False
    return truth


def _fits(record: Record, test: DateTest, as_of: int) -> Truth:
    if record.days is None:
        # 7.1: in a window an undated observation is possibly, unless no day of it has come yet.
        come = any(first <= min(last, as_of) for first, last in test.spans)
        return None if come else False
    seen: set[bool] = set()
    for span in test.spans:
        for start, end in _dates(record, span):
            seen.add(_in_span(test.word, start, end, span, as_of))
        if len(seen) == 2:
            return None
    return shared(seen)


def _may_fit_all(record: Record, tests: Sequence[DateTest], as_of: int) -> bool:
    if record.days is None:
        record = Record(None, None, range(-EVER, as_of + 1))
    edges = [edge for test in tests for span in test.spans for edge in span]
    return any(
        all(
            any(_in_span(test.word, start, end, span, as_of) for span in test.spans)
            for test in tests
        )
        for start, end in _dates(record, edges)
    )


def _dates(record: Record, edges: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and last days that the record may have, as far as `edges` can tell them apart."""
    edges = list(edges)
    for start in telling(record.days or range(0), edges):
        for end in _ends(record, start, edges):
            yield start, end


def _ends(record: Record, start: int, edges: Iterable[int]) -> Iterator[int]:
    if record.ends is None:
        yield start
        return
    for end in telling(record.ends, (*edges, start)):
        if end >= start:
            yield end
    if record.ongoing:
        yield EVER


def _in_span(word: str, start: int, end: int, span: tuple[int, int], as_of: int) -> bool:
    """5.3; an event that goes on has no end yet, and is known as far as `as_of`."""
    first, last = span
    if word == "before":
        return end <= last
    if word == "after":
        return start >= first
    if word == "started":
        return start <= last
    if word == "starts":
        return first <= start <= last
    return first <= last and start <= last and min(end, as_of) >= first


def days_in_windows(record: Record, tests: Iterable[DateTest], as_of: int, past: int) -> list[int]:
    """The days an observation may be of if it counts; `past` stands for long ago."""
    days = record.days if record.days is not None else range(past, as_of + 1)
    return [
        day
        for day in days
        if all(any(first <= day <= last for first, last in test.spans) for test in tests)
    ]
