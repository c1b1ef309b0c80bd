"""`screener import`: a registry record in, a draft rule file or a comparison out."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from screener.catalog import find, folders, names_version, read, read_file, vocabulary_for
from screener.cli import console
from screener.days import iso
from screener.registry.compare import Comparison, compare
from screener.registry.draft import Made, make_draft
from screener.registry.records import MOST_BYTES, Record, RecordError, read_record
from screener.rules.load import read_vocabulary
from screener.terminal import clean

_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def write_draft(name: str, criteria: Sequence[Path], day: int, out: Path | None) -> int:
    """Write the draft of a record to standard output or into a new file.

    Raises:
        UsageFault: the record cannot be opened, or the file is there already.
        RulesError: the vocabulary has faults.
    """
    beside = out if out is not None else folders(criteria)[0] / "TRIAL" / "draft.yaml"
    file = read_file(vocabulary_for(beside, folders(criteria)))
    vocabulary = read_vocabulary(file.content, file.name)
    try:
        record = _record(name)
        trial = _NAME.sub("-", Path(name).stem if name != "-" else "").strip("-.") or "TRIAL"
        made = make_draft(record, vocabulary, trial=trial[:64], day=iso(day))
    except RecordError as error:
        return _refused(name, error)
    if out is None:
        console.put(made.text)
    else:
        _write(out, made.text)
    _tell(made, record, out)
    return console.DONE


def compare_with(name: str, trial: str | None, criteria: Sequence[Path], *, as_json: bool) -> int:
    """Say whether a record still matches the file of a trial; 1 if it does not.

    Raises:
        UsageFault: no trial is named.
        UnknownTrial: there is no such trial.
        RulesError: its file has faults; a draft is compared like any other.
    """
    if trial is None:
        raise console.UsageFault(
            "`--compare` needs a trial: `screener import --compare RECORD TRIAL`"
        )
    editions = [read(place) for place in find(trial, criteria)]
    edition = max(editions, key=lambda one: one.protocol.effective)
    try:
        found = compare(_record(name), edition.protocol)
    except RecordError as error:
        return _refused(name, error)
    if as_json:
        console.put_json(found.to_json())
    else:
        newest = "" if names_version(trial) or len(editions) == 1 else ", the newest version"
        console.put(_words(found, newest))
    return console.DONE if found.matches else console.NOT_HELD


def _words(found: Comparison, newest: str) -> str:
    head = f"{found.trial} {found.version}{newest}: "
    count = len(found.differences)
    if found.matches:
        head += "the record says nothing else"
    else:
        head += f"the record differs in {count} {'thing' if count == 1 else 'things'}"
    lines = [one.sentence for one in found.differences]
    lines += [f"not compared: {one}" for one in found.not_compared]
    return "".join([f"{head}\n", *(f"  {clean(line)}\n" for line in lines)])


def _record(name: str) -> Record:
    try:
        if name == "-":
            return read_record(sys.stdin.buffer.read(MOST_BYTES + 1))
        with Path(name).open("rb") as stream:
            return read_record(stream.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        reason = (reason or "not a file name").lower()
        raise console.UsageFault(f"`{clean(name)}` cannot be read: {reason}") from error


def _refused(name: str, error: RecordError) -> int:
    console.say(f"{clean(name)}: {error}")
    return console.BAD_DATA


def _write(out: Path, text: str) -> None:
    """Write a new file whole or not at all; one that is there may hold a person's work."""
    if out.exists():
        hint = "a person may have settled a part of it; `--compare` tells what the record changed"
        raise console.UsageFault(f"`{clean(str(out))}` is there already\n   hint: {hint}")
    part = out.with_name(f".{out.name}.part")
    try:
        try:
            with part.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        reason = (reason or "not a file name").lower()
        raise console.UsageFault(f"`{clean(str(out))}` cannot be written: {reason}") from error


def _tell(made: Made, record: Record, out: Path | None) -> None:
    where = "" if out is None else f" in `{clean(str(out))}`"
    lines = [
        f"a draft of {made.trial} {made.version}{where}: {made.lines} lines of criteria, "
        f"{made.proposed} {'rule' if made.proposed == 1 else 'rules'} proposed"
    ]
    if record.updated is None:
        lines.append(f"the version is not said; {made.version} stands for it")
    lines.append(
        "it screens nobody until a person has settled every `draft`; `screener check` lists them"
    )
    console.say("\n".join(lines))
