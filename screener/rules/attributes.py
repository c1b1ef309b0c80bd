"""Reads `where` and `except`: conditions on the attributes of one record.

Source: semantics 6.1.
"""

from __future__ import annotations

from screener.ir import Attribute, OfLimit, RecordTest, Relative, Requirement, Unless
from screener.quantities import Condition
from screener.rules.conditions import COMPARATORS, read_comparison
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.others import attributes_named
from screener.rules.source import Entries, Items, Node, Text, Unreadable
from screener.rules.values import NUMERIC, Named
from screener.rules.words import Words, entries_of
from screener.vocabulary import Fact, Shape, Type

#: What attributes of these types are compared with another of their record.
_ORDERED = (*NUMERIC, Type.DATE)


def read_attributes(words: Words, fact: Fact, faults: Faults) -> tuple[RecordTest, ...] | None:
    """The tests of `where` and `except` of a leaf; None, with the fault noted, where unreadable."""
    tests: list[RecordTest] = []
    where, excepted = words.get("where"), words.get("except")
    sound = True
    if where is not None:
        found = _attributes(where, fact, faults, "where")
        sound = found is not None
        tests += found or ()
    if excepted is not None:
        nodes = excepted.items if isinstance(excepted, Items) else (excepted,)
        if not nodes:
            faults.error("empty-list", excepted.span, "`except` lists nothing")
        read = [_attributes(node, fact, faults, "except") for node in nodes]
        alternatives = tuple(one for one in read if one is not None)
        sound = sound and len(alternatives) == len(nodes) > 0
        tests.append(Unless(alternatives))
    return tuple(tests) if sound else None


def _attributes(node: Node, fact: Fact, faults: Faults, what: str) -> tuple[Attribute, ...] | None:
    entries = entries_of(node, faults, quoted(what))
    if entries is None:
        return None
    if not entries.entries:
        faults.error("empty-list", node.span, f"{quoted(what)} lists nothing")
        return None
    found = [_attribute(key, value, fact, faults) for key, value in entries.entries]
    # In one order, so that the same question is the same record set.
    sound = sorted((one for one in found if one is not None), key=lambda one: one.name)
    return tuple(sound) if len(sound) == len(found) else None


def _attribute(key: Text, node: Node, fact: Fact, faults: Faults) -> Attribute | None:
    shape = fact.attributes.get(key.value)
    if shape is None:
        known = tuple(fact.attributes)
        faults.error(
            "unknown-attribute",
            key.span,
            f"{quoted(key.value)} is not an attribute of {quoted(fact.name)}",
            expected=one_of(known) if known else None,
            hint=nearest(key.value, known)
            if known
            else f"{quoted(fact.name)} is declared without `attributes`",
        )
        return None
    others = {name: one for name, one in fact.attributes.items() if name != key.value}
    named = attributes_named(shape, others, faults) if shape.type in _ORDERED else None
    asked = _requirement(key, node, shape, faults, named)
    return None if asked is None else Attribute(key.value, asked)


def read_condition(key: Text, node: Node, shape: Shape, faults: Faults) -> Condition | None:
    """What is asked of the part `key`: a value, a list of them, or comparators."""
    asked = _requirement(key, node, shape, faults, None)
    assert not isinstance(asked, Relative), "INVARIANT: nothing else is named as a limit"
    return asked


def _requirement(
    key: Text, node: Node, shape: Shape, faults: Faults, named: Named | None
) -> Requirement | None:
    if isinstance(node, Unreadable):
        return None
    if isinstance(node, Text) and node.plain and not node.value:
        faults.error("value-missing", key.span, f"{quoted(key.value)} has no value")
        return None
    if not isinstance(node, Entries):
        # A bare value is short for `is`, a list for `one_of`.
        word = "one_of" if isinstance(node, Items) else "is"
        node = Entries(((Text(word, *node.span), node),), node.span)
    before = faults.errors
    words = Words(node, faults, COMPARATORS, "a condition")
    comparison = read_comparison(words, shape, faults, what=key.value, named=named)
    if comparison is None:
        if faults.errors == before and not list(words):
            faults.error(
                "condition-missing",
                key.span,
                f"nothing is asked of {quoted(key.value)}",
                expected=one_of(COMPARATORS),
            )
        return None
    condition, times = comparison.parts[0]
    limited = isinstance(condition, Relative) and any(
        isinstance(end, OfLimit) for end in (condition.low, condition.high)
    )
    if len(comparison.parts) > 1 or times is not None or limited:
        faults.error(
            "not-yet",
            comparison.span,
            "this version judges an attribute by one range or one set of codes only",
        )
        return None
    return condition
