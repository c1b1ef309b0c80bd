"""`screener prove`: what can be proved of a version, in words or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from screener.catalog import Edition
from screener.cli import console
from screener.cli.versions import edition_of
from screener.terminal import Ink, clean, wrapped
from screener.vocabulary import Vocabulary
from screener.workbench.proving import Proof, prove


def prove_trial(
    name: str, criteria: Sequence[Path], as_of: int | None, *, timeout: float, as_json: bool
) -> int:
    """Prove, and say what was proved."""
    edition = edition_of(name, criteria, as_of)
    proof = prove(edition, timeout_ms=max(1, round(timeout * 1000)))
    if as_json:
        console.put_json(proof.to_json())
        return console.DONE
    for line in _lines(edition, proof):
        console.put(line + "\n")
    return console.DONE


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
            lines = {one.id: one.span.line for one in edition.protocol.criteria if one.span}
            texts = {one.id: one.text for one in edition.protocol.criteria}
            for id in proof.clash:
                yield from _item(f"{id} (line {lines.get(id, '?')}): {texts[id]}")
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
        "Facts that never change the verdict",
        [_named(one, edition.vocabulary) for one in proof.irrelevant_facts],
    )
    yield from _section("Not decided", [f"{one.question}: {one.reason}" for one in proof.undecided])
    yield from _section(
        "Computed in a way that the proof does not follow, so taken to be anything",
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
