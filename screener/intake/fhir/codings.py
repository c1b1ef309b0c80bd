"""Which facts, and which values of them, the codings of a resource stand for.

A coding counts by its system and its code together; a text never does, nor a code without its
system. A category of a classification stands for its subdivisions too. What a match is worth in
which resource is decided elsewhere. Source: docs/decisions/0003-codes-of-fhir.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from screener.intake.faults import listed, quoted
from screener.intake.fhir.models import Coding, Concept
from screener.intake.fhir.refused import Refused
from screener.site import Site
from screener.vocabulary import Code, Fact, Shape, Vocabulary

#: Classifications in which a code that begins like another lies beneath it; the mark that has to
#: follow, if any: after a three-character category of ICD-10 comes its point.
_ICD10 = "http://hl7.org/fhir/sid/icd-10"
CLASSIFICATIONS: Mapping[str, str] = {
    _ICD10: ".",
    f"{_ICD10}-cm": ".",
    "http://www.whocc.no/atc": "",
}
_LOINC = "http://loinc.org"
#: LOINC's codes for answers begin like this; no record is about an answer alone.
_LOINC_ANSWER = "LA"

YES_OR_NO: Mapping[tuple[str, str], bool] = {
    ("http://loinc.org", "LA33-6"): True,
    ("http://loinc.org", "LA32-8"): False,
    ("http://loinc.org", "LA9633-4"): True,
    ("http://loinc.org", "LA9634-2"): False,
    ("http://snomed.info/sct", "373066001"): True,
    ("http://snomed.info/sct", "373067005"): False,
    ("http://snomed.info/sct", "52101004"): True,
    ("http://snomed.info/sct", "2667000"): False,
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "Y"): True,
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "N"): False,
}


class Meaning(NamedTuple):
    """A fact that a coding stands for; `values`: what it says of it, nothing where it only asks."""

    fact: Fact
    values: frozenset[str]
    asks: bool

    def value(self) -> str | None:
        """The one value that the codings stand for; of a value and one above it, the narrower.

        Raises:
            Refused: if they stand for different ones.
        """
        return narrowest(self.values, self.fact.shape, self.fact.name)


class CodeIndex:
    """The codes of all facts, of the vocabulary and of a site."""

    def __init__(self, vocabulary: Vocabulary, site: Site) -> None:
        self._vocabulary = vocabulary
        every = list(_all_codes(vocabulary, site))
        self._facts = _Table((code, name) for name, code in every)
        self._systems = frozenset(code.system for _, code in every)
        self._attributes = {
            name: {
                attribute: _Table((code, attribute) for code in codes)
                for attribute, codes in fact.attribute_codes.items()
            }
            for name, fact in vocabulary.items()
        }

    def meanings(self, concept: Concept | None, resource: str) -> tuple[Meaning, ...]:
        """The facts that the codings of a concept stand for, in the order of their names."""
        said: dict[str, set[str | None]] = defaultdict(set)
        for coding in () if concept is None else concept.coding:
            if coding.system == _LOINC and (coding.code or "").startswith(_LOINC_ANSWER):
                continue
            for code, name in self._facts.found(coding):
                if code.resource in (None, resource):
                    said[name].add(code.value)
        return tuple(
            Meaning(
                self._vocabulary[name],
                frozenset(value for value in said[name] if value is not None),
                None in said[name],
            )
            for name in sorted(said)
        )

    def answer(self, fact: Fact, concept: Concept) -> str | None:
        """The value of the fact that the codings of an answer stand for."""
        values = {
            code.value
            for coding in concept.coding
            for code, name in self._facts.found(coding)
            if name == fact.name and code.value is not None
        }
        return narrowest(values, fact.shape, fact.name)

    def attributes(self, fact: Fact, concepts: Iterable[Concept | None]) -> dict[str, str]:
        """The attributes of a record that the codings of a resource stand for."""
        found: dict[str, set[str]] = defaultdict(set)
        for concept in concepts:
            for coding in () if concept is None else concept.coding:
                for attribute, table in self._attributes[fact.name].items():
                    found[attribute] |= {
                        code.value for code, _ in table.found(coding) if code.value is not None
                    }
        chosen = {
            name: narrowest(values, fact.attributes[name], name) for name, values in found.items()
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def understands(self, concept: Concept | None) -> bool:
        """Whether a coding is of a system in which any fact has codes."""
        codings = () if concept is None else concept.coding
        return any(one.code and one.system in self._systems for one in codings)

    def facts_of(self, system: str) -> tuple[Fact, ...]:
        """The facts that have a code of the system."""
        names = self._facts.names_in(system)
        return tuple(self._vocabulary[name] for name in sorted(names))

    def elsewhere(self, concept: Concept | None) -> str | None:
        """The hint for a code that stands for a fact in another system than the one beside it."""
        for coding in () if concept is None else concept.coding:
            systems = self._facts.systems(coding.code)
            if systems and coding.system not in systems:
                return (
                    f"{quoted(coding.code)} is known as a code of {listed(sorted(systems))} only; "
                    "a code counts with its own system"
                )
        return None


class _Table:
    """Codes by system and code, and those that stand for what lies beneath them."""

    def __init__(self, codes: Iterable[tuple[Code, str]]) -> None:
        self._exact: dict[tuple[str, str], list[tuple[Code, str]]] = defaultdict(list)
        self._systems: dict[str, set[str]] = defaultdict(set)
        for code, name in codes:
            self._exact[code.system, code.code].append((code, name))
            self._systems[code.code].add(code.system)

    def found(self, coding: Coding) -> Iterator[tuple[Code, str]]:
        """What a coding stands for, the codes above it in a classification included."""
        if coding.system is None or coding.code is None:
            return
        decided: set[str] = set()
        for code in _with_categories(coding.system, coding.code):
            # What is listed for a subdivision goes before what is listed for its category.
            here = [
                one for one in self._exact.get((coding.system, code), ()) if one[1] not in decided
            ]
            decided |= {name for _, name in here}
            yield from here

    def names_in(self, system: str) -> set[str]:
        """What the codes of a system stand for."""
        return {
            name for (one, _), found in self._exact.items() if one == system for _, name in found
        }

    def systems(self, code: str | None) -> set[str]:
        """The systems in which there is such a code."""
        return set() if code is None else self._systems.get(code, set())


def _all_codes(vocabulary: Vocabulary, site: Site) -> Iterator[tuple[str, Code]]:
    for name, fact in vocabulary.items():
        for code in fact.codes:
            yield name, code
    for (system, own), meaning in site.codes.items():
        if meaning.fact in vocabulary:
            yield meaning.fact, Code(system, own, meaning.value)


def _with_categories(system: str, code: str) -> Iterator[str]:
    """The code and all codes above it."""
    yield code
    mark = CLASSIFICATIONS.get(system)
    if mark is None:
        return
    for end in range(len(code) - 1, 0, -1):
        above = code[:end]
        if mark and mark not in above and code[end] != mark:
            return
        if not above.endswith(mark or " "):
            yield above


def narrowest(values: Iterable[str], shape: Shape, name: str) -> str | None:
    """The value that lies beneath all others, or is the only one; None of none.

    Raises:
        Refused: if there is no such value.
    """
    every = sorted(set(values))
    for value in every:
        if all(value == one or value in shape.children.get(one, ()) for one in every):
            return value
    if every:
        raise Refused(
            f"its codings stand for different values of {quoted(name)}: {listed(every)}",
            "the codings of one concept mean the same; correct the wrong one at its source",
        )
    return None


def said(concept: Concept | None) -> str:
    """A concept for a message: its codings with their systems, else that it has none."""
    if concept is None or not concept.coding:
        return "no coding"
    return ", ".join(
        quoted(f"{one.system or 'no system'}|{one.code or 'no code'}") for one in concept.coding
    )


def code_in(concept: Concept | None, systems: Iterable[str]) -> str | None:
    """The code that a concept has in one of the systems."""
    known = tuple(systems)
    for coding in () if concept is None else concept.coding:
        if coding.system in known and coding.code is not None:
            return coding.code
    return None
