"""`screener funnel` and `screener sweep`: counts over patients as tables, pictures or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screener.catalog import Edition
from screener.cli import console
from screener.cli.output import give, require_new
from screener.cli.patients import Wanted
from screener.cli.sheets import Sheets
from screener.cli.versions import edition_of
from screener.judging import judge_patient
from screener.terminal import clean
from screener.truth import Verdict
from screener.workbench.curves import funnel_picture, sweep_picture, table
from screener.workbench.funnel import funnel
from screener.workbench.sweeping import sweep
from screener.workbench.varying import Unvaried, vary_of


def count_funnel(
    name: str,
    files: Sequence[str],
    criteria: Sequence[Path],
    as_of: int | None,
    wanted: Wanted,
    *,
    picture: Path | None,
    as_json: bool,
) -> int:
    """Count where patients are lost."""
    require_new(picture)
    edition = edition_of(name, criteria, as_of)
    sheets = Sheets(edition.vocabulary, files, as_of, wanted)
    found = funnel(
        edition,
        (judge_patient(edition.protocol, edition.vocabulary, sheet, day) for sheet, day in sheets),
    )
    if as_json:
        console.put_json({**_which(edition), **found.to_json()})
    else:
        verdicts = ", ".join(f"{found.verdicts[one]} {one.value}" for one in reversed(Verdict))
        console.put(f"{found.patients} patients: {verdicts}\n\n")
        head = ("", "sure", "possible", "fails", "unknown", "only this", "eligible without it")
        rows = [(clean(one.id), *one[1:]) for one in found.steps]
        for line in table([head, *rows]):
            console.put(line + "\n")
    if picture is not None:
        give(funnel_picture(found) + "\n", picture)
    return sheets.code


def count_sweep(
    name: str,
    files: Sequence[str],
    criteria: Sequence[Path],
    as_of: int | None,
    wanted: Wanted,
    *,
    vary: Sequence[str],
    off: Sequence[str],
    picture: Path | None,
    as_json: bool,
) -> int:
    """Count who would be eligible as a limit or window varies."""
    try:
        varied = [vary_of(clean(one)) for one in vary]
    except Unvaried as error:
        raise _fault(error) from error
    if len(varied) > 2:
        raise console.UsageFault("one thing is varied for a curve, two for a grid, no more")
    require_new(picture)
    edition = edition_of(name, criteria, as_of)
    sheets = Sheets(edition.vocabulary, files, as_of, wanted)
    try:
        found = sweep(edition, sheets, varied, off)
    except Unvaried as error:
        raise _fault(error) from error
    if as_json:
        console.put_json({**_which(edition), "off": list(off), **found.to_json()})
    else:
        console.put(f"{found.patients} patients\n\n")
        heads = [one.place for one in varied]
        verdicts = tuple(reversed(Verdict))
        head = (clean(" x ".join(heads)), *(one.value for one in verdicts))
        rows = [
            (" x ".join(map(str, one.values)), *(one.verdicts[verdict] for verdict in verdicts))
            for one in found.points
        ]
        for line in table([head, *rows]):
            console.put(line + "\n")
    if picture is not None:
        give(sweep_picture(found) + "\n", picture)
    return sheets.code


def _fault(error: Unvaried) -> console.UsageFault:
    return console.UsageFault(f"{error}; {error.hint}" if error.hint else f"{error}")


def _which(edition: Edition) -> dict[str, object]:
    return {"trial": edition.protocol.trial, "version": edition.protocol.version}
