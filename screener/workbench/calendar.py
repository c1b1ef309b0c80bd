"""Days for a made-up patient: when things happened, so that each window finds what it should.

Named dates are tried at the distances from `as_of` that the windows themselves suggest; each
record then gets a day inside its own windows and outside those in which it must not be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

from screener.days import EVER_FUTURE, EVER_PAST, shift
from screener.ir import AS_OF, Point, Window

#: So many combinations of named dates are tried.
MOST = 4_000


class Wanted(NamedTuple):
    """One record to be placed: on a day of all these windows, and on none of those."""

    inside: tuple[Window, ...]
    outside: tuple[tuple[Window, ...], ...]


class Placed(NamedTuple):
    """The days found: of the named dates, and of each record, in their order."""

    dates: Mapping[str, int]
    records: tuple[int, ...]


def place(as_of: int, anchors: Sequence[str], wanted: Sequence[Wanted]) -> Iterator[Placed]:
    """Days for the named dates and the records, the most natural first."""
    windows = [
        one for each in wanted for one in (*each.inside, *(w for o in each.outside for w in o))
    ]
    options = [_distances(name, windows) for name in anchors]
    for distances in islice(product(*options), MOST):
        dates = {AS_OF: as_of}
        dates |= {name: as_of - back for name, back in zip(anchors, distances, strict=True)}
        days = [_day(dates, each) for each in wanted]
        if all(one is not None for one in days):
            yield Placed(dates, tuple(one for one in days if one is not None))


def _distances(name: str, windows: Sequence[Window]) -> tuple[int, ...]:
    """How long before `as_of` a named date may usefully lie, in days."""
    found: dict[int, None] = {}
    edges: list[int] = []
    for window in windows:
        ends = [
            round(one.months * 30.4375) + one.days
            for one in (window.start, window.end)
            if one is not None and one.anchor == name
        ]
        if len(ends) == 2:
            found[(ends[0] + ends[1]) // 2] = None
        edges += ends
    for edge in sorted(set(edges)):
        found |= dict.fromkeys((edge, edge + 1, edge - 1, edge + 7, edge - 7))
    found |= dict.fromkeys((0, 1, 30, 400, -7))
    return tuple(found)


def _day(dates: Mapping[str, int], wanted: Wanted) -> int | None:
    """The latest day by `as_of` that is in all its windows and in none of the others."""
    first, last = EVER_PAST, dates[AS_OF]
    for window in wanted.inside:
        opens, closes = span(dates, window)
        first, last = max(first, opens), min(last, closes)
    others = [[span(dates, window) for window in windows] for windows in wanted.outside if windows]
    if any(not windows for windows in wanted.outside):
        return None
    edges = {last, first if first > EVER_PAST else last - 3650}
    for spans in others:
        for opens, closes in spans:
            edges |= {opens - 1, closes + 1}
    for day in sorted((one for one in edges if first <= one <= last), reverse=True):
        if not any(all(opens <= day <= closes for opens, closes in spans) for spans in others):
            return day
    return None


def span(dates: Mapping[str, int], window: Window) -> tuple[int, int]:
    """The first and last day of a window."""
    return (
        EVER_PAST if window.start is None else _point(dates, window.start),
        EVER_FUTURE if window.end is None else _point(dates, window.end),
    )


def _point(dates: Mapping[str, int], point: Point) -> int:
    if point.anchor is None:
        return point.days
    return shift(dates[point.anchor], point.months, point.days)
