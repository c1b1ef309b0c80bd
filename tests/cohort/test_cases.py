"""Every data case that a wide table can say, screened as a row of a frame."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import duckdb
import polars as pl
import pytest

from screener.cohort.relations import screen_relation
from screener.cohort.screening import Screening
from screener.days import parse_days
from screener.interpreters.columns import PATIENT
from screener.rules.load import read_protocol
from screener.vocabulary import Type
from tests.cohort.tables import Row, frame_of, wide_row
from tests.spec.cases import Case, read_all
from tests.spec.test_cases import vocabulary_of

Engine: TypeAlias = Callable[[Screening, pl.DataFrame], pl.DataFrame]

PARTS = 4
#: A cell of a criterion, in the word of a case.
OUTCOME = {True: "pass", False: "fail", None: "unknown"}


@cache
def groups() -> list[list[tuple[Case, Row]]]:
    """The cases that wide tables can say, those of one trial and day together."""
    found: dict[tuple[str, str, str], list[tuple[Case, Row]]] = defaultdict(list)
    for case in read_all():
        if case.mapping:
            continue  # a frame knows no table of ranges
        facts = vocabulary_of(case.vocabulary)
        events = {name for name, fact in facts.items() if fact.shape.type is Type.EVENT}
        row = wide_row(case.profile, events)
        if row is not None:
            trial = {**json.loads(case.trial), "title": ""}
            found[json.dumps(trial), case.vocabulary, case.as_of].append((case, row))
    return list(found.values())


def on_polars(screening: Screening, frame: pl.DataFrame) -> pl.DataFrame:
    return screening.eager(frame)


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def on_duckdb(screening: Screening, frame: pl.DataFrame) -> pl.DataFrame:
    relation = screen_relation(screening, connection().from_arrow(frame.to_arrow()))
    return frame.select(PATIENT).join(
        pl.DataFrame(relation.to_arrow_table()), on=PATIENT, maintain_order="left"
    )


@pytest.mark.parametrize(
    ("engine", "typed"),
    [(on_polars, False), (on_duckdb, True)],
    ids=["polars, texts", "duckdb, types"],
)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_frame_answers_what_the_semantics_say(part: int, engine: Engine, typed: bool) -> None:
    wrong = []
    for cases in groups()[part::PARTS]:
        first = cases[0][0]
        reading = read_protocol(first.trial, "trial.yaml", vocabulary_of(first.vocabulary))
        days = parse_days(first.as_of)
        assert days is not None
        screening = Screening(reading.protocol, reading.vocabulary, days.first)
        frame = frame_of([row for _, row in cases], typed=typed)
        for (case, row), answer in zip(cases, engine(screening, frame).to_dicts(), strict=True):
            outcomes = {name: OUTCOME[answer[name]] for name in case.criteria}
            heads = {**case.stages, **case.cohorts}
            verdict = case.verdict or answer["verdict"]
            if (
                outcomes != case.criteria
                or {name: answer[name] for name in heads} != heads
                or answer["verdict"] != verdict
            ):
                wrong.append((case.id, row, answer))
    assert wrong == []


def test_nearly_all_cases_can_be_said_in_a_wide_table() -> None:
    assert sum(len(cases) for cases in groups()) > 0.9 * len(read_all())
