"""Reading the log: its recorded answers as lines with what became of them, a page or all at once.

What is said here follows from the entries alone: which version of a record is current, which
records are void or redacted, which disposition was the last one said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, exists, func, select

from screener.facts import FactSheet
from screener.log.entries import Event, unpack
from screener.log.faults import LogFault
from screener.log.inputs import read_inputs
from screener.log.schema import contents, entries, texts
from screener.log.store import Log

#: How many lines are read in one transaction, so that writers hardly wait.
_CHUNK = 500
_ANSWERS = (Event.SCREENING.value, Event.CORRECTION.value)


class Status(StrEnum):
    """Whether a recorded answer counts."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    VOID = "void"
    REDACTED = "redacted"


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded answer, and what became of it.

    What was of the patient is None where the answer is redacted. `disposition` and the fields
    after it are those of the record's last one; `body` is packed (`answer_of`).
    """

    seq: int
    record: str
    version: int
    attempt: int
    previous: str | None
    trial: str
    protocol_version: str
    rules_sha256: str
    vocabulary_sha256: str
    engine: str
    semantics: str
    at_utc: str
    utc_offset: str
    actor: str
    identity: str
    prev: str
    hash: str
    patient: str | None
    as_of: str | None
    verdict: str | None
    fails: tuple[str, ...]
    unknowns: tuple[str, ...]
    reason: str | None
    status: Status
    disposition: str | None
    disposed_on: str | None
    criterion: str | None
    disposition_reason: str | None
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are wanted; None: whatever it says. `criterion` is one that fails or is open."""

    trial: str | None = None
    patient: str | None = None
    verdict: str | None = None
    status: Status | None = None
    disposition: str | None = None
    protocol_version: str | None = None
    criterion: str | None = None
    record: str | None = None


class Page(NamedTuple):
    """Lines, newest first; `older` is where the next page begins, None where there is none."""

    lines: list[Line]
    older: int | None


class Answer(NamedTuple):
    """What was known, and the answer as the bytes that were printed of it and as data."""

    inputs: FactSheet | object
    text: str
    result: dict[str, Any]


class Step(NamedTuple):
    """One entry in the history of a record, whatever its event."""

    seq: int
    event: str
    version: int
    target: int | None
    at_utc: str
    utc_offset: str
    actor: str
    identity: str
    hash: str
    held: bool
    as_of: str | None
    verdict: str | None
    disposition: str | None
    criterion: str | None
    reason: str | None


def page(log: Log, wanted: Filter, *, before: int | None = None, size: int = 50) -> Page:
    """A page of lines, from the newest backwards; `before` is the `older` of the page before."""
    query = _lines(wanted).order_by(entries.c.seq.desc()).limit(size + 1)
    if before is not None:
        query = query.where(entries.c.seq < before)
    with log.reading() as connection:
        found = [_line(row) for row in connection.execute(query)]
    return Page(found[:size], found[size - 1].seq if len(found) > size else None)


def lines(log: Log, wanted: Filter) -> Iterator[Line]:
    """All lines, oldest first, read little by little."""
    after = 0
    query = _lines(wanted).order_by(entries.c.seq).limit(_CHUNK)
    while True:
        with log.reading() as connection:
            found = [_line(row) for row in connection.execute(query.where(entries.c.seq > after))]
        yield from found
        if len(found) < _CHUNK:
            return
        after = found[-1].seq


def history(log: Log, record: str) -> list[Step]:
    """All entries of a record in their order; empty if there is no such record."""
    query = (
        select(
            *(entries.c[one] for one in ("seq", "event", "version", "target", "at_utc")),
            *(entries.c[one] for one in ("utc_offset", "actor", "identity", "hash")),
            contents.c.seq.is_not(None).label("held"),
            *(contents.c[one] for one in ("as_of", "verdict", "disposition", "criterion")),
            contents.c.reason,
        )
        .join_from(entries, contents, contents.c.seq == entries.c.seq, isouter=True)
        .where(entries.c.record == record)
        .order_by(entries.c.seq)
    )
    with log.reading() as connection:
        return [Step(*tuple(row)) for row in connection.execute(query)]


