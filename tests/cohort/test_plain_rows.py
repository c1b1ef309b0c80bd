"""Rows that say plainly all a trial asks for are answered in columns, and as one by one.

Values lie at, just below and just above what decides: multiples of a reference limit, bands of a
score, steps of rounding, days of windows around dates of the patient's own.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import duckdb
import polars as pl
import pytest

import screener
from screener.cohort.onebyone import Refused, answer_rows
from screener.cohort.relations import screen_relation
from screener.cohort.screening import Screening
from screener.interpreters.columns import PATIENT
from screener.ir import Protocol
from screener.vocabulary import Vocabulary
from tests.cohort.plain import AS_OF, formula_rows, plain_rows, shipped, trial_of_formulas

#: Of trials that hold values against multiples of a limit: rows at one are left to the reference.
_AT_A_LIMIT = 0.35


def differing(
    protocol: Protocol, vocabulary: Vocabulary, frame: pl.DataFrame, *, on_duckdb: bool = False
) -> tuple[list[str], float]:
    """Where columns and the reader of tables differ; the share of rows answered in columns."""
    screening = Screening(protocol, vocabulary, AS_OF.toordinal(), refused=lambda _: None)
    found = screening.eager(frame)
    if on_duckdb:
        given = duckdb.connect().from_arrow(frame.to_arrow())
        there = pl.DataFrame(screen_relation(screening, given).to_arrow_table())
        found = frame.select(PATIENT).join(there, on=PATIENT, maintain_order="left")
    doubtful = int(screening.plainly(frame)[1].sum())
    numbered = frame.drop(PATIENT).with_row_index(PATIENT)
    expected = answer_rows(protocol, vocabulary, numbered, AS_OF.toordinal())
    wrong = []
    for row, answer, right in zip(
        frame.to_dicts(), found.drop(PATIENT).to_dicts(), expected, strict=True
    ):
        told = dict.fromkeys(answer) if isinstance(right, Refused) else right
        if answer != told:
            wrong.append(f"{[name for name in answer if answer[name] != told[name]]}: {row}")
    return wrong, 1 - doubtful / len(frame)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_plain_rows_of_a_shipped_trial_are_answered_in_columns(path: Path) -> None:
    edition = screener.load_trial(path).newest
    random = Random(f"{path.parent.name} {path.stem}")
    frame = plain_rows(edition.protocol, edition.vocabulary, 30, random)
    wrong, share = differing(edition.protocol, edition.vocabulary, frame)
    assert wrong == []
    assert share == 1


@pytest.mark.parametrize("name", ["NCT00351195", "NCT01681446"])
def test_rows_at_the_limits_and_with_gaps_are_answered_alike(name: str) -> None:
    edition = screener.load_trial(name).newest
    random = Random(name)
    frame = plain_rows(edition.protocol, edition.vocabulary, 80, random, edges=True, gaps=0.1)
    wrong, share = differing(edition.protocol, edition.vocabulary, frame, on_duckdb=True)
    assert wrong == []
    assert share > _AT_A_LIMIT


def test_formulas_are_answered_in_columns_but_at_their_steps() -> None:
    protocol, vocabulary = trial_of_formulas()
    frame = formula_rows(150, Random("formulas"))
    wrong, share = differing(protocol, vocabulary, frame)
    assert wrong == []
    assert share > 0.8


@pytest.mark.parametrize("on_duckdb", [False, True], ids=["polars", "duckdb"])
def test_a_formula_exactly_at_a_step_of_rounding_rounds_up(*, on_duckdb: bool) -> None:
    protocol, vocabulary = trial_of_formulas()
    # 64.8 kg at 1.8 m are 20 kg/m2; 20.005 would be rounded to 20.01, and 20.0049 to 20.00.
    rows = {"patient": ["A", "B", "C"], "weight [kg]": [64.8162, 64.8161, 64.8163]}
    frame = pl.DataFrame({**rows, "height [cm]": [180.0] * 3})
    wrong, _ = differing(protocol, vocabulary, frame, on_duckdb=on_duckdb)
    assert wrong == []
    screening = Screening(protocol, vocabulary, AS_OF.toordinal())
    assert screening.eager(frame)["bmi"].to_list() == [True, False, True]
