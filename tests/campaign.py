"""The random campaigns at their full counts: `python -m tests.campaign --pairs N --seed S`.

The judge and the properties run as in `make test`, over fresh seeds derived from S, in two
processes. What is finished is kept under build/campaign/, so that an interrupted campaign goes on
where it stopped. At the end the counts are appended to docs/evidence/campaigns.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.judge.compare import Tally, compare

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "campaign"
EVIDENCE = ROOT / "docs" / "evidence" / "campaigns.md"
HEAD = """# Random campaigns

Each line is one campaign at the commit named. *pairs*: a generated criterion and a generated
patient, judged by the engine and by the independent judge of docs/semantics.md (tests/judge).
The properties (tests/properties) count what each of them tried. The same seed gives the same
trials and patients: `python -m tests.campaign --pairs N --seed S`.

| commit | seed | what | tried | contradictions |
| --- | --- | --- | ---: | ---: |
"""

#: A unit of work: 10 files of 20 criteria and 50 patients each.
FILES, CRITERIA, PATIENTS = 10, 20, 50
PAIRS_PER_UNIT = FILES * CRITERIA * PATIENTS
PROPERTIES = ("resolving", "removing", "shuffling", "because", "standing", "missing")
#: One property unit, of every property, per so many units of the judge.
EVERY = 100

#: What a unit came to: its name, what was tried, and the contradictions found.
Outcome = dict[str, Any]


def work(unit: tuple[str, str]) -> Outcome:
    """Do one unit: of the judge, or of a property."""
    what, seed = unit
    if what != "judge":
        tried, broken = import_module(f"tests.properties.test_{what}").check(seed)
        return {"what": what, "seed": seed, "tried": tried, "problems": broken}
    tally = Tally()
    for number in range(FILES):
        tally.add(compare(f"{seed}-{number}", CRITERIA, PATIENTS))
    problems = tally.disagreements + [f"cause: {one}" for one in tally.other_causes]
    return {"what": what, "seed": seed, "tried": tally.pairs, "problems": problems}


def units(pairs: int, seed: str) -> Iterator[tuple[str, str]]:
    """All units of a campaign."""
    for number in range(-(-pairs // PAIRS_PER_UNIT)):
        yield "judge", f"{seed}-{number}"
        if number % EVERY == 0:
            for what in PROPERTIES:
                yield what, f"{seed}-{number}"


def run(pairs: int, seed: str) -> list[Outcome]:
    """Do what is not done yet, telling how far it is; returns the outcomes of all units."""
    commit = _commit()
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{seed}-{commit}.jsonl"
    done: list[Outcome] = []
    if kept.exists():
        done = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    finished = {(one["what"], one["seed"]) for one in done}
    everything = list(units(pairs, seed))
    wanted = set(everything)
    done = [one for one in done if (one["what"], one["seed"]) in wanted]
    left = [unit for unit in everything if unit not in finished]
    with kept.open("a", encoding="utf-8") as file, get_context("spawn").Pool(2) as pool:
        for outcome in pool.imap_unordered(work, left):
            done.append(outcome)
            file.write(json.dumps(outcome) + "\n")
            file.flush()
            problems = sum(len(one["problems"]) for one in done)
            told = f"\r{len(done)} of {len(everything)} units, {problems} contradictions"
            print(told, end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return done


def record(seed: str, done: list[Outcome]) -> None:
    """Append the counts to the evidence."""
    tried: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    for one in done:
        what = "pairs" if one["what"] == "judge" else one["what"]
        tried[what] += one["tried"]
        problems[what] += len(one["problems"])
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    if not EVIDENCE.exists():
        EVIDENCE.write_text(HEAD, "utf-8")
    with EVIDENCE.open("a", encoding="utf-8") as file:
        for what, count in tried.items():
            file.write(f"| {_commit()} | {seed} | {what} | {count:,} | {problems[what]:,} |\n")


def _commit() -> str:
    """The commit the campaign runs at, marked where the engine or the tests differ from it."""

    def git(*words: str) -> str:
        run = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
        return run.stdout.strip()

    changed = git("status", "--porcelain", "--", "screener", "tests")
    return git("rev-parse", "--short=12", "HEAD") + ("-changed" if changed else "")


def main() -> int:
    """Run a campaign; 1 if anything contradicts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5_000_000)
    parser.add_argument("--seed", default="1")
    given = parser.parse_args()
    done = run(given.pairs, given.seed)
    record(given.seed, done)
    problems = [f"{one['what']} {problem}" for one in done for problem in one["problems"]]
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
