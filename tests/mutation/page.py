"""What mutation testing leaves on record: docs/evidence/mutation.md, written whole each time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.campaign.evidence import commit
from tests.campaign.parts import Outcome
from tests.campaign.paths import ROOT
from tests.mutation.campaign import MODULES, WHAT, reasons

PAGE = ROOT / "docs" / "evidence" / "mutation.md"

HEAD = """# Faults that the tests notice

Each small fault in the modules that decide and read (a comparison, a condition, an end, a number
turned into another, a statement left out: tests/mutation/mutants.py) is put in, one at a time, and
the quick tests are run until one fails. Every fault there is has been tried; nothing is drawn by
chance. *Score*: faults noticed, of those that change an answer; the others are listed, each with
the reason why nothing can notice it.

Written by `python -m tests.campaign --only mutation` at commit {commit}.

| module | faults | noticed | change no answer | not noticed | score |
| --- | ---: | ---: | ---: | ---: | ---: |
"""


class _Counts(NamedTuple):
    """Faults tried, those that change no answer, and those that nobody noticed."""

    tried: int = 0
    excused: int = 0
    missed: int = 0

    def row(self, name: str) -> str:
        """A line of the table."""
        noticed = self.tried - self.excused - self.missed
        score = 100 * noticed / (self.tried - self.excused)
        return (
            f"| {name} | {self.tried} | {noticed} | {self.excused} | {self.missed} "
            f"| {score:.1f} % |\n"
        )


def write(done: Iterable[Outcome]) -> None:
    """Write the page from the outcomes of a campaign."""
    found = {one.what.removeprefix(WHAT): one for one in done if one.what.startswith(WHAT)}
    rows, lists, every = "", "", _Counts()
    for module in (one for one in MODULES if one in found):
        tried, problems = found[module].tried, found[module].problems
        excused = reasons(module)
        counts = _Counts(tried, len(excused), len(problems))
        every = _Counts(*(one + other for one, other in zip(every, counts, strict=True)))
        rows += counts.row(module)
        if excused or problems:
            lists += f"\n## {module}\n\n"
        lists += "".join(
            f"- {fault}\n  changes no answer: {why}\n" for fault, why in excused.items()
        )
        lists += "".join(f"- {problem}\n  not noticed\n" for problem in problems)
    rows += every.row("all")
    PAGE.write_text(HEAD.format(commit=commit()) + rows + lists, "utf-8")
