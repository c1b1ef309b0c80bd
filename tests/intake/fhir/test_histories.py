"""Conditions, allergies, procedures, drugs and consents: what they say, and what they never say."""

from __future__ import annotations

from typing import Any

import pytest

from screener.causes import Cause
from screener.days import EVER_FUTURE, EVER_PAST, Days
from screener.facts import FactSheet
from screener.intake.report import Fate
from screener.intake.when import NO_END_GIVEN, ONGOING
from screener.quantities import Range
from screener.rules.load import read_protocol
from screener.screening import screen
from screener.site import Complete, Site
from screener.truth import Outcome, Truth
from tests.intake.fhir.support import (
    ATC,
    ICD10,
    OWN,
    RXNORM,
    SNOMED,
    bundle,
    concept,
    condition,
    days,
    entries,
    fate,
    no,
    only,
    patient,
    resource,
    sheet,
    take,
    vocabulary,
    yes,
)

STROKE = (ICD10, "I63")
PREGNANT = (SNOMED, "77386006")
BLEEDING = (ICD10, "I85.0")
RESECTION = (SNOMED, "107963000")
AMOXICILLIN = (ATC, "J01CA04")
PENICILLIN = (RXNORM, "7980")


def of_one_born(birth: str, *resources: dict[str, Any]) -> FactSheet:
    found = take(bundle(patient(birthDate=birth), *resources))[0].sheet
    assert isinstance(found, FactSheet)
    return found


# --- conditions -----------------------------------------------------------------------------------


def test_a_condition_is_a_yes_of_its_onset() -> None:
    record = only("stroke", condition(STROKE, "9", onsetDateTime="2019-05"))
    assert yes(record.value)
    assert record.start == days("2019-05")
    assert record.shown.source == "Condition/9"


def test_a_condition_without_an_onset_is_said_on_the_day_it_was_recorded() -> None:
    assert only("stroke", condition(STROKE, recordedDate="2019-05-04")).start == days("2019-05-04")
    assert only("stroke", condition(STROKE)).start is None


@pytest.mark.parametrize("clinical", ["active", "resolved", "inactive", "remission", None])
def test_what_was_once_so_has_been_so(clinical: str | None) -> None:
    given = condition(STROKE, clinical=clinical, onsetDateTime="2019", abatementDateTime="2020")
    assert yes(only("stroke", given).value)


@pytest.mark.parametrize(
    ("verified", "reason"), [("refuted", "refuted"), ("entered-in-error", "entered in error")]
)
def test_what_is_refuted_never_counts(verified: str, reason: str) -> None:
    for code in (STROKE, PREGNANT, BLEEDING, (ICD10, "C22.0")):
        given = condition(code, clinical=None, verified=verified, onsetDateTime="2019")
        assert fate(given) == (Fate.IGNORED, reason)
        ((_, why),) = next(iter(sheet(given).dropped.values()))
        assert why == reason


@pytest.mark.parametrize("verified", ["unconfirmed", "provisional", "differential"])
def test_what_is_not_confirmed_is_neither_yes_nor_no(verified: str) -> None:
    for fact, code in {
        "stroke": STROKE,
        "bleeding": BLEEDING,
        "diagnosis": (ICD10, "C22.0"),
    }.items():
        record = only(fact, condition(code, verified=verified, onsetDateTime="2019"))
        assert (record.value, record.absence) == (None, Cause.INCONCLUSIVE)


def test_a_status_that_is_none_is_rejected() -> None:
    assert fate(condition(STROKE, verified="maybe"))[0] is Fate.REJECTED
    assert fate(condition(STROKE, clinical="acute"))[0] is Fate.REJECTED
    given = condition(STROKE, verified=None)
    given["verificationStatus"] = concept(text="refuted")
    assert fate(given)[0] is Fate.REJECTED


def test_a_state_on_a_day_is_that_of_the_day_it_was_recorded() -> None:
    given = condition(PREGNANT, onsetDateTime="2026-03", recordedDate="2026-06-01")
    assert only("pregnant", given).start == days("2026-06-01")


