"""`screener match`: one patient against every trial there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from screener.cli.match import some
from tests.cli.support import CRITERIA, Command, Ended, patient

DAY = "--as-of=2026-11-24"

RULES = """
trial: {trial}
title: A made-up trial
{head}version: "1.0"
effective: {effective}
source: Made up
outline: [1]
stages:
  - id: screening
    title: Screening visit
    inclusion:
      - id: I1
        text: A made-up criterion.
        source: "1"
        rule: {rule}
"""
ENOUGH = "{fact: platelets, at_least: 100 10*9/L, within: 14 d before as_of}"
BOTH = f"{{all_of: [{{fact: smoker, is: true}}, {ENOUGH}]}}"


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    """Trials that want platelets (T1), a smoker (T2), both (T3), and a review like T1 (R1)."""
    folder = tmp_path / "trials"
    folder.mkdir()
    vocabulary = (CRITERIA / "vocabulary.yaml").read_bytes()
    (folder / "vocabulary.yaml").write_bytes(vocabulary)
    add(folder, "T1", ENOUGH)
    add(folder, "T2", "{fact: smoker, is: true}")
    add(folder, "T3", BOTH)
    add(folder, "R1", ENOUGH, head="kind: evidence_review\n")
    return folder


def add(folder: Path, trial: str, rule: str, effective: str = "2026-01-01", head: str = "") -> None:
    (folder / trial).mkdir()
    text = RULES.format(trial=trial, rule=rule, effective=effective, head=head)
    (folder / trial / "1.0.yaml").write_text(text, encoding="utf-8")


def shown(ended: Ended) -> list[tuple[str, str | None]]:
    return [(one["trial"], one["verdict"]) for one in ended.lines()]


def test_json_is_a_line_per_trial_in_order(command: Command, trials: Path) -> None:
    file = command.write("a.json", patient("A"))
    ended = command("match", file, DAY, "--json", "--criteria", trials)
    assert shown(ended) == [("T1", "eligible"), ("T2", "ineligible"), ("T3", "ineligible")]
    for line in ended.lines():
        assert list(line) == [
            *("patient", "trial", "version", "verdict", "missing", "reason", "remedy")
        ]
    first, second, _ = ended.lines()
    assert (first["patient"], first["version"]) == ("A", "1.0")
    assert (first["missing"], first["reason"], first["remedy"]) == ([], None, None)
    assert second["reason"]["criterion"] == "I1"
    assert second["remedy"] == {"kind": "none", "date": None}
    assert ended.code == 0


def test_the_reason_is_the_sentence_that_screening_gives(command: Command, trials: Path) -> None:
    file = command.write("a.json", patient("A"))
    (answer,) = command("screen", "T2", file, DAY, "--json", "--criteria", trials).lines()
    line = command("match", file, DAY, "--json", "--criteria", trials).lines()[1]
    assert line["reason"]["sentence"] == answer["criteria"][0]["sentence"]


def test_the_fewest_missing_facts_come_first(command: Command, trials: Path) -> None:
    file = command.write("a.json", {"patient": "A", "facts": {}})
    ended = command("match", file, DAY, "--json", "--criteria", trials)
    missing = [(one["trial"], [lack["fact"] for lack in one["missing"]]) for one in ended.lines()]
    assert missing == [("T1", ["platelets"]), ("T2", ["smoker"]), ("T3", ["smoker", "platelets"])]


def test_text_ends_with_the_shortest_list(command: Command, trials: Path) -> None:
    file = command.write("a.json", {"patient": "A", "facts": {}})
    out = command("match", file, DAY, "--criteria", trials).out
    assert out.startswith("Patient A, as of 2026-11-24, against 3 trials\n")
    assert "  T3 version 1.0\n    2 facts missing: Smoker, Platelets\n" in out
    assert (
        "  - Smoker (by asking): settles T2\n"
        "  - then also Platelets (by a blood draw): settles T1, T3\n"
    ) in out


@pytest.mark.parametrize(
    ("facts", "ends"),
    [(12, "F11, F12"), (13, "F12, F13"), (14, "F11, F12 and 2 more"), (48, "F12 and 36 more")],
)
def test_a_list_that_nobody_reads_to_its_end_is_cut(facts: int, ends: str) -> None:
    assert some([f"F{number}" for number in range(1, facts + 1)]).endswith(ends)


def test_a_review_of_evidence_is_left_out_unless_asked_for(command: Command, trials: Path) -> None:
    file = command.write("a.json", patient("A"))
    every = command("match", file, DAY, "--json", "--all", "--criteria", trials)
    assert shown(every)[:2] == [("R1", "eligible"), ("T1", "eligible")]


def test_the_version_in_force_on_the_day_judges(command: Command) -> None:
    file = command.write("a.json", patient("A", 120, date="2025-06-01"))
    ended = command("match", file, "--as-of=2025-06-01", "--json")
    assert [(one["version"], one["verdict"]) for one in ended.lines()] == [("1.0", "eligible")]


def test_a_trial_not_yet_in_force_is_listed_as_such(command: Command, trials: Path) -> None:
    add(trials, "T0", ENOUGH, "2027-01-01")
    file = command.write("a.json", patient("A"))
    ended = command("match", file, DAY, "--json", "--criteria", trials)
    last = ended.lines()[-1]
    assert (last["trial"], last["version"], last["verdict"]) == ("T0", None, None)
    assert last["reason"]["criterion"] is None
    assert "2027-01-01" in last["reason"]["sentence"]
    assert ended.code == 0
    text = command("match", file, DAY, "--criteria", trials).out
    assert "Not judged\n  T0\n" in text


def test_a_trial_with_faults_stops_no_other(command: Command, trials: Path) -> None:
    add(trials, "T0", "{fact: plateletz, at_least: 3}")
    file = command.write("a.ndjson", patient("A"), patient("B"))
    ended = command("match", file, DAY, "--json", "--criteria", trials)
    assert [one["trial"] for one in ended.lines()] == ["T1", "T2", "T3"] * 2
    assert ended.err.count("unknown-fact") == 1
    assert ended.code == 3


def test_a_rejected_patient_stops_no_other(command: Command, trials: Path) -> None:
    broken = {"patient": "B", "facts": {"plateletz": 5}}
    file = command.write("a.ndjson", broken, patient("C"))
    ended = command("match", file, DAY, "--json", "--criteria", trials)
    first, *others = ended.lines()
    assert (first["patient"], first["line"], set(first)) == ("B", 1, {"patient", "line", "error"})
    assert [one["patient"] for one in others] == ["C"] * 3
    assert ended.code == 4


def test_a_day_that_contradicts_the_profile_rejects_the_patient(
    command: Command, trials: Path
) -> None:
    file = command.write("a.json", {**patient("A"), "as_of": "2026-11-23"})
    ended = command("match", file, DAY, "--json", "--criteria", trials)
    assert [one["error"]["pointer"] for one in ended.lines()] == ["/as_of"]
    own = command("match", file, "--criteria", trials)
    assert own.out.startswith("Patient A, as of 2026-11-23,")


def test_a_fact_that_only_another_trial_declares_is_no_fault(
    command: Command, trials: Path
) -> None:
    local = "facts:\n  pets: {type: boolean, kind: fixed, label: Pets, cost: asked}\n"
    add(trials, "T4", "{fact: pets, is: true}", head=local)
    given: dict[str, Any] = patient("A")
    given["facts"]["pets"] = True
    file = command.write("a.json", given)
    ended = command("match", file, DAY, "--json", "--criteria", trials)
    assert shown(ended)[:2] == [("T1", "eligible"), ("T4", "eligible")]


def test_a_trial_that_reads_a_given_fact_otherwise_does_not_judge(
    command: Command, trials: Path
) -> None:
    for trial, kind in (("T4", "boolean"), ("T5", "date")):
        local = f"facts:\n  pets: {{type: {kind}, kind: fixed, label: Pets, cost: asked}}\n"
        rule = (
            "{fact: pets, is: true}" if kind == "boolean" else "{fact: pets, at_most: 2026-01-01}"
        )
        add(trials, trial, rule, head=local)
    given: dict[str, Any] = patient("A")
    given["facts"]["pets"] = True
    ended = command("match", command.write("a.json", given), DAY, "--json", "--criteria", trials)
    last = ended.lines()[-1]
    assert (last["trial"], last["verdict"]) == ("T5", None)
    assert "`pets`" in last["reason"]["sentence"]
    without = command(
        *("match", command.write("b.json", patient("B")), DAY, "--json", "--criteria", trials)
    )
    assert [one["missing"][0]["fact"] for one in without.lines() if one["trial"] == "T5"] == [
        "pets"
    ]


def test_a_table_and_standard_input_are_taken_in_as_in_screening(
    command: Command, trials: Path
) -> None:
    table = command.folder / "a.csv"
    table.write_text(
        "patient,platelets,platelets.unit,platelets.date,smoker\n007,150,10*9/L,2026-11-24,false\n",
        encoding="utf-8",
    )
    from_table = command("match", table, DAY, "--json", "--criteria", trials)
    line = json.dumps(patient("007")).encode()
    from_input = command("match", "-", DAY, "--json", "--criteria", trials, stdin=line)
    assert shown(from_table) == shown(from_input)
    assert shown(from_table)[0] == ("T1", "eligible")
    assert {one["patient"] for one in from_table.lines()} == {"007"}


def test_several_patients_are_a_block_each(command: Command, trials: Path) -> None:
    file = command.write("a.ndjson", patient("A"), patient("B", smoker=True))
    out = command("match", file, DAY, "--criteria", trials).out
    first, second = out.split("-" * 100 + "\n")
    assert first.startswith("Patient A,")
    assert second.startswith("Patient B,")


def test_no_trials_at_all_is_a_mistake_of_usage(command: Command) -> None:
    (command.folder / "empty").mkdir()
    file = command.write("a.json", patient("A"))
    ended = command("match", file, DAY, "--criteria", command.folder / "empty")
    assert ended.code == 2
    assert "there are no trials" in ended.err
