"""A comma-separated file into rows of cells: encoding, delimiter, quotes; in bounded memory.

It decides where a cell and a row end, and refuses what cannot be told. What a column means is
decided elsewhere; a cell is text and stays as it is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from screener.diagnostics import Fault, ProfileError
from screener.intake.faults import quoted

#: The longest line, in bytes; a cell may have 131,072 characters (the limit of the reader).
LONGEST = 4 * 1024 * 1024
#: As many columns as the widest spreadsheet has.
MOST_COLUMNS = 16_384

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UNFIT = re.compile("[\0\ud800-\udfff]")
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


class Row(NamedTuple):
    """One row; `number` counts as a spreadsheet does, the header being row 1."""

    number: int
    cells: tuple[str, ...]


class Table(NamedTuple):
    """The header of a table, its delimiter, and the rows below, read as they are asked for."""

    header: tuple[str, ...]
    delimiter: str
    rows: Iterator[Row]


class Broken(Exception):
    """The rows cannot be told apart from here on: the rest of the file is not read."""

    def __init__(self, row: int, message: str, hint: str | None = None) -> None:
        self.fault = Fault(f"row {row}", message, hint)
        super().__init__(message)


def open_table(stream: BinaryIO) -> Table:
    """Read the header of a table.

    Raises:
        ProfileError: there is no header, or nobody can tell how it is meant.
    """
    lines = _lines(stream)
    try:
        first = next(lines, "")
        delimiter = _delimiter(first)
        rows = _rows(chain([first], lines), delimiter)
        header = next(rows, Row(1, ()))
    except Broken as error:
        raise ProfileError([error.fault]) from None
    if not any(cell.strip() for cell in header.cells):
        fault = Fault("row 1", "there is no header", "the first row names the columns")
        raise ProfileError([fault])
    if len(header.cells) > MOST_COLUMNS:
        fault = Fault(
            "row 1",
            f"more than {MOST_COLUMNS:,} columns",
            "one patient is one row: are rows and columns turned round?",
        )
        raise ProfileError([fault])
    return Table(tuple(cell.strip() for cell in header.cells), delimiter, rows)


def unfit(cell: str) -> tuple[str, str] | None:
    """What is wrong with the characters of a cell, and how to mend it."""
    found = _UNFIT.search(cell)
    if found is None:
        return None
    if found[0] == "\0":
        return "a text with the character NUL", "remove the character"
    return "a text that is not UTF-8", "save the file as UTF-8"


def _lines(stream: BinaryIO) -> Iterator[str]:
    """The lines; bytes that are not UTF-8 become lone surrogates, which `unfit` tells of."""
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise Broken(number, f"a line of more than {LONGEST // 1024 // 1024} MiB")
        if number == 1:
            if line.startswith(_WIDE_MARKS):
                raise Broken(1, "the file is UTF-16", "save it as UTF-8")
            line = line.removeprefix(_BYTE_ORDER_MARK)
        yield line.decode("utf-8", "surrogateescape")


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    number = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _misread(number, str(error)) from None
        if any(cell.strip() for cell in cells):
            yield Row(number, tuple(cells))


def _misread(row: int, problem: str) -> Broken:
    if "field limit" in problem or "unexpected end" in problem:
        message = "a quote that nobody closes, or a cell of more than 131,072 characters"
        return Broken(row, message, 'within quotes a quote is written twice: `""`')
    if "new-line" in problem:
        return Broken(
            row, "a line that ends as no other does", "save the file with usual line ends"
        )
    hint = "a cell with quotes in it stands in quotes, and each of them is written twice"
    return Broken(row, "text after a closing quote", hint)


def _delimiter(header: str) -> str:
    """The delimiter that the header has most of outside its quotes."""
    bare = "".join(header.split('"')[::2])
    counts = {one: bare.count(one) for one in _DELIMITERS}
    most = max(counts.values())
    found = [one for one, count in counts.items() if count == most]
    if most and len(found) > 1:
        names = " or ".join(_DELIMITERS[one] for one in found)
        message = f"nobody can tell whether {names} separates the columns"
        raise Broken(1, message, f"put headings with such a mark in quotes: {quoted(header)}")
    return found[0]
