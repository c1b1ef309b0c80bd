"""How long the command line takes to answer: a start without work, and a check of many criteria."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

CRITERIA = 2_000
_RUNS = 5

_HEAD = """\
trial: MANY-001
title: A made-up trial of many criteria
version: "1"
effective: 2026-01-01
source: Made up
stages:
  - id: screening
    title: Screening
    inclusion:
"""
_CRITERION = """\
      - id: I{number}
        text: ALT at most {limit} U/L within {days} days before the day of screening.
        source: item {number}
        rule: {{fact: alt, at_most: {limit} U/L, within: {days} d before as_of}}
"""
VOCABULARY = """\
facts:
  alt: {type: quantity, kind: observation, label: ALT, unit: U/L}
"""


def answers() -> Iterator[str]:
    """The median time of each command."""
    yield f"`screener --help`: {_seconds('--help'):.2f} s (at most 0.5 s)"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
        rules = Path(folder) / "MANY-001" / "1.yaml"
        rules.parent.mkdir()
        rules.write_text(rule_file(CRITERIA), encoding="utf-8")
        took = _seconds("check", str(rules), "--criteria", folder)
    yield ""
    yield f"`screener check` of {CRITERIA:,} criteria: {took:.2f} s (less than 1 s)"


def rule_file(criteria: int) -> str:
    """A rule file of so many criteria, no two alike."""
    return _HEAD + "".join(
        _CRITERION.format(number=one, limit=40 + one % 200, days=7 + one // 200)
        for one in range(criteria)
    )


def _seconds(*words: str) -> float:
    call = [sys.executable, "-m", "screener", *words]
    times = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        subprocess.run(call, capture_output=True, check=True)
        times.append(time.perf_counter() - begun)
    return median(times)
