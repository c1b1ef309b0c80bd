"""Reads stretches of time: `4 wk`, `{at_least: 4 wk}`, `{shorter_of: [4 wk, 5 half_lives], …}`.

It decides how a length is written; what is of that length is decided by selection. Source:
semantics 4.3, 5.8, 8.7 to 8.9.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from screener.ir import HalfLives, Length, Lookback, Stretch
from screener.quantities import Range, parse_decimal
from screener.rules.faults import Faults, one_of, quoted
from screener.rules.source import Entries, Items, Text
from screener.rules.windows import read_offset, read_point
from screener.rules.words import Words, items_of, texts_of
from screener.vocabulary import Fact, Type

_LENGTHS = ("at_least", "at_most", "more_than", "less_than", "between")
_HALF_LIVES = re.compile(r"(\S+) half_(?:life|lives)")
#: The attribute that half-lives are read from, and how many of its units make a day.
HALF_LIFE = "half_life"
_PER_DAY = {"d": 1, "h": 24, "min": 1440}


def read_length(
    entries: Entries, faults: Faults, what: str, besides: Collection[str] = ()
) -> tuple[Length, Words] | None:
    """A length between limits, and the words beside it; None, with the fault noted."""
    words = Words(entries, faults, (*_LENGTHS, *besides), what)
    given = [word for word in words if word in _LENGTHS]
    if len(given) != 1:
        faults.error(
            "one-condition" if given else "condition-missing",
            words.key(given[1]) if given else words.span,
            f"{what} has a second limit" if given else f"{what} does not say how long",
            expected=one_of(_LENGTHS),
        )
        return None
    word = given[0]
    node = words.need(word)
    texts = (
        texts_of(items_of(node, faults, quoted(word)), faults, quoted(word))
        if word == "between"
        else (node,)
        if isinstance(node, Text)
        else ()
    )
    if len(texts) != (2 if word == "between" else 1):
        if isinstance(node, Entries) or (word != "between") is isinstance(node, Items):
            faults.error("bad-offset", node.span, f"{what} is not a stretch of time")
        return None
    ends = [_stretch(text, faults) for text in texts]
    if any(end is None for end in ends):
        return None
    low = None if word in ("at_most", "less_than") else ends[0]
    high = None if word in ("at_least", "more_than") else ends[-1]
    return Length(low, high, word == "more_than", word == "less_than"), words


def days_of(length: Length, words: Words, faults: Faults, what: str) -> Range | None:
    """A length as a number of days; months are none."""
    for end in (length.low, length.high):
        if end is not None and end.months:
            faults.error(
                "bad-offset",
                words.span,
                f"{what} counts days, and months differ in them",
                expected="a whole number of `d` or `wk`",
            )
            return None
    low = None if length.low is None else length.low.days
    high = None if length.high is None else length.high.days
    return Range(low, high, length.low_open, length.high_open)


def read_lookback(
    entries: Entries, dates: Collection[str], fact: Fact, faults: Faults
) -> Lookback | None:
    """`{shorter_of: […], before: DAY}` or `longer_of`; None, with the fault noted."""
    words = Words(entries, faults, ("shorter_of", "longer_of", "before"), "a window")
    given = [word for word in ("shorter_of", "longer_of") if word in words]
    if len(given) > 1:
        faults.error("words-clash", words.key(given[1]), "`longer_of` beside `shorter_of`")
        return None
    point = read_point(words.need("before"), dates, faults)
    nodes = items_of(words.need(given[0]), faults, quoted(given[0]))
    texts = texts_of(nodes, faults, quoted(given[0]))
    read = [_half_lives(text, fact, faults) or _stretch(text, faults) for text in texts]
    found = tuple(one for one in read if one is not None)
    if not nodes:
        faults.error("empty-list", words.key(given[0]), f"{quoted(given[0])} lists nothing")
    if point is None or not found or len(found) < len(nodes):
        return None
    return Lookback(point, found, given[0] == "longer_of")


def _half_lives(text: Text, fact: Fact, faults: Faults) -> HalfLives | None:
    match = _HALF_LIVES.fullmatch(text.value)
    if match is None:
        return None
    shape = fact.attributes.get(HALF_LIFE)
    count = parse_decimal(match[1])
    if shape is None or shape.type is not Type.QUANTITY or shape.unit not in _PER_DAY:
        faults.error(
            "unknown-attribute",
            text.span,
            f"records of {quoted(fact.name)} do not say how long a half-life is",
            expected=f"an attribute {quoted(HALF_LIFE)} in {one_of(_PER_DAY)}",
        )
        return HalfLives(Decimal(1), HALF_LIFE, 1)
    if count is None or count <= 0:
        faults.error("bad-number", text.span, f"{quoted(match[1])} is no number of half-lives")
        return HalfLives(Decimal(1), HALF_LIFE, 1)
    return HalfLives(count, HALF_LIFE, _PER_DAY[shape.unit])


def _stretch(text: Text, faults: Faults) -> Stretch | None:
    offset = read_offset(text.value, text.span, faults)
    return None if offset is None else Stretch(offset.months, offset.days)
