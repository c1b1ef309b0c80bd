"""Days for a made-up patient: when named dates may lie, and on which days of its windows a record.

Named dates are tried at the distances from `as_of` that the windows themselves suggest; a record on
the edges of its windows and beside those of others. Which of them will do is for others to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from screener.days import EVER_FUTURE, EVER_PAST, shift
from screener.ir import AS_OF, DateSource, EarlierOf, NamedDay, Point, Window
from screener.selection.uses import around_record
from screener.workbench.belonging import Sketch

#: So many combinations of named dates are tried.
MOST = 40
#: So far back something is that has no first day.
_LONG_AGO = 3650


def anchors_of(windows: Iterable[Window], dates: Mapping[str, NamedDay]) -> dict[str, str]:
    """The named dates that windows hang on, and the fact each is read from."""
    points = [point for window in windows for point in window_ends(window)]
    found: dict[str, str] = {}
    for name in _reached([point.anchor for point in points], dates):
        source = dates[name]
        if isinstance(source, DateSource):
            found[name] = source.fact
    return found


def _reached(names: Sequence[str | None], dates: Mapping[str, NamedDay]) -> dict[str, None]:
    """The named dates, and those of which they are the earlier or the later."""
    found: dict[str, None] = {}
    waiting = list(reversed(names))
    while waiting:
        name = waiting.pop()
        source = dates.get(name or "")
        if name is None or source is None or name in found:
            continue
        found[name] = None
        if isinstance(source, EarlierOf):
            waiting += [one.anchor for one in source.points]
    return found


def window_ends(window: Window) -> list[Point]:
    """The ends that a window has."""
    return [one for one in (window.start, window.end) if one is not None]


def named_days(
    as_of: int,
    anchors: Mapping[str, str],
    given: Mapping[str, int],
    windows: Sequence[Window],
    values: Mapping[str, Sequence[int]],
) -> Iterator[dict[str, int]]:
    """Days for the named dates, the most natural first.

    Args:
        as_of: the day of screening.
        anchors: the named dates, and the fact each is read from.
        given: the days of the facts that are given.
        windows: what hangs on the named dates.
        values: days that a fact is asked to lie on or about.
    """
    facts = dict.fromkeys(anchors.values())
    options = [
        (given[fact],)
        if fact in given
        else tuple(
            dict.fromkeys(
                (
                    *values.get(fact, ()),
                    *(
                        as_of - back
                        for name, of in anchors.items()
                        if of == fact
                        for back in _distances(name, windows)
                    ),
                )
            )
        )
        for fact in facts
    ]
    # The first ones of all facts before the last one of any.
    places = product(*(range(len(one)) for one in options))
    for at in sorted(islice(places, 20 * MOST), key=sum)[:MOST]:
        days = [one[place] for one, place in zip(options, at, strict=True)]
        chosen = dict(zip(facts, days, strict=True))
        yield {AS_OF: as_of, **{name: chosen[fact] for name, fact in anchors.items()}}


def _distances(name: str, windows: Sequence[Window]) -> tuple[int, ...]:
    """How long before `as_of` a named date may usefully lie, in days."""
    found: dict[int, None] = {}
    edges: list[int] = []
    for window in windows:
        ends = [
            round(one.months * 30.4375) + one.days
            for one in window_ends(window)
            if one.anchor == name
        ]
        if len(ends) == 2:
            found[(ends[0] + ends[1]) // 2] = None
        edges += ends
    found |= dict.fromkeys((0,))
    for edge in sorted(set(edges)):
        found |= dict.fromkeys((edge, edge + 1, edge - 1, edge + 7, edge - 7))
    found |= dict.fromkeys((1, 30, 400, -7))
    return tuple(found)


def days_for(
    sketch: Sketch,
    dates: Mapping[str, int],
    named: Mapping[str, NamedDay],
    others: Iterable[Window],
) -> list[int]:
    """Days by `as_of` on which the record lies in all its windows, the latest first."""
    first, last = EVER_PAST, dates[AS_OF]
    for window in sketch.windows:
        opens, closes = span(dates, window, named)
        first, last = max(first, opens), min(last, closes)
    if first > last:
        return []
    edges = {last, last - 1, first if first > EVER_PAST else last - _LONG_AGO, first + 1}
    for window in others:
        if not around_record(window):
            opens, closes = span(dates, window, named)
            edges |= {opens - 1, opens, closes, closes + 1}
    return sorted((one for one in edges if max(first, 1) <= one <= last), reverse=True)


def span(
    dates: Mapping[str, int], window: Window, named: Mapping[str, NamedDay] | None = None
) -> tuple[int, int]:
    """The first and last day of a window."""
    return (
        EVER_PAST if window.start is None else day_of(dates, window.start, named or {}),
        EVER_FUTURE if window.end is None else day_of(dates, window.end, named or {}),
    )


def day_of(dates: Mapping[str, int], point: Point, named: Mapping[str, NamedDay]) -> int:
    """The day of a point; of a named date without a day, `as_of`."""
    if point.anchor is None:
        return point.days
    source = named.get(point.anchor)
    if isinstance(source, EarlierOf):
        days = [day_of(dates, one, named) for one in source.points]
        start = max(days) if source.later else min(days)
    else:
        start = dates.get(point.anchor, dates[AS_OF])
    return shift(start, point.months, point.days)
