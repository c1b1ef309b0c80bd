"""Every data case that a long table can say, screened as its records."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import Any

import polars as pl
import pytest

from screener.cohort.handed import screen_records
from screener.days import parse_days
from screener.interpreters.columns import PATIENT
from screener.rules.load import read_protocol
from screener.vocabulary import Type
from tests.cohort.tables import Row, frame_of, records_of
from tests.cohort.test_cases import PARTS, connection, contradicts
from tests.spec.cases import Case, read_all
from tests.spec.test_cases import vocabulary_of

Said = list[tuple[str, Row]]


@cache
def groups() -> list[list[tuple[Case, Said]]]:
    """The cases that long tables can say, those of one trial and day together."""
    found: dict[tuple[str, str, str], list[tuple[Case, Said]]] = defaultdict(list)
    for case in read_all():
        if case.mapping:
            continue  # a table of records knows no table of ranges
        facts = vocabulary_of(case.vocabulary)
        events = {name for name, fact in facts.items() if fact.shape.type is Type.EVENT}
        said = records_of(case.profile, events)
        if said is not None:
            trial = {**json.loads(case.trial), "title": ""}
            found[json.dumps(trial), case.vocabulary, case.as_of].append((case, said))
    return list(found.values())


def tables(cases: list[tuple[Case, Said]], *, typed: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A row for each record, and a row for each patient."""
    rows: list[Row] = []
    names: list[str] = []
    for number, (_, said) in enumerate(cases):
        names += [f"P{number:05}"] * len(said)
        rows += [{"fact": fact, **words} for fact, words in said]
    columns = frame_of([{"fact": "", "value": ""}, *rows], typed=typed).slice(1)
    records = columns.with_columns(pl.Series(PATIENT, names, dtype=pl.String))
    people = pl.DataFrame({PATIENT: [f"P{number:05}" for number in range(len(cases))]})
    return records, people


@pytest.mark.parametrize(
    ("start", "step", "on_duckdb"),
    # Every other trial, as a long table is a wide one once it is reduced. What DuckDB holds is
    # computed here too, so that some of the cases show the way there and back.
    [*((part, PARTS, False) for part in range(0, PARTS, 2)), (0, 2 * PARTS, True)],
)
def test_records_answer_what_the_semantics_say(start: int, step: int, on_duckdb: bool) -> None:
    wrong = []
    for cases in groups()[start::step]:
        first = cases[0][0]
        reading = read_protocol(first.trial, "trial.yaml", vocabulary_of(first.vocabulary))
        days = parse_days(first.as_of)
        assert days is not None
        records, people = (
            connection().from_arrow(one.to_arrow()) if on_duckdb else one
            for one in tables(cases, typed=on_duckdb)
        )
        found: Any = screen_records(
            reading.protocol, reading.vocabulary, records, people, days.first
        )
        answers = pl.DataFrame(found.to_arrow_table()) if on_duckdb else found
        for (case, said), answer in zip(cases, answers.sort(PATIENT).to_dicts(), strict=True):
            if contradicts(case, answer):
                wrong.append((case.id, said, answer))
    assert wrong == []


def test_nearly_all_cases_can_be_said_in_a_long_table() -> None:
    assert sum(len(cases) for cases in groups()) > 0.9 * len(read_all())
