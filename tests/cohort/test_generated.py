"""Frames of generated patients: columns and the reader of tables give one answer, row by row.

Some patients are as they are generated, with all that a record can say; of others only the first
record is kept and of it only value, unit and day, which is what columns say plainly.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import polars as pl
import pytest

from screener.cohort.onebyone import Refused, answer_rows
from screener.cohort.screening import Screening
from screener.interpreters.columns import PATIENT
from tests.cohort.generated import thinned
from tests.cohort.tables import frame_of, wide_row
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients


def compare(seed: str, patients: int, *, typed: bool) -> tuple[list[str], Counter[str]]:
    """Where the frame and the reference differ; how many rows were answered in columns."""
    random = Random(seed)
    trial, words, people = trial_with_patients(seed, 5, patients)
    engine = Engine(trial, words)
    as_of = Counter(day for _, day in people).most_common(1)[0][0].toordinal()
    events = {name for name, fact in words["facts"].items() if fact["type"] == "event"}
    said = [row for profile, _ in people if (row := wide_row(profile, events)) is not None]
    rows = said[: len(said) // 4]
    rows += [thinned(row, random, random.choice((0.05, 0.2, 1.0))) for row in said]
    frame = frame_of(rows, typed=typed)
    screening = Screening(engine.protocol, engine.vocabulary, as_of, refused=lambda _: None)
    found = screening.eager(frame).drop(PATIENT).to_dicts()
    doubtful = screening.plainly(frame)[1]
    counts = Counter({"rows": len(rows), "in columns": len(rows) - int(doubtful.sum())})
    wrong = []
    numbered = frame.drop(PATIENT).with_row_index(PATIENT)
    expected = answer_rows(engine.protocol, engine.vocabulary, numbered, as_of)
    for row, answer, right in zip(rows, found, expected, strict=True):
        if isinstance(right, Refused):
            right = dict.fromkeys(answer)
        if answer != right:
            differing = [name for name in answer if answer[name] != right[name]]
            wrong.append(f"{seed}: {row}: {differing}")
    return wrong, counts


@pytest.mark.parametrize("typed", [False, True], ids=["texts", "types"])
@pytest.mark.parametrize("part", range(2))
def test_columns_and_the_reader_of_tables_agree(part: int, typed: bool) -> None:
    wrong, counts = compare(f"cohort-{part}-1", 40, typed=typed)
    assert wrong == []
    # Enough of each, or the comparison says nothing.
    assert counts["in columns"] > 0
    assert counts["in columns"] < counts["rows"]


def test_an_undated_value_is_not_available_to_a_row_without_it() -> None:
    rule = {"fact": "willing", "available": "true"}
    stage = {"id": "S", "title": "S", "inclusion": [{"id": "C", "text": "Asked.", "rule": rule}]}
    trial = {"trial": "T", "title": "T", "version": "1", "effective": "2026-01-01", "source": "S"}
    facts = {"willing": {"type": "boolean", "kind": "observation"}}
    engine = Engine({**trial, "stages": [stage]}, {"facts": facts})
    screening = Screening(engine.protocol, engine.vocabulary, 739706)
    for date in (None, "2026-01-01"):
        words = {PATIENT: ["A", "B"], "willing": ["false", None], "willing.date": [date, None]}
        frame = pl.DataFrame(words, schema=dict.fromkeys(words, pl.String))
        assert screening.eager(frame)["C"].to_list() == [True, None]


def test_an_empty_frame_has_the_columns_of_any_other() -> None:
    trial, words, _ = trial_with_patients("empty", 4, 1)
    engine = Engine(trial, words)
    screening = Screening(engine.protocol, engine.vocabulary, 738000)
    empty = pl.DataFrame(schema={PATIENT: pl.String, "alt": pl.String, "sex": pl.String})
    assert screening.eager(empty).columns == [PATIENT, *screening.wanted]
    assert len(screening.lazy(empty.lazy()).collect()) == 0
