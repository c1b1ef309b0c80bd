"""A fact written plainly is read quickly, and exactly as the reader of all words reads it."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal

import pytest

from screener.catalog import VOCABULARY, read_file, shipped
from screener.days import Days
from screener.diagnostics import ProfileError
from screener.intake.entry import Visit
from screener.intake.plain import plain_record
from screener.intake.profile import read_profile
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
    # All but judgements, events and what has attributes of its own are read so.
    plain = {
        name
        for name, fact in FACTS.items()
        if fact.shape.type.value in ("boolean", "quantity", "date")
    }
    assert {
        name for name in plain if not FACTS[name].attributes and not FACTS[name].asked_of
    } <= read


def test_a_yes_a_no_or_none_is_read_alike_for_everybody_who_says_it() -> None:
    """A judgement that nobody signed, and a drug never taken, beside the same in more words."""
    judgement, drug = "other_severe_uncontrolled_disease", "investigational_drug"

    def profile(no: object, none: object) -> dict[str, object]:
        days = ("2026-10-31", "2026-11-20")
        visits = [{"date": day, "facts": {judgement: no}} for day in days]
        return {"facts": {judgement: no, drug: none}, "visits": visits}

    longer = read_profile(profile({"value": False}, {"records": []}), FACTS)
    for _ in range(2):
        sheet = read_profile(profile(False, []), FACTS)
        assert (sheet.records, sheet.warnings) == (longer.records, longer.warnings)
        assert [one.none for one in sheet.statements[drug]] == [True]
    assert len(longer.records[judgement]) == 3
    assert longer.warnings


def test_records_in_a_list_are_those_that_stand_alone_and_each_once() -> None:
    days = ("2026-11-20", "2026-10-31", "2026-11-20")
    several = [{"value": 112, "unit": "10*9/L", "date": day} for day in days]
    closer = [{**one, "source": None} for one in several]
    read, read_closer = (
        read_profile({"facts": {"platelets": one}}, FACTS) for one in (several, closer)
    )
    assert read == read_closer
    assert [one.shown.date for one in read.records["platelets"]] == ["2026-10-31", "2026-11-20"]


def test_a_birth_date_is_noted_wherever_it_stands() -> None:
    for said in ("1840-01-01", ["1840-01-01"], {"value": "1840-01-01"}):
        with pytest.raises(ProfileError, match="born before 1850-01-01"):
            read_profile({"facts": {"birth_date": said}}, FACTS)


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


def test_long_numbers_and_units_are_not_kept() -> None:
    fact = FACTS["platelets"]
    tracemalloc.start()
    try:
        for number in range(20):
            long = f"{number}" + "9" * 100_000
            for raw in (long, {"value": "4.1", "unit": long}, {"value": 4, "date": long}):
                assert plain_record(fact, raw, None) is None
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()


def test_the_blanks_around_a_date_are_neither_shown_nor_kept() -> None:
    data = {"facts": {"resection": "  2026-10-20" + " " * 100_000}}
    (record,) = read_profile(data, FACTS).records["resection"]
    assert record.shown.value == "2026-10-20"
