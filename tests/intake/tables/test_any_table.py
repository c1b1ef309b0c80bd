"""Whatever stands in a table, it is taken in or refused, and no row is lost."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from screener.facts import FactSheet
from screener.intake.report import Fate
from tests.intake.tables.support import Intake

_CELLS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "1", "2.5 U/L", "<5", "true", "FALSE", "2026-11", "NA", "male", "oral"]),
)
_COLUMNS = st.sampled_from(
    ["sex", "alt", "alt.unit", "alt [U/L]", "alt.date", "depression", "antibiotic.route", "ward"]
)


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(content: bytes) -> None:
    Intake(content)
    Intake(b"patient,alt [U/L],depression\n" + content)


@given(
    st.lists(_COLUMNS, min_size=1, max_size=6, unique=True),
    st.lists(st.lists(_CELLS, min_size=6, max_size=6), min_size=1, max_size=6),
)
def test_every_row_is_used_or_put_aside_and_every_cell_is_told(
    columns: list[str], rows: list[list[str]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["patient", *columns])
    for number, row in enumerate(rows):
        writer.writerow([f"P{number}", *row[: len(columns)]])
    if {"alt", "alt [U/L]"} <= set(columns):
        assert (
            "says the same" in Intake(text.getvalue().encode("utf-8", "surrogatepass")).faults[0][1]
        )
        return
    intake = Intake(text.getvalue().encode("utf-8", "surrogatepass"))
    used = {one.patient for one in intake.sheets}
    aside = {one.row.cells[0] for one in intake.rejected}
    if not any("not read from this row on" in str(fault.hint) for fault in intake.faults):
        assert used | aside == {f"P{number}" for number in range(len(rows))}
    assert not used & aside
    for one in intake.taken:
        if isinstance(one.sheet, FactSheet):
            mapped = sum(entry.kind is Fate.MAPPED for entry in one.entries)
            read = [*one.sheet.records.values(), *one.sheet.statements.values()]
            assert mapped == sum(map(len, read))
