"""`screener cohort` on tables of records: folders, files, parts, and what is left aside."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from screener.cohort import parted
from tests.cli.support import Command

DAY = ("--as-of", "2026-11-24")
TRIAL = "XMPL-001"
RECORDS = """patient,fact,value,unit,date
A,platelets,90,10*9/L,2026-10-01
A,platelets,150,10*9/L,2026-11-24
B,platelets,150,10*9/L,2026-11-24
D,platelets,<100,10*9/L,2026-11-24
"""
PATIENTS = "patient,smoker\nA,false\nB,true\nC,false\nD,false\n"
# What the two tables say, as a long table that `screener screen` reads.
LONG = RECORDS + "".join(
    f"{one.split(',')[0]},smoker,{one.split(',')[1]},,\n" for one in PATIENTS.splitlines()[1:]
)


@pytest.fixture
def folder(command: Command) -> Path:
    path = command.folder / "data"
    path.mkdir()
    (path / "records.csv").write_text(RECORDS, encoding="utf-8")
    (path / "patients.csv").write_text(PATIENTS, encoding="utf-8")
    return path


def test_answers_are_those_of_screen(command: Command, folder: Path) -> None:
    out = command.folder / "answers.csv"
    ended = command("cohort", TRIAL, folder, "-o", out, *DAY, "--json")
    assert (ended.code, ended.err) == (0, "")
    answers = {one["patient"]: one for one in pl.read_csv(out, infer_schema=False).to_dicts()}
    long = command.folder / "long.csv"
    head, *rows = LONG.splitlines()
    long.write_text("\n".join([head, *sorted(rows)]) + "\n", encoding="utf-8")
    for result in command("screen", TRIAL, long, *DAY, "--json").lines():
        answer = answers.pop(result["patient"])
        assert answer["verdict"] == result["verdict"]
        outcomes = {one["id"]: one["outcome"] for one in result["criteria"]}
        assert {name: answer[name] for name in outcomes} == outcomes
    assert answers == {}


def test_parts_and_forms_give_the_same(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for form in ("csv", "parquet", "parts"):
        if form == "parquet":
            for name in ("records", "patients"):
                table = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
                (folder / f"{name}.csv").unlink()
                table.write_parquet(folder / f"{name}.parquet")
        if form == "parts":
            monkeypatch.setattr(parted, "ROWS", 2)
        out = command.folder / f"{form}.parquet"
        assert command("cohort", TRIAL, folder, "-o", out, *DAY).code == 0
        found.append(pl.read_parquet(out).sort("patient"))
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
    # Nothing is left of the work.
    assert [one.name for one in command.folder.iterdir() if one.name.startswith(".screener")] == []


def test_every_count_grows_with_people_repeated_under_new_ids(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parted, "ROWS", 5)
    funnels = []
    for times in (1, 3):
        for name in ("records", "patients"):
            table = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
            again = [table.with_columns(pl.col("patient") + f"-{turn}") for turn in range(times)]
            pl.concat(again).write_csv(folder / f"{name}.csv")
        ended = command("cohort", TRIAL, folder, "-o", command.folder / "a.csv", *DAY, "--json")
        funnels.append(ended.lines()[0])
    once, often = funnels
    assert (once["patients"], often["patients"]) == (4, 12)
    assert often["verdicts"] == {name: 3 * count for name, count in once["verdicts"].items()}
    for few, many in zip(once["criteria"], often["criteria"], strict=True):
        assert many.pop("id") == few.pop("id")
        assert many == {name: 3 * count for name, count in few.items()}


def test_a_file_of_records_alone_names_its_patients(command: Command, folder: Path) -> None:
    out = command.folder / "answers.csv"
    assert command("cohort", TRIAL, folder / "records.csv", "-o", out, *DAY).code == 0
    assert pl.read_csv(out)["patient"].to_list() == ["A", "B", "D"]


def test_what_is_not_used_is_told(command: Command, folder: Path) -> None:
    with (folder / "records.csv").open("a", encoding="utf-8") as stream:
        stream.write("A,shoe_size_of_dog,3,,\n")
    ended = command("cohort", TRIAL, folder, "-o", command.folder / "a.csv", *DAY)
    assert ended.code == 0
    assert "1 x: `shoe_size_of_dog` is not a known fact" in ended.err


def test_an_error_leaves_what_was_there(command: Command, folder: Path) -> None:
    (folder / "patients.csv").write_text("patient,smoker\nA,false\n", encoding="utf-8")
    out = command.folder / "answers.csv"
    out.write_text("before", encoding="utf-8")
    ended = command("cohort", TRIAL, folder, "-o", out, *DAY)
    assert ended.code == 4
    assert "2 have records and no row in the patients: `B`, `D`" in ended.err
    assert out.read_text(encoding="utf-8") == "before"
