"""One record: its answer as it was given, its history and differences, and what can be added.

What was recorded is shown, never judged anew; a new version of the rules, a rescreen or a
correction opens the form, filled in, and makes an entry of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from screener.causes import Cause
from screener.facts import FactSheet
from screener.log.changes import Change, changes
from screener.log.entries import (
    Correction,
    Disposition,
    Event,
    Fate,
    Screening,
    Void,
    is_record,
    new_record,
)
from screener.log.read import Answer, Filter, Line, Step, Texts, answer_of, history, lines
from screener.log.store import Log
from screener.trial import Trial
from screener.web import tokens
from screener.web.address import root_of
from screener.web.form import Form, form_of, read_form
from screener.web.inbox import read_fields
from screener.web.judged import Judged, judge
from screener.web.pages.asked import library_of, pages_of, today_of, trial_of
from screener.web.pages.check import show_check
from screener.web.pages.log import FATES, STATE, VERDICT, by_words, shown
from screener.web.pages.screening import view
from screener.web.problems import Problem
from screener.web.records import (
    evaluation_of,
    records_of,
    signed_in,
    unwritten,
    when_of,
    who_of,
)
from screener.web.words import listed, pretty

_EVENTS = {
    Event.SCREENING: "Screened",
    Event.CORRECTION: "Corrected",
    Event.DISPOSITION: "What became of the person",
    Event.VOID: "Made void",
    Event.REDACTION: "Redacted",
}
_OUTCOME = {"pass": "pass", "fail": "fail", "unknown": "open"}


class Kept(NamedTuple):
    """A record: its versions (oldest first) with their answers, and all its entries."""

    versions: list[Line]
    answers: list[Answer | None]
    steps: list[Step]

    @property
    def line(self) -> Line:
        """The newest version."""
        return self.versions[-1]

    @property
    def answer(self) -> Answer | None:
        """The newest answer; None where it is redacted."""
        return self.answers[-1]


class Told(NamedTuple):
    """One entry of the history as the page shows it."""

    seq: int
    what: str
    when: str
    by: str
    says: str
    reason: str
    changes: list[Change]
    hash: str


async def record(request: Request) -> Response:
    """Record what the check page shows, as a new attempt or as a correction."""
    trial, records = trial_of(request), records_of(request)
    fields = await read_fields(request)
    tokens.require(request, fields)
    said = dict(fields)
    judged = judge(library_of(request), trial, read_form(fields), today_of(request))
    if judged.faults or judged.result is None:
        context = view(judged)
        return pages_of(request).page("screen.html", request, 422, **context, sent=True, notice="")
    who = who_of(request, fields)
    corrects, reason = judged.form.corrects, said.get("reason", "").strip()
    problems = {}
    if who is None:
        problems["recorded_by"] = "Enter your name: it stands in the log as typed."
    if corrects and not reason:
        problems["reason"] = "Say what changed and why; others will read this."
    if who is None or problems:
        return await show_check(request, judged, 422, problems)
    try:
        evaluation, when = evaluation_of(judged), when_of(request)
        draft: Screening | Correction
        if corrects:
            draft = Correction(
                record=corrects, evaluation=evaluation, reason=reason, who=who, when=when
            )
        else:
            name = said.get("record", "")
            named = name if is_record(name) else new_record()
            draft = Screening(evaluation=evaluation, who=who, when=when, record=named)
        done = await records.append(draft)
    except Problem as problem:
        if problem.status != unwritten().status:
            raise
        return await show_check(request, judged, 503, {"log": problem.detail})
    return RedirectResponse(f"{root_of(request.scope)}/t/{trial.id}/records/{done.record}", 303)


async def show_record(request: Request) -> Response:
    """One record."""
    trial = trial_of(request)
    kept = await _kept(request, trial)
    line, answer = kept.line, kept.answer
    labels = {name: fact.label for name, fact in trial.newest.vocabulary.items()}
    attempts = await records_of(request).attempts(trial.id, line.patient)
    newest = {one.record: one for one in reversed(attempts)}
    return pages_of(request).page(
        "record.html",
        request,
        trial=trial.id,
        title=trial.title,
        line=line,
        shown=shown(line),
        standing=line.status.value,
        state=STATE[line.verdict],
        headline=VERDICT[line.verdict],
        criteria=[] if answer is None else [_criterion(one) for one in answer.result["criteria"]],
        used=[] if answer is None else _used(answer, labels),
        doses_given=[] if answer is None else _doses(answer),
        history=_history(kept, labels),
        attempts=[shown(one) for one in newest.values() if one.record != line.record],
        banner=_banner(trial, line, today_of(request)),
        formed=answer is not None and not isinstance(answer.inputs, FactSheet),
        fates=[(one.value, said) for one, said in FATES.items()],
        fails=line.fails,
        disposed=any(one.event == Event.DISPOSITION for one in kept.steps),
        signed_in=signed_in(request),
        today=today_of(request).isoformat(),
    )


async def record_json(request: Request) -> Response:
    """The record as data: its versions with inputs and answers, and every entry."""
    kept = await _kept(request, trial_of(request))
    body = {
        "record": kept.line.record,
        "entries": [step._asdict() for step in kept.steps],
        "versions": [
            {"version": line.version, "hash": line.hash, "result": answer and answer.result}
            for line, answer in zip(kept.versions, kept.answers, strict=True)
        ],
    }
    text = json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"
    return Response(text, headers={"Content-Type": "application/json; charset=utf-8"})


async def rescreen(request: Request) -> Response:
    """The form with what is known of the patient, for today; what is too old by now is told."""
    trial = trial_of(request)
    kept = await _kept(request, trial)
    asked = request.query_params.get("v", "")
    form = _form(trial, kept, request, version=asked, corrects="")
    judged = judge(library_of(request), trial, replace(form, as_of=""), today_of(request))
    stale = _stale(judged)
    notice = f"Attempt {kept.line.attempt + 1}, filled in from the record before. "
    if stale:
        them = "it" if len(stale) == 1 else "them"
        notice += f"Too old by now: {listed(stale)}. Repeat {them}, or say why there is no result."
    else:
        notice += "Check that everything is still true."
    context = {**view(judged), "sent": False, "notice": notice}
    return pages_of(request).page("screen.html", request, **context)


async def change(request: Request) -> Response:
    """The form as it was recorded, to be corrected; the old version stays."""
    trial = trial_of(request)
    kept = await _kept(request, trial)
    line = kept.line
    form = _form(trial, kept, request, version=line.protocol_version, corrects=line.record)
    form = replace(form, as_of=line.as_of or "")
    judged = judge(library_of(request), trial, form, today_of(request))
    notice = (
        "You correct a record. The recorded version stays; yours is added, with your reason, "
        "when you record it."
    )
    context = {**view(judged), "sent": False, "notice": notice}
    return pages_of(request).page("screen.html", request, **context)


async def add(request: Request) -> Response:
    """Add what became of the person, or make the record void."""
    trial, records = trial_of(request), records_of(request)
    kept = await _kept(request, trial)
    fields = await read_fields(request)
    tokens.require(request, fields)
    said = {name: text.strip() for name, text in fields}
    who = who_of(request, fields)
    if who is None:
        raise Problem(422, "Enter your name: it stands in the log as typed. Go back to do it.")
    name, reason = kept.line.record, said.get("reason", "")
    draft: Disposition | Void
    if said.get("what") == "void":
        draft = Void(record=name, reason=reason, who=who, when=when_of(request))
    else:
        fate, on = said.get("disposition", ""), said.get("on", "")
        if fate not in set(Fate) or (on and not _is_day(on)):
            raise Problem(422, "Choose what became of the person, and a day such as 2026-10-31.")
        criterion = said.get("criterion", "")
        draft = Disposition(
            record=name,
            fate=Fate(fate),
            on=on or None,
            criterion=criterion if criterion in kept.line.fails else None,
            reason=reason or None,
            who=who,
            when=when_of(request),
        )
    await records.append(draft)
    return RedirectResponse(f"{root_of(request.scope)}/t/{trial.id}/records/{name}", 303)


# --- what is shown ----------------------------------------------------------------------------


async def _kept(request: Request, trial: Trial) -> Kept:
    """The record that the address names, if it is of this trial.

    Raises:
        Problem: 404, in the same words whatever was asked for.
    """
    name = request.path_params["record"]

    def read(log: Log) -> Kept:
        known = Texts(log)
        versions = list(lines(log, Filter(trial=trial.id, record=name)))
        return Kept(versions, [answer_of(one, known) for one in versions], history(log, name))

    if is_record(name):
        kept = await records_of(request).read(read)
        if kept.versions:
            return kept
    raise Problem(404, "There is no record of that name here.")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _criterion(one: dict[str, Any]) -> dict[str, Any]:
    applies = one["applies"] != "false"
    words = {"pass": "Met", "fail": "Not met", "unknown": "Cannot tell yet"}
    if one["kind"] == "exclusion":
        words |= {"pass": "Not present", "fail": "Present: rules out"}
    return {
        "id": one["id"],
        "text": one["text"],
        "state": _OUTCOME[one["outcome"]],
        "word": words[one["outcome"]] if applies else "Does not apply",
        "why": one["sentence"],
    }


def _used(answer: Answer, labels: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Every record of a fact that took part in the answer: fact, value, date, source."""
    found: dict[tuple[str, str, str, str], None] = {}
    for one in answer.result["criteria"]:
        for entry in [*one["because"], *one["set_aside"]]:
            given = entry["original"] or entry
            value = given["value"]
            if value is None:
                continue
            said = ("no", "yes")[value] if isinstance(value, bool) else str(value)
            unit = "" if given["unit"] in (None, "1") else f" {given['unit']}"
            label = labels.get(entry["fact"], entry["fact"])
            row = (label, said + unit, entry["date"] or "", entry["source"] or "")
            found.setdefault(row)
    return list(found)


