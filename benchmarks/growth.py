"""Times how cohorts grow with patients and with trials: `python -m benchmarks.growth [--record]`.

Times are the processor's over all threads. With `--record` it writes docs/evidence/growth.md, and
the drawing beside it.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from math import log
from pathlib import Path

import numpy as np

import screener
from benchmarks.cohort import frame_of, headed, screened, times_of
from benchmarks.drawing import growth
from benchmarks.evidence import FOLDER, publish

HERE = Path(__file__).parent
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TRIALS = (1, 3, 10, 30, 100)
DRAWING = "growth.svg"

Points = list[tuple[float, float]]


def main() -> None:
    """Time both and print it."""
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--patients", type=int, default=SIZES[-1], help="at most so many")
    parser.add_argument("--rounds", type=int, default=3, help="times each size is timed")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/growth.md")
    asked = parser.parse_args()
    lines = _lines(asked.patients, asked.rounds, record=asked.record)
    publish("growth.md", "Growth of cohorts", lines, record=asked.record)


def _lines(most: int, rounds: int, *, record: bool) -> Iterator[str]:
    yield "27 criteria over 35 facts in typed columns; verdict, first reason, stage and criteria."
    yield ""
    yield "| patients, one trial | seconds | ns a patient |"
    yield "| ---: | ---: | ---: |"
    by_size: Points = []
    for size, took in _by_size(most, rounds):
        by_size.append((size, took))
        yield f"| {size:,} | {took:.4f} | {took / size * 1e9:.0f} |"
    yield ""
    yield f"| trials, {SIZES[0]:,} patients | seconds | ms a trial |"
    yield "| ---: | ---: | ---: |"
    by_trials: Points = []
    for many, took in _by_trials():
        by_trials.append((many, took))
        yield f"| {many} | {took:.3f} | {took / many * 1e3:.0f} |"
    yield ""
    large = by_size[1:]
    yield (
        f"Where both axes are logarithms the slope is {slope(large):.2f} for patients from "
        f"{SIZES[1]:,} on ({slope(by_size):.2f} from {SIZES[0]:,} on, where putting the work "
        f"together still counts), and {slope(by_trials):.2f} for trials; 1 is twice the time for "
        "twice the work. Each trial is planned anew, as none was seen before."
    )
    if record:
        drawn = growth({"patients, one trial": by_size, "trials, 10,000 patients": by_trials})
        (FOLDER / DRAWING).write_text(drawn, encoding="utf-8")
        yield ""
        yield f"![Two lines on logarithms: seconds by patients and by trials]({DRAWING})"


def _by_size(most: int, rounds: int) -> Iterator[tuple[int, float]]:
    trial = screener.load_trial(HERE / "trial.yaml")
    for size in (one for one in SIZES if one <= most):
        wide = headed(trial.newest.vocabulary, frame_of(trial.newest.vocabulary, size))
        yield size, times_of({"all": partial(screened, trial, wide, None)}, rounds)["all"]


def _by_trials() -> Iterator[tuple[int, float]]:
    numbers = count(1)
    for many in TRIALS:
        with tempfile.TemporaryDirectory() as folder:
            trials = [_another(Path(folder), next(numbers)) for _ in range(many)]
        vocabulary = trials[0].newest.vocabulary
        wide = headed(vocabulary, frame_of(vocabulary, SIZES[0]))
        begun = time.process_time()
        for trial in trials:
            screened(trial, wide, None)
        yield many, time.process_time() - begun


def _another(folder: Path, number: int) -> screener.Trial:
    """The trial under a name of its own, so that nothing that is kept of another serves it."""
    mine = folder / str(number)
    mine.mkdir()
    rules = (HERE / "trial.yaml").read_text(encoding="utf-8")
    named = re.sub(r"^trial: .*$", f"trial: GROWTH-{number:03}", rules, count=1, flags=re.M)
    (mine / "trial.yaml").write_text(named, encoding="utf-8")
    (mine / "vocabulary.yaml").write_bytes((HERE / "vocabulary.yaml").read_bytes())
    return screener.load_trial(mine / "trial.yaml")


def slope(points: Points) -> float:
    """The slope of the line through the logarithms, by least squares."""
    if len(points) < 2:
        return 1.0
    x, y = (np.array([log(one) for one in axis]) for axis in zip(*points, strict=True))
    return float(np.polyfit(x, y, 1)[0])


if __name__ == "__main__":
    main()
