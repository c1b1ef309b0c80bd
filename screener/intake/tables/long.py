"""The rows of a long table: a record each, the column `fact` says of what.

It decides what becomes of a row that names a fact nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.intake.faults import Faults, quoted
from screener.intake.mapping import is_blank
from screener.intake.report import Entry, Fate
from screener.intake.tables.columns import Columns
from screener.intake.tables.gathering import Cell, Gathered
from screener.intake.tables.reading import Row
from screener.site import Site
from screener.vocabulary import Vocabulary


def long_rows(
    rows: Sequence[Row],
    columns: Columns,
    vocabulary: Vocabulary,
    site: Site,
    gathered: Gathered,
    name: str,
) -> bool:
    """Gather the rows of one patient; whether every row names a fact that is known."""
    assert columns.fact is not None, "INVARIANT: a long table names its facts"
    heading = columns.header[columns.fact]
    whole = True
    for row in rows:
        said = row.cells[columns.fact].strip()
        fact = vocabulary.get(site.facts.get(said, said))
        cells = {
            one.word: Cell(row.number, one.heading, row.cells[one.position])
            for one in columns.words
            if not is_blank(row.cells[one.position], site)
        }
        place = f"{name}: row {row.number}, column {heading}"
        if fact is None:
            whole = False
            hint = Faults().guess(said, [*site.facts, *vocabulary])
            reason = f"{quoted(said)} is not a known fact" if said else "no fact is named"
            gathered.entries.append(Entry(place, Fate.UNKNOWN, None, reason, hint))
        elif cells:
            gathered.record(fact, cells)
        else:
            cell = Cell(row.number, heading, said)
            gathered.half(cell, fact, "the row says nothing of it")
    return whole
