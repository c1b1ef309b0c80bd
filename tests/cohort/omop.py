"""Made-up tables of OMOP: a row each, in words, and the concepts that they name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from screener.cohort.omop.cdm import TABLES

#: Concepts by number: vocabulary and code. Numbers below 100 are made up.
CONCEPTS: Mapping[int, tuple[str, str]] = {
    1: ("LOINC", "777-3"),
    2: ("SNOMED", "230690007"),
    3: ("SNOMED", "422504002"),
    4: ("ICD10CM", "I63.9"),
    5: ("LOINC", "89243-0"),
    6: ("RxNorm", "3264"),
    7: ("RxNorm", "197577"),
    8: ("SNOMED", "107963000"),
    9: ("LOINC", "2106-3"),
    10: ("SNOMED", "77386006"),
    11: ("LOINC", "6301-6"),
    12: ("SNOMED", "44054006"),
    20: ("UCUM", "10*9/L"),
    21: ("UCUM", "10*3/uL"),
    22: ("UCUM", "mg/dL"),
    23: ("UCUM", "{INR}"),
    30: ("SNOMED", "10828004"),
    31: ("SNOMED", "260385009"),
    32: ("SNOMED", "373066001"),
    33: ("SNOMED", "373067005"),
    34: ("SNOMED", "47625008"),
    35: ("SNOMED", "261665006"),
}
#: The one is a stroke of a narrower kind, the other a tablet of the substance.
ABOVE = [(2, 3), (6, 7)]

VOCABULARY = """
vocabulary: Facts of made-up patients
facts:
  sex:
    type: code
    kind: fixed
    label: Sex
    values: [female, male]
    codes:
      - {system: http://hl7.org/fhir/administrative-gender, code: female, value: female}
      - {system: http://hl7.org/fhir/administrative-gender, code: male, value: male}
  birth_date: {type: date, kind: fixed, label: Birth}
  age: {type: quantity, label: Age, unit: a, derived: {age_of: birth_date}}
  platelets:
    type: quantity
    kind: observation
    label: Platelets
    unit: 10*9/L
    codes: [{system: "http://loinc.org", code: 777-3}]
  inr:
    type: number
    kind: observation
    label: INR
    codes: [{system: "http://loinc.org", code: 6301-6}]
  ecog:
    type: ordinal
    kind: observation
    label: ECOG
    scale: [0, 1, 2, 3, 4]
    codes: [{system: "http://loinc.org", code: 89243-0}]
  stroke:
    type: boolean
    kind: cumulative
    label: Stroke
    codes:
      - {system: "http://snomed.info/sct", code: 230690007}
      - {system: "http://hl7.org/fhir/sid/icd-10-cm", code: I63}
  pregnant:
    type: boolean
    kind: observation
    label: Pregnancy
    codes: [{system: "http://snomed.info/sct", code: 77386006}]
  pregnancy_test:
    type: code
    kind: observation
    label: Test
    values: [positive, negative]
    codes:
      - {system: "http://loinc.org", code: 2106-3}
      - {system: "http://snomed.info/sct", code: 10828004, value: positive}
      - {system: "http://snomed.info/sct", code: 260385009, value: negative}
  steroid:
    type: event
    kind: event
    label: Steroid
    attributes:
      route:
        type: code
        values: [oral, intravenous]
        codes: [{system: "http://snomed.info/sct", code: 47625008, value: intravenous}]
    codes: [{system: "http://www.nlm.nih.gov/research/umls/rxnorm", code: 3264}]
  resection:
    type: event
    kind: event
    label: Resection
    codes: [{system: "http://snomed.info/sct", code: 107963000}]
  resected_on:
    type: date
    kind: fixed
    label: Day of resection
    codes: [{system: "http://snomed.info/sct", code: 107963000}]
"""


def tables_of(
    rows: Mapping[str, list[dict[str, Any]]], *, concepts: bool = True
) -> dict[str, pl.LazyFrame]:
    """Tables with the columns that rows have, and those that the model asks for."""
    found = {}
    for name, given in rows.items():
        needed: dict[str, None] = {"person_id": None}
        if name in TABLES:
            columns = TABLES[name].columns
            needed = dict.fromkeys([TABLES[name].key, "person_id"])
            needed |= dict.fromkeys([columns["standard"], columns["origin"], columns["day"]])
        names = dict.fromkeys([*needed, *(word for row in given for word in row)])
        numbered = (
            [{TABLES[name].key: number} for number in range(1, len(given) + 1)]
            if (name in TABLES)
            else [{} for _ in given]
        )
        filled = [
            dict.fromkeys(names) | number | row for number, row in zip(numbered, given, strict=True)
        ]
        found[name] = pl.LazyFrame(filled, infer_schema_length=None)
    if concepts:
        found["concept"] = pl.LazyFrame(
            [(id, vocabulary, code) for id, (vocabulary, code) in CONCEPTS.items()],
            schema=["concept_id", "vocabulary_id", "concept_code"],
            orient="row",
        )
        found["concept_ancestor"] = pl.LazyFrame(
            ABOVE, schema=["ancestor_concept_id", "descendant_concept_id"], orient="row"
        )
    return found


def day(text: str) -> date:
    """A day as the model has it."""
    return date.fromisoformat(text)
