"""Times cohorts against columns written by hand: `python -m benchmarks.cohort [--record]`.

All figures are the processor's time over all threads, which other work on the machine does not
lengthen, and ratios are of one run. Never a gate: it prints what it finds, and with `--record`
writes it to docs/evidence/cohort.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

import screener
from benchmarks.columns import CRITERIA, in_sql, on_arrow, on_bits, on_polars, on_series
from benchmarks.evidence import publish
from benchmarks.loop import compiled
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
#: Rounds of what takes long.
FEWER = 5
SIZES = (1_000_000, 10_000_000)
#: At most so many times what is written by hand, or polars' own reading.
MOST_VERDICT, MOST_CRITERIA, MOST_FILE = 1.1, 1.2, 1.15
_CODES = ("mir26_expression", "mir26_assay", "child_pugh_class", "sex")

Job = Callable[[], object]


def main() -> None:
    """Time everything and print it."""
    parser = argparse.ArgumentParser(prog="benchmarks.cohort", description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=SIZES, help="sizes in memory")
    parser.add_argument("--rounds", type=int, default=15, help="times each is timed")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/cohort.md")
    asked = parser.parse_args()
    trial = screener.load_trial(HERE / "trial.yaml")
    lines = _lines(trial, asked.patients, asked.rounds)
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


def _lines(trial: screener.Trial, sizes: Sequence[int], rounds: int) -> Iterator[str]:
    yield "27 criteria over 35 facts, five percent of the cells empty; times are of the processor, "
    yield "over all threads; as "
    yield f"polars {pl.__version__}, duckdb {duckdb.__version__}, pyarrow {pa.__version__}."
    for count in sizes:
        frame = frame_of(trial.newest.vocabulary, count)
        for title, most, jobs_of in (
            ("The verdict, in memory", MOST_VERDICT, _verdict),
            ("All criteria, in memory", MOST_CRITERIA, _criteria),
            ("The verdict, from a Parquet file", MOST_FILE, _parquet),
        ):
            if jobs_of is _parquet and count > min(sizes):
                continue
            yield from ("", f"## {title}, {count:,} patients", "")
            with tempfile.TemporaryDirectory() as folder:
                jobs = jobs_of(trial, frame, Path(folder))
                yield from _table(jobs, count, rounds if count == min(sizes) else FEWER, most)
                del jobs
        if count == min(sizes):
            yield from ("", "## Rule engines, a patient at a time", "")
            yield from _rule_engines(trial, frame)


def _table(jobs: dict[str, Job], count: int, rounds: int, most: float) -> Iterator[str]:
    """How long each takes; the first is what the others are multiples of."""
    times = times_of(jobs, rounds)
    first = next(iter(times.values()))
    yield "| | ns a patient | times the first | at most |"
    yield "| --- | ---: | ---: | ---: |"
    for name, took in times.items():
        limit = f"{most}" if name == "screener" else ""
        yield f"| {name} | {took / count * 1e9:.1f} | {took / first:.2f} | {limit} |"


def times_of(jobs: dict[str, Job], rounds: int) -> dict[str, float]:
    """The processor's time of each job, in seconds."""
    return seconds([Task(name, lambda job: job(), [job]) for name, job in jobs.items()], rounds)


def screened(trial: screener.Trial, frame: Any, columns: list[str] | None) -> Any:
    """The answers of the screener; that no patient stands in two rows is known."""
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


def _verdict(trial: screener.Trial, frame: pl.DataFrame, folder: Path) -> dict[str, Job]:
    wide, verdict = headed(trial.newest.vocabulary, frame), on_polars().verdict()
    plain = frame.with_columns(pl.col(_CODES).cast(pl.String))
    pandas = plain.to_pandas(use_pyarrow_extension_array=True)
    strings, bits = plain.to_arrow(), on_bits(frame)
    connection = duckdb.connect()
    connection.execute("create table patients as select * from strings")
    _agree(frame.select(_words(verdict)), screened(trial, wide, ["verdict"]).select("verdict"))
    return {
        "polars by hand": lambda: frame.lazy().select("patient", _words(verdict)).collect(),
        "screener": lambda: screened(trial, wide, ["verdict"]),
        "polars by hand, a nullable Boolean for the verdict": (
            lambda: frame.lazy().select("patient", verdict.alias("verdict")).collect()
        ),
        "DuckDB": lambda: connection.sql(
            f"select patient, {in_sql().verdict()} as verdict from patients"
        ).to_arrow_table(),
        "pandas, Arrow types": lambda: on_series(pandas).verdict(),
        "PyArrow": lambda: on_arrow(strings).verdict(),
        "NumPy, packed bits (a limit)": bits.verdict,
        **_loop(frame, folder, 0),
    }


