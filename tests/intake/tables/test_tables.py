"""A table says what the profile with the same facts says, or is refused with row and column."""

from __future__ import annotations

import io

import pytest

from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.report import Fate
from screener.intake.tables.patients import read_table
from tests.intake.tables.support import Intake, sheet_of, taken, vocabulary

WIDE = """\
patient,sex,birth_date,platelets,platelets.unit,platelets.date,platelets.source,alt [U/L],alt.low,\
alt.high,alt.date,antibiotic.start,antibiotic.end,antibiotic.drug,antibiotic.route,antibiotic.dose,\
antibiotic.dose.unit,antibiotic.complete_to,depression,other_disease,other_disease.by,\
other_disease.date,inr,inr.absent
007,female,1964-05,112,10*9/L,2026-11-24,lab 4711,61,10,40,2026-11-24,2026-08-01,2026-09,\
rifaximin,oral,550,mg,2026-11-24,false,false,Dr. Example,2026-11-24,,pending
"""
LONG = """\
patient;fact;value;unit;date;low;high;start;end;drug;route;dose;dose.unit;complete_to;by;absent;source
007;sex;female;;;;;;;;;;;;;;
007;birth_date;1964-05;;;;;;;;;;;;;;
007;platelets;112;10*9/L;2026-11-24;;;;;;;;;;;;lab 4711
007;alt;61;U/L;2026-11-24;10;40;;;;;;;;;;
007;antibiotic;;;;;;2026-08-01;2026-09;rifaximin;oral;550;mg;2026-11-24;;;
007;depression;false;;;;;;;;;;;;;;
007;other_disease;false;;2026-11-24;;;;;;;;;;Dr. Example;;
007;inr;;;;;;;;;;;;;;pending;
"""
PROFILE = {
    "sex": "female",
    "birth_date": "1964-05",
    "platelets": {"value": "112", "unit": "10*9/L", "date": "2026-11-24", "source": "lab 4711"},
    "alt": {
        "value": "61",
        "unit": "U/L",
        "date": "2026-11-24",
        "reference_range": {"low": "10", "high": "40"},
    },
    "antibiotic": {
        "records": [
            {
                "start": "2026-08-01",
                "end": "2026-09",
                "drug": "rifaximin",
                "route": "oral",
                "dose": {"value": "550", "unit": "mg"},
            }
        ],
        "complete_to": "2026-11-24",
    },
    "depression": False,
    "other_disease": {"value": False, "date": "2026-11-24", "by": "Dr. Example"},
    "inr": {"absent": "pending"},
}


@pytest.mark.parametrize("table", [WIDE, LONG], ids=["wide", "long"])
def test_a_table_says_what_the_profile_says(table: str) -> None:
    assert taken(table) == sheet_of(PROFILE)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_mark_and_line_ends_make_no_difference(
    delimiter: str, mark: str, end: str
) -> None:
    rows = [["patient", "sex", "alt [U/L]", "alt.date"], ["007", "male", "61", "2026-11-24"]]
    table = mark + end.join(delimiter.join(row) for row in rows) + end
    assert taken(table) == sheet_of(
        {"sex": "male", "alt": {"value": "61", "unit": "U/L", "date": "2026-11-24"}}
    )


@pytest.mark.parametrize(
    "patient", ["007", "1e5", "=1+1", "0", "Ω-1", "NULL", "a,b", "O'Neill", '"']
)
def test_an_identifier_stays_the_text_it_is(patient: str) -> None:
    quoted = '"' + patient.replace('"', '""') + '"'
    assert taken(f"patient,sex\n{quoted},male\n").patient == patient


