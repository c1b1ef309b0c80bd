"""Who is who: patients, Bundles, files with a resource a line, references, what is of nobody."""

from __future__ import annotations

from typing import Any

import pytest

from screener.causes import Cause
from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.report import Fate, IntakeReport
from screener.intake.sources import Form, form_of
from screener.intake.taken import Taken
from screener.quantities import Range
from tests.intake.fhir.support import (
    ABSENT,
    LOINC,
    bundle,
    days,
    observation,
    patient,
    quantity,
    refused,
    resource,
    sheet,
    take,
)


def alt(value: int, id: str = "o", of: str = "Patient/p", **words: Any) -> dict[str, Any]:
    return observation((LOINC, "1742-6"), id, of, valueQuantity=quantity(value, "U/L"), **words)


def values(taken: Taken) -> dict[str, list[str]]:
    assert isinstance(taken.sheet, FactSheet)
    return {
        fact: [str(one.shown.value) for one in records]
        for fact, records in taken.sheet.records.items()
    }


def loose(found: list[Taken]) -> list[tuple[Fate, str]]:
    return [
        (one.kind, one.reason or "")
        for taken in found
        for one in taken.entries
        if one.patient is None
    ]


# --- the patient himself --------------------------------------------------------------------------


@pytest.mark.parametrize("birth", ["1964-05-02", "1964-05", "1964"])
def test_a_birth_date_is_known_as_far_as_it_is_written(birth: str) -> None:
    (taken,) = take(patient(birthDate=birth))
    assert isinstance(taken.sheet, FactSheet)
    (record,) = taken.sheet.records["birth_date"]
    assert record.value == Range(*days(birth))
    assert record.shown.source == "Patient/p"


@pytest.mark.parametrize(
    ("gender", "value", "absence"),
    [
        ("female", frozenset({"female"}), None),
        ("male", frozenset({"male"}), None),
        ("other", None, Cause.INCONCLUSIVE),
        ("unknown", None, Cause.NOT_IN_RECORD),
    ],
)
def test_a_gender_is_a_value_or_says_that_there_is_none(
    gender: str, value: object, absence: Cause | None
) -> None:
    (taken,) = take(patient(gender=gender))
    assert isinstance(taken.sheet, FactSheet)
    (record,) = taken.sheet.records["sex"]
    assert (record.value, record.absence) == (value, absence)


def test_an_element_may_say_why_it_is_absent() -> None:
    why = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}
    beside = {"extension": [{**why, "valueCode": "masked"}]}
    (taken,) = take(patient(_birthDate=beside, _gender=beside))
    assert isinstance(taken.sheet, FactSheet)
    for fact in ("birth_date", "sex"):
        assert [one.absence for one in taken.sheet.records[fact]] == [Cause.MASKED]


def test_a_birth_date_or_a_gender_that_is_none_is_rejected() -> None:
    (taken,) = take(patient(birthDate="02.05.1964", gender="F"))
    assert isinstance(taken.sheet, FactSheet)
    assert not taken.sheet.records
    assert [one.kind for one in taken.entries] == [Fate.REJECTED, Fate.REJECTED]


def test_nobody_is_born_after_the_day_of_screening() -> None:
    (taken,) = take(patient(birthDate="2027-01-01"), as_of="2026-11-24")
    assert "born after 2026-11-24" in str(refused(taken))


def test_a_death_is_warned_of() -> None:
    for words in ({"deceasedBoolean": True}, {"deceasedDateTime": "2026-10"}):
        (taken,) = take(patient(**words))
        assert isinstance(taken.sheet, FactSheet)
        assert [one.id for one in taken.sheet.warnings] == ["deceased"]
    (alive,) = take(patient(deceasedBoolean=False))
    assert isinstance(alive.sheet, FactSheet)
    assert not alive.sheet.warnings


def test_an_animal_is_not_screened() -> None:
    animal = [{"url": "http://hl7.org/fhir/StructureDefinition/patient-animal"}]
    (taken,) = take(bundle(patient(extension=animal, gender="female"), alt(5)))
    assert taken.sheet is None
    assert {one.kind for one in taken.entries} == {Fate.IGNORED}
    assert len(taken.entries) == 2


# --- several patients -----------------------------------------------------------------------------


def test_two_patients_in_one_file_are_two_patients() -> None:
    found = take(
        bundle(
            alt(1, "a", "Patient/1"),
            patient("1", gender="male"),
            alt(2, "b", "Patient/2"),
            patient("2", gender="female"),
            alt(3, "c", "Patient/1"),
        )
    )
    assert [one.sheet.patient for one in found if isinstance(one.sheet, FactSheet)] == ["1", "2"]
    assert values(found[0]) == {"alt": ["1", "3"], "sex": ["male"]}
    assert values(found[1]) == {"alt": ["2"], "sex": ["female"]}
    assert {one.patient for one in found[1].entries} == {"2"}


