"""Files of texts, looked through before an engine reads them, so that each finds the same rows.

Engines differ in what they make of a row with a cell too few, of a stray quote, of a name said
twice. What one of them would take otherwise than the reader of tables is an error here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from screener.diagnostics import Fault, ProfileError
from screener.intake.strict_json import parse_json
from screener.intake.tables.identity import misfit
from screener.intake.tables.reading import LONGEST, open_table

_NUL = "a text with the character NUL", "remove the character"
_UTF_8 = "a text that is not UTF-8", "save the file as UTF-8"
_BLANK = "a blank row", "take it out"
_UNCLOSED = "a quote that nobody closes", 'within quotes a quote is written twice: `""`'
_QUOTE = (
    "a quote beside or within other text",
    "a cell with quotes in it stands in quotes, and each of them is written twice",
)
_LINE_END = "a line that ends as no other does", "save the file with usual line ends"
_DIGITS = "a number of more digits than can be kept", "write it as a text, in quotes"


def header_of(path: Path) -> tuple[list[str], str]:
    """The headings of a CSV file, of which none is blank, and its delimiter.

    Raises:
        ProfileError: there is no header, nobody can tell how it is meant, or two are alike.
    """
    with path.open("rb") as stream, _placed(path):
        table = open_table(stream)
        names = [one or f"column {place + 1}" for place, one in enumerate(table.header)]
        twice = next((one for one in names if names.count(one) > 1), None)
        if twice is not None:
            fault = Fault("row 1", f"two columns are called `{twice}`", "leave one out")
            raise ProfileError([fault])
    return names, table.delimiter


def check_csv(path: Path, *, quoted: bool = True) -> tuple[list[str], str]:
    """Look through the rows of a CSV file; returns what `header_of` does.

    Args:
        path: the file.
        quoted: whether quotes stand around cells; else they are a part of them.

    Raises:
        ProfileError: the first row that some reader would take otherwise than another.
    """
    names, delimiter = header_of(path)
    width, mark = len(names), delimiter.encode()
    with path.open("rb") as stream, _placed(path):
        number = 0
        for line in stream:
            number += 1
            # What nearly every line is, in the time it takes to read it.
            plain = line.count(mark) == width - 1 and line.isascii() and b"\0" not in line
            if plain and b'"' not in line and b"\r" not in line[:-2]:
                continue
            found = _cells(_record(line, stream) if quoted else line, mark, quoted=quoted)
            if isinstance(found, tuple):
                raise ProfileError([Fault(f"row {number}", *found)])
            if found != width:
                raise ProfileError([misfit(number, found, width)])
    return names, delimiter


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    """Say of what is wrong in which file it is."""
    try:
        yield
    except ProfileError as error:
        faults = [one._replace(pointer=f"{path.name}, {one.pointer}") for one in error.faults]
        raise ProfileError(faults) from None


def _record(line: bytes, stream: Iterator[bytes]) -> bytes:
    """A row to its end, which is not within quotes."""
    while line.count(b'"') % 2 and len(line) <= LONGEST:
        further = next(stream, b"")
        if not further:
            break
        line += further
    return line


def _cells(record: bytes, mark: bytes, *, quoted: bool) -> int | tuple[str, str]:
    """How many cells a row has, or what is wrong with it and how to mend it."""
    if not record.strip():
        return _BLANK
    if b"\0" in record:
        return _NUL
    try:
        record.decode()
    except UnicodeDecodeError:
        return _UTF_8
    record = record.removesuffix(b"\n").removesuffix(b"\r")
    if quoted and b'"' in record:
        if record.count(b'"') % 2:
            return _UNCLOSED
        other = b"[^" + re.escape(mark) + b"]"
        cell = rb"(?<!" + other + rb')"[^"]*(?:""[^"]*)*"(?!' + other + rb")"
        record = re.sub(cell, b"", record)
        if b'"' in record:
            return _QUOTE
    return _LINE_END if b"\r" in record else record.count(mark) + 1


def check_lines(path: Path) -> None:
    """Look through a file with a JSON object a line.

    Raises:
        ProfileError: the first line that is none, that says a name twice, or a number of more
            digits than an engine keeps.
    """
    with path.open("rb") as stream, _placed(path):
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            place = f"line {number}"
            try:
                said = parse_json(line)
            except ProfileError as error:
                faults = [one._replace(pointer=f"{place}{one.pointer}") for one in error.faults]
                raise ProfileError(faults) from None
            if not isinstance(said, dict):
                hint = "a line holds an object, with a name for each column"
                raise ProfileError([Fault(place, "no object", hint)])
            for name, value in said.items():
                if isinstance(value, Decimal) and Decimal(repr(float(value))) != value:
                    raise ProfileError([Fault(f"{place}, column {name}", *_DIGITS)])
