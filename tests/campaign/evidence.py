"""What a campaign leaves on record: a row for everything tried, in docs/evidence/campaigns.md."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterable

from tests.campaign.parts import Outcome
from tests.campaign.paths import EVIDENCE, ROOT

HEAD = """# Campaigns

Each line is one campaign at the commit named; the same seed tries the same things. *pairs*: a
generated criterion and a generated patient, judged by the engine and by the independent judge of
docs/semantics.md (tests/judge). The properties (tests/properties) and the other parts
(tests/campaign/parts.py) count what each of them tried. To do one again:
`python -m tests.campaign --only PART --count N --seed S`.

| commit | seed | what | tried | contradictions |
| --- | --- | --- | ---: | ---: |
"""


def record(seed: str, done: Iterable[Outcome]) -> None:
    """Append the counts to the evidence."""
    tried: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    for one in done:
        tried[one.what] += one.tried
        problems[one.what] += len(one.problems)
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    if not EVIDENCE.exists():
        EVIDENCE.write_text(HEAD, "utf-8")
    named = commit()
    with EVIDENCE.open("a", encoding="utf-8") as file:
        for what, count in tried.items():
            file.write(f"| {named} | {seed} | {what} | {count:,} | {problems[what]:,} |\n")


def commit() -> str:
    """The commit the campaign runs at, marked where the engine or the tests differ from it."""

    def git(*words: str) -> str:
        run = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
        return run.stdout.strip()

    changed = git("status", "--porcelain", "--", "screener", "tests")
    return git("rev-parse", "--short=12", "HEAD") + ("-changed" if changed else "")
