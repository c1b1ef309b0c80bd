"""What mutation testing leaves on record: docs/evidence/mutation.md, written whole each time."""

from __future__ import annotations

from collections.abc import Iterable

from tests.campaign.evidence import commit
from tests.campaign.parts import Outcome
from tests.campaign.paths import ROOT
from tests.mutation.campaign import MODULES, WHAT, reasons

PAGE = ROOT / "docs" / "evidence" / "mutation.md"

HEAD = """# Faults that the tests notice

Each small fault in the modules that decide and read (a comparison, a condition, an end, a number
turned into another, a statement left out: tests/mutation/mutants.py) is put in, one at a time, and
the quick tests are run until one fails. Every fault there is has been tried; nothing is drawn by
chance. *Score*: faults noticed, of all faults; those that change no answer lower it.

Written by `python -m tests.campaign --only mutation` at commit {commit}.

| module | faults | noticed | change no answer | not noticed | score |
| --- | ---: | ---: | ---: | ---: | ---: |
"""


def write(done: Iterable[Outcome]) -> None:
    """Write the page from the outcomes of a campaign."""
    found = {one.what.removeprefix(WHAT): one for one in done if one.what.startswith(WHAT)}
    rows, lists = "", ""
    for module in (one for one in MODULES if one in found):
        tried, problems = found[module].tried, found[module].problems
        excused = reasons(module)
        noticed = tried - len(excused) - len(problems)
        rows += (
            f"| {module} | {tried} | {noticed} | {len(excused)} | {len(problems)} "
            f"| {100 * noticed / tried:.1f} % |\n"
        )
        if excused or problems:
            lists += f"\n## {module}\n\n"
        lists += "".join(
            f"- {fault}\n  changes no answer: {why}\n" for fault, why in excused.items()
        )
        lists += "".join(f"- {problem}\n  not noticed\n" for problem in problems)
    PAGE.write_text(HEAD.format(commit=commit()) + rows + lists, "utf-8")
