"""The tables and the mapping file shown in the documentation say what they are said to say."""

from __future__ import annotations

import re
from pathlib import Path

from screener.intake.report import Fate
from screener.rules.load import read_mapping, read_vocabulary
from tests.intake.tables.support import Intake

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "intake-tables.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def test_the_wide_and_the_long_table_shown_are_the_same_patient() -> None:
    wide, long = (Intake(block) for block in blocks("csv"))
    assert wide.sheets == long.sheets
    assert len(wide.sheets[0].records["platelets"]) == 2
    assert not wide.of(Fate.UNKNOWN)
    assert not long.of(Fate.UNKNOWN)


def test_the_mapping_file_shown_fits_the_shipped_vocabulary() -> None:
    shipped = (ROOT / "criteria" / "vocabulary.yaml").read_bytes()
    text, table = blocks("yaml")
    vocabulary = read_vocabulary(shipped, "vocabulary.yaml")
    ranges = read_mapping(table, "site.yaml", vocabulary).ranges
    assert [(fact, len(rows)) for fact, rows in ranges.items()] == [("alt", 3), ("inr", 3)]
    site = read_mapping(text, "site.yaml", vocabulary)
    assert site.columns["Station"] == "ignored"
    assert set(site.complete) == {"antibiotic", "depression"}
