"""What Spark answers to many trials in few jobs: a branch each, the answers of a row one text.

A job takes a second whatever it asks, and each of its tasks reads the plan of all its branches, so
that some twenty trials share one. Rows in doubt are left out: they are answered here and not there,
whatever the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.cluster import QUICK, Cluster, cluster
from screener.cohort.onebyone import Answer
from screener.cohort.relations import plain_answers
from screener.cohort.screening import Screening
from screener.interpreters.columns import PATIENT
from tests.cohort.generated import Cohort
from tests.cohort.java import MISSING, java

#: What is unknown, and a reason where there is none.
_NONE = "-"
#: What Spark writes for what is not a word.
_SAID = {"true": True, "false": False, _NONE: None}
#: The types of frames in the words of Spark.
_TYPES: dict[Any, str] = {
    pl.String: "string",
    pl.Boolean: "boolean",
    pl.Int64: "bigint",
    pl.Float64: "double",
    pl.Date: "date",
}
#: So many trials share a job.
_AT_ONCE = 20
_SETTINGS = {
    "task_maxFailures": "1",
    "python_sql_dataFrameDebugging_enabled": "false",
    "driver_memory": "2g",
    # Its one thread at work plans for minutes, for which compiling twice pays.
    "driver_extraJavaOptions": "-XX:+UseSerialGC -Xshare:auto",
}
_ONCE = {
    "adaptive.enabled": "false",
    "codegen.wholeStage": "false",
    "codegen.factoryMode": "NO_CODEGEN",
}
_FUNCTIONS = "org.apache.spark.sql.functions"


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
    # To tell the Java machine of every expression that is no longer needed takes as long as to
    # make one; it lives for minutes.
    session._jvm._gateway_client.gateway_property.enable_memory_management = False
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
            if found != right:
                wrong.append(f"{row}: {found}")
    return wrong, number


def _called(function: Any, given: Any) -> Any:
    return function(given)


class Functions:
    """The functions of Spark, each looked up once: to look one up asks the Java machine twice.

    Literals and columns of a name, which never change, are made once too.
    """

    def __init__(self, session: Any) -> None:
        self._java = getattr(session._jvm, _FUNCTIONS)
        # It is asked for by both names.
        setattr(session._jvm, _FUNCTIONS, self)
        session._jvm.functions = self

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._java, name)
        if name in ("lit", "col"):
            found = lru_cache(maxsize=None, typed=True)(partial(_called, found))
        setattr(self, name, found)
        return found


def screened(
    cohorts: Sequence[tuple[Screening, pl.DataFrame]], session: Any, folder: Path
) -> Iterator[dict[str, Answer]]:
    """By trial the patients whom columns answer, and their answers."""
    for start in range(0, len(cohorts), _AT_ONCE):
        some = cohorts[start : start + _AT_ONCE]
        parts = []
        for number, (screening, frame) in enumerate(some):
            given = _read(session, frame, folder / f"{start + number}.parquet")
            answers = plain_answers(screening, given).to_native()
            text = _as_text(screening.wanted)
            parts.append(answers.selectExpr(f"{number} as number", PATIENT, f"{text} as said"))
        for (screening, _), said in zip(some, _collected(parts), strict=True):
            yield {
                patient: dict(
                    zip(screening.wanted, (_SAID.get(one, one) for one in text), strict=True)
                )
                for patient, text in said.items()
            }


def _read(session: Any, frame: pl.DataFrame, path: Path) -> Any:
    """The frame as Spark reads it from a file, so that workers compute and not the driver."""
    frame.write_parquet(path)
    # To be told the types saves a job that looks for them.
    types = ", ".join(f"`{name}` {_TYPES[dtype]}" for name, dtype in frame.schema.items())
    return session.read.schema(types).parquet(str(path))


def _as_text(names: Iterable[str]) -> str:
    """The SQL of these columns in one text."""
    words = (f"coalesce(string(`{name}`), '{_NONE}')" for name in names)
    return f"concat_ws(' ', {', '.join(words)})"


def _collected(parts: Sequence[Any]) -> list[dict[str, list[str]]]:
    """The words said of each patient, by branch; in one job, without Python."""
    waiting = list(parts)
    while len(waiting) > 1:
        # Two by two, as each union looks through all that it joins.
        pairs = [waiting[at : at + 2] for at in range(0, len(waiting), 2)]
        waiting = [pair[0].union(pair[1]) if len(pair) > 1 else pair[0] for pair in pairs]
    (whole,) = waiting
    assert "Python" not in whole._jdf.queryExecution().executedPlan().toString()
    found: list[dict[str, list[str]]] = [{} for _ in parts]
    for number, patient, text in pl.DataFrame(whole.toArrow()).iter_rows():
        found[number][patient] = text.split(" ")
    return found
