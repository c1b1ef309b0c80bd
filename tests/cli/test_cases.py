"""`screener test`: the example patients of trials."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from screener.catalog import folders, places, read, shipped
from screener.cli.cases import cases_of, judged_cases
from screener.workbench.coverage import coverage
from tests.cli.support import CRITERIA, Command

CASES = "XMPL-001/2.0.cases.yaml"


@pytest.fixture
def folder(command: Command) -> Path:
    copy = command.folder / "trials"
    shutil.copytree(CRITERIA, copy)
    return copy


def _change(folder: Path, old: str, new: str) -> None:
    path = folder / CASES
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_examples_that_answer_as_expected_are_ok(command: Command) -> None:
    ended = command("test")
    assert ended.code == 0
    assert "ok       XMPL-001@2.0  Platelets too old\n" in ended.out
    assert "2 passed, 0 failed" in ended.err


@pytest.mark.parametrize(
    ("old", "new", "what", "expected", "got"),
    [
        ("{verdict: eligible,", "{verdict: ineligible,", "verdict", "ineligible", "eligible"),
        (
            "stages: {screening: eligible}",
            "stages: {screening: ineligible}",
            "stage screening",
            "ineligible",
            "eligible",
        ),
        ("{I1: pass,", "{I1: fail,", "I1", "fail", "pass"),
        ("missing: []", "missing: [smoker]", "missing", "smoker", "nothing"),
    ],
)
def test_a_difference_says_what_was_expected_and_what_came(
    command: Command, folder: Path, old: str, new: str, what: str, expected: str, got: str
) -> None:
    _change(folder, old, new)
    ended = command("test", "XMPL-001", "--criteria", folder)
    assert ended.code == 1
    assert f"{what}: expected {expected}, got {got}\n" in ended.out
    lines = command("test", "XMPL-001", "--criteria", folder, "--json").lines()
    assert [one["ok"] for one in lines] == [False, True]
    assert lines[0]["trial"] == "XMPL-001"
    assert lines[0]["case"] == "Example: enough platelets and no smoker"
    assert lines[0]["differences"] == [{"what": what, "expected": expected, "got": got}]
    assert lines[1]["differences"] == []


def test_an_example_that_cannot_be_read_differs(command: Command, folder: Path) -> None:
    _change(folder, "smoker: false", "smoker: maybe")
    ended = command("test", "--criteria", folder, "--json")
    first, second = ended.lines()
    assert [one["what"] for one in first["differences"]] == ["profile"]
    assert [one["what"] for one in second["differences"]] == ["profile"]
    assert ended.code == 1


def test_outcomes_that_no_example_has_are_named(command: Command) -> None:
    # The examples have I1 as pass and as unknown, and E1 as pass twice.
    out = command("test", "XMPL-001@2.0").out
    assert out.splitlines()[2:] == [
        "no example in XMPL-001@2.0 ends as fail: I1, E1",
        "no example in XMPL-001@2.0 ends as unknown: E1",
    ]
    assert "ends as pass: I1, E1" in command("test", "XMPL-001@1.0").out


def test_only_the_version_asked_for_is_tested(command: Command) -> None:
    assert command("test", "XMPL-001@1.0", "--json").lines() == []
    assert len(command("test", "XMPL-001@2.0", "--json").lines()) == 2


def test_bad_rules_outweigh_examples(command: Command, folder: Path) -> None:
    rules = folder / "XMPL-001" / "1.0.yaml"
    text = rules.read_text(encoding="utf-8").replace("fact: smoker", "fact: x")
    rules.write_text(text, encoding="utf-8")
    ended = command("test", "--criteria", folder, "--json")
    assert ended.code == 3
    assert len(ended.lines()) == 2


def test_what_the_examples_do_not_exercise_is_listed(command: Command) -> None:
    # I1: pass, unknown; never fail, hence never decisive. Its limit is met and never missed.
    # E1: passes twice, and its leaf decides that; a known smoker or an unknown one is not there.
    ended = command("test", "XMPL-001@2.0", "--coverage", "0")
    assert ended.code == 0
    assert ended.out.splitlines()[2:] == [
        "XMPL-001@2.0: 9 of 18 exercised (50.0 %)",
        "  I1 never fails",
        "  I1 never decides alone",
        "  I1, Platelets (line 14) is never false",
        "  I1, Platelets (line 14): the limit 150 is never missed",
        "  E1 never fails",
        "  E1 is never unknown",
        "  E1 never decides alone",
        "  E1, Smoker (line 19) is never true",
        "  E1, Smoker (line 19) is never unknown",
    ]


def test_too_little_coverage_ends_with_1(command: Command) -> None:
    assert command("test", "XMPL-001@2.0", "--coverage", "50").code == 0
    ended = command("test", "XMPL-001@2.0", "--coverage", "50.1", "--json")
    assert ended.code == 1
    told = ended.lines()[-1]
    assert (told["coverage"], told["targets"], len(told["not_exercised"])) == (50.0, 18, 9)
    assert "XMPL-001@2.0: 50.00 % exercised, less than the 50.1 % asked for" in ended.err
    assert told["not_exercised"][0] == {
        "criterion": "I1",
        "what": "fail",
        "leaf": None,
        "limit": None,
    }


def test_mistakes_that_no_example_notices_are_told_with_a_patient_who_would(
    command: Command,
) -> None:
    """The examples: platelets of 150 on the day, and platelets too old; nobody below the limit."""
    ended = command("test", "XMPL-001@2.0", "--mutate", "--json")
    told = ended.lines()[-1]
    by_mistake = {(one["criterion"], one["mistake"]): one for one in told["survivors"]}
    lower = by_mistake["I1", "Platelets: 149 for 150"]["profile"]
    assert 149 <= Decimal(lower["facts"]["platelets"]["value"]) < 150
    assert ("I1", "Platelets: 151 for 150") not in by_mistake
    assert ("E1", "stands on the wrong side") not in by_mistake
    assert ended.code == 1
    assert told["noticed"] + len(told["equivalent"]) + len(told["survivors"]) == told["mistakes"]


def test_the_examples_of_every_shipped_trial_exercise_all_of_its_newest_version() -> None:
    for found in places(folders([shipped("criteria")])).values():
        edition = max(map(read, found), key=lambda one: one.protocol.effective)
        missed = coverage(edition, judged_cases(edition, cases_of(edition.place))).missed
        assert (edition.protocol.trial, missed) == (edition.protocol.trial, ())
