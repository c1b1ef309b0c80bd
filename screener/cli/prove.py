"""`screener prove`: what can be proved of a version, in words or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from screener.catalog import Edition
from screener.cli import console
from screener.cli.console import UsageFault
from screener.cli.patients import Wanted, entries, require
from screener.cli.screen import Day, judged, reject
from screener.cli.versions import edition_of
from screener.diagnostics import ProfileError
from screener.terminal import Ink, clean, wrapped
from screener.trial import load_trial
from screener.vocabulary import Vocabulary
from screener.workbench.completing import Completion, complete
from screener.workbench.proving import Proof, prove
from screener.workbench.witness import noted


def prove_trial(
    name: str, criteria: Sequence[Path], as_of: int | None, *, timeout: float, as_json: bool
) -> int:
    """Prove, and say what was proved."""
    edition = edition_of(name, criteria, as_of)
    proof = prove(edition, timeout_ms=_milliseconds(timeout))
    if as_json:
        console.put_json(proof.to_json())
        return console.DONE
    for line in _lines(edition, proof):
        console.put(line + "\n")
    return console.DONE


def prove_patients(
    name: str,
    file: str,
    criteria: Sequence[Path],
    as_of: int | None,
    *,
    timeout: float,
    as_json: bool,
) -> int:
    """Prove of each patient whether what is open can be filled in so that he is eligible."""
    pinned_to = None if as_of is None else date.fromordinal(as_of)
    trial = load_trial(name, as_of=pinned_to, criteria=criteria)
    require([file])
    rejected = 0
    day = Day(as_of)
    with Wanted().intake(trial.newest.vocabulary, as_of, [file]) as intake:
        for entry in entries([file], intake):
            answer = judged(trial, entry, day, lambda placed: placed)
            profile = entry.data
            if isinstance(answer, ProfileError):
                rejected += 1
                reject(entry, answer, as_json=as_json)
            elif not isinstance(profile, dict):
                raise UsageFault(
                    f"`{clean(file)}` holds no profiles\n"
                    "   hint: a profile (JSON) is what can be completed, not FHIR and no table"
                )
            else:
                found = complete(
                    answer.edition, profile, answer.sheet, answer.day, _milliseconds(timeout)
                )
                if as_json:
                    console.put_json(found.to_json())
                else:
                    for line in _completion(answer.edition, found):
                        console.put(line + "\n")
        intake.account.tell()
    return console.BAD_DATA if rejected else console.DONE


def _milliseconds(timeout: float) -> int:
    return max(1, round(timeout * 1000))


def _completion(edition: Edition, found: Completion) -> Iterator[str]:
    paint = console.painter()
    who = "A patient" if found.patient is None else f"Patient {clean(found.patient)}"
    yield (
        f"{who}, {clean(found.trial)} version {clean(found.version)}, as of {found.as_of}: "
        f"{found.verdict} as it stands"
    )
    match found.can_be_eligible:
        case True if not found.added:
            yield paint("Nothing has to be added.", Ink.GOOD)
        case True:
            yield paint("What is open can be filled in so that he is eligible.", Ink.GOOD)
            assert found.witness is not None, "INVARIANT: who can be eligible is shown"
            yield "For example, screened to be sure:"
            for fact in found.added:
                said = noted(found.witness.profile["facts"][fact])
                yield from _item(f"{_named(fact, edition.vocabulary)}: {said}")
        case False:
            yield paint("However what is open is filled in, he is not eligible.", Ink.BAD)
            yield "With what is known these criteria cannot pass together, and no fewer clash:"
            yield from _clash(edition, found.clash)
            yield from _section(
                "What is known and decides this",
                [_named(one, edition.vocabulary) for one in found.facts],
            )
        case None:
            yield paint("Whether he can be eligible is not decided.", Ink.OPEN)
            yield from _item(found.reason or "")


def _clash(edition: Edition, clash: Sequence[str]) -> Iterator[str]:
    lines = {one.id: one.span.line for one in edition.protocol.criteria if one.span}
    texts = {one.id: one.text for one in edition.protocol.criteria}
    for id in clash:
        yield from _item(f"{id} (line {lines.get(id, '?')}): {texts[id]}")


def _lines(edition: Edition, proof: Proof) -> Iterator[str]:
    paint = console.painter()
    yield f"{clean(proof.trial)} version {clean(proof.version)}: what holds of every patient"
    yield ""
    match proof.can_be_eligible:
        case True:
            yield paint("Somebody can be eligible.", Ink.GOOD)
        case False:
            yield paint("Nobody can be eligible.", Ink.BAD)
            yield "These criteria cannot pass together, and no fewer of them clash:"
            yield from _clash(edition, proof.clash)
        case None:
            yield paint("Whether anybody can be eligible is not decided.", Ink.OPEN)
    yield from _section("Criteria that rule nobody out", proof.never_fails)
    yield from _section(
        "Criteria that pass whenever others do, so that they decide nothing of their own",
        [
            f"{one.id}, because of {' and '.join(one.by)}" if one.by else one.id
            for one in proof.implied
        ],
    )
    yield from _section(
        "Parts of criteria that never decide",
        [
            f"{one.id}, part {one.test + 1}: "
            + " and ".join(_named(fact, edition.vocabulary) for fact in one.facts)
            for one in proof.idle
        ],
    )
    yield from _section(
        "Facts that never change the verdict",
        [_named(one, edition.vocabulary) for one in proof.irrelevant_facts],
    )
    yield from _section("Not decided", [f"{one.question}: {one.reason}" for one in proof.undecided])
    yield from _section(
        "Rests on what is followed in part only, so that what is not proved here may still hold",
        [_named(one, edition.vocabulary) for one in proof.free],
    )
    if proof.witness is not None:
        yield ""
        yield f"A made-up patient who is eligible on {proof.witness.as_of}, screened to be sure:"
        yield json.dumps(proof.witness.profile, ensure_ascii=False)


def _section(title: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield f"{title}:"
    for item in items:
        yield from _item(item)


def _item(text: str) -> Iterator[str]:
    yield from wrapped(clean(text), console.width(), "  - ", "    ")


def _named(fact: str, vocabulary: Vocabulary) -> str:
    return f"{vocabulary[fact].label} ({fact})"
