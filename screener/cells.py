"""Cells of a CSV file that no spreadsheet takes for a formula, and that read back as they were.

A text that begins like a formula gets an apostrophe in front; so does one that begins with an
apostrophe, so that taking one off always gives the text back. Numbers stay numbers. UTF-8, one
header, ISO dates, decimal points.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Cell: TypeAlias = str | int | None

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
#: What a spreadsheet takes for the beginning of a formula; wide forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001


def safe(cell: Cell) -> str:
    """A cell as it is written."""
    text = "" if cell is None else str(cell)
    if _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text.startswith("'") or text.lstrip(" ").startswith(_FORMULA) else text


def csv_line(cells: Iterable[Cell]) -> str:
    """One line of a CSV file, with its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return line.getvalue()


def csv_row(row: Mapping[str, Cell]) -> str:
    """The cells of a row in its order."""
    return csv_line(row.values())


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A whole table; a half of a character becomes a question mark."""
    return "".join(map(csv_line, (header, *rows))).encode("utf-8", "replace")
