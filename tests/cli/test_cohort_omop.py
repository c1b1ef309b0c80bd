"""`screener cohort`, `screen` and `explain` on a folder with the tables of OMOP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from screener.cohort import parted
from tests.cli.support import Command, Ended
from tests.cohort.omop import VOCABULARY, day, tables_of

DAY = ("--as-of", "2026-11-24")
TRIAL = """
trial: OMOP-001
title: A made-up trial
version: "1"
effective: 2026-01-01
source: Made up
outline: [1, 2, 3, 4]
stages:
  - id: screening
    title: Screening visit
    inclusion:
      - id: I1
        text: Platelets of at least 100 x 10^9/L within 14 days before screening.
        source: "1"
        rule: {fact: platelets, at_least: 100 10*9/L, within: 14 d before as_of}
      - id: I2
        text: At least 18 years old.
        source: "2"
        rule: {fact: age, at_least: 18 a}
    exclusion:
      - id: E1
        text: A stroke ever.
        source: "3"
        rule: {fact: stroke, is: true}
      - id: E2
        text: A steroid within 4 weeks before screening.
        source: "4"
        rule: {fact: steroid, within: 4 wk before as_of}
"""


def result(person: int, on: str, value: float, **words: Any) -> dict[str, Any]:
    unit = {"unit_concept_id": 20, **words}
    return {
        "person_id": person,
        "measurement_concept_id": 1,
        "measurement_date": day(on),
        "value_as_number": value,
        **unit,
    }


def drug(person: int, **words: Any) -> dict[str, Any]:
    start = {"drug_exposure_start_date": day("2026-11-10"), "drug_exposure_end_date": None}
    return {"person_id": person, "drug_concept_id": 7, **start, **words}


ROWS = {
    "person": [
        # In 2026 who was born in 2008 may still be seventeen.
        {"person_id": one, "gender_concept_id": 8532, "year_of_birth": 2008 if one == 7 else 1960}
        for one in range(1, 9)
    ],
    "measurement": [
        result(1, "2026-11-20", 150.0),
        result(1, "2026-10-01", 90.0),
        # The newest result decides, and nobody can tell what it is.
        result(2, "2026-11-20", 150.0),
        result(2, "2026-11-22", 150.0, unit_concept_id=None),
        result(3, "2026-11-20", 100.0, operator_concept_id=4171756),
        result(7, "2026-11-20", 100.0),
        {**result(7, "2026-11-20", 5.0), "measurement_concept_id": 77},
    ],
    "condition_occurrence": [
        {
            "person_id": 4,
            "condition_concept_id": 3,
            "condition_start_date": day("2020-01-01"),
        },
    ],
    "drug_exposure": [drug(5, drug_type_concept_id=32838), drug(6, drug_type_concept_id=32818)],
}
#: By hand: what is not recorded is unknown, and a no is never recorded.
EXPECTED = {
    "1": ("undetermined", "pass", "pass", "unknown", "unknown"),
    "2": ("undetermined", "unknown", "pass", "unknown", "unknown"),
    "3": ("ineligible", "fail", "pass", "unknown", "unknown"),
    "4": ("ineligible", "unknown", "pass", "fail", "unknown"),
    "5": ("undetermined", "unknown", "pass", "unknown", "unknown"),
    "6": ("ineligible", "unknown", "pass", "unknown", "fail"),
    "7": ("undetermined", "pass", "unknown", "unknown", "unknown"),
    "8": ("undetermined", "unknown", "pass", "unknown", "unknown"),
}


@pytest.fixture
def folder(command: Command) -> Path:
    criteria = command.folder / "criteria" / "OMOP-001"
    criteria.mkdir(parents=True)
    (criteria / "1.yaml").write_text(TRIAL, encoding="utf-8")
    (criteria.parent / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    return written(command.folder / "omop", "parquet")


def written(path: Path, form: str, copies: int = 1) -> Path:
    """The tables as files; several copies of the people, under new numbers."""
    path.mkdir()
    for name, table in tables_of(ROWS).items():
        frame = table.collect()
        if "person_id" in frame.columns:
            moved = [frame.with_columns(pl.col("person_id") + 100 * turn) for turn in range(copies)]
            frame = pl.concat(moved)
        if form == "parquet":
            frame.write_parquet(path / f"{name}.parquet")
        else:
            separator = "\t" if name.startswith("concept") else ","
            frame.write_csv(path / f"{name.upper()}.csv", separator=separator)
    return path


def run(command: Command, *arguments: str | Path) -> Ended:
    return command(*arguments, *DAY, "--criteria", command.folder / "criteria")


def answers(command: Command, data: Path) -> dict[str, tuple[str, ...]]:
    out = command.folder / "answers.csv"
    assert run(command, "cohort", "OMOP-001", data, "-o", out).code == 0
    columns = ("patient", "verdict", "I1", "I2", "E1", "E2")
    rows = pl.read_csv(out, infer_schema=False).select(columns).rows()
    return {one[0]: tuple(one[1:]) for one in rows}


def test_the_tables_are_screened(command: Command, folder: Path) -> None:
    assert answers(command, folder) == EXPECTED


def test_csv_and_parts_say_the_same(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answers(command, written(command.folder / "csv", "csv")) == EXPECTED
    monkeypatch.setattr(parted, "ROWS", 2)
    assert answers(command, folder) == EXPECTED


def test_people_repeated_under_new_numbers_are_counted_as_often(
    command: Command, folder: Path
) -> None:
    found = answers(command, written(command.folder / "more", "parquet", copies=3))
    assert len(found) == 3 * len(EXPECTED)
    assert {name: found[name] == EXPECTED[str(int(name) % 100)] for name in found} == dict.fromkeys(
        found, True
    )


def test_what_is_not_used_is_told(command: Command, folder: Path) -> None:
    ended = run(command, "cohort", "OMOP-001", folder, "-o", command.folder / "a.csv")
    assert ended.err.splitlines() == [
        "OMOP-001: records that cannot be used: 3",
        "  1 x: drug_exposure: of `steroid`, taken as inconclusive: it is ordered, and not said "
        "to be taken",
        "  1 x: measurement: concept 77 stands for no fact",
        "  1 x: measurement: of `platelets`, taken as inconclusive: no unit that is known",
    ]


def test_each_person_is_screened_and_explained_alike(command: Command, folder: Path) -> None:
    screened = run(command, "screen", "OMOP-001", folder, "--json").lines()
    found = {
        one["patient"]: (one["verdict"], *(each["outcome"] for each in one["criteria"]))
        for one in screened
    }
    assert found == EXPECTED
    for name in ("2", "8"):
        ended = run(command, "explain", "OMOP-001", folder, "--patient", name, "--json")
        (tree,) = ended.lines()
        assert (tree["patient"], tree["verdict"]) == (name, EXPECTED[name][0])
    told = run(command, "screen", "OMOP-001", folder, "--json").lines()[0]["criteria"][0]
    assert [one["source"] for one in told["because"]] == ["measurement/1"]


def test_a_mapping_file_is_refused(command: Command, folder: Path) -> None:
    mapping = command.folder / "site.yaml"
    mapping.write_text("mapping: A site\n", encoding="utf-8")
    ended = run(command, "screen", "OMOP-001", folder, "--mapping", mapping)
    assert ended.code == 2
    assert "the tables of OMOP are read by their codes, without a mapping file" in ended.err


def test_a_row_of_nobody_is_an_error(command: Command, folder: Path) -> None:
    person = pl.read_parquet(folder / "person.parquet").head(3)
    person.write_parquet(folder / "person.parquet")
    ended = run(command, "cohort", "OMOP-001", folder, "-o", command.folder / "a.csv")
    assert ended.code == 4
    assert "have records and no row in the patients: `4`, `5`, `6`, `7`" in ended.err
    twice = pl.concat([person, person.head(1)])
    twice.write_parquet(folder / "person.parquet")
    ended = run(command, "cohort", "OMOP-001", folder, "-o", command.folder / "a.csv")
    assert ended.code == 4
    assert "name a patient who has another row: `1`" in ended.err
