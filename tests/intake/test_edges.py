"""The edges of what a profile may say: days known in part, hints to the letter, empty records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from screener.causes import Cause
from screener.days import EVER_FUTURE, EVER_PAST, Days
from screener.diagnostics import Fault, ProfileError
from screener.facts import FactSheet, Record, Shown, Statement
from screener.intake.faults import Faults
from screener.intake.known import KnownDays
from screener.intake.profile import read_profile
from screener.intake.values import read_days, read_text
from screener.vocabulary import Fact, Kind, Shape, Type
from tests.intake.vocabulary import BOOLEAN, VOCABULARY


def span(first: str, last: str) -> Days:
    return Days(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())


def read(facts: object, **profile: object) -> FactSheet:
    return read_profile({"facts": facts, **profile}, VOCABULARY)


def at_visit(fact: str, said: object, on: str) -> Record:
    (only,) = read({}, visits=[{"date": on, "facts": {fact: said}}]).records[fact]
    return only


def record(fact: str, said: object) -> Record:
    (only,) = read({fact: said}).records[fact]
    return only


def told(**profile: object) -> Sequence[Fault]:
    with pytest.raises(ProfileError) as caught:
        read_profile(profile, VOCABULARY)
    return caught.value.faults


NOVEMBER = span("2026-11-01", "2026-11-30")


# --- days known in part (semantics 8.1, 8.2) ------------------------------------------------------


def test_an_event_of_a_visit_in_some_november_happened_by_its_last_day() -> None:
    assert at_visit("antibiotic", True, "2026-11").start == Days(EVER_PAST, NOVEMBER.last)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-24", "2026-11-24"), ("2026-11", "2026-11-10"), ("2026-11-20", "2026-11")],
)
def test_an_event_may_end_on_any_day_from_its_start_on(start: str, end: str) -> None:
    assert record("antibiotic", {"start": start, "end": end}).value is None


@pytest.mark.parametrize(("start", "end"), [("2026-12", "2026-11-30"), ("2026-11-25", "2026-10")])
def test_an_event_that_ends_before_it_can_have_started_is_refused(start: str, end: str) -> None:
    (fault,) = told(facts={"antibiotic": {"start": start, "end": end}})
    assert (fault.pointer, fault.message) == (
        "/facts/antibiotic/end",
        "it ends before it starts",
    )


def test_an_event_of_which_only_the_end_is_known_started_by_its_last_possible_day() -> None:
    one = record("antibiotic", {"end": "2026-11"})
    assert (one.start, one.end) == (Days(EVER_PAST, NOVEMBER.last), NOVEMBER)


def test_an_event_that_goes_on_started_by_the_visit_that_says_so() -> None:
    one = at_visit("antibiotic", {"ongoing": True}, "2026-11")
    assert one.start == Days(EVER_PAST, NOVEMBER.last)
    assert one.since == NOVEMBER
    assert record("antibiotic", {"ongoing": True}).start == Days(EVER_PAST, EVER_FUTURE)


@pytest.mark.parametrize(
    ("said", "undated"),
    [
        ({"ongoing": True}, True),
        ({"start": "2026-11-20", "ongoing": True}, False),
        ({"end": "2026-11-20"}, False),
        ({"start": "2026-11-20"}, False),
    ],
)
def test_an_event_is_undated_where_no_day_of_it_is_given(said: object, undated: bool) -> None:
    assert record("antibiotic", said).undated is undated


def test_a_birth_in_the_year_or_the_month_of_the_first_visit_is_possible() -> None:
    visits = [{"date": "2026-11"}]
    read({"birth_date": "2026"}, visits=visits)
    read({"birth_date": "2026-11-15"}, visits=visits)
    (fault,) = told(facts={"birth_date": "2026-12"}, visits=visits)
    assert fault.message.startswith("born after 2026-11-30")


def test_nobody_born_by_the_end_of_1895_is_seen_in_2026() -> None:
    # 130 years after the last day of 1895 is the last of 2025; after that of 1896 it is not over.
    (fault,) = told(facts={"birth_date": "1895"}, visits=[{"date": "2026-06-30"}])
    assert fault.message == "more than 130 years old on 2026-06-30"
    read({"birth_date": "1896"}, visits=[{"date": "2026-06-30"}])


# --- histories and judgements -------------------------------------------------------------------


def test_a_history_says_whether_it_holds_anything() -> None:
    until = span("2026-11-24", "2026-11-24")
    empty = read({"antibiotic": {"records": [], "complete_to": "2026-11-24"}})
    assert empty.statements["antibiotic"] == (
        Statement(until, True, Shown(value=False, date="2026-11-24")),
    )
    full = read({"antibiotic": {"records": [{"date": "2026-11-01"}], "complete_to": "2026-11-24"}})
    assert full.statements["antibiotic"] == (
        Statement(until, False, Shown(value=None, date="2026-11-24")),
    )


NAMELESS, UNSIGNED = "lacks the date", "lacks the name (`by`) and the date"


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        (False, UNSIGNED),
        ({"value": False, "by": "Dr Example"}, NAMELESS),
        ({"value": True, "by": "Dr Example"}, NAMELESS),
    ],
)
def test_a_judgement_on_an_event_needs_a_day(said: object, lacking: str) -> None:
    (warning,) = read({"relapse": said}).warnings
    assert warning.message.endswith(lacking)


def test_the_day_of_a_judgement_may_be_that_of_its_visit() -> None:
    said = {"relapse": {"value": True, "by": "Dr Example"}}
    assert read({}, visits=[{"date": "2026-11-24", "facts": said}]).warnings == ()


def test_a_judgement_that_lasts_needs_a_day_as_well() -> None:
    unfit = Fact("unfit", BOOLEAN, Kind.CUMULATIVE, "Unfit", asked_of="investigator")
    sheet = read_profile({"facts": {"unfit": True}}, {"unfit": unfit})
    assert [one.message for one in sheet.warnings] == [f"the judgement on `unfit` {UNSIGNED}"]


def test_an_event_that_happened_has_no_value_beside_its_days() -> None:
    assert record("antibiotic", {"value": True, "date": "2026-11-01"}).value is None


def test_a_date_that_is_awaited_has_no_day_to_be_checked() -> None:
    assert record("birth_date", {"absent": "pending"}).absence is Cause.PENDING


# --- records that say nothing, and what stands beside a fault -----------------------------------


def test_a_value_of_null_is_not_given_whatever_stands_beside_it() -> None:
    assert read({"platelets": {"value": None, "unit": "10*9/L"}}).records == {}


def test_a_record_without_any_value_is_refused() -> None:
    (fault,) = told(facts={"platelets": {"date": None}})
    assert fault.message == "a record of `platelets` without a value"


def test_every_visit_that_is_none_is_told_of() -> None:
    faults = told(visits=["2026-11-24", 7, {"date": "2026-11-24"}])
    assert [one.pointer for one in faults] == ["/visits/0", "/visits/1"]


def test_a_visit_without_a_readable_day_is_the_only_fault() -> None:
    facts = {"antibiotic": True, "platelets": "100 10*9/L"}
    (fault,) = told(visits=[{"date": "soon", "facts": facts}])
    assert fault.pointer == "/visits/0/date"


def test_the_same_answers_are_read_in_full_a_second_time() -> None:
    facts = {"sex": "female", "stroke": False, "inr": "1.1", "pregnant": False}
    first, second = read(facts), read(facts)
    assert sorted(second.records) == sorted(facts)
    assert second == first


# --- hints and warnings to the letter -----------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "hint"),
    [
        ({"pregnant": "2026-11-24"}, "write `true` or `false`"),
        ({"pregnant": "pending"}, 'write `{"absent": "pending"}`'),
        ({"ecog": "01"}, "its values are `0`, `1`, `2`, `3`, `4`"),
        ({"ecog": True}, "its values are `0`, `1`, `2`, `3`, `4`"),
        ({"antibiotic": {"date": "2026-11-01", "drug": True}}, None),
    ],
)
def test_what_is_no_value_of_its_fact_is_refused_with_a_hint(
    facts: object, hint: str | None
) -> None:
    (fault,) = told(facts=facts)
    assert fault.hint == hint


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (
            {"platelets": "6000 10*9/L"},
            "`platelets`: 6000 10*9/L is outside the plausible range 0 to 5000 10*9/L; "
            "check the number and its unit",
        ),
        (
            {"antibiotic": {"date": "2026-11-01", "dose": "20 g"}},
            "`dose` of `antibiotic`: 20000 mg is outside the plausible range 0 to 10000 mg; "
            "check the number and its unit",
        ),
    ],
)
def test_what_is_not_plausible_is_told_with_the_range(facts: object, message: str) -> None:
    assert [one.message for one in read(facts).warnings] == [message]


def test_a_number_without_a_unit_is_told_without_one() -> None:
    pain = Shape(Type.NUMBER, plausible=(Decimal(0), Decimal(10)))
    sheet = read_profile({"facts": {"pain": 50}}, {"pain": Fact("pain", pain, Kind.FIXED, "Pain")})
    assert [one.message for one in sheet.warnings] == [
        "`pain`: 50 is outside the plausible range 0 to 10; check the number and its unit"
    ]


def test_some_day_of_a_stretch_is_taken_as_it_is() -> None:
    faults = Faults()
    assert read_days(KnownDays(NOVEMBER, "some day"), "/x", faults) == NOVEMBER
    assert faults.found == []


def test_nothing_is_neither_a_date_nor_a_text_and_needs_no_quotes() -> None:
    faults = Faults()
    assert read_days(None, "/x", faults) is None
    assert read_text(None, "/x", faults, "source") is None
    assert [json.dumps("quotes" in str(one.hint)) for one in faults.found] == ["false", "false"]
