"""`screener cases`: example patients found for a version, as a case file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from screener.cli import console
from screener.cli.output import give
from screener.cli.versions import edition_of
from screener.workbench.case_file import case_file
from screener.workbench.coverage import Target
from screener.workbench.examples import NobodyEligible, find_examples


def write_cases(
    name: str, criteria: Sequence[Path], as_of: int | None, *, out: Path | None, timeout: float
) -> int:
    """Find example patients and write them; 1 if there is nobody to start from."""
    edition = edition_of(name, criteria, as_of)
    try:
        found = find_examples(edition, max(1, round(timeout * 1000)), _progress)
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


@contextmanager
def _progress(targets: Sequence[Target]) -> Iterator[Iterable[Target]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield targets
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        yield progress.track(targets, description="searching")