NAUGHTY = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+1",
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE patients;--",
    "two\nlines",
    "Ω≈ç√∫µ≤≥÷",
    "社會科學院",
    "مرحبا",
    "👩‍⚕️",
    "undefined",
    "1/0",
    "${jndi:ldap://x}",
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_a_text_is_kept_as_it_is(text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    sheet = taken(f"patient,pregnant,pregnant.source\n007,true,{quoted}\n")
    assert sheet.records["pregnant"][0].shown.source == text


def test_a_cell_may_hold_line_breaks_and_rows_are_counted_as_in_a_spreadsheet() -> None:
    intake = Intake('patient,pregnant,pregnant.source\n1,true,"a\nb\nc"\n\n2,maybe,x\n')
    assert intake.places == ["row 4, column pregnant"]


def test_neighbouring_rows_of_a_patient_are_joined() -> None:
    table = """\
patient,sex,platelets,platelets.unit,platelets.date
007,male,112,10*9/L,2026-11-24
007,male,98,10*9/L,2026-11-20
"""
    platelets = [
        {"value": "112", "unit": "10*9/L", "date": "2026-11-24"},
        {"value": "98", "unit": "10*9/L", "date": "2026-11-20"},
    ]
    assert taken(table) == sheet_of({"sex": "male", "platelets": platelets})


def test_numbered_columns_are_further_records() -> None:
    table = """\
patient,platelets [10*9/L],platelets.date,platelets#2 [10*3/uL],platelets#2.date
007,112,2026-11-24,98,2026-11-20
"""
    platelets = [
        {"value": "112", "unit": "10*9/L", "date": "2026-11-24"},
        {"value": "98", "unit": "10*3/uL", "date": "2026-11-20"},
    ]
    assert taken(table) == sheet_of({"platelets": platelets})


def test_a_column_of_days_of_screening_is_that_of_the_profile() -> None:
    assert taken("patient,as_of\n007,2026-11-24\n") == sheet_of({}, as_of="2026-11-24")


# --- blank, zero and no -----------------------------------------------------------------------


def test_a_blank_cell_says_nothing() -> None:
    table = "patient,platelets [10*9/L],depression,antibiotic,ascites\n007,, ,\t,\n"
    sheet = taken(table)
    assert sheet == sheet_of({})
    assert not sheet.records
    assert not sheet.statements


def test_zero_is_a_number() -> None:
    table = "patient,platelets [10*9/L]\n007,0\n"
    assert taken(table) == sheet_of({"platelets": {"value": "0", "unit": "10*9/L"}})


def test_none_is_a_value_where_the_vocabulary_says_so() -> None:
    assert taken("patient,ascites\n007,none\n") == sheet_of({"ascites": "none"})


def test_false_of_an_event_says_that_there_was_none() -> None:
    table = "patient,antibiotic,antibiotic.date\n007,false,2026-11-24\n"
    stated = {"antibiotic": {"value": False, "date": "2026-11-24"}}
    assert taken(table) == sheet_of(stated)


def test_what_spreadsheets_make_of_yes_and_no_is_understood() -> None:
    table = "patient,depression,pregnant\n007,TRUE,FALSE\n"
    assert taken(table) == sheet_of({"depression": True, "pregnant": False})


@pytest.mark.parametrize("text", ["no", "0", "n", "No", "False", "N"])
def test_other_words_for_no_are_refused(text: str) -> None:
    intake = Intake(f"patient,depression\n007,{text}\n")
    (fault,) = intake.faults
    assert fault.pointer == "row 2, column depression"
    assert fault.message == f"`{text}` is not a yes or no"
    assert "mapping file" in str(fault.hint)


@pytest.mark.parametrize("word", ["NA", "n/a", "None", "NULL", "-", "unknown", "nan", "#N/A"])
@pytest.mark.parametrize(
    "column",
    ["platelets [10*9/L]", "sex", "depression", "birth_date", "antibiotic.drug", "pregnant.by"],
)
def test_a_word_for_nothing_is_refused(word: str, column: str) -> None:
    table = f"patient,pregnant,{column}\n007,true,{word}\n"
    intake = Intake(table)
    (fault,) = intake.faults
    assert fault.pointer == f"row 2, column {column}"
    assert "`absent` in a mapping file" in str(fault.hint)
    assert intake.sheets == []


def test_a_date_beside_a_blank_value_is_no_result_and_is_told() -> None:
    intake = Intake("patient,platelets,platelets.unit,platelets.date\n007,,10*9/L,2026-11-24\n")
    assert intake.sheets == [sheet_of({})]
    (entry,) = intake.of(Fate.IGNORED)
    assert (entry.fact, entry.place) == ("platelets", "table.csv: row 2, column platelets.unit")


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cells", "place", "message"),
    [
        ("alt", "61", "alt", "the unit of `alt` is missing"),
        ("alt,alt.unit", "61,mg/dL", "alt", "`mg/dL` does not measure `alt`"),
        ("alt [U/L],alt.unit", "61,kU/L", "alt [U/L]", "two units, `kU/L` and `U/L`"),
        ("inr", '"1,1"', "inr", "`1,1` is not a number"),
        ("alt [U/L]", '"1,234"', "alt [U/L]", "`1,234` is not a number"),
        ("inr", "=1+1", "inr", "`=1+1` is not a number"),
        ("alt [U/L],alt.date", "61,06/01/2026", "alt.date", "`06/01/2026` can be read in two ways"),
        ("birth_date", "24.11.1960", "birth_date", "`24.11.1960` is not written year-month-day"),
        ("alt [U/L],alt.date", "61,1.6.26", "alt.date", "`1.6.26` can be read in two ways"),
        ("alt [U/L],alt.date", "61,2026-13-01", "alt.date", "`2026-13-01` is not in the calendar"),
        ("birth_date", "46000", "birth_date", "`46000` is not a date"),
        ("alt [U/L],alt.low", "61,ten", "alt.low", "`ten` is not a number"),
        ("antibiotic.route", "orally", "antibiotic.route", "`orally` is not a value of `route`"),
        ("antibiotic.dose", "5", "antibiotic.dose", "the unit of `dose` is missing"),
        ("inr,inr.absent", "6,pending", "inr.absent", "a value, and a reason why there is none"),
        ("alt.absent", "ill", "alt.absent", "`ill` is not a reason of absence"),
        ("inr,inr.start", "6,2026", "inr.start", "`inr` is not an event, so it has no `start`"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_named(
    header: str, cells: str, place: str, message: str
) -> None:
    intake = Intake(f"patient,{header}\n007,{cells}\n008,{',' * cells.count(',')}\n")
    if '"' in cells:
        intake = Intake(f"patient,{header}\n007,{cells}\n008,\n")
    assert [(one.pointer, one.message) for one in intake.faults] == [
        (f"row 2, column {place}", message)
    ]
    assert [sheet.patient for sheet in intake.sheets] == ["008"]
    assert [one.row.number for one in intake.rejected] == [2]
    assert message in intake.rejected[0].because


def test_every_fault_of_a_patient_is_told_and_all_his_rows_are_put_aside() -> None:
    table = "patient,sex,inr\n1,male,\n1,man,x\n1,male,1.1\n2,female,1\n"
    intake = Intake(table)
    assert sorted(intake.places) == ["row 3, column inr", "row 3, column sex"]
    assert [one.row.number for one in intake.rejected] == [2, 3, 4]
    assert intake.rejected[0].because == "another row of this patient is rejected"
    assert [sheet.patient for sheet in intake.sheets] == ["2"]
    assert {entry.patient for entry in intake.of(Fate.REJECTED)} == {"1"}


def test_patients_whose_rows_lie_apart_are_never_judged_on_a_part_of_them() -> None:
    intake = Intake("patient,inr\n1,1.1\n2,1.2\n1,1.3\n3,1.4\n")
    assert [sheet.patient for sheet in intake.sheets] == ["2", "3"]
    assert [one.row.number for one in intake.rejected] == [2, 4]
    assert all("sort the rows" in str(fault.hint) for fault in intake.faults)


def test_a_row_without_an_identifier_may_be_its_neighbours() -> None:
    intake = Intake("patient,inr\n1,1.1\n2,1.2\n,1.3\n3,1.4\n4,1.5\n")
    assert [sheet.patient for sheet in intake.sheets] == ["1", "4"]
    assert [one.row.number for one in intake.rejected] == [4, 3, 5]


QUOTED = "a cell with the delimiter in it, such as a decimal comma,"


def test_a_row_of_another_width_is_refused() -> None:
    intake = Intake("patient,inr,sex\n1,1,1,male\n2,1.2\n3,1.3,male,,\n")
    assert [sheet.patient for sheet in intake.sheets] == ["3"]
    assert intake.places == ["row 2", "row 3"]
    assert [(one.message, one.hint) for one in intake.faults] == [
        ("4 cells under 3 headings", f"{QUOTED} stands in quotes"),
        (
            "2 cells under 3 headings",
            "a row has a cell under every heading, also where it is blank",
        ),
    ]


def test_where_a_lost_mark_may_have_moved_the_identifier_the_neighbours_are_refused_too() -> None:
    intake = Intake("inr,patient\n1.0,1\n1,1,2\n1.3,3\n1.4,4\n")
    assert [sheet.patient for sheet in intake.sheets] == ["4"]


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (b'2,"abc', "a quote that nobody closes, or a cell of more than 131,072 characters"),
        (b"2," + b"x" * 200_000, "a quote that nobody closes, or a cell of more than 131,072 "),
        (b'2,"a"b\n3,1\n', "text after a closing quote"),
        (b"2,a\rb\n3,1\n", "a line that ends as no other does"),
        (b"2," + b"x" * 5_000_000, "a line of more than 4 MiB"),
    ],
)
def test_where_rows_cannot_be_told_apart_nothing_more_is_read(rest: bytes, message: str) -> None:
    intake = Intake(b"patient,inr\n0,1\n1,1.1\n" + rest)
    assert [sheet.patient for sheet in intake.sheets] == ["0"]
    assert message in intake.faults[-1].message
    assert "not read from this row on" in str(intake.faults[-1].hint)


def test_characters_that_are_none_are_named() -> None:
    intake = Intake(b"patient,sex,inr\n1,m\xe4nnlich,1\n2,fem\0ale,1\n3,male,1\n\xe4,male,1\n")
    assert [sheet.patient for sheet in intake.sheets] == []
    assert [(one.pointer, one.message) for one in intake.faults[:2]] == [
        ("row 2, column sex", "a text that is not UTF-8"),
        ("row 3, column sex", "a text with the character NUL"),
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "there is no header"),
        ("\n\n", "there is no header"),
        ("patient,inr\n", "there is no patient in it"),
        ("name,inr\n1,1\n", "there is no column `patient`"),
        ("patient,inr,inr\n1,1,1\n", "`inr` says the same as `inr`"),
        ("patient,inr,inr.value\n1,1,1\n", "`inr.value` says the same as `inr`"),
        ("patient,inr,inr#1\n1,1,1\n", "`inr#1` says the same as `inr`"),
        ("patient,patient\n1,1\n", "`patient` says the same as `patient`"),
        ("patient,fact\n1,inr\n", "there is a column `fact`, but no column `value`"),
        ("patient,a;b\n1,1\n", "nobody can tell whether a comma or a semicolon separates"),
        ("patient,inr\n1,1\n".encode("utf-16"), "the file is UTF-16"),
        (b"patient,\xff\n", "a text that is not UTF-8"),
        ("patient" + ",x" * 16_384 + "\n", "more than 16,384 columns"),
    ],
)
def test_a_table_that_nobody_can_read_is_refused(table: str | bytes, message: str) -> None:
    intake = Intake(table)
    assert intake.sheets == []
    assert message in intake.faults[0].message


