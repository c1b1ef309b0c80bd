"""Reads a fact decided by a table: rows of conditions, of which the first that holds counts.

It decides what a row may ask and that the last one asks nothing, so that every patient is in a row.
Source: semantics 11.9.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from screener.quantities import Condition
from screener.rules.attributes import read_condition
from screener.rules.faults import Faults, nearest, quoted
from screener.rules.source import Items, Node, Text
from screener.rules.values import read_code
from screener.rules.words import Words, entries_of, items_of, text_of
from screener.vocabulary import DerivedRow, Fact, Kind, Tabled, Type

ROW_WORDS = ("when", "is")


def read_table(
    fact: Fact, node: Node, facts: Mapping[str, Fact], tables: Collection[str], faults: Faults
) -> Tabled | None:
    """The table of a fact; `tables` are the facts of this file that are decided by one."""
    before = faults.errors
    inputs: list[str] = []
    rows: list[DerivedRow] = []
    items = items_of(node, faults, "`table`")
    if isinstance(node, Items) and not items:
        faults.error("empty-list", node.span, "`table` lists nothing")
    for number, item in enumerate(items, 1):
        entries = entries_of(item, faults, "a row")
        if entries is None:
            continue
        words = Words(entries, faults, ROW_WORDS, "a row")
        tests = []
        for key, value in words.entries("when"):
            found = _test(key, value, facts, tables, faults)
            if found is not None:
                if key.value not in inputs:
                    inputs.append(key.value)
                tests.append((inputs.index(key.value), found))
        name = _value(fact, words.need("is"), faults)
        last = number == len(items)
        if last and "when" in words:
            faults.error(
                "table-open",
                words.key("when"),
                "the last row has a condition, so that some patients are in no row",
                hint="the last row says `is` alone, for all that is left",
            )
        elif not last:
            words.need("when")
        if name is not None:
            rows.append(DerivedRow(tuple(tests), name))
    if not items or faults.errors > before:
        return None
    return Tabled(tuple(inputs), tuple(rows))


def _test(
    key: Text, node: Node, facts: Mapping[str, Fact], tables: Collection[str], faults: Faults
) -> Condition | None:
    part = facts.get(key.value)
    if part is None:
        faults.error(
            "unknown-fact",
            key.span,
            f"{quoted(key.value)} is not a declared fact",
            hint=nearest(key.value, facts),
        )
        return None
    if (
        part.kind not in (Kind.FIXED, Kind.OBSERVATION)
        or part.shape.type is Type.DATE
        or part.name in tables
        or isinstance(part.derived, Tabled)
    ):
        faults.error(
            "derived-part",
            key.span,
            f"{quoted(part.name)} cannot be asked in a table",
            expected="a fixed, observed or derived fact that is not decided by a table itself",
        )
        return None
    return read_condition(key, node, part.shape, faults)


def _value(fact: Fact, node: Node, faults: Faults) -> str | bool | None:
    text = text_of(node, faults, "`is`")
    if text is None or not isinstance(node, Text):
        return None
    if read_code(node, fact.shape, faults, what=fact.name) is None:
        return None
    return text == "true" if fact.shape.type is Type.BOOLEAN else text
