"""A site's mapping file makes its columns, spellings and dates ours, and says what is complete."""

from __future__ import annotations

import pytest

from screener.diagnostics import RulesError
from screener.intake.report import Fate
from tests.intake.tables.support import Intake, sheet_of, site, taken

SITE = """\
dates: DD.MM.YYYY
decimals: comma
absent: {k.A.: not_in_record, "-": not_given}
columns:
  Pat.-Nr.: patient
  Geschlecht: sex
  Thrombozyten (Tsd/ul): platelets
  vom: platelets.date
  GPT: alt
  INR: inr
  AB: antibiotic
  AB Weg: antibiotic.route
  Station: ignored
units: {platelets: 10*3/uL, alt: U/L}
values:
  sex: {w: female, m: male}
  antibiotic: {ja: true, nein: false}
  antibiotic.route: {p.o.: oral}
"""
TABLE = """\
Pat.-Nr.;Geschlecht;Thrombozyten (Tsd/ul);vom;GPT;INR;AB;AB Weg;Station
007;w;98,5;24.11.2026;k.A.;1,05;ja;p.o.;3 West
008;m;-;;61 kU/L;-;nein;;
"""


def test_a_site_s_own_table_says_what_the_profile_says() -> None:
    intake = Intake(TABLE, SITE)
    assert intake.faults == []
    assert intake.sheets[0] == sheet_of(
        {
            "sex": "female",
            "platelets": {"value": "98.5", "unit": "10*3/uL", "date": "2026-11-24"},
            "alt": {"absent": "not_in_record"},
            "inr": "1.05",
            "antibiotic": {"value": True, "route": "oral"},
        }
    )
    second = sheet_of({"sex": "male", "alt": "61 kU/L", "antibiotic": False})
    assert intake.sheets[1].records == second.records
    assert intake.sheets[1].statements == second.statements
    assert [entry.place for entry in intake.of(Fate.IGNORED)] == ["table.csv: column Station"]
    assert intake.of(Fate.UNKNOWN) == []


def test_names_of_facts_are_translated_in_a_long_table() -> None:
    table = "patient,fact,value,unit\n007,THRO,112,10*9/L\n"
    mapping = "facts: {THRO: platelets}\n"
    assert taken(table, mapping) == sheet_of({"platelets": "112 10*9/L"})


@pytest.mark.parametrize(
    ("form", "written", "date"),
    [
        ("DD.MM.YYYY", "06.01.2026", "2026-01-06"),
        ("MM/DD/YYYY", "06/01/2026", "2026-06-01"),
        ("DD/MM/YYYY", "06/01/2026", "2026-01-06"),
        ("YYYYMMDD", "20260106", "2026-01-06"),
        ("DD.MM.YYYY", "01.2026", "2026-01"),
        ("DD.MM.YYYY", "2026", "2026"),
    ],
)
def test_dates_have_the_declared_form(form: str, written: str, date: str) -> None:
    table = f"patient,birth_date\n007,{written}\n"
    assert taken(table, f"dates: {form}\n") == sheet_of({"birth_date": date})


@pytest.mark.parametrize(
    ("form", "written", "message"),
    [
        ("DD.MM.YYYY", "6.1.2026", "`6.1.2026` is not a date of the form `DD.MM.YYYY`"),
        ("DD.MM.YYYY", "2026-01-06", "`2026-01-06` is not a date of the form `DD.MM.YYYY`"),
        ("DD.MM.YYYY", "06/01/2026", "`06/01/2026` is not a date of the form `DD.MM.YYYY`"),
        ("DD/MM/YYYY", "01/13/2026", "`2026-13-01` is not in the calendar"),
        ("DD.MM.YYYY", "06.01.26", "`06.01.26` is not a date of the form `DD.MM.YYYY`"),
    ],
)
def test_no_other_form_of_a_date_is_taken(form: str, written: str, message: str) -> None:
    intake = Intake(f"patient,birth_date\n007,{written}\n", f"dates: {form}\n")
    assert [one.message for one in intake.faults] == [message]


def test_where_decimals_have_a_comma_a_point_is_refused() -> None:
    intake = Intake('patient,inr\n007,1.05\n008,"1,05"\n009,1\n', "decimals: comma\n")
    assert intake.places == ["row 2, column inr"]
    assert [sheet.records["inr"][0].shown.value for sheet in intake.sheets] == ["1.05", "1"]


@pytest.mark.parametrize(
    ("column", "cells", "unit"),
    [
        ("alt", "61", "kU/L"),
        ("alt", "61 U/L", "U/L"),
        ("alt [U/L]", "61", "U/L"),
        ("alt,alt.unit", "61,U/L", "U/L"),
        ("alt.unit,alt", "U/L,61", "U/L"),
    ],
)
def test_a_declared_unit_stands_only_where_none_is_written(
    column: str, cells: str, unit: str
) -> None:
    sheet = taken(f"patient,{column}\n007,{cells}\n", "units: {alt: kU/L}\n")
    assert sheet.records["alt"][0].shown.original_unit == unit


# --- absence per source -----------------------------------------------------------------------

COMPLETE = "complete: {depression: {source: problem list, to: 2026-11-24}}\n"