@pytest.mark.parametrize(
    "words",
    [
        {"clinical": "resolved"},
        {"abatementDateTime": "2016-01-05"},
        {"abatementString": "last winter"},
        {"abatementBoolean": True},
    ],
)
def test_a_state_that_is_over_says_nothing_of_later_days(words: dict[str, Any]) -> None:
    given = condition(PREGNANT, onsetDateTime="2015-04", recordedDate="2015-06-01", **words)
    assert fate(given)[0] is Fate.IGNORED


def test_an_age_at_onset_is_counted_from_the_days_of_birth() -> None:
    age = {"value": 52, "system": "http://unitsofmeasure.org", "code": "a"}
    given = condition(STROKE, onsetAge=age)
    (record,) = of_one_born("1960-05-02", given).records["stroke"]
    assert record.start == days("2012-05-02/2013-05-01")
    (record,) = of_one_born("1960", given).records["stroke"]
    assert record.start == days("2012-01-01/2013-12-30")
    (record,) = sheet(given).records["stroke"]
    assert record.start is None


def test_a_range_of_ages_at_onset_runs_from_the_younger_to_the_older() -> None:
    ages = {"low": {"value": 6, "unit": "mo"}, "high": {"value": 2, "unit": "years"}}
    (record,) = of_one_born("2000-01-31", condition(STROKE, onsetRange=ages)).records["stroke"]
    assert record.start == days("2000-07-31/2003-01-30")


def test_an_onset_in_words_is_not_read() -> None:
    given = condition(STROKE, onsetString="as a child")
    assert only("stroke", given).start is None
    (entry,) = entries(given)
    assert "words only" in (entry.reason or "")


def test_an_onset_within_a_period_is_on_some_day_of_it() -> None:
    given = condition(STROKE, onsetPeriod={"start": "2019-01", "end": "2019-03-15"})
    assert only("stroke", given).start == days("2019-01/2019-03-15")


def test_a_condition_may_be_an_event() -> None:
    given = condition(BLEEDING, onsetDateTime="2026-01-05", abatementDateTime="2026-01-09")
    record = only("bleeding", given)
    assert (record.start, record.end) == (days("2026-01-05"), days("2026-01-09"))
    record = only("bleeding", condition(BLEEDING, onsetDateTime="2026-01-05"))
    assert (record.start, record.end) == (days("2026-01-05"), ONGOING)
    record = only("bleeding", condition(BLEEDING, clinical="resolved", onsetDateTime="2026-01-05"))
    assert (record.start, record.end) == (days("2026-01-05"), NO_END_GIVEN)
    record = only("bleeding", condition(BLEEDING, clinical="resolved", recordedDate="2026-01-07"))
    assert record.start == Days(EVER_PAST, days("2026-01-07").last)


# --- classifications ------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["I63", "I63.9", "I63.30"])
def test_a_category_of_icd_10_stands_for_its_subdivisions(code: str) -> None:
    assert yes(only("stroke", condition((ICD10, code))).value)


@pytest.mark.parametrize(
    ("system", "code"),
    [(ICD10, "I6"), (ICD10, "I639"), (ICD10, "I64"), (ICD10, "I630.1"), (OWN, "I63.9"),
     ("http://hl7.org/fhir/sid/icd-10-cm", "I63.9")],
)  # fmt: skip
def test_nothing_else_lies_beneath_a_category(system: str, code: str) -> None:
    assert fate(condition((system, code)))[0] is Fate.UNKNOWN


def test_a_subdivision_that_is_listed_goes_before_its_category() -> None:
    assert only("diagnosis", condition((ICD10, "C22.0"))).value == frozenset({"hcc"})
    everything = frozenset({"carcinoma", "hcc", "icc"})
    assert only("diagnosis", condition((ICD10, "C22.9"))).value == everything


def test_of_two_codings_the_narrower_counts_and_two_that_differ_do_not() -> None:
    both = resource("Condition", code=concept((ICD10, "C22"), (SNOMED, "25370001")))
    assert only("diagnosis", both).value == frozenset({"hcc"})
    apart = resource("Condition", code=concept((ICD10, "C18.7"), (SNOMED, "25370001")))
    assert fate(apart)[0] is Fate.REJECTED


# --- allergies ------------------------------------------------------------------------------------


def allergy(code: tuple[str, str], **words: Any) -> dict[str, Any]:
    return resource("AllergyIntolerance", code=concept(code), **words)