# --- what nobody knows ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "hint"),
    [
        ("platelts", "did you mean `platelets`?"),
        ("platelets.dat", "did you mean `date`?"),
        ("Platelets", "did you mean `platelets`?"),
        ("sex [1]", None),
        ("ward", None),
    ],
)
def test_an_unknown_column_is_told_once_with_the_nearest_name(
    column: str, hint: str | None
) -> None:
    intake = Intake(f"patient,inr,{column}\n1,1,x\n2,1,x\n")
    assert len(intake.sheets) == 2
    (entry,) = intake.of(Fate.UNKNOWN)
    assert entry.place == f"table.csv: column {column}"
    if hint is not None:
        assert entry.hint == hint


def test_a_column_without_a_heading_is_told_if_something_stands_in_it() -> None:
    assert Intake("patient,inr,\n1,1,\n").of(Fate.UNKNOWN) == []
    (entry,) = Intake("patient,inr,\n1,1,x\n").of(Fate.UNKNOWN)
    assert entry.reason == "the column has no heading"


def test_a_row_of_an_unknown_fact_is_told() -> None:
    intake = Intake("patient,fact,value\n1,inr,1\n1,irn,2\n1,,3\n1,alt,\n")
    assert [(one.place, one.reason) for one in intake.of(Fate.UNKNOWN)] == [
        ("table.csv: row 3, column fact", "`irn` is not a known fact"),
        ("table.csv: row 4, column fact", "no fact is named"),
    ]
    assert [one.place for one in intake.of(Fate.IGNORED)] == ["table.csv: row 5, column fact"]


