"""A site's table of reference ranges serves every form of input, and what it gave stays known."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from screener.days import parse_days
from screener.facts import FactSheet
from screener.intake.ranges import profile_with_ranges
from screener.intake.sources import Form, read_source
from screener.log.inputs import read_inputs, write_inputs
from screener.rules.load import read_mapping, read_protocol, read_vocabulary
from screener.screening import screen

LOINC = "http://loinc.org"
VOCABULARY = read_vocabulary(
    """\
facts:
  sex:
    type: code
    kind: fixed
    values: [female, male]
    codes: [{system: "http://hl7.org/fhir/administrative-gender", code: male, value: male}]
  birth_date: {type: date}
  age: {type: quantity, unit: a, derived: {age_of: birth_date}}
  alt:
    type: quantity
    kind: observation
    unit: U/L
    codes: [{system: "http://loinc.org", code: 1742-6}]
""",
    "vocabulary.yaml",
)
SITE = read_mapping(
    """\
mapping: A site
ranges:
  - {fact: alt, unit: U/L, high: 50, sex: male, age: {at_least: 18 a}, laboratory: Central}
  - {fact: alt, unit: U/L, high: 35, sex: female, age: {at_least: 18 a}, laboratory: Central}
""",
    "site.yaml",
    VOCABULARY,
)
PROTOCOL = read_protocol(
    """\
trial: XMPL
title: A trial
version: "1"
effective: 2026-01-01
stages:
  - id: S
    title: S
    inclusion: [{id: I, text: ALT within limits., rule: {fact: alt, at_most: 1 x ULN}}]
""",
    "trial.yaml",
    VOCABULARY,
).protocol
DAY = parse_days("2026-06-30")
PROFILE: dict[str, Any] = {
    "patient": "p",
    "facts": {
        "sex": "male",
        "birth_date": "1980-01-01",
        "alt": {"value": "45", "unit": "U/L", "date": "2026-06-15", "laboratory": "Central"},
    },
}
WIDE = """\
patient,sex,birth_date,alt [U/L],alt.date,alt.laboratory
p,male,1980-01-01,45,2026-06-15,Central
"""
LONG = """\
patient,fact,value,unit,date,laboratory
p,sex,male,,,
p,birth_date,1980-01-01,,,
p,alt,45,U/L,2026-06-15,Central
"""
BUNDLE = json.dumps(
    {
        "resourceType": "Bundle",
        "entry": [
            {
                "resource": {
                    "resourceType": "Patient",
                    "id": "p",
                    "gender": "male",
                    "birthDate": "1980-01-01",
                }
            },
            {
                "resource": {
                    "resourceType": "Observation",
                    "id": "o",
                    "status": "final",
                    "subject": {"reference": "Patient/p"},
                    "code": {"coding": [{"system": LOINC, "code": "1742-6"}]},
                    "effectiveDateTime": "2026-06-15",
                    "performer": [
                        {"reference": "Practitioner/7", "display": "A. Nurse"},
                        {"reference": "Organization/central", "display": "Central"},
                    ],
                    "valueQuantity": {
                        "value": 45,
                        "unit": "U/L",
                        "system": "http://unitsofmeasure.org",
                        "code": "U/L",
                    },
                }
            },
        ],
    }
)


def day() -> int:
    assert DAY is not None
    return DAY.first


def taken(form: Form, text: str) -> FactSheet:
    inputs = [("patients", io.BytesIO(text.encode()))]
    found = [one.sheet for one in read_source(form, inputs, VOCABULARY, SITE, day())]
    (sheet,) = [one for one in found if isinstance(one, FactSheet)]
    return sheet


def of_profile(**alt: Any) -> FactSheet:
    facts = {**PROFILE["facts"], "alt": {**PROFILE["facts"]["alt"], **alt}}
    return profile_with_ranges({**PROFILE, "facts": facts}, VOCABULARY, SITE, day())


def answered(sheet: FactSheet) -> Any:
    return screen(PROTOCOL, VOCABULARY, sheet, day()).to_json()["criteria"][0]


@pytest.mark.parametrize(
    "sheet",
    [
        of_profile(),
        taken(Form.CSV, WIDE),
        taken(Form.CSV, LONG),
        taken(Form.FHIR, BUNDLE),
    ],
    ids=["profile", "wide", "long", "fhir"],
)
def test_the_row_is_found_and_named_whatever_the_form(sheet: FactSheet) -> None:
    found = answered(sheet)
    assert found["outcome"] == "pass"
    row = "row 1 (Central, male, from 18 years)"
    assert found["sentence"].endswith(f"(limits from the site's table: up to 50 by {row}).")
    assert found["because"][0]["limits"] == [{"low": None, "high": "50", "row": row}]


def test_a_limit_that_came_with_the_result_is_told_of_no_table() -> None:
    found = answered(of_profile(reference_range={"high": "40"}))
    assert (found["outcome"], found["because"][0]["limits"]) == ("fail", [])


def test_facts_with_open_limits_are_written_and_read_back_as_they_are() -> None:
    sheet = of_profile(laboratory=None)
    assert sheet.records["alt"][0].open_limits is not None
    assert read_inputs(write_inputs(sheet)) == sheet
    assert read_inputs(write_inputs(of_profile())) == of_profile()