class Texts:
    """The texts of rules and vocabularies in a log, each read once."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._read: dict[str, bytes] = {}

    def __getitem__(self, sha256: str) -> bytes:
        if sha256 not in self._read:
            with self._log.reading() as connection:
                found = connection.execute(
                    select(texts.c.content).where(texts.c.sha256 == sha256)
                ).scalar_one_or_none()
            if found is None:
                raise LogFault(f"the log has lost the text `{sha256[:12]}`", "verify it")
            self._read[sha256] = found
        return self._read[sha256]


def answer_of(line: Line, known: Texts) -> Answer | None:
    """Inputs and answer of a line; None where they are redacted."""
    if line.body is None:
        return None
    inputs, text = unpack(line.body, known[line.rules_sha256])
    return Answer(read_inputs(inputs), text, json.loads(text))


# --- the query --------------------------------------------------------------------------------

_later = entries.alias("later")
_void = entries.alias("void")
_said = entries.alias("said")
_final = contents.alias("final")
_superseded = exists(
    select(_later.c.seq).where(
        _later.c.record == entries.c.record, _later.c.version > entries.c.version
    )
)
_voided = exists(
    select(_void.c.seq).where(_void.c.record == entries.c.record, _void.c.event == Event.VOID.value)
)
_last_said = (
    select(func.max(_said.c.seq))
    .where(_said.c.record == entries.c.record, _said.c.event == Event.DISPOSITION.value)
    .correlate(entries)
    .scalar_subquery()
)
_ENTRY = (
    "seq",
    "record",
    "version",
    "attempt",
    "previous",
    "trial",
    "protocol_version",
    "rules_sha256",
    "vocabulary_sha256",
    "engine",
    "semantics",
    "at_utc",
    "utc_offset",
    "actor",
    "identity",
    "prev",
    "hash",
)


def answers(*more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Every recorded answer with its contents and its record's last disposition; `more` columns."""
    return (
        select(
            *(entries.c[one] for one in _ENTRY),
            contents.c.patient,
            contents.c.as_of,
            contents.c.verdict,
            contents.c.fails,
            contents.c.unknowns,
            contents.c.reason,
            contents.c.seq.label("held"),
            _superseded.label("superseded"),
            _voided.label("voided"),
            _final.c.disposition,
            _final.c.as_of.label("disposed_on"),
            _final.c.criterion,
            _final.c.reason.label("disposition_reason"),
            contents.c.body,
            *more,
        )
        .select_from(entries)
        .join(contents, contents.c.seq == entries.c.seq, isouter=True)
        .join(_final, _final.c.seq == _last_said, isouter=True)
        .where(entries.c.event.in_(_ANSWERS))
    )


def _lines(wanted: Filter) -> Select[*tuple[Any, ...]]:
    query = answers()
    for column, value in (
        (entries.c.trial, wanted.trial),
        (entries.c.record, wanted.record),
        (entries.c.protocol_version, wanted.protocol_version),
        (contents.c.patient, wanted.patient),
        (contents.c.verdict, wanted.verdict),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.disposition is not None:
        query = query.where(func.coalesce(_final.c.disposition, "pending") == wanted.disposition)
    if wanted.criterion is not None:
        named = f";{wanted.criterion};"
        query = query.where(
            contents.c.fails.contains(named, autoescape=True)
            | contents.c.unknowns.contains(named, autoescape=True)
        )
    if wanted.status is not None:
        query = query.where(is_status(wanted.status))
    return query


def is_status(status: Status) -> ColumnElement[bool]:
    """The lines of `answers` of that status."""
    held = contents.c.seq.is_not(None)
    if status is Status.REDACTED:
        return ~held
    if status is Status.VOID:
        return held & _voided
    if status is Status.SUPERSEDED:
        return held & ~_voided & _superseded
    return held & ~_voided & ~_superseded


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    said = row._asdict()
    held, superseded, voided = (said.pop(one) for one in ("held", "superseded", "voided"))
    if held is None:
        status = Status.REDACTED
    elif voided:
        status = Status.VOID
    else:
        status = Status.SUPERSEDED if superseded else Status.CURRENT
    for one in ("fails", "unknowns"):
        said[one] = tuple(filter(None, (said[one] or "").split(";")))
    return Line(**said, status=status)