def test_every_cell_of_a_record_is_accounted_for() -> None:
    intake = Intake("patient,inr,inr.date,sex,ward\n1,1,2026-11-24,,x\n2,,2026-11-24,male,\n")
    fates = [(one.kind, one.place.removeprefix("table.csv: ")) for one in intake.entries]
    assert fates == [
        (Fate.UNKNOWN, "column ward"),
        (Fate.MAPPED, "row 2, column inr"),
        (Fate.IGNORED, "row 3, column inr.date"),
        (Fate.MAPPED, "row 3, column sex"),
    ]


def test_rejected_rows_can_be_taken_in_again_once_they_are_mended() -> None:
    intake = Intake("patient,inr,rejected_because\n1,1,row 2: it was wrong\n")
    assert [sheet.records for sheet in intake.sheets] == [sheet_of({"inr": "1"}).records]
    assert intake.of(Fate.UNKNOWN) == []


def test_a_table_may_come_through_a_pipe() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

        tell = seek

    pipe = Pipe(b"patient,inr\n1,1\n2,1\n1,1\n")
    sheets = [one.sheet for one in read_table(pipe, "-", vocabulary())]
    assert isinstance(sheets[1], ProfileError), "its rows lie apart"
    assert isinstance(sheets[2], FactSheet)
