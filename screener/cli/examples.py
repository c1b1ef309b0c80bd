"""What `make run` shows: the example patients shipped with a trial, answered with reasons."""

from __future__ import annotations

import sys

from screener.catalog import Edition, find, read, shipped
from screener.cli import console
from screener.cli.cases import cases_of
from screener.rules.load import Case
from screener.terminal import render
from screener.workbench.replaying import answer

PREFIX = "Example: "
NEXT = (
    "Next: .venv/bin/screener screen {} FILE judges a patient of your own; make test runs the tests"
)


def main() -> None:
    """Print the examples of the trial named on the command line."""
    trial = sys.argv[1]
    console.run(lambda: _show(trial))


def _show(trial: str) -> int:
    shown = 0
    for place in find(trial, [shipped("criteria")]):
        cases = [case for case in cases_of(place) if case.name.startswith(PREFIX)]
        if not cases:
            continue
        edition = read(place)
        for case in cases:
            title = case.name.removeprefix(PREFIX)
            console.put(f"{'=' * 100}\n{title}\n\n")
            console.put(_text(edition, case) + "\n")
            shown += 1
    if not shown:
        raise console.UsageFault(f"`{trial}` has no example patients")
    console.put(NEXT.format(trial) + "\n")
    return console.DONE


def _text(edition: Edition, case: Case) -> str:
    result = answer(edition, case)
    return render(result, console.width(), console.painter(), edition.stage_titles)


if __name__ == "__main__":
    main()
