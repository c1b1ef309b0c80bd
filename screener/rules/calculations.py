"""Reads how a fact is calculated: its inputs with their units, the steps, and the result.

It decides which facts and units a formula may draw on; the arithmetic itself is read by
`arithmetic`. Source: semantics 11.7.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from screener.rules.arithmetic import FUNCTIONS, MOST_DECIMALS, Names, read_term, uses
from screener.rules.faults import Faults, nearest, quoted
from screener.rules.source import Node, Text
from screener.rules.values import NUMERIC, leaves, unit_factor
from screener.rules.words import Words, entries_of, read_name, text_of
from screener.terms import Input, Term
from screener.vocabulary import AgeOf, Calculated, DerivedInput, Fact, Kind, Type

WORDS = ("inputs", "steps", "value", "decimals")
#: Beside a unit: the cases of a code, and multiples of a reference limit.
CASES = "cases"
_RELATIVE = {"x ULN": "ULN", "x LLN": "LLN"}
#: Every choice of codes is calculated.
_MOST_CHOICES = 64


def read_calculation(
    fact: Fact, node: Node, facts: Mapping[str, Fact], ages: Collection[str],
    derived: Collection[str], faults: Faults,
) -> Calculated | None:  # fmt: skip
    """The formula of a fact; `ages` and `derived` name the facts of this file that are so."""
    entries = entries_of(node, faults, "`formula`")
    if entries is None:
        return None
    before = faults.errors
    words = Words(entries, faults, WORDS, "`formula`")
    inputs: list[DerivedInput] = []
    terms: dict[str, Term] = {}
    coded: dict[str, tuple[int, Fact]] = {}
    words.need("inputs")
    choices = 1
    for key, value in words.entries("inputs"):
        part = _input(key, facts, ages, derived, faults)
        said = text_of(value, faults, f"the unit of {quoted(key.value)}")
        if part is None or said is None:
            continue
        found = _measured(part, said, value, faults)
        if found is None:
            continue
        if said == CASES:
            coded[part.name] = (len(inputs), part)
            choices *= max(2, len(leaves(part.shape.values, part.shape.children)))
        else:
            terms[part.name] = Input(len(inputs))
        inputs.append(found)
    if choices > _MOST_CHOICES:
        faults.error(
            "bad-formula",
            words.key("inputs"),
            f"the inputs with cases have more than {_MOST_CHOICES} cases together",
        )
    for key, value in words.entries("steps"):
        name = read_name(key, faults, "a step")
        if name in terms or name in coded or name in FUNCTIONS:
            faults.error("duplicate-key", key.span, f"{quoted(name)} has a meaning already")
        if text_of(value, faults, quoted(name)) is not None and isinstance(value, Text):
            step = read_term(value, Names(terms, coded), faults)
            if step is None:
                return None
            terms[name] = step
    decimals = _decimals(words, faults)
    value = words.need("value")
    if text_of(value, faults, "`value`") is None or faults.errors > before:
        return None
    assert isinstance(value, Text), "INVARIANT: it has a text"
    term = read_term(value, Names(terms, coded), faults)
    if term is None:
        return None
    _check_used(term, inputs, words, faults)
    return Calculated(tuple(inputs), term, decimals)


def _input(
    key: Text, facts: Mapping[str, Fact], ages: Collection[str], derived: Collection[str],
    faults: Faults,
) -> Fact | None:  # fmt: skip
    part = facts.get(key.value)
    if part is None:
        faults.error(
            "unknown-fact",
            key.span,
            f"{quoted(key.value)} is not a declared fact",
            hint=nearest(key.value, facts),
        )
        return None
    age = part.name in ages or isinstance(part.derived, AgeOf)
    other = part.name in derived or part.derived is not None
    if (other and not age) or part.kind not in (Kind.FIXED, Kind.OBSERVATION):
        faults.error(
            "derived-part",
            key.span,
            f"{quoted(part.name)} cannot be part of a score",
            expected="an age, or a fixed or observed fact that is not derived itself",
        )
        return None
    return part


def _measured(part: Fact, said: str, value: Node, faults: Faults) -> DerivedInput | None:
    """The input in the unit said."""
    shape = part.shape
    listed = shape.type is Type.BOOLEAN or bool(shape.values)
    if said == CASES and listed:
        return DerivedInput(part.name)
    if shape.type not in NUMERIC or said == CASES:
        faults.error(
            "type-word",
            value.span,
            f"{quoted(part.name)} has no {'cases' if said == CASES else 'unit'}",
            expected="`cases`" if listed else "a unit" if shape.type in NUMERIC else None,
        )
        return None
    if said in _RELATIVE and shape.type is Type.QUANTITY:
        return DerivedInput(part.name, times=_RELATIVE[said])
    factor = unit_factor(said, shape, value.span, faults, part.name)
    return None if factor is None else DerivedInput(part.name, factor)


def _decimals(words: Words, faults: Faults) -> int:
    text = words.needed_text("decimals")
    if text and not (text.isascii() and text.isdigit() and int(text[:3]) <= MOST_DECIMALS):
        faults.error(
            "bad-number",
            words.need("decimals").span,
            f"{quoted(text)} is not a number of decimals",
            expected=f"a whole number, 0 to {MOST_DECIMALS}",
        )
        return 0
    return int(text or 0)


def _check_used(term: Term, inputs: list[DerivedInput], words: Words, faults: Faults) -> None:
    used = uses(term)
    for key, _ in words.entries("inputs"):
        index = next((i for i, one in enumerate(inputs) if one.fact == key.value), None)
        if index is not None and index not in used:
            faults.error(
                "bad-formula",
                key.span,
                f"{quoted(key.value)} has no part in the result",
            )