def test_files_by_kind_of_resource_are_put_together() -> None:
    found = take(
        [alt(1, "a", "Patient/1"), alt(2, "b", "Patient/2")],
        [patient("1"), patient("2")],
        names=("Observation.ndjson", "Patient.ndjson"),
    )
    assert [values(one) for one in found] == [{"alt": ["1"]}, {"alt": ["2"]}]
    assert found[1].entries[0].place == "Patient.ndjson:2: Patient/2"
    assert found[1].entries[1].place == "Observation.ndjson:2: Observation/b"


def test_one_resource_may_be_a_file() -> None:
    (taken,) = take(patient("1"), alt(1, "a", "Patient/1"))
    assert values(taken) == {"alt": ["1"]}


def test_a_pretty_printed_bundle_is_one_document() -> None:
    text = """{
  "resourceType": "Bundle",
  "entry": [
    {"resource": {"resourceType": "Patient",
                  "id": "p", "gender": "male"}}
  ]
}
"""
    (taken,) = take(text)
    assert values(taken) == {"sex": ["male"]}


def test_a_bundle_may_hold_a_bundle_and_any_other_resource_is_named() -> None:
    found = take(bundle(bundle(patient("1")), {"resourceType": "Organization", "id": "x"}))
    assert isinstance(found[0].sheet, FactSheet)
    assert loose(found) == [(Fate.IGNORED, "`Organization` is not read")]


def test_the_same_record_twice_is_one_record() -> None:
    (taken,) = take(bundle(patient(), alt(5)), bundle(patient(), alt(5)))
    assert values(taken) == {"alt": ["5"]}


def test_two_patients_with_one_name_are_not_made_one() -> None:
    (taken,) = take(patient(birthDate="1964-05-02"), patient(birthDate="1971-01-01"), alt(5))
    assert "differ in `birthDate`" in str(refused(taken))
    assert [one.kind for one in taken.entries] == [Fate.REJECTED] * 3
    (same,) = take(patient(birthDate="1964-05-02"), patient(birthDate="1964"))
    assert isinstance(same.sheet, FactSheet)


# --- references -----------------------------------------------------------------------------------


def entry(url: str, of: dict[str, Any]) -> dict[str, Any]:
    return {"fullUrl": url, "resource": of}


@pytest.mark.parametrize(
    ("url", "reference"),
    [
        ("urn:uuid:6f1e", "urn:uuid:6f1e"),
        ("urn:uuid:6f1e", "Patient/p"),
        ("http://a.example/fhir/Patient/p", "http://a.example/fhir/Patient/p"),
        ("http://a.example/fhir/Patient/p", "http://a.example/fhir/Patient/p/_history/3"),
        ("http://a.example/fhir/Patient/p", "Patient/p"),
        ("http://a.example/fhir/Patient/p", "Patient/p/_history/3"),
    ],
)
def test_a_reference_leads_to_its_patient(url: str, reference: str) -> None:
    one = entry("http://a.example/fhir/Observation/o", alt(5, of=reference))
    (taken,) = take({"resourceType": "Bundle", "entry": [entry(url, patient()), one]})
    assert values(taken) == {"alt": ["5"]}


def test_the_same_id_on_two_servers_is_two_patients() -> None:
    def server(name: str, value: int) -> dict[str, Any]:
        base = f"http://{name}.example/fhir"
        return {
            "resourceType": "Bundle",
            "entry": [
                entry(f"{base}/Patient/1", patient("1")),
                entry(f"{base}/Observation/o", alt(value, of="Patient/1")),
            ],
        }

    first, second = take(server("a", 1), server("b", 2))
    assert (values(first), values(second)) == ({"alt": ["1"]}, {"alt": ["2"]})
    assert isinstance(first.sheet, FactSheet)
    assert first.sheet.patient == "http://a.example/fhir/Patient/1"
    found = take(server("a", 1), server("b", 2), alt(3, of="Patient/1"))
    assert loose(found) == [(Fate.UNKNOWN, "`Patient/1` may be one of 2 patients")]


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ({"reference": "Patient/2"}, Fate.UNKNOWN),
        ({"reference": "http://other.example/fhir/Patient/9"}, Fate.UNKNOWN),
        ({"reference": "urn:uuid:1"}, Fate.UNKNOWN),
        ({"reference": "#p"}, Fate.UNKNOWN),
        ({"display": "p"}, Fate.UNKNOWN),
        ({}, Fate.UNKNOWN),
        (None, Fate.UNKNOWN),
        ({"reference": "Group/herd"}, Fate.IGNORED),
        ({"reference": "Device/1"}, Fate.IGNORED),
    ],
)
def test_what_is_of_nobody_known_is_reported_and_given_to_nobody(subject: Any, kind: Fate) -> None:
    given = {**alt(5), "subject": subject}
    contained = [{"resourceType": "Patient", "id": "p"}]
    found = take(bundle(patient(), {**given, "contained": contained}))
    assert values(found[0]) == {}
    assert [one for one, _ in loose(found)] == [kind]


