"""`screener trials`: what there is, and what is in force."""

from __future__ import annotations

import hashlib
import shutil

import pytest

from tests.cli.support import CRITERIA, Command


@pytest.mark.parametrize(
    ("day", "statuses"),
    [
        ("2024-12-31", ["future", "future"]),
        ("2025-01-01", ["in_force", "future"]),
        ("2026-01-01", ["superseded", "in_force"]),
    ],
)
def test_each_version_has_a_status_on_the_day(
    command: Command, day: str, statuses: list[str]
) -> None:
    (answer,) = command("trials", "--json", f"--as-of={day}").lines()
    assert list(answer) == ["trial", "title", "kind", "versions"]
    assert (answer["trial"], answer["title"]) == ("XMPL-001", "A made-up trial, second version")
    assert [one["status"] for one in answer["versions"]] == statuses
    assert [list(one) for one in answer["versions"]] == [
        ["version", "effective", "status", "sha256"]
    ] * 2
    assert [one["effective"] for one in answer["versions"]] == ["2025-01-01", "2026-01-01"]


def test_the_hash_is_that_of_the_files_bytes(command: Command) -> None:
    (answer,) = command("trials", "--json").lines()
    bytes_ = (CRITERIA / "XMPL-001" / "1.0.yaml").read_bytes()
    assert answer["versions"][0]["sha256"] == hashlib.sha256(bytes_).hexdigest()


def test_in_text_the_version_in_force_is_said_in_words(command: Command) -> None:
    out = command("trials", "--as-of=2026-11-24").out
    assert "XMPL-001  A made-up trial, second version\n" in out
    assert "in force" in out
    assert "superseded" in out


def test_a_trial_with_faults_is_reported_and_the_others_are_listed(command: Command) -> None:
    folder = command.folder / "trials"
    shutil.copytree(CRITERIA, folder)
    (folder / "XMPL-002").mkdir()
    (folder / "XMPL-002" / "1.0.yaml").write_text("trial: XMPL-002\n", encoding="utf-8")
    ended = command("trials", "--json", "--criteria", folder)
    assert [one["trial"] for one in ended.lines()] == ["XMPL-001"]
    assert "XMPL-002" in ended.err
    assert ended.code == 3


def test_two_versions_of_one_day_cannot_both_be_in_force(command: Command) -> None:
    folder = command.folder / "trials"
    shutil.copytree(CRITERIA, folder)
    path = folder / "XMPL-001" / "1.0.yaml"
    path.write_text(path.read_text().replace("2025-01-01", "2026-01-01"), encoding="utf-8")
    file = command.write("a.json", {"patient": "A", "facts": {}})
    ended = command("screen", "XMPL-001", file, "--as-of=2026-11-24", "--criteria", folder)
    assert ended.code == 3
    assert "same-effective-date" in ended.err
