"""Patient files, opened one after the other; what is in them is for the intake to say."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from screener.cli.console import UsageFault, say
from screener.diagnostics import Fault, ProfileError
from screener.intake.profiles import read_profiles
from screener.terminal import clean

STANDARD_INPUT = "-"
#: An empty list of patients is a list; an empty file of any other name is a mistake.
_LISTS = (".ndjson", ".jsonl")


class Entry(NamedTuple):
    """One profile: the file and the line it begins on, and its data or what is wrong with them."""

    file: str
    line: int
    data: object | ProfileError


def entries(files: Iterable[str]) -> Iterator[Entry]:
    """The profiles of all files in order, read as they are asked for."""
    for name in files:
        if name == STANDARD_INPUT:
            yield from _entries(name, sys.stdin.buffer)
        else:
            with Path(name).open("rb") as stream:
                yield from _entries(name, stream)


def require(files: Iterable[str]) -> None:
    """Say at once which file cannot be read, before any patient is judged.

    Raises:
        UsageFault: naming the first of them.
    """
    seen = set()
    for name in files:
        if name != STANDARD_INPUT:
            _try_to_open(name)
        elif name in seen:
            raise UsageFault("standard input can be read only once")
        elif sys.stdin.isatty():
            say("reading a profile from the keyboard; Ctrl-D ends it")
        seen.add(name)


def _entries(name: str, stream: BinaryIO) -> Iterator[Entry]:
    empty = True
    for line, data in read_profiles(stream):
        empty = False
        yield Entry(name, line, data)
    if empty and not name.endswith(_LISTS):
        yield Entry(name, 1, ProfileError([Fault("", "there is no patient in it")]))


def _try_to_open(name: str) -> None:
    try:
        with Path(name).open("rb"):
            pass
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UsageFault(
            f"`{clean(name)}` cannot be read: {(reason or 'not a file name').lower()}"
        ) from error
