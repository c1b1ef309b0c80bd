"""`screener check`: every fault with its place, and where the items of the source have gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.support import CRITERIA, Command

RULES = "XMPL-001/2.0.yaml"


@pytest.fixture
def folder(command: Command) -> Path:
    copy = command.folder / "trials"
    shutil.copytree(CRITERIA, copy)
    return copy


def _spoil(path: Path, good: str, bad: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad), encoding="utf-8")


def test_files_without_faults_are_done_and_say_where_each_item_has_gone(command: Command) -> None:
    ended = command("check", CRITERIA)
    assert ended.code == 0
    assert "XMPL-001 2.0, 2 criteria" in ended.out
    assert "  1: I1\n  2: E1\n  3: not encoded\n" in ended.out
    assert "0 errors" in ended.err


def test_all_faults_of_a_file_come_at_once_with_place_caret_and_hint(
    command: Command, folder: Path
) -> None:
    _spoil(folder / RULES, "fact: smoker", "fact: smokr")
    _spoil(folder / RULES, "150 10*9/L,", "150 mg/dL,")
    ended = command("check", folder)
    assert ended.code == 3
    assert "`smokr`" in ended.out
    assert "mg/dL" in ended.out
    assert ended.out.count("^") >= 2
    assert "hint:" in ended.out
    # Counted in the file: the rules of I1 and E1.
    assert "2.0.yaml:14:" in ended.out
    assert "2.0.yaml:19:" in ended.out


def test_json_has_a_line_for_each_fault_and_nothing_else(command: Command, folder: Path) -> None:
    _spoil(folder / RULES, "fact: smoker", "fact: smokr")
    ended = command("check", folder / RULES, "--json")
    (fault,) = ended.lines()
    keys = ["id", "file", "line", "column", "message", "expected", "hint", "severity"]
    assert list(fault) == keys
    assert fault["file"].endswith(RULES)
    assert fault["line"] == 19
    assert fault["severity"] == "error"
    assert ended.code == 3


def test_json_of_files_without_faults_is_empty(command: Command) -> None:
    ended = command("check", CRITERIA, "--json")
    assert (ended.code, ended.out) == (0, "")


def test_a_fault_of_the_vocabulary_is_said_once_though_two_rule_files_need_it(
    command: Command, folder: Path
) -> None:
    _spoil(folder / "vocabulary.yaml", "type: boolean", "type: bool")
    ended = command("check", folder, "--json")
    faults = ended.lines()
    assert [one["file"].endswith("vocabulary.yaml") for one in faults].count(True) == 1
    assert ended.code == 3


def test_a_case_file_is_checked_too(command: Command, folder: Path) -> None:
    _spoil(folder / "XMPL-001/2.0.cases.yaml", "verdict: eligible", "verdikt: eligible")
    for path in (folder, folder / "XMPL-001" / "2.0.cases.yaml"):
        ended = command("check", path)
        assert ended.code == 3
        assert "verdikt" in ended.out


def test_a_file_in_the_wrong_place_is_a_fault(command: Command, folder: Path) -> None:
    (folder / RULES).rename(folder / "XMPL-001" / "2.1.yaml")
    ended = command("check", folder, "--json")
    assert "misplaced-file" in [one["id"] for one in ended.lines()]
    assert ended.code == 3


def test_without_paths_the_trials_found_are_checked(command: Command, folder: Path) -> None:
    _spoil(folder / RULES, "fact: smoker", "fact: smokr")
    assert command("check").code == 0
    assert command("check", "--criteria", folder).code == 3


def test_a_path_that_is_not_there_is_wrong_usage(command: Command) -> None:
    ended = command("check", "nowhere")
    assert ended.code == 2
    assert "`nowhere`" in ended.err


def test_a_file_that_is_not_text_is_a_fault_with_its_line(command: Command, folder: Path) -> None:
    with (folder / RULES).open("ab") as file:
        file.write(b"# \xff\n")
    ended = command("check", folder / RULES, "--json")
    (fault,) = ended.lines()
    # The file has 23 lines, counted by hand, and the new one comes after them.
    assert (fault["id"], fault["line"]) == ("not-utf-8", 24)
    assert ended.code == 3
