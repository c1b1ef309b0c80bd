"""What a leaf or an attribute asks of a value, tried on every value that it may be (section 9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from tests.judge.calendar import days_of
from tests.judge.chart import Interval, Plain, Record, Values, amount, beneath, scale_of
from tests.judge.kleene import Truth, all_of, any_of, shared

CONDITION_WORDS = ("is", "one_of", "at_least", "at_most", "more_than", "less_than", "between")
#: What `count` is compared as.
NUMBER: Plain = {"type": "number"}

#: `2 x ULN + 5 U/L`, `LLN` (9.5, 9.7), and `1.25 x baseline`, `other_fact` (9.8, 9.9).
_OF_LIMIT = re.compile(r"(?:(\S+) x )?(ULN|LLN)(?: ([-+]) (.+))?")
_OF_OTHER = re.compile(r"(?:([0-9.]+) x )?([a-z_]+)")

#: All that another value may be for a record; None where it is not known.
Others: TypeAlias = Callable[[str, Record], Collection[Values] | None]


class Condition(NamedTuple):
    """What a leaf or an attribute asks of a value: a test and the values where it turns."""

    test: Callable[[Any, Record | None], Truth]
    turns: Callable[[Record | None], list[Fraction]]

    def judge(self, values: Values, record: Record | None = None) -> Truth:
        """9.2: true if every value meets it, false if none does."""
        return shared(self.test(one, record) for one in points(values, self.turns(record)))


def points(values: Values, turns: Collection[Fraction]) -> Iterable[Any]:
    """Values that stand for all: the ends, the turns, and one between each two neighbours."""
    if not isinstance(values, Interval):
        return values
    if values.low is not None and values.low == values.high:
        return [values.low]
    marks = {turn for turn in turns if inside(turn, values)}
    marks |= {end for end in (values.low, values.high) if end is not None}
    line = sorted(marks) or [Fraction(0)]
    beyond = [line[0] - 1, *line, line[-1] + 1]
    between = [(left + right) / 2 for left, right in pairwise(beyond)]
    return [one for one in (*beyond, *between) if inside(one, values)]


def inside(number: Fraction, values: Interval) -> bool:
    above = values.low is None or number > values.low or (values.low_in and number == values.low)
    below = (
        values.high is None or number < values.high or (values.high_in and number == values.high)
    )
    return above and below


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, limits: value in limits,
    "at_least": lambda value, limits: value >= min(limits),
    "at_most": lambda value, limits: value <= max(limits),
    "more_than": lambda value, limits: value > max(limits),
    "less_than": lambda value, limits: value < min(limits),
}


def condition_of(words: Plain, shape: Plain, others: Others | None = None) -> Condition:
    """The one condition among the words of a leaf, an attribute or a count."""
    if "between" in words:
        sides = zip(("at_least", "at_most"), words["between"], strict=True)
        return _both([condition_of({word: end}, shape, others) for word, end in sides], all_of)
    if "one_of" in words:
        return _both([condition_of({"is": one}, shape) for one in words["one_of"]], any_of)
    word = next(word for word in _COMPARISONS if word in words)
    if others is not None and names_another(words[word], shape):
        return _beside_another(_COMPARISONS[word], str(words[word]), others)
    limit = _limit(words[word], shape)

    def test(value: Any, record: Record | None) -> Truth:
        there = limit(record)
        return None if there is None else _COMPARISONS[word](value, there)

    def turns(record: Record | None) -> list[Fraction]:
        there = limit(record)
        return [] if not there else [one for one in there if isinstance(one, Fraction)]

    return Condition(test, turns)


def ways_of(record: Record) -> list[Record]:
    """14.3: the record with each pair of limits that it may have."""
    return [replace(record, low=low, high=high, ways=()) for low, high in record.ways] or [record]


def each_way(condition: Condition) -> Condition:
    """14.3: what it comes to with all limits that the record may have."""

    def test(value: Any, record: Record | None) -> Truth:
        if record is None or not record.ways:
            return condition.test(value, record)
        return shared(condition.test(value, way) for way in ways_of(record))

    def turns(record: Record | None) -> list[Fraction]:
        if record is None or not record.ways:
            return condition.turns(record)
        return [turn for way in ways_of(record) for turn in condition.turns(way)]

    return Condition(test, turns)


def _both(parts: list[Condition], combined: Callable[[Iterable[Truth]], Truth]) -> Condition:
    return Condition(
        lambda value, record: combined(one.test(value, record) for one in parts),
        lambda record: [turn for one in parts for turn in one.turns(record)],
    )


def _limit(text: Any, shape: Plain) -> Callable[[Record | None], Collection[Any] | None]:
    """What a literal stands for: one limit, or a code with every code beneath it (9.3).

    What is worked out from a reference limit is None where the record has none (9.5, 9.7).
    """
    written = _OF_LIMIT.fullmatch(str(text))
    if written is None:
        wanted = meant(text, shape)
        return lambda _: wanted
    times, side, sign, more = written.groups(default="")
    plus = amount(more, shape) if more else Fraction(0)

    def of(record: Record | None) -> Collection[Any] | None:
        assert record is not None
        reference = record.high if side == "ULN" else record.low
        if reference is None or reference <= 0:
            return None
        return [Fraction(times or "1") * reference + (-plus if sign == "-" else plus)]

    return of


def names_another(text: Any, shape: Plain) -> bool:
    """Whether a limit is another value."""
    ordered = shape["type"] in ("quantity", "number", "date")
    return ordered and _OF_OTHER.fullmatch(str(text)) is not None


def _beside_another(compared: Callable[[Any, Any], bool], text: str, others: Others) -> Condition:
    """9.8, 9.9: every value of the one with every value of the other."""
    written = _OF_OTHER.fullmatch(text)
    assert written is not None
    times, name = Fraction(written[1] or "1"), written[2]

    def ways(record: Record | None) -> Collection[Values] | None:
        assert record is not None
        there = others(name, record)
        return None if there is None else [_scaled(one, times) for one in there]

    def test(value: Any, record: Record | None) -> Truth:
        there = ways(record)
        if there is None:
            return None
        return shared(compared(value, [one]) for way in there for one in _near(way, value))

    def turns(record: Record | None) -> list[Fraction]:
        there = [way for way in ways(record) or () if isinstance(way, Interval)]
        return [end for way in there for end in (way.low, way.high) if end is not None]

    return Condition(test, turns)


def _near(values: Values, value: Any) -> Iterable[Any]:
    """Values that stand for all, where they are compared with one."""
    if isinstance(values, range):
        days = (values[0], values[-1], value - 1, value, value + 1)
        return [day for day in days if day in values]
    return points(values, [value])


def _scaled(values: Values, times: Fraction) -> Values:
    if not isinstance(values, Interval):
        return values
    low, high = (None if end is None else end * times for end in (values.low, values.high))
    return Interval(low, values.low_in, high, values.high_in)


def meant(text: Any, shape: Plain) -> Collection[Any]:
    """What a literal of the rule stands for: for a code, also every code beneath it (9.3)."""
    if shape["type"] == "boolean":
        return [text in (True, "true")]
    if shape["type"] == "code":
        return beneath(text, shape)
    if shape["type"] == "date":
        return days_of(text)
    if shape["type"] == "ordinal":
        return [scale_of(shape).index(str(text))]
    return [amount(str(text), shape)]
