"""`screener cohort`: files in, files of answers out, the funnel, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.cohort import files
from screener.cohort.funnel import Funnel
from tests.cli.support import Command

DAY = ("--as-of", "2026-11-24")
TRIAL = "XMPL-001"
PATIENTS = """patient,smoker,platelets [10*9/L],platelets.date
A,false,150,2026-11-24
B,true,150,2026-11-24
C,false,,
D,false,<100,2026-11-24
"""


@pytest.fixture
def table(command: Command) -> Path:
    path = command.folder / "patients.csv"
    path.write_text(PATIENTS, encoding="utf-8")
    return path


def test_answers_and_the_funnel_are_those_of_screen(command: Command, table: Path) -> None:
    out = command.folder / "answers.csv"
    ended = command("cohort", TRIAL, table, "-o", out, *DAY, "--json")
    assert (ended.code, ended.err) == (0, "")
    answers = pl.read_csv(out, infer_schema=False).to_dicts()
    one_by_one = command("screen", TRIAL, table, *DAY, "--json").lines()
    assert [(one["patient"], one["verdict"]) for one in answers] == [
        (one["patient"], one["verdict"]) for one in one_by_one
    ]
    for answer, result in zip(answers, one_by_one, strict=True):
        outcomes = {one["id"]: one["outcome"] for one in result["criteria"]}
        assert {name: answer[name] for name in outcomes} == outcomes
    (funnel,) = ended.lines()
    assert funnel["patients"] == 4
    for step in funnel["criteria"]:
        ended_as = [answer[step["id"]] for answer in answers]
        assert step["fails"] == ended_as.count("fail")
        assert step["unknown"] == ended_as.count("unknown")


def test_parquet_ndjson_and_folders_say_what_the_csv_says(command: Command, table: Path) -> None:
    frame = pl.read_csv(table, infer_schema=False)
    folder = command.folder / "parts"
    folder.mkdir()
    frame[:2].write_parquet(folder / "1.parquet")
    frame[2:].write_parquet(folder / "2.parquet")
    frame.write_ndjson(command.folder / "patients.ndjson")
    found = []
    for data in (table, folder, command.folder / "patients.ndjson"):
        out = command.folder / "answers.parquet"
        assert command("cohort", TRIAL, data, "-o", out, *DAY).code == 0
        found.append(pl.read_parquet(out))
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
    assert found[0].schema["verdict"] == pl.Enum(["ineligible", "eligible", "undetermined"])


def test_duckdb_gives_the_answers_of_polars(command: Command, table: Path) -> None:
    pl.read_csv(table, infer_schema=False).write_parquet(command.folder / "patients.parquet")
    found = []
    for data in (table, command.folder / "patients.parquet"):
        for engine in ("polars", "duckdb"):
            out = command.folder / f"{engine}.parquet"
            ended = command("cohort", TRIAL, data, "-o", out, *DAY, "--engine", engine, "--json")
            assert ended.code == 0
            answers = pl.read_parquet(out).with_columns(pl.col(pl.Enum).cast(pl.String))
            found.append((ended.out, answers.sort("patient").to_dicts()))
    assert found == found[:1] * 4


def test_several_trials_are_answered_in_one_pass(command: Command, table: Path) -> None:
    other = command.folder / "XMPL-002.yaml"
    rules = Path(__file__).parent / "criteria" / TRIAL
    newest = sorted(rules.glob("[0-9]*.yaml"))[-1]
    text = newest.read_text("utf-8").replace(TRIAL, "XMPL-002")
    other.write_text(text, encoding="utf-8")
    (command.folder / "vocabulary.yaml").write_bytes(
        (rules.parent / "vocabulary.yaml").read_bytes()
    )
    out = command.folder / "answers"
    ended = command("cohort", TRIAL, other, table, "-o", out, *DAY)
    assert ended.code == 0
    assert sorted(path.name for path in out.iterdir()) == ["XMPL-001.parquet", "XMPL-002.parquet"]
    assert "XMPL-001: 4 patients" in ended.out
    assert "XMPL-002: 4 patients" in ended.out


def test_who_cannot_be_read_is_told_and_the_others_are_answered(command: Command) -> None:
    data = command.folder / "patients.csv"
    data.write_text(PATIENTS + "E,perhaps,150,2026-11-24\n", encoding="utf-8")
    out = command.folder / "answers.parquet"
    ended = command("cohort", TRIAL, data, "-o", out, *DAY, "--json")
    assert ended.code == 4
    assert "XMPL-001: patient `E` is not judged\n  column smoker: `perhaps`" in ended.err
    assert pl.read_parquet(out)["verdict"].is_null().to_list() == [False] * 4 + [True]
    assert json.loads(ended.out)["not_judged"] == 1


def grown(count: object, times: int) -> object:
    """What is counted, so many times."""
    if isinstance(count, dict):
        return {name: one if name == "id" else grown(one, times) for name, one in count.items()}
    if isinstance(count, list):
        return [grown(one, times) for one in count]
    return count * times if isinstance(count, int) else count


@given(
    rows=st.lists(
        st.tuples(
            # The last of these cannot be read.
            st.sampled_from(["true", "false", "", "perhaps"]),
            st.sampled_from(["150", "149.9", "<150", ""]),
            st.sampled_from(["2026-11-24", "2026-10-01", "2026-11", ""]),
        ),
        min_size=1,
        max_size=8,
    ),
    times=st.integers(2, 5),
    batch=st.sampled_from([1, 3, 100_000]),
)
@settings(max_examples=4, deadline=None)
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_count_of_the_funnel_grows_with_people_repeated_under_new_ids(
    engine: str,
    rows: list[tuple[str, ...]],
    times: int,
    batch: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("repeated")
    command = Command(folder)
    data = folder / "patients.csv"
    funnels = []
    for turns in (1, times):
        people = (
            f"{turn}-{number},{','.join(row)}\n"
            for turn in range(turns)
            for number, row in enumerate(rows)
        )
        data.write_text(PATIENTS.splitlines()[0] + "\n" + "".join(people), encoding="utf-8")
        with pytest.MonkeyPatch.context() as now:
            now.setattr(files, "BATCH", batch)
            ended = command(
                "cohort", TRIAL, data, "-o", folder / "a.csv", *DAY, "--json", "--engine", engine
            )
        assert ended.code in (0, 4)
        (funnel,) = ended.lines()
        assert funnel["patients"] == len(rows) * turns
        funnels.append(funnel)
    assert funnels[1] == grown(funnels[0], times)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (PATIENTS + "A,true,,\n", "name a patient who has another row: `A`"),
        (PATIENTS.replace("patient,", "person,"), "there is no column `patient`"),
        (PATIENTS.replace("platelets.date", "platelets.dat"), "`platelets.dat` is not a known"),
    ],
)
def test_a_table_that_cannot_be_meant_leaves_no_answers(
    command: Command, rows: str, message: str
) -> None:
    data, out = command.folder / "patients.csv", command.folder / "answers.parquet"
    data.write_text(rows, encoding="utf-8")
    ended = command("cohort", TRIAL, data, "-o", out, *DAY)
    assert ended.code == 4
    assert message in ended.err
    assert list(command.folder.iterdir()) == [data]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_without_patients_has_answers_without_rows(
    command: Command, table: Path, engine: str, form: str
) -> None:
    data, out = command.folder / f"nobody.{form}", command.folder / "answers.parquet"
    nobody = pl.read_csv(table, infer_schema=False).head(0)
    getattr(nobody, f"write_{form}")(data)
    ended = command("cohort", TRIAL, data, "-o", out, *DAY, "--engine", engine, "--json")
    assert (ended.code, json.loads(ended.out)["patients"]) == (0, 0)
    assert pl.read_parquet(out).columns == [
        "patient",
        "verdict",
        "first_reason",
        "screening",
        "I1",
        "E1",
    ]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_nan_is_not_given_and_an_infinite_number_is_refused(command: Command, engine: str) -> None:
    data, out = command.folder / "patients.parquet", command.folder / "answers.parquet"
    numbers = [float("nan"), float("inf"), 150.0]
    days = pl.Series(["2026-11-24"] * 3).str.to_date()
    columns = {"smoker": [False] * 3, "platelets [10*9/L]": numbers, "platelets.date": days}
    pl.DataFrame({"patient": ["A", "B", "C"], **columns}).write_parquet(data)
    ended = command("cohort", TRIAL, data, "-o", out, *DAY, "--engine", engine)
    assert ended.code == 4
    assert "patient `B` is not judged\n  column platelets [10*9/L]: `inf` is not a" in ended.err
    found = pl.read_parquet(out).sort("patient")["verdict"].cast(pl.String)
    assert found.to_list() == ["undetermined", None, "eligible"]


def test_whoever_interrupts_leaves_what_was_there(
    command: Command, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = command.folder / "answers.parquet"
    assert command("cohort", TRIAL, table, "-o", out, *DAY).code == 0
    before = out.read_bytes()
    batches: list[int] = []

    def interrupted(*_: object) -> None:
        batches.append(1)
        if len(batches) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(files, "BATCH", 1)
    monkeypatch.setattr(Funnel, "add", interrupted)
    assert command("cohort", TRIAL, table, "-o", out, *DAY).code == 130
    assert out.read_bytes() == before
    assert sorted(one.name for one in command.folder.iterdir()) == ["answers.parquet", table.name]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TRIAL, "nowhere.csv", "-o", "answers.parquet"), "there is no file `nowhere.csv`"),
        ((TRIAL, "{data}", "-o", "answers.xlsx"), "ends in .parquet or .csv"),
        ((TRIAL, TRIAL, "{data}", "-o", "answers"), "`XMPL-001` is asked for twice"),
        ((TRIAL, "{data}", "-o", "nowhere/answers.csv"), "there is no folder"),
        ((TRIAL, "{data}", "-o", "{data}"), "is read, so it is not written over"),
        ((TRIAL, "{data}", "-o", "a.csv", "--engine", "dask"), "`dask` is no engine"),
        ((TRIAL, "{data}", "-o", "a.csv", "--master", "local"), "add `--engine spark`"),
        (("{data}", "-o", "answers.csv"), "a trial and the file of the patients are needed"),
    ],
)
def test_what_cannot_be_carried_out_is_said(
    command: Command, table: Path, arguments: tuple[str, ...], message: str
) -> None:
    ended = command("cohort", *(one.format(data=table) for one in arguments), *DAY)
    assert ended.code == 2
    assert message in ended.err


@pytest.mark.parametrize("form", ["csv", "parquet", "ndjson", "folder"])
def test_a_row_is_explained_from_the_file_it_was_read_from(
    command: Command, table: Path, form: str
) -> None:
    frame = pl.read_csv(table, infer_schema=False)
    data = command.folder / f"data.{form}"
    if form == "folder":
        data.mkdir()
        frame.write_parquet(data / "1.parquet")
    else:
        getattr(frame, f"write_{form}")(data)
    out = command.folder / "answers.csv"
    assert command("cohort", TRIAL, data, "-o", out, *DAY).code == 0
    for answer in pl.read_csv(out, infer_schema=False).to_dicts():
        ended = command("explain", TRIAL, data, "--patient", answer["patient"], *DAY, "--json")
        (tree,) = ended.lines()
        assert tree["patient"] == answer["patient"]
        assert tree["verdict"] == answer["verdict"]
    screened = command("screen", TRIAL, data, *DAY, "--json").lines()
    assert screened == command("screen", TRIAL, table, *DAY, "--json").lines()


def test_a_patient_in_two_rows_of_a_frame_is_nobody_to_explain(command: Command) -> None:
    data = command.folder / "patients.parquet"
    pl.DataFrame({"patient": ["A", "A"], "smoker": [True, False]}).write_parquet(data)
    ended = command("explain", TRIAL, data, "--patient", "A", *DAY)
    assert ended.code == 4
    assert "name a patient who has another row: `A`" in ended.err