def _doses(answer: Answer) -> list[tuple[str, list[str]]]:
    """What each arm gave, as it was told; nothing where no dose is stated at all."""
    arms = answer.result.get("arms", [])
    told = [(one["title"], [pretty(each["sentence"]) for each in one["doses"]]) for one in arms]
    return told if any(doses for _, doses in told) else []


def _history(kept: Kept, labels: Mapping[str, str]) -> list[Told]:
    before: Answer | None = None
    told = []
    answers = {line.seq: answer for line, answer in zip(kept.versions, kept.answers, strict=True)}
    for step in kept.steps:
        differing: list[Change] = []
        answer = answers.get(step.seq)
        if answer is not None:
            differing = [] if before is None else changes(before, answer)
            before = answer
        told.append(
            Told(
                step.seq,
                _EVENTS[Event(step.event)] + (f" entry {step.target}" if step.target else ""),
                f"{step.at_utc[:19].replace('T', ' ')} UTC ({step.utc_offset})",
                by_words(step.actor, step.identity),
                _says(step),
                step.reason or "",
                [one._replace(what=labels.get(one.what, one.what)) for one in differing],
                step.hash,
            )
        )
    return told


def _says(step: Step) -> str:
    if not step.held:
        return "redacted"
    if step.verdict is not None:
        return f"{VERDICT[step.verdict]}, as of {step.as_of}"
    if step.disposition is not None:
        parts = [FATES[Fate(step.disposition)], step.as_of, step.criterion]
        return ", ".join(one for one in parts if one)
    return ""


