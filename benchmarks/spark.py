"""Times Spark on two workers against polars here, on the same files: `python -m benchmarks.spark`.

Both read the same Parquet file, judge the patients and count the verdicts; times are by the clock,
for the workers are processes of their own. Master, workers, program and polars share this machine,
so that Spark has no more processors than polars and shows what it costs, not what a cluster brings.
Never a gate: it prints what it finds, and with `--record` writes it to docs/evidence/spark.md.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

import screener
from benchmarks.cluster import cluster
from benchmarks.cohort import frame_of, headed
from benchmarks.evidence import publish
from benchmarks.patients import AS_OF

HERE = Path(__file__).parent
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
ROUNDS = 3
WORKERS = 2
Counts = dict[str, int]


def main() -> None:
    """Time both at every size and print it."""
    parser = argparse.ArgumentParser(prog="benchmarks.spark", description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=SIZES)
    parser.add_argument("--record", action="store_true", help="write docs/evidence/spark.md")
    asked = parser.parse_args()
    publish("spark.md", "Spark beside polars", _lines(asked.patients), record=asked.record)


def _lines(sizes: Sequence[int]) -> Iterator[str]:
    trial = screener.load_trial(HERE / "trial.yaml")
    yield f"{WORKERS} workers of one core each; polars on the same {os.cpu_count()} processors; "
    yield f"27 criteria, the verdicts counted, from a Parquet file; the quickest of {ROUNDS} times."
    yield ""
    yield "| patients | polars, seconds | Spark, seconds | times polars |"
    yield "| ---: | ---: | ---: | ---: |"
    begun = time.perf_counter()
    taken: list[tuple[int, float, float]] = []
    with cluster(WORKERS) as found, patch.dict(os.environ, found.environment):
        from pyspark.sql import SparkSession

        builder: Any = SparkSession.builder
        session = builder.master(found.master).getOrCreate()
        started = time.perf_counter() - begun
        try:
            with tempfile.TemporaryDirectory() as folder:
                for count in sizes:
                    path = _written(trial, Path(folder), count)
                    here, said = _quickest(partial(_on_polars, trial, path))
                    there, answered = _quickest(partial(_on_spark, trial, path, session))
                    assert said == answered, f"{count:,} patients are answered alike"
                    taken.append((count, here, there))
                    yield f"| {count:,} | {here:.3f} | {there:.2f} | {there / here:.0f} |"
        finally:
            session.stop()
    yield ""
    yield from _told(started, taken)


def _told(started: float, taken: list[tuple[int, float, float]]) -> Iterator[str]:
    """What a patient more costs each, and from how many on Spark would be ahead."""
    yield f"Starting the cluster and a session takes {started:.0f} s, which is not counted above."
    if len(taken) < 2:
        return
    (few, here, there), (many, here_many, there_many) = taken[-2:]
    ours, theirs = here_many - here, there_many - there
    a_patient = f"{ours / (many - few) * 1e9:.0f} ns and Spark {theirs / (many - few) * 1e9:.0f} ns"
    yield f"From {few:,} to {many:,} a patient more costs polars {a_patient}."
    if theirs < ours:
        ahead = many + (there_many - here_many) / (ours - theirs) * (many - few)
        yield f"So Spark would be ahead from some {ahead:,.0f} patients on."
        return
    times = f"{theirs / ours:.0f} times the processors of one machine"
    yield f"So on as many processors Spark is ahead at no size: it starts to pay with {times},"
    yield "or with data that lie on a cluster already."


def _written(trial: screener.Trial, folder: Path, count: int) -> str:
    vocabulary = trial.newest.vocabulary
    path = str(folder / f"{count}.parquet")
    headed(vocabulary, frame_of(vocabulary, count)).write_parquet(path)
    return path


def _quickest(job: Callable[[], Counts]) -> tuple[float, Counts]:
    """The seconds of the quickest round, and what it answered."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        said = job()
        rounds.append(time.perf_counter() - begun)
    return min(rounds), said


def _on_polars(trial: screener.Trial, path: str) -> Counts:
    frame = trial.screen_frame(pl.scan_parquet(path), as_of=AS_OF, columns=["verdict"], unique=True)
    counted = frame.group_by("verdict").len().collect()
    return {str(word): number for word, number in counted.iter_rows()}


def _on_spark(trial: screener.Trial, path: str, session: Any) -> Counts:
    frame: Any = session.read.parquet(path)
    frame = trial.screen_frame(frame, as_of=AS_OF, columns=["verdict"], unique=True)
    return {row["verdict"]: row["count"] for row in frame.groupBy("verdict").count().collect()}


if __name__ == "__main__":
    main()
