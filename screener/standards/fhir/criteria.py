"""FHIR R5 ResearchStudy, Group and EvidenceVariable: the criteria as characteristics.

The Group names each criterion and whether it excludes; the EvidenceVariable takes each apart as
far as FHIR has words for it, and says the rest in a sentence. What a missing value means, FHIR
does not say: whoever evaluates these has to bring it.
"""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from screener.catalog import Edition
from screener.days import iso
from screener.interpreters.prose import criterion_rule
from screener.ir import Criterion, Polarity
from screener.standards import Exported
from screener.standards.fhir.definitions import Definitions
from screener.standards.fhir.subjects import study_identifier

Json = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)


def export_criteria(edition: Edition) -> Exported:
    """The Bundle as text, and which criteria stay sentences or are not in it."""
    bundle = criteria_bundle(edition)
    (variable,) = [
        one["resource"]
        for one in bundle["entry"]
        if one["resource"]["resourceType"] == "EvidenceVariable"
    ]
    criteria = edition.protocol.criteria
    told = [
        one.id
        for one, characteristic in zip(criteria, variable["characteristic"], strict=True)
        if _has_sentence(characteristic)
    ]
    notes = [f"not in FHIR: {one.text}" for one in edition.protocol.not_encoded]
    if told:
        notes.append(
            f"in {len(told)} of {len(criteria)} criteria something stays a sentence, for which "
            f"FHIR has no words: {', '.join(told)}"
        )
    return Exported(json.dumps(bundle, indent=2, ensure_ascii=False) + "\n", tuple(notes))


def criteria_bundle(edition: Edition) -> Json:
    """Study, group and variable of one version of a trial, in a Bundle."""
    protocol = edition.protocol
    names = ("Group", "EvidenceVariable", "ResearchStudy")
    urls = {one: _url(edition, one) for one in names}
    about = {"title": protocol.title, "status": "active"}
    study = {
        "resourceType": "ResearchStudy",
        "identifier": [study_identifier(protocol.trial)],
        "version": protocol.version,
        **about,
        "recruitment": {"eligibility": {"reference": urls["Group"]}},
    }
    group = {
        "resourceType": "Group",
        "identifier": [{"system": "urn:screener:group", "value": _of(edition)}],
        "type": "person",
        "membership": "definitional",
        "name": f"Eligible for {_of(edition)}",
        "description": _DESCRIPTION,
        "characteristic": [_trait(edition, one) for one in protocol.criteria],
    }
    variable = {
        "resourceType": "EvidenceVariable",
        "url": f"urn:screener:eligibility:{protocol.trial}",
        "version": protocol.version,
        **about,
        "date": iso(protocol.effective),
        "description": _DESCRIPTION,
        "characteristic": [_characteristic(edition, one) for one in protocol.criteria],
    }
    resources = (study, group, variable)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": urls[str(one["resourceType"])], "resource": one} for one in resources
        ],
    }


_DESCRIPTION = (
    "Every characteristic without `exclude` has to hold and none with it may. A characteristic "
    "that cannot be told leaves the answer open: it is neither met nor failed."
)


def _of(edition: Edition) -> str:
    return f"{edition.protocol.trial}@{edition.protocol.version}"


def _url(edition: Edition, kind: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{kind} {edition.rules_sha256} {_of(edition)}')}"


def _trait(edition: Edition, one: Criterion) -> Json:
    system = f"urn:screener:criteria:{edition.protocol.trial}"
    return {
        "code": {"coding": [{"system": system, "code": one.id}], "text": one.text},
        "valueBoolean": True,
        "exclude": one.kind is Polarity.EXCLUSION,
    }


def _characteristic(edition: Edition, one: Criterion) -> Json:
    notes = [f"In words: {criterion_rule(one, edition.protocol, edition.vocabulary)}"]
    if one.reading:
        notes.append(f"Read as: {one.reading}")
    return {
        **({"linkId": one.id} if _ID.fullmatch(one.id) else {}),
        "description": one.text,
        "note": [{"text": note} for note in notes],
        "exclude": one.kind is Polarity.EXCLUSION,
        **Definitions(edition.protocol, edition.vocabulary).criterion(one),
    }


def _has_sentence(characteristic: Json) -> bool:
    inner = characteristic.get("definitionByCombination", {}).get("characteristic", ())
    return "definitionCodeableConcept" in characteristic or any(map(_has_sentence, inner))
