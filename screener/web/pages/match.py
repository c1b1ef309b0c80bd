"""One patient against every trial on file: one form for all, the answers in order.

The trials are put in order by what is known and what is missing; which is the better one nobody
says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from screener.intake.profile import read_profile
from screener.matching import Match, in_order, shortest_list
from screener.terminal import COST_WORDS, remedy_words
from screener.truth import Verdict
from screener.web import tokens, words
from screener.web.form import Form, read_form, write_profile
from screener.web.identity import question
from screener.web.inbox import read_fields
from screener.web.judged import day_of, what_can_be_read
from screener.web.library import Library
from screener.web.pages.asked import library_of, pages_of, today_of
from screener.web.questions import Blank, form_view, summary


class Found(NamedTuple):
    """What one trial says of the patient."""

    trial: str
    title: str
    version: str
    state: str
    verdict: str
    lines: tuple[str, ...]


class Step(NamedTuple):
    """Facts to get next, and the trials that are settled then."""

    facts: str
    trials: str


async def match(request: Request) -> Response:
    """An empty form, or the trials in order above the form as sent."""
    form, old = Form(), False
    if request.method == "POST":
        fields = await read_fields(request)
        form, old = read_form(fields), not tokens.good(request, fields)
    context = _view(library_of(request), form, today_of(request))
    notice = "This page is from before the server was restarted. Send it again." if old else ""
    sent = request.method == "POST"
    return pages_of(request).page(
        "match.html", request, 403 if old else 200, **context, sent=sent, notice=notice
    )


def _view(library: Library, form: Form, today: date) -> dict[str, Any]:
    faults: dict[str, str] = {}
    doubt = question(form.patient)
    if doubt:
        faults["patient"] = doubt
    layout, vocabulary = library.together, library.shelf.vocabulary
    day = day_of(form, today, faults)
    written = write_profile(form, layout.facts, layout.group_of, None if doubt else form.patient)
    matches: list[Match] | None = None
    if "as_of" not in faults:
        matches, _ = what_can_be_read(
            lambda profile: in_order(
                library.shelf.matches(
                    read_profile(profile, vocabulary, as_of=day.toordinal()),
                    day.toordinal(),
                    everything=False,
                )
            ),
            layout,
            written,
            form,
            faults,
        )
    found = [] if matches is None else [_found(one, library) for one in matches]
    still_open = None if form.empty or matches is None else _open(matches)
    return {
        "form": form,
        "day": day.isoformat(),
        "faults": Blank(faults),
        "summary": summary(faults, layout),
        "groups": form_view(layout, form, None, faults, still_open),
        "found": [] if form.empty else found,
        "steps": [] if form.empty else [_step(one) for one in shortest_list(matches or ())],
        "counts": _counts(found),
        "short": "Nothing entered yet" if form.empty else _counts(found),
        "cards": {},
        "carried": form.others(layout.facts),
    }


def _open(matches: Sequence[Match]) -> frozenset[str]:
    return frozenset(
        one.trial
        for one in matches
        if one.result is None or one.result.verdict is Verdict.UNDETERMINED
    )


def _counts(found: Sequence[Found]) -> str:
    words_ = [one.verdict for one in found]
    parts = [f"{words_.count(one)} {one.lower()}" for one in dict.fromkeys(words_)]
    return ", ".join(parts) + "." if parts else ""


def _found(match: Match, library: Library) -> Found:
    trial = library.shelf.trials[match.trial]
    if match.result is None:
        said = () if match.reason is None else (match.reason.sentence.replace("`", ""),)
        return Found(match.trial, trial.title, "", "open", "Not judged", said)
    verdict = match.result.verdict
    return Found(
        match.trial,
        trial.title,
        match.result.version,
        words.STATE[verdict],
        words.SHORT[verdict],
        tuple(_lines(match, verdict)),
    )


def _lines(match: Match, verdict: Verdict) -> Iterator[str]:
    if match.reason is not None:
        yield f"{match.reason.criterion}: {words.remainder(match.reason.sentence)}"
    if match.remedy is not None:
        yield f"{words.capital(remedy_words(match.remedy))}."
    if verdict is Verdict.UNDETERMINED:
        labels = [label for label, _ in match.lacking.values()]
        shown = words.listed(labels[:6] + ([f"{len(labels) - 6} more"] if len(labels) > 6 else []))
        if labels:
            yield f"{words.counted(len(labels), 'item')} would settle it: {shown}."
        else:
            yield "Nothing that could still be fetched would settle it."


def _step(step: Any) -> Step:
    facts = [f"{label} ({COST_WORDS.get(cost, cost)})" for label, cost in step.facts.values()]
    return Step(words.listed(facts), words.listed(step.trials))
