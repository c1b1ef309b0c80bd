"""Reads `count`: how many records, as a range of whole numbers.

Source: semantics 8.4.
"""

from __future__ import annotations

from screener.quantities import Range
from screener.rules.conditions import read_comparison
from screener.rules.faults import Faults, one_of, quoted
from screener.rules.source import Text
from screener.rules.words import Words, entries_of
from screener.vocabulary import Shape, Type

_COMPARATORS = ("is", "at_least", "at_most", "more_than", "less_than", "between")
_SHAPE = Shape(Type.NUMBER)


def read_count(words: Words, faults: Faults) -> tuple[Range, bool] | None:
    """The range that `count` gives, and whether it is of days; None where it cannot be read."""
    node = words.get("count")
    if node is None:
        return None
    if isinstance(node, Text):
        faults.error(
            "mapping-expected",
            node.span,
            "`count` does not say how to compare",
            expected=f"such as {quoted('{at_least: ' + node.value + '}')}",
        )
        return None
    entries = entries_of(node, faults, "`count`")
    if entries is None:
        return None
    before = faults.errors
    inner = Words(entries, faults, (*_COMPARATORS, "distinct"), "`count`")
    distinct = inner.choice("distinct", ("date",)) is not None
    comparison = read_comparison(inner, _SHAPE, faults, what="count")
    if comparison is None:
        if faults.errors == before:
            faults.error(
                "condition-missing",
                words.key("count"),
                "`count` does not say how many",
                expected=one_of(_COMPARATORS),
            )
        return None
    condition, times = comparison.parts[0]
    if isinstance(condition, Range) and times is None and len(comparison.parts) == 1:
        ends = [end for end in (condition.low, condition.high) if end is not None]
        if all(end == int(end) and end >= 0 for end in ends):
            return condition, distinct
    faults.error(
        "bad-number", comparison.span, "a count is compared with a whole number, zero or more"
    )
    return None


def read_consecutive(words: Words, faults: Faults) -> int | None:
    """How many results have to follow one another; None where that cannot be read."""
    text = words.text("consecutive")
    if text is not None and text.isascii() and text.isdigit() and len(text) < 5 and int(text) >= 2:
        return int(text)
    if text is not None:
        faults.error(
            "bad-number",
            words.value("consecutive"),
            f"{quoted(text)} results cannot follow one another",
            expected="a whole number, two or more",
        )
    return None
