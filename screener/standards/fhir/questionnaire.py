"""FHIR Questionnaire: everything a trial asks about, each fact once, with types, units and options.

It decides how a fact is asked in FHIR; which words a record is asked for is decided by the table
that a trial can be filled in with, and `intake.fhir.responses` reads the answers back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from screener.catalog import Edition
from screener.causes import STATED_ABSENCES
from screener.days import iso
from screener.intake.fhir.linked import ABSENCES, COMPLETE_TO, QUESTIONNAIRE, VALUE, link, values_of
from screener.intake.tables.template import words_of
from screener.ir import Ever, Fixed, Test
from screener.needs import Need, needs_of
from screener.standards import Exported
from screener.standards.fhir import Release
from screener.vocabulary import Kind, Shape, Type

Json = dict[str, Any]

_UCUM = "http://unitsofmeasure.org"
_UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
_CHOICE = {Release.R4: "choice", Release.R5: "coding"}
_TYPES = {
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.EVENT: "boolean",
}
_WORDS = {
    "date": ("date", "Date"),
    "by": ("string", "Answered by"),
    "low": ("decimal", "Lower limit of the reference range, in the unit of the value"),
    "high": ("decimal", "Upper limit of the reference range, in the unit of the value"),
    "start": ("date", "First day"),
    "end": ("date", "Last day"),
    "ongoing": ("boolean", "Still going on"),
}
_NO_VALUE = "If there is no value: why"
_LISTED = "all of them are listed up to this day"
_NUMERIC = (Type.QUANTITY, Type.NUMBER)


def export_questionnaire(edition: Edition, release: Release) -> Exported:
    """The questionnaire as text."""
    resource = questionnaire(edition, release)
    return Exported(json.dumps(resource, indent=2, ensure_ascii=False) + "\n")


def questionnaire(edition: Edition, release: Release = Release.R5) -> Json:
    """The questionnaire of one version of a trial."""
    protocol = edition.protocol
    needs = needs_of(protocol)
    # What is computed from other facts stands last: whoever has it may give it all the same.
    ordered = sorted(needs, key=lambda one: edition.vocabulary[one.fact].derived is not None)
    items = [
        item
        for need in ordered
        for item in _Asked(edition, need, release).items(_only_where(need, edition))
    ]
    return {
        "resourceType": "Questionnaire",
        "url": f"{QUESTIONNAIRE}{protocol.trial}",
        "version": protocol.version,
        "title": f"{protocol.trial}: {protocol.title}",
        "status": "active",
        "subjectType": ["Patient"],
        "date": iso(protocol.effective),
        "description": "What the eligibility criteria ask about. Leave out what is not known.",
        "item": items,
    }


class _Asked:
    """The items of one fact."""

    def __init__(self, edition: Edition, need: Need, release: Release) -> None:
        self._fact = edition.vocabulary[need.fact]
        self._need = need
        self._choice = _CHOICE[release]

    def items(self, only: Json | None) -> Iterator[Json]:
        fact = self._fact
        words = dict(words_of(fact, self._need.limits))
        inner = [
            self._item(word or VALUE, shape)
            for word, shape in words.items()
            if word != COMPLETE_TO and not word.endswith("unit")
        ]
        codes = [
            {"system": one.system, "code": one.code}
            for one in fact.codes
            if one.value is None and one.resource is None
        ]
        where = {} if only is None else {"enableWhen": [only]}
        several = fact.kind in (Kind.OBSERVATION, Kind.EVENT)
        yield {
            "linkId": fact.name,
            **({"code": codes} if codes else {}),
            "text": fact.label,
            "type": "group",
            **where,
            **({"repeats": True} if several else {}),
            "item": inner,
        }
        if COMPLETE_TO in words:
            text = f"{fact.label}: {_LISTED}"
            yield {"linkId": link(fact.name, COMPLETE_TO), "text": text, "type": "date", **where}

    def _item(self, word: str, shape: Shape | None) -> Json:
        fact = self._fact
        there = link(fact.name, word)
        if word == "absent":
            unsaid = {"question": link(fact.name, VALUE), "operator": "exists"}
            return {
                **self._chosen(there, _NO_VALUE, ABSENCES, tuple(STATED_ABSENCES)),
                "enableWhen": [{**unsaid, "answerBoolean": False}],
            }
        happened = fact.kind is Kind.EVENT and word != VALUE
        where: Json = {}
        if happened:
            yes = {"question": link(fact.name, VALUE), "operator": "=", "answerBoolean": True}
            where = {"enableWhen": [yes]}
        if shape is None:
            kind, text = _WORDS[word]
            return {"linkId": there, "text": text, "type": kind, **where}
        text = fact.question or fact.label if word == VALUE else _words(word)
        name = fact.name if word == VALUE else f"{fact.name}.{word}"
        return {**self._valued(there, text, name, shape), **where}

    def _valued(self, there: str, text: str, name: str, shape: Shape) -> Json:
        if shape.type in _NUMERIC:
            # A quantity even where the unit is one: a decimal could not say `>= 3`.
            units = [shape.unit, *shape.accepted]
            options = [
                {"url": _UNIT_OPTION, "valueCoding": {"system": _UCUM, "code": one, "display": one}}
                for one in units
            ]
            return {"extension": options, "linkId": there, "text": text, "type": "quantity"}
        if shape.type in (Type.CODE, Type.ORDINAL) and shape.values:
            return self._chosen(there, text, values_of(name), shape.values)
        kind = _TYPES.get(shape.type, "string")
        return {"linkId": there, "text": text, "type": kind}

    def _chosen(self, there: str, text: str, system: str, codes: Sequence[str]) -> Json:
        options = [
            {"valueCoding": {"system": system, "code": one, "display": _words(one)}}
            for one in codes
        ]
        return {"linkId": there, "text": text, "type": self._choice, "answerOption": options}


def _only_where(need: Need, edition: Edition) -> Json | None:
    """The one answer without which nobody asks about the fact, where that is simple to say."""
    protocol, vocabulary = edition.protocol, edition.vocabulary
    applies = {one.id: one.applies for one in protocol.criteria}
    asking = {applies.get(id) for id in need.by}
    test = asking.pop() if len(asking) == 1 else None
    if not isinstance(test, Test) or not isinstance(test.condition, frozenset):
        return None
    selection = protocol.selections[test.slot]
    if not isinstance(selection, Fixed | Ever) or selection.of.tests or len(test.condition) != 1:
        return None
    other, (value,) = vocabulary[selection.of.fact], test.condition
    if other.name == need.fact or other.derived is not None:
        return None
    where: Json = {"question": link(other.name, VALUE), "operator": "="}
    if isinstance(value, bool):
        return {**where, "answerBoolean": value}
    return {**where, "answerCoding": {"system": values_of(other.name), "code": value}}


def _words(code: str) -> str:
    return code.replace("_", " ")
