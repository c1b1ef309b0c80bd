"""Reads the form of a value, of a fact or of an attribute: type, unit, factors, values, limits.

Source: semantics 9.3, 9.4 and section 10.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from screener import units
from screener.quantities import EXACT, decimal_text, parse_decimal
from screener.rules.faults import Faults, nearest, quoted
from screener.rules.source import Entries, Items, Node, Text, Unreadable
from screener.rules.values import NUMERIC, read_number
from screener.rules.words import Words, items_of, text_of, texts_of
from screener.vocabulary import Shape, Type

SHAPE_WORDS = ("type", "unit", "accepted", "plausible", "values", "scale")

_FOR = {
    "unit": (*NUMERIC,),
    "accepted": (*NUMERIC,),
    "plausible": (*NUMERIC,),
    "values": (Type.CODE,),
    "scale": (Type.ORDINAL,),
}


def read_shape(words: Words, name: str, faults: Faults) -> Shape:
    """The form of a value; a boolean's, with the fault noted, where the type cannot be read."""
    words.need("type")
    said = words.choice("type", [one.value for one in Type])
    if said is None:
        return Shape(Type.BOOLEAN)
    kind = Type(said)
    for word, kinds in _FOR.items():
        if word in words and kind not in kinds:
            faults.error(
                "type-word",
                words.key(word),
                f"{quoted(word)} does not belong to `type: {said}`",
                hint=f"it belongs to {' and '.join(f'`type: {one.value}`' for one in kinds)}",
            )
    if kind in NUMERIC:
        return _numeric(words, name, kind, faults)
    if kind is Type.CODE:
        values, children = _values(words, faults)
        return Shape(kind, values=values, children=children)
    if kind is Type.ORDINAL:
        words.need("scale")
        return Shape(kind, values=_scale(words, faults))
    return Shape(kind)


# --- numbers ----------------------------------------------------------------------------------


def _numeric(words: Words, name: str, kind: Type, faults: Faults) -> Shape:
    unit = _unit(words, kind, faults)
    if unit is None:
        return Shape(kind)
    shape = Shape(kind, unit, _accepted(words, unit, faults))
    return replace(shape, plausible=_plausible(words, shape, name, faults))


def _unit(words: Words, kind: Type, faults: Faults) -> str | None:
    """The unit that values are kept in; None, with the fault noted, where it cannot be told."""
    if kind is Type.NUMBER and "unit" not in words:
        return "1"
    words.need("unit")
    written = words.text("unit")
    if written is None:
        return None
    code = units.canonical(written)
    if code is None:
        _unknown_unit(words.need("unit"), written, faults)
    elif kind is Type.NUMBER and code != "1":
        faults.error(
            "type-word",
            words.key("unit"),
            "a number has no unit",
            hint="what has one is of `type: quantity`",
        )
        return None
    return code


def _unknown_unit(node: Node, written: str, faults: Faults) -> None:
    faults.error(
        "unknown-unit",
        node.span,
        f"{quoted(written)} is not a known unit",
        hint=nearest(written, units.known_units()),
    )


def _accepted(words: Words, unit: str, faults: Faults) -> dict[str, Decimal]:
    """Every other unit a value may come in: those of the table, and those declared."""
    accepted = dict(units.factors_into(unit))
    declared: dict[str, Decimal] = {}
    for key, node in words.entries("accepted"):
        code = units.canonical(key.value)
        text = text_of(node, faults, quoted(key.value))
        factor = None if text is None else parse_decimal(text)
        if code is None:
            _unknown_unit(key, key.value, faults)
        elif text is not None and (factor is None or factor <= 0):
            faults.error(
                "bad-number",
                node.span,
                f"{quoted(text)} is not a factor",
                expected=f"how many {quoted(unit)} one {quoted(key.value)} is, as a decimal",
            )
        elif factor is not None:
            known = Decimal(1) if code == unit else accepted.get(code)
            if known is not None and known != factor:
                faults.error(
                    "factor-conflict",
                    node.span,
                    f"one {quoted(key.value)} is {decimal_text(known)} {quoted(unit)}",
                    hint="units of one dimension need not be declared",
                )
            declared[code] = factor
    for code, factor in declared.items():
        # A factor for one unit serves all that convert to it: mg/dL brings mg/L along.
        for other, onto in units.factors_into(code).items():
            if other != unit:
                accepted.setdefault(other, EXACT.multiply(onto, factor))
    declared.pop(unit, None)
    return accepted | declared


def _plausible(
    words: Words, shape: Shape, name: str, faults: Faults
) -> tuple[Decimal, Decimal] | None:
    node = words.get("plausible")
    if node is None or isinstance(node, Unreadable):
        return None
    nodes = items_of(node, faults, "`plausible`")
    texts = texts_of(nodes, faults, "`plausible`")
    if len(texts) != len(nodes) or not isinstance(node, Items):
        return None
    if len(texts) != 2:
        faults.error("between-two", node.span, "`plausible` has two ends", expected="`[low, high]`")
        return None
    ends = [read_number(text, shape, faults, what=name, pinned=shape.unit) for text in texts]
    numbers = [
        end.number for end in ends
        if end is not None and end.bound is None and isinstance(end.number, Decimal)
    ]  # fmt: skip
    if any(end is not None and end.bound is not None for end in ends):
        faults.error("bad-limit", node.span, "a plausible value is a number")
    if len(numbers) != 2:
        return None
    if numbers[0] > numbers[1]:
        faults.error(
            "empty-range", node.span, "the first end is above the second", expected="`[low, high]`"
        )
    return numbers[0], numbers[1]


# --- codes ------------------------------------------------------------------------------------


def _scale(words: Words, faults: Faults) -> tuple[str, ...]:
    texts = texts_of(words.items("scale"), faults, "`scale`")
    return _distinct(texts, faults)


def _distinct(texts: tuple[Text, ...], faults: Faults) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for text in texts:
        if text.value in seen:
            faults.error(
                "duplicate-value",
                text.span,
                f"{quoted(text.value)} is listed twice",
                hint=f"the first is in line {seen[text.value]}",
            )
        seen.setdefault(text.value, text.span.line)
    return tuple(seen)


def _values(words: Words, faults: Faults) -> tuple[tuple[str, ...], dict[str, frozenset[str]]]:
    """All codes, and of each that has codes beneath it all of those."""
    node = words.get("values")
    if node is None:
        return (), {}
    every: list[Text] = []
    children: dict[str, frozenset[str]] = {}
    items = items_of(node, faults, "`values`")
    if isinstance(node, Items) and not items:
        faults.error("empty-list", node.span, "`values` lists nothing")
    for item in items:
        _collect(item, every, children, faults)
    return _distinct(tuple(every), faults), children


def _collect(
    node: Node, every: list[Text], children: dict[str, frozenset[str]], faults: Faults
) -> frozenset[str]:
    """Add a value and all beneath it; give their names."""
    if not isinstance(node, Entries):
        text = text_of(node, faults, "a value")
        if text is not None and isinstance(node, Text):
            every.append(node)
        return frozenset() if text is None else frozenset({text})
    found: set[str] = set()
    for key, inner in node.entries:
        every.append(key)
        beneath: set[str] = set()
        for item in items_of(inner, faults, f"what lies beneath {quoted(key.value)}"):
            beneath |= _collect(item, every, children, faults)
        children[key.value] = frozenset(beneath)
        found |= {key.value, *beneath}
    return frozenset(found)
