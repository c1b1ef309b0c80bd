"""Reads what facts are declared to be: type, unit, values, kind, attributes, codes, cost.

It decides which declarations make sense together; how a fact is derived is read by `derivations`.
Source: semantics sections 6 and 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from screener.rules.derivations import read_derivations
from screener.rules.faults import Faults, quoted
from screener.rules.shapes import SHAPE_WORDS, read_shape
from screener.rules.source import Node, Text
from screener.rules.words import Words, entries_of, read_name
from screener.vocabulary import Code, Cost, Fact, Kind, Shape, Type, Vocabulary

_WORDS = (
    *SHAPE_WORDS, "kind", "label", "question", "worse", "codes", "attributes", "cost",
    "absence", "asked_of", "derived", "source",
)  # fmt: skip
#: The FHIR resources to which a code may be tied.
CODED_RESOURCES = (
    "Observation", "Condition", "Procedure", "AllergyIntolerance", "MedicationStatement",
    "MedicationRequest", "MedicationAdministration", "Consent", "Patient",
)  # fmt: skip
_ASKED_OF = ("investigator", "participant", "sponsor")


def read_vocabulary_file(root: Node, faults: Faults) -> Vocabulary | None:
    """The facts of a vocabulary file; None, with the fault noted, where it is none at all."""
    entries = entries_of(root, faults, "a vocabulary")
    if entries is None:
        return None
    words = Words(entries, faults, ("vocabulary", "facts"), "a vocabulary")
    words.prose("vocabulary")
    words.need("facts")
    return read_facts(words.entries("facts"), {}, faults)[0]


def read_facts(
    entries: tuple[tuple[Text, Node], ...], others: Vocabulary, faults: Faults
) -> tuple[dict[str, Fact], frozenset[str]]:
    """The facts declared here, and the names of those that are declared wrongly.

    `others` are the facts they may refer to and must not repeat.
    """
    found: dict[str, Fact] = {}
    faulty: set[str] = set()
    derived: dict[str, Node] = {}
    for key, node in entries:
        before = faults.errors
        inner = entries_of(node, faults, quoted(key.value))
        if inner is None:
            faulty.add(key.value)
            continue
        if key.value in others:
            span = others[key.value].span
            where = f"it is declared in {span.file}:{span.line}" if span else None
            faults.error(
                "duplicate-fact",
                key.span,
                f"{quoted(key.value)} is declared in the vocabulary already",
                hint=where,
            )
        words = Words(inner, faults, _WORDS, "a fact")
        fact = _read_fact(key, words, faults)
        derivation = words.get("derived")
        if derivation is not None:
            derived[key.value] = derivation
        found[key.value] = fact
        if faults.errors > before:
            faulty.add(key.value)
    derivations = read_derivations(derived, {**others, **found}, faults)
    facts = {name: replace(fact, derived=derivations.get(name)) for name, fact in found.items()}
    return facts, frozenset(faulty | (set(derived) - set(derivations)))


def _read_fact(key: Text, words: Words, faults: Faults) -> Fact:
    name = read_name(key, faults, "a fact")
    shape = read_shape(words, name, faults)
    asked_of = words.choice("asked_of", _ASKED_OF)
    cost = words.choice("cost", [one.value for one in Cost])
    otherwise = Cost.CHART if asked_of is None else Cost.ASKED
    attributes = _attributes(words, faults)
    return Fact(
        name=name,
        shape=shape,
        kind=_kind(words, name, shape, faults),
        label=words.prose("label") or name.replace("_", " "),
        question=words.prose("question"),
        cost=otherwise if cost is None else Cost(cost),
        worse=words.choice("worse", ("high", "low")),
        codes=_codes(words, name, shape, faults),
        attributes={name: shape for name, (shape, _) in attributes.items()},
        attribute_codes={name: codes for name, (_, codes) in attributes.items() if codes},
        absence_is_no=words.choice("absence", ("no", "unknown")) == "no",
        asked_of=asked_of,
        source=words.prose("source"),
        span=key.span,
    )


def _kind(words: Words, name: str, shape: Shape, faults: Faults) -> Kind:
    said = words.choice("kind", [one.value for one in Kind])
    event = shape.type is Type.EVENT
    if said is None:
        if event:
            return Kind.EVENT
        if "kind" not in words and "derived" not in words and shape.type is not Type.DATE:
            faults.error(
                "word-missing",
                words.key("type"),
                f"`kind` of {quoted(name)} is missing",
                expected="`fixed`, `cumulative` or `observation`",
                hint="does it never change, once so is it always so, or is it true on its date?",
            )
        return Kind.OBSERVATION if "derived" in words else Kind.FIXED
    kind = Kind(said)
    misfit = None
    if (kind is Kind.EVENT) is not event:
        misfit = "an event is of `type: event` and `kind: event`"
    elif kind is Kind.CUMULATIVE and shape.type is not Type.BOOLEAN:
        misfit = "a cumulative fact is of `type: boolean`"
    elif "derived" in words and kind is not Kind.OBSERVATION:
        misfit = "a derived fact is an observation"
    if misfit is not None:
        faults.error(
            "kind-type", words.key("kind"), f"{quoted(name)} cannot be {quoted(said)}", hint=misfit
        )
    return kind


def _codes(words: Words, name: str, shape: Shape, faults: Faults) -> tuple[Code, ...]:
    found = []
    for node in words.items("codes"):
        entries = entries_of(node, faults, "a code")
        if entries is None:
            continue
        inner = Words(entries, faults, ("system", "code", "value", "resource"), "a code")
        value = inner.text("value")
        values = ("true", "false") if shape.type is Type.BOOLEAN else shape.values
        if value is not None and values and value not in values:
            inner.choice("value", values)
        resource = inner.choice("resource", CODED_RESOURCES)
        system, code = inner.needed_text("system"), inner.needed_text("code")
        found.append(Code(system, code, value, resource))
    return tuple(found)


def _attributes(words: Words, faults: Faults) -> Mapping[str, tuple[Shape, tuple[Code, ...]]]:
    found = {}
    for key, node in words.entries("attributes"):
        entries = entries_of(node, faults, quoted(key.value))
        if entries is None:
            continue
        name = read_name(key, faults, "an attribute")
        inner = Words(entries, faults, (*SHAPE_WORDS, "label", "codes"), "an attribute")
        shape = read_shape(inner, name, faults)
        if shape.type is Type.EVENT:
            faults.error(
                "kind-type", inner.key("type"), f"the attribute {quoted(name)} cannot be an event"
            )
        found[name] = (shape, _codes(inner, name, shape, faults))
    return found
