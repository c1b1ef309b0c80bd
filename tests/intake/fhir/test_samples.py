"""Public samples and our own: real FHIR, every resource accounted for, nothing made up of them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from screener.catalog import shipped
from screener.days import parse_days
from screener.facts import FactSheet
from screener.intake.fhir.reader import read_fhir
from screener.intake.report import Fate
from screener.intake.sources import Form, form_of
from screener.rules.load import read_vocabulary
from screener.vocabulary import Vocabulary
from tests.intake.fhir.test_same_result import every

_OWN = Path(__file__).parent / "samples"
#: Public samples, where there are any: bundles of synthetic people, examples of the standard.
_PUBLIC = Path(__file__).parents[3] / ".." / "shared" / "data" / "fhir"
_FILES = [*sorted(_OWN.iterdir()), *sorted(_PUBLIC.rglob("*.json"))]
_AS_OF = parse_days("2026-11-24")


def vocabulary() -> Vocabulary:
    file = shipped("criteria") / "vocabulary.yaml"
    return read_vocabulary(file.read_bytes(), file.name)


def resources(file: Path) -> Iterator[dict[str, Any]]:
    """All resources of a file, those of Bundles included."""
    text = file.read_text(encoding="utf-8")
    documents = text.splitlines() if file.suffix == ".ndjson" else [text]
    for one in map(json.loads, documents):
        if one["resourceType"] == "Bundle":
            yield from (entry["resource"] for entry in one["entry"])
        else:
            yield one


@pytest.mark.parametrize("file", _FILES, ids=[one.name for one in _FILES])
def test_every_resource_of_a_sample_is_accounted_for(file: Path) -> None:
    found = list(read_fhir([(file.name, io.BytesIO(file.read_bytes()))], vocabulary()))
    places = [one.place for taken in found for one in taken.entries]
    for one in resources(file):
        name = f"{one['resourceType']}/{one['id']}"
        assert any(place.endswith(f": {name}") or f": {name}." in place for place in places), name
    patients = [one["id"] for one in resources(file) if one["resourceType"] == "Patient"]
    sheets = [one.sheet for one in found if isinstance(one.sheet, FactSheet)]
    assert [one.patient for one in sheets] == [one for one in patients if one != "animal"]
    # Whatever is on a sheet has a mapped entry, and no other entry puts anything there.
    mapped = {one.fact for taken in found for one in taken.entries if one.kind is Fate.MAPPED}
    assert mapped == {fact for one in sheets for fact in one.records}


@pytest.mark.parametrize("file", _FILES, ids=[one.name for one in _FILES])
def test_a_sample_is_recognized_by_its_content(file: Path) -> None:
    assert form_of("-", file.read_bytes()[:4096]) is Form.FHIR


@pytest.mark.parametrize("file", sorted(_OWN.iterdir()), ids=lambda one: one.name)
def test_our_own_samples_are_real_fhir(file: Path) -> None:
    for one in resources(file):
        get_fhir_model_class(one["resourceType"]).model_validate(one)


def test_the_translated_example_patients_are_real_fhir() -> None:
    for one in every():
        get_fhir_model_class("Bundle").model_validate(one.bundle)


def test_the_patients_of_our_own_bundle_are_what_they_are() -> None:
    """Worked out by hand from the resources, element by element."""
    file = _OWN / "two-patients.json"
    assert _AS_OF is not None
    first, second, rest = read_fhir(
        [(file.name, io.BytesIO(file.read_bytes()))], vocabulary(), as_of=_AS_OF.first
    )
    assert isinstance(first.sheet, FactSheet)
    assert isinstance(second.sheet, FactSheet)
    assert shown(first.sheet) == {
        "birth_date": ["1964-05 (None)"],
        "sex": ["female (None)"],
        "platelets": ["112 (2026-11-24)"],
        "bilirubin": ["13.68 (2026-11-24)"],
        "afp": ["<2 (2026-11)"],
        "alt": ["None (2026-11-24)"],
        "resection": ["2026-10-20 (None)"],
        "diagnosis": ["hepatocellular_carcinoma (2026-09)"],
        "urine_pregnancy_test": ["negative (2026-11-24)"],
    }
    assert {fact: [why for _, why in dropped] for fact, dropped in first.sheet.dropped.items()} == {
        "platelets": ["entered in error"],
        "depression": ["refuted"],
    }
    assert shown(second.sheet) == {
        "birth_date": ["1971-01-30 (None)"],
        "sex": ["male (None)"],
        "cerebrovascular_accident": ["True (age 43 a)"],
    }
    assert rest.sheet is None
    assert [one.kind for one in rest.entries] == [Fate.IGNORED, Fate.UNKNOWN]


def shown(sheet: FactSheet) -> dict[str, list[str]]:
    return {
        fact: [f"{one.shown.value} ({one.shown.date})" for one in records]
        for fact, records in sheet.records.items()
    }
