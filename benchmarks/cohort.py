"""Times cohorts against columns written by hand: `python -m benchmarks.cohort [--record]`.

All figures are the processor's time over all threads, which other work on the machine does not
lengthen, and ratios are of one run. Never a gate: it prints what it finds, and with `--record`
writes it to docs/evidence/cohort.md with a drawing of the growth.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from math import log
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

import screener
from benchmarks.columns import CRITERIA, in_sql, on_arrow, on_bits, on_polars, on_series
from benchmarks.drawing import growth
from benchmarks.evidence import FOLDER, publish
from benchmarks.patients import AS_OF, flat_patients
from benchmarks.peers import peers
from benchmarks.timing import Task, seconds
from screener.vocabulary import Type, Vocabulary

HERE = Path(__file__).parent
SEED = 5
#: Frames larger than this repeat the patients drawn, under new names.
DRAWN = 200_000
MISSING = 0.05
PEER_PATIENTS = 30
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TRIALS = (1, 3, 10, 30, 100)
_CODES = ("mir26_expression", "mir26_assay", "child_pugh_class", "sex")

Job = Callable[[], object]


def main() -> None:
    """Time everything and print it."""
    parser = argparse.ArgumentParser(prog="benchmarks.cohort", description=__doc__)
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7, help="times each is timed")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/cohort.md")
    asked = parser.parse_args()
    trial = screener.load_trial(HERE / "trial.yaml")
    lines = _lines(trial, asked.patients, asked.rounds, record=asked.record)
    publish("cohort.md", "Speed of cohorts", lines, record=asked.record)


def frame_of(vocabulary: Vocabulary, count: int) -> pl.DataFrame:
    """So many patients as typed columns, texts as Enum, five percent of the cells empty."""
    drawn = pl.DataFrame(
        flat_patients(vocabulary, min(count, DRAWN), MISSING, SEED), infer_schema_length=None
    )
    drawn = drawn.with_columns(
        *(pl.col(name).cast(pl.Enum(vocabulary[name].shape.values)) for name in _CODES),
        pl.col("age", "tumor_count", "days_since_investigational_drug").cast(pl.Int32),
        pl.col("platelets").cast(pl.Float64),
    )
    whole = pl.concat([drawn] * -(-count // len(drawn)))[:count]
    return whole.with_columns(pl.int_range(count, dtype=pl.Int64).alias("patient")).rechunk()


def headed(vocabulary: Vocabulary, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its columns called as those of a wide table, units beside the names."""
    quantities = (name for name in vocabulary if vocabulary[name].shape.type is Type.QUANTITY)
    return frame.rename({name: f"{name} [{vocabulary[name].shape.unit}]" for name in quantities})


def _lines(trial: screener.Trial, count: int, rounds: int, *, record: bool) -> Iterator[str]:
    vocabulary = trial.newest.vocabulary
    frame = frame_of(vocabulary, count)
    yield f"{count:,} patients, 27 criteria over 35 facts, five percent of the cells empty; as "
    yield f"polars {pl.__version__}, duckdb {duckdb.__version__}, pyarrow {pa.__version__}."
    for title, jobs in (
        ("The verdict, in memory", _verdict(trial, frame)),
        ("All criteria, in memory", _criteria(trial, frame)),
        ("The verdict, from a Parquet file", None),
    ):
        yield from ("", f"## {title}", "")
        if jobs is not None:
            yield from _table(jobs, count, rounds)
            continue
        with tempfile.TemporaryDirectory() as folder:
            yield from _table(_parquet(trial, frame, Path(folder)), count, rounds)
    yield from ("", "## Rule engines, a patient at a time", "")
    yield from _rule_engines(trial, frame, rounds)
    yield from ("", "## Growth", "")
    del frame
    yield from _growth(trial, count, rounds, record=record)


