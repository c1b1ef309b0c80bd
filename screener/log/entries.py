"""What can be recorded, and what an entry of the log says: the words of the log, and their checks.

Who records is a name and where it comes from; only a name that somebody signed in with, or that a
trusted proxy vouches for, is more than typed. When is UTC with the offset of the place beside it.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from screener.facts import FactSheet
from screener.log.faults import Refused
from screener.log.inputs import write_inputs
from screener.result import Result


class Event(StrEnum):
    """What happened."""

    SCREENING = "screening"
    CORRECTION = "correction"
    DISPOSITION = "disposition"
    VOID = "void"
    REDACTION = "redaction"


class Identity(StrEnum):
    """Where the name of whoever records comes from."""

    SIGNED_IN = "signed_in"
    PROXY = "proxy"
    ACCOUNT = "account"
    TYPED = "typed"


class Fate(StrEnum):
    """What became of a person who was screened; said by a person, never inferred from a verdict."""

    PENDING = "pending"
    NOT_ELIGIBLE = "not_eligible"
    NOT_APPROACHED = "not_approached"
    DECLINED = "declined"
    CONSENTED = "consented"
    ENROLLED = "enrolled"
    RANDOMISED = "randomised"
    WITHDREW = "withdrew"
    OTHER = "other"


class Who(NamedTuple):
    """The person who records, and where the name comes from."""

    name: str
    identity: Identity


class When(NamedTuple):
    """A moment: `2026-11-28T05:40:12.345678Z`, and the offset of the place, such as `+01:00`."""

    utc: str
    offset: str

    @classmethod
    def of(cls, moment: datetime) -> When:
        """A moment that knows its offset."""
        there = moment.strftime("%z")
        utc = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return cls(utc, f"{there[:3]}:{there[3:5]}")


def new_record() -> str:
    """A name for a record that nobody can guess and that says nothing of the patient."""
    return secrets.token_hex(16)


def is_record(name: str) -> bool:
    """Whether a text may name a record."""
    return len(name) == 32 and set(name) <= set("0123456789abcdef")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """An answer and all it rests on: what was known, and the texts of rules and vocabulary."""

    inputs: FactSheet | Mapping[str, object]
    result: Result
    rules: bytes
    vocabulary: bytes

    @cached_property
    def lines(self) -> tuple[str, str]:
        """The inputs, and the answer as `--json` prints it: what the log keeps, word for word."""
        return write_inputs(self.inputs), result_text(self.result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A first answer for a patient, or a further attempt: the log counts them by his name.

    `record` is the name of the record; the same one recorded twice is recorded once.
    """

    evaluation: Evaluation
    who: Who
    when: When
    record: str = field(default_factory=new_record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A new version of a record; the one before it stays as it is. `reason` is what others read."""

    record: str
    evaluation: Evaluation
    reason: str
    who: Who
    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What became of the person, and when; `criterion` names the main reason for leaving him out.

    `reason` may be left out the first time only.
    """

    record: str
    fate: Fate
    on: str | None
    criterion: str | None
    reason: str | None
    who: Who
    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """The record should never have been made; it stays, and counts no more."""

    record: str
    reason: str
    who: Who
    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Take out the contents of an entry, or of all of a record; that they were there stays.

    `seq` None: the whole record.
    """

    record: str
    seq: int | None
    reason: str
    who: Who
    when: When


Draft = Screening | Correction | Disposition | Void | Redaction


class Recorded(NamedTuple):
    """An entry that lasts: its number, its record (version, attempt) and its place in the chain."""

    seq: int
    record: str
    version: int
    attempt: int
    previous: str | None
    hash: str

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return self._asdict()


def said(reason: str | None) -> str:
    """A reason, which must be there.

    Raises:
        Refused: there is none.
    """
    if reason is None or not reason.strip():
        raise Refused("the reason is missing", "say what changed and why; others will read this")
    return reason.strip()


def pack(evaluation: Evaluation) -> bytes:
    """Inputs and answer as the body of an entry: two lines, small beside the text of the rules."""
    body = "\n".join(evaluation.lines).encode("utf-8", "surrogatepass")
    packer = zlib.compressobj(_LEVEL, zdict=evaluation.rules[-_FAR:])
    return packer.compress(body) + packer.flush()


def unpack(body: bytes, rules: bytes) -> tuple[str, str]:
    """The lines of an evaluation."""
    unpacker = zlib.decompressobj(zdict=rules[-_FAR:])
    text = (unpacker.decompress(body) + unpacker.flush()).decode("utf-8", "surrogatepass")
    inputs, _, answer = text.partition("\n")
    return inputs, answer


def result_text(result: Result) -> str:
    """An answer as the bytes that `--json` prints of it, without the line's end."""
    return result.to_json_text()


#: How far back a packed text can point.
_FAR = 32 * 1024
#: Half the time of the default, for a body that is larger by a twelfth.
_LEVEL = 3
