"""The profile of an example patient, said in FHIR: each fact by the resource that would hold it.

What a public code exists for in the vocabulary is said with it; the rest has codes of a made-up
site, whose mapping is made here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from screener.days import parse_days
from screener.site import Complete, Meaning, Site
from screener.vocabulary import Fact, Type, Vocabulary

SITE = "http://site.example/codes"
_GENDER = "http://hl7.org/fhir/administrative-gender"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_REASONS = {"pending": "temp-unknown", "asked_unknown": "asked-unknown", "masked": "masked",
            "not_applicable": "not-applicable", "inconclusive": "error",
            "not_in_record": "unknown", "not_done": "not-performed"}  # fmt: skip
_QUANTITY = re.compile(r"([<>]=?)?\s*(-?[0-9.]+)\s*(.*)")


#: Attributes that no rule of these trials asks about.
_LEFT_OUT = {"drug", "edition"}


class Untold(Exception):
    """FHIR has no resource that says this."""


def site_of(vocabulary: Vocabulary, complete: Mapping[str, str]) -> Site:
    """Codes of the site for every fact and every value, and what its source is complete for."""
    codes = {}
    for name, fact in vocabulary.items():
        codes[SITE, name] = Meaning(name)
        for value in fact.shape.values:
            codes[SITE, f"{name}={value}"] = Meaning(name, value)
    return Site(
        codes=codes,
        complete={
            name: Complete("pharmacy", days.last)
            for name, to in complete.items()
            if (days := parse_days(to)) is not None
        },
    )


def translated(
    profile: Mapping[str, Any], vocabulary: Vocabulary, as_of: str
) -> tuple[dict[str, Any], Site]:
    """A Bundle with the patient, and the site that it is from.

    Raises:
        Untold: where the profile says something that FHIR does not.
    """
    person: dict[str, Any] = {"resourceType": "Patient", "id": profile.get("patient") or "nobody"}
    resources: list[dict[str, Any]] = [person]
    complete: dict[str, str] = {}
    for name, said, visit in _said(profile):
        fact = vocabulary[name]
        for record in _records(fact, said, visit, as_of, complete):
            if fact.name in ("sex", "birth_date"):
                _of_person(fact, record, person)
            else:
                resources.append(_resource(fact, record, person["id"], len(resources)))
    entries = [{"resource": one} for one in resources]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return bundle, site_of(vocabulary, complete)


def _said(profile: Mapping[str, Any]) -> Iterator[tuple[str, Any, str | None]]:
    for name, said in profile.get("facts", {}).items():
        yield name, said, None
    for visit in profile.get("visits", []):
        for name, said in visit["facts"].items():
            yield name, said, visit["date"]


def _records(
    fact: Fact, said: Any, visit: str | None, as_of: str, complete: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """The records of a fact, with the date of their visit."""
    event = fact.shape.type is Type.EVENT
    if said is None:
        return
    if isinstance(said, dict) and said.keys() & {"records", "complete_to"}:
        if "complete_to" in said:
            complete[fact.name] = str(said["complete_to"])
        said = said.get("records") or []
    elif event and (said is False or said in ("false", [])):
        complete[fact.name] = visit or as_of
        return
    for one in said if isinstance(said, list) else [said]:
        record = dict(one) if isinstance(one, dict) else {"value": one}
        if set(record) - {"value", "unit", "date", "absent", "by", "start", "end", "comparator",
                          "reference_range", "source", *fact.attributes}:  # fmt: skip
            raise Untold(f"{fact.name}: {record}")
        if set(record) & (set(fact.attributes) - _LEFT_OUT):
            raise Untold(f"{fact.name}: {record}")
        if event and record.get("value") in (False, "false"):
            raise Untold(f"{fact.name}: none, up to a day")
        yield record | ({"date": visit} if visit and "date" not in record else {})


def _of_person(fact: Fact, record: Mapping[str, Any], person: dict[str, Any]) -> None:
    word = "gender" if fact.name == "sex" else "birthDate"
    if set(record) != {"value"} or word in person:
        raise Untold(f"{fact.name}: {record}")
    person[word] = record["value"]


def _resource(fact: Fact, record: Mapping[str, Any], patient: str, index: int) -> dict[str, Any]:
    who = {"reference": f"Patient/{patient}"}
    date = record.get("date")
    code = code_of(fact)
    if fact.shape.type is Type.EVENT and "drug" not in fact.attributes:
        return _of_condition(record, code, who, index)
    if fact.shape.type is Type.EVENT and date:
        return {
            "resourceType": "MedicationAdministration",
            "id": f"r{index}",
            "status": "completed",
            "subject": who,
            "medicationCodeableConcept": code,
            "effectiveDateTime": date,
        }
    if fact.shape.type is Type.EVENT:
        period = {word: record[word] for word in ("start", "end") if word in record}
        return {
            "resourceType": "MedicationStatement",
            "id": f"r{index}",
            "status": "completed",
            "subject": who,
            "medicationCodeableConcept": code,
            "effectivePeriod": period,
        }
    if fact.shape.type is Type.DATE and "absent" not in record:
        return {
            "resourceType": "Procedure",
            "id": f"r{index}",
            "status": "completed",
            "subject": who,
            "code": code,
            "performedDateTime": record["value"],
        }
    if fact.name == "informed_consent" and "absent" not in record:
        return {
            "resourceType": "Consent",
            "id": f"r{index}",
            "status": "active" if record["value"] in (True, "true") else "rejected",
            "scope": {"coding": [{"system": SITE, "code": "trial"}]},
            "category": [code],
            "policyRule": {"text": "the trial's consent form"},
            "patient": who,
            **({"dateTime": date} if date else {}),
        }
    found = {
        "resourceType": "Observation",
        "id": f"r{index}",
        "status": "final",
        "code": code,
        "subject": who,
        **_value(fact, record),
    }
    return found | ({"effectiveDateTime": date} if date else {})


def _of_condition(
    record: Mapping[str, Any], code: dict[str, Any], who: dict[str, str], index: int
) -> dict[str, Any]:
    """An event that is no drug: from its onset to its abatement."""
    start, end = record.get("start"), record.get("end")
    if record.get("date"):
        start = end = record["date"]
    confirmed = {"system": _VERIFIED, "code": "confirmed"}
    found = {
        "resourceType": "Condition",
        "id": f"r{index}",
        "verificationStatus": {"coding": [confirmed]},
        "subject": who,
        "code": code,
        "onsetDateTime": start,
        "abatementDateTime": end,
    }
    return {word: said for word, said in found.items() if said is not None}


def code_of(fact: Fact) -> dict[str, Any]:
    """The concept by which a result is about the fact."""
    public = [one for one in fact.codes if one.value is None and one.resource is None]
    system, code = (public[0].system, public[0].code) if public else (SITE, fact.name)
    return {"coding": [{"system": system, "code": code}]}


def _value(fact: Fact, record: Mapping[str, Any]) -> dict[str, Any]:
    if "absent" in record:
        code = _REASONS[record["absent"]]
        return {"dataAbsentReason": {"coding": [{"system": _ABSENT, "code": code}]}}
    value = record["value"]
    if fact.shape.type is Type.BOOLEAN:
        return {"valueBoolean": value in (True, "true")}
    if fact.shape.type in (Type.CODE, Type.ORDINAL):
        return {
            "valueCodeableConcept": {"coding": [{"system": SITE, "code": f"{fact.name}={value}"}]}
        }
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        raise Untold(f"{fact.name}: {value}")
    comparator, number, beside = match.groups()
    comparator = record.get("comparator") or comparator
    unit = record.get("unit") or beside or "1"
    quantity = {"value": _json_number(number), "system": "http://unitsofmeasure.org", "code": unit}
    found: dict[str, Any] = {
        "valueQuantity": quantity | ({"comparator": comparator} if comparator else {})
    }
    if "reference_range" in record:
        if any(isinstance(one, dict) for one in record["reference_range"].values()):
            raise Untold(f"{fact.name}: {record}")
        limits = {
            end: {**quantity, "value": _json_number(str(limit))}
            for end, limit in record["reference_range"].items()
        }
        found["referenceRange"] = [limits]
    return found


def _json_number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
