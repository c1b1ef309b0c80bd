"""The rows of a wide table: a column per fact, further columns for what else a record says.

It decides which cells of a row are about the same record.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.intake.mapping import is_blank
from screener.intake.tables.columns import Column
from screener.intake.tables.gathering import Cell, Gathered
from screener.intake.tables.reading import Row
from screener.site import Site
from screener.vocabulary import Fact


def wide_rows(
    rows: Sequence[Row],
    groups: Sequence[tuple[Fact, Sequence[Column]]],
    site: Site,
    gathered: Gathered,
) -> None:
    """Gather the rows of one patient; the columns of each record stand together in `groups`."""
    for row in rows:
        for fact, columns in groups:
            cells = {
                one.word: Cell(row.number, one.heading, row.cells[one.position], one.unit)
                for one in columns
                if not is_blank(row.cells[one.position], site)
            }
            if cells:
                gathered.record(fact, cells)
