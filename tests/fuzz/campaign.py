"""Coverage-guided fuzzing of the readers at full count: executions that end in an answer.

The inputs found stay under build/fuzz, so that a later campaign goes on from them; one that crashes
is copied to tests/fuzz/crashes, where every test run tries it again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.campaign.parts import Outcome
from tests.campaign.paths import ROOT
from tests.fuzz import corpus
from tests.fuzz.targets import TARGETS, answered, facts

COUNT = 2_000_000
#: Executions of a unit. The rule loader and the profile reader get two of six shares each.
PER_UNIT = 20_000
SHARES = (*TARGETS, "rule_file", "profile", "profile")
KEPT = ROOT / "build" / "fuzz"


def units(count: int, seed: str) -> Iterator[str]:
    """So many units that `count` inputs are tried."""
    for number in range(-(-count // PER_UNIT)):
        yield f"{SHARES[number % len(SHARES)]} {seed}-{number} {min(count, PER_UNIT)}"


def work(unit: str) -> Outcome:
    """Fuzz one target over one seed."""
    target, seed, runs = unit.split()
    found = fuzz(KEPT, target, seed, int(runs))
    for path in found:
        corpus.CRASHES.mkdir(exist_ok=True)
        shutil.copy(path, corpus.CRASHES / path.name.removeprefix("crash-"))
    return Outcome("fuzzed inputs", int(runs), [path.name for path in found])


def fuzz(folder: Path, target: str, seed: str, runs: int) -> list[Path]:
    """Run the fuzzer; the inputs that crashed it.

    Raises:
        RuntimeError: if it did not run to its end, and no input is to blame.
    """
    if not (folder / target).exists():
        corpus.write(folder)
    number = zlib.crc32(seed.encode()) % 2**31 or 1
    words = ["tests.fuzz.run", target, str(folder), str(number), str(runs)]
    ran = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, errors="replace"
    )
    crashed = sorted(
        path
        for kind in ("crash", "timeout", "oom", "slow-unit")
        for path in folder.glob(f"crash-{target}-{kind}-*")
        if kind != "slow-unit" or slow(target, path)
    )
    if ran.returncode != 0 and not crashed:
        raise RuntimeError(
            f"the fuzzer of {target} ended with {ran.returncode}: {ran.stderr[-2000:]}"
        )
    return crashed


def slow(target: str, path: Path) -> bool:
    """Whether an input takes more than a second of processor time.

    The fuzzer itself goes by the clock, which a loaded machine stops at will.
    """
    facts()
    began = time.process_time()
    answered(TARGETS[target], path.read_bytes())
    return time.process_time() - began > 1