def _table(jobs: dict[str, Job], count: int, rounds: int) -> Iterator[str]:
    """How long each takes; the first is what the others are multiples of."""
    times = _times(jobs, rounds)
    first = next(iter(times.values()))
    yield "| | ns a patient | times the first |"
    yield "| --- | ---: | ---: |"
    for name, took in times.items():
        yield f"| {name} | {took / count * 1e9:.1f} | {took / first:.2f} |"


def _times(jobs: dict[str, Job], rounds: int) -> dict[str, float]:
    return seconds([Task(name, lambda job: job(), [job]) for name, job in jobs.items()], rounds)


def _screened(trial: screener.Trial, frame: Any, columns: list[str] | None) -> Any:
    return trial.screen_frame(frame, as_of=AS_OF, columns=columns, unique=True)


def _words(verdict: pl.Expr) -> pl.Expr:
    """A verdict as a person would write it."""
    words = pl.Enum(["ineligible", "eligible", "undetermined"])
    return (
        pl.when(verdict)
        .then(pl.lit("eligible", dtype=words))
        .when(~verdict)
        .then(pl.lit("ineligible", dtype=words))
        .otherwise(pl.lit("undetermined", dtype=words))
        .alias("verdict")
    )


def _verdict(trial: screener.Trial, frame: pl.DataFrame) -> dict[str, Job]:
    table = frame.to_arrow()
    wide, verdict = headed(trial.newest.vocabulary, frame), on_polars().verdict()
    plain = frame.with_columns(pl.col(_CODES).cast(pl.String))
    pandas = plain.to_pandas(use_pyarrow_extension_array=True)
    strings, bits = plain.to_arrow(), on_bits(frame)
    connection = duckdb.connect()
    connection.execute("create table patients as select * from strings")
    del table
    _agree(frame.select(_words(verdict)), _screened(trial, wide, ["verdict"]).select("verdict"))
    return {
        "polars by hand": lambda: frame.lazy().select("patient", _words(verdict)).collect(),
        "screener": lambda: _screened(trial, wide, ["verdict"]),
        "polars by hand, a nullable Boolean for the verdict": (
            lambda: frame.lazy().select("patient", verdict.alias("verdict")).collect()
        ),
        "DuckDB": lambda: connection.sql(
            f"select patient, {in_sql().verdict()} as verdict from patients"
        ).to_arrow_table(),
        "pandas, Arrow types": lambda: on_series(pandas).verdict(),
        "PyArrow": lambda: on_arrow(strings).verdict(),
        "NumPy, packed bits (the limit)": bits.verdict,
    }


def _criteria(trial: screener.Trial, frame: pl.DataFrame) -> dict[str, Job]:
    wide, criteria = headed(trial.newest.vocabulary, frame), on_polars().criteria()
    plain = frame.with_columns(pl.col(_CODES).cast(pl.String))
    pandas = plain.to_pandas(use_pyarrow_extension_array=True)
    strings, bits = plain.to_arrow(), on_bits(frame)
    connection = duckdb.connect()
    connection.execute("create table patients as select * from strings")
    columns = ", ".join(f"{one} as {id}" for id, one in in_sql().criteria().items())
    _agree(frame.select(**criteria), _screened(trial, wide, [*CRITERIA]).drop("patient"))
    return {
        "polars by hand": lambda: frame.lazy().select("patient", **criteria).collect(),
        "screener": lambda: _screened(trial, wide, [*CRITERIA]),
        "screener, with verdict, stage and first reason": lambda: _screened(trial, wide, None),
        "DuckDB": lambda: connection.sql(
            f"select patient, {columns} from patients"
        ).to_arrow_table(),
        "pandas, Arrow types": lambda: on_series(pandas).criteria(),
        "PyArrow": lambda: on_arrow(strings).criteria(),
        "NumPy, packed bits (the limit)": bits.criteria,
    }


