"""Times the screening log at a thousand and at a million entries: `python -m benchmarks.log`.

Appending and the last page have to be as quick at the end as at the beginning, and verifying the
whole log takes seconds. The entries are answers for generated patients of the benchmark's trial.
Never a gate: it prints what it finds, and with `--record` writes it to docs/evidence/log.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from unittest.mock import patch

from sqlalchemy import func, select

import screener
from benchmarks.evidence import publish
from benchmarks.patients import AS_OF, flat_patients, profile
from screener.log import append as appending
from screener.log.entries import Evaluation, Identity, Screening, When, Who, pack
from screener.log.read import Filter, page
from screener.log.schema import contents, texts
from screener.log.store import Log, open_log
from screener.log.verify import verify

HERE = Path(__file__).parent
SEED = 11
PATIENTS = 500
BATCH = 1_000
SAMPLES = 300
SMALL = 1_000
PROGRESS = 100_000


def main() -> None:
    """Fill a log and time it."""
    parser = argparse.ArgumentParser(prog="benchmarks.log", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the log is made  [default: temporary]")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/log.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        lines = _measured(Path(folder) / "log.db", asked.entries)
        publish("log.md", "The screening log at a million entries", lines, record=asked.record)


def _measured(path: Path, entries: int) -> Iterator[str]:
    drafts = _drafts()
    yield f"SQLite {sqlite3.sqlite_version}."
    yield ""
    yield "| | at the beginning | at the end | ratio |"
    yield "| --- | ---: | ---: | ---: |"
    with open_log(str(path), create=True) as log:
        _fill(log, drafts, SMALL)
        first = _times(lambda: appending.append(log, next(drafts)))
        first_page = _times(lambda: page(log, Filter()))
        begun = time.perf_counter()
        _fill(log, drafts, entries)
        filled = time.perf_counter() - begun
        last = _times(lambda: appending.append(log, next(drafts)))
        last_page = _times(lambda: page(log, Filter()))
        for what, one, two in (("append", first, last), ("last page", first_page, last_page)):
            for name, at in (("median", 50), ("p99", 99)):
                before, after = one[at], two[at]
                yield (
                    f"| {what}, {name} | {before * 1e3:.2f} ms | {after * 1e3:.2f} ms "
                    f"| {after / before:.2f} |"
                )
        with log.reading() as connection:
            kept = connection.execute(select(func.count()).select_from(texts)).scalar_one()
            count = connection.execute(select(func.max(contents.c.seq))).scalar_one()
    yield ""
    yield f"{count:,} entries, filled in {filled:.0f} s, {_bytes(path) / count:.0f} bytes each; "
    yield f"{kept} texts of rules and vocabulary."
    for processes in (1, os.cpu_count() or 1):
        begun = time.perf_counter()
        checked = verify(str(path), processes=processes)
        took = time.perf_counter() - begun
        assert checked.bad is None
        yield (
            f"Verified by {processes} process{'es' if processes > 1 else ''} in {took:.1f} s: "
            f"{checked.entries / took:,.0f} entries a second."
        )


def _drafts() -> Iterator[Screening]:
    """Answers for generated patients, each time under a new screening ID of a few."""
    trial = screener.load_trial(HERE / "trial.yaml")
    edition = trial.newest
    flat = flat_patients(edition.vocabulary, PATIENTS, 0.05, SEED)
    evaluations = []
    for number, one in enumerate(flat):
        given = json.loads(profile(edition.vocabulary, one, number))
        evaluations.append(
            Evaluation(
                inputs=given,
                result=trial.screen(given, as_of=AS_OF),
                rules=edition.rules_text,
                vocabulary=edition.vocabulary_text,
            )
        )
    who = Who("benchmark", Identity.ACCOUNT)
    when = When.of(datetime.now(UTC))
    while True:
        for evaluation in evaluations:
            yield Screening(evaluation=evaluation, who=who, when=when)


def _fill(log: Log, drafts: Iterator[Screening], entries: int) -> None:
    """Append until there are so many; each patient's answer is packed once only."""
    kept: dict[int, bytes] = {}

    def packed(evaluation: Evaluation) -> bytes:
        if id(evaluation) not in kept:
            kept[id(evaluation)] = pack(evaluation)
        return kept[id(evaluation)]

    with log.reading() as connection:
        there = connection.execute(select(func.max(contents.c.seq))).scalar_one() or 0
    with patch.object(appending, "pack", packed):
        for begin in range(there, entries, BATCH):
            batch = [next(drafts) for _ in range(min(BATCH, entries - begin))]
            appending.append_all(log, batch)
            if begin % PROGRESS == 0:
                print(f"{begin:,} of {entries:,} entries", file=sys.stderr, flush=True)


def _times(work: Callable[[], object]) -> dict[int, float]:
    """The median and the 99th percentile of some runs, in seconds."""
    taken = []
    for _ in range(SAMPLES):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return {50: median(taken), 99: quantiles(taken, n=100)[98]}


def _bytes(path: Path) -> int:
    return path.stat().st_size


if __name__ == "__main__":
    main()
