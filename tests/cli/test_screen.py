"""`screener screen`: verdicts, days, rejected patients, exit codes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from screener.cli import console
from screener.trial import Trial
from tests.cli.support import CRITERIA, Command, patient

DAY = "--as-of=2026-11-24"


@pytest.mark.parametrize(
    ("given", "verdict", "code"),
    [
        (patient("A"), "eligible", 0),
        (patient("A", smoker=True), "ineligible", 10),
        (patient("A", platelets=None), "undetermined", 11),
    ],
)
def test_the_verdict_is_a_word_and_an_exit_code_only_if_asked_for(
    command: Command, given: object, verdict: str, code: int
) -> None:
    file = command.write("a.json", given)
    shown = command("screen", "XMPL-001", file, DAY)
    assert verdict.upper() in shown.out
    assert shown.code == 0
    assert command("screen", "XMPL-001", file, DAY, "--exit-code").code == code


def test_any_ineligible_patient_outweighs_any_undetermined_one(command: Command) -> None:
    file = command.write("a.ndjson", patient("A", platelets=None), patient("B", smoker=True))
    assert command("screen", "XMPL-001", file, DAY, "--exit-code").code == 10


def test_json_is_one_object_a_line_and_alone_on_standard_output(command: Command) -> None:
    file = command.write("a.ndjson", patient("A"), patient("B", smoker=True))
    ended = command("screen", "XMPL-001", file, DAY, "--json")
    answers = ended.lines()
    assert [one["patient"] for one in answers] == ["A", "B"]
    assert [one["verdict"] for one in answers] == ["eligible", "ineligible"]
    assert {one["as_of"] for one in answers} == {"2026-11-24"}
    assert "2 patients: 1 eligible, 0 undetermined, 1 ineligible" in ended.err


def test_a_rejected_patient_keeps_its_place_and_stops_no_other(command: Command) -> None:
    broken = {"patient": "B", "facts": {"plateletz": 5, "smoker": "maybe"}}
    file = command.write("a.ndjson", patient("A"), broken, patient("C"))
    ended = command("screen", "XMPL-001", file, DAY, "--json", "--exit-code")
    first, second, third = ended.lines()
    assert (first["patient"], third["patient"]) == ("A", "C")
    assert set(second) == {"patient", "line", "error"}
    assert (second["patient"], second["line"]) == ("B", 2)
    assert set(second["error"]) == {"pointer", "message", "hint"}
    assert second["error"]["pointer"] in ("/facts/plateletz", "/facts/smoker")
    assert "/facts/plateletz" in ended.err
    assert "/facts/smoker" in ended.err
    assert f"{file}:2: patient `B` is not judged" in ended.err
    assert ended.code == 4


def test_a_line_that_is_not_json_is_rejected_by_its_number(command: Command) -> None:
    file = command.folder / "a.ndjson"
    file.write_text(json.dumps(patient("A")) + "\n\n{broken\n" + json.dumps(patient("C")) + "\n")
    ended = command("screen", "XMPL-001", file, DAY, "--json")
    _, second, third = ended.lines()
    assert (second["patient"], second["line"]) == (None, 3)
    assert third["patient"] == "C"
    assert ended.code == 4


def test_in_text_a_rejected_patient_is_on_standard_error_alone(command: Command) -> None:
    file = command.write("a.json", {"patient": "B", "facts": {"plateletz": 5}})
    ended = command("screen", "XMPL-001", file, DAY)
    assert ended.out == ""
    assert "did you mean" in ended.err or "platelets" in ended.err
    assert ended.code == 4


def test_a_profile_comes_from_standard_input(command: Command) -> None:
    stdin = json.dumps(patient("A")).encode()
    (answer,) = command("screen", "XMPL-001", "-", DAY, "--json", stdin=stdin).lines()
    assert answer["verdict"] == "eligible"


def test_a_profile_may_be_spread_over_lines_and_begin_with_a_byte_order_mark(
    command: Command,
) -> None:
    stdin = b"\xef\xbb\xbf" + json.dumps(patient("A"), indent=2).encode()
    (answer,) = command("screen", "XMPL-001", "-", DAY, "--json", stdin=stdin).lines()
    assert answer["patient"] == "A"


def test_several_files_are_read_in_their_order(command: Command) -> None:
    later, sooner = command.write("b.json", patient("B")), command.write("a.json", patient("A"))
    ended = command("screen", "XMPL-001", later, sooner, DAY, "--json")
    assert [one["patient"] for one in ended.lines()] == ["B", "A"]


def test_an_empty_file_is_bad_data_but_an_empty_list_is_not(command: Command) -> None:
    assert command("screen", "XMPL-001", command.write("a.json"), DAY).code == 4
    ended = command("screen", "XMPL-001", command.write("a.ndjson"), DAY, "--json")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith("there is no patient in `")
    assert "a.ndjson`" in ended.err


# --- the day ----------------------------------------------------------------------------------


def test_the_profile_may_carry_the_day(command: Command) -> None:
    file = command.write("a.json", patient("A") | {"as_of": "2026-11-25"})
    (answer,) = command("screen", "XMPL-001", file, "--json").lines()
    assert answer["as_of"] == "2026-11-25"


def test_two_different_days_are_an_error_and_the_same_twice_is_not(command: Command) -> None:
    file = command.write("a.json", patient("A") | {"as_of": "2026-11-25"})
    ended = command("screen", "XMPL-001", file, DAY, "--json")
    assert ended.lines()[0]["error"]["pointer"] == "/as_of"
    assert ended.code == 4
    assert command("screen", "XMPL-001", file, "--as-of=2026-11-25").code == 0


def test_today_is_used_where_nobody_names_a_day_and_said_once(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "today", lambda: date(2026, 11, 24).toordinal())
    file = command.write("a.ndjson", patient("A"), patient("B"))
    ended = command("screen", "XMPL-001", file, "--json")
    assert [one["as_of"] for one in ended.lines()] == ["2026-11-24"] * 2
    assert ended.err.count("as of 2026-11-24 (today") == 1


@pytest.mark.parametrize("day", ["2026-11", "24.11.2026", "2026-02-30", "tomorrow"])
def test_a_day_that_is_none_is_wrong_usage(command: Command, day: str) -> None:
    ended = command("screen", "XMPL-001", command.write("a.json", patient("A")), f"--as-of={day}")
    assert ended.code == 2
    assert f"`{day}`" in ended.err


def test_a_day_in_the_profile_that_is_none_is_bad_data(command: Command) -> None:
    file = command.write("a.json", patient("A") | {"as_of": "2026-02-30"})
    ended = command("screen", "XMPL-001", file, "--json")
    assert ended.lines()[0]["error"]["pointer"] == "/as_of"
    assert ended.code == 4


# --- the trial --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "version"), [("2025-12-31", "1.0"), ("2026-01-01", "2.0"), ("2026-01-02", "2.0")]
)
def test_the_version_in_force_on_the_day_judges(command: Command, day: str, version: str) -> None:
    file = command.write("a.json", patient("A", date=day))
    (answer,) = command("screen", "XMPL-001", file, f"--as-of={day}", "--json").lines()
    assert answer["version"] == version


def test_a_version_asked_for_judges_on_any_day(command: Command) -> None:
    file = command.write("a.json", patient("A", platelets=120))
    (first,) = command("screen", "XMPL-001@1.0", file, DAY, "--json").lines()
    (second,) = command("screen", "XMPL-001@2.0", file, DAY, "--json").lines()
    assert (first["verdict"], second["verdict"]) == ("eligible", "ineligible")


def test_before_the_first_version_its_date_is_named(command: Command) -> None:
    file = command.write("a.json", patient("A"))
    ended = command("screen", "XMPL-001", file, "--as-of=2024-12-31")
    assert ended.code == 2
    assert "2025-01-01" in ended.err


def test_a_profile_of_a_day_before_the_first_version_is_rejected_alone(command: Command) -> None:
    file = command.write(
        "a.ndjson",
        patient("A") | {"as_of": "2024-12-31"},
        patient("B") | {"as_of": "2026-11-24"},
    )
    ended = command("screen", "XMPL-001", file, "--json")
    first, second = ended.lines()
    assert first["error"]["pointer"] == "/as_of"
    assert "2025-01-01" in first["error"]["hint"]
    assert second["verdict"] == "eligible"
    assert ended.code == 4


def test_a_rule_file_may_be_named_by_its_path(command: Command) -> None:
    file = command.write("a.json", patient("A"))
    path = CRITERIA / "XMPL-001" / "1.0.yaml"
    ended = command("screen", path, file, DAY, "--json", env={"SCREENER_CRITERIA": ""})
    assert ended.lines()[0]["version"] == "1.0"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("XMPL-01", "did you mean `XMPL-001`?"),
        ("xmpl-001", "did you mean `XMPL-001`?"),
        ("other", "the trials here are `XMPL-001`"),
        ("XMPL-001@3.0", "its versions are `1.0`, `2.0`"),
        ("nowhere/1.0.yaml", "does not exist"),
    ],
)
def test_an_unknown_trial_is_wrong_usage_and_says_what_there_is(
    command: Command, name: str, hint: str
) -> None:
    ended = command("screen", name, command.write("a.json", patient("A")), DAY)
    assert ended.code == 2
    assert hint in ended.err


def test_a_folder_given_outweighs_the_environment_and_the_working_directory(
    command: Command,
) -> None:
    (command.folder / "criteria").mkdir()
    file = command.write("a.json", patient("A"))
    assert command("screen", "XMPL-001", file, DAY, env={"SCREENER_CRITERIA": ""}).code == 2
    ended = command(
        "screen", "XMPL-001", file, DAY, "--criteria", CRITERIA, env={"SCREENER_CRITERIA": "none"}
    )
    assert ended.code == 0


def test_without_any_folder_the_shipped_trials_are_found(command: Command) -> None:
    ended = command("trials", "--json", env={"SCREENER_CRITERIA": ""})
    assert "NCT01681446" in [one["trial"] for one in ended.lines()]


def test_a_file_that_is_not_there_is_wrong_usage_before_anybody_is_judged(
    command: Command,
) -> None:
    file = command.write("a.json", patient("A"))
    ended = command("screen", "XMPL-001", file, "missing.json", DAY)
    assert (ended.code, ended.out) == (2, "")
    assert "`missing.json`" in ended.err


def test_bad_rules_end_with_their_own_code_and_a_caret(command: Command) -> None:
    rules = command.folder / "bad.yaml"
    good = (CRITERIA / "XMPL-001" / "2.0.yaml").read_text(encoding="utf-8")
    rules.write_text(good.replace("fact: smoker", "fact: smokes"), encoding="utf-8")
    (command.folder / "vocabulary.yaml").write_bytes((CRITERIA / "vocabulary.yaml").read_bytes())
    ended = command("screen", rules, command.write("a.json", patient("A")), DAY)
    assert (ended.code, ended.out) == (3, "")
    assert "^" in ended.err
    assert "`smokes`" in ended.err


def test_an_internal_error_is_one_line_without_the_patients_values(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("platelets 4711")

    monkeypatch.setattr(Trial, "place_data", fail)
    ended = command("screen", "XMPL-001", command.write("a.json", patient("A")), DAY)
    assert (ended.code, ended.out) == (5, "")
    assert len(ended.err.splitlines()) == 1
    assert "please report" in ended.err
    assert "4711" not in ended.err
    assert "Traceback" not in ended.err


def test_a_patient_cannot_steer_the_terminal(command: Command) -> None:
    evil = "\x1b[2J" + "A"
    ended = command("screen", "XMPL-001", command.write("a.json", patient(evil)), DAY)
    assert "\x1b" not in ended.out
    wrong = command.write("b.json", {"patient": evil, "facts": {"\x1b]0;x": 1}})
    assert "\x1b" not in command("screen", "XMPL-001", wrong, DAY).err


def test_the_shipped_folder_is_the_checkouts_own_here() -> None:
    from screener.catalog import shipped

    assert shipped("criteria") == Path(__file__).resolve().parents[2] / "criteria"
