"""What Spark answers to many trials in one job: a branch of it each, the answers of a row one text.

A job takes a second whatever it asks, which is why there are few. Rows in doubt are left out: they
are answered here and not there, whatever the engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import narwhals as nw
import polars as pl
import pytest

from benchmarks.cluster import QUICK, Cluster, cluster
from screener.cohort.onebyone import Answer, Refused, answer_rows
from screener.cohort.plan import DOUBT, Plan
from screener.cohort.relations import plain_answers
from screener.cohort.screening import Screening
from screener.interpreters.columns import PATIENT
from tests.cohort.java import MISSING, java
from tests.cohort.tables import Row, frame_of, wide_row
from tests.cohort.test_generated import thinned
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients

#: So many patients are generated for a trial; those screened are thinned ones of them.
_GENERATED, _CRITERIA = 60, 3
_SHARES = (0.05, 0.2)
#: As Spark writes truths; of those unknown, and of a reason where there is none.
_WORDS = {True: "true", False: "false", None: "-"}
_GROUP = "__group"
_SETTINGS = {"task_maxFailures": "1", "python_sql_dataFrameDebugging_enabled": "false"}
_ONCE = {
    "adaptive.enabled": "false",
    "codegen.wholeStage": "false",
    "codegen.factoryMode": "NO_CODEGEN",
}
_FUNCTIONS = "org.apache.spark.sql.functions"


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


def several(seed: str, trials: int, patients: int) -> list[Cohort]:
    """So many generated trials of which columns answer a quarter of the patients or more."""
    found = []
    for number in count():
        one = generated(f"{seed}-{number}", patients)
        plan = one.screening.plan(nw.from_native(one.frame).schema)
        if answered(plan, one.frame) >= patients // 4:
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


@contextmanager
def started() -> Iterator[Cluster]:
    """A cluster of two workers, which programs of this process find in their environment."""
    if find_spec("pyspark") is None:
        pytest.fail("the tests of Spark need pyspark: make spark (or TEST_WITHOUT=spark)")
    if java() is None:
        pytest.fail(MISSING)
    with cluster(2, java=QUICK, **_SETTINGS) as found, pytest.MonkeyPatch.context() as now:
        for name, value in found.environment.items():
            now.setenv(name, value)
        yield found
        from pyspark.sql import SparkSession

        if (session := SparkSession.getActiveSession()) is not None:
            session.stop()


def session_of(found: Cluster) -> Any:
    """A session for plans that are large and run once: no code is generated for them."""
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    session = builder.master(found.master).getOrCreate()
    for name, value in _ONCE.items():
        session.conf.set(f"spark.sql.{name}", value)
    Functions(session)
    return session


def compare(cohorts: Sequence[Cohort], session: Any, folder: Path) -> tuple[list[str], int]:
    """Where Spark and the reference differ, and how many patients columns answered."""
    wrong, number = [], 0
    given = [(one.screening, one.frame) for one in cohorts]
    for cohort, said in zip(cohorts, screened(given, session, folder), strict=True):
        plain = cohort.frame.filter(pl.col(PATIENT).is_in([*said]))
        for row, right in zip(plain.to_dicts(), cohort.expected(plain), strict=True):
            number += 1
            found = said[row[PATIENT]]
            if isinstance(right, Refused) or found != in_words(right):
                wrong.append(f"{row}: {found}")
    return wrong, number


class Functions:
    """The functions of Spark, each looked up once: to look one up asks the Java machine twice."""

    def __init__(self, session: Any) -> None:
        self._java = getattr(session._jvm, _FUNCTIONS)
        setattr(session._jvm, _FUNCTIONS, self)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._java, name)
        setattr(self, name, found)
        return found


def screened(
    cohorts: Sequence[tuple[Screening, pl.DataFrame]], session: Any, folder: Path
) -> list[dict[str, str]]:
    """By trial the patients whom columns answer, and their answers as one text; in one job."""
    parts = []
    for number, (screening, frame) in enumerate(cohorts):
        answers = plain_answers(screening, _read(session, frame, folder / f"{number}.parquet"))
        parts.append(_branch(number, answers.to_native(), _as_text(screening.wanted)))
    return _collected(parts)


def in_words(answer: Answer) -> str:
    """The answers of a patient as `screened` tells them."""
    return " ".join(one if isinstance(one, str) else _WORDS[one] for one in answer.values())


def answered(plan: Plan, frame: pl.DataFrame) -> int:
    """How many of the patients columns answer."""
    if plan.doubt is None:
        return len(frame)
    truths = plan.truths(nw.from_native(frame.lazy().rename(dict(plan.source))), ())
    return len(frame) - int(truths.collect()[DOUBT].sum())


def _read(session: Any, frame: pl.DataFrame, path: Path) -> Any:
    """The frame as Spark reads it from a file, so that workers compute and not the driver."""
    frame.write_parquet(path)
    return session.read.parquet(str(path))


def _as_text(names: Iterable[str]) -> str:
    """The SQL of these columns in one text."""
    unknown = _WORDS[None]
    return (
        ", ".join(
            ["concat_ws(' '", *(f"coalesce(string(`{name}`), '{unknown}')" for name in names)]
        )
        + ")"
    )


def _branch(number: int, answers: Any, text: str) -> Any:
    return answers.selectExpr(f"{number} as number", PATIENT, f"{text} as said")


def _collected(parts: Sequence[Any]) -> list[dict[str, str]]:
    """What is said of each patient of whom anything is, by branch; in one job, without Python."""
    waiting = list(parts)
    while len(waiting) > 1:
        # Two by two, as each union looks through all that it joins.
        pairs = [waiting[at : at + 2] for at in range(0, len(waiting), 2)]
        waiting = [pair[0].union(pair[1]) if len(pair) > 1 else pair[0] for pair in pairs]
    (whole,) = waiting
    assert "Python" not in whole._jdf.queryExecution().executedPlan().toString()
    found: list[dict[str, str]] = [{} for _ in parts]
    for number, patient, text in pl.DataFrame(whole.toArrow()).iter_rows():
        if text is not None:
            found[number][patient] = text
    return found
