"""Times a table of records against polars by hand: `python -m benchmarks.histories [--record]`.

Every fact has a window and several records a patient, of which the newest in the window counts.
Times are the processor's over all threads; the memory is that of a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

import screener
from benchmarks.evidence import publish
from benchmarks.timing import Task, seconds

ROWS = 20_000_000
FACTS, EACH = 25, 2
AS_OF = date(2026, 11, 24)
WINDOW = 28
LIMIT = 30.0
_WITHIN = f"{WINDOW} d before as_of"
#: At most so many times the time by hand, and so many times the memory of the frame.
MOST, MOST_MEMORY = 1.5, 3.0
_NAMES = [f"lab_{number:02}" for number in range(FACTS)]
_HEAD = """\
trial: RECORDS-001
title: A made-up trial over dated results
version: "1"
effective: 2026-01-01
source: Made up
stages:
  - id: screening
    title: Screening
    inclusion:
"""


@cache
def trial() -> screener.Trial:
    """A criterion a fact: its newest result of the last four weeks is high enough."""
    rules = "".join(
        f"      - id: C{number:02}\n"
        f"        text: The newest {name} of four weeks is at least {LIMIT:.0f} U/L.\n"
        f"        rule: {{fact: {name}, at_least: {LIMIT:.0f} U/L, within: {_WITHIN}}}\n"
        for number, name in enumerate(_NAMES)
    )
    facts = "".join(
        f"  {name}: {{type: quantity, kind: observation, label: {name}, unit: U/L}}\n"
        for name in _NAMES
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocabulary.yaml").write_text(f"facts:\n{facts}", encoding="utf-8")
        rules_file = Path(folder) / "RECORDS-001" / "1.yaml"
        rules_file.parent.mkdir()
        rules_file.write_text(_HEAD + rules, encoding="utf-8")
        return screener.load_trial(rules_file)


def tables(rows: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """So many records, each fact of a patient on different days, in any order; the patients."""
    people = rows // (FACTS * EACH)
    random = np.random.default_rng(9)
    count = people * FACTS * EACH
    # One in each month of 30 days, so that no two are of one day.
    back = random.integers(0, 30, count) + np.tile(np.arange(EACH) * 30, people * FACTS)
    first = (AS_OF - date(1970, 1, 1)).days
    records = pl.DataFrame(
        {
            "patient": np.repeat(np.arange(people, dtype=np.int64), FACTS * EACH),
            "fact": pl.Series(
                np.tile(np.repeat(np.arange(FACTS, dtype=np.uint8), EACH), people)
            ).cat.to(pl.Enum(_NAMES)),
            "value": random.integers(10, 1000, count) / 10,
            "date": pl.Series(first - back, dtype=pl.Int32).cast(pl.Date),
        }
    ).with_columns(pl.lit("U/L", dtype=pl.Enum(["U/L"])).alias("unit"))
    return records.sample(fraction=1.0, shuffle=True, seed=9), pl.DataFrame(
        {"patient": np.arange(people, dtype=np.int64)}
    )


def by_hand(records: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The newest result of the window by fact, as a person would write it, and the comparisons."""
    newest = (
        records.lazy()
        .filter(pl.col("date").is_between(AS_OF - timedelta(days=WINDOW), AS_OF))
        .group_by("patient", "fact")
        .agg(pl.col("value").sort_by("date").last())
        .collect()
        .pivot("fact", index="patient", values="value")
    )
    return (
        people.lazy()
        .join(newest.lazy(), on="patient", how="left", maintain_order="left")
        .select("patient", *(pl.col(name) >= LIMIT for name in _NAMES))
        .collect()
    )


def screened(records: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The same by the screener."""
    names = [f"C{number:02}" for number in range(FACTS)]
    return trial().screen_records(records, people, as_of=AS_OF.isoformat(), columns=names)


def main() -> None:
    """Time both and print it."""
    parser = argparse.ArgumentParser(prog="benchmarks.histories", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="screen once and tell the memory")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/records.md")
    asked = parser.parse_args()
    if asked.memory:
        _remember(asked.rows)
        return
    publish(
        "records.md",
        "Speed of tables of records",
        _lines(asked.rows, asked.rounds),
        record=asked.record,
    )


def _lines(rows: int, rounds: int) -> Iterator[str]:
    records, people = tables(rows)
    yield (
        f"{len(records):,} records of {len(people):,} patients over {FACTS} facts, {EACH} of each; "
        f"each fact with a window of {WINDOW} days."
    )
    mine, theirs = screened(records, people), by_hand(records, people)
    for number, name in enumerate(_NAMES):
        assert mine[f"C{number:02}"].eq_missing(theirs[name]).all(), name
    tasks = [
        Task("polars by hand", lambda _: by_hand(records, people), [None]),
        Task("screener", lambda _: screened(records, people), [None]),
    ]
    times = seconds(tasks, rounds)
    first = times["polars by hand"]
    yield ""
    yield "| | seconds | times polars by hand | at most |"
    yield "| --- | ---: | ---: | ---: |"
    for name, took in times.items():
        most = MOST if name == "screener" else ""
        yield f"| {name} | {took:.2f} | {took / first:.2f} | {most} |"
    size = records.estimated_size() / 2**20
    call = [sys.executable, "-m", "benchmarks.histories", "--memory", "--rows", str(rows)]
    told = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    before, after = (int(one) for one in told.split())
    yield ""
    yield (
        f"Memory of a process: the frame takes {size:.0f} MB; a process that holds it has "
        f"{before / 1024:.0f} MB in use, and at most {after / 1024:.0f} MB while it is screened. "
        f"The frame and what is added to it come to {(after - before) / 1024 / size + 1:.1f} times "
        f"the frame (at most {MOST_MEMORY:.0f})."
    )


def _remember(rows: int) -> None:
    """Print how much memory is in use with the frame, and at most while it is screened."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.parquet"
        # What making the frame took is not to be counted.
        made = f"from benchmarks.histories import tables; tables({rows})[0]"
        call = f"{made}.write_parquet({str(path)!r})"
        subprocess.run([sys.executable, "-c", call], check=True)
        records = pl.read_parquet(path)
    people = records.select("patient").unique().sort("patient")
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    screened(records, people)
    print(before, _status("VmHWM"))


def _status(word: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(word))


if __name__ == "__main__":
    main()
