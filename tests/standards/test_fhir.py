"""ResearchSubject of every verdict, and the criteria of every shipped trial, as FHIR has them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.bundle import Bundle
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.researchsubject import ResearchSubject

from screener.catalog import Edition, Place, places, read, shipped
from screener.standards.fhir.criteria import criteria_bundle
from screener.trial import load_trial
from tests.cli.support import Command, patient

Json = dict[str, Any]
PLACES = [place for versions in places([shipped("criteria")]).values() for place in versions]
DAY = "--as-of=2026-11-24"
#: R4: ValueSet research-subject-status. R5: ValueSet research-subject-state, the same words.
STATES = {"A": "eligible", "B": "screening", "C": "ineligible"}


def named(place: Place) -> str:
    return f"{place.trial}@{place.version}"


def screened(command: Command, release: str, *more: str) -> list[Json]:
    patients = (patient("A"), patient("B", platelets=None), patient("C", smoker=True))
    file = command.write("patients.ndjson", *patients)
    return command("screen", "XMPL-001", file, DAY, f"--fhir={release}", *more).lines()


def test_an_undetermined_patient_is_being_screened_and_never_ineligible(command: Command) -> None:
    for one in screened(command, "r5"):
        ResearchSubject.model_validate(one)
        (progress,) = one["progress"]
        (state,) = progress["subjectState"]["coding"]
        assert state["system"] == "http://terminology.hl7.org/CodeSystem/research-subject-state"
        name = one["subject"]["reference"].removeprefix("Patient/")
        assert (state["code"], progress["startDate"]) == (STATES[name], "2026-11-24")
        assert one["study"]["identifier"]["value"] == "XMPL-001"


def test_r4_has_the_state_as_its_status(command: Command) -> None:
    found = {}
    for one in screened(command, "r4"):
        get_fhir_model_class("ResearchSubject").model_validate(one)
        found[one["individual"]["reference"].removeprefix("Patient/")] = one["status"]
    assert found == STATES


def test_the_reason_names_the_criteria(command: Command) -> None:
    reasons = [one["progress"][0].get("reason", {}).get("text") for one in screened(command, "r5")]
    assert reasons == [None, "Cannot tell yet: I1", "Against it: E1"]


def test_a_patient_who_cannot_be_judged_has_an_operation_outcome_in_his_place(
    command: Command,
) -> None:
    file = command.write("a.ndjson", patient("A"), {"patient": "B", "facts": {"plateletz": 1}})
    ended = command("screen", "XMPL-001", file, DAY, "--fhir=r5")
    assert ended.code == 4
    first, second = ended.lines()
    assert first["resourceType"] == "ResearchSubject"
    Outcome = get_fhir_model_class("OperationOutcome")
    Outcome.model_validate(second)
    assert "plateletz" in second["issue"][0]["diagnostics"]


def test_two_forms_at_once_are_refused(command: Command) -> None:
    file = command.write("a.ndjson", patient("A"))
    assert command("screen", "XMPL-001", file, DAY, "--fhir=r5", "--json").code == 2


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("S-012-0044", {"reference": "Patient/S-012-0044"}),
        ("https://ehr/fhir/Patient/7", {"reference": "https://ehr/fhir/Patient/7"}),
        ("No. 7", {"identifier": {"system": "urn:screener:patient", "value": "No. 7"}}),
    ],
)
def test_the_patient_is_referred_to_as_his_name_allows(
    name: str, reference: Json, command: Command
) -> None:
    file = command.write("a.ndjson", patient(name))
    (one,) = command("screen", "XMPL-001", file, DAY, "--fhir=r5").lines()
    assert one["subject"] == {"type": "Patient", **reference}


# --- criteria -----------------------------------------------------------------------------------


def resources(edition: Edition) -> dict[str, Json]:
    bundle = json.loads(json.dumps(criteria_bundle(edition)))
    Bundle.model_validate(bundle)
    return {one["resource"]["resourceType"]: one["resource"] for one in bundle["entry"]}


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_every_criterion_of_a_shipped_trial_is_a_characteristic_with_its_polarity(
    place: Place,
) -> None:
    edition = read(place)
    found = resources(edition)
    wanted = [(one.id, one.kind.value == "exclusion") for one in edition.protocol.criteria]
    group = found["Group"]["characteristic"]
    assert [(one["code"]["coding"][0]["code"], one["exclude"]) for one in group] == wanted
    variable = found["EvidenceVariable"]["characteristic"]
    assert [(one["linkId"], one["exclude"]) for one in variable] == wanted
    for one in walked(variable):
        # Invariant evv-1 of R5: one way of defining a characteristic, not two.
        assert len([name for name in one if name.startswith("definition")]) == 1


def test_the_study_refers_to_the_group_beside_it() -> None:
    bundle = criteria_bundle(load_trial("NCT01681446").newest)
    urls = {one["resource"]["resourceType"]: one["fullUrl"] for one in bundle["entry"]}
    study = bundle["entry"][0]["resource"]
    assert study["recruitment"]["eligibility"]["reference"] == urls["Group"]
    registry = {"system": "http://clinicaltrials.gov", "value": "NCT01681446"}
    assert study["identifier"] == [registry]


def characteristic(trial: str, id: str) -> Json:
    variable = resources(load_trial(trial).newest)["EvidenceVariable"]["characteristic"]
    (found,) = [one for one in variable if one["linkId"] == id]
    return dict(found)


def test_a_threshold_keeps_its_unit_its_side_and_its_window() -> None:
    """B-I1: leukocytes above 2.5 x 10^9/L at baseline, 28 to 42 days after the resection."""
    combined = characteristic("NCT01681446", "B-I1")["definitionByCombination"]
    assert combined["code"] == "all-of"
    leukocytes = combined["characteristic"][0]
    value = leukocytes["definitionByTypeAndValue"]["valueQuantity"]
    assert (value["value"], value["comparator"], value["code"]) == (2.5, ">", "10*9/L")
    (when,) = leukocytes["timeFromEvent"]
    days = {side: (end["value"], end["code"]) for side, end in when["range"].items()}
    assert days == {"low": (28, "d"), "high": (42, "d")}
    assert when["eventCodeableConcept"]["text"] == "resection"


def test_both_ends_of_a_range_count() -> None:
    """P-I2: at least 18 and at most 75 years."""
    value = characteristic("NCT01681446", "P-I2")["definitionByTypeAndValue"]["valueRange"]
    assert [(value[end]["value"], value[end]["code"]) for end in ("low", "high")] == [
        (18, "a"),
        (75, "a"),
    ]


def test_what_must_not_be_is_excluded_within_the_criterion() -> None:
    """P-I4.3: neither an extrahepatic nor a lymph node metastasis."""
    (none_of,) = characteristic("NCT01681446", "P-I4.3")["definitionByCombination"][
        "characteristic"
    ]
    assert none_of["exclude"] is True
    assert none_of["definitionByCombination"]["code"] == "any-of"
    values = [
        one["definitionByTypeAndValue"]["valueBoolean"]
        for one in none_of["definitionByCombination"]["characteristic"]
    ]
    assert values == [True, True]


def test_where_it_applies_only_to_some_the_others_pass() -> None:
    """B-E7 binds women: an exclusion of those who are female and pregnant, lactating or tested."""
    combined = characteristic("NCT01681446", "B-E7")["definitionByCombination"]
    assert combined["code"] == "all-of"
    sex = combined["characteristic"][0]["definitionByTypeAndValue"]
    assert sex["valueCodeableConcept"]["text"] == "female"


def test_a_computed_value_stays_a_sentence_and_is_told_of(command: Command) -> None:
    """B-I2: Child-Pugh class A is a table of points, for which R5 has no words."""
    assert (
        "Child-Pugh" in characteristic("NCT01681446", "B-I2")["definitionCodeableConcept"]["text"]
    )
    shipped_ = str(shipped("criteria"))
    ended = command("export", "NCT01681446", "--to=fhir", f"--criteria={shipped_}")
    assert (ended.code, "B-I2" in ended.err) == (0, True)
    Bundle.model_validate_json(ended.out)


def walked(characteristics: list[Json]) -> list[Json]:
    return [
        found
        for one in characteristics
        for found in (
            one,
            *walked(one.get("definitionByCombination", {}).get("characteristic", [])),
        )
    ]
