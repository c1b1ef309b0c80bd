"""Does the units that are not done yet, in several processes, and keeps every outcome at once."""

from __future__ import annotations

import json
import sys
from multiprocessing import get_context

from tests.campaign.evidence import commit
from tests.campaign.parts import Outcome, part
from tests.campaign.paths import KEPT

#: A unit of a part: both names.
Unit = tuple[str, str]


def work(unit: Unit) -> tuple[Unit, Outcome]:
    """Do one unit of a part."""
    return unit, part(unit[0]).work(unit[1])


def run(units: list[Unit], seed: str, processes: int) -> list[Outcome]:
    """Do what is not done yet, telling how far it is; returns the outcomes of all units."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{seed}-{commit()}.jsonl"
    done: dict[Unit, Outcome] = {}
    if kept.exists():
        for line in kept.read_text("utf-8").splitlines():
            (name, of), outcome = json.loads(line)
            done[name, of] = Outcome(*outcome)
    left = [unit for unit in units if unit not in done]
    with kept.open("a", encoding="utf-8") as file, get_context("spawn").Pool(processes) as pool:
        for number, (unit, outcome) in enumerate(pool.imap_unordered(work, left), start=1):
            done[unit] = outcome
            file.write(json.dumps([unit, outcome]) + "\n")
            file.flush()
            problems = sum(len(one.problems) for one in done.values())
            finished = len(units) - len(left) + number
            told = f"\r{finished} of {len(units)} units, {problems} contradictions"
            print(told, end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return [done[unit] for unit in units]