def test_a_substance_in_an_allergy_is_an_allergy_and_no_use_of_it() -> None:
    given = allergy(PENICILLIN, recordedDate="2020-02-02")
    found = sheet(given)
    assert set(found.records) == {"penicillin_allergy"}
    assert yes(found.records["penicillin_allergy"][0].value)
    assert {(one.fact, one.kind) for one in entries(given)} == {
        ("penicillin_allergy", Fate.MAPPED),
        ("antibiotic", Fate.IGNORED),
    }


def test_a_refuted_allergy_never_counts() -> None:
    system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
    given = allergy((SNOMED, "91936005"), verificationStatus=concept((system, "refuted")))
    assert fate(given) == (Fate.IGNORED, "refuted")


# --- procedures -----------------------------------------------------------------------------------


def procedure(code: tuple[str, str] = RESECTION, **words: Any) -> dict[str, Any]:
    return resource("Procedure", **{"status": "completed", "code": concept(code), **words})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"performedDateTime": "2026-10-20T09:00:00+02:00"}, "2026-10-20"),
        ({"performedPeriod": {"start": "2026-10-20T09:00Z", "end": "2026-10-20"}}, "2026-10-20"),
        ({"performedPeriod": {"start": "2026-10", "end": "2026-11-21"}}, "2026-10-01/2026-11-21"),
        ({"occurrenceDateTime": "2026-10"}, "2026-10"),
        ({"occurrencePeriod": {"start": "2026-10-20", "end": "2026-10-20"}}, "2026-10-20"),
    ],
)  # fmt: skip
def test_a_procedure_gives_its_day_to_a_date(words: dict[str, Any], expected: str) -> None:
    record = only("resection", procedure(**words))
    assert record.value == Range(*days(expected))


def test_a_procedure_without_a_day_gives_no_date() -> None:
    assert fate(procedure())[0] is Fate.REJECTED
    assert fate(procedure(performedString="last year"))[0] is Fate.REJECTED


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "preparation", "stopped"])
def test_what_was_not_done_never_counts(status: str) -> None:
    given = procedure(status=status, performedDateTime="2026-10-20")
    assert fate(given)[0] is Fate.IGNORED
    assert set(sheet(given).dropped) == {"resection"}


def test_a_procedure_may_be_a_yes() -> None:
    given = procedure((SNOMED, "230690007"), performedDateTime="2020")
    assert only("stroke", given).start == days("2020")


# --- drugs ----------------------------------------------------------------------------------------


def statement(**words: Any) -> dict[str, Any]:
    drug = {"medicationCodeableConcept": concept(AMOXICILLIN)}
    return resource("MedicationStatement", **{"status": "active", **drug, **words})


def test_the_use_of_a_drug_is_an_event_with_its_attributes() -> None:
    given = statement(
        status="completed",
        effectivePeriod={"start": "2026-08-01", "end": "2026-09"},
        dosage=[{"route": concept((SNOMED, "26643006"))}],
    )
    record = only("antibiotic", given)
    assert (record.start, record.end) == (days("2026-08-01"), days("2026-09"))
    assert record.attributes == {"drug": frozenset({"amoxicillin"}), "route": frozenset({"oral"})}


def test_what_no_code_says_of_a_drug_is_not_given() -> None:
    other = concept((ATC, "J01AA02"))
    record = only(
        "antibiotic", statement(medicationCodeableConcept=other, dosage=[{"text": "oral"}])
    )
    assert record.attributes == {"drug": None, "route": None}


def test_a_drug_that_is_taken_is_still_going_on() -> None:
    record = only("antibiotic", statement(effectiveDateTime="2026-08-01"))
    assert (record.start, record.end) == (days("2026-08-01"), ONGOING)
    record = only("antibiotic", statement(status="stopped", effectiveDateTime="2026-08-01"))
    assert (record.start, record.end) == (days("2026-08-01"), NO_END_GIVEN)


@pytest.mark.parametrize("status", ["not-taken", "intended", "entered-in-error", "draft"])
def test_a_drug_that_was_not_taken_never_counts(status: str) -> None:
    assert fate(statement(status=status, effectiveDateTime="2026-08-01"))[0] is Fate.IGNORED


