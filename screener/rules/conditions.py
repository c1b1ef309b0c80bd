"""Reads the comparison of a leaf, an attribute or a table row into a range or a set of codes.

It decides what `at_least` and its kind mean for each type of value; which value is compared is
decided by the leaf. Source: semantics section 9.
"""

from __future__ import annotations

from typing import NamedTuple

from screener.diagnostics import Span
from screener.ir import Limit
from screener.quantities import Codes, Condition, Number, Range, decimal_text, point
from screener.rules.faults import Faults, one_of, quoted
from screener.rules.source import Entries, Node, Text, Unreadable
from screener.rules.values import NUMERIC, Literal, read_code, read_number
from screener.rules.words import Words, items_of, text_of
from screener.vocabulary import Shape, Type

COMPARATORS = ("is", "one_of", "at_least", "at_most", "more_than", "less_than", "between")
_FOR_CODES = ("is", "one_of")


class Compared(NamedTuple):
    """A condition on a value, or on its multiple of a reference limit."""

    condition: Condition
    times: Limit | None = None


class Comparison(NamedTuple):
    """What a comparator says: one condition, or several of which all (`every`) or any must hold.

    `span` is the comparator itself.
    """

    span: Span
    parts: tuple[Compared, ...]
    every: bool = True


def given_comparators(words: Words) -> list[str]:
    """The comparators that were written, in the order of the file."""
    return [word for word in words if word in COMPARATORS]


def read_comparison(
    words: Words,
    shape: Shape,
    faults: Faults,
    *,
    what: str,
    pinned: str | None = None,
    only: str | None = None,
) -> Comparison | None:
    """The one comparison among these words; None where there is none or it cannot be read.

    `only`: the comparator meant, where a table row has one for each end.
    """
    given = given_comparators(words) if only is None else [only]
    if not given:
        return None
    if len(given) > 1:
        faults.error(
            "one-condition",
            words.key(given[1]),
            f"{quoted(given[1])} is a second condition beside {quoted(given[0])}",
            hint="a range with both ends is `between`; else put each in an `all_of`",
        )
        return None
    word = given[0]
    node = words.need(word)
    if isinstance(node, Unreadable):
        return None
    if isinstance(node, Entries):
        faults.error(
            "not-yet",
            node.span,
            "this version does not compare with another fact yet",
            expected="a value",
        )
        return None
    reader = _Reader(shape, faults, what, pinned)
    parts = reader.read(word, node, words.key(word))
    every = word != "one_of"
    return None if parts is None else Comparison(words.key(word), parts, every)


