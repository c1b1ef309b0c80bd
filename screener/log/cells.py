"""Cells of a CSV file that no spreadsheet takes for a formula, and that read back as they were.

A text that begins like a formula gets an apostrophe in front; so does one that begins with an
apostrophe, so that taking one off always gives the text back. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Cell: TypeAlias = str | int | None

#: What a spreadsheet takes for the beginning of a formula; wide forms too.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")  # noqa: RUF001


def safe(cell: Cell) -> str:
    """A cell as it is written."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if cell.startswith(_BEGINNINGS) else cell


def csv_line(cells: Sequence[Cell]) -> str:
    """One line of a CSV file, with its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return line.getvalue()


def csv_row(row: Mapping[str, Cell]) -> str:
    """The cells of a row in its order."""
    return csv_line(list(row.values()))