def test_a_drug_may_be_another_resource() -> None:
    inner = {"resourceType": "Medication", "id": "m", "code": concept(AMOXICILLIN)}
    given = statement(
        medicationCodeableConcept=None, medicationReference={"reference": "#m"}, contained=[inner]
    )
    assert only("antibiotic", given)
    outer = statement(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"}
    )
    assert set(sheet(outer, inner).records) == {"antibiotic"}
    assert fate(outer)[0] is Fate.UNKNOWN


def test_the_names_of_r5_say_the_same() -> None:
    given = resource(
        "MedicationStatement",
        status="recorded",
        medication={"concept": concept(AMOXICILLIN)},
        effectiveDateTime="2026-08-01",
    )
    record = only("antibiotic", given)
    assert (record.start, record.end) == (days("2026-08-01"), NO_END_GIVEN)
    adherence = {"code": concept(("http://hl7.org/fhir/CodeSystem/medication-statement-adherence",
                                  "not-taken"))}  # fmt: skip
    assert fate({**given, "adherence": adherence}) == (Fate.IGNORED, "not taken")
    administered = resource(
        "MedicationAdministration",
        status="completed",
        medication={"concept": concept(AMOXICILLIN)},
        occurenceDateTime="2026-08-01",
    )
    assert only("antibiotic", administered).start == days("2026-08-01")


def test_an_administration_is_an_event_of_its_day() -> None:
    given = resource(
        "MedicationAdministration",
        status="completed",
        medicationCodeableConcept=concept(PENICILLIN),
        effectiveDateTime="2026-08-01T08:00:00Z",
    )
    record = only("antibiotic", given)
    assert (record.start, record.end) == (days("2026-08-01"), None)
    assert fate({**given, "status": "not-done"}) == (Fate.IGNORED, "not done")


def request(**words: Any) -> dict[str, Any]:
    drug = {"medicationCodeableConcept": concept(AMOXICILLIN), "authoredOn": "2026-08-01"}
    return resource("MedicationRequest", **{"status": "active", "intent": "order", **drug, **words})


def test_an_order_is_neither_use_nor_no_use() -> None:
    record = only("antibiotic", request())
    assert record.absence is Cause.INCONCLUSIVE
    assert (record.start, record.end) == (days("2026-08-01"), NO_END_GIVEN)
    assert fate(request()) == (Fate.MAPPED, "an order; whether the drug was taken is not said")
    (warning,) = sheet(request()).warnings
    assert (warning.id, warning.fact) == ("ordered-only", "antibiotic")


#: Within the 4 weeks before 24 November, before them, and for days of them.
@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([("2026-11-10", {})], Truth.UNKNOWN),
        # Written before the window, without a last day: it may have been taken on into it.
        ([("2026-08-01", {})], Truth.UNKNOWN),
        ([("2026-08-01", {"start": "2026-08-01", "end": "2026-08-10"})], Truth.FALSE),
        ([("2026-08-01", {"start": "2026-08-01", "end": "2026-10-27"})], Truth.UNKNOWN),
        ([], Truth.FALSE),
    ],
)
def test_an_order_leaves_a_washout_open_that_it_may_reach(
    resources: list[tuple[str, dict[str, str]]], expected: Truth
) -> None:
    site = Site(complete={"antibiotic": Complete("pharmacy", days("2026-11-24").first)})
    orders = [
        request(
            id=f"r{index}",
            authoredOn=written,
            dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": period}}}] if period else [],
        )
        for index, (written, period) in enumerate(resources)
    ]
    found = washout(sheet(*orders, site=site))
    assert found is expected


def test_a_drug_that_was_ordered_and_taken_was_taken() -> None:
    given = resource(
        "MedicationAdministration",
        "a",
        status="completed",
        medicationCodeableConcept=concept(AMOXICILLIN),
        effectiveDateTime="2026-11-10",
    )
    assert washout(sheet(request(authoredOn="2026-11-10"), given)) is Truth.TRUE


def washout(facts: FactSheet) -> Truth:
    """Whether an antibiotic was taken in the 4 weeks before 24 November 2026."""
    rules = """
trial: T
title: T
version: "1"
effective: 2026-01-01
stages:
  - id: S
    title: S
    exclusion:
      - {id: C, text: C, rule: {fact: antibiotic, within: 4 wk before as_of}}
"""
    reading = read_protocol(rules, "rules.yaml", vocabulary())
    as_of = days("2026-11-24").first
    result = screen(
        reading.protocol, reading.vocabulary, facts, as_of, rules_sha256="", vocabulary_sha256=""
    )
    (criterion,) = result.criteria
    return {Outcome.PASS: Truth.FALSE, Outcome.FAIL: Truth.TRUE}.get(
        criterion.outcome, Truth.UNKNOWN
    )


