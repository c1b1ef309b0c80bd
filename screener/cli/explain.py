"""`screener explain`: one answer taken apart, or what the criteria ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from screener.catalog import Edition
from screener.cli import console
from screener.cli.console import UsageFault
from screener.cli.patients import Entry, Wanted, entries, require
from screener.cli.screen import Day, judged, reject
from screener.cli.versions import edition_of
from screener.diagnostics import ProfileError
from screener.dosing import arm_words
from screener.facts import FactSheet
from screener.terminal import arm_lines, clean, render_trace
from screener.trace import Trace
from screener.tracing import trace_rules
from screener.trial import Trial, load_trial, named


def explain_file(
    name: str,
    file: str | None,
    *,
    patients: Sequence[str],
    only: Sequence[str],
    as_of: int | None,
    as_json: bool,
    criteria: Sequence[Path],
    wanted: Wanted,
) -> int:
    """Explain every patient of the file that was asked for; without a file, the criteria."""
    if file is None:
        if patients:
            raise UsageFault("`--patient` needs a file of patients")
        edition = edition_of(name, criteria, as_of)
        _known(name, [edition], only)
        _put(_rules(edition, only), as_json)
        if not as_json and not only:
            _put_arms(edition)
        return console.DONE
    pinned_to = None if as_of is None else date.fromordinal(as_of)
    trial = load_trial(name, as_of=pinned_to, criteria=criteria)
    _known(name, trial.editions, only)
    require([file])
    return _patients(trial, file, patients, only, Day(as_of), as_json=as_json, wanted=wanted)


def _patients(
    trial: Trial,
    file: str,
    patients: Sequence[str],
    only: Sequence[str],
    day: Day,
    *,
    as_json: bool,
    wanted: Wanted,
) -> int:
    rejected = 0
    left = set(patients)
    first = True
    with wanted.intake(trial.newest.vocabulary, day.asked, [file]) as intake:
        for entry in entries([file], intake, patients):
            who = _name(entry)
            if patients and who not in patients:
                continue
            left.discard(who or "")
            answer = judged(trial, entry, day, lambda placed: placed.explain(only))
            if isinstance(answer, ProfileError):
                rejected += 1
                reject(entry, answer, as_json=as_json)
                continue
            if not as_json and not first:
                console.put("-" * min(console.width(), 100) + "\n")
            first = False
            _put(answer, as_json)
        intake.account.tell()
    if left:
        missing = ", ".join(f"`{clean(one)}`" for one in patients if one in left)
        raise UsageFault(f"there is no patient {missing} in `{clean(file)}`")
    return console.BAD_DATA if rejected else console.DONE


def _name(entry: Entry) -> str | None:
    data = entry.data
    if isinstance(data, FactSheet | ProfileError):
        return data.patient
    return named(data)


def _rules(edition: Edition, only: Sequence[str]) -> Trace:
    return trace_rules(
        edition.protocol,
        edition.vocabulary,
        only=only,
        rules_sha256=edition.rules_sha256,
        vocabulary_sha256=edition.vocabulary_sha256,
    )


def _known(name: str, editions: Sequence[Edition], only: Sequence[str]) -> None:
    """Refuse an id that no version has, with the nearest."""
    every = (criterion.id for one in editions for criterion in one.protocol.criteria)
    known = list(dict.fromkeys(every))
    for id_ in only:
        if id_ in known:
            continue
        near = get_close_matches(id_, known, n=3, cutoff=0.5)
        names = ", ".join(f"`{one}`" for one in near or known[:12])
        hint = f"did you mean {names}?" if near else f"its criteria are {names}"
        raise UsageFault(f"`{clean(name)}` has no criterion `{clean(id_)}`\n   hint: {hint}")


def _put_arms(edition: Edition) -> None:
    protocol, vocabulary = edition.protocol, edition.vocabulary
    if protocol.arms:
        arms = [(one.title, arm_words(one, protocol, vocabulary)) for one in protocol.arms]
        console.put("\n".join(["", "Arms", *arm_lines(arms, console.width()), ""]))


def _put(trace: Trace, as_json: bool) -> None:
    if as_json:
        console.put_json(trace.to_json())
    else:
        console.put(render_trace(trace, console.width(), console.painter()))
