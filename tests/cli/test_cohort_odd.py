"""`screener cohort` on odd files: what each comes to, whichever engine is asked.

Expected is what docs/cohorts.md says: an error that names place and cause, or a documented outcome,
and never an answer to something else than what the file says.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from tests.cli.support import Command, Ended

DAY = ("--as-of", "2026-11-24")
EXAMPLE = Path(__file__).parents[2] / "docs" / "example" / "cohort"
#: Adults (I1) with platelets above 100 within 14 days (I2), and no stroke (E1).
TRIAL = EXAMPLE / "XMPL-002.yaml"
BOTH = ("polars", "duckdb")
HEAD = "patient,stroke,note\n"


def run(command: Command, data: Path, *more: str) -> Ended:
    return command("cohort", TRIAL, data, "-o", command.folder / "answers.csv", *DAY, *more)


def strokes(command: Command) -> dict[str, str]:
    """How the criterion on strokes ended, by patient."""
    found = pl.read_csv(command.folder / "answers.csv", infer_schema=False)
    return dict(found.select("patient", "E1").rows())


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (HEAD + "A,true,\nB,true\n", "row 3", "2 cells under 3 headings"),
        (HEAD + "A\n", "row 2", "1 cells under 3 headings"),
        (HEAD + "A,true,,\n", "row 2", "4 cells under 3 headings"),
        (HEAD + "A,true,1,5\n", "row 2", "4 cells under 3 headings"),
        (HEAD + "A,true,\n\nB,true,\n", "row 3", "a blank row"),
        (HEAD + "A,true,\n  \n", "row 3", "a blank row"),
        # Read with quotes that may span lines, B would be a part of the note on A.
        (HEAD + 'A,false,5"\nB,true,6"\nC,true,\n', "row 2", "a quote beside or within other"),
        (HEAD + 'A,false,5"\nB,true,6\n', "row 2", "a quote that nobody closes"),
        (HEAD + '"A"x,false,5\n', "row 2", "a quote beside or within other text"),
        (HEAD + 'A, "true",5\n', "row 2", "a quote beside or within other text"),
        (HEAD + 'A,true,"x\ny"\nB,true\n', "row 3", "2 cells under 3 headings"),
        (HEAD + "A,true,a\rb\n", "row 2", "a line that ends as no other does"),
        (HEAD + "A,tr\0ue,\n", "row 2", "a text with the character NUL"),
        (HEAD.encode() + "A,true,\nÄ,true,".encode("latin-1"), "row 3", "not UTF-8"),
        (HEAD.encode("utf-16"), "row 1", "the file is UTF-16"),
        ("patient,stroke,stroke\nA,true,false\n", "row 1", "two columns are called `stroke`"),
        ("", "row 1", "there is no header"),
        ("patient,Note,note\nA,1,2\n", "row 1", "two columns are called `Note`, but for capitals"),
    ],
)
def test_a_row_that_readers_take_differently_is_named(
    command: Command, content: str | bytes, place: str, message: str
) -> None:
    data = command.folder / "patients.csv"
    data.write_bytes(content if isinstance(content, bytes) else content.encode())
    # It is looked through before any engine reads it.
    engine = "duckdb" if "capitals" in message else "polars"
    ended = run(command, data, "--engine", engine)
    assert ended.code == 4
    assert f"patients.csv, {place}: " in ended.err
    assert message in ended.err
    assert [*command.folder.iterdir()] == [data]


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize(
    "content",
    [
        'patient,stroke,note\nA,false,"x, ""y""\r\nz"\nB,true,""\n',
        '"patient";"stroke"\r\n"A";"false"\r\n"B";"true"',
        "\ufeffpatient\tstroke\nA\tfalse\nB\ttrue\n",
        "patient,stroke,,\nA,false,1,\nB,true,,2\n",
    ],
    ids=["quotes", "semicolons", "tabs", "nameless columns"],
)
def test_a_row_that_readers_take_alike_is_answered(
    command: Command, engine: str, content: str
) -> None:
    data = command.folder / "patients.csv"
    data.write_bytes(content.encode())
    assert run(command, data, "--engine", engine).code == 0
    assert strokes(command) == {"A": "pass", "B": "fail"}


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('"",false,\n', "column patient: rows that name no patient: 1"),
        ("  ,false,\n", "column patient: rows that name no patient: 1"),
        ("A,false,\nA ,true,\n", "1 rows name a patient who has another row: `A`"),
    ],
)
def test_who_is_nobody_or_twice_there_is_an_error(
    command: Command, engine: str, rows: str, message: str
) -> None:
    data = command.folder / "patients.csv"
    data.write_text(HEAD + rows, encoding="utf-8")
    ended = run(command, data, "--engine", engine)
    assert ended.code == 4
    assert message in ended.err


def test_where_rows_have_days_of_their_own_one_is_asked_for(command: Command) -> None:
    data = command.folder / "patients.csv"
    data.write_text("patient,stroke,as_of\nA,true,2026-11-24\n", encoding="utf-8")
    ended = command("cohort", TRIAL, data, "-o", command.folder / "answers.csv")
    assert ended.code == 2
    assert "`--as-of` says the day of screening, which is the same for all" in ended.err
    assert run(command, data).code == 0


# --- NDJSON -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('{"patient": "A", "stroke": true, "stroke": false}', "line 1/stroke: `stroke` stands"),
        ('{"patient": "A"}\n{"patient":', "line 2: not valid JSON"),
        ('{"patient": "A", "platelets [10*9/L]": NaN}', "line 1/platelets [10*9~1L]: "),
        # As a float it would be 100, and not above it.
        (
            '{"patient": "A", "platelets [10*9/L]": 100.00000000000000001}',
            "line 1, column platelets [10*9/L]: a number of more digits than can be kept",
        ),
        ('[{"patient": "A"}]', "line 1: no object"),
        ('{"patient": "A", "facts": {"stroke": true}}', "column facts: these are profiles"),
        ('{"patient": "A", "stroke": {"value": true}}', "a column of the type Struct"),
        ('{"patient": 1.5}\n{"patient": null}', "rows that name no patient: 1"),
        ("", "there is no table in it that can be read"),
    ],
)
def test_lines_that_cannot_be_meant_are_an_error(
    command: Command, lines: str, message: str
) -> None:
    data = command.folder / "patients.ndjson"
    data.write_text(lines, encoding="utf-8")
    ended = run(command, data)
    assert ended.code == 4
    assert message in ended.err
    assert [*command.folder.iterdir()] == [data]


def test_a_column_that_begins_in_the_last_line_counts(command: Command) -> None:
    data = command.folder / "patients.ndjson"
    lines: list[dict[str, object]] = [{"patient": f"P{number}"} for number in range(2000)]
    lines += [{"patient": "A", "stroke": True}, {"patient": "B", "stroke": "false"}]
    data.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert run(command, data).code == 0
    found = strokes(command)
    assert (found["P1999"], found["A"], found["B"]) == ("unknown", "fail", "pass")


# --- Parquet ----------------------------------------------------------------------------------

PLAIN = pl.DataFrame({"patient": ["A"], "stroke": [False]})


def parts(*frames: pl.DataFrame) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        folder.mkdir()
        for number, frame in enumerate(frames):
            frame.write_parquet(folder / f"{number}.parquet")

    return write


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize(
    ("write", "message"),
    [
        # Whoever takes the columns of the first file knows nothing of a stroke of B.
        (
            parts(PLAIN.drop("stroke"), PLAIN.with_columns(patient=pl.lit("B"))),
            "1.parquet, column stroke: it is of the type Boolean, and in `0.parquet` not there",
        ),
        (parts(PLAIN, PLAIN.drop("stroke")), "1.parquet, column stroke: it is not there, and in"),
        (parts(PLAIN, PLAIN.cast({"stroke": pl.String})), "it is of the type String, and in"),
        (parts(PLAIN, PLAIN), "1 rows name a patient who has another row: `A`"),
        (parts(), "there is no table in it that can be read"),
        (lambda path: path.write_bytes(b""), "nobody can tell what the file is written in"),
    ],
)
def test_files_that_differ_are_not_one_table(
    command: Command, engine: str, write: Callable[[Path], None], message: str
) -> None:
    data = command.folder / "parts"
    write(data)
    ended = run(command, data, "--engine", engine)
    assert ended.code == 4
    assert message in ended.err
    assert [*command.folder.iterdir()] == [data]


@pytest.mark.parametrize("form", ["csv", "parquet", "folder"])
def test_a_name_may_hold_what_is_a_pattern(command: Command, form: str) -> None:
    here = command.folder / "a*[1]"
    here.mkdir()
    data = here / f"?[2].{form}"
    if form == "folder":
        parts(PLAIN, PLAIN.with_columns(patient=pl.lit("B")))(data)
    else:
        getattr(PLAIN, f"write_{form}")(data)
    ended = command("cohort", TRIAL, data, "-o", here / "answers.csv", *DAY)
    assert (ended.code, ended.err) == (0, "")
    assert len(pl.read_csv(here / "answers.csv", glob=False)) == (2 if form == "folder" else 1)


@pytest.mark.parametrize("engine", ["duckdb"])
@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"patient,stroke\nA,true\n"])
def test_what_is_no_parquet_is_named_as_such(command: Command, engine: str, content: bytes) -> None:
    data = command.folder / "patients.parquet"
    data.write_bytes(content)
    ended = run(command, data, "--engine", engine)
    assert ended.code == 4
    assert "there is no table in it that can be read" in ended.err
    assert [*command.folder.iterdir()] == [data]


# --- tables of records, and of OMOP -----------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("records", "A,Ä,1".encode("latin-1"), "records.csv, row 3: a text that is not UTF-8"),
        ("records", b"A,platelets,1,9", "records.csv, row 3: 4 cells under 3 headings"),
        ("records", b"A,platelets", "records.csv, row 3: 2 cells under 3 headings"),
        ("records", b",platelets,1", "records, column patient: rows that name no patient: 1"),
        ("patients", b"B,male,,9", "patients.csv, row 3: 4 cells under 3 headings"),
        ("patients", b" A,male,", "column patient: 1 rows name a patient who has another row"),
        ("patients", b",male,", "column patient: rows that name no patient: 1"),
    ],
)
def test_a_row_of_a_table_of_records_that_cannot_be_read_is_named(
    command: Command, table: str, row: bytes, message: str
) -> None:
    folder = command.folder / "tables"
    folder.mkdir()
    (folder / "records.csv").write_bytes(b"patient,fact,value\nA,stroke,false\n")
    (folder / "patients.csv").write_bytes(b"patient,sex,x\nA,male,\n")
    with (folder / f"{table}.csv").open("ab") as stream:
        stream.write(row + b"\n")
    ended = run(command, folder)
    assert ended.code == 4
    assert message in ended.err
    assert [*command.folder.iterdir()] == [folder]
    assert message in command("explain", TRIAL, folder, "--patient", "A", *DAY).err


def omop(command: Command) -> Path:
    folder = command.folder / "omop"
    shutil.copytree(EXAMPLE / "omop", folder)
    return folder


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Ä\n".encode("latin-1"), "measurement.csv, row 7: a text that is not UTF-8"),
        (b"1,2\n", "measurement.csv, row 7: 2 cells under "),
    ],
)
def test_a_row_of_omop_that_cannot_be_read_is_named(
    command: Command, row: bytes, message: str
) -> None:
    folder = omop(command)
    with (folder / "measurement.csv").open("ab") as stream:
        stream.write(row)
    ended = run(command, folder)
    assert ended.code == 4
    assert message in ended.err
    assert [*command.folder.iterdir()] == [folder]


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
@pytest.mark.parametrize("what", ["omop", "folder", "file"])
def test_records_are_for_no_other_engine(command: Command, engine: str, what: str) -> None:
    if what == "omop":
        data = omop(command)
    else:
        folder = command.folder / "tables"
        folder.mkdir()
        (folder / "records.csv").write_bytes(b"patient,fact,value\nA,stroke,false\n")
        data = folder if what == "folder" else folder / "records.csv"
    ended = run(command, data, "--engine", engine)
    assert ended.code == 2
    assert f"`--engine {engine}` is for files with a row for each patient" in ended.err
    assert "leave `--engine` out" in ended.err
    assert not (command.folder / "answers.csv").exists()


@pytest.mark.parametrize("what", ["omop", "csv"])
def test_a_cohort_is_read_without_a_mapping_file(command: Command, what: str) -> None:
    data = command.folder / "patients.csv"
    data.write_text(HEAD, encoding="utf-8")
    mapping = command.folder / "site.yaml"
    mapping.write_text("mapping: A site\n", encoding="utf-8")
    ended = run(command, omop(command) if what == "omop" else data, "--mapping", str(mapping))
    assert ended.code == 2
    assert "a cohort is read without a mapping file: leave `--mapping` out" in ended.err
    assert "the tables of OMOP are read by their codes" in ended.err


# --- types ------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", BOTH)
def test_a_midnight_is_its_day_beside_a_cell_that_is_read_one_by_one(
    command: Command, engine: str
) -> None:
    data = command.folder / "patients.parquet"
    midnights = [datetime(2026, 11, 20), datetime(2026, 11, 1)]
    numbers = {"platelets": ["150 10*9/L "] * 2, "platelets.date": midnights}
    pl.DataFrame({"patient": ["A", "B"], **numbers}).write_parquet(data)
    assert run(command, data, "--engine", engine).code == 0
    found = pl.read_csv(command.folder / "answers.csv", infer_schema=False).sort("patient")
    assert found["I2"].to_list() == ["pass", "unknown"]
