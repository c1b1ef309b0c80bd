"""What Spark answers to many trials in one job: a branch of it each, the answers of a row one text.

A job takes a second whatever it asks, which is why there are few. Rows in doubt are left out: they
are answered here and not there, whatever the engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import narwhals as nw
import polars as pl

from screener.cohort.onebyone import Answer, Refused, answer_rows
from screener.cohort.relations import plain_answers
from screener.cohort.screening import Screening
from screener.interpreters.columns import PATIENT
from tests.cohort.tables import Row, frame_of, wide_row
from tests.cohort.test_generated import thinned
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients

#: So many patients are generated for a trial; those screened are thinned ones of them.
_GENERATED = 60
_SHARES = (0.05, 0.2)
_LETTERS = {True: "t", False: "f", None: "-"}
_GROUP, _SAID = "__group", "__said"


class Cohort(NamedTuple):
    """A trial on a day, and patients as a frame."""

    engine: Engine
    as_of: int
    frame: pl.DataFrame

    @property
    def screening(self) -> Screening:
        return Screening(self.engine.protocol, self.engine.vocabulary, self.as_of)

    def expected(self, patients: pl.DataFrame) -> Iterator[Answer | Refused]:
        """What the reference answers, patient by patient."""
        protocol, vocabulary = self.engine.protocol, self.engine.vocabulary
        return answer_rows(protocol, vocabulary, patients, self.as_of)


def generated(seed: str, patients: int) -> Cohort:
    """A generated trial, and so many patients of whom it is known what a plain table holds."""
    random = Random(seed)
    trial, words, people = trial_with_patients(seed, 5, _GENERATED)
    as_of = Counter(day for _, day in people).most_common(1)[0][0].toordinal()
    events = {name for name, fact in words["facts"].items() if fact["type"] == "event"}
    said = [row for profile, _ in people if (row := wide_row(profile, events)) is not None]
    rows: list[Row] = [
        thinned(random.choice(said), random, random.choice(_SHARES)) for _ in range(patients)
    ]
    return Cohort(Engine(trial, words), as_of, frame_of(rows, typed=True))


def screened(
    cohorts: Sequence[tuple[Screening, pl.DataFrame]], session: Any, folder: Path
) -> list[dict[str, str]]:
    """By trial the patients whom columns answer, and their answers in letters; in one job."""
    parts = []
    for number, (screening, frame) in enumerate(cohorts):
        answers = plain_answers(screening, _read(session, frame, folder / f"{number}.parquet"))
        said = [
            nw.when(~nw.col(name).is_null()).then(nw.col(name)).otherwise(nw.lit("-"))
            if name in screening.names.words
            else _letter(name)
            for name in screening.wanted
        ]
        text = nw.concat_str(*said, separator=" ")
        parts.append(_branch(number, answers, text))
    return _collected(parts)


def in_letters(answer: Answer) -> str:
    """The answers of a patient as `screened` tells them."""
    return " ".join(one if isinstance(one, str) else _LETTERS[one] for one in answer.values())


class Sharing(NamedTuple):
    """Trials over one vocabulary, each with its patients among the rows of one frame of texts."""

    screenings: Sequence[Screening]
    #: By row, the place of its trial.
    whose: Sequence[int]
    frame: pl.DataFrame


def screened_sharing(
    several: Sequence[Sharing], session: Any, folder: Path
) -> list[dict[str, str]]:
    """By vocabulary the patients whom columns answer, a letter a criterion; in one job."""
    parts = []
    for number, (screenings, whose, frame) in enumerate(several):
        marked = frame.with_columns(pl.Series(_GROUP, whose))
        given = _read(session, marked, folder / f"{number}.parquet")
        schema = nw.from_native(frame).schema
        plans = [screening.plan(schema) for screening in screenings]
        source = {old: new for plan in plans for old, new in plan.source.items()}
        table = nw.from_native(given.withColumnsRenamed(source))
        for step in range(len(plans[0].prepared)):
            # Of one vocabulary and one header the plans prepare a fact alike.
            columns = {name: one for plan in plans for name, one in plan.prepared[step].items()}
            table = table.with_columns(**columns) if columns else table
        truths, said = {}, []
        for group, plan in enumerate(plans):
            own = {f"__{group}_{name}": one for name, one in plan.answers.criteria.items()}
            own[doubt := f"__{group}"] = nw.lit(False) if plan.doubt is None else plan.doubt
            truths |= own
            here = (nw.col(_GROUP) == group) & ~nw.col(doubt)
            letters = [_letter(name) for name in own if name != doubt]
            said.append(nw.when(here).then(nw.concat_str(nw.lit(""), *letters)))
        text = nw.concat_str(*said, ignore_nulls=True)
        parts.append(_branch(number, table.with_columns(**truths), text))
    return [{who: one for who, one in found.items() if one} for found in _collected(parts)]


def _read(session: Any, frame: pl.DataFrame, path: Path) -> Any:
    """The frame as Spark reads it from a file, so that workers compute and not the driver."""
    frame.write_parquet(path)
    return session.read.parquet(str(path))


def _letter(column: str) -> nw.Expr:
    truth = nw.col(column)
    yes, no, unknown = (nw.lit(one) for one in _LETTERS.values())
    return nw.when(truth).then(yes).when(~truth).then(no).otherwise(unknown)


def _branch(number: int, answers: nw.LazyFrame[Any], text: nw.Expr) -> Any:
    return answers.select(
        nw.lit(number).alias("number"), nw.col(PATIENT), text.alias("said")
    ).to_native()


def _collected(parts: Sequence[Any]) -> list[dict[str, str]]:
    """What is said of each patient, by branch; computed in one job, without Python."""
    waiting = list(parts)
    while len(waiting) > 1:
        # Two by two, as each union looks through all that it joins.
        pairs = [waiting[at : at + 2] for at in range(0, len(waiting), 2)]
        waiting = [pair[0].union(pair[1]) if len(pair) > 1 else pair[0] for pair in pairs]
    (whole,) = waiting
    assert "Python" not in whole._jdf.queryExecution().executedPlan().toString()
    found: list[dict[str, str]] = [{} for _ in parts]
    for number, patient, text in pl.DataFrame(whole.toArrow()).iter_rows():
        found[number][patient] = text
    return found
