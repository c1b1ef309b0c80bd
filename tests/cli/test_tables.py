"""`screener screen` of tables and `screener template`: streams, files, exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.support import Command, patient

DAY = "--as-of=2026-11-24"
TABLE = """\
patient,smoker,platelets,platelets.unit,platelets.date
007,false,150,10*9/L,2026-11-24
008,maybe,150,10*9/L,2026-11-24
009,true,150,10*9/L,2026-11-24
"""


def write(command: Command, name: str, text: str) -> Path:
    path = command.folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_known_by_its_name_and_by_its_content(command: Command) -> None:
    by_name = command("screen", "XMPL-001", write(command, "a.csv", TABLE), DAY, "--json")
    by_content = command("screen", "XMPL-001", "-", DAY, "--json", stdin=TABLE.encode())
    asked_for = command(
        "screen", "XMPL-001", write(command, "a.txt", TABLE), DAY, "--json", "--from=csv"
    )
    assert by_name.out == by_content.out == asked_for.out
    verdicts = [one.get("verdict") for one in by_name.lines()]
    assert verdicts == ["eligible", None, "ineligible"]


def test_a_table_gets_the_answers_of_the_profiles(command: Command) -> None:
    table = command("screen", "XMPL-001", write(command, "a.csv", TABLE), DAY, "--json").lines()
    profiles = [patient("007"), patient("009", smoker=True)]
    for one in profiles:
        one["facts"]["platelets"]["value"] = "150"
    file = command.write("a.ndjson", *profiles)
    assert [table[0], table[2]] == command("screen", "XMPL-001", file, DAY, "--json").lines()


def test_a_rejected_patient_is_told_with_row_and_column_and_stops_no_other(
    command: Command,
) -> None:
    ended = command("screen", "XMPL-001", write(command, "a.csv", TABLE), DAY, "--json")
    assert ended.code == 4
    rejected = ended.lines()[1]
    assert rejected["patient"] == "008"
    assert rejected["error"]["pointer"] == "row 3, column smoker"
    assert "a.csv: row 3: patient `008` is not judged" in ended.err
    assert "1 rejected" in ended.err


def test_rejected_rows_go_to_a_file_that_can_be_mended_and_taken_in(command: Command) -> None:
    table = write(command, "a.csv", TABLE)
    command("screen", "XMPL-001", table, DAY, "--json", "--rejected", "again.csv")
    again = command.folder / "again.csv"
    (row,) = csv.DictReader(io.StringIO(again.read_text("utf-8")))
    assert row["patient"] == "008"
    assert row["rejected_because"] == "row 3, column smoker: `maybe` is not a yes or no"
    mended = write(command, "b.csv", again.read_text("utf-8").replace("maybe", "false", 1))
    ended = command("screen", "XMPL-001", mended, DAY, "--json", "--strict")
    assert ended.code == 0
    assert [one["verdict"] for one in ended.lines()] == ["eligible"]


def test_bytes_that_are_no_text_leave_as_they_came(command: Command) -> None:
    path = command.folder / "a.csv"
    path.write_bytes(b"patient;smoker\n1;f\xe4lse\n")
    ended = command("screen", "XMPL-001", path, DAY, "--rejected", "again.csv")
    assert ended.code == 4
    assert (command.folder / "again.csv").read_bytes() == (
        b"patient;smoker;rejected_because\n"
        b"1;f\xe4lse;row 2, column smoker: a text that is not UTF-8\n"
    )


def test_the_report_accounts_for_every_part(command: Command) -> None:
    table = write(command, "a.csv", TABLE.replace("platelets.date", "platelet.date"))
    command("screen", "XMPL-001", table, DAY, "--json", "--report", "report.ndjson")
    lines = (command.folder / "report.ndjson").read_text("utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    assert [one["kind"] for one in entries[:-1]] == [
        "unknown",
        "mapped",
        "mapped",
        "rejected",
        "mapped",
        "mapped",
    ]
    assert entries[0]["hint"] == "did you mean `platelets`?"
    counts = {"mapped": 4, "ignored": 0, "unknown": 1, "rejected": 1}
    assert entries[-1] == {"counts": counts}


def test_an_unknown_column_is_only_told_unless_it_has_to_be_known(command: Command) -> None:
    table = write(command, "a.csv", "patient,smoker,ward\n1,false,3\n")
    lenient = command("screen", "XMPL-001", table, DAY, "--json")
    assert (lenient.code, len(lenient.lines())) == (0, 1)
    assert "`ward` is not a known column" in lenient.err
    strict = command("screen", "XMPL-001", table, DAY, "--json", "--strict")
    assert strict.code == 4
    assert [one.get("verdict") for one in strict.lines()] == [None]


def test_under_strict_a_patient_of_whom_a_row_is_not_understood_is_not_judged(
    command: Command,
) -> None:
    table = "patient,fact,value\n1,smoker,false\n1,smokes,true\n2,smoker,false\n"
    ended = command("screen", "XMPL-001", write(command, "a.csv", table), DAY, "--json", "--strict")
    assert ended.code == 4
    assert [(one["patient"], "error" in one) for one in ended.lines()] == [
        ("1", True),
        ("2", False),
    ]


def test_a_mapping_file_makes_a_site_s_table_ours(command: Command) -> None:
    table = "Nr;Raucher;Thrombo;vom\n007;nein;150;24.11.2026\n"
    mapping = """\
