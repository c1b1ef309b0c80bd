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


def read_count(words: Words, faults: Faults) -> Range | None:
    """The range that `count` gives; None where it is not given or cannot be read."""
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
    inner = Words(entries, faults, _COMPARATORS, "`count`", ("distinct",))
    if "distinct" in inner:
        faults.error("not-yet", inner.key("distinct"), "this version does not know `distinct` yet")
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
            return condition
    faults.error(
        "bad-number", comparison.span, "a count is compared with a whole number, zero or more"
    )
    return None
