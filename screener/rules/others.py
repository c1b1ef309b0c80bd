"""Reads a limit that is another fact, or an attribute of the same record: `0.5 x total_bilirubin`.

It decides what a name stands for as a limit and whether it can be compared; what it comes to is
semantics 9.7 and 9.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from screener.ir import (
    THIS,
    After,
    Before,
    Bound,
    OfAttribute,
    OfFact,
    Pick,
    Point,
    RecordSet,
    RecordTest,
    Use,
    Window,
    Within,
)
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.scope import Scope, Setting
from screener.rules.selections import derived, value_of
from screener.rules.source import Entries, Text
from screener.rules.values import NUMERIC, Named
from screener.rules.windows import read_window
from screener.rules.words import Words, entries_of
from screener.vocabulary import AgeOf, Fact, Kind, Shape, Type

BASELINE = "baseline"
_THAT_DAY = Within(Window(Point(THIS), Point(THIS)))


def attributes_named(shape: Shape, shapes: Mapping[str, Shape], faults: Faults) -> Named:
    """Other attributes of the record as limits of an attribute."""

    def named(node: Text, times: Decimal, name: str) -> Bound | None:
        other = shapes.get(name)
        if other is None:
            faults.error(
                "unknown-attribute",
                node.span,
                f"{quoted(name)} is no attribute of the record",
                expected=one_of(shapes),
                hint=nearest(name, shapes),
            )
            return None
        if not _comparable(node, name, shape, other, faults):
            return None
        return OfAttribute(name, times)

    return named


def never_named(fact: Fact, facts: Mapping[str, Fact], faults: Faults) -> Named:
    """Why a derived fact has no other value as its limit; it may be that of a recorded one."""

    def named(node: Text, times: Decimal, name: str) -> Bound | None:
        other = facts.get(name)
        hint = None
        if name == BASELINE:
            hint = (
                f"declare the value at baseline as a fact, of which {quoted(fact.name)} is a limit"
            )
        elif other is not None and other.derived is None:
            hint = f"turn it round: ask {quoted(name)}, of which {quoted(fact.name)} is a limit"
        faults.error(
            "bad-limit",
            node.span,
            f"{quoted(fact.name)} is derived and is not compared with {quoted(name)}",
            expected="a number",
            hint=hint,
        )
        return None

    return named


class Others:
    """The limits that a leaf may take from other facts, or from its own at baseline."""

    def __init__(
        self,
        words: Words,
        fact: Fact,
        scope: Scope,
        setting: Setting,
        timing: tuple[RecordTest, ...],
        where: tuple[RecordTest, ...],
    ) -> None:
        self.words = words
        self.fact = fact
        self.scope = scope
        self.setting = setting
        self.timing = tuple(one for one in timing if isinstance(one, Within | Before | After))
        self.where = where
        self.faults = scope.faults
        self.same_day = words.choice("same", ("day",)) is not None
        self.used: set[str] = set()

    def named(self, node: Text, times: Decimal, name: str) -> Bound | None:
        """What a name stands for as a limit of the leaf."""
        self.used.add(name)
        if name == BASELINE:
            return self._baseline(node, times)
        fact = self.scope.fact(Text(name, *node.span))
        if fact is None or not _comparable(node, name, self.fact.shape, fact.shape, self.faults):
            return None
        if fact.kind in (Kind.EVENT, Kind.CUMULATIVE) or fact.name == self.fact.name:
            self.faults.error(
                "bad-limit",
                node.span,
                f"{quoted(name)} is no limit of {quoted(self.fact.name)}",
                hint=f"its own earlier value is {quoted(BASELINE)}"
                if fact.name == self.fact.name
                else None,
            )
            return None
        if self.same_day:
            if fact.derived is not None or fact.kind is Kind.FIXED:
                self.faults.error("bad-limit", node.span, f"{quoted(name)} has no day of its own")
                return None
            return OfFact(Pick(RecordSet(name, (_THAT_DAY,)), Use.LATEST), times)
        if fact.derived is not None and not isinstance(fact.derived, AgeOf):
            return OfFact(derived(fact, self.scope, self.setting, self.timing, None), times)
        return OfFact(value_of(fact, self.setting, self.timing), times)

    def check(self) -> None:
        """`same` and `baseline` are there for a limit that is compared with."""
        for word in ("same", BASELINE):
            wanted = BASELINE in self.used if word == BASELINE else bool(self.used - {BASELINE})
            if word in self.words and not wanted:
                self.faults.error(
                    "words-clash",
                    self.words.key(word),
                    f"{quoted(word)} goes with a limit that is another value",
                    expected="such as `at_most: 1.25 x baseline`"
                    if word == BASELINE
                    else "such as `at_most: 0.5 x total_bilirubin`",
                )

    def _baseline(self, node: Text, times: Decimal) -> Bound | None:
        """The same fact in a window of its own."""
        if BASELINE not in self.words:
            self.faults.error(
                "word-missing",
                node.span,
                "nothing says which value is `baseline`",
                expected="`baseline: {use: earliest, within: …}` in this leaf",
            )
            return None
        entries = entries_of(self.words.need(BASELINE), self.faults, quoted(BASELINE))
        if entries is None:
            return None
        return self._own(entries, times)

    def _own(self, entries: Entries, times: Decimal) -> Bound | None:
        inner = Words(entries, self.faults, ("use", "within"), quoted(BASELINE))
        use = inner.choice("use", ("latest", "earliest", "highest", "lowest", "mean", "median"))
        node = inner.need("within")
        window = read_window(node, self.scope.dates, self.faults)
        if window is None:
            return None
        of = RecordSet(self.fact.name, (Within(window), *self.where))
        return OfFact(Pick(of, Use(use or "latest")), times)


def _comparable(node: Text, name: str, shape: Shape, other: Shape, faults: Faults) -> bool:
    """Whether two values are numbers in one unit, or both days."""
    days = shape.type is Type.DATE and other.type is Type.DATE
    if days or (shape.type in NUMERIC and other.type in NUMERIC and shape.unit == other.unit):
        return True
    faults.error(
        "unit-mismatch",
        node.span,
        f"{quoted(name)} is not measured in the same unit",
        expected="a day" if shape.type is Type.DATE else f"a number in {quoted(shape.unit)}",
    )
    return False
