"""Words for days: dates as they are recorded, windows of a rule and the days they come to.

Dates are written `24 Nov 2026`, whatever the locale.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from screener.days import iso, iso_or_none
from screener.ir import AS_OF, THIS, DateSource, EarlierOf, Length, NamedDay, Point, Stretch, Window
from screener.selection.selected import Reach

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
#: What `as_of` is called.
SCREENING = "the day of screening"

Dates: TypeAlias = Mapping[str, NamedDay]


@lru_cache(maxsize=4096)
def date_words(text: str) -> str:
    """An ISO date, partial or a stretch of time, as words: `24 Nov 2026`, `Oct 2026`."""
    if "/" in text:
        start, end = text.split("/", 1)
        return (
            f"{date_words(start)} to {date_words(end)}"
            if end not in ("", "..")
            else (f"{date_words(start)}, " + ("going on" if end == ".." else "end not recorded"))
        )
    parts = text.split("-")
    if len(parts) > 1:
        parts[1] = _MONTHS[int(parts[1]) - 1]
    if len(parts) > 2:
        parts[2] = str(int(parts[2]))
    return " ".join(reversed(parts))


@lru_cache(maxsize=4096)
def dated_words(text: str) -> str:
    """The day of a record: `on 24 Nov 2026`, `in Oct 2026`, `from 1 May 2026 to 3 Jun 2026`."""
    if "/" in text:
        return f"from {date_words(text)}"
    return f"{'on' if text.count('-') == 2 else 'in'} {date_words(text)}"


def window_words(reach: Reach) -> str:
    """The days of a window as words; empty where neither is known."""
    opens = None if reach.opens is None else iso_or_none(reach.opens)
    closes = None if reach.closes is None else iso_or_none(reach.closes)
    if opens and closes:
        return f"{date_words(opens)} to {date_words(closes)}"
    if opens:
        return f"from {date_words(opens)}"
    return f"up to {date_words(closes)}" if closes else ""


def point_words(point: Point, dates: Dates) -> str:
    """A day of a rule: `28 days after resection`, `the day of screening`, `1 Jan 2026`."""
    if point.anchor is None:
        return date_words(iso(point.days))
    return _from_anchor(point, anchor_words(point.anchor, dates))


def span_words(window: Window, dates: Dates) -> str:
    """The days of a window of a rule, both ends counting."""
    start, end = window.start, window.end
    if start is None or end is None:
        if start is not None:
            return f"from {point_words(start, dates)} on"
        return "" if end is None else f"up to {point_words(end, dates)}"
    if start.anchor is None or start.anchor != end.anchor:
        return f"from {point_words(start, dates)} to {point_words(end, dates)}"
    anchor = anchor_words(start.anchor, dates)
    near, far = start.months or start.days, end.months or end.days
    alike = bool(start.months) == bool(end.months) and not any(
        one.months and one.days for one in (start, end)
    )
    if alike and near * far > 0:
        months = bool(start.months)
        unit = 12 if months and near % 12 == far % 12 == 0 else 1
        return f"from {abs(near) // unit} to {_span(far, months, unit)} {_side(near)} {anchor}"
    return f"from {_from_anchor(start, _name(start.anchor))} to {_from_anchor(end, anchor)}"


def anchor_words(anchor: str, dates: Dates) -> str:
    """What a named date is called in a sentence, and what stands in for it."""
    match dates.get(anchor):
        case DateSource(otherwise_as_of=True):
            return f"{_name(anchor)} (or {SCREENING}, while that is not known)"
        case EarlierOf() as first:
            which = "later" if first.later else "earlier"
            points = " and ".join(point_words(one, dates) for one in first.points)
            return f"the {which} of {points}"
        case _:
            return _name(anchor)


def _name(anchor: str) -> str:
    if anchor == THIS:
        return "it"
    return SCREENING if anchor == AS_OF else anchor.replace("_", " ")


def stretch_words(stretch: Stretch) -> str:
    """A stretch of time: `28 days`, `6 months`."""
    if not stretch.months:
        return _span(stretch.days, False)
    months = _span(stretch.months, True)
    return f"{months} and {_span(stretch.days, False)}" if stretch.days else months


def length_words(length: Length) -> str:
    """How long something lasts: `at least 28 days`."""
    if length.low is not None and length.high is not None:
        if length.low == length.high:
            return stretch_words(length.low)
        return f"between {stretch_words(length.low)} and {stretch_words(length.high)}"
    if length.low is not None:
        return f"{'more than' if length.low_open else 'at least'} {stretch_words(length.low)}"
    assert length.high is not None, "INVARIANT: a length has an end"
    return f"{'less than' if length.high_open else 'at most'} {stretch_words(length.high)}"


def _from_anchor(point: Point, anchor: str) -> str:
    months, days = point.months, point.days
    if not months and not days:
        return "its own day" if point.anchor == THIS else anchor
    if not months or not days:
        return f"{_span(months or days, bool(months))} {_side(months or days)} {anchor}"
    inner = f"{_span(months, True)} {_side(months)} {anchor}"
    return f"{_span(days, False)} {_side(days)} the day {inner}"


def _side(offset: int) -> str:
    return "before" if offset < 0 else "after"


def _span(count: int, months: bool, unit: int = 0) -> str:
    """A stretch of days or months; `unit` 12 or, where the number allows it, 0: in years."""
    number, name = abs(count), "month" if months else "day"
    if months and unit != 1 and number % 12 == 0:
        number, name = number // 12, "year"
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