# --- what is no resource --------------------------------------------------------------------------


def test_a_line_that_cannot_be_read_stops_no_other() -> None:
    found = take([patient("1"), '{"resourceType": "Patient", "id": ', patient("2")])
    assert [type(one.sheet) for one in found] == [ProfileError, FactSheet, FactSheet]
    assert found[0].place == "1.json:2"
    assert found[0].entries[0].kind is Fate.REJECTED


def test_what_says_not_what_it_is_is_rejected() -> None:
    found = take(bundle({"id": "x"}), {"patient": "S-1", "facts": {}})
    assert [kind for kind, _ in loose(found)] == [Fate.REJECTED, Fate.REJECTED]


def test_an_input_without_a_patient_is_no_answer_about_anybody() -> None:
    (taken,) = take(bundle(alt(5)))
    assert "no patient" in str(refused(taken))
    assert [kind for kind, _ in loose([taken])] == [Fate.UNKNOWN]


def test_deleted_and_empty_entries_are_named() -> None:
    gone = {"request": {"method": "DELETE", "url": "Observation/o"}, "resource": alt(5)}
    found = take({"resourceType": "Bundle", "entry": [entry("", patient()), gone, {}, 7]})
    assert [kind for kind, _ in loose(found)] == [Fate.IGNORED, Fate.IGNORED, Fate.REJECTED]
    assert values(found[0]) == {}


def test_a_page_that_is_missing_is_named() -> None:
    found = take(bundle(patient(), link=[{"relation": "next", "url": "http://a.example/2"}]))
    assert [kind for kind, _ in loose(found)] == [Fate.UNKNOWN]


def test_rules_of_their_own_are_not_followed() -> None:
    (taken,) = take(patient(implicitRules="http://example.org/rules"))
    assert "implicitRules" in str(refused(taken))
    assert not sheet({**alt(5), "implicitRules": "http://example.org/rules"}).records


def test_strange_signs_in_names_are_kept_as_they_are() -> None:
    name = "Zoë-\u202e田中 'x';--"
    (taken,) = take(bundle(patient(name), alt(5, of=f"Patient/{name}")))
    assert isinstance(taken.sheet, FactSheet)
    assert taken.sheet.patient == name
    assert values(taken) == {"alt": ["5"]}


# --- the account ----------------------------------------------------------------------------------


def test_every_resource_has_an_entry_and_the_counts_are_theirs() -> None:
    found = take(
        bundle(
            patient(gender="male"),
            alt(5, "a"),
            observation((LOINC, "1742-6"), "b", valueQuantity=quantity(5, "per field")),
            observation((LOINC, "1-8"), "c"),
            resource("Encounter", "e"),
        )
    )
    report = IntakeReport(tuple(one for taken in found for one in taken.entries))
    assert {fate.value: count for fate, count in report.counts.items()} == {
        "mapped": 2,
        "ignored": 1,
        "unknown": 1,
        "rejected": 1,
    }
    for name in ("Patient/p", "Observation/a", "Observation/b", "Observation/c", "Encounter/e"):
        assert any(name in one.place for one in report.entries)
    assert [one.kind for one in report.doubtful] == [Fate.REJECTED, Fate.UNKNOWN]
    assert set(report.to_json()) == {"counts", "entries"}
    assert "`alt`" in report.text()
    assert any("per field" in line for line in report.tally.lines())


@pytest.mark.parametrize(
    ("name", "head", "form"),
    [
        ("a.json", b'{"resourceType": "Patient"}', Form.FHIR),
        ("-", b'\n{\n  "id": "1",\n  "resourceType" : "Bundle"', Form.FHIR),
        ("a.json", b'{"patient": "1", "facts": {}}', Form.PROFILE),
        ("a.ndjson", b"", Form.PROFILE),
        ("a.CSV", b"patient\n1\n", Form.CSV),
        ("-", b"\xef\xbb\xbfpatient,sex\n1,male\n", Form.CSV),
        ("-", b"nonsense", Form.PROFILE),
    ],
)
def test_the_form_of_an_input_is_found_by_its_name_and_its_beginning(
    name: str, head: bytes, form: Form
) -> None:
    assert form_of(name, head) is form


def test_absent_reasons_in_another_system_are_not_read() -> None:
    other = {"coding": [{"system": ABSENT + "s", "code": "masked"}]}
    given = observation((LOINC, "1742-6"), dataAbsentReason=other)
    assert [one.absence for one in sheet(given).records["alt"]] == [Cause.NOT_IN_RECORD]
