"""Reads what a record stands beside, and how long: `before: {fact: …}`, `clear_of`, `lasting`.

Source: semantics 6.8, 6.9 and 8.7 to 8.9.
"""

from __future__ import annotations

from collections.abc import Collection

from screener.ir import (
    AS_OF,
    THIS,
    Lasting,
    Length,
    Point,
    RecordSet,
    RecordTest,
    Related,
    Starts,
    Window,
    Within,
)
from screener.quantities import Range
from screener.rules.attributes import read_attributes
from screener.rules.faults import Faults, quoted
from screener.rules.scope import Scope
from screener.rules.source import Entries, Items, Node
from screener.rules.stretches import days_of, read_length
from screener.rules.windows import read_point, read_window
from screener.rules.words import Words, entries_of
from screener.vocabulary import Fact, Kind

_AFTER_THIS = Window(Point(THIS, 0, 1), None)
_BEFORE_THIS = Window(None, Point(THIS, 0, -1))


def read_order(node: Entries, word: str, scope: Scope) -> Related | None:
    """Before or after another fact's record, by the days on which they start (6.8)."""
    words = Words(node, scope.faults, ("fact", "within", "where", "except"), quoted(word))
    others = _others(words, scope, scope.dates)
    if others is None:
        return None
    starts = Starts(_AFTER_THIS if word == "before" else _BEFORE_THIS)
    return Related(RecordSet(others.fact, (*others.tests, starts)))


def read_clear_of(node: Node, scope: Scope) -> tuple[RecordTest, ...] | None:
    """No record of another fact in a window around this one (6.9); of several facts, of none."""
    nodes = node.items if isinstance(node, Items) else (node,)
    if not nodes:
        scope.faults.error("empty-list", node.span, "`clear_of` lists nothing")
    found: list[RecordTest] = []
    for one in nodes:
        entries = entries_of(one, scope.faults, "`clear_of`")
        if entries is None:
            continue
        known = ("fact", "within", "where", "except")
        words = Words(entries, scope.faults, known, "`clear_of`")
        words.need("within")
        others = _others(words, scope, scope.dates.with_this())
        if others is not None:
            found.append(Related(others, none=True))
    return tuple(found) if nodes and len(found) == len(nodes) else None


def _others(words: Words, scope: Scope, dates: Collection[str]) -> RecordSet | None:
    """The records that are meant; None, with the fault noted."""
    before = scope.faults.errors
    fact = scope.fact(words.need("fact"))
    if fact is None:
        return None
    if fact.derived is not None or fact.kind not in (Kind.EVENT, Kind.OBSERVATION):
        _no_record(fact, words, scope.faults)
        return None
    within = words.get("within")
    window = None if within is None else read_window(within, dates, scope.faults)
    attributes = read_attributes(words, fact, scope.faults)
    if scope.faults.errors > before or attributes is None:
        return None
    timing = () if window is None else (Within(window),)
    return RecordSet(fact.name, (*timing, *attributes))


def _no_record(fact: Fact, words: Words, faults: Faults) -> None:
    faults.error(
        "word-kind",
        words.key("fact"),
        f"{quoted(fact.name)} has no records that a record could stand beside",
        expected="an event, or an observation that is not derived",
    )


def read_beside(words: Words, scope: Scope) -> tuple[RecordTest, ...] | None:
    """The tests of `lasting` and `clear_of`; None, with the fault noted, where unreadable."""
    tests: list[RecordTest] = []
    sound = True
    node = words.get("lasting")
    if node is not None:
        entries = entries_of(node, scope.faults, "`lasting`")
        read = None if entries is None else read_length(entries, scope.faults, "`lasting`")
        sound = read is not None
        tests += [] if read is None else [Lasting(read[0])]
    node = words.get("clear_of")
    if node is not None:
        found = read_clear_of(node, scope)
        sound = sound and found is not None
        tests += found or ()
    return tuple(tests) if sound else None


def read_days(words: Words, faults: Faults) -> Range | None:
    """The number of days that `days` asks for."""
    entries = entries_of(words.need("days"), faults, "`days`")
    read = None if entries is None else read_length(entries, faults, "`days`")
    return None if read is None else days_of(*read, faults, "`days`")


def read_since(words: Words, scope: Scope) -> tuple[Point, Length] | None:
    """How long `since_last` asks for, and to which day: `as_of` unless said otherwise."""
    entries = entries_of(words.need("since_last"), scope.faults, "`since_last`")
    read = None if entries is None else read_length(entries, scope.faults, "`since_last`", ("at",))
    if read is None:
        return None
    length, inner = read
    node = inner.get("at")
    at = Point(AS_OF) if node is None else read_point(node, scope.dates, scope.faults)
    return None if at is None else (at, length)
