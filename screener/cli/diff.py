"""`screener diff`: two versions compared in words, by proof and on patients."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.catalog import Edition
from screener.cli import console
from screener.cli.crowds import moves_in_columns
from screener.cli.moving import Manner, moves_of, processes_for
from screener.cli.output import give, require_new
from screener.cli.patients import Wanted, require
from screener.cli.sheets import Sheets
from screener.cli.versions import edition_of
from screener.terminal import Ink, clean, wrapped
from screener.truth import Verdict
from screener.workbench.comparing import compare
from screener.workbench.comparison import Comparison, CriterionChange
from screener.workbench.moving import Ending, Mover, Moves
from screener.workbench.people import SHOWN, VERDICTS, name_of
from screener.workbench.report import (
    RELATION,
    dates_moved,
    is_told,
    is_unchanged,
    report,
    what_changed,
    windows_moved,
)


class Asked(NamedTuple):
    """What was asked for on the command line."""

    patients: Sequence[str]
    fail_on: Sequence[str]
    as_of: int | None
    timeout: float
    as_json: bool
    html: Path | None
    processes: int | None


def diff_versions(
    old: str, new: str, asked: Asked, *, criteria: Sequence[Path], wanted: Wanted
) -> int:
    """Compare; 1 if a patient moves in a way that `--fail-on` names."""
    refused = [_move(text) for text in asked.fail_on]
    if refused and not asked.patients:
        raise console.UsageFault("`--fail-on` needs `--patients`: it is patients who move")
    before = edition_of(old, criteria, asked.as_of)
    after = edition_of(new, criteria, asked.as_of)
    trials = before.protocol.trial, after.protocol.trial
    if trials[0] != trials[1]:
        console.say(
            f"these are versions of two trials, `{clean(trials[0])}` and `{clean(trials[1])}`"
        )
    require(asked.patients)
    require_new(asked.html)
    compared = compare(before, after, timeout_ms=max(1, round(asked.timeout * 1000)))
    moved, code = None, console.DONE
    if asked.patients:
        both = {**before.vocabulary, **after.vocabulary}
        sheets = Sheets(both, asked.patients, asked.as_of, wanted)
        told = None if asked.as_json else SHOWN if asked.html is not None else 0
        manner = Manner(told, processes_for(asked.processes))
        moved = moves_in_columns(before, after, sheets, manner)
        if moved is None:
            moved = moves_of(before, after, sheets, manner)
        code = sheets.code
    if asked.as_json:
        console.put_json(_json(before, after, compared, moved))
    else:
        for line in _lines(before, after, compared, moved):
            console.put(line + "\n")
    if asked.html is not None:
        from screener.web.report import page

        give(page(report(before, after, compared, moved), _command(old, new, asked)), asked.html)
    if code == console.DONE and moved is not None:
        seen = {pair for pair, count in moved.table.items() if count}
        return console.NOT_HELD if seen & set(refused) else code
    return code


def _command(old: str, new: str, asked: Asked) -> str:
    """What was asked, to be asked again."""
    words = ["screener", "diff", old, new]
    words += [word for one in asked.patients for word in ("--patients", one)]
    return shlex.join(words)


def _move(text: str) -> tuple[Verdict, Verdict]:
    names = {one.value: one for one in Verdict}
    old, colon, new = text.partition(":")
    if not colon or old not in names or new not in names:
        raise console.UsageFault(
            f"`{clean(text)}` is not a move such as `eligible:ineligible`; "
            f"the verdicts are {', '.join(names)}"
        )
    return names[old], names[new]


def _json(
    old: Edition, new: Edition, compared: Comparison, moved: Moves | None
) -> dict[str, object]:
    return {
        "old": _which(old),
        "new": _which(new),
        **compared.to_json(),
        **({"table": None, "counts": [], "movers": []} if moved is None else moved.to_json()),
    }


def _which(edition: Edition) -> dict[str, object]:
    return {
        "trial": edition.protocol.trial,
        "version": edition.protocol.version,
        "rules_sha256": edition.rules_sha256,
    }


def _lines(old: Edition, new: Edition, compared: Comparison, moved: Moves | None) -> Iterator[str]:
    paint, width = console.painter(), console.width()
    yield paint(f"{_name(old)} -> {_name(new)}", Ink.STRONG)
    yield from wrapped(f"The new version {RELATION[compared.relation]}.", width)
    for reason in compared.reasons:
        yield from wrapped(clean(reason), width, "  not decided: ", "    ")
    yield ""
    for date in dates_moved(old, new, compared):
        said = f"The date {date.name} was read from {date.old}, and is read from {date.new}."
        said += f" By that alone changed: {date.alone}." if date.alone else ""
        yield from wrapped(clean(said), width)
        yield ""
    for window in windows_moved(old, new, compared):
        said = f"{window.title}: the window was {window.old}, and is {window.new}."
        said += f" By that alone changed: {window.alone}." if window.alone else ""
        yield from wrapped(clean(said), width)
        yield ""
    for one in filter(is_told, compared.criteria):
        yield from _criterion(old, new, one, width)
    same = [one for one in compared.criteria if is_unchanged(one)]
    renamed = [name_of(one) for one in same if one.was is not None]
    if renamed:
        yield from wrapped(clean(f"Under another name only: {', '.join(renamed)}."), width)
    are = "criterion is" if len(same) == 1 else "criteria are"
    yield f"{len(same)} {are} unchanged."
    if moved is not None:
        yield ""
        yield from _table(moved)
        yield from _counts(moved)
        yield from _movers(moved, width)


def _criterion(old: Edition, new: Edition, one: CriterionChange, width: int) -> Iterator[str]:
    yield f"{clean(name_of(one))}: {one.relation.value}; {what_changed(old, new, one)}"
    before = {each.id: each.text for each in old.protocol.criteria}.get(one.was or one.id)
    after = {each.id: each.text for each in new.protocol.criteria}.get(one.id)
    if before != after:
        yield from wrapped(clean(before or "(not there)"), width, "  old: ", "       ")
        yield from wrapped(clean(after or "(not there)"), width, "  new: ", "       ")
    for example in one.examples:
        text = (
            f"{example.direction.value}: {example.old.value} -> {example.new.value}, as of "
            f"{example.witness.as_of}: {example.witness.in_short()}"
        )
        yield from wrapped(clean(text), width, "  ", "      ")
    for reason in one.reasons:
        yield from wrapped(clean(reason), width, "  not decided: ", "      ")
    yield ""


def _table(moved: Moves) -> Iterator[str]:
    rows = [["old \\ new", *(one.value for one in VERDICTS)]]
    for old in VERDICTS:
        rows.append([old.value, *(str(moved.table.get((old, new), 0)) for new in VERDICTS)])
    for row in rows:
        yield "  " + row[0].ljust(14) + "".join(cell.rjust(14) for cell in row[1:])
    yield ""
    total, movers = sum(moved.table.values()), len(moved.movers)
    yield f"{movers} of {total} patients move." if movers else f"None of {total} patients moves."


def _counts(moved: Moves) -> Iterator[str]:
    """The criteria that end otherwise for some patients, with how many end in which way."""
    differing = [one for one in moved.criteria if one.old != one.new]
    if not differing:
        return
    yield ""
    yield "  criterion      " + "".join(
        f"{version} {what}".rjust(12)
        for version in ("old", "new")
        for what in ("pass", "fail", "unknown")
    )
    for one in differing:
        cells = [
            str(count)
            for side in (one.old, one.new)
            for count in (("-",) * 3 if side is None else side)
        ]
        yield f"  {clean(name_of(one)).ljust(15)}" + "".join(cell.rjust(12) for cell in cells)
    yield ""


def _movers(moved: Moves, width: int) -> Iterator[str]:
    """A line for each who moves, and of the many who move alike how many more there are."""
    said: Counter[tuple[Verdict, Verdict]] = Counter()
    for mover in moved.movers:
        said[mover.old, mover.new] += 1
        if said[mover.old, mover.new] <= SHOWN:
            yield from wrapped(_mover(mover), width, "  ", "      ")
    for (old, new), number in said.items():
        if number > SHOWN:
            more = f"{number - SHOWN:,} more {old.value} -> {new.value}: `--json` lists everybody"
            yield from wrapped(more, width, "  ", "      ")


def _mover(one: Mover) -> str:
    causes = "; ".join(
        f"{name_of(cause)} {_outcome(cause.old)} -> {_outcome(cause.new)}" for cause in one.because
    )
    return clean(f"{one.patient or 'a patient'}: {one.old.value} -> {one.new.value} ({causes})")


def _outcome(ending: Ending | None) -> str:
    return "(not there)" if ending is None else ending.outcome.value


def _name(edition: Edition) -> str:
    return clean(f"{edition.protocol.trial} version {edition.protocol.version}")
