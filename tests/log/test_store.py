"""What can be recorded, and what the log then says: the same in a file and in PostgreSQL."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select

from screener.log.append import append, append_all
from screener.log.entries import (
    Correction,
    Draft,
    Fate,
    Identity,
    Recorded,
    Redaction,
    Screening,
    Void,
    When,
    Who,
)
from screener.log.faults import LogFault, Refused, UnknownLog
from screener.log.read import Filter, Status, Texts, answer_of, history, lines, page
from screener.log.schema import contents, entries, texts
from screener.log.store import Log, open_log
from screener.log.verify import verify
from tests.log import support
from tests.log.servers import Server
from tests.log.support import AT, WHO, correct, dispose, evaluation, redact, screen, void


def test_an_answer_is_kept_with_all_it_rests_on(log: Log) -> None:
    given = evaluation("S-001", 150)
    recorded = append(log, Screening(evaluation=given, who=WHO, when=AT))
    (line,) = page(log, Filter()).lines
    answer = answer_of(line, Texts(log))
    assert answer is not None
    assert (line.record, line.seq, line.hash) == (recorded.record, 1, recorded.hash)
    assert (line.patient, line.as_of, line.verdict) == ("S-001", "2026-11-24", "eligible")
    assert answer.text == json.dumps(given.result.to_json(), ensure_ascii=False)
    assert answer.inputs == given.inputs
    assert Texts(log)[line.rules_sha256] == support.RULES.read_bytes()
    assert line.engine == given.result.engine
    assert line.semantics == given.result.semantics


def test_who_and_when_are_kept_as_they_were_said(log: Log) -> None:
    screen(log)
    (line,) = page(log, Filter()).lines
    assert (line.actor, line.identity) == ("Site nurse", "typed")
    assert (line.at_utc, line.utc_offset) == ("2026-11-24T09:30:00.000000Z", "+01:00")


def test_a_moment_is_utc_and_the_offset_of_the_place() -> None:
    there = timezone(timedelta(hours=-3, minutes=-30))
    moment = datetime(2026, 1, 1, 23, 0, 0, 5, tzinfo=there)
    assert When.of(moment) == ("2026-01-02T02:30:00.000005Z", "-03:30")
    assert When.of(moment.astimezone(UTC)).offset == "+00:00"


def test_a_rescreen_is_linked_to_the_attempt_before_and_counted(log: Log) -> None:
    first = screen(log, "S-001", 90)
    other = screen(log, "S-002", 90)
    second = screen(log, "S-001", 150)
    third = screen(log, "S-001", 150)
    assert [one.attempt for one in (first, other, second, third)] == [1, 1, 2, 3]
    assert (second.previous, third.previous) == (first.record, second.record)
    assert first.previous is other.previous is None


def test_patients_without_a_name_are_never_taken_for_one(log: Log) -> None:
    assert [screen(log, None).attempt for _ in range(2)] == [1, 1]


def test_a_correction_is_a_new_version_and_the_old_one_stays(log: Log) -> None:
    first = screen(log, "S-001", 90)
    second = correct(log, first.record, evaluation("S-001", 190), "90 was typed for 190")
    assert (second.record, second.version, second.attempt) == (first.record, 2, 1)
    new, old = page(log, Filter()).lines
    assert (old.verdict, old.status) == ("ineligible", Status.SUPERSEDED)
    assert (new.verdict, new.status) == ("eligible", Status.CURRENT)
    assert new.reason == "90 was typed for 190"


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_change_without_a_reason_is_refused(log: Log, reason: str) -> None:
    first = screen(log).record
    dispose(log, first, Fate.CONSENTED)
    drafts: list[Draft] = [
        Correction(record=first, evaluation=evaluation(), reason=reason, who=WHO, when=AT),
        Void(record=first, reason=reason, who=WHO, when=AT),
        Redaction(record=first, seq=None, reason=reason, who=WHO, when=AT),
    ]
    for draft in drafts:
        with pytest.raises(Refused, match="the reason is missing"):
            append(log, draft)
    with pytest.raises(Refused, match="the reason is missing"):
        dispose(log, first, Fate.DECLINED, reason)
    assert len(history(log, first)) == 2


def test_a_record_that_is_not_there_cannot_be_changed(log: Log) -> None:
    with pytest.raises(Refused, match="there is no record `ffff` in this log"):
        void(log, "ffff")


def test_a_disposition_is_said_by_a_person_and_the_last_one_counts(log: Log) -> None:
    first = screen(log, "S-001", 90)
    dispose(log, first.record, Fate.DECLINED, on="2026-11-25")
    dispose(log, first.record, Fate.NOT_ELIGIBLE, "was noted wrongly", "I1", "2026-11-26")
    (line,) = page(log, Filter()).lines
    assert (line.disposition, line.criterion) == ("not_eligible", "I1")
    assert (line.disposed_on, line.disposition_reason) == ("2026-11-26", "was noted wrongly")
    assert [step.disposition for step in history(log, first.record)][1:] == [
        "declined",
        "not_eligible",
    ]


def test_the_same_record_sent_twice_is_recorded_once(log: Log) -> None:
    draft = Screening(evaluation=evaluation(), who=WHO, when=AT)
    assert append(log, draft) == append(log, draft)
    assert len(page(log, Filter()).lines) == 1


def test_another_answer_under_the_same_record_is_refused(log: Log) -> None:
    draft = Screening(evaluation=evaluation(), who=WHO, when=AT)
    append(log, draft)
    other = Screening(evaluation=evaluation(platelets=90), who=WHO, when=AT, record=draft.record)
    with pytest.raises(Refused, match="is there already and says something else"):
        append(log, other)


def test_a_refused_draft_does_not_keep_the_others_out(log: Log) -> None:
    good = Screening(evaluation=evaluation(), who=WHO, when=AT)
    bad = Void(record="ffff", reason="typing", who=WHO, when=AT)
    first, refused, second = append_all(
        log, [good, bad, Screening(evaluation=evaluation("S-2"), who=WHO, when=AT)]
    )
    assert isinstance(refused, Refused)
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert (first.seq, second.seq) == (1, 2)


def test_texts_are_kept_once(log: Log) -> None:
    for number in range(5):
        screen(log, f"S-{number}")
    with log.reading() as connection:
        assert connection.execute(select(func.count()).select_from(texts)).scalar_one() == 2


def test_a_redaction_takes_out_the_contents_and_leaves_a_reasoned_tombstone(
    log: Log, name: str
) -> None:
    kept = screen(log, "S-001")
    gone = screen(log, "Jane Doe")
    dispose(log, gone.record, Fate.OTHER, "Jane moved away")
    redact(log, gone.record, "a name was typed for the id")
    with log.reading() as connection:
        left = connection.execute(
            select(contents.c.seq, contents.c.patient).order_by(contents.c.seq)
        ).all()
        chained = connection.execute(select(func.count()).select_from(entries)).scalar_one()
    assert [tuple(one) for one in left] == [(1, "S-001"), (4, None), (5, None)]
    assert chained == 5
    steps = history(log, gone.record)
    assert [(one.event, one.target, one.held) for one in steps] == [
        ("screening", None, False),
        ("disposition", None, False),
        ("redaction", 2, True),
        ("redaction", 3, True),
    ]
    assert steps[-1].reason == "a name was typed for the id"
    assert page(log, Filter(status=Status.REDACTED)).lines[0].patient is None
    assert verify(name).bad is None
    assert verify(name).redacted == 2
    assert page(log, Filter(status=Status.CURRENT)).lines[0].record == kept.record


def test_one_entry_alone_can_be_redacted(log: Log, name: str) -> None:
    one = screen(log)
    dispose(log, one.record, Fate.OTHER, "Jane moved away")
    redact(log, one.record, seq=2)
    with pytest.raises(Refused, match="redacted already"):
        redact(log, one.record, seq=2)
    with pytest.raises(Refused, match="has no entry 9 to redact"):
        redact(log, one.record, seq=9)
    assert page(log, Filter()).lines[0].patient == "S-001"
    assert verify(name).bad is None


def test_what_was_redacted_is_not_in_the_file_any_more(folder: Path) -> None:
    name = str(folder / "log.db")
    with open_log(name, create=True) as log:
        one = screen(log, "Jane-Doe-1961")
        assert b"Jane-Doe-1961" in Path(name).read_bytes()
        redact(log, one.record)
    assert b"Jane-Doe-1961" not in Path(name).read_bytes()


def test_pages_go_backwards_and_hold_every_line_once(log: Log) -> None:
    for number in range(7):
        screen(log, f"S-{number}")
    found, before = [], None
    while True:
        lines_, before = page(log, Filter(), before=before, size=3)
        found.append([line.seq for line in lines_])
        if before is None:
            break
    assert found == [[7, 6, 5], [4, 3, 2], [1]]


def test_a_filter_keeps_what_it_names(log: Log) -> None:
    support.everything(log)

    def kept(wanted: Filter) -> list[int]:
        assert [one.seq for one in lines(log, wanted)] == sorted(
            one.seq for one in page(log, wanted).lines
        )
        return [one.seq for one in lines(log, wanted)]

    assert kept(Filter()) == [1, 2, 3, 6, 8, 10]
    assert kept(Filter(verdict="ineligible")) == [2, 10]
    assert kept(Filter(patient="S-001")) == [1, 3, 10]
    assert kept(Filter(criterion="I1")) == [2, 6, 10]
    assert kept(Filter(criterion="E1")) == []
    assert kept(Filter(disposition="pending")) == [6, 8, 10]
    assert kept(Filter(status=Status.CURRENT)) == [2, 3, 10]
    assert kept(Filter(status=Status.SUPERSEDED)) == [1]
    assert kept(Filter(status=Status.VOID)) == [6]
    assert kept(Filter(status=Status.REDACTED)) == [8]
    assert kept(Filter(trial="XMPL-002")) == [1, 2, 3, 6, 8, 10]
    assert kept(Filter(trial="XMPL-003")) == []


def test_a_clock_that_was_set_back_is_counted_and_the_order_stays(log: Log, name: str) -> None:
    screen(log, "S-1", at=When("2026-11-24T09:30:00.000000Z", "+01:00"))
    screen(log, "S-2", at=When("2026-11-24T09:29:59.000000Z", "+01:00"))
    assert [line.patient for line in lines(log, Filter())] == ["S-1", "S-2"]
    assert verify(name).backwards == 1


def test_a_file_is_for_its_owner_alone(folder: Path) -> None:
    with open_log(str(folder / "log.db"), create=True):
        assert stat.S_IMODE((folder / "log.db").stat().st_mode) == 0o600


def test_a_log_that_is_not_there_is_not_made_by_looking(folder: Path) -> None:
    with pytest.raises(UnknownLog, match="there is no log"):
        open_log(str(folder / "other.db"))
    assert list(folder.iterdir()) == []


def test_a_log_that_another_program_makes_at_that_moment_is_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, look = folder / "log.db", Path.stat

    def then_made(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        try:
            return look(self, follow_symlinks=follow_symlinks)
        finally:
            if self == path:  # it was not there, and now it is
                path.touch()

    monkeypatch.setattr(Path, "stat", then_made)
    with open_log(str(path), create=True) as log:
        assert screen(log).seq == 1


def test_what_is_no_log_is_left_as_it_is(folder: Path) -> None:
    text, other = folder / "notes.txt", folder / "other.db"
    text.write_text("Not a database, but long enough to be taken for one by its length." * 20)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE patients(name)")
    before = other.read_bytes()
    for path, reason in (
        (text, "it is not a log"),
        (other, "is not a log: it holds something else"),
        (folder, "is not a log, but a folder"),
    ):
        with pytest.raises(LogFault, match=reason):
            open_log(str(path), create=True)
    assert other.read_bytes() == before


def test_an_address_says_no_password(folder: Path) -> None:
    with pytest.raises(LogFault) as caught:
        open_log("postgresql://jane:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)
    assert "the connection to its server failed" in str(caught.value)
    with pytest.raises(UnknownLog) as unknown:
        open_log("mysql://jane:secret@host/none")
    assert "secret" not in str(unknown.value)


@pytest.mark.parametrize("name", ["postgresql"], indirect=True)
def test_a_server_that_does_not_keep_what_it_confirms_is_refused(name: str, server: Server) -> None:
    open_log(name, create=True).close()
    server.set("fsync", "off")
    try:
        with pytest.raises(LogFault, match="does not keep what it confirms"):
            open_log(name)
    finally:
        server.set("fsync", "on")


def test_a_database_that_does_not_hold_utf_8_is_refused(server: Server) -> None:
    server.run("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0")
    with pytest.raises(UnknownLog, match="does not hold UTF-8"):
        open_log(f"postgresql://postgres@/ascii?host={server.folder}", create=True)


def test_identities_are_these() -> None:
    assert [one.value for one in Identity] == ["signed_in", "proxy", "account", "typed"]
    assert Who("a", Identity.PROXY).identity == "proxy"
