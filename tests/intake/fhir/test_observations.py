"""Results: values, units, ranges, days, reasons of absence, statuses, codings that mislead."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from screener.causes import Cause
from screener.days import ANY_DAY, EVER_FUTURE
from screener.intake.report import Fate
from screener.quantities import Range, point
from screener.site import Meaning, Site
from tests.intake.fhir.support import (
    ABSENT,
    LOINC,
    OWN,
    SNOMED,
    UCUM,
    concept,
    days,
    entries,
    fate,
    no,
    observation,
    only,
    quantity,
    resource,
    sheet,
    take,
    yes,
)

PLATELETS = (LOINC, "777-3")
BILIRUBIN = (LOINC, "1975-2")
ALT = (LOINC, "1742-6")
ECOG = (LOINC, "89247-1")
PREGNANT = (SNOMED, "77386006")
TEST = (LOINC, "2106-3")


# --- what is kept ---------------------------------------------------------------------------------


def test_a_result_keeps_its_value_its_day_and_its_name() -> None:
    record = only("platelets", observation(PLATELETS, "7", valueQuantity=quantity(112, "10*9/L")))
    assert record.value == point(Decimal(112))
    assert record.start == days("2026-11-24")
    assert record.shown.source == "Observation/7"
    assert (record.shown.value, record.shown.unit) == ("112", "10*9/L")


def test_a_result_is_converted_exactly_and_shown_as_it_was_given() -> None:
    record = only("bilirubin", observation(BILIRUBIN, valueQuantity=quantity(0.8, "mg/dL")))
    assert record.value == point(Decimal("13.68"))  # 0.8 x 17.1
    assert (record.shown.original_value, record.shown.original_unit) == ("0.8", "mg/dL")


def test_the_digits_of_a_number_are_those_of_its_text() -> None:
    text = (
        '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"p"}},'
        '{"resource":{"resourceType":"Observation","status":"final","subject":{"reference":'
        '"Patient/p"},"code":{"coding":[{"system":"http://loinc.org","code":"6301-6"}]},'
        '"valueQuantity":{"value":1.10000000000000000000000000001}}}]}'
    )
    found = take(text)[0].sheet
    assert found is not None
    assert not isinstance(found, Exception)
    (record,) = found.records["inr"]
    assert record.value == point(Decimal("1.10000000000000000000000000001"))


@pytest.mark.parametrize(
    ("comparator", "interval"),
    [
        ("<", Range(None, Decimal(5), high_open=True)),
        ("<=", Range(None, Decimal(5))),
        (">", Range(Decimal(5), None, low_open=True)),
        (">=", Range(Decimal(5), None)),
    ],
)
def test_a_comparator_makes_an_interval(comparator: str, interval: Range) -> None:
    value = quantity(5, "U/L", comparator=comparator)
    assert only("alt", observation(ALT, valueQuantity=value)).value == interval


def test_a_comparator_of_another_kind_is_rejected() -> None:
    kind, reason = fate(observation(ALT, valueQuantity=quantity(5, "U/L", comparator="ad")))
    assert kind is Fate.REJECTED
    assert "`ad`" in (reason or "")


def test_a_number_in_a_text_is_read_with_its_comparator_and_its_unit() -> None:
    record = only("alt", observation(ALT, valueString="<5 U/L"))
    assert record.value == Range(None, Decimal(5), high_open=True)
    assert fate(observation(ALT, valueString="<5"))[0] is Fate.REJECTED
    assert fate(observation(ALT, valueString="normal"))[0] is Fate.REJECTED


def test_a_range_is_an_interval_with_both_ends() -> None:
    both = {"low": quantity(30, "U/L"), "high": quantity(45, "U/L")}
    assert only("alt", observation(ALT, valueRange=both)).value == Range(Decimal(30), Decimal(45))
    low = {"low": quantity(30, "U/L")}
    assert only("alt", observation(ALT, valueRange=low)).value == Range(Decimal(30), None)
    turned = {"low": quantity(45, "U/L"), "high": quantity(30, "U/L")}
    assert fate(observation(ALT, valueRange=turned))[0] is Fate.REJECTED
    mixed = {"low": quantity(1, "mg/dL"), "high": quantity(30, "umol/L")}
    assert fate(observation(BILIRUBIN, valueRange=mixed))[0] is Fate.REJECTED


def test_a_ratio_to_one_is_a_quantity_and_no_other_ratio_is() -> None:
    to_one = {"numerator": quantity(40, "U"), "denominator": quantity(1, "L")}
    assert only("alt", observation(ALT, valueRatio=to_one)).value == point(Decimal(40))
    titer = {"numerator": quantity(1, "1"), "denominator": quantity(128, "1")}
    assert fate(observation((LOINC, "6301-6"), valueRatio=titer))[0] is Fate.REJECTED


# --- units ----------------------------------------------------------------------------------------


def test_a_unit_in_words_only_is_read_if_it_is_known() -> None:
    value = {"value": 112, "unit": "K/uL"}
    assert only("platelets", observation(PLATELETS, valueQuantity=value)).value == point(
        Decimal(112)
    )


@pytest.mark.parametrize(
    "value",
    [
        {"value": 112},
        {"value": 112, "unit": "per field"},
        {"value": 112, "unit": "10*9/L", "system": UCUM, "code": "per field"},
        {"value": 112, "unit": "10*9/L", "system": "http://snomed.info/sct", "code": "258797006"},
        {"value": 112, "unit": "g/L", "system": UCUM, "code": "g/L"},
        {"unit": "10*9/L", "system": UCUM, "code": "10*9/L"},
    ],
    ids=["none", "unknown text", "unknown code", "other system", "other dimension", "no value"],
)
def test_a_unit_is_never_guessed(value: dict[str, Any]) -> None:
    assert fate(observation(PLATELETS, valueQuantity=value))[0] is Fate.REJECTED


def test_an_unknown_unit_is_rejected_with_those_that_do() -> None:
    (entry,) = entries(observation(PLATELETS, valueQuantity={"value": 1, "unit": "per field"}))
    assert entry.fact == "platelets"
    assert entry.hint is not None
    assert "`10*9/L`" in entry.hint


def test_the_code_of_a_unit_goes_before_its_text() -> None:
    value = quantity(40, "U/L", unit="units per litre")
    assert only("alt", observation(ALT, valueQuantity=value)).value == point(Decimal(40))


def test_a_code_and_a_text_that_are_different_units_contradict_each_other() -> None:
    value = quantity(4, "umol/L", unit="mmol/L")
    kind, reason = fate(observation(BILIRUBIN, valueQuantity=value))
    assert kind is Fate.REJECTED
    assert "`umol/L` and `mmol/L`" in (reason or "")


def test_a_remark_in_braces_is_the_unit_one() -> None:
    record = only("inr", observation((LOINC, "6301-6"), valueQuantity=quantity(1.1, "{calc}")))
    assert record.value == point(Decimal("1.1"))


# --- reference ranges -----------------------------------------------------------------------------


def limits(**words: Any) -> dict[str, Any]:
    return {"low": quantity(10, "U/L"), "high": quantity(40, "U/L")} | words


def test_a_reference_range_comes_with_the_result_in_the_unit_of_the_fact() -> None:
    ranges = [{"low": quantity(0.2, "mg/dL"), "high": quantity(1, "mg/dL")}]
    record = only(
        "bilirubin",
        observation(BILIRUBIN, valueQuantity=quantity(20, "umol/L"), referenceRange=ranges),
    )
    assert (record.low, record.high) == (Decimal("3.42"), Decimal("17.1"))


def test_only_what_is_normal_is_a_reference_range() -> None:
    meaning = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
    ranges = [
        limits(type=concept((meaning, "treatment"))),
        limits(type=concept((meaning, "normal"))),
    ]
    ranges[0]["high"] = quantity(400, "U/L")
    record = only("alt", observation(ALT, valueQuantity=quantity(5, "U/L"), referenceRange=ranges))
    assert record.high == Decimal(40)


@pytest.mark.parametrize(
    "ranges",
    [
        [{"text": "10 to 40"}],
        [limits(), limits(high=quantity(60, "U/L"))],
        [limits(high=quantity(40, "U/L", comparator="<"))],
        [limits(high=quantity(40, "per field"))],
        [limits(low=quantity(50, "U/L"))],
    ],
    ids=["text", "several", "comparator", "unit", "turned round"],
)
def test_a_doubtful_reference_range_costs_the_range_and_not_the_result(ranges: list[Any]) -> None:
    given = observation(ALT, valueQuantity=quantity(5, "U/L"), referenceRange=ranges)
    record = only("alt", given)
    assert (record.value, record.low, record.high) == (point(Decimal(5)), None, None)
    (entry,) = entries(given)
    assert entry.kind is Fate.MAPPED
    assert "reference range" in (entry.reason or "")


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"effectiveDateTime": "2026"}, "2026"),
        ({"effectiveDateTime": "2026-10"}, "2026-10"),
        ({"effectiveDateTime": "2026-10-31T23:59:59+13:00"}, "2026-10-31"),
        ({"effectiveInstant": "2026-10-31T00:00:01.123Z"}, "2026-10-31"),
        (
            {"effectivePeriod": {"start": "2026-10-01T08:00:00Z", "end": "2026-10-02"}},
            "2026-10-01/2026-10-02",
        ),
        (
            {"effectivePeriod": {"start": "2026-10-01"}, "issued": "2026-10-04T10:00:00Z"},
            "2026-10-01/2026-10-04",
        ),
        ({"effectiveTiming": {"event": ["2026-10-03", "2026-10-01"]}}, "2026-10-01/2026-10-03"),
    ],
)
def test_a_result_is_of_the_days_it_says(words: dict[str, Any], expected: str) -> None:
    given = observation(
        ALT, valueQuantity=quantity(5, "U/L"), **{"effectiveDateTime": None, **words}
    )
    record = only("alt", given)
    assert record.start == days(expected)
    assert not record.undated


def test_a_period_that_does_not_end_may_last_for_ever() -> None:
    given = observation(
        ALT,
        valueQuantity=quantity(5, "U/L"),
        effectiveDateTime=None,
        effectivePeriod={"start": "2026-10-01"},
    )
    assert only("alt", given).start == days("2026-10-01")._replace(last=EVER_FUTURE)


def test_the_day_of_issue_is_not_the_day_of_a_result() -> None:
    given = observation(
        ALT,
        valueQuantity=quantity(5, "U/L"),
        effectiveDateTime=None,
        issued="2026-10-04T10:00:00Z",
    )
    record = only("alt", given)
    assert (record.start, record.undated) == (ANY_DAY, True)


@pytest.mark.parametrize(
    "text", ["31.10.2026", "2026-13-01", "2026-02-30", "yesterday", "2026-1-1"]
)
def test_a_day_that_is_none_costs_the_result(text: str) -> None:
    given = observation(ALT, valueQuantity=quantity(5, "U/L"), effectiveDateTime=text)
    assert fate(given)[0] is Fate.REJECTED


# --- absence and status ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("unknown", Cause.NOT_IN_RECORD),
        ("asked-unknown", Cause.ASKED_UNKNOWN),
        ("temp-unknown", Cause.PENDING),
        ("not-asked", Cause.NOT_DONE),
        ("asked-declined", Cause.ASKED_UNKNOWN),
        ("masked", Cause.MASKED),
        ("not-permitted", Cause.MASKED),
        ("not-applicable", Cause.NOT_APPLICABLE),
        ("unsupported", Cause.NOT_IN_RECORD),
        ("as-text", Cause.NOT_IN_RECORD),
        ("error", Cause.INCONCLUSIVE),
        ("not-a-number", Cause.INCONCLUSIVE),
        ("negative-infinity", Cause.INCONCLUSIVE),
        ("positive-infinity", Cause.INCONCLUSIVE),
        ("not-performed", Cause.NOT_DONE),
    ],
)
def test_a_reason_of_absence_becomes_the_cause_that_the_table_says(code: str, cause: Cause) -> None:
    record = only("alt", observation(ALT, dataAbsentReason=concept((ABSENT, code))))
    assert (record.value, record.absence) == (None, cause)


def test_a_reason_in_words_says_only_that_there_is_no_value() -> None:
    given = observation(ALT, dataAbsentReason=concept(text="machine broken"))
    assert only("alt", given).absence is Cause.NOT_IN_RECORD


def test_a_value_and_a_reason_for_none_contradict_each_other() -> None:
    given = observation(
        ALT,
        valueQuantity=quantity(5, "U/L"),
        dataAbsentReason=concept((ABSENT, "error")),
    )
    assert fate(given)[0] is Fate.REJECTED


def test_neither_a_value_nor_a_reason_is_nothing_at_all() -> None:
    assert fate(observation(ALT))[0] is Fate.REJECTED


@pytest.mark.parametrize(
    "status", ["registered", "preliminary", "final", "amended", "corrected", "appended"]
)
def test_a_result_counts_from_the_first_report_to_the_last_correction(status: str) -> None:
    given = observation(ALT, status=status, valueQuantity=quantity(5, "U/L"))
    assert only("alt", given).value == point(Decimal(5))


@pytest.mark.parametrize(
    ("status", "reason"), [("entered-in-error", "entered in error"), ("cancelled", "cancelled")]
)
def test_an_error_never_counts_and_is_shown_as_set_aside(status: str, reason: str) -> None:
    given = observation(ALT, status=status, valueQuantity=quantity(5, "U/L"))
    assert fate(given) == (Fate.IGNORED, reason)
    ((record, why),) = sheet(given).dropped["alt"]
    assert (record.value, why) == (point(Decimal(5)), reason)
    assert fate(observation(ALT, status=status)) == (Fate.IGNORED, reason)


def test_a_status_that_the_source_does_not_know_is_not_trusted() -> None:
    given = observation(ALT, status="unknown", valueQuantity=quantity(5, "U/L"))
    assert fate(given)[0] is Fate.UNKNOWN


def test_a_status_that_fhir_does_not_have_is_rejected() -> None:
    given = observation(ALT, status="fnal", valueQuantity=quantity(5, "U/L"))
    assert fate(given)[0] is Fate.REJECTED


def test_a_result_without_a_status_counts_and_the_report_says_so() -> None:
    given = observation(ALT, status=None, valueQuantity=quantity(5, "U/L"))
    kind, reason = fate(given)
    assert kind is Fate.MAPPED
    assert "no status" in (reason or "")


def test_a_registered_test_without_a_result_is_pending() -> None:
    assert only("alt", observation(ALT, status="registered")).absence is Cause.PENDING


# --- codings --------------------------------------------------------------------------------------


def test_a_code_counts_only_with_its_own_system() -> None:
    race = ("urn:oid:2.16.840.1.113883.6.238", "2106-3")
    given = observation(race, valueCodeableConcept=concept((LOINC, "LA6576-8")))
    (entry,) = entries(given)
    assert entry.kind is Fate.UNKNOWN
    assert "`http://loinc.org`" in (entry.hint or "")
    assert not sheet(given).records
    asked = observation(TEST, valueCodeableConcept=concept((LOINC, "LA6576-8")))
    assert only("urine_pregnancy_test", asked).value == frozenset({"positive"})


@pytest.mark.parametrize(
    "code",
    [
        concept((None, "777-3")),
        concept(("https://loinc.org", "777-3")),
        concept(("http://loinc.org/", "777-3")),
        concept((LOINC, "777-3 ")),
        concept(text="777-3"),
        concept(text="Platelets"),
        {},
    ],
    ids=["no system", "https", "slash", "blank", "text of a code", "text", "nothing"],
)
def test_what_only_looks_like_a_known_code_is_unknown(code: dict[str, Any]) -> None:
    assert fate(observation(code, valueQuantity=quantity(5, "10*9/L")))[0] is Fate.UNKNOWN


def test_the_display_of_a_code_says_nothing() -> None:
    code = {"coding": [{"system": LOINC, "code": "777-3", "display": "Leukocytes"}]}
    assert only("platelets", observation(code, valueQuantity=quantity(5, "10*9/L")))


def test_one_known_coding_among_others_is_enough() -> None:
    code = concept((OWN, "PLT"), (LOINC, "777-3"), text="Thrombozyten")
    assert only("platelets", observation(code, valueQuantity=quantity(5, "10*9/L")))


def test_codes_of_a_site_count_like_those_of_the_vocabulary() -> None:
    site = Site(codes={(OWN, "PLT"): Meaning("platelets")})
    given = observation((OWN, "PLT"), valueQuantity=quantity(5, "10*9/L"))
    assert set(sheet(given, site=site).records) == {"platelets"}
    assert not sheet(given).records


def test_an_answer_with_an_unknown_code_is_unknown_and_a_text_is_no_answer() -> None:
    assert fate(observation(TEST, valueCodeableConcept=concept((SNOMED, "1"))))[0] is Fate.UNKNOWN
    assert fate(observation(TEST, valueCodeableConcept=concept(text="positive")))[0] is Fate.UNKNOWN
    assert fate(observation(TEST, valueString="positive"))[0] is Fate.REJECTED


def test_codings_of_one_answer_must_mean_the_same() -> None:
    both = concept((LOINC, "LA6576-8"), (LOINC, "LA6577-6"))
    assert fate(observation(TEST, valueCodeableConcept=both))[0] is Fate.REJECTED


def test_an_answer_of_loinc_is_no_question() -> None:
    assert fate(observation((LOINC, "LA6576-8")))[0] is Fate.UNKNOWN


def test_a_code_tied_to_a_resource_counts_there() -> None:
    given = observation(ECOG, valueCodeableConcept=concept((LOINC, "LA9623-5")))
    assert only("ecog", given).value == frozenset({"1"})


# --- other types of facts -------------------------------------------------------------------------


def test_a_grade_may_be_a_number() -> None:
    assert only("ecog", observation(ECOG, valueInteger=2)).value == frozenset({"2"})
    score = observation(ECOG, valueQuantity=quantity(2, "{score}"))
    assert only("ecog", score).value == frozenset({"2"})
    assert fate(observation(ECOG, valueInteger=7))[0] is Fate.REJECTED


def test_a_yes_or_no_may_be_coded() -> None:
    assert yes(only("pregnant", observation(PREGNANT, valueBoolean=True)).value)
    assert no(only("pregnant", observation(PREGNANT, valueBoolean=False)).value)
    coded = {
        ("http://terminology.hl7.org/CodeSystem/v2-0136", "Y"): yes,
        (LOINC, "LA32-8"): no,
        (SNOMED, "52101004"): yes,
        (SNOMED, "2667000"): no,
    }
    for code, is_so in coded.items():
        given = observation(PREGNANT, valueCodeableConcept=concept(code))
        assert is_so(only("pregnant", given).value)
    assert fate(observation(PREGNANT, valueCodeableConcept=concept((OWN, "Y"))))[0] is Fate.UNKNOWN


def test_a_question_without_an_answer_is_no_yes() -> None:
    assert fate(observation(PREGNANT))[0] is Fate.REJECTED


def test_a_code_that_is_an_answer_needs_no_value() -> None:
    not_pregnant = (SNOMED, "60001007")
    assert no(only("pregnant", observation(not_pregnant)).value)
    assert no(only("pregnant", observation(not_pregnant, valueBoolean=True)).value)
    assert fate(observation(not_pregnant, valueBoolean=False))[0] is Fate.REJECTED


def test_a_date_may_be_a_result() -> None:
    record = only("resection", observation((SNOMED, "107963000"), valueDateTime="2026-10"))
    assert record.value == Range(days("2026-10").first, days("2026-10").last)


def test_several_values_are_none() -> None:
    given = observation(ALT, valueQuantity=quantity(5, "U/L"), valueString="6 U/L")
    assert fate(given)[0] is Fate.REJECTED


@pytest.mark.parametrize(
    "value",
    [
        {"valueBoolean": True},
        {"valueTime": "12:30:00"},
        {"valueDateTime": "2026-10-01"},
        {"valueSampledData": {"dimensions": 1}},
        {"valueCodeableConcept": concept((LOINC, "LA6576-8"))},
    ],
)
def test_a_value_of_another_kind_is_rejected(value: dict[str, Any]) -> None:
    assert fate(observation(ALT, **value))[0] is Fate.REJECTED


@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": {"value": "5", "unit": "U/L"}},
        {"valueQuantity": {"value": True, "unit": "U/L"}},
        {"valueQuantity": [5]},
        {"valueBoolean": "true"},
        {"code": "1742-6"},
    ],
)
def test_what_is_not_as_fhir_has_it_is_rejected_with_its_place(value: dict[str, Any]) -> None:
    kind, reason = fate(observation(**{"code": concept(ALT), **value}))
    assert kind is Fate.REJECTED
    assert next(iter(value)) in (reason or "")


# --- components and the rest ----------------------------------------------------------------------


def pressure(**words: Any) -> dict[str, Any]:
    return observation(
        (LOINC, "85354-9"),
        component=[
            {"code": concept((LOINC, "8480-6")), "valueQuantity": quantity(128, "mm[Hg]")},
            {"code": concept((LOINC, "8462-4")), "valueQuantity": quantity(82, "mm[Hg]")},
        ],
        **words,
    )


def test_a_component_has_the_day_and_the_name_of_its_observation() -> None:
    record = only("systolic", pressure())
    assert record.value == point(Decimal(128))
    assert (record.start, record.shown.source) == (days("2026-11-24"), "Observation/o")
    assert [one.kind for one in entries(pressure())] == [Fate.UNKNOWN, Fate.MAPPED, Fate.UNKNOWN]
    assert entries(pressure())[1].place.endswith("Observation/o.component[0]")


def test_a_component_has_the_status_of_its_observation() -> None:
    found = entries(pressure(status="entered-in-error"))
    assert [one.kind for one in found] == [Fate.UNKNOWN, Fate.IGNORED, Fate.UNKNOWN]
    assert not sheet(pressure(status="entered-in-error")).records


def test_a_modifier_changes_what_a_record_means() -> None:
    modifier = [{"url": "http://example.org/not", "valueBoolean": True}]
    given = observation(ALT, valueQuantity=quantity(5, "U/L"), modifierExtension=modifier)
    assert fate(given)[0] is Fate.REJECTED
    changed = pressure()
    changed["component"][0]["modifierExtension"] = modifier
    assert not sheet(changed).records


def test_a_result_about_somebody_else_is_not_the_patients() -> None:
    fetus = observation(
        ALT, valueQuantity=quantity(5, "U/L"), focus=[{"reference": "Patient/fetus"}]
    )
    assert fate(fetus)[0] is Fate.IGNORED
    tumour = observation(
        ALT, valueQuantity=quantity(5, "U/L"), focus=[{"reference": "Condition/tumour"}]
    )
    assert fate(tumour)[0] is Fate.MAPPED


def test_what_is_not_looked_at_is_named_in_the_report() -> None:
    given = observation(
        ALT,
        valueQuantity=quantity(5, "U/L"),
        method=concept((SNOMED, "1")),
        specimen={"reference": "Specimen/1"},
        bodySite=concept((SNOMED, "2")),
    )
    kind, reason = fate(given)
    assert kind is Fate.MAPPED
    assert "method, specimen, bodySite" in (reason or "")


def test_nothing_recorded_stays_nothing() -> None:
    assert not sheet().records
    assert not sheet(resource("Encounter")).records
