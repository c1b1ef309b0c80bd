"""Identifiers that are questioned, cells that are no formulas, units as people write them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.cells import safe, table
from screener.web.identity import question
from screener.web.words import pretty, unit_words


@pytest.mark.parametrize(
    "text",
    [
        "Jane Roe",
        "Roe",
        "J.D.",
        "J.D. 02/04/61",
        "j.r@x.org",
        "1961-04-02",
        "02.04.1961",
        "4/2/61",
        "0012345678",
        "1234567",
        "Roe 12",
        "O'Brien 7",
        "x" * 41 + "1",
        "\u5f20\u4e09",
    ],
)
def test_what_may_tell_who_the_patient_is_is_questioned(text: str) -> None:
    said = question(text)
    assert said is not None
    assert "screening ID" in said
    assert text not in said


@pytest.mark.parametrize(
    "text", ["", "S-012-0044", "EX-01", "001", "012/0044", "A1", "site3.pat12", "P_7", "123456"]
)
def test_a_study_number_passes(text: str) -> None:
    assert question(text) is None


@pytest.mark.parametrize(
    ("cell", "safely"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+2", "'-1+2"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("-1", "-1"),
        ("-1.5", "-1.5"),
        ("S-1", "S-1"),
        ("", ""),
    ],
)
def test_a_cell_is_never_a_formula(cell: str, safely: str) -> None:
    assert safe(cell) == safely


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=4))
def test_a_table_reads_back_as_it_was_written(rows: list[list[str]]) -> None:
    content = table(["a", "b"], rows).decode("utf-8")
    read = list(csv.reader(io.StringIO(content, newline="")))
    written = [[safe(cell.encode("utf-8", "replace").decode()) for cell in row] for row in rows]
    assert read == [["a", "b"], *written]


def test_units_are_written_as_by_hand() -> None:
    assert unit_words("10*9/L") == "10\u2079/L"
    assert unit_words("umol/L") == "\u00b5mol/L"
    assert pretty("112 10*9/L, 97 umol/L, 3 mg/dL") == "112 10\u2079/L, 97 \u00b5mol/L, 3 mg/dL"
