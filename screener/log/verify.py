"""Whether the chain holds: every row as it was written, none added, changed, moved or left out.

A log whose last rows are cut off looks like a shorter log: that shows only against a head kept
elsewhere. A long log is read in parts by several processes, each part from the hash before it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from screener.log.chain import CONTENT, ENTRY, START, content_hash, entry_hash
from screener.log.faults import LogFault
from screener.log.schema import contents, entries, texts
from screener.log.store import Log, open_log

#: So many entries are read in one transaction, so that writers hardly wait.
_CHUNK = 2_000
#: So many rows are held at once.
_CLOSE_BY = 50
#: A log of more entries is worth a second process.
_LONG = 40_000

#: Called with how many entries are done, and of how many.
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Checked:
    """What verifying came to.

    `head`: the hash of the newest entry, to be kept outside. `bad`: the first bad entry and what is
    wrong with it; entry 0 is the log as a whole. `since`: how many entries follow the given head.
    `backwards`: entries whose time is before that of the entry before them: a clock was set back,
    or they came at the same moment and waited for their turn.
    """

    entries: int
    head: str
    bad: tuple[int, str] | None
    redacted: int = 0
    backwards: int = 0
    since: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "ok": self.bad is None,
            "entries": self.entries,
            "head": self.head,
            "bad": None if self.bad is None else {"entry": self.bad[0], "what": self.bad[1]},
            "redacted": self.redacted,
            "backwards": self.backwards,
            "since_given_head": self.since,
        }


def verify(
    name: str, *, head: str | None = None, progress: Progress | None = None, processes: int = 0
) -> Checked:
    """Verify a log by its name.

    Args:
        name: as `open_log` takes it.
        head: a hash that was the head once; it must still be in the chain.
        progress: told how far it is.
        processes: how many read at once; 0: as many as there are processors for a long log.

    Raises:
        LogFault: it cannot be read.
    """
    with open_log(name) as log:
        last, newest, redacted, known = _outline(log)
        if processes == 0:
            processes = (os.cpu_count() or 1) if last > _LONG else 1
        parts = [
            _Part(
                name, last * one // processes, last * (one + 1) // processes, redacted, known, head
            )
            for one in range(processes)
        ]
        found = list(_read(log, parts, last, progress))
        # What is redacted while it is read is no fault.
        bad = min((one.bad for one in found if one.bad is not None), default=None)
        if bad is not None and bad[1] == _NO_CONTENTS and bad[0] in _outline(log)[2]:
            return verify(name, head=head, progress=progress, processes=processes)
        bad = bad or _whole(log, last)
    given = next((one.given for one in found if one.given is not None), None)
    if head == START:
        given = 0
    if bad is None and head is not None and given is None:
        bad = (
            last,
            f"the head `{head}` is not in the chain: entries after it are cut off or changed",
        )
    since = None if given is None else last - given
    return Checked(last, newest, bad, len(redacted), sum(one.backwards for one in found), since)


_NO_CONTENTS = "its contents are gone, and no redaction says why"


@dataclass(frozen=True, slots=True)
class _Part:
    """The entries after `after` up to `upto`, and what is known of the whole log."""

    name: str
    after: int
    upto: int
    redacted: frozenset[int]
    texts: frozenset[str]
    head: str | None


@dataclass(slots=True)
class _Found:
    bad: tuple[int, str] | None = None
    given: int | None = None
    backwards: int = 0
    done: int = 0


def _outline(log: Log) -> tuple[int, str, frozenset[int], frozenset[str]]:
    """The last entry and its hash, the redacted entries, and the texts that are what they say."""
    with log.reading() as connection:
        newest = connection.execute(
            select(entries.c.seq, entries.c.hash).order_by(entries.c.seq.desc()).limit(1)
        ).one_or_none()
        redacted = connection.execute(
            select(entries.c.target).where(entries.c.target.is_not(None))
        ).scalars()
        held = frozenset(
            one.sha256
            for one in connection.execute(select(texts))
            if hashlib.sha256(one.content).hexdigest() == one.sha256
        )
        last, head = (0, START) if newest is None else (newest.seq, newest.hash)
        return last, head, frozenset(redacted), held


def _whole(log: Log, last: int) -> tuple[int, str] | None:
    """What no single entry shows: contents of entries that are not there."""
    with log.reading() as connection:
        stray = connection.execute(
            select(func.min(contents.c.seq)).where(contents.c.seq < 1)
        ).scalar_one()
        if stray is None:
            after = select(func.count()).select_from(contents).where(contents.c.seq > last)
            more = connection.execute(after).scalar_one()
            newer = select(func.count()).select_from(entries).where(entries.c.seq > last)
            stray = last + 1 if more > connection.execute(newer).scalar_one() else None
        if connection.execute(select(func.min(entries.c.seq))).scalar_one() not in (None, 1):
            return (1, "it does not begin with entry 1")
    return None if stray is None else (stray, "contents without an entry")


def _read(log: Log, parts: list[_Part], last: int, progress: Progress | None) -> Iterator[_Found]:
    if len(parts) == 1:
        yield _check(log, parts[0], progress)
        return
    try:
        with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
            done = 0
            for found in pool.map(_in_process, parts):
                done += found.done
                if progress is not None:
                    progress(done, last)
                yield found
    except BrokenProcessPool as error:
        raise LogFault(
            f"one of {len(parts)} processes that read the log was ended from outside, as a system "
            "does that runs out of memory; nothing is known of the log",
            "verify it again when the machine has less to do",
        ) from error


def _in_process(part: _Part) -> _Found:
    with open_log(part.name) as log:
        return _check(log, part, None)


def _check(log: Log, part: _Part, progress: Progress | None) -> _Found:
    found = _Found()
    before: tuple[str, str] | None = (START, "") if part.after == 0 else None
    after = part.after
    while after < part.upto and found.bad is None:
        with log.reading() as connection:
            if before is None:
                before = _at(connection, after)
            upto = min(after + _CHUNK, part.upto)
            before = _chunk(connection, part, after, upto, before, found)
        found.done += upto - after
        after = upto
        if progress is not None:
            progress(after, part.upto)
    return found


def _at(connection: Connection, seq: int) -> tuple[str, str]:
    """The hash and the time of an entry; of one that is not there, what fits nothing."""
    row = connection.execute(
        select(entries.c.hash, entries.c.at_utc).where(entries.c.seq == seq)
    ).one_or_none()
    return ("", "") if row is None else (row.hash, row.at_utc)


_COLUMNS = len(ENTRY)
_SEQ, _RULES, _WORDS, _AT, _CONTENT, _PREV = (
    ENTRY.index(one)
    for one in ("seq", "rules_sha256", "vocabulary_sha256", "at_utc", "content_sha256", "prev")
)
_JOINED = (
    select(
        *(entries.c[one] for one in ENTRY),
        entries.c.hash,
        contents.c.salt,
        contents.c.body,
        *(contents.c[one] for one in CONTENT),
    )
    .join_from(entries, contents, contents.c.seq == entries.c.seq, isouter=True)
    .where(entries.c.seq > bindparam("after"), entries.c.seq <= bindparam("upto"))
    .order_by(entries.c.seq)
)


def _chunk(
    connection: Connection,
    part: _Part,
    after: int,
    upto: int,
    before: tuple[str, str],
    found: _Found,
) -> tuple[str, str]:
    """Check the entries after `after` up to `upto`; the hash and time of the last of them."""
    # A few at a time: as many as the processor keeps close by are read in two thirds of the time.
    parts = connection.execute(_JOINED, {"after": after, "upto": upto}).partitions(_CLOSE_BY)
    prev, at = before
    expected = after
    for row in chain.from_iterable(parts):
        expected += 1
        what = _wrong(row, expected, prev, part)
        if what is not None:
            found.bad = (min(expected, row[_SEQ]), what)
            return before
        prev = row[_COLUMNS]
        if prev == part.head:
            found.given = expected
        if row[_AT] < at:
            found.backwards += 1
        at = row[_AT]
    if expected != upto:
        found.bad = (expected + 1, "it is missing")
    return prev, at


def _wrong(row: Row[*tuple[Any, ...]], expected: int, prev: str, part: _Part) -> str | None:
    """What is wrong with an entry and its contents; None if nothing is."""
    if row[_SEQ] != expected:
        return "it is missing"
    if row[_PREV] != prev:
        return "it does not follow the entry before it"
    hashed, salt, body = row[_COLUMNS : _COLUMNS + 3]
    if entry_hash(row[:_COLUMNS]) != hashed:
        return "it was changed"
    if salt is None:
        return None if expected in part.redacted else _NO_CONTENTS
    if expected in part.redacted:
        return "it is redacted, and has contents"
    if content_hash(salt, row[_COLUMNS + 3 :], body) != row[_CONTENT]:
        return "its contents were changed"
    for text in (row[_RULES], row[_WORDS]):
        if text is not None and text not in part.texts:
            return "the text of its rules or vocabulary is missing or was changed"
    return None
