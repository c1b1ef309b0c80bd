"""What a profile says, as records and statements; the cited numbers are of docs/semantics.md."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from screener.causes import Cause
from screener.days import ANY_DAY, EVER_FUTURE, EVER_PAST, Days
from screener.facts import FactSheet, Record, Shown, Statement
from screener.intake.profile import read_profile
from screener.intake.strict_json import parse_json
from screener.quantities import Range, point
from tests.intake.vocabulary import VOCABULARY

D24 = date(2026, 11, 24).toordinal()
VISIT = Days(D24, D24)
YES, NO = frozenset({True}), frozenset({False})


def day(text: str) -> Days:
    return Days(date.fromisoformat(text).toordinal(), date.fromisoformat(text).toordinal())


def span(first: str, last: str) -> Days:
    return Days(day(first).first, day(last).last)


def read(facts: object, **profile: object) -> FactSheet:
    return read_profile(parse_json(json.dumps({"facts": facts, **profile})), VOCABULARY)


def records(fact: str, said: object) -> tuple[Record, ...]:
    return read({fact: said}).records.get(fact, ())


def record(fact: str, said: object) -> Record:
    (only,) = records(fact, said)
    return only


def at_visit(fact: str, said: object, on: str = "2026-11-24") -> FactSheet:
    return read({}, visits=[{"date": on, "facts": {fact: said}}])


def visited(fact: str, said: object) -> Record:
    (only,) = at_visit(fact, said).records[fact]
    return only


# --- numbers and units --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "said", "value"),
    [
        ("platelets", "112 10*9/L", "112"),
        ("platelets", "112 K/uL", "112"),
        ("platelets", {"value": 40000, "unit": "/mm^3"}, "40"),
        ("platelets", {"value": "2500", "unit": "cells/uL"}, "2.5"),
        ("platelets", {"value": "112 K/uL", "unit": "K/µL"}, "112"),
        ("bilirubin", "1.2 mg/dL", "20.52"),  # 1.2 x 17.1
        ("bilirubin", "2 mg/dl", "34.2"),
        ("bilirubin", "34 µmol/L", "34"),
        ("bilirubin", "0.05 mmol/L", "50"),
        ("inr", 1.1, "1.1"),
        ("inr", "1.10", "1.1"),
        ("inr", {"value": "1.1", "unit": "{INR}"}, "1.1"),
        ("inr", "+1.1", "1.1"),
        ("inr", "11e-1", "1.1"),
        ("afp", "20ug/L", "20"),
        ("age", "62 years", "62"),
    ],
)
def test_a_number_is_kept_exactly_in_the_unit_of_its_fact(
    fact: str, said: object, value: str
) -> None:
    assert record(fact, said).value == point(Decimal(value))


def test_a_laboratory_is_the_same_with_space_around_its_name() -> None:
    said = {"value": "112", "unit": "10*9/L", "laboratory": " Central "}
    assert record("platelets", said).laboratory == "Central"


def test_a_json_number_is_the_decimal_that_is_written() -> None:
    (only,) = read_profile(
        parse_json('{"facts": {"inr": 0.1000000000000000055511151231257827}}'), VOCABULARY
    ).records["inr"]
    assert only.value == point(Decimal("0.1000000000000000055511151231257827"))


def test_a_float_of_a_python_program_is_the_number_its_text_shows() -> None:
    (only,) = read_profile({"facts": {"inr": 0.1}}, VOCABULARY).records["inr"]
    assert only.value == point(Decimal("0.1"))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("<5 ng/mL", Range(None, Decimal(5), False, True)),
        ("<= 5 ng/mL", Range(None, Decimal(5))),
        ("\u2264 5 ng/mL", Range(None, Decimal(5))),
        ("> 400 ng/mL", Range(Decimal(400), None, True, False)),
        (">=400 ng/mL", Range(Decimal(400), None)),
        ({"comparator": "<", "value": 5, "unit": "ng/mL"}, Range(None, Decimal(5), False, True)),
        ({"comparator": "<", "value": "<5 ng/mL"}, Range(None, Decimal(5), False, True)),
        ({"comparator": ">", "value": "0.4", "unit": "mg/L"}, Range(Decimal(400), None, True)),
    ],
)
def test_a_censored_value_is_an_interval_without_other_end(said: object, value: Range) -> None:
    assert record("afp", said).value == value  # semantics 9.2


def test_a_record_shows_what_was_written_and_what_it_became() -> None:
    shown = record(
        "platelets",
        {"value": "90000", "unit": "/uL", "date": "2026-11", "source": "lab 4711"},
    ).shown
    assert shown == Shown("90", "10*9/L", "90000", "/uL", "2026-11", "lab 4711")
    assert record("afp", "<0.4 mg/L").shown == Shown("<400", "ng/mL", "<0.4", "mg/L")
    assert record("inr", "1.10").shown == Shown("1.1", None, "1.10", None)


def test_reference_limits_are_in_the_unit_of_the_fact() -> None:
    said = {"value": "1.2 mg/dL", "reference_range": {"low": 0.1, "high": "1.0"}}
    limits = record("bilirubin", said)
    assert (limits.low, limits.high) == (Decimal("1.71"), Decimal("17.1"))
    own = {
        "value": 61,
        "unit": "U/L",
        "reference_range": {"high": {"value": 0.5, "unit": "ukat/L"}},
    }
    assert (record("alt", own).low, record("alt", own).high) == (None, Decimal(30))
    text = {"value": "61 U/L", "reference_range": {"low": {"value": None}, "high": "0.04 U/mL"}}
    assert (record("alt", text).low, record("alt", text).high) == (None, Decimal(40))


# --- yes or no, codes, dates --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "value"), [(True, YES), (False, NO), ("true", YES), ("false", NO)]
)
def test_a_yes_or_no_may_be_a_text(said: object, value: frozenset[bool]) -> None:
    assert record("pregnant", said).value == value
    assert record("pregnant", said).shown.value is (value == YES)


def test_a_code_stands_for_itself_and_those_beneath_it() -> None:
    assert record("sex", "male").value == frozenset({"male"})
    assert record("histology", "hcc").value == frozenset({"hcc"})
    assert record("histology", "perihilar_icc").value == frozenset({"perihilar_icc"})
    assert record("histology", "carcinoma").value == frozenset(
        {"carcinoma", "hcc", "icc", "perihilar_icc"}
    )


def test_a_grade_may_be_a_number_or_a_text() -> None:
    assert record("ecog", 1).value == record("ecog", "1").value == frozenset({"1"})
    assert record("ecog", 2.0).value == frozenset({"2"})


def test_a_date_fact_spans_the_days_it_may_be() -> None:
    assert record("resection", "2026-10-20").value == Range(*day("2026-10-20"))
    assert record("resection", "2026-10").value == Range(*span("2026-10-01", "2026-10-31"))
    assert record("resection", "2024").value == Range(*span("2024-01-01", "2024-12-31"))


# --- days ---------------------------------------------------------------------------------------


def test_an_observation_without_a_date_may_be_of_any_day() -> None:
    for said in ("112 10*9/L", {"absent": "pending"}):
        one = record("platelets", said)
        assert (one.start, one.end, one.undated) == (ANY_DAY, None, True)


def test_an_observation_has_its_own_date_else_that_of_the_visit() -> None:
    own = {"value": "112 10*9/L", "date": "2026-10"}
    for one in (record("platelets", own), visited("platelets", own)):
        assert (one.start, one.undated) == (span("2026-10-01", "2026-10-31"), False)
    assert visited("platelets", "112 10*9/L").start == VISIT
    assert visited("platelets", {"absent": "pending"}).start == VISIT
    assert visited("platelets", "112 10*9/L").shown.date == "2026-11-24"
    assert visited("platelets", own).shown.date == "2026-10"


def test_a_visit_may_be_dated_in_part() -> None:
    (one,) = at_visit("inr", 1.1, "2026-11").records["inr"]
    assert one.start == span("2026-11-01", "2026-11-30")


def test_a_fixed_fact_needs_no_date() -> None:
    one = record("sex", "male")
    assert (one.start, one.undated) == (ANY_DAY, True)
    assert visited("sex", "male").start == VISIT


def test_what_somebody_has_had_is_said_on_the_day_of_screening() -> None:
    for said in (True, False, {"absent": "asked_unknown"}):  # semantics 6.4
        one = record("stroke", said)
        assert (one.start, one.undated) == (None, False)
        assert visited("stroke", said).start == VISIT
    assert record("stroke", {"value": True, "date": "2020"}).start == span(
        "2020-01-01", "2020-12-31"
    )


def test_a_stated_age_is_said_on_the_day_of_screening() -> None:
    assert record("age", "62 a").start is None  # semantics 11.1
    assert visited("age", "62 a").start == VISIT
    assert record("age", {"value": 62, "unit": "a", "date": "2025-01-31"}).start == day(
        "2025-01-31"
    )


# --- events -------------------------------------------------------------------------------------


def event(**words: object) -> Record:
    return record("antibiotic", words)


def test_an_event_goes_from_its_start_to_its_end() -> None:
    one = event(start="2026-08-01", end="2026-09")
    assert (one.start, one.end) == (day("2026-08-01"), span("2026-09-01", "2026-09-30"))
    assert (one.value, one.absence, one.undated) == (None, None, False)
    assert one.shown == Shown(value=True, date="2026-08-01/2026-09")


def test_an_event_without_end_may_be_over_or_not() -> None:
    one = event(start="2026-08-01")  # semantics 8.1
    assert (one.start, one.end) == (day("2026-08-01"), Days(EVER_PAST, EVER_FUTURE))
    assert one.shown.date == "2026-08-01/"


def test_an_event_said_not_to_be_ongoing_has_no_known_end() -> None:
    assert event(start="2026-08-01", ongoing=False).end == Days(EVER_PAST, EVER_FUTURE)


def test_an_ongoing_event_has_not_ended() -> None:
    one = event(start="2026-08-01", ongoing="true")
    assert one.end == Days(EVER_FUTURE, EVER_FUTURE)
    assert one.shown.date == "2026-08-01/.."


def test_an_ongoing_event_without_a_start_began_some_day() -> None:
    one = event(ongoing=True)
    assert (one.start, one.end) == (ANY_DAY, Days(EVER_FUTURE, EVER_FUTURE))


def test_an_event_of_which_only_the_end_is_known_began_before_it() -> None:
    one = event(end="2026-09-30")
    assert one.start == Days(EVER_PAST, day("2026-09-30").first)
    assert one.end == day("2026-09-30")


def test_an_event_with_a_date_is_that_day() -> None:
    for one in (event(date="2026-08-01"), event(value=True, date="2026-08-01")):
        assert (one.start, one.end, one.undated) == (day("2026-08-01"), None, False)


def test_an_event_that_happened_on_a_day_unknown() -> None:
    for said in (True, "true", [True], {"value": True}, {"source": "letter"}):
        one = record("antibiotic", said)
        assert (one.start, one.end, one.undated, one.since) == (ANY_DAY, None, True, None)
        one = visited("antibiotic", said)
        assert one.start == Days(EVER_PAST, VISIT.last)
        assert (one.end, one.undated, one.since) == (None, True, VISIT)  # semantics 4.5, 8.1


def test_an_event_has_the_attributes_that_are_given() -> None:
    one = event(start="2026-08", drug="rifaximin", dose="0.4 g", route=None, approved="false")
    assert one.attributes == {
        "drug": frozenset({"rifaximin"}),
        "route": None,
        "dose": point(Decimal(400)),
        "approved": NO,
    }
    other = event(drug="rifaximin", dose={"value": 1, "unit": "g", "comparator": "<"})
    assert other.attributes["dose"] == Range(None, Decimal(1000), False, True)
    assert (other.start, other.undated) == (ANY_DAY, True)


def test_attributes_of_an_observation_are_typed_too() -> None:
    one = record("lesion", {"value": "target", "diameter": "20 mm", "seen": "2026-10"})
    assert one.attributes == {
        "diameter": point(Decimal(2)),
        "seen": Range(*span("2026-10-01", "2026-10-31")),
    }
    empty = record("lesion", {"value": "target", "diameter": {"value": None}})
    assert empty.attributes == {"diameter": None, "seen": None}


def test_an_absence_of_an_event_keeps_its_reason() -> None:
    one = event(absent="not_in_record")
    assert (one.value, one.absence, one.undated) == (None, Cause.NOT_IN_RECORD, True)
    assert one.shown.value is None


def statements(said: object) -> tuple[Statement, ...]:
    sheet = read({"antibiotic": said})
    assert "antibiotic" not in sheet.records or isinstance(said, dict)
    return sheet.statements.get("antibiotic", ())


def test_no_such_event_is_said_on_the_day_of_screening() -> None:
    for said in (False, "false", [], [False], {"value": False}):
        (one,) = statements(said)  # semantics 8.2
        assert (one.to, one.none) == (None, True)
        assert one.shown.value is False


def test_no_such_event_is_said_on_the_day_of_the_visit() -> None:
    denials: list[object] = [False, []]
    for said in denials:
        (one,) = at_visit("antibiotic", said).statements["antibiotic"]
        assert (one.to, one.none, one.shown.date) == (VISIT, True, "2026-11-24")


def test_no_such_event_may_be_said_up_to_a_day() -> None:
    (one,) = statements({"value": False, "date": "2026-10"})
    assert (one.to, one.none) == (span("2026-10-01", "2026-10-31"), True)
    (empty,) = statements({"records": [], "complete_to": "2026-10-31"})
    assert (empty.to, empty.none) == (day("2026-10-31"), True)


def test_a_history_is_complete_up_to_a_day() -> None:
    said = {"records": [{"start": "2026-08-01"}], "complete_to": "2026-10-31"}
    (one,) = statements(said)
    assert (one.to, one.none, one.shown.date) == (day("2026-10-31"), False, "2026-10-31")
    assert len(records("antibiotic", said)) == 1


def test_what_is_said_of_a_history_is_on_record_from_the_day_of_the_visit() -> None:
    said = {"records": [{"start": "2026-08-01"}], "complete_to": "2026-10-31"}
    sheet = at_visit("antibiotic", said)
    (one,) = sheet.statements["antibiotic"]
    assert (one.to, one.since) == (day("2026-10-31"), VISIT)  # semantics 4.5
    assert [kept.since for kept in sheet.records["antibiotic"]] == [None]
    assert [kept.since for kept in at_visit("antibiotic", False).statements["antibiotic"]] == [
        VISIT
    ]
    assert statements(said)[0].since is None
    assert visited("antibiotic", {"ongoing": True}).since == VISIT


def test_a_list_by_itself_says_nothing_of_the_rest() -> None:
    assert statements({"records": []}) == ()
    assert statements({"records": [{"start": "2026"}]}) == ()
    assert statements({"records": [{"start": "2026"}], "complete_to": None}) == ()
    assert records("inr", {"records": [1.1, 1.2]}) == records("inr", [1.1, 1.2])


# --- what is not given, does not count or is said twice -----------------------------------------


@pytest.mark.parametrize("fact", ["inr", "sex", "stroke", "pregnant", "antibiotic", "resection"])
def test_null_is_not_given(fact: str) -> None:
    for said in (None, [None], {"value": None}, {"value": None, "date": "2026-11-24"}):
        sheet = read({fact: said})
        assert sheet == FactSheet(None)


def test_an_empty_list_of_anything_but_events_is_not_given() -> None:
    assert read({"inr": [], "stroke": []}) == FactSheet(None)


def test_an_event_all_of_whose_words_are_null_is_not_given() -> None:
    assert read({"antibiotic": {"start": None, "end": None, "drug": None}}) == FactSheet(None)


def test_null_beside_the_words_of_an_event_does_not_hide_it() -> None:
    one = event(value=None, start="2026-08-01", drug=None)
    assert one.start == day("2026-08-01")


def test_an_empty_profile_says_nothing() -> None:
    empty: list[dict[str, object]] = [
        {},
        {"facts": {}, "visits": []},
        {"patient": None, "as_of": None, "facts": None, "visits": None},
        {"visits": [{"date": "2026-11-24"}, {"date": "2026-11-25", "facts": None}]},
    ]
    for data in empty:
        assert read_profile(data, VOCABULARY) == FactSheet(None)


def test_patient_and_day_of_screening_are_taken_over() -> None:
    sheet = read({}, patient="007", as_of="2026-11-24")
    assert (sheet.patient, sheet.as_of) == ("007", D24)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("entered-in-error", "entered in error"),
        ("entered_in_error", "entered in error"),
        ("cancelled", "cancelled"),
    ],
)
def test_records_that_never_count_are_set_apart(status: str, reason: str) -> None:
    sheet = read({"inr": [{"value": 9, "status": status}, {"value": 1, "status": "final"}]})
    assert [one.value for one in sheet.records["inr"]] == [point(Decimal(1))]
    ((dropped, why),) = sheet.dropped["inr"]  # semantics 6.2
    assert (dropped.value, why) == (point(Decimal(9)), reason)


def test_the_same_record_entered_in_error_twice_is_set_apart_once() -> None:
    wrong = {"value": 9, "status": "entered-in-error"}
    assert len(read({"inr": [wrong, wrong]}).dropped["inr"]) == 1
    assert len(read({"inr": [wrong, {**wrong, "status": "cancelled"}]}).dropped["inr"]) == 2


def test_a_denial_entered_in_error_denies_nothing() -> None:
    sheet = read({"antibiotic": {"value": False, "status": "entered-in-error"}})
    assert sheet.statements == {}
    assert [why for _, why in sheet.dropped["antibiotic"]] == ["entered in error"]


def test_the_same_record_said_twice_is_one_record() -> None:
    said = {"value": "112", "unit": "10*9/L", "date": "2026-11-24"}
    sheet = read(
        {"platelets": [said, dict(reversed(said.items()))]},
        visits=[{"date": "2026-11-24", "facts": {"platelets": "112 10*9/L"}}],
    )
    assert len(sheet.records["platelets"]) == 1
    assert len(records("platelets", [said, {**said, "source": "copy"}])) == 2


def test_records_come_in_the_order_of_their_days() -> None:
    said = [
        {"value": value, "date": on} for value, on in ((1, "2026-03"), (3, "2024"), (2, "2025"))
    ]
    assert [one.shown.value for one in records("inr", said)] == ["3", "2", "1"]


# --- warnings -----------------------------------------------------------------------------------


def warnings(facts: object, **profile: object) -> list[tuple[str, str | None]]:
    return [(one.id, one.fact) for one in read(facts, **profile).warnings]


def test_an_implausible_value_is_used_and_warned_of() -> None:
    sheet = read({"platelets": "112000 10*9/L"})  # semantics 10.3
    (warning,) = sheet.warnings
    assert (warning.id, warning.fact) == ("implausible", "platelets")
    assert "112000 10*9/L" in warning.message
    assert "0 to 5000 10*9/L" in warning.message
    assert sheet.records["platelets"][0].value == point(Decimal(112000))


@pytest.mark.parametrize("said", ["0 10*9/L", "5000 10*9/L", "<3 10*9/L", "> 4999 10*9/L"])
def test_a_value_that_may_be_plausible_is_not_warned_of(said: str) -> None:
    assert warnings({"platelets": said}) == []


@pytest.mark.parametrize("said", ["-1 10*9/L", "5000.1 10*9/L", "<0 10*9/L", ">5000 10*9/L"])
def test_a_value_that_cannot_be_plausible_is_warned_of(said: str) -> None:
    assert warnings({"platelets": said}) == [("implausible", "platelets")]


def test_an_implausible_attribute_is_warned_of() -> None:
    (warning,) = read({"antibiotic": {"start": "2026", "dose": "1 kg"}}).warnings
    assert "`dose` of `antibiotic`" in warning.message


def test_records_that_never_count_are_not_warned_of() -> None:
    assert warnings({"platelets": {"value": "9e9 10*9/L", "status": "cancelled"}}) == []
    assert warnings({"able": {"value": True, "status": "cancelled"}}) == []


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        (True, "the name (`by`) and the date"),
        ({"value": True, "by": "Dr Example"}, "lacks the date"),
        ({"value": True, "date": "2026-11-24"}, "lacks the name (`by`)"),
    ],
)
def test_a_judgement_without_name_or_date_counts_with_a_warning(said: object, lacking: str) -> None:
    sheet = read({"able": said})  # semantics 6.7
    (warning,) = sheet.warnings
    assert (warning.id, warning.fact) == ("unsigned-judgement", "able")
    assert warning.message.endswith(lacking)
    (one,) = sheet.records["able"]
    assert (one.value, one.signed) == (YES, False)


def test_a_judgement_with_name_and_date_is_signed() -> None:
    full = {"value": False, "by": "Dr Example", "date": "2026-11-24"}
    assert record("able", full).signed
    assert visited("able", {"value": False, "by": "Dr Example"}).signed
    assert warnings({"able": full}) == []
    assert warnings({"relapse": {"start": "2026-11", "by": "Dr Example"}}) == []


def test_a_judgement_not_yet_given_needs_no_name() -> None:
    assert warnings({"able": {"absent": "pending"}}) == []
    assert record("able", {"absent": "pending"}).signed


def test_a_denied_event_is_a_judgement_too() -> None:
    assert warnings({"relapse": []}) == [("unsigned-judgement", "relapse")]


def test_the_same_warning_is_given_once() -> None:
    assert warnings({"able": [True, False]}) == [("unsigned-judgement", "able")]


def test_a_birth_date_entered_in_error_is_not_judged() -> None:
    said = {"value": "1064-05-02", "status": "entered-in-error"}
    assert "birth_date" in read({"birth_date": said}).dropped
