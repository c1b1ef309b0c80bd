"""Patient files as a stream of profiles, each with the file and line it comes from.

A file is one JSON document or NDJSON, a profile a line; which of them is seen from its name, else
from its first line. What a profile says is not looked at.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from screener.cli.console import UsageFault, say
from screener.terminal import clean

STANDARD_INPUT = "-"
_LINES = (".ndjson", ".jsonl")
_BOM = b"\xef\xbb\xbf"
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Entry(NamedTuple):
    """One profile as it was written; `text` is empty where a file holds none."""

    file: str
    line: int
    text: bytes


def entries(files: Iterable[str]) -> Iterator[Entry]:
    """The profiles of all files in order, read as they are asked for."""
    for name in files:
        if name == STANDARD_INPUT:
            yield from _of_stream(name, sys.stdin.buffer, by_line=False)
        else:
            with Path(name).open("rb") as stream:
                yield from _of_stream(name, stream, by_line=name.endswith(_LINES))


def require(files: Iterable[str]) -> None:
    """Say at once which file cannot be read, before any patient is judged.

    Raises:
        UsageFault: naming the first of them.
    """
    seen = set()
    for name in files:
        if name == STANDARD_INPUT:
            if name in seen:
                raise UsageFault("standard input can be read only once")
            if sys.stdin.isatty():
                say("reading a profile from the keyboard; Ctrl-D ends it")
        else:
            _try_to_open(name)
        seen.add(name)


def _try_to_open(name: str) -> None:
    try:
        with Path(name).open("rb"):
            pass
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UsageFault(
            f"`{clean(name)}` cannot be read: {(reason or 'not a file name').lower()}"
        ) from error


def _of_stream(name: str, stream: Iterable[bytes], *, by_line: bool) -> Iterator[Entry]:
    filled = (one for one in _numbered(name, stream) if one.text.strip())
    first = next(filled, None)
    if first is None:
        if not by_line:
            yield Entry(name, 1, b"")
        return
    if by_line or _complete(first.text):
        yield from chain([first], filled)
        return
    second = next(filled, None)
    if second is not None and second.text.startswith(b"{") and _complete(second.text):
        # A broken first line among whole ones is a fault of that line, not of the file.
        yield from chain([first, second], filled)
        return
    rest = [] if second is None else [second.text]
    yield Entry(name, first.line, b"".join([first.text, *rest, *(one.text for one in filled)]))


def _numbered(name: str, stream: Iterable[bytes]) -> Iterator[Entry]:
    for line, text in enumerate(stream, start=1):
        yield Entry(name, line, text.removeprefix(_BOM) if line == 1 else text)


def _complete(line: bytes) -> bool:
    """Whether every bracket that opens outside of texts closes on the line."""
    bare = _STRING.sub(b"", line)
    return bare.count(b"{") == bare.count(b"}") and bare.count(b"[") == bare.count(b"]")
