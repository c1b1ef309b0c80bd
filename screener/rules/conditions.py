"""Reads the comparison of a leaf, an attribute or a table row into a range or a set of codes.

It decides what `at_least` and its kind mean for each type of value; which value is compared is
decided by the leaf. Source: semantics section 9.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from screener.diagnostics import Span
from screener.ir import Bound, Limit, OfLimit, OfNumber, Relative, Requirement
from screener.quantities import Codes, Range, decimal_text
from screener.rules.faults import Faults, one_of, quoted
from screener.rules.source import Entries, Node, Text, Unreadable
from screener.rules.values import NUMERIC, Literal, Named, read_code, read_number
from screener.rules.words import Words, items_of, text_of
from screener.vocabulary import Shape, Type

COMPARATORS = ("is", "one_of", "at_least", "at_most", "more_than", "less_than", "between")
_FOR_CODES = ("is", "one_of")


class Compared(NamedTuple):
    """What is asked of a value, or of its multiple of a reference limit."""

    condition: Requirement
    times: Limit | None = None


class Comparison(NamedTuple):
    """What a comparator says: one requirement, or several of which any must hold.

    `span` is the comparator itself.
    """

    span: Span
    parts: tuple[Compared, ...]


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
    named: Named | None = None,
) -> Comparison | None:
    """The one comparison among these words; None where there is none or it cannot be read.

    `only`: the comparator meant, where a table row has one for each end; `named`: what other
    values may be limits.
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
            "text-expected",
            node.span,
            f"{quoted(word)} takes a value, or the name of another",
            expected="such as `0.5 x total_bilirubin`",
        )
        return None
    reader = _Reader(shape, faults, what, pinned, named)
    parts = reader.read(word, node, words.key(word))
    return None if parts is None else Comparison(words.key(word), parts)


class _Reader:
    """One comparator and its value for one type of fact."""

    def __init__(
        self, shape: Shape, faults: Faults, what: str, pinned: str | None, named: Named | None
    ) -> None:
        self.shape = shape
        self.faults = faults
        self.what = what
        self.pinned = pinned
        self.named = named

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
        found = [one for one in literals if one is not None]
        if len(found) < len(literals):
            return None
        if word == "one_of":
            return tuple(_range("is", one) for one in found)
        if word != "between":
            return (_range(word, *found),)
        low, high = found
        if low.bound is None and high.bound is None and low.number > high.number:
            self._empty(node.span, "`[low, high]`")
            return None
        if low.bound is not None and high.bound is not None and _crossed(low.bound, high.bound):
            self._empty(node.span, "`[low, high]`")
            return None
        return (_range(word, low, high),)

    def _number(self, text: Text) -> Literal | None:
        literal = read_number(
            text, self.shape, self.faults, what=self.what, pinned=self.pinned, named=self.named
        )
        plausible = self.shape.plausible
        if literal is None or literal.bound is not None or plausible is None:
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


def _range(word: str, low: Literal, high: Literal | None = None) -> Compared:
    """The numbers that a comparator lets pass, or multiples of the one limit they hang on."""
    first = None if word in ("at_most", "less_than") else low
    last = None if word in ("at_least", "more_than") else high or low
    opens = (word == "more_than", word == "less_than")
    ends = [end for end in (first, last) if end is not None]
    if all(end.bound is None for end in ends):
        return Compared(_Ends(first, last, *opens).numbers())
    limits = {_plain_multiple(end.bound) for end in ends}
    limit = limits.pop()
    if limit is not None and not limits:
        return Compared(_Ends(first, last, *opens).multiples(), limit)
    return Compared(Relative(_bound(first), _bound(last), *opens))


def _plain_multiple(bound: Bound | None) -> Limit | None:
    return bound.limit if isinstance(bound, OfLimit) and not bound.plus else None


class _Ends(NamedTuple):
    first: Literal | None
    last: Literal | None
    low_open: bool
    high_open: bool

    def numbers(self) -> Range:
        """As they are written."""
        low, high = (None if end is None else end.number for end in self[:2])
        return Range(low, high, self.low_open, self.high_open)

    def multiples(self) -> Range:
        """As ratios, which need not be decimals."""
        low, high = (None if end is None else Fraction(end.number) for end in self[:2])
        return Range(low, high, self.low_open, self.high_open)


def _bound(literal: Literal | None) -> Bound | None:
    return None if literal is None else literal.bound or OfNumber(literal.number)


def _crossed(low: Bound, high: Bound) -> bool:
    """Whether two multiples of one limit leave nothing between them."""
    if not isinstance(low, OfLimit) or not isinstance(high, OfLimit) or low.limit != high.limit:
        return False
    return low.plus == high.plus and low.times > high.times
