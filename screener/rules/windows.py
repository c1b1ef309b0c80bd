"""Reads days and windows: `4 wk after resection`, `less than 6 mo before consent`, `{from, to}`.

It decides which words a window is written with; what lies in it is decided by selection.
Source: semantics 4.3, 4.6 and section 5.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from screener.days import parse_days, shift
from screener.diagnostics import Span
from screener.ir import THIS, EarlierOf, Point, Window
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.source import Entries, Items, Node
from screener.rules.words import Words, items_of, text_of

#: Longer than any look-back; keeps every sum of days a day of the calendar's range.
MOST_YEARS = 200

_OFFSET = re.compile(r"([0-9]{1,9}) ?(d|wk|mo|a)", re.ASCII)
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)", re.ASCII)
_RELATIVE = re.compile(r"(less than +)?(\S.*?) +(before|after) +(\S+)", re.ASCII)
_DAYS = {"d": 1, "wk": 7, "mo": 30, "a": 365}
_SPELLED = {
    "day": "d", "days": "d", "w": "wk", "week": "wk", "weeks": "wk", "wks": "wk",
    "m": "mo", "mos": "mo", "month": "mo", "months": "mo",
    "y": "a", "yr": "a", "yrs": "a", "year": "a", "years": "a",
}  # fmt: skip
_SUCH_AS = "such as `14 d before randomization`, or `{from: …, to: …}`"
_HOURS = ("h", "hr", "hrs", "hour", "hours", "min", "minutes")


CHOICES = ("earlier_of", "later_of")


class NamedDates(Collection[str]):
    """The dates that windows may name: those of the file, and those made up as they are needed."""

    def __init__(
        self, names: Collection[str], composed: dict[str, EarlierOf] | None = None
    ) -> None:
        self._names = tuple(names)
        self.composed: dict[str, EarlierOf] = {} if composed is None else composed

    def name_of(self, choice: EarlierOf) -> str:
        """The name of a day that is the earlier or the later of others."""
        for name, known in self.composed.items():
            if known == choice:
                return name
        name = f"{'later' if choice.later else 'earlier'}_of_{len(self.composed) + 1}"
        self.composed[name] = choice
        return name

    def with_this(self) -> NamedDates:
        """The same, and the day on which the record that is judged starts."""
        return NamedDates((THIS, *self._names), self.composed)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Offset(NamedTuple):
    months: int
    days: int


class _Relative(NamedTuple):
    """`offset` before or after the day `anchor`; `open`: less than that far."""

    offset: _Offset
    after: bool
    anchor: Point
    open: bool

    @property
    def point(self) -> Point:
        sign = 1 if self.after else -1
        days = sign * self.offset.days - (sign if self.open else 0)
        return _moved(self.anchor, sign * self.offset.months, days)


def read_window(node: Node, dates: Collection[str], faults: Faults) -> Window | None:
    """What `within` says; None, with the fault noted, where that cannot be read."""
    if isinstance(node, Entries):
        return _read_from_to(node, dates, faults)
    if isinstance(node, Items):
        faults.error("bad-window", node.span, "a list is not a window", expected=_SUCH_AS)
        return None
    text = text_of(node, faults, "a window")
    if text is None:
        return None
    match = _RELATIVE.fullmatch(text)
    if match is None:
        hint = "`within` needs the day it is counted from" if _AMOUNT.fullmatch(text) else None
        _no_window(text, node.span, faults, hint)
        return None
    there = _relative(match, node.span, dates, faults)
    if there is None:
        return None
    return Window(there.anchor, there.point) if there.after else Window(there.point, there.anchor)


def read_point(node: Node, dates: Collection[str], faults: Faults) -> Point | None:
    """A day: a date, a named date, or so long before or after one."""
    if isinstance(node, Entries):
        return _read_choice(node, dates, faults)
    if isinstance(node, Items):
        faults.error("bad-window", node.span, "a list is not a day", expected=_SUCH_AS)
        return None
    text = text_of(node, faults, "a day")
    if text is None:
        return None
    match = _RELATIVE.fullmatch(text)
    if match is None:
        return _anchor(text, node.span, dates, faults)
    there = _relative(match, node.span, dates, faults)
    if there is not None and there.open:
        faults.error(
            "bad-window",
            node.span,
            "`less than` cannot be one end of a window",
            expected="a day such as `4 wk after resection`",
        )
        return None
    return None if there is None else there.point


def _read_choice(node: Entries, dates: Collection[str], faults: Faults) -> Point | None:
    """`{earlier_of: [DAY, DAY]}` or `later_of`, as a named date of the file."""
    words = Words(node, faults, CHOICES, "a day")
    given = [word for word in words if word in CHOICES]
    if len(given) != 1 or not isinstance(dates, NamedDates):
        faults.error("bad-window", node.span, "this is not a day", expected=_SUCH_AS)
        return None
    found = read_choice(words, given[0], dates, faults)
    return None if found is None else Point(dates.name_of(found))


def read_choice(
    words: Words, word: str, dates: Collection[str], faults: Faults
) -> EarlierOf | None:
    """The earlier, or the later, of some days; None, with the fault noted."""
    nodes = items_of(words.need(word), faults, quoted(word))
    points = [read_point(node, dates, faults) for node in nodes]
    found = tuple(one for one in points if one is not None)
    if isinstance(words.get(word), Items) and len(nodes) < 2:
        faults.error("empty-list", words.key(word), f"{quoted(word)} needs two days")
        return None
    return EarlierOf(found, word == "later_of") if nodes and len(found) == len(nodes) else None


def _read_from_to(node: Entries, dates: Collection[str], faults: Faults) -> Window | None:
    before = faults.errors
    words = Words(node, faults, ("from", "to"), "a window")
    ends = [words.get(word) for word in ("from", "to")]
    if faults.errors == before and ends == [None, None]:
        faults.error("bad-window", node.span, "a window without `from` and `to`")
    start, end = (None if end is None else read_point(end, dates, faults) for end in ends)
    if faults.errors > before:
        return None
    window = Window(start, end)
    if _holds_nothing(window):
        faults.warning(
            "empty-window", node.span, "the window ends before it begins: it holds no day"
        )
    return window


def _relative(
    match: re.Match[str], span: Span, dates: Collection[str], faults: Faults
) -> _Relative | None:
    less, amount, direction, name = match.groups()
    offset = read_offset(amount, span, faults)
    anchor = _anchor(name, span, dates, faults)
    if offset is None or anchor is None:
        return None
    if less and offset == (0, 0):
        faults.error("bad-window", span, "less than no time holds no day")
        return None
    return _Relative(offset, direction == "after", anchor, less is not None)


def read_offset(text: str, span: Span, faults: Faults) -> _Offset | None:
    """A stretch of time such as `4 wk`; None, with the fault noted."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        hint = None
        amount = _AMOUNT.fullmatch(text)
        if amount is not None:
            number, unit = amount.groups()
            if unit in _HOURS:
                hint = "only whole days are judged: write days, and say so in `reading`"
            elif "." in number:
                hint = "write it in a smaller unit, such as days"
            elif unit.lower() in _SPELLED:
                hint = f"write {quoted(number + ' ' + _SPELLED[unit.lower()])}"
        faults.error(
            "bad-offset",
            span,
            f"{quoted(text)} is not a stretch of time",
            expected="a whole number of `d`, `wk`, `mo` or `a`",
            hint=hint,
        )
        return None
    number, unit = int(match[1]), match[2]
    if number * _DAYS[unit] > MOST_YEARS * 365:
        faults.error("bad-offset", span, f"{quoted(text)} is more than {MOST_YEARS} years")
        return None
    if unit in ("mo", "a"):
        return _Offset(number * (12 if unit == "a" else 1), 0)
    return _Offset(0, number * _DAYS[unit])


