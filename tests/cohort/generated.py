"""Generated trials, each on a day with patients of whom a plain table holds a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import NamedTuple

import narwhals as nw
import polars as pl

from screener.cohort.onebyone import Answer, Refused, answer_rows
from screener.cohort.plan import DOUBT, Plan
from screener.cohort.screening import Screening
from screener.interpreters.columns import PATIENT
from tests.cohort.tables import Row, frame_of, wide_row
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients

#: So many patients are generated for a trial; those screened are thinned ones of them.
_GENERATED, _CRITERIA = 60, 3
_SHARES = (0.05, 0.2)
_KEPT = ("unit", "date")


class Cohort(NamedTuple):
    """A trial on a day, and patients as a frame."""

    engine: Engine
    as_of: int
    frame: pl.DataFrame

    @property
    def screening(self) -> Screening:
        protocol, vocabulary = self.engine.protocol, self.engine.vocabulary
        return Screening(protocol, vocabulary, self.as_of, refused=lambda _: None)

    def expected(self, patients: pl.DataFrame) -> Iterator[Answer | Refused]:
        """What the reference answers, patient by patient."""
        numbered = patients.drop(PATIENT).with_row_index(PATIENT)
        return answer_rows(self.engine.protocol, self.engine.vocabulary, numbered, self.as_of)

    def plan(self) -> Plan:
        """What is computed in columns."""
        return self.screening.plan(nw.from_native(self.frame).schema)

    def doubtful(self) -> pl.Series:
        """Which of the patients columns leave to the reference."""
        plan, frame = self.plan(), self.frame
        if plan.doubt is None:
            return pl.repeat(False, len(frame), eager=True)
        return self.screening.answered(frame.lazy(), plan).select(DOUBT).collect()[DOUBT]


def several(seed: str, trials: int, patients: int) -> list[Cohort]:
    """So many generated trials of which columns answer some of the patients, an eighth or more."""
    found = []
    for number in count():
        one = generated(f"{seed}-{number}", patients)
        if one.doubtful().sum() <= patients * 7 // 8:
            found.append(one)
        if len(found) == trials:
            return found
    raise AssertionError("INVARIANT: numbers do not end")


def generated(seed: str, patients: int) -> Cohort:
    """A generated trial, and so many patients of whom it is known what a plain table holds."""
    random = Random(seed)
    trial, words, people = trial_with_patients(seed, _CRITERIA, _GENERATED)
    as_of = Counter(day for _, day in people).most_common(1)[0][0].toordinal()
    events = {name for name, fact in words["facts"].items() if fact["type"] == "event"}
    said = [row for profile, _ in people if (row := wide_row(profile, events)) is not None]
    rows: list[Row] = [
        thinned(random.choice(said), random, random.choice(_SHARES)) for _ in range(patients)
    ]
    return Cohort(Engine(trial, words), as_of, frame_of(rows, typed=True))


def thinned(row: Row, random: Random, share: float) -> Row:
    """What a plain table holds of the patient: of some facts a value, its unit and its day."""
    facts = {heading.split(".")[0] for heading in row if "#" not in heading}
    kept = {fact for fact in facts if random.random() < share}
    return {
        heading: text
        for heading, text in row.items()
        if (fact := heading.split(".")[0]) in kept
        and (heading == fact or heading.split(".")[1] in _KEPT)
    }
