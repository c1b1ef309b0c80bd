"""A long rule file is read while its author waits: measured in processor time, not by the clock."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from screener.rules.load import read_protocol
from tests.cost import costs, too_dear
from tests.rules.recorded import HERE, vocabulary

CRITERIA = 2_000
#: Seconds of processor time, and MiB. An author is promised one second, which `make bench` has to
#: show; a processor that shares its core with the other tests takes up to twice as long.
MOST, MEBIBYTES = 2.0, 400

HEAD = 'trial: XMPL-009\ntitle: A long trial\nversion: "1"\neffective: 2026-01-01\n'
RULES = (
    "rule: {fact: age, between: [18 a, 75 a]}",
    "rule: {fact: alt, at_most: 5 x ULN, within: 14 d before as_of, use: latest}",
    "rule: {fact: platelets, at_least: 100 10*9/L, within: 14 d before as_of}",
    "applies_when: {fact: sex, is: female}\n        rule: {not: {fact: pregnant, is: true}}",
    "rule:\n          all_of:\n            - {fact: albumin, at_least: 3.5 g/dL}\n"
    "            - {fact: bilirubin, at_most: 2 mg/dL}\n            - {fact: inr, at_most: 1.7}",
    "rule: {not: {fact: antibiotic, within: 4 wk before as_of, where: {route: systemic}}}",
)


def long_file(criteria: int) -> str:
    """A file as a long protocol has it: an outline, sources, readings, limits, windows, trees."""
    items = ", ".join(f"5.1 ({number})" for number in range(criteria))
    told = "".join(
        f"      - id: C{number}\n"
        f"        text: Criterion {number} of a long protocol, in the words of the protocol.\n"
        f"        source: 5.1 ({number})\n"
        f"        reading: Both ends count.\n"
        f"        {RULES[number % len(RULES)]}\n"
        for number in range(criteria)
    )
    stage = f"stages:\n  - id: s\n    title: S\n    inclusion:\n{told}"
    return f"{HEAD}outline: [{items}]\n{stage}"


def seconds(criteria: int) -> float:
    """The least processor time of three readings."""
    text = long_file(criteria)
    taken = []
    for _ in range(3):
        began = time.process_time()
        reading = read_protocol(text, "long.yaml", vocabulary())
        taken.append(time.process_time() - began)
        assert len(reading.protocol.criteria) == criteria
        assert reading.warnings == ()
    return min(taken)


def pieces(path: str) -> dict[str, Callable[[], object]]:
    """The command as its author gives it, from its start to its end."""
    words = ["-m", "screener", "check", path, "--criteria", str(Path(path).parent)]
    return {"check": lambda: subprocess.run([sys.executable, *words], check=True)}


def test_two_thousand_criteria_are_checked_in_the_time_an_author_waits(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.yaml").write_bytes((HERE / "good" / "vocabulary.yaml").read_bytes())
    file = tmp_path / "XMPL-009.yaml"
    file.write_text(long_file(CRITERIA), "utf-8")
    assert too_dear(costs("tests.rules.test_long_files", str(file)), MOST, MEBIBYTES) == []


def test_reading_grows_with_the_file_and_not_faster() -> None:
    # Ten times as many; a reader that compares each with each would take a hundred times as long.
    assert seconds(CRITERIA) < 25 * seconds(CRITERIA // 10)