def _anchor(text: str, span: Span, dates: Collection[str], faults: Faults) -> Point | None:
    days = parse_days(text)
    if days is not None and days.exact:
        return Point(None, 0, days.first)
    if text in dates:
        return Point(text)
    if text[:1].isdigit():
        _no_window(text, span, faults, "a date is written in full, such as `2026-03-01`")
        return None
    faults.error(
        "unknown-date",
        span,
        f"{quoted(text)} is not a named date",
        expected=f"{one_of(dates)}, or a day such as `2026-03-01`",
        hint=nearest(text, dates) or "name it under `dates`",
    )
    return None


def _no_window(text: str, span: Span, faults: Faults, hint: str | None) -> None:
    faults.error(
        "bad-window",
        span,
        f"{quoted(text)} is neither a window nor a day",
        expected=_SUCH_AS,
        hint=hint,
    )


def _moved(anchor: Point, months: int, days: int) -> Point:
    if anchor.anchor is None:
        return Point(None, 0, shift(anchor.days, months, days))
    return Point(anchor.anchor, months, days)


def _holds_nothing(window: Window) -> bool:
    """Whether the window is empty whatever its anchor is."""
    start, end = window.start, window.end
    if start is None or end is None or start.anchor != end.anchor:
        return False
    months = start.months - end.months
    shortest = months * 28 if months >= 0 else months * 31
    return shortest + start.days - end.days > 0
