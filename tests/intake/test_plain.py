"""A fact written plainly is read quickly, and exactly as the reader of all words reads it."""

from __future__ import annotations

from decimal import Decimal

from screener.catalog import VOCABULARY, read_file, shipped
from screener.days import Days
from screener.intake.entry import Visit
from screener.intake.plain import plain_record
from screener.intake.records import read_fact
from screener.intake.sheet import Draft
from screener.rules.load import read_vocabulary

WORDS = read_file(shipped("criteria") / VOCABULARY)
FACTS = read_vocabulary(WORDS.content, WORDS.name)
VISITS = (None, Visit(Days(739944, 739944), "2026-11-20"), Visit(Days(739891, 739920), "2026-10"))
VALUES: tuple[object, ...] = (
    *(True, False, None, "true", 0, 1, 62, 140, -3, 10**59, 10**60, -(10**59), 10**80),
    *(Decimal("4.10"), Decimal("-0.5"), Decimal("1E+3"), Decimal("99999999"), 4.5, "4.1", "<5"),
    *("4.1 10*9/L", " 4.1 g/dL", "1e3", "1,5", "low", " low", "female", "rt_pcr", "A", ""),
    *("2026-11-20", "1964-05", "[]", [], {}),
)
UNITS = (None, "10*9/L", "cm", "mm", "g/dL", "mg/dL", "a", "1", "", " cm", "Cm", 1)
DATES = (None, "2026-11-20", "2026-10", "2026", " 2026-11-20", "2026-02-30", "", 2026)


def test_what_is_read_plainly_is_what_the_reader_of_all_words_makes_of_it() -> None:
    read: set[str] = set()
    for name, fact in FACTS.items():
        written: list[object] = [value for value in VALUES if value is not None]
        written += [
            {"value": value, "unit": unit, "date": date}
            for value in VALUES
            for unit in dict.fromkeys((*UNITS, fact.shape.unit))
            for date in (DATES if unit in (None, fact.shape.unit) else DATES[:1])
        ]
        written = [_without_null(raw, number) for number, raw in enumerate(written)]
        for number, raw in enumerate(written):
            visit = VISITS[number % len(VISITS)]
            record = plain_record(fact, raw, visit)
            if record is None:
                continue
            read.add(name)
            draft = Draft()
            read_fact(fact, raw, visit, "/facts/x", draft)
            assert not draft.faults.found, (name, raw)
            sheet = draft.sheet(None, None)
            assert sheet.warnings == (), (name, raw)
            assert dict(sheet.records) == {name: (record,)}, (name, raw)
    # All but judgements, events, dates and what has attributes of its own are read so.
    plain = {
        name for name, fact in FACTS.items() if fact.shape.type.value in ("boolean", "quantity")
    }
    assert {
        name for name in plain if not FACTS[name].attributes and not FACTS[name].asked_of
    } <= read


def _without_null(raw: object, number: int) -> object:
    """Every other record without the words that are null."""
    if isinstance(raw, dict) and number % 2:
        return {word: part for word, part in raw.items() if part is not None}
    return raw


def test_other_words_and_doubtful_values_are_left_to_the_reader_of_all_words() -> None:
    fact = FACTS["platelets"]
    for raw in (
        {"value": 112, "unit": "10*9/L", "status": "entered-in-error"},
        {"value": 112, "unit": "10*9/L", "reference_range": {"low": 100}},
        {"absent": "pending"},
        {"value": 112},
        {"value": "<5", "unit": "10*9/L"},
        {"value": 99999, "unit": "10*9/L"},
        112,
    ):
        assert plain_record(fact, raw, None) is None, raw