def complete_for(table: str, mapping: str = COMPLETE) -> list[list[str]]:
    intake = Intake(table, mapping)
    assert intake.faults == []
    return [sorted(sheet.complete) for sheet in intake.sheets]


def test_a_source_is_complete_for_what_its_table_has_a_column_of() -> None:
    sheet = taken("patient,depression\n007,\n", COMPLETE)
    declared = {"depression": {"to": "2026-11-24", "source": "problem list"}}
    assert sheet == sheet_of({}, complete=declared)


def test_the_day_may_stand_in_a_column() -> None:
    table = "patient,depression,extracted\n1,,24.11.2026\n2,,\n3,true,23.11.2026\n"
    mapping = """\
dates: DD.MM.YYYY
complete: {depression: {source: problem list, column: extracted}}
"""
    intake = Intake(table, mapping)
    days = [[one.shown.date for one in sheet.complete.values()] for sheet in intake.sheets]
    assert days == [["2026-11-24"], [], ["2026-11-23"]]
    assert intake.of(Fate.UNKNOWN) == []


def test_two_days_for_one_patient_are_refused() -> None:
    mapping = "complete: {depression: {source: problem list, column: extracted}}\n"
    intake = Intake("patient,depression,extracted\n1,,2026-11-24\n1,,2026-11-23\n", mapping)
    assert intake.places == ["row 3, column extracted"]


def test_a_column_that_is_not_there_is_a_fault() -> None:
    mapping = "complete: {depression: {source: problem list, column: extracted}}\n"
    assert Intake("patient,depression\n1,\n", mapping).places == ["column extracted"]


def test_silence_means_nothing_where_the_table_has_no_column_of_the_fact() -> None:
    assert complete_for("patient,inr\n007,1\n") == [[]]
    (entry,) = Intake("patient,inr\n007,1\n", COMPLETE).of(Fate.IGNORED)
    assert entry.fact == "depression"


@pytest.mark.parametrize("column", ["depression.dat", "depression.since"])
def test_silence_means_nothing_where_a_column_of_the_fact_is_not_known(column: str) -> None:
    assert complete_for(f"patient,depression,{column}\n007,,2026-01-01\n") == [[]]


def test_silence_means_nothing_where_something_is_written_that_makes_no_record() -> None:
    assert complete_for("patient,depression,depression.date\n1,,2026-01-01\n2,,\n") == [
        [],
        ["depression"],
    ]


def test_silence_means_nothing_where_a_row_of_a_long_table_is_not_understood() -> None:
    table = "patient,fact,value\n1,inr,1\n1,depresion,true\n2,inr,1\n"
    assert complete_for(table) == [[], ["depression"]]


# --- faults of the file itself ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "id", "line", "column"),
    [
        ("colums: {}", "unknown-word", 2, 1),
        ("columns: {Thr: platelts}", "unknown-fact", 2, 16),
        ("columns: {Thr: platelets.dat}", "unknown-word", 2, 16),
        ("columns: {Thr: platelets#x}", "unknown-word", 2, 16),
        ("facts: {Thr: platelts}", "unknown-fact", 2, 14),
        ("units: {platelets: mg}", "unit-mismatch", 2, 20),
        ("units: {platelets: stones}", "unknown-unit", 2, 20),
        ("units: {sex: mg}", "type-word", 2, 9),
        ("units: {antibiotic.rout: mg}", "unknown-attribute", 2, 9),
        ("values: {sex: {w: femal}}", "not-a-value", 2, 19),
        ("values: {pregnant: {ja: yes}}", "not-a-value", 2, 25),
        ("values: {platelets: {viel: '500'}}", "type-word", 2, 10),
        ("dates: DD.MM.YY", "not-a-choice", 2, 8),
        ("dates: DD.DD.YYYY", "not-a-choice", 2, 8),
        ("decimals: komma", "not-a-choice", 2, 11),
        ("absent: {n/a: mising}", "not-a-choice", 2, 15),
        ("codes: [{system: s, code: c, fact: platelts}]", "unknown-fact", 2, 36),
        ("codes: [{system: s, code: c, fact: sex, value: w}]", "not-a-value", 2, 48),
        ("codes: [{system: s, fact: sex}]", "word-missing", 2, 9),
        ("complete: {platelets: {source: lab, to: 2026-11-24}}", "type-word", 2, 12),
        ("complete: {other_disease: {source: lab, to: 2026-11-24}}", "type-word", 2, 12),
        ("complete: {depression: {source: list}}", "word-missing", 2, 12),
        ("complete: {depression: {to: 2026-11-24}}", "word-missing", 2, 24),
        ("complete: {depression: {source: s, to: 2026-11-24, column: c}}", "words-clash", 2, 12),
        ("complete: {depression: {source: s, to: 2026-11}}", "not-a-day", 2, 40),
    ],
)
def test_a_fault_of_a_mapping_file_has_its_place(
    text: str, id: str, line: int, column: int
) -> None:
    with pytest.raises(RulesError) as caught:
        site(text + "\n")
    assert [(one.id, one.span.line, one.span.column) for one in caught.value.diagnostics] == [
        (id, line, column)
    ]


def test_a_code_given_twice_is_a_fault() -> None:
    twice = "codes:\n" + 2 * "  - {system: s, code: c, fact: depression}\n"
    with pytest.raises(RulesError, match="listed twice"):
        site(twice)
