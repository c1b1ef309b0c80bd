"""Every data case that a wide table can say, screened as a row of a frame."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

import duckdb
import polars as pl
import pytest

from screener.cohort.relations import screen_relation
from screener.cohort.screening import Screening
from screener.days import parse_days
from screener.interpreters.columns import PATIENT, VERDICT
from screener.rules.load import read_protocol
from screener.vocabulary import Type
from tests.cohort.tables import Row, frame_of, wide_row
from tests.spec.cases import Case, read_all
from tests.spec.test_cases import vocabulary_of

Engine: TypeAlias = Callable[[Screening, pl.DataFrame], pl.DataFrame]

PARTS = 4
#: The word of a case as the cell of a criterion.
_PASSES = {"pass": True, "fail": False, "unknown": None}


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


def screening_of(case: Case, wanted: Sequence[str] | None = None) -> Screening:
    """The trial of a case on its day."""
    reading = read_protocol(case.trial, "trial.yaml", vocabulary_of(case.vocabulary))
    days = parse_days(case.as_of)
    assert days is not None
    return Screening(reading.protocol, reading.vocabulary, days.first, wanted=wanted)


def contradicts(case: Case, answer: Mapping[str, str | bool | None]) -> bool:
    """Whether the answer is another than the case expects."""
    verdict = {} if case.verdict is None else {VERDICT: case.verdict}
    outcomes = {name: _PASSES[word] for name, word in case.criteria.items()}
    expected = {**outcomes, **case.stages, **case.cohorts, **verdict}
    return any(answer[name] != one for name, one in expected.items())


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
        frame = frame_of([row for _, row in cases], typed=typed)
        answers = engine(screening_of(cases[0][0]), frame).to_dicts()
        for (case, row), answer in zip(cases, answers, strict=True):
            if contradicts(case, answer):
                wrong.append((case.id, row, answer))
    assert wrong == []


def test_nearly_all_cases_can_be_said_in_a_wide_table() -> None:
    assert sum(len(cases) for cases in groups()) > 0.9 * len(read_all())
