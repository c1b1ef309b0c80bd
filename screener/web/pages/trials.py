"""The trials on file, and one of them: its criteria in words with their readings and sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from screener.catalog import Edition
from screener.days import iso
from screener.dosing import arm_words
from screener.interpreters.prose import date_words
from screener.ir import Arm
from screener.tracing import trace_rules
from screener.trial import Trial
from screener.web.cards import Card, cards
from screener.web.pages.asked import library_of, pages_of, today_of, trial_of
from screener.web.problems import Problem
from screener.web.words import counted, pretty


class Version(NamedTuple):
    """One version of a trial and whether it is in force."""

    version: str
    effective: str
    status: str
    sha256: str
    link: str


class Entry(NamedTuple):
    """A trial in the list."""

    id: str
    title: str
    review: bool
    criteria: str
    facts: str
    version: str
    effective: str
    example: bool


class Stage(NamedTuple):
    """A time point with its criteria, in the order of the protocol."""

    title: str
    inclusion: tuple[Card, ...]
    exclusion: tuple[Card, ...]


async def list_trials(request: Request) -> Response:
    """All trials, and the files that cannot be used."""
    library = library_of(request)
    today = today_of(request).toordinal()
    entries = [_entry(request, trial, today) for trial in library.trials.values()]
    faulty = [
        (name, str(error).splitlines()[0].rpartition("/")[2])
        for name, error in library.faulty.items()
    ]
    entries.sort(key=lambda one: one.review)
    return pages_of(request).page("trials.html", request, trials=entries, faulty=faulty)


async def one_trial(request: Request) -> Response:
    """One version of a trial: the newest in force, or the one asked for."""
    trial = trial_of(request)
    today = today_of(request).toordinal()
    wanted = request.query_params.get("v")
    edition = _current(trial, today)
    if wanted is not None:
        found = [one for one in trial.editions if one.protocol.version == wanted]
        if not found:
            raise Problem(404, "There is no such version of this trial.")
        edition = found[0]
    library = library_of(request)
    said = trace_rules(
        edition.protocol,
        edition.vocabulary,
        rules_sha256=edition.rules_sha256,
        vocabulary_sha256=edition.vocabulary_sha256,
    )
    all_cards = cards(edition, edition.vocabulary, None, said, frozenset())
    return pages_of(request).page(
        "trial.html",
        request,
        trial=trial.id,
        protocol=edition.protocol,
        effective=date_words(iso(edition.protocol.effective)),
        edition=edition,
        pinned=wanted is not None,
        stages=tuple(_stages(edition, all_cards)),
        doses={one.id: _doses(one, edition) for one in edition.protocol.arms},
        versions=tuple(_versions(trial, today)),
        examples=library.examples(trial.id),
        count=counted(len(edition.protocol.criteria), "criterion", "criteria"),
    )


def _doses(arm: Arm, edition: Edition) -> tuple[str, ...]:
    return tuple(pretty(one) for one in arm_words(arm, edition.protocol, edition.vocabulary))


def _current(trial: Trial, today: int) -> Edition:
    begun = [one for one in trial.editions if one.protocol.effective <= today]
    return max(begun, key=lambda one: one.protocol.effective, default=trial.newest)


def _entry(request: Request, trial: Trial, today: int) -> Entry:
    edition = _current(trial, today)
    needs = library_of(request).layout(edition).needs
    return Entry(
        trial.id,
        edition.protocol.title,
        edition.protocol.kind == "evidence_review",
        counted(len(edition.protocol.criteria), "criterion", "criteria"),
        counted(len(needs), "fact"),
        edition.protocol.version,
        date_words(iso(edition.protocol.effective)),
        bool(library_of(request).examples(trial.id)),
    )


def _versions(trial: Trial, today: int) -> Iterator[Version]:
    current = _current(trial, today)
    for one in sorted(trial.editions, key=lambda one: -one.protocol.effective):
        status = "superseded"
        if one.protocol.effective > today:
            status = "not in force yet"
        elif one is current:
            status = "in force"
        version = one.protocol.version
        yield Version(
            version,
            date_words(iso(one.protocol.effective)),
            status,
            one.rules_sha256,
            f"/t/{trial.id}?v={version}",
        )


def _stages(edition: Edition, all_cards: dict[str, Card]) -> Iterator[Stage]:
    for stage in edition.protocol.stages:
        mine = [all_cards[one.id] for one in edition.protocol.criteria if one.stage == stage.id]
        yield Stage(
            stage.title,
            tuple(one for one in mine if one.kind == "inclusion"),
            tuple(one for one in mine if one.kind == "exclusion"),
        )