def _parquet(trial: screener.Trial, frame: pl.DataFrame, folder: Path) -> dict[str, Job]:
    path = folder / "patients.parquet"
    headed(trial.newest.vocabulary, frame).write_parquet(path)
    connection = duckdb.connect()
    by_name = headed(trial.newest.vocabulary, frame).columns
    renamed = {new: old for old, new in zip(frame.columns, by_name, strict=True)}
    selected = ", ".join(f'"{new}" as {old}' for new, old in renamed.items())
    source = f"(select {selected} from read_parquet('{path}'))"
    return {
        "polars reads the columns": lambda: pl.scan_parquet(path).collect(),
        "screener": lambda: _screened(trial, pl.scan_parquet(path), ["verdict"]).collect(),
        "screener, read as a whole": lambda: _screened(trial, pl.read_parquet(path), ["verdict"]),
        "DuckDB": lambda: connection.sql(
            f"select patient, {in_sql().verdict()} as verdict from {source}"
        ).to_arrow_table(),
    }


def _agree(by_hand: pl.DataFrame, found: pl.DataFrame) -> None:
    """What is compared has to be the same answer."""
    for name in by_hand.columns:
        assert by_hand[name].eq_missing(found[name]).all(), name


def _rule_engines(trial: screener.Trial, frame: pl.DataFrame, rounds: int) -> Iterator[str]:
    found, absent = peers(trial.newest.protocol)
    flat = flat_patients(trial.newest.vocabulary, PEER_PATIENTS, MISSING, SEED)
    wide = headed(trial.newest.vocabulary, frame)
    tasks = [Task(one.name, one.verdict, flat) for one in found]
    tasks.append(Task("screener", lambda _: _screened(trial, wide, ["verdict"]), [None]))
    times = seconds(tasks, min(rounds, 3))
    own = times.pop("screener") / len(frame)
    yield "| | ns a patient | times the screener's verdict column |"
    yield "| --- | ---: | ---: |"
    yield f"| screener | {own * 1e9:.1f} | 1 |"
    for name, took in times.items():
        yield f"| {name} | {took * 1e9:,.0f} | {took / own:,.0f} |"
    if absent:
        yield ""
        yield f"Not installed: {', '.join(absent)}."


def _growth(trial: screener.Trial, count: int, rounds: int, *, record: bool) -> Iterator[str]:
    vocabulary = trial.newest.vocabulary
    by_size: list[tuple[float, float]] = []
    for size in (one for one in SIZES if one <= count):
        wide = headed(vocabulary, frame_of(vocabulary, size))
        took = _times({"all": partial(_screened, trial, wide, None)}, min(rounds, 3))
        by_size.append((size, took["all"]))
    wide = headed(vocabulary, frame_of(vocabulary, SIZES[0]))
    by_trials: list[tuple[float, float]] = []
    for trials in TRIALS:

        def several(trials: int = trials) -> None:
            for _ in range(trials):
                _screened(trial, wide, None)

        by_trials.append((trials, _times({"all": several}, min(rounds, 3))["all"]))
    yield "| patients, one trial, all columns | seconds |"
    yield "| ---: | ---: |"
    yield from (f"| {int(size):,} | {took:.3f} |" for size, took in by_size)
    yield ""
    yield f"| trials, {SIZES[0]:,} patients, all columns, each planned anew | seconds |"
    yield "| ---: | ---: |"
    yield from (f"| {int(trials)} | {took:.3f} |" for trials, took in by_trials)
    yield ""
    yield (
        f"Ten times the patients take {10 ** slope(by_size):.1f} times as long, ten times the "
        f"trials {10 ** slope(by_trials):.1f} times (slopes of {slope(by_size):.2f} and "
        f"{slope(by_trials):.2f} where both axes are logarithms)."
    )
    if record:
        (FOLDER / "cohort.svg").write_text(
            growth({"patients": by_size, "trials": by_trials}), encoding="utf-8"
        )
        yield ""
        yield "![growth with patients and with trials](cohort.svg)"


def slope(points: list[tuple[float, float]]) -> float:
    """The slope of the line through the logarithms, by least squares."""
    x, y = (np.array([log(one) for one in axis]) for axis in zip(*points, strict=True))
    return float(np.polyfit(x, y, 1)[0]) if len(points) > 1 else 1.0


if __name__ == "__main__":
    main()
