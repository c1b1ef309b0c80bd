"""The log's part of the campaign: kills in both stores, and power cuts, at their full counts.

`count` is the number of kills for each store; there are a hundred times as many power cuts for each
of our journals.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from tests.log.killing import kill_rounds
from tests.log.power import MODELS, record, wrong

KILLS = 20
CUTS = 2_000
APPENDS = 12
JOURNALS = {"cut-delete-extra": ("delete", "EXTRA"), "cut-wal-full": ("wal", "FULL")}


def units(count: int, seed: str) -> Iterator[tuple[str, str]]:
    """All units: what each does, and its seed."""
    for number in range(-(-count // KILLS)):
        yield "kill-sqlite", f"{seed}-{number}"
        yield "kill-postgresql", f"{seed}-{number}"
    for number in range(-(-count * 100 // CUTS)):
        for what in JOURNALS:
            yield what, f"{seed}-{number}"


def work(unit: tuple[str, str]) -> dict[str, Any]:
    """Do one unit: kills, or power cuts of a recording of its own."""
    what, seed = unit
    if what.startswith("kill-"):
        _, problems = kill_rounds(what.removeprefix("kill-"), KILLS, seed)
        return {"what": what, "seed": seed, "tried": KILLS, "problems": problems}
    random = Random(seed)
    with TemporaryDirectory(prefix="power-") as folder:
        moments = record(Path(folder), *JOURNALS[what], APPENDS)
    found = []
    for _ in range(CUTS):
        model = random.choice(MODELS)
        problem = wrong(random.choice(moments), model, random)
        if problem is not None:
            found.append(f"{model}: {problem}")
    return {"what": what, "seed": seed, "tried": CUTS, "problems": found}
