"""Tables to take away: plain CSV whose cells no spreadsheet takes for a formula.

UTF-8, one header, ISO dates, decimal points. What begins like a formula is text with an apostrophe
before it; a negative number is a number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
#: What spreadsheets take for the beginning of a formula, the wide forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001


def safe(cell: str) -> str:
    """The cell as text that is never a formula."""
    if _NUMBER.fullmatch(cell) or not cell.lstrip(" ").startswith(_FORMULA):
        return cell
    return f"'{cell}"


def table(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    """A whole table; None is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe(cell or "") for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")
