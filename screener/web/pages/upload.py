"""A list of patients: the file, a preview before anything is screened, the results to take away.

The server keeps nothing between the steps; the file goes back and forth with the form.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from screener.cells import table
from screener.days import parse_days
from screener.diagnostics import Fault, ProfileError, RulesError
from screener.intake.report import Fate
from screener.result import Result
from screener.trial import Trial
from screener.truth import Outcome, Verdict
from screener.web import tokens, words
from screener.web.batch import FORMS, Given, Patient, Taken, given_of, screen_all, take
from screener.web.identity import question
from screener.web.inbox import limits_of, read_upload
from screener.web.pages.asked import pages_of, today_of, trial_of
from screener.web.problems import Problem

_SHOWN = 12


class Row(NamedTuple):
    """One patient in the list of results."""

    id: str
    place: str
    state: str
    verdict: str
    why: str
    as_of: str


class Step(NamedTuple):
    """What a request of this page brings: the trial, what was sent, the day, and what it holds."""

    trial: Trial
    given: Given
    day: int | None
    taken: Taken


async def upload(request: Request) -> Response:
    """The form for a file, and the preview of what is in it."""
    trial = trial_of(request)
    if request.method == "GET":
        return _asked(request, trial, "")
    try:
        step = await _step(request, trial)
    except RulesError as error:
        return _asked(request, trial, "The mapping file cannot be used.", str(error))
    except ProfileError as error:
        return _asked(request, trial, error.faults[0].message)
    taken = step.taken
    readable = [one for one in taken.patients if not one.faults]
    return pages_of(request).page(
        "preview.html",
        request,
        trial=trial.id,
        form=FORMS[taken.form],
        fields=step.given.fields(),
        readable=len(readable),
        shown=taken.patients[:_SHOWN],
        more=max(0, len(taken.patients) - _SHOWN),
        refused=[one for one in taken.patients if one.faults],
        doubtful=sum(question(one.id) is not None for one in taken.patients),
        counts=[(fate.value, number) for fate, number in taken.tally.counts.items()],
        account=[words.plainly(one) for one in taken.tally.lines(20)][1:]
        if taken.tally.counts[Fate.MAPPED]
        else [],
        said=_fault_words,
    )


async def results(request: Request) -> Response:
    """Everybody in the list with a verdict and the reason, and the downloads."""
    step, answers = await _answers(request)
    counts = Counter(
        None if isinstance(answer, ProfileError) else answer.verdict for _, answer in answers
    )
    return pages_of(request).page(
        "results.html",
        request,
        trial=step.trial.id,
        title=step.trial.title,
        fields=step.given.fields(),
        rows=[_row(patient, answer) for patient, answer in answers],
        counts=[
            (words.STATE[verdict], counts[verdict], words.SHORT[verdict])
            for verdict in reversed(Verdict)
        ],
        refused=counts[None],
    )


async def results_csv(request: Request) -> Response:
    """One row a patient."""
    step, answers = await _answers(request)
    header = ["screening_id", "as_of", "verdict", "n_pass", "n_fail", "n_undetermined"]
    header += ["failed_criteria", "undetermined_criteria", "missing_items", "first_reason"]
    header += ["next_change", "trial_id", "protocol_version", "rules_sha256", "engine_version"]
    header += ["problem"]
    body = table(header, _log_rows(answers))
    return _attached(body, f"{step.trial.id}-results.csv", "text/csv; charset=utf-8")


async def criteria_csv(request: Request) -> Response:
    """One row a criterion of every patient."""
    step, answers = await _answers(request)
    header = ["screening_id", "as_of", "criterion_id", "kind", "verdict", "reason_text"]
    header += ["valid_until"]
    rows = (
        (
            answer.patient,
            answer.as_of,
            one.id,
            one.kind,
            one.outcome.value,
            one.sentence,
            one.valid_until,
        )
        for _, answer in answers
        if isinstance(answer, Result)
        for one in answer.criteria
    )
    body = table(header, rows)
    return _attached(body, f"{step.trial.id}-criteria.csv", "text/csv; charset=utf-8")


async def results_json(request: Request) -> Response:
    """One result a line, as the command line gives them."""
    step, answers = await _answers(request)
    lines = [
        json.dumps(answer.to_json(), ensure_ascii=False)
        for _, answer in answers
        if isinstance(answer, Result)
    ]
    body = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
    return _attached(body, f"{step.trial.id}-results.ndjson", "application/x-ndjson; charset=utf-8")


def _asked(request: Request, trial: Trial, problem: str, detail: str = "") -> Response:
    return pages_of(request).page(
        "upload.html",
        request,
        422 if problem else 200,
        trial=trial.id,
        title=trial.title,
        problem=words.capital(problem),
        detail=detail,
        most=limits_of(request).patients,
    )


async def _step(request: Request, trial: Trial) -> Step:
    sent = await read_upload(request)
    tokens.require(request, sent.fields.items())
    given = given_of(sent)
    if not given.content.strip():
        raise ProfileError([_fault("choose a file with at least one patient in it.")])
    days = parse_days(given.as_of) if given.as_of else None
    if given.as_of and (days is None or not days.exact):
        raise ProfileError([_fault("write the day as year-month-day, for example 2026-10-31.")])
    day = None if days is None else days.first
    most = limits_of(request).patients
    today = today_of(request).toordinal()
    taken = await run_in_threadpool(take, given, trial, day, most, today)
    return Step(trial, given, day, taken)


def _fault(message: str) -> Fault:
    return Fault("", message)


async def _answers(request: Request) -> tuple[Step, list[tuple[Patient, Result | ProfileError]]]:
    trial = trial_of(request)
    try:
        step = await _step(request, trial)
    except (RulesError, ProfileError):
        raise Problem(422, "The list cannot be read. Go back and upload it again.") from None
    today = today_of(request).toordinal()
    found = await run_in_threadpool(
        lambda: list(screen_all(step.taken, step.trial, step.day, today))
    )
    return step, found


def _row(patient: Patient, answer: Result | ProfileError) -> Row:
    if isinstance(answer, ProfileError):
        why = _fault_words(answer.faults[0])
        return Row(patient.id, patient.place, "warn", "Not judged", why, "")
    return Row(
        patient.id,
        patient.place,
        words.STATE[answer.verdict],
        words.SHORT[answer.verdict],
        _why(answer),
        answer.as_of,
    )


def _why(result: Result) -> str:
    failing = [one for one in result.criteria if one.outcome is Outcome.FAIL]
    if result.verdict is Verdict.INELIGIBLE and failing:
        return f"{failing[0].id}: {words.remainder(failing[0].sentence)}"
    if result.verdict is Verdict.UNDETERMINED:
        labels = list(dict.fromkeys(one.label for one in result.missing))
        shown = labels[:4] + ([f"{len(labels) - 4} more"] if len(labels) > 4 else [])
        if labels:
            return f"{words.counted(len(labels), 'item')} would settle it: {words.listed(shown)}"
        return "Nothing that could still be fetched would settle it"
    if result.next_change is not None:
        return f"Holds through {words.ends_the_day_before(result.next_change)}"
    return ""


def _fault_words(fault: Fault) -> str:
    where = f"{fault.pointer}: " if fault.pointer else ""
    return words.fault_words(fault._replace(message=where + fault.message), None)


def _log_rows(
    answers: Sequence[tuple[Patient, Result | ProfileError]],
) -> Iterator[tuple[str | None, ...]]:
    for patient, answer in answers:
        if isinstance(answer, ProfileError):
            empty = ("",) * 13
            yield (patient.id, *empty, "", _fault_words(answer.faults[0]))
            continue
        by = {
            outcome: [one.id for one in answer.criteria if one.outcome is outcome]
            for outcome in Outcome
        }
        failed, unknown = by[Outcome.FAIL], by[Outcome.UNKNOWN]
        yield (
            answer.patient,
            answer.as_of,
            answer.verdict.value,
            str(len(by[Outcome.PASS])),
            str(len(failed)),
            str(len(unknown)),
            ";".join(failed),
            ";".join(unknown),
            ";".join(dict.fromkeys(one.fact for one in answer.missing)),
            failed[0] if failed else "",
            answer.next_change,
            answer.trial,
            answer.version,
            answer.rules_sha256,
            answer.engine,
            "",
        )


def _attached(body: bytes, name: str, media: str) -> Response:
    headers = {"Content-Type": media, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers)