def _banner(trial: Trial, line: Line, today: date) -> tuple[str, str, str] | None:
    """What to say where the rules have changed since: the version, its first day, its number."""
    begun = [one for one in trial.editions if one.protocol.effective <= today.toordinal()]
    if not begun:
        return None
    newest = max(begun, key=lambda one: one.protocol.effective)
    if newest.rules_sha256 == line.rules_sha256:
        return None
    since = date.fromordinal(newest.protocol.effective).isoformat()
    return line.protocol_version, newest.protocol.version, since


def _form(trial: Trial, kept: Kept, request: Request, *, version: str, corrects: str) -> Form:
    """What was recorded, as the fields of the form; of facts out of a file only the patient."""
    answer = kept.answer
    if answer is None:
        raise Problem(404, "What was recorded is redacted.")
    if isinstance(answer.inputs, FactSheet):
        form = Form(patient=kept.line.patient or "")
    else:
        edition = next(
            (one for one in trial.editions if one.protocol.version == version), trial.newest
        )
        assert isinstance(answer.inputs, dict), "INVARIANT: a profile is an object"
        form = form_of(answer.inputs, library_of(request).layout(edition).facts)
    return replace(form, version=version, corrects=corrects)


def _stale(judged: Judged) -> list[str]:
    """The labels of the facts whose records are too old on the day of the form."""
    if judged.result is None:
        return []
    found = dict.fromkeys(
        entry.fact
        for one in judged.result.criteria
        for entry in one.because
        if entry.cause is Cause.STALE
    )
    needed = dict.fromkeys(one.fact for one in judged.result.missing if one.cause is Cause.STALE)
    return [judged.edition.vocabulary[fact].label for fact in {**needed, **found}]
