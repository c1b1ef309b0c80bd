"""The log's part of the campaigns: kills in both stores, and power cuts under both journals.

`count` is the number of kills for each store; there are a hundred times as many power cuts for each
of our journals.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.campaign.parts import Outcome
from tests.log.power import MODELS, record, wrong

COUNT = 500
KILLS = 20
CUTS = 2_000
APPENDS = 12
STORES = ("sqlite", "postgresql")
JOURNALS = {"delete-EXTRA": ("delete", "EXTRA"), "wal-FULL": ("wal", "FULL")}
ROOT = Path(__file__).parents[2]


def units(count: int, seed: str) -> Iterator[str]:
    """All units: what each does and on what, and its seed."""
    for number in range(-(-count // KILLS)):
        yield from (f"kill {store} {seed}-{number}" for store in STORES)
    for number in range(-(-count * 100 // CUTS)):
        yield from (f"cut {journal} {seed}-{number}" for journal in JOURNALS)


def work(unit: str) -> Outcome:
    """Do one unit: kills, or power cuts of a recording of its own."""
    what, where, seed = unit.split(" ", 2)
    if what == "kill":
        return Outcome(f"log: kills, {where}", KILLS, _kills(where, seed))
    return Outcome(f"log: power cuts, {where}", CUTS, _cuts(where, seed))


def _kills(store: str, seed: str) -> list[str]:
    # In a program of its own: those that do a campaign may not have children to kill.
    command = [sys.executable, "-m", "tests.log.killing", store, str(KILLS), seed]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return [f"the kills did not end well: {done.stderr[-300:]}"]
    problems: list[str] = json.loads(done.stdout)
    return problems


def _cuts(journal: str, seed: str) -> list[str]:
    random = Random(seed)
    with TemporaryDirectory(prefix="power-") as folder:
        moments = record(Path(folder), *JOURNALS[journal], APPENDS)
    found = []
    for _ in range(CUTS):
        model = random.choice(MODELS)
        problem = wrong(random.choice(moments), model, random)
        if problem is not None:
            found.append(f"{model}: {problem}")
    return found
