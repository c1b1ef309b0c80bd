"""`screener screen --log` and `screener log`: what is recorded, said, and how it ends."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from screener.cli import console
from screener.log.append import append
from screener.log.entries import Identity, Void, When, Who
from screener.log.store import open_log
from tests.cli.support import Command, patient

DAY = "--as-of=2026-11-24"


@pytest.fixture
def log(command: Command) -> str:
    """A log of three answers: two attempts of A, one of B."""
    first = command.write("1.ndjson", patient("A", platelets=50), patient("B", platelets=None))
    second = command.write("2.ndjson", patient("A"))
    for file in (first, second):
        assert command("screen", "XMPL-001", file, DAY, "--log", "log.db").code == 0
    return "log.db"


def _change(statement: str) -> None:
    with sqlite3.connect("log.db") as connection:
        for (guard,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            connection.execute(f"DROP TRIGGER {guard}")
        connection.execute(statement)


def test_an_answer_says_under_which_record_it_was_recorded(command: Command) -> None:
    file = command.write("a.json", patient("A"))
    shown = command("screen", "XMPL-001", file, DAY, "--log", "log.db")
    assert "Recorded as " in shown.out
    assert ", entry 1, attempt 1.\n" in shown.out
    again = command("screen", "XMPL-001", file, DAY, "--log", "log.db", "--json").lines()
    recorded = again[0]["recorded"]
    assert (recorded["seq"], recorded["attempt"], recorded["version"]) == (2, 2, 1)
    (first,) = [
        word.strip(",") for word in shown.out.split("Recorded as ")[1].split(" ") if len(word) > 31
    ]
    assert recorded["previous"] == first


def test_without_a_log_nothing_is_said_of_one(command: Command) -> None:
    file = command.write("a.json", patient("A"))
    assert "ecorded as" not in command("screen", "XMPL-001", file, DAY).out
    assert "recorded" not in command("screen", "XMPL-001", file, DAY, "--json").lines()[0]
    assert command("screen", "XMPL-001", file, DAY, "--by", "Me").code == console.USAGE


def test_a_typed_name_is_marked_as_typed_and_the_account_as_the_account(command: Command) -> None:
    file = command.write("a.json", patient("A"))
    command("screen", "XMPL-001", file, DAY, "--log", "log.db", "--by", "Site nurse")
    command("screen", "XMPL-001", file, DAY, "--log", "log.db")
    rows = command("log", "export", "log.db", "--json").lines()
    assert [(row["completed_by"], row["identity_source"]) for row in rows] == [
        ("Site nurse", "typed"),
        (console.account(), "account"),
    ]


def test_an_answer_that_cannot_be_recorded_is_marked_and_nobody_else_is_screened(
    command: Command, log: str
) -> None:
    with sqlite3.connect(log) as other:
        other.execute("CREATE TRIGGER no_more BEFORE INSERT ON entries WHEN NEW.seq > 4 "
                      "BEGIN SELECT RAISE(ABORT, 'full'); END")  # fmt: skip
    three = command.write("3.ndjson", patient("C"), patient("D"), patient("E"))
    shown = command("screen", "XMPL-001", three, DAY, "--log", log)
    assert shown.code == console.INTERNAL
    assert shown.out.count("Recorded as") == 1
    assert shown.out.count("NOT RECORDED: the log could not be written.") == 1
    assert "Patient E" not in shown.out
    assert "error: the log `log.db` cannot be used: its guards refuse the entry" in shown.err
    said = command("screen", "XMPL-001", three, DAY, "--log", log, "--json")
    assert [line["recorded"] for line in said.lines()] == [None]
    assert command("log", "verify", log).code == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere/log.db", "the log `nowhere/log.db` cannot be made: no such file or directory"),
        (".", "`.` is not a log, but a folder"),
        ("mysql://u:secret@h/d", "`mysql://u:***@h/d` is not a log"),
    ],
)
def test_a_log_that_cannot_be_is_said_before_anybody_is_screened(
    command: Command, name: str, message: str
) -> None:
    shown = command("screen", "XMPL-001", command.write("a.json", patient("A")), "--log", name)
    assert (shown.code, shown.out) == (console.USAGE, "")
    assert message in shown.err


def test_verify_prints_the_head_and_finds_what_was_changed(command: Command, log: str) -> None:
    good = command("log", "verify", log)
    assert good.code == 0
    assert good.out.startswith("Holds: 3 entries, each as it was written.\nHead: ")
    assert command("log", "verify", log, "--json").lines()[0]["ok"] is True
    _change("UPDATE contents SET verdict = 'eligible' WHERE seq = 2")
    bad = command("log", "verify", log)
    assert (bad.code, bad.out) == (1, "BAD: entry 2 of 3: its contents were changed\n")
    assert command("log", "verify", log, "--json").lines()[0]["bad"] == {
        "entry": 2,
        "what": "its contents were changed",
    }


def test_verify_finds_against_a_head_what_was_cut_off(command: Command, log: str) -> None:
    head = command("log", "verify", log, "--json").lines()[0]["head"]
    assert (
        "The head given is in it; 0 entries since."
        in command("log", "verify", log, "--head", head).out
    )
    _change("DELETE FROM contents WHERE seq = 3")
    _change("DELETE FROM entries WHERE seq = 3")
    assert command("log", "verify", log).code == 0
    cut = command("log", "verify", log, "--head", head)
    assert cut.code == 1
    assert "is not in the chain: entries after it are cut off or changed" in cut.out


def test_verify_blames_no_clock_alone_for_an_entry_that_came_late(command: Command) -> None:
    made = ("screen", "XMPL-001", command.write("1.ndjson", patient("A")), DAY, "--log", "log.db")
    assert command(*made).code == 0
    (row,) = command("log", "export", "log.db", "--json").lines()
    who, before = Who("Ada", Identity.TYPED), When("2000-01-01T00:00:00.000000Z", "+00:00")
    with open_log("log.db") as opened:
        append(opened, Void(record=row["record_id"], reason="A slip.", who=who, when=before))
    assert (
        "Earlier than the entry before: 1 entry. A clock was set back, or programs wrote at the "
        "same moment." in command("log", "verify", "log.db").out
    )


def test_a_log_that_is_not_there_is_wrong_usage(command: Command) -> None:
    for words in (["verify"], ["export"], ["replay"], ["backup"], ["redact"]):
        more = {"backup": ["b.db"], "redact": ["r", "--reason", "x"]}.get(words[0], [])
        shown = command("log", *words, "none.db", *more)
        assert shown.code == console.USAGE
        assert "there is no log `none.db`" in shown.err


def test_export_writes_the_log_its_criteria_and_the_flow(command: Command, log: str) -> None:
    rows = command("log", "export", log).out.splitlines()
    assert len(rows) == 4
    assert rows[0].startswith("schema_version,record_id,version_no,trial_id,screening_id,")
    criteria = command("log", "export", log, "--what", "criteria", "--json").lines()
    assert (criteria[0]["screening_id"], criteria[0]["attempt_no"]) == ("A", 1)
    (flow,) = command("log", "export", log, "--what", "consort", "--json").lines()
    assert (flow["assessed"], flow["attempts"], flow["boxes"]["pending"]) == (2, 3, 2)
    assert command("log", "export", log, "-o", "log.csv").out == ""
    assert Path("log.csv").read_text().splitlines() == rows
    assert command("log", "export", log, "--trial", "XMPL-009", "--json").out == ""


def test_replay_gives_the_same_answers(command: Command, log: str) -> None:
    shown = command("log", "replay", log)
    assert (shown.code, shown.out) == (0, "3 answers: 3 the same, 0 differ.\n")
    assert [one["differences"] for one in command("log", "replay", log, "--json").lines()] == [
        []
    ] * 3


def test_redact_takes_out_the_patient_and_says_why(command: Command, log: str) -> None:
    (one, *_) = command("log", "export", log, "--json").lines()
    record = one["record_id"]
    shown = command("log", "redact", log, record, "--reason", "a name", "--by", "Data manager")
    assert shown.code == 0
    assert shown.out.startswith("Redacted; entry 4 says so.\nHead: ")
    assert "copies made before still hold it" in shown.err
    after = command("log", "export", log, "--json").lines()
    assert [row["status"] for row in after] == ["redacted", "current", "current"]
    assert "Redacted: 1 entry." in command("log", "verify", log).out
    assert "1 redacted" in command("log", "replay", log).out
    for words, message in (
        ((log, record, "--reason", "again"), "it is redacted already"),
        ((log, "ffff", "--reason", "x"), "there is no record `ffff` in this log"),
        ((log, after[1]["record_id"], "--reason", " "), "the reason is missing"),
    ):
        refused = command("log", "redact", *words)
        assert refused.code == console.USAGE
        assert message in refused.err


def test_backup_makes_a_verified_copy(command: Command, log: str) -> None:
    shown = command("log", "backup", log, "copy.db")
    assert shown.code == 0
    assert shown.out.startswith("Copied and verified: 3 entries.\nHead: ")
    head = command("log", "verify", log, "--json").lines()[0]["head"]
    assert command("log", "verify", "copy.db", "--head", head).code == 0
    assert command("log", "backup", log, "copy.db").code == console.USAGE


def test_help_starts_without_the_database(command: Command) -> None:
    import subprocess
    import sys

    code = "import sys, screener.cli.app; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", f"import json; {code}"], capture_output=True, check=True
    )
    assert not {"sqlalchemy", "alembic", "sqlite3"} & set(json.loads(run.stdout))


def test_serve_says_at_once_that_a_log_cannot_be(command: Command) -> None:
    shown = command("serve", "--port", "0", "--log", "nowhere/log.db")
    assert (shown.code, shown.out) == (console.USAGE, "")
    assert "the log `nowhere/log.db` cannot be made: no such file or directory" in shown.err


def test_serve_says_that_it_is_open_only_once_its_rules_are_read(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (command.folder / "mapping.yaml").write_text("nonsense: true\n", encoding="utf-8")
    monkeypatch.setenv("SCREENER_CDS_HOOKS", "true")
    monkeypatch.setenv("SCREENER_CDS_MAPPING", "mapping.yaml")
    shown = command("serve", "--port", "0")
    assert (shown.code, shown.out) == (console.BAD_RULES, "")
    assert "mapping.yaml" in shown.err
