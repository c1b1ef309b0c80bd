"""Whose row it is: the identifier of a row, and patients whose rows lie apart.

It never guesses: a row whose identifier cannot be told for certain is nobody's. An identifier is
text and is kept as it is, but for white space around it.
"""

from __future__ import annotations

from hashlib import blake2b

from screener.diagnostics import Fault
from screener.intake.tables.columns import Columns
from screener.intake.tables.reading import Broken, Row, Table, unfit


def survey(table: Table, columns: Columns) -> tuple[frozenset[bytes], list[int]]:
    """Fingerprints of the patients whose rows do not stand together; nameless columns in use.

    Eight bytes each: of a million patients two share one with odds of one in forty million, and
    are then refused, never mixed.
    """
    filled: set[int] = set()
    seen: set[bytes] = set()
    found: set[bytes] = set()
    last = None
    try:
        for row in table.rows:
            filled.update(at for at in columns.nameless if any(row.cells[at : at + 1]))
            patient = patient_of(row, columns)
            if patient is None or patient == last:
                continue
            one = mark(patient)
            (found if one in seen else seen).add(one)
            last = patient
    except Broken:
        pass  # told when the rows are read
    return frozenset(found), sorted(filled)


def mark(patient: str) -> bytes:
    """A fingerprint of an identifier."""
    return blake2b(patient.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def patient_of(row: Row, columns: Columns) -> str | None:
    """Whose row it is; None where that is not certain."""
    cells = row.cells
    if columns.patient >= len(cells):
        return None
    if columns.patient > 0 and not fits(row, columns):
        return None  # a mark too many or too few may have moved another cell here
    said = cells[columns.patient].strip()
    return None if not said or unfit(said) else said


def fits(row: Row, columns: Columns) -> bool:
    """Whether the row has as many cells as the header; blank ones behind it do no harm."""
    width = len(columns.header)
    return len(row.cells) == width or (
        len(row.cells) > width and not any(one.strip() for one in row.cells[width:])
    )


def misfit(number: int, cells: int, headings: int) -> Fault:
    """What is said of a row with fewer or more cells than the header."""
    message = f"{cells} cells under {headings} headings"
    hint = "a cell with the delimiter in it, such as a decimal comma, stands in quotes"
    if cells < headings:
        hint = "a row has a cell under every heading, also where it is blank"
    return Fault(f"row {number}", message, hint)
