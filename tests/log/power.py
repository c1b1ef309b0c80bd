"""Power cuts, replayed: what a disk may hold at any moment of a recorded run of system calls.

What was written lasts once its file was synced; that a name was made or removed lasts once its
folder was synced. What came after that may be there or not: none of it, any part of it, or the last
write torn between two sectors. Each of these must open, verify, and hold what was
acknowledged before the cut. Recorded is what SQLite asked the system for, so this is as true
as the disk keeps its promises about syncing.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlalchemy import select

from screener.log.faults import LogFault
from screener.log.schema import entries
from screener.log.store import open_log
from screener.log.verify import verify
from tests.log.strace import watched

_CALLS = "openat,close,pwrite64,write,ftruncate,fsync,fdatasync,unlink,rename"
_LINE = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)")
_SECTOR = 512
MODELS = ("dropped", "part", "torn")


class Call(NamedTuple):
    """A system call that succeeded: its name, its arguments, what it returned."""

    name: str
    words: list[str]
    returned: int


class Change(NamedTuple):
    """A change of a file that is not synced yet; `data` None: cut to the length `offset`."""

    offset: int
    data: bytes | None


@dataclass
class Disk:
    """What lasts, and what is still to be synced; files by numbers, names beside them."""

    files: dict[int, bytearray] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    changes: dict[int, list[Change]] = field(default_factory=lambda: defaultdict(list))
    renames: list[tuple[str, int | None]] = field(default_factory=list)


class Moment(NamedTuple):
    """The disk after a call, and what had been acknowledged by then."""

    disk: Disk
    acknowledged: dict[int, str]


def record(folder: Path, mode: str, synchronous: str, count: int) -> list[Moment]:
    """Append under those settings, and every moment of it at which something could be lost."""
    name = folder / "log.db"
    trace = folder / "trace"
    open_log(str(name), create=True).close()
    if mode == "wal":
        watched("tests.log.recorded", str(name), "1", mode, synchronous, options=["-o", str(trace)])
    before = {path: path.read_bytes() for path in folder.glob("log.db*") if path.suffix != "-shm"}
    options = ["-o", str(trace), "-e", f"trace={_CALLS}", "-xx", "-s", "1000000"]
    done = watched("tests.log.recorded", str(name), str(count), mode, synchronous, options=options)
    assert done.returncode == 0, done.stderr
    return list(_moments(_calls(trace), before, folder))


def _calls(trace: Path) -> Iterator[Call]:
    for line in trace.read_text().splitlines():
        match = _LINE.match(line)
        if match is not None and int(match[3]) >= 0:
            yield Call(match[1], match[2].split(", "), int(match[3]))


def _text(word: str) -> bytes:
    """A string as `strace -xx` writes it."""
    return bytes.fromhex(word.strip('"').replace("\\x", ""))


def _moments(calls: Iterator[Call], before: dict[Path, bytes], folder: Path) -> Iterator[Moment]:
    disk = Disk()
    now: dict[str, int] = {}
    for given, content in before.items():
        disk.files[len(disk.files)] = bytearray(content)
        disk.names[str(given)] = now[str(given)] = len(disk.files) - 1
    opened: dict[int, int | None] = {}
    acknowledged: dict[int, str] = {}
    numbers = iter(range(len(before), 10_000))
    for call in calls:
        if call.name == "openat":
            path = _text(call.words[1]).decode()
            if Path(path) == folder:
                opened[call.returned] = None
            elif Path(path).parent == folder and Path(path).name.startswith("log.db"):
                if path.endswith("-shm"):
                    continue
                if path not in now:
                    now[path] = next(numbers)
                    disk.files[now[path]] = bytearray()
                    disk.renames.append((path, now[path]))
                opened[call.returned] = now[path]
            continue
        if call.name == "unlink":
            path = _text(call.words[0]).decode()
            if path in now:
                del now[path]
                disk.renames.append((path, None))
                yield Moment(deepcopy(disk), dict(acknowledged))
            continue
        assert call.name != "rename", "SQLite renames nothing"
        number = int(call.words[0])
        if call.name == "close":
            opened.pop(number, None)
        elif call.name == "write" and number == 1:
            said = _text(call.words[1]).decode().split()
            acknowledged[int(said[1])] = said[2]
            yield Moment(deepcopy(disk), dict(acknowledged))
        elif number in opened:
            _change(disk, opened[number], call)
            yield Moment(deepcopy(disk), dict(acknowledged))


def _change(disk: Disk, file: int | None, call: Call) -> None:
    if call.name in ("fsync", "fdatasync"):
        if file is None:
            for path, number in disk.renames:
                _name(disk.names, path, number)
            disk.renames.clear()
        else:
            for change in disk.changes.pop(file, []):
                _apply(disk.files[file], change)
        return
    assert file is not None
    if call.name == "pwrite64":
        disk.changes[file].append(Change(int(call.words[3]), _text(call.words[1])))
    else:
        assert call.name == "ftruncate", call.name
        disk.changes[file].append(Change(int(call.words[1]), None))


def _name(names: dict[str, int], path: str, number: int | None) -> None:
    if number is None:
        names.pop(path, None)
    else:
        names[path] = number


def _apply(content: bytearray, change: Change) -> None:
    offset, data = change
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def left(disk: Disk, model: str, random: Random) -> dict[str, bytes]:
    """The files that the disk holds after the cut."""
    disk = deepcopy(disk)
    if model != "dropped":
        for path, number in disk.renames[: random.randint(0, len(disk.renames))]:
            _name(disk.names, path, number)
        for file, changes in disk.changes.items():
            if model == "part":
                changes = [one for one in changes if random.random() < 0.5]
            elif changes and changes[-1].data is not None:
                offset, data = changes[-1]
                torn = random.randrange(0, len(data or b"") + 1, _SECTOR)
                changes = [*changes[:-1], Change(offset, (data or b"")[:torn])]
            for one in changes:
                _apply(disk.files[file], one)
    return {path: bytes(disk.files[number]) for path, number in disk.names.items()}


def wrong(moment: Moment, model: str, random: Random) -> str | None:
    """What is wrong after a cut at that moment; None if nothing acknowledged is lost."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="cut-", dir=memory if memory.is_dir() else None))
    try:
        for path, content in left(moment.disk, model, random).items():
            (folder / Path(path).name).write_bytes(content)
        name = str(folder / "log.db")
        checked = verify(name)
        if checked.bad is not None:
            return f"entry {checked.bad[0]}: {checked.bad[1]}"
        with open_log(name) as log, log.reading() as connection:
            held = dict(connection.execute(select(entries.c.seq, entries.c.hash)).all())
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() != "ok":
                return "the file is damaged"
        lost = [seq for seq, one in moment.acknowledged.items() if held.get(seq) != one]
        return f"acknowledged and lost: {lost}" if lost else None
    except LogFault as fault:
        return f"it does not open: {fault.message}"
    finally:
        shutil.rmtree(folder)
