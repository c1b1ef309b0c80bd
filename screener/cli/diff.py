"""`screener diff`: two versions compared in words, by proof and on patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.catalog import Edition
from screener.cli import console
from screener.cli.patients import Entry, Wanted, entries, require
from screener.cli.screen import Day, progress_of, reject
from screener.cli.versions import edition_of
from screener.diagnostics import Fault, ProfileError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.terminal import Ink, clean, wrapped
from screener.trial import agreed_day, declared_otherwise, named, own_day
from screener.truth import Outcome, Verdict
from screener.workbench.comparing import Comparison, CriterionChange, Relation, compare
from screener.workbench.moving import Mover, Moves, moves

_RELATION = {
    Relation.EQUIVALENT: "judges every patient alike",
    Relation.STRICTER: "is stricter: it lets nobody in whom the old one kept out",
    Relation.LOOSER: "is looser: it keeps nobody out whom the old one let in",
    Relation.BOTH: "is both: it lets some in and keeps others out",
    Relation.UNDECIDED: "could not be compared to the end",
}


class Asked(NamedTuple):
    """What was asked for on the command line."""

    patients: Sequence[str]
    fail_on: Sequence[str]
    as_of: int | None
    timeout: float
    as_json: bool


def diff_versions(
    old: str, new: str, asked: Asked, *, criteria: Sequence[Path], wanted: Wanted
) -> int:
    """Compare; 1 if a patient moves in a way that `--fail-on` names."""
    refused = [_move(text) for text in asked.fail_on]
    if refused and not asked.patients:
        raise console.UsageFault("`--fail-on` needs `--patients`: it is patients who move")
    before = edition_of(old, criteria, asked.as_of)
    after = edition_of(new, criteria, asked.as_of)
    require(asked.patients)
    compared = compare(before, after, timeout_ms=max(1, round(asked.timeout * 1000)))
    moved, code = None, console.DONE
    if asked.patients:
        moved, code = _moved(before, after, asked, wanted)
    if asked.as_json:
        console.put_json(_json(before, after, compared, moved))
    else:
        for line in _lines(before, after, compared, moved):
            console.put(line + "\n")
    if code == console.DONE and moved is not None:
        seen = {pair for pair, count in moved.table.items() if count}
        return console.NOT_HELD if seen & set(refused) else code
    return code


def _move(text: str) -> tuple[Verdict, Verdict]:
    names = {one.value: one for one in Verdict}
    old, colon, new = text.partition(":")
    if not colon or old not in names or new not in names:
        raise console.UsageFault(
            f"`{clean(text)}` is not a move such as `eligible:ineligible`; "
            f"the verdicts are {', '.join(names)}"
        )
    return names[old], names[new]


def _moved(old: Edition, new: Edition, asked: Asked, wanted: Wanted) -> tuple[Moves, int]:
    """Who moves, and the exit code of reading the patients."""
    both = {**old.vocabulary, **new.vocabulary}
    rejected = 0

    with (
        wanted.intake(both, asked.as_of, asked.patients) as intake,
        progress_of(entries(asked.patients, intake)) as patients,
    ):

        def read() -> Iterator[tuple[FactSheet, int]]:
            nonlocal rejected
            day = Day(asked.as_of)
            for entry in patients:
                try:
                    yield _sheet(old, new, entry, day)
                except ProfileError as error:
                    rejected += 1
                    reject(entry, error, as_json=False)

        moved = moves(old, new, read())
        intake.account.tell()
    return moved, console.BAD_DATA if rejected else console.DONE


def _sheet(old: Edition, new: Edition, entry: Entry, day: Day) -> tuple[FactSheet, int]:
    """The facts of a patient and the day he is judged on.

    Raises:
        ProfileError: if he cannot be read, or the versions do not read his facts alike.
    """
    data = entry.data
    if isinstance(data, ProfileError):
        raise data
    own = data.as_of if isinstance(data, FactSheet) else own_day(data)
    who = data.patient if isinstance(data, FactSheet) else named(data)
    otherwise = day.otherwise(own)
    as_of = agreed_day(day.asked, own, who) if otherwise is None else otherwise
    vocabulary = {**old.vocabulary, **new.vocabulary}
    if not isinstance(data, FactSheet):
        data = read_profile(data, vocabulary, as_of=as_of)
    differing = [
        fact
        for fact in declared_otherwise(data, old.vocabulary, vocabulary)
        if fact in old.vocabulary
    ]
    if differing:
        message = "the two versions declare the fact differently"
        raise ProfileError([Fault(f"/facts/{fact}", message) for fact in differing], who)
    return data, as_of


def _json(
    old: Edition, new: Edition, compared: Comparison, moved: Moves | None
) -> dict[str, object]:
    return {
        "old": _which(old),
        "new": _which(new),
        **compared.to_json(),
        **({"table": None, "movers": []} if moved is None else moved.to_json()),
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
    yield from wrapped(f"The new version {_RELATION[compared.relation]}.", width)
    for reason in compared.reasons:
        yield from wrapped(clean(reason), width, "  not decided: ", "    ")
    yield ""
    same = [one for one in compared.criteria if not (one.text_changed or one.rule_changed)]
    for one in compared.criteria:
        if one not in same:
            yield from _criterion(old, new, one, width)
    are = "criterion is" if len(same) == 1 else "criteria are"
    yield f"{len(same)} {are} unchanged."
    if moved is not None:
        yield ""
        yield from _table(moved)
        for mover in moved.movers:
            yield from wrapped(_mover(mover), width, "  ", "      ")


def _criterion(old: Edition, new: Edition, one: CriterionChange, width: int) -> Iterator[str]:
    yield f"{clean(one.id)}: {one.relation.value}; {_what_changed(old, new, one)}"
    before = {each.id: each.text for each in old.protocol.criteria}.get(one.id)
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


def _what_changed(old: Edition, new: Edition, one: CriterionChange) -> str:
    if one.id not in {each.id for each in old.protocol.criteria}:
        return "new"
    if one.id not in {each.id for each in new.protocol.criteria}:
        return "taken out"
    if one.text_changed and one.rule_changed:
        return "text and rule changed"
    if one.rule_changed:
        return "the rule changed, its text did not"
    return "the text changed, its rule did not"


def _table(moved: Moves) -> Iterator[str]:
    verdicts = tuple(reversed(Verdict))
    rows = [["old \\ new", *(one.value for one in verdicts)]]
    for old in verdicts:
        rows.append([old.value, *(str(moved.table.get((old, new), 0)) for new in verdicts)])
    for row in rows:
        yield "  " + row[0].ljust(14) + "".join(cell.rjust(14) for cell in row[1:])
    yield ""
    total, movers = sum(moved.table.values()), len(moved.movers)
    yield f"{movers} of {total} patients move." if movers else f"None of {total} patients moves."


def _mover(one: Mover) -> str:
    causes = "; ".join(
        f"{cause.id} {_outcome(cause.old)} -> {_outcome(cause.new)}" for cause in one.because
    )
    return clean(f"{one.patient or 'a patient'}: {one.old.value} -> {one.new.value} ({causes})")


def _outcome(outcome: Outcome | None) -> str:
    return "(not there)" if outcome is None else outcome.value


def _name(edition: Edition) -> str:
    return clean(f"{edition.protocol.trial} version {edition.protocol.version}")