mapping: Hospital A
dates: DD.MM.YYYY
columns: {Nr: patient, Raucher: smoker, Thrombo: platelets, vom: platelets.date}
units: {platelets: 10*9/L}
values: {smoker: {ja: true, nein: false}}
"""
    ended = command(
        "screen",
        "XMPL-001",
        write(command, "a.csv", table),
        DAY,
        "--json",
        "--mapping",
        write(command, "site.yaml", mapping),
    )
    assert [one["verdict"] for one in ended.lines()] == ["eligible"]


def test_what_rests_on_a_source_declared_complete_says_so(command: Command) -> None:
    table = TABLE.replace("007,false", "007,").splitlines(keepends=True)[:2]
    mapping = "mapping: A\ncomplete: {smoker: {source: the chart, to: 2026-11-24}}\n"
    arguments = ("screen", "XMPL-001", write(command, "a.csv", "".join(table)), DAY, "--json")
    (without,) = command(*arguments).lines()
    assert without["verdict"] == "undetermined"
    (answer,) = command(*arguments, "--mapping", write(command, "site.yaml", mapping)).lines()
    assert answer["verdict"] == "eligible"
    (reason,) = [
        entry for one in answer["criteria"] for entry in one["because"] if entry["assumed"]
    ]
    assert (reason["fact"], reason["source"], reason["date"]) == (
        "smoker",
        "the chart",
        "2026-11-24",
    )
    sentences = [one["sentence"] for one in answer["criteria"]]
    assert any("nothing recorded in the chart, complete to 24 Nov 2026" in one for one in sentences)


def test_a_faulty_mapping_file_is_told_with_its_places(command: Command) -> None:
    mapping = write(command, "site.yaml", "mapping: A\ncolumns: {Raucher: smokr}\n")
    table = write(command, "a.csv", TABLE)
    ended = command("screen", "XMPL-001", table, DAY, "--mapping", mapping)
    assert ended.code == 3
    assert "site.yaml:2:20: error[unknown-fact]" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("option", ["--report", "--rejected"])
def test_nothing_is_written_over_what_is_read(command: Command, option: str) -> None:
    table = write(command, "a.csv", TABLE)
    ended = command("screen", "XMPL-001", table, DAY, option, table)
    assert ended.code == 2
    assert table.read_text("utf-8") == TABLE


def test_a_report_that_cannot_be_written_is_told_at_once(command: Command) -> None:
    table = write(command, "a.csv", TABLE)
    ended = command("screen", "XMPL-001", table, DAY, "--report", command.folder / "no" / "a")
    assert (ended.code, ended.out) == (2, "")


# --- template ---------------------------------------------------------------------------------


def test_a_template_names_the_facts_of_the_trial_and_can_be_screened(command: Command) -> None:
    header = command("template", "XMPL-001", DAY).out
    assert header.splitlines()[0].split(",")[:2] == ["patient", "as_of"]
    assert {"smoker", "platelets", "platelets.unit", "platelets.date"} <= set(
        header.strip().split(",")
    )
    blanks = "," * header.count(",")
    ended = command("screen", "XMPL-001", "-", DAY, "--json", stdin=f"{header}1{blanks}\n".encode())
    assert [one["verdict"] for one in ended.lines()] == ["undetermined"]
    assert " 0 unknown" in ended.err


def test_the_dictionary_says_what_belongs_into_each_column(command: Command) -> None:
    header = command("template", "XMPL-001", DAY).out.strip().split(",")
    rows = list(
        csv.DictReader(io.StringIO(command("template", "XMPL-001", DAY, "--dictionary").out))
    )
    assert [row["column"] for row in rows] == header
    by_column = {row["column"]: row for row in rows}
    assert by_column["platelets"]["unit"] == "10*9/L"
    assert "10*3/uL" in by_column["platelets"]["accepted_units"].split(" | ")
    assert by_column["smoker"]["values"] == "true | false"
    assert by_column["smoker"]["needed_by"]
    answers = command("template", "XMPL-001", DAY, "--json").lines()
    assert answers == rows


def test_a_template_is_written_beside_its_dictionary_and_over_nothing(command: Command) -> None:
    assert command("template", "XMPL-001", DAY, "-o", "new.csv").code == 0
    assert (command.folder / "new.csv").read_text("utf-8") == command(
        "template", "XMPL-001", DAY
    ).out
    assert (command.folder / "new.dictionary.csv").exists()
    assert command("template", "XMPL-001", DAY, "-o", "new.csv").code == 2


def test_a_template_asks_for_a_reference_range_only_where_a_limit_hangs_on_it(
    command: Command,
) -> None:
    columns = command("template", "XMPL-001", DAY).out.strip().split(",")
    assert not [one for one in columns if one.endswith((".low", ".high"))]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "row 1: there is no header"),
        ("a.csv", TABLE.splitlines()[0].encode(), "row 2: there is no patient in it"),
        ("a.csv", b"smoker\nfalse\n", "row 1: there is no column `patient`"),
        ("a.csv", b'patient,smoker\n1,"false\n', "row 2: a quote that nobody closes"),
        ("a.xlsx", b"PK\x03\x04\x14\x00", "it is a workbook or another packed file, not text"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "it is a workbook of an old form, not text"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00", "it is a packed file, not text"),
    ],
)
def test_a_file_that_holds_no_patients_says_so_of_itself(
    command: Command, name: str, content: bytes, message: str
) -> None:
    path = command.folder / name
    path.write_bytes(content)
    ended = command("screen", "XMPL-001", path, DAY, "--json", "--report", "report.ndjson")
    assert ended.code == 4
    (answer,) = ended.lines()
    assert answer["patient"] is None
    assert "nobody is judged from it\n" in ended.err
    assert message in ended.err
    last = (command.folder / "report.ndjson").read_text("utf-8").splitlines()[-1]
    assert json.loads(last)["counts"]["rejected"] == 1


def test_a_rejected_cell_is_told_with_its_fact_and_with_where_its_unit_goes(
    command: Command,
) -> None:
    table = write(command, "a.csv", "patient,platelets,platelets.date\n1,150,2026-11-24\n")
    ended = command("screen", "XMPL-001", table, DAY, "--report", "report.ndjson")
    assert ended.code == 4
    (entry, _) = map(json.loads, (command.folder / "report.ndjson").read_text("utf-8").splitlines())
    assert (entry["place"], entry["fact"]) == (f"{table}: row 2, column platelets", "platelets")
    assert entry["hint"].endswith(
        "; write it behind the number, into a column `platelets.unit` or into the heading"
    )


def test_another_abbreviation_is_no_slip_of_the_pen(command: Command) -> None:
    """`plt` is one letter from `alt`, and means the platelets."""
    table = write(command, "a.csv", "patient,plt,sex\n1,150,male\n")
    shipped = Path(__file__).parents[2] / "criteria"
    ended = command("screen", "NCT01681446", table, DAY, "--criteria", shipped)
    assert "`plt` is not a known column" in ended.err
    assert "did you mean" not in ended.err
