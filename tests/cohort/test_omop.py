"""What the tables of OMOP say: a row in, the record that it is, or why it is none."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from screener import ProfileError, load_trial
from screener.cohort.omop.translate import as_records
from screener.rules.load import read_vocabulary
from tests.cohort.omop import VOCABULARY, day, tables_of

Row = dict[str, Any]

FACTS = read_vocabulary(VOCABULARY, "vocabulary.yaml")
PERSON = {"person": [{"person_id": 1, "gender_concept_id": 8532, "year_of_birth": 1960}]}
ON = day("2026-11-20")


def said_of(table: str, row: Row, **options: bool) -> tuple[list[Row], list[str]]:
    """The records that a row gives, without what is not said, and what was left aside."""
    given = tables_of({**PERSON, table: [{"person_id": 1, **row}]}, **options)
    found = as_records(given, FACTS)
    records = found.records.sort("fact").collect().to_dicts()
    said = [
        {
            ("value" if word == "__word" else word): value
            for word, value in record.items()
            if value is not None and word not in ("patient", "source")
        }
        for record in records
    ]
    assert all(one["source"] == f"{table}/1" for one in records)
    return said, [one.reason for one in found.aside]


def measured(concept: int, **words: Any) -> tuple[list[Row], list[str]]:
    row = {"measurement_concept_id": concept, "measurement_date": ON, **words}
    return said_of("measurement", row)


@pytest.mark.parametrize(
    ("words", "record"),
    [
        ({"unit_concept_id": 20}, {"value": 90.0, "unit": "10*9/L"}),
        ({"unit_concept_id": 21}, {"value": 90.0, "unit": "10*3/uL"}),
        # The unit by its concept; how the source wrote it counts where there is none.
        ({"unit_concept_id": 20, "unit_source_value": "G/l"}, {"value": 90.0, "unit": "10*9/L"}),
        ({"unit_concept_id": 0, "unit_source_value": "10^9/L"}, {"value": 90.0, "unit": "10^9/L"}),
        (
            {"unit_concept_id": 20, "operator_concept_id": 4171756},
            {"value": 90.0, "unit": "10*9/L", "comparator": "<"},
        ),
        (
            {"unit_concept_id": 20, "operator_concept_id": 4171754},
            {"value": 90.0, "unit": "10*9/L", "comparator": "<="},
        ),
        (
            {"unit_concept_id": 20, "operator_concept_id": 4172704},
            {"value": 90.0, "unit": "10*9/L", "comparator": ">"},
        ),
        (
            {"unit_concept_id": 20, "operator_concept_id": 4171755},
            {"value": 90.0, "unit": "10*9/L", "comparator": ">="},
        ),
        (
            {"unit_concept_id": 20, "operator_concept_id": 4172703},
            {"value": 90.0, "unit": "10*9/L"},
        ),
        (
            {"unit_concept_id": 20, "range_low": 140.0, "range_high": 350.0},
            {"value": 90.0, "unit": "10*9/L", "low": 140.0, "high": 350.0},
        ),
        # Limits that exclude each other are none.
        (
            {"unit_concept_id": 20, "range_low": 0.0, "range_high": 0.0},
            {"value": 90.0, "unit": "10*9/L"},
        ),
    ],
)
def test_a_measurement_is_a_number_with_what_belongs_to_it(words: Row, record: Row) -> None:
    said, aside = measured(1, value_as_number=90.0, **words)
    assert said == [{"fact": "platelets", "date": ON, **record}]
    assert aside == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"value_as_number": 90.0}, "no unit that is known"),
        ({"value_as_number": 90.0, "unit_concept_id": 22}, "`mg/dL` does not measure `platelets`"),
        ({"value_as_number": 90.0, "unit_source_value": "furlong"}, "`furlong`"),
        (
            {"value_as_number": 90.0, "unit_concept_id": 20, "operator_concept_id": 99},
            "the operator concept 99 is not known",
        ),
        ({"value_as_number": float("inf"), "unit_concept_id": 20}, "a number is asked for"),
        ({"value_as_concept_id": 31, "unit_concept_id": 20}, "a number is asked for"),
    ],
)
def test_a_result_that_cannot_be_used_leaves_its_day_open(words: Row, reason: str) -> None:
    # Were it dropped, an older result would be the newest, and stand for it.
    said, aside = measured(1, **words)
    assert said == [{"fact": "platelets", "date": ON, "absent": "inconclusive"}]
    assert len(aside) == 1
    assert reason in aside[0]


def test_a_measurement_without_a_result_says_that_there_was_one() -> None:
    for value in ({}, {"value_as_number": float("nan")}):
        assert measured(1, **value)[0] == [
            {"fact": "platelets", "date": ON, "absent": "not_in_record"}
        ]
    ordered = measured(1, measurement_type_concept_id=32833)
    assert ordered[0] == [{"fact": "platelets", "date": ON, "absent": "pending"}]


def test_plain_numbers_grades_and_coded_answers() -> None:
    for unit in (None, 0, 23):
        (said,), _ = measured(11, value_as_number=1.2, unit_concept_id=unit)
        assert said["value"] == 1.2
    assert measured(5, value_as_number=1.0)[0] == [{"fact": "ecog", "date": ON, "value": "1"}]
    assert measured(5, value_as_number=7.0)[0][0]["absent"] == "inconclusive"
    assert measured(5, value_as_number=1.5)[0][0]["absent"] == "inconclusive"
    positive = measured(9, value_as_concept_id=30)
    assert positive[0] == [{"fact": "pregnancy_test", "date": ON, "value": "positive"}]
    assert measured(9, value_as_concept_id=12)[0][0]["absent"] == "inconclusive"


def observed(concept: int, **words: Any) -> list[Row]:
    row = {"observation_concept_id": concept, "observation_date": ON, **words}
    return said_of("observation", row)[0]


def test_an_observation_is_what_its_answer_says() -> None:
    stroke = {"fact": "stroke", "date": ON}
    # A code that asks, and no answer: as in FHIR that is no yes.
    assert observed(2) == [{**stroke, "absent": "not_in_record"}]
    assert observed(2, value_as_concept_id=32) == [{**stroke, "value": "true"}]
    assert observed(2, value_as_concept_id=33) == [{**stroke, "value": "false"}]
    # What the value or a qualifier adds may turn the meaning round.
    assert observed(2, value_as_concept_id=35)[0]["absent"] == "inconclusive"
    assert observed(2, qualifier_concept_id=35)[0]["absent"] == "inconclusive"


def condition(concept: int, **words: Any) -> list[Row]:
    row = {"condition_concept_id": concept, "condition_start_date": ON, **words}
    return said_of("condition_occurrence", row)[0]


def test_a_condition_counts_by_any_of_its_codes_and_those_above_them() -> None:
    stroke = [{"fact": "stroke", "date": ON, "value": "true"}]
    assert condition(2) == stroke
    assert condition(3) == stroke  # narrower, says the table `concept_ancestor`
    assert condition(0, condition_source_concept_id=4) == stroke  # I63.9, of the category I63
    assert condition(12) == []
    assert condition(3, condition_status_concept_id=32902) == stroke


def test_a_diagnosis_that_is_not_confirmed_is_none_and_not_none() -> None:
    assert condition(2, condition_status_concept_id=32899) == [
        {"fact": "stroke", "date": ON, "absent": "inconclusive"}
    ]


def test_a_state_that_is_over_does_not_speak_of_a_day() -> None:
    assert condition(10) == [{"fact": "pregnant", "date": ON, "value": "true"}]
    assert condition(10, condition_end_date=ON) == []
    assert condition(10, condition_status_concept_id=32906) == []
    # What has ever been has been.
    assert condition(2, condition_end_date=ON)[0]["value"] == "true"


def drug(**words: Any) -> Row:
    row = {"drug_concept_id": 6, "drug_exposure_start_date": ON, **words}
    (said,), _ = said_of("drug_exposure", row)
    return {word: value for word, value in said.items() if word != "fact"}


def test_a_drug_is_taken_from_a_day_to_a_day() -> None:
    last, later = day("2026-11-26"), day("2026-12-19")
    assert drug() == {"start": ON}
    assert drug(drug_exposure_end_date=last) == {"start": ON, "end": last}
    assert drug(days_supply=7) == {"start": ON, "end": last}
    assert drug(drug_exposure_end_date=last, verbatim_end_date=later)["end"] == later
    # An end before the start is not known.
    assert drug(drug_exposure_end_date=day("2026-11-19")) == {"start": ON}
    assert drug(route_concept_id=34)["route"] == "intravenous"
    assert said_of("drug_exposure", {"drug_concept_id": 7, "drug_exposure_start_date": ON})[0] == [
        {"fact": "steroid", "start": ON}
    ]


def test_an_order_of_a_drug_is_no_use_and_its_made_up_end_no_end() -> None:
    ordered = {"drug_type_concept_id": 32838, "drug_exposure_end_date": day("2026-12-19")}
    assert drug(**ordered) == {"start": ON, "absent": "inconclusive"}
    assert drug(**ordered, days_supply=7)["end"] == day("2026-11-26")


def test_a_procedure_is_of_its_day_and_gives_the_day_where_that_is_asked_for() -> None:
    row = {"procedure_concept_id": 8, "procedure_date": ON}
    said, _ = said_of("procedure_occurrence", row)
    assert said == [
        {"fact": "resected_on", "value": "2026-11-20"},
        {"fact": "resection", "date": ON},
    ]
    said, _ = said_of("procedure_occurrence", {**row, "procedure_end_date": day("2026-11-21")})
    assert said[1] == {"fact": "resection", "start": ON, "end": day("2026-11-21")}
    said, aside = said_of("procedure_occurrence", {**row, "procedure_type_concept_id": 32833})
    assert said == []
    assert "it is ordered, and not said to be done" in aside[0]


def test_the_day_of_a_moment_stands_in_for_a_day_that_is_not_given() -> None:
    moment = "2026-11-20 08:30:00"
    row = {"measurement_date": None, "measurement_datetime": moment, "value_as_number": 1.2}
    (said,), _ = said_of("measurement", {"measurement_concept_id": 11, **row})
    assert said["date"] == ON


def test_what_no_fact_knows_is_counted_by_its_code() -> None:
    said, aside = measured(12)
    assert (said, aside) == ([], ["measurement: SNOMED 44054006 stands for no fact"])
    _, aside = measured(77)
    assert aside == ["measurement: concept 77 stands for no fact"]
    _, aside = measured(0)
    assert aside == ["measurement: no concept stands for no fact"]


def test_without_concepts_it_is_said_what_cannot_be_read() -> None:
    row = {"measurement_concept_id": 1, "measurement_date": ON, "value_as_number": 1.0}
    said, aside = said_of("measurement", row, concepts=False)
    assert said == []
    assert aside == ["measurement: without a table `concept` nobody can tell what rows are of"]


@pytest.mark.parametrize(
    ("person", "patient"),
    [
        ({"gender_concept_id": 8507}, {"sex": "male"}),
        ({"gender_concept_id": 8532}, {"sex": "female"}),
        ({"gender_concept_id": 8521}, {"sex.absent": "inconclusive"}),
        ({"gender_concept_id": 0}, {"sex.absent": "not_in_record"}),
        ({"year_of_birth": 1960}, {"birth_date": "1960"}),
        ({"year_of_birth": 1960, "month_of_birth": 2}, {"birth_date": "1960-02"}),
        (
            {"year_of_birth": 1960, "month_of_birth": 2, "day_of_birth": 9},
            {"birth_date": "1960-02-09"},
        ),
        # Where no month is known the model makes up the moment of birth.
        ({"year_of_birth": 1960, "birth_datetime": "1960-06-15"}, {"birth_date": "1960"}),
        ({"birth_datetime": "1960-02-09"}, {"birth_date": "1960-02-09"}),
        ({}, {}),
    ],
)
def test_a_person_is_a_patient(person: Row, patient: Row) -> None:
    found = as_records(tables_of({"person": [{"person_id": 1, **person}]}), FACTS).patients
    assert found is not None
    (said,) = found.collect().to_dicts()
    assert {word: value for word, value in said.items() if value is not None} == {
        "patient": "1",
        **patient,
    }


@pytest.mark.parametrize(
    ("table", "changed", "message"),
    [
        ("person", {"person_id": "one"}, "person, column person_id: 1 cells"),
        ("measurement", {"value_as_number": "low"}, "measurement, column value_as_number: 1 cells"),
        ("measurement", {"measurement_date": "20/11/2026"}, "days (YYYY-MM-DD) are expected"),
        ("measurement", {"measurement_date": 20261120}, "days (YYYY-MM-DD) are expected"),
        ("measurement", {"measurement_concept_id": 1.5}, "whole numbers are expected"),
    ],
)
def test_a_cell_of_a_wrong_type_is_an_error(table: str, changed: Row, message: str) -> None:
    rows = {**PERSON, "measurement": [{"person_id": 1, "measurement_concept_id": 1}]}
    rows[table] = [{**rows[table][0], **changed}]
    with pytest.raises(ProfileError, match=r".") as raised:
        as_records(tables_of(rows), FACTS)
    assert message in str(raised.value)


def test_a_table_without_its_columns_is_an_error() -> None:
    tables = tables_of(PERSON) | {"measurement": pl.LazyFrame({"person_id": [1]})}
    with pytest.raises(ProfileError, match="there is no column `measurement_concept_id`"):
        as_records(tables, FACTS)
    with pytest.raises(ProfileError, match="there is no table `person`"):
        as_records({}, FACTS)


def test_a_program_hands_over_frames_and_is_told_what_is_not_used() -> None:
    # Of a shipped trial; its vocabulary knows platelets by LOINC 777-3.
    result = {"person_id": 1, "measurement_concept_id": 1, "measurement_date": ON}
    rows: dict[str, list[Row]] = {
        **PERSON,
        "measurement": [{**result, "value_as_number": 90.0, "unit_concept_id": 20}],
    }
    rows["measurement"].append({**rows["measurement"][0], "measurement_concept_id": 12})
    told: list[tuple[str, int]] = []
    tables = {name: table.collect().to_pandas() for name, table in tables_of(rows).items()}
    found = load_trial("NCT01681446").screen_omop(
        tables, as_of="2026-11-24", aside=lambda *one: told.append(one)
    )
    assert found["patient"].to_list() == ["1"]
    assert found["verdict"].to_list() == ["undetermined"]
    assert told == [("measurement: SNOMED 44054006 stands for no fact", 1)]


def test_empty_tables_and_columns_nobody_asks_for_change_nothing() -> None:
    tables = tables_of({**PERSON, "measurement": [{"person_id": 1, "ward": "7b"}]})
    none = {name: table.head(0) for name, table in tables.items()}
    for given in (none, {**none, "person": tables["person"]}, {"person": tables["person"]}):
        found = as_records(given, FACTS)
        assert found.records.collect().is_empty()
        assert found.aside == ()
        people = load_trial("NCT01681446").screen_omop(given, as_of="2026-11-24")
        assert len(people) == len(given["person"].collect())
        assert set(people["verdict"]) <= {"undetermined"}
