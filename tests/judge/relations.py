"""What a record stands beside, and how long it lasts (semantics 5.8, 6.8, 6.9, 8.7), day by day.

A relation is a question of its own about the other fact, asked around each day of the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.judge.calendar import EVER, moved
from tests.judge.chart import Interval, Plain, Record
from tests.judge.kleene import Truth, shared
from tests.judge.windows import DateTest

STRETCHES = ("at_least", "at_most", "more_than", "less_than", "between")


def stretch(text: str) -> tuple[int, str]:
    """`4 wk` as a number of units."""
    number, unit = text.split(" ")
    return int(number), unit


def is_so_long(words: Plain, start: int, end: int) -> bool:
    """Whether from one day to another it is so long; `-EVER` as the start is for ever ago."""

    def reaches(text: str) -> int:
        """-1, 0 or 1: shorter than, exactly, longer than that."""
        if start <= -EVER:
            return 1
        there = moved(start, *stretch(text))
        return (end > there) - (end < there)

    if "between" in words:
        low, high = words["between"]
        return reaches(low) >= 0 >= reaches(high)
    (word,) = [one for one in words if one in STRETCHES]
    found = reaches(words[word])
    return {
        "at_least": found >= 0,
        "at_most": found <= 0,
        "more_than": found > 0,
        "less_than": found < 0,
    }[word]


def turning(words: Plain, start: int) -> Iterator[int]:
    """The days at which the answer may change, and the days about them."""
    texts = words["between"] if "between" in words else [words[w] for w in words if w in STRETCHES]
    for text in texts:
        there = moved(start, *stretch(text))
        yield from (there - 1, there, there + 1)


def lasts(words: Plain, record: Record, as_of: int) -> Truth:
    """8.7: over every first and last day it may have."""
    if record.ends is None:
        return is_so_long(words, as_of, as_of + 1)  # one day, whichever
    seen = set()
    for start in record.days or ():
        ends = {day for day in (record.ends[0], record.ends[-1])} if record.ends else set()
        ends |= {as_of} if record.ongoing else set()
        inside = [end for end in turning(words, start) if end - 1 in record.ends]
        ends |= {end - 1 for end in inside}
        for end in ends:
            if end >= start:
                seen.add(is_so_long(words, start, end + 1))
        if record.ends and record.ends[0] < start <= record.ends[-1]:
            seen.add(is_so_long(words, start, start + 1))
    return shared(seen)


def lookback(words: Plain, record: Record, days: Iterable[int]) -> DateTest:
    """5.8: the stretches of days for a record, for each day and each half-life there may be."""
    choose = max if "shorter_of" in words else min
    texts = words["shorter_of"] if "shorter_of" in words else words["longer_of"]
    spans: dict[tuple[int, int], None] = {}
    for last in days:
        for turn in (0, 1):
            firsts = []
            for text in texts:
                if "half_" in text:
                    firsts.append(last - _whole_days(text, record)[turn])
                else:
                    number, unit = stretch(text)
                    firsts.append(moved(last, -number, unit))
            spans[choose(firsts), last] = None
    return DateTest("within", tuple(spans))


def _whole_days(text: str, record: Record) -> tuple[int, int]:
    """The fewest and the most whole days that so many half-lives may be; they are kept in hours."""
    times = Fraction(text.split(" ")[0]) / 24
    value = record.attributes.get("half_life")
    if not isinstance(value, Interval):
        return 0, EVER
    least = 0 if value.low is None else max(0, floor(value.low * times))
    if value.high is None:
        return least, EVER
    most = value.high * times
    return least, max(0, floor(most) if value.high_in else ceil(most) - 1)


def around(word: str, body: Plain, record: Record) -> tuple[Plain, DateTest | None] | None:
    """The question that a relation is, and the days it is asked for; None where there are none."""
    if record.days is None or not record.days or record.days[0] <= -EVER:
        return None
    asked = {one: body[one] for one in ("fact", "where", "except") if one in body}
    if word == "clear_of":
        return {**asked, "count": {"is": "0"}}, None
    spans = tuple((day + 1, EVER) if word == "before" else (-EVER, day - 1) for day in record.days)
    return {**asked, "count": {"at_least": "1"}}, DateTest("starts", spans)


def relations(leaf: Plain) -> list[tuple[str, Plain]]:
    """The relations that a leaf asks for."""
    found: list[tuple[str, Any]] = [
        (word, leaf[word])
        for word in ("before", "after")
        if isinstance(leaf.get(word), dict) and "fact" in leaf[word]
    ]
    clear = leaf.get("clear_of", [])
    found += [("clear_of", one) for one in (clear if isinstance(clear, list) else [clear])]
    return found