class _Reader:
    """One comparator and its value for one type of fact."""

    def __init__(self, shape: Shape, faults: Faults, what: str, pinned: str | None) -> None:
        self.shape = shape
        self.faults = faults
        self.what = what
        self.pinned = pinned

    def read(self, word: str, node: Node, key: Span) -> tuple[Compared, ...] | None:
        kind = self.shape.type
        allowed = {
            Type.BOOLEAN: ("is",),
            Type.CODE: _FOR_CODES,
            Type.EVENT: (),
        }.get(kind, COMPARATORS)
        if word not in allowed:
            self.faults.error(
                "comparator-type",
                key,
                f"{quoted(word)} cannot be asked of {quoted(self.what)}, "
                + ("which is yes or no" if kind is Type.BOOLEAN else "which has no order"),
                expected=one_of(allowed),
            )
            return None
        texts = self._texts(word, node)
        if texts is None:
            return None
        if kind in NUMERIC or kind is Type.DATE:
            return self._numbers(word, node, texts)
        codes = self._codes(word, node, texts)
        return None if codes is None else (Compared(codes),)

    def _texts(self, word: str, node: Node) -> tuple[Text, ...] | None:
        """The literals: one, or those of a list."""
        if word in ("one_of", "between"):
            nodes = items_of(node, self.faults, quoted(word))
            if not nodes:
                if not isinstance(node, Text | Unreadable):
                    self.faults.error("empty-list", node.span, f"{quoted(word)} lists nothing")
                return None
            if word == "between" and len(nodes) != 2:
                self.faults.error(
                    "between-two", node.span, "`between` has two ends", expected="`[low, high]`"
                )
                return None
        else:
            nodes = (node,)
            if not isinstance(node, Text | Unreadable):
                hint = "a list of values is `one_of`" if word == "is" else None
                self.faults.error(
                    "text-expected", node.span, f"{quoted(word)} takes one value", hint=hint
                )
                return None
        texts = [
            one for one in nodes
            if text_of(one, self.faults, quoted(word)) is not None and isinstance(one, Text)
        ]  # fmt: skip
        return tuple(texts) if len(texts) == len(nodes) else None

    def _numbers(
        self, word: str, node: Node, texts: tuple[Text, ...]
    ) -> tuple[Compared, ...] | None:
        literals = [self._number(text) for text in texts]
        if any(one is None for one in literals):
            return None
        found = [one for one in literals if one is not None]
        if word == "one_of":
            return tuple(Compared(point(one.number), one.times) for one in found)
        if word == "between":
            low, high = found
            if low.times is not high.times:
                return (
                    Compared(Range(low.number, None), low.times),
                    Compared(Range(None, high.number), high.times),
                )
            if low.number > high.number:
                self._empty(node.span, "`[low, high]`")
                return None
            return (Compared(Range(low.number, high.number), low.times),)
        (one,) = found
        return (Compared(_RANGES[word](one.number), one.times),)

    def _number(self, text: Text) -> Literal | None:
        literal = read_number(text, self.shape, self.faults, what=self.what, pinned=self.pinned)
        plausible = self.shape.plausible
        if literal is None or literal.times is not None or plausible is None:
            return literal
        low, high = plausible
        if not low <= literal.number <= high:
            unit = "" if self.shape.unit == "1" else " " + self.shape.unit
            self.faults.error(
                "limit-implausible",
                text.span,
                f"{quoted(text.value)} is outside the plausible values of {quoted(self.what)}",
                expected=f"from {decimal_text(low)} to {decimal_text(high)}{unit}",
                hint="look at the unit and the decimal point",
            )
            return None
        return literal

    def _codes(self, word: str, node: Node, texts: tuple[Text, ...]) -> Codes | None:
        sets = [read_code(text, self.shape, self.faults, what=self.what) for text in texts]
        found = [one for one in sets if one is not None]
        if len(found) < len(sets):
            return None
        if word in _FOR_CODES:
            return frozenset[str | bool]().union(*found)
        scale = self.shape.values
        ranks = [scale.index(text.value) for text in texts]
        codes = frozenset(value for rank, value in enumerate(scale) if _ranked(word, rank, ranks))
        if not codes:
            self._empty(node.span)
            return None
        return codes

    def _empty(self, span: Span, expected: str | None = None) -> None:
        self.faults.error("empty-range", span, "no value meets this condition", expected=expected)


def _ranked(word: str, rank: int, limits: list[int]) -> bool:
    """Whether a place in the scale meets a comparator (semantics 9.4)."""
    first, last = limits[0], limits[-1]
    return {
        "at_least": rank >= first,
        "more_than": rank > first,
        "at_most": rank <= first,
        "less_than": rank < first,
        "between": first <= rank <= last,
    }[word]


def _at_least(number: Number) -> Range:
    return Range(number, None)


def _at_most(number: Number) -> Range:
    return Range(None, number)


def _more_than(number: Number) -> Range:
    return Range(number, None, low_open=True)


def _less_than(number: Number) -> Range:
    return Range(None, number, high_open=True)


_RANGES = {
    "is": point,
    "at_least": _at_least,
    "at_most": _at_most,
    "more_than": _more_than,
    "less_than": _less_than,
}