def _criteria(trial: screener.Trial, frame: pl.DataFrame, folder: Path) -> dict[str, Job]:
    wide, criteria = headed(trial.newest.vocabulary, frame), on_polars().criteria()
    plain = frame.with_columns(pl.col(_CODES).cast(pl.String))
    pandas = plain.to_pandas(use_pyarrow_extension_array=True)
    strings, bits = plain.to_arrow(), on_bits(frame)
    connection = duckdb.connect()
    connection.execute("create table patients as select * from strings")
    columns = ", ".join(f"{one} as {id}" for id, one in in_sql().criteria().items())
    _agree(frame.select(**criteria), screened(trial, wide, [*CRITERIA]).drop("patient"))
    return {
        "polars by hand": lambda: frame.lazy().select("patient", **criteria).collect(),
        "screener": lambda: screened(trial, wide, [*CRITERIA]),
        "screener, with verdict, stage and first reason": lambda: screened(trial, wide, None),
        "DuckDB": lambda: connection.sql(
            f"select patient, {columns} from patients"
        ).to_arrow_table(),
        "pandas, Arrow types": lambda: on_series(pandas).criteria(),
        "PyArrow": lambda: on_arrow(strings).criteria(),
        "NumPy, packed bits (a limit)": bits.criteria,
        **_loop(frame, folder, 1),
    }


def _loop(frame: pl.DataFrame, folder: Path, which: int) -> dict[str, Job]:
    """The loop in C, where there is a compiler; its answers are looked at first."""
    try:
        verdict, criteria = compiled(frame, folder)
    except OSError as error:
        print(f"(no loop in C: {error})")
        return {}
    expected = frame.select(**on_polars().criteria())
    found = pl.DataFrame([pl.Series(id, one) for id, one in zip(CRITERIA, criteria(), strict=True)])
    _agree(expected.select((pl.all().cast(pl.UInt8) * 2).fill_null(1)), found)
    assert (found.min_horizontal().to_numpy() == verdict()[0]).all()
    return {"a loop in C, a byte a truth (a limit)": (verdict, criteria)[which]}


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
        "screener": lambda: screened(trial, pl.scan_parquet(path), ["verdict"]).collect(),
        "screener, read as a whole": lambda: screened(trial, pl.read_parquet(path), ["verdict"]),
        "DuckDB": lambda: connection.sql(
            f"select patient, {in_sql().verdict()} as verdict from {source}"
        ).to_arrow_table(),
    }


def _agree(by_hand: pl.DataFrame, found: pl.DataFrame) -> None:
    """What is compared has to be the same answer."""
    for name in by_hand.columns:
        assert by_hand[name].eq_missing(found[name]).all(), name


def _rule_engines(trial: screener.Trial, frame: pl.DataFrame) -> Iterator[str]:
    found, absent = peers(trial.newest.protocol)
    flat = flat_patients(trial.newest.vocabulary, PEER_PATIENTS, MISSING, SEED)
    wide = headed(trial.newest.vocabulary, frame)
    tasks = [Task(one.name, one.verdict, flat) for one in found]
    tasks.append(Task("screener", lambda _: screened(trial, wide, ["verdict"]), [None]))
    times = seconds(tasks, FEWER)
    own = times.pop("screener") / len(frame)
    yield (
        f"They take a patient after the other: each is given {PEER_PATIENTS}, and what a million "
        "would take is extrapolated from them. What they make of missing facts is in "
        "[speed.md](speed.md)."
    )
    yield ""
    yield "| | a million patients, in seconds | times the screener |"
    yield "| --- | ---: | ---: |"
    yield f"| screener, verdict column | {own * 1e6:.2f} | 1 |"
    for name, took in sorted(times.items(), key=lambda one: one[1]):
        yield f"| {name} (extrapolated) | {took * 1e6:,.0f} | {took / own:,.0f} |"
    if absent:
        yield ""
        yield f"Not installed: {', '.join(absent)}."


if __name__ == "__main__":
    main()
