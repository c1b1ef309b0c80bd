"""Records that mislead, screened for NCT01681446: the outcome of the criterion at stake.

Day 28 to day 42 after the resection of 20 October 2026 are 17 November to 1 December; asked for is
more than 40 x 10^9/L platelets with more than 2.5 x 10^9/L leukocytes (B-I1), and an age of 18 to
75 completed years (P-I2). Worked out by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import Command

SHIPPED = Path(__file__).parents[2] / "criteria"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CELLS = {"system": UCUM, "code": "10*9/L"}


def observation(code: Mapping[str, Any], **words: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": code,
        "effectiveDateTime": "2026-11-20",
        **words,
    }


def lab(code: str, value: float, **quantity: Any) -> dict[str, Any]:
    coding = {"system": LOINC, "code": code}
    value_quantity = {"value": value, **CELLS, **quantity}
    return observation({"coding": [coding]}, id=f"o{code}", valueQuantity=value_quantity)


def outcomes(
    command: Command, *resources: Mapping[str, Any], born: str = "1970-01-01", name: str = "p"
) -> dict[str, dict[str, Any]]:
    """The criteria of the patient, by id."""
    person = {"resourceType": "Patient", "id": name, "birthDate": born, "gender": "male"}
    resected = {
        "resourceType": "Procedure",
        "id": "r",
        "status": "completed",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "107963000"}]},
        "performedDateTime": "2026-10-20",
    }
    about = [{**one, "subject": {"reference": f"Patient/{name}"}} for one in (resected, *resources)]
    entries = [{"resource": one} for one in (person, *about)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    file = command.write("p.json", bundle)
    ended = command(
        "screen", "NCT01681446@2018-05-30", file, "--as-of=2026-11-24", "--json",
        "--criteria", SHIPPED,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    (answer,) = ended.lines()
    return {one["id"]: one for one in answer["criteria"]}


ENOUGH_LEUKOCYTES = lab("6690-2", 4.1)


@pytest.mark.parametrize(
    ("platelets", "outcome", "cause"),
    [
        (lab("777-3", 112), "pass", None),
        (lab("777-3", 40), "fail", None),
        # A code without its system, of another system, or in words alone, is of nothing.
        (observation({"coding": [{"code": "777-3"}]}, valueQuantity={"value": 112, **CELLS}),
         "unknown", "missing"),
        (observation({"coding": [{"system": "urn:oid:2.16.840.1.113883.6.238", "code": "777-3"}]},
                     valueQuantity={"value": 112, **CELLS}), "unknown", "missing"),
        (observation({"text": "Platelets"}, valueQuantity={"value": 112, **CELLS}),
         "unknown", "missing"),
        # What a display says of a code counts for nothing: this is the code of leukocytes.
        (observation({"coding": [{"system": LOINC, "code": "26464-8", "display": "Platelets"}]},
                     valueQuantity={"value": 4.1, **CELLS}), "unknown", "missing"),
        # A unit in words is read where it is one of ours, and never guessed.
        (observation({"coding": [{"system": LOINC, "code": "777-3"}]},
                     valueQuantity={"value": 112, "unit": "10^9/L"}), "pass", None),
        (observation({"coding": [{"system": LOINC, "code": "777-3"}]},
                     valueQuantity={"value": 112, "unit": "thousand"}), "unknown", "missing"),
        (observation({"coding": [{"system": LOINC, "code": "777-3"}]},
                     valueQuantity={"value": 112000, "unit": "/uL"}), "pass", None),
        # Below 5 is not above 40, below 50 may be; at least 50 is.
        (lab("777-3", 5, comparator="<"), "fail", None),
        (lab("777-3", 50, comparator="<"), "unknown", "imprecise"),
        (lab("777-3", 50, comparator=">="), "pass", None),
        # Of a month it may be of a day before the window, of the whole window it is not.
        ({**lab("777-3", 112), "effectiveDateTime": "2026-11"}, "unknown", "imprecise"),
        ({**lab("777-3", 112), "effectiveDateTime": "2026-10"}, "unknown", "stale"),
        ({**lab("777-3", 112), "effectiveDateTime": "2025"}, "unknown", "stale"),
        ({**lab("777-3", 20), "status": "entered-in-error"}, "unknown", "missing"),
    ],
)  # fmt: skip
def test_platelets_count_only_where_code_unit_and_day_are_certain(
    command: Command, platelets: dict[str, Any], outcome: str, cause: str | None
) -> None:
    found = outcomes(command, platelets, ENOUGH_LEUKOCYTES)["B-I1"]
    assert found["outcome"] == outcome
    if cause is not None:
        assert cause in {one["cause"] for one in found["because"] if one["fact"] == "platelets"}


def test_a_race_that_has_the_code_of_a_pregnancy_test_is_no_pregnancy_test(
    command: Command,
) -> None:
    """`2106-3` is a urine pregnancy test in LOINC, and "White" in the CDC's code of races."""
    race = observation(
        {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.238", "code": "2106-3"}]},
        valueBoolean=True,
    )
    found = outcomes(command, race)
    assert found == outcomes(command)


@pytest.mark.parametrize(
    ("born", "outcome"),
    [
        ("1951", "pass"),  # 74 or 75
        ("1950", "unknown"),  # 75 or 76
        ("1949", "fail"),  # 76 or 77
        ("1950-12", "pass"),  # 75 until some day of December
        ("1950-11", "unknown"),  # 76 from some day of November
        ("1950-11-24", "fail"),  # 76 today
        ("1950-11-25", "pass"),  # 76 tomorrow
    ],
)
def test_a_birth_known_only_in_part_decides_where_every_day_of_it_agrees(
    command: Command, born: str, outcome: str
) -> None:
    assert outcomes(command, born=born)["P-I2"]["outcome"] == outcome


TABLE = f"""\
patient,sex,birth_date,resection,platelets,platelets.unit,platelets.date,leukocytes,leukocytes.date
007,male,1951,2026-10-20,<5,10*9/L,2026-11-20,4.1 10*9/L,2026-11-20
=1+1,male,1950,2026-10-20,<50,10*9/L,2026-11-20,4.1 10*9/L,2026-11-20
"{chr(0x1F600)}, O'Brien",male,1949,2026-10-20,112,10^9/L,2026-11,4.1 10*9/L,2026-11-20
"""


def test_a_table_with_the_same_traps_gives_the_same_outcomes_and_keeps_its_names(
    command: Command,
) -> None:
    path = command.folder / "p.csv"
    path.write_text(TABLE, encoding="utf-8")
    ended = command(
        "screen", "NCT01681446@2018-05-30", path, "--as-of=2026-11-24", "--json",
        "--criteria", SHIPPED,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    found = [
        (one["patient"], {item["id"]: item["outcome"] for item in one["criteria"]})
        for one in ended.lines()
    ]
    assert [(name, each["P-I2"], each["B-I1"]) for name, each in found] == [
        ("007", "pass", "fail"),
        ("=1+1", "unknown", "unknown"),
        ("\U0001f600, O'Brien", "fail", "unknown"),
    ]


def test_two_patients_in_one_file_are_judged_each_by_his_own_records(command: Command) -> None:
    people = [
        {"resourceType": "Patient", "id": name, "birthDate": born, "gender": "male"}
        for name, born in (("a", "1970"), ("b", "1940"))
    ]
    labs = [
        {**lab("777-3", value), "id": name, "subject": {"reference": f"Patient/{name}"}}
        for name, value in (("a", 30), ("b", 112))
    ]
    resources = [*labs, *people, {**labs[0], "id": "c", "subject": {"reference": "Patient/c"}}]
    entries = [{"resource": one} for one in resources]
    file = command.write("p.json", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    ended = command(
        "screen", "NCT01681446@2018-05-30", file, "--as-of=2026-11-24", "--json",
        "--criteria", SHIPPED, "--report", "report.ndjson",
    )  # fmt: skip
    ages = {
        one["patient"]: next(item for item in one["criteria"] if item["id"] == "P-I2")["outcome"]
        for one in ended.lines()
    }
    assert ages == {"a": "pass", "b": "fail"}
    lines = (command.folder / "report.ndjson").read_text("utf-8").splitlines()
    parts = {one["place"].rpartition(" ")[2]: one for one in map(json.loads, lines[:-1])}
    assert parts["Observation/a"]["patient"] == "a"
    assert parts["Observation/b"]["patient"] == "b"
    assert parts["Observation/c"]["kind"] == "unknown"
