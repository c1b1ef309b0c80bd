"""`screener cases`: example patients found for a version, as a case file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screener.cli import console
from screener.cli.output import give
from screener.cli.progress import bar
from screener.cli.versions import edition_of
from screener.workbench.case_file import case_file
from screener.workbench.examples import NobodyEligible, find_examples


def write_cases(
    name: str, criteria: Sequence[Path], as_of: int | None, *, out: Path | None, timeout: float
) -> int:
    """Find example patients and write them; 1 if there is nobody to start from."""
    edition = edition_of(name, criteria, as_of)
    try:
        found = find_examples(edition, max(1, round(timeout * 1000)), bar("searching"))
    except NobodyEligible as error:
        clash = f": {', '.join(error.clash)} clash" if error.clash else ""
        console.say(f"no example patients: {error}{clash}; see `screener prove {name}`")
        return console.NOT_HELD
    give(case_file(edition, found), out)
    missed = len(found.impossible) + len(found.not_found)
    console.say(
        f"{len(found.others) + 1} example patients; {missed} things that none of them shows"
    )
    return console.DONE