def test_an_order_for_a_period_is_for_its_days() -> None:
    period = {"boundsPeriod": {"start": "2026-08-03", "end": "2026-08-10"}}
    given = request(dosageInstruction=[{"timing": {"repeat": period}}])
    record = only("antibiotic", given)
    assert (record.start, record.end) == (days("2026-08-03"), days("2026-08-10"))


@pytest.mark.parametrize(
    "words",
    [
        {"status": "cancelled"},
        {"status": "draft"},
        {"status": "entered-in-error"},
        {"intent": "proposal"},
        {"intent": "plan"},
        {"doNotPerform": True},
    ],
)
def test_what_is_no_order_never_counts(words: dict[str, Any]) -> None:
    assert fate(request(**words))[0] is Fate.IGNORED
    assert not sheet(request(**words)).warnings


# --- consents -------------------------------------------------------------------------------------


def consent(**words: Any) -> dict[str, Any]:
    category = [concept((OWN, "trial-consent"))]
    return resource(
        "Consent", **{"status": "active", "category": category, "dateTime": "2026-10-12", **words}
    )


def test_a_consent_in_force_is_a_yes_of_its_day() -> None:
    record = only("consent", consent())
    assert (yes(record.value), record.start) == (True, days("2026-10-12"))


@pytest.mark.parametrize(
    "words", [{"status": "rejected"}, {"provision": {"type": "deny"}}, {"decision": "deny"}]
)
def test_a_refusal_is_a_no(words: dict[str, Any]) -> None:
    assert no(only("consent", consent(**words)).value)


@pytest.mark.parametrize("status", ["draft", "proposed", "inactive", "entered-in-error"])
def test_a_consent_that_is_not_in_force_is_neither(status: str) -> None:
    assert fate(consent(status=status))[0] is Fate.IGNORED


def test_a_consent_to_something_else_is_unknown() -> None:
    scope = ("http://terminology.hl7.org/CodeSystem/consentscope", "research")
    assert fate(consent(category=[concept(scope)]))[0] is Fate.UNKNOWN


# --- what is not recorded -------------------------------------------------------------------------


def test_only_a_source_that_is_declared_complete_lets_silence_mean_no() -> None:
    last = days("2026-11-24").last
    site = Site(complete={"antibiotic": Complete("pharmacy", last)})
    declared = sheet(site=site).complete["antibiotic"]
    assert (declared.to, declared.shown.source) == (last, "pharmacy")
    assert not sheet().complete


def declared(*resources: dict[str, Any]) -> set[str]:
    """The facts of which silence means no, where two are declared complete."""
    to = days("2026-11-24").last
    site = Site(
        complete={"antibiotic": Complete("pharmacy", to), "stroke": Complete("problem list", to)}
    )
    return set(sheet(*resources, site=site).complete)


def test_records_of_something_else_leave_silence_as_it_is() -> None:
    both = {"antibiotic", "stroke"}
    assert declared() == both
    assert declared(condition((SNOMED, "162864005")), resource("Encounter")) == both
    assert declared(condition(STROKE, verified="refuted"), statement(status="not-taken")) == both


def test_silence_means_nothing_beside_a_record_that_was_not_understood() -> None:
    in_words = resource("Condition", code=concept(text="stroke in 2019"))
    assert declared(in_words) == set()
    assert declared(condition(("urn:hospital", "STR"))) == set()
    assert declared(statement(medicationCodeableConcept=concept(text="amoxicillin"))) == {"stroke"}
    assert declared(condition(STROKE, onsetDateTime="spring")) == set()
    assert declared(resource("Condition", of="", code=concept(STROKE))) == set()
    assert declared(statement(status="unknown")) == {"stroke"}


def test_an_open_end_of_all_days_is_not_a_day() -> None:
    assert only("antibiotic", statement(status="stopped")).start == Days(EVER_PAST, EVER_FUTURE)
