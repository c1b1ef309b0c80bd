"""FHIR resources made up for the tests, a small vocabulary, and what becomes of them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from screener.days import parse_days
from screener.diagnostics import ProfileError
from screener.facts import FactSheet, Record
from screener.intake.fhir.reader import read_fhir
from screener.intake.report import Entry, Fate
from screener.intake.taken import Taken
from screener.quantities import Value
from screener.rules.load import read_vocabulary
from screener.site import Site
from screener.vocabulary import Vocabulary

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
OWN = "http://example.org/codes"
UCUM = "http://unitsofmeasure.org"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"

_VOCABULARY = Path(__file__).parent / "vocabulary.yaml"


@cache
def vocabulary() -> Vocabulary:
    return read_vocabulary(_VOCABULARY.read_bytes(), _VOCABULARY.name)


def coding(system: str | None, code: str) -> dict[str, str]:
    return {"code": code} if system is None else {"system": system, "code": code}


def concept(*codings: tuple[str | None, str], text: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"coding": [coding(*one) for one in codings]} if codings else {}
    return found | ({} if text is None else {"text": text})


def patient(id: str = "p", **words: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, **words}


def resource(kind: str, id: str = "x", of: str = "Patient/p", **words: Any) -> dict[str, Any]:
    owner = "patient" if kind in ("AllergyIntolerance", "Consent") else "subject"
    return {"resourceType": kind, "id": id, owner: {"reference": of}, **words}


def observation(code: Any, id: str = "o", of: str = "Patient/p", **words: Any) -> dict[str, Any]:
    """A final one of 24 November 2026, unless told otherwise; `None` leaves a word out."""
    code = concept(code) if isinstance(code, tuple) else code
    found = {"status": "final", "effectiveDateTime": "2026-11-24", "code": code, **words}
    return resource(
        "Observation", id, of, **{word: said for word, said in found.items() if said is not None}
    )


def condition(
    code: tuple[str, str], id: str = "c", clinical: str | None = "active",
    verified: str | None = "confirmed", **words: Any,
) -> dict[str, Any]:  # fmt: skip
    if clinical is not None:
        words["clinicalStatus"] = concept((CLINICAL, clinical))
    if verified is not None:
        words["verificationStatus"] = concept((VERIFIED, verified))
    return resource("Condition", id, code=concept(code), **words)


def quantity(value: float | int, code: str | None = None, **words: Any) -> dict[str, Any]:
    found = {"value": value} | ({"system": UCUM, "code": code} if code is not None else {})
    return found | words


def bundle(*resources: Mapping[str, Any], **words: Any) -> dict[str, Any]:
    entries = [{"resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **words}


def take(
    *documents: Any, site: Site | None = None, names: tuple[str, ...] = (), as_of: str | None = None
) -> list[Taken]:
    """What becomes of files with one document each; a list is a file with a document a line."""
    inputs = []
    for index, one in enumerate(documents):
        lines = one if isinstance(one, list) else [one]
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        name = names[index] if names else f"{index + 1}.json"
        inputs.append((name, io.BytesIO(text.encode())))
    day = None if as_of is None else parse_days(as_of)
    return list(read_fhir(inputs, vocabulary(), site=site, as_of=day.first if day else None))


def sheet(*resources: Mapping[str, Any], site: Site | None = None) -> FactSheet:
    """The facts of patient `p`, of whom nothing but these resources is known."""
    found = next(one.sheet for one in take(bundle(patient(), *resources), site=site))
    assert isinstance(found, FactSheet), found
    return found


def entries(*resources: Mapping[str, Any], site: Site | None = None) -> list[Entry]:
    """The account, without that of the patient himself."""
    every = [
        one for taken in take(bundle(patient(), *resources), site=site) for one in taken.entries
    ]
    return [one for one in every if "Patient/" not in one.place]


def only(fact: str, *resources: Mapping[str, Any]) -> Record:
    """The one record of a fact, all else being empty."""
    found = sheet(*resources)
    assert set(found.records) == {fact}, (dict(found.records), entries(*resources))
    (record,) = found.records[fact]
    return record


def fate(*resources: Mapping[str, Any]) -> tuple[Fate, str | None]:
    """What became of the one part there is; where it is not mapped, nothing of it counts."""
    (entry,) = entries(*resources)
    if entry.kind is not Fate.MAPPED:
        assert not sheet(*resources).records
    return entry.kind, entry.reason


def yes(value: Value | None) -> bool:
    return value == frozenset({True})


def no(value: Value | None) -> bool:
    return value == frozenset({False})


def days(text: str) -> Any:
    """The days of `2026-10`, or of `2026-10-01/2026-10-03`."""
    first, _, last = text.partition("/")
    begin, end = parse_days(first), parse_days(last or first)
    assert begin is not None
    assert end is not None
    return begin._replace(last=end.last)


def refused(taken: Taken) -> ProfileError:
    assert isinstance(taken.sheet, ProfileError)
    return taken.sheet
