"""`screener screen` with FHIR: found by its content, put together over files, accounted for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.support import Command

DAY = "--as-of=2026-11-24"
_SHIPPED = {"SCREENER_CRITERIA": str(Path(__file__).parents[2] / "criteria")}


def patient(id: str, birth: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "birthDate": birth, "gender": "female"}


def platelets(of: str, value: float, unit: str = "10*9/L") -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"plt-{of}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": "2026-11-24",
        "valueQuantity": {"value": value, "system": "http://unitsofmeasure.org", "code": unit},
    }


def test_fhir_is_found_by_its_content_and_files_are_put_together(command: Command) -> None:
    people = command.write("Patient.ndjson", patient("1", "1964-05-02"), patient("2", "1940-01-01"))
    results = command.write("Observation.ndjson", platelets("2", 112), platelets("1", 112))
    arguments = ("screen", "NCT01681446", people, results, DAY, "--json")
    ended = command(*arguments, env=_SHIPPED)
    assert ended.code == 0
    # 86 years are more than 75; of the first patient most is not known.
    assert [(one["patient"], one["verdict"]) for one in ended.lines()] == [
        ("1", "undetermined"),
        ("2", "ineligible"),
    ]
    (age,) = [one for one in ended.lines()[1]["criteria"] if one["id"] == "P-I2"]
    assert (age["outcome"], age["because"][0]["source"]) == ("fail", "Patient/2")
    assert command(*arguments, "--from", "fhir", env=_SHIPPED).out == ended.out


def test_what_is_not_understood_is_told_and_under_strict_an_error(command: Command) -> None:
    file = command.write("a.ndjson", patient("1", "1964-05-02"), platelets("1", 112, "per field"))
    report = command.folder / "report.ndjson"
    arguments = ("screen", "NCT01681446", file, DAY, "--json")
    ended = command(*arguments, "--report", report, env=_SHIPPED)
    assert ended.code == 0
    assert "2 mapped, 0 ignored, 0 unknown, 1 rejected" in ended.err
    written = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    (rejected,) = [one for one in written if one.get("kind") == "rejected"]
    assert rejected["place"].endswith("a.ndjson:2: Observation/plt-1")
    assert rejected["fact"] == "platelets"
    strict = command(*arguments, "--strict", env=_SHIPPED)
    assert strict.code == 4
    assert [one.get("verdict") for one in strict.lines()] == [None]


def test_a_bundle_without_a_patient_is_bad_data(command: Command) -> None:
    file = command.write("a.json", platelets("1", 112))
    assert command("screen", "NCT01681446", file, DAY, env=_SHIPPED).code == 4
