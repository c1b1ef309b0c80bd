"""Appending: drafts become entries, each with its place in its record and in the chain.

Everything that is appended together lasts together or not at all, and comes back only when it
lasts. What the log cannot take (a record it does not know, a missing reason) is refused alone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, assert_never

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from screener.log.chain import CONTENT, ENTRY, SALT, START, Column, content_hash, entry_hash
from screener.log.entries import (
    Correction,
    Disposition,
    Draft,
    Evaluation,
    Event,
    Recorded,
    Redaction,
    Screening,
    Void,
    pack,
    said,
    unpack,
)
from screener.log.faults import Refused
from screener.log.schema import contents, entries, texts
from screener.log.store import Log
from screener.result import SEMANTICS, Result
from screener.truth import Outcome
from screener.version import VERSION


def append(log: Log, draft: Draft) -> Recorded:
    """Append one draft.

    Raises:
        Refused: the log cannot take it.
        LogFault: it could not be written; nothing of it is in the log.
    """
    (answer,) = append_all(log, [draft])
    if isinstance(answer, Refused):
        raise answer
    return answer


def append_all(log: Log, drafts: Sequence[Draft]) -> list[Recorded | Refused]:
    """Append drafts in their order, in one transaction; what is refused says so in its place.

    Raises:
        LogFault: nothing was written.
    """
    packed = [_body(draft) for draft in drafts]
    with log.writing() as connection:
        writer = _Writer(connection)
        return [writer.add(draft, body) for draft, body in zip(drafts, packed, strict=True)]


def _body(draft: Draft) -> bytes | None:
    """What is worked out before the log is taken, so that others wait less."""
    if isinstance(draft, Screening | Correction):
        return pack(draft.evaluation)
    return None


# Made once: putting a statement together takes longer than running it.
_NEW_ENTRY, _NEW_CONTENTS, _NEW_TEXT = insert(entries), insert(contents), insert(texts)
_TEXT = select(texts.c.sha256).where(texts.c.sha256 == bindparam("sha"))
_NEWEST = (
    select(*(entries.c[one] for one in ("record", "version", "attempt", "previous", "trial")))
    .add_columns(entries.c.protocol_version)
    .where(entries.c.record == bindparam("name"))
    .order_by(entries.c.version.desc(), entries.c.seq.desc())
    .limit(1)
)
_BEFORE = (
    select(entries.c.record, entries.c.attempt)
    .join_from(contents, entries, contents.c.seq == entries.c.seq)
    .where(
        contents.c.patient == bindparam("who"),
        entries.c.trial == bindparam("at"),
        entries.c.event == Event.SCREENING.value,
    )
    .order_by(contents.c.seq.desc())
    .limit(1)
)


class _Place(NamedTuple):
    """Where an entry belongs: its record, and what the log already says of that."""

    record: str
    version: int
    attempt: int
    previous: str | None
    trial: str
    protocol_version: str


class _Contents(NamedTuple):
    """What is of a patient, or what a person wrote."""

    patient: str | None = None
    as_of: str | None = None
    verdict: str | None = None
    fails: str | None = None
    unknowns: str | None = None
    disposition: str | None = None
    criterion: str | None = None
    reason: str | None = None
    body: bytes | None = None


class _Writer:
    """Appends within one transaction that has the log for itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        newest = connection.execute(
            select(entries.c.seq, entries.c.hash).order_by(entries.c.seq.desc()).limit(1)
        ).one_or_none()
        self._seq: int = 0 if newest is None else newest.seq
        self._hash: str = START if newest is None else newest.hash
        self._texts: set[str] = set()

    def add(self, draft: Draft, body: bytes | None) -> Recorded | Refused:
        try:
            return self._add(draft, body)
        except Refused as refused:
            return refused

    def _add(self, draft: Draft, body: bytes | None) -> Recorded:
        match draft:
            case Screening():
                there = self._place(draft.record)
                if there is not None:
                    return self._again(draft, there)
                begun = self._attempt(draft)
                return self._evaluation(Event.SCREENING, draft, begun, None, body)
            case Correction():
                place = self._known(draft.record)
                _same_trial(place, draft.evaluation)
                place = place._replace(version=place.version + 1)
                return self._evaluation(Event.CORRECTION, draft, place, said(draft.reason), body)
            case Disposition():
                place = self._known(draft.record)
                again = self._has(place.record, Event.DISPOSITION)
                why = said(draft.reason) if again or draft.reason else None
                content = _Contents(
                    as_of=draft.on,
                    disposition=draft.fate.value,
                    criterion=draft.criterion,
                    reason=why,
                )
                return self._entry(Event.DISPOSITION, draft, place, content)
            case Void():
                place = self._known(draft.record)
                return self._entry(Event.VOID, draft, place, _Contents(reason=said(draft.reason)))
            case Redaction():
                return self._redaction(draft)
            case _:
                assert_never(draft)

    # --- answers ------------------------------------------------------------------------------

    def _evaluation(
        self,
        event: Event,
        draft: Screening | Correction,
        place: _Place,
        reason: str | None,
        body: bytes | None,
    ) -> Recorded:
        result = draft.evaluation.result
        content = _Contents(
            patient=result.patient,
            as_of=result.as_of,
            verdict=result.verdict.value,
            fails=_ids(result, Outcome.FAIL),
            unknowns=_ids(result, Outcome.UNKNOWN),
            reason=reason,
            body=body,
        )
        place = place._replace(protocol_version=result.version)
        rules = self._text(draft.evaluation.rules)
        vocabulary = self._text(draft.evaluation.vocabulary)
        return self._entry(event, draft, place, content, rules=rules, vocabulary=vocabulary)

    def _attempt(self, draft: Screening) -> _Place:
        """The place of a new record: which attempt for this patient at this trial it is."""
        result = draft.evaluation.result
        before = None
        if result.patient is not None:
            who = {"who": result.patient, "at": result.trial}
            before = self._connection.execute(_BEFORE, who).one_or_none()
        attempt, previous = (1, None) if before is None else (before.attempt + 1, before.record)
        return _Place(draft.record, 1, attempt, previous, result.trial, result.version)

    def _again(self, draft: Screening, there: _Place) -> Recorded:
        """The same record once more, as after an answer that was lost on its way."""
        first = self._connection.execute(
            select(entries.c.seq, entries.c.hash, contents.c.body, entries.c.rules_sha256)
            .join_from(entries, contents, contents.c.seq == entries.c.seq, isouter=True)
            .where(entries.c.record == draft.record, entries.c.event == Event.SCREENING.value)
        ).one()
        evaluation = draft.evaluation
        same = first.body is not None and first.rules_sha256 == _sha256(evaluation.rules)
        if not same or unpack(first.body, evaluation.rules) != evaluation.lines:
            raise Refused(f"the record `{draft.record}` is there already and says something else")
        return Recorded(first.seq, draft.record, 1, there.attempt, there.previous, first.hash)

    def _text(self, content: bytes) -> str:
        """The hash of a text that the log now has."""
        sha256 = _sha256(content)
        if sha256 not in self._texts:
            if self._connection.execute(_TEXT, {"sha": sha256}).one_or_none() is None:
                self._connection.execute(_NEW_TEXT, {"sha256": sha256, "content": content})
            self._texts.add(sha256)
        return sha256

    # --- records ------------------------------------------------------------------------------

    def _known(self, record: str) -> _Place:
        place = self._place(record)
        if place is None:
            raise Refused(f"there is no record `{record}` in this log")
        return place

    def _place(self, record: str) -> _Place | None:
        """The newest version of a record."""
        found = self._connection.execute(_NEWEST, {"name": record}).one_or_none()
        return None if found is None else _Place(*found)

    def _has(self, record: str, event: Event) -> bool:
        found = self._connection.execute(
            select(func.count()).where(entries.c.record == record, entries.c.event == event.value)
        ).scalar_one()
        return bool(found)

    def _redaction(self, draft: Redaction) -> Recorded:
        """One tombstone an entry; the last of them is the answer."""
        reason = said(draft.reason)
        place = self._known(draft.record)
        there = (
            select(entries.c.seq, contents.c.seq.is_not(None).label("held"))
            .join_from(entries, contents, contents.c.seq == entries.c.seq, isouter=True)
            .where(entries.c.record == draft.record, entries.c.event != Event.REDACTION.value)
            .order_by(entries.c.seq)
        )
        if draft.seq is not None:
            there = there.where(entries.c.seq == draft.seq)
        found = self._connection.execute(there).all()
        if not found:
            raise Refused(f"the record `{draft.record}` has no entry {draft.seq} to redact")
        held = [one.seq for one in found if one.held]
        if not held:
            raise Refused("it is redacted already")
        for seq in held:
            done = self._entry(Event.REDACTION, draft, place, _Contents(reason=reason), target=seq)
            self._connection.execute(delete(contents).where(contents.c.seq == seq))
        return done

    # --- the chain ----------------------------------------------------------------------------

    def _entry(
        self,
        event: Event,
        draft: Draft,
        place: _Place,
        content: _Contents,
        *,
        rules: str | None = None,
        vocabulary: str | None = None,
        target: int | None = None,
    ) -> Recorded:
        seq = self._seq + 1
        salt = secrets.token_bytes(SALT)
        held: dict[str, Column] = {"seq": seq}
        held.update((name, getattr(content, name)) for name in CONTENT[1:])
        columns: dict[str, Column] = {
            "seq": seq,
            "event": event.value,
            **place._asdict(),
            "target": target,
            "rules_sha256": rules,
            "vocabulary_sha256": vocabulary,
            "engine": VERSION,
            "semantics": SEMANTICS,
            "at_utc": draft.when.utc,
            "utc_offset": draft.when.offset,
            "actor": draft.who.name,
            "identity": draft.who.identity.value,
            "content_sha256": content_hash(salt, [held[one] for one in CONTENT], content.body),
            "prev": self._hash,
        }
        hashed = entry_hash([columns[one] for one in ENTRY])
        self._connection.execute(_NEW_ENTRY, {**columns, "hash": hashed})
        self._connection.execute(_NEW_CONTENTS, {**held, "salt": salt, "body": content.body})
        self._seq, self._hash = seq, hashed
        return Recorded(seq, place.record, place.version, place.attempt, place.previous, hashed)


@lru_cache(maxsize=64)
def _sha256(text: bytes) -> str:
    """The hash of a text that comes again with every patient."""
    return hashlib.sha256(text).hexdigest()


def _ids(result: Result, outcome: Outcome) -> str:
    """The criteria that ended so, as `;I1;E2;`."""
    ids = [one.id for one in result.criteria if one.outcome is outcome]
    return f";{';'.join(ids)};" if ids else ""


def _same_trial(place: _Place, evaluation: Evaluation) -> None:
    if place.trial != evaluation.result.trial:
        raise Refused(f"the record is of trial `{place.trial}`, not `{evaluation.result.trial}`")
