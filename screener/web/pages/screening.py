"""The screening page: every fact asked once, beside it the criteria it decides, above the verdict.

It stores nothing. Each answer is made anew from what was typed, so the same page serves with and
without a script.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from screener.truth import Outcome
from screener.web import tokens
from screener.web.cards import cards
from screener.web.controls import control_of
from screener.web.form import Form, form_of, read_form
from screener.web.inbox import read_fields
from screener.web.judged import Judged, judge
from screener.web.pages.asked import library_of, pages_of, today_of, trial_of
from screener.web.problems import Problem
from screener.web.questions import Blank, form_view, summary
from screener.web.verdicts import headline

_OLD = (
    "This page is from before the server was restarted. Your answers are still here; "
    "press Update verdicts again."
)


async def screen(request: Request) -> Response:
    """An empty form, or the form as sent with the verdicts on it."""
    trial = trial_of(request)
    form, old = Form(version=request.query_params.get("v", "")), False
    if request.method == "POST":
        fields = await read_fields(request)
        form, old = read_form(fields), not tokens.good(request, fields)
    judged = judge(library_of(request), trial, form, today_of(request))
    context = {**view(judged), "sent": request.method == "POST", "notice": _OLD if old else ""}
    return pages_of(request).page("screen.html", request, 403 if old else 200, **context)


async def example(request: Request) -> Response:
    """The form filled in with an example patient of the trial."""
    trial, library = trial_of(request), library_of(request)
    number = request.path_params["number"]
    found = [one for one in library.examples(trial.id) if str(one.number) == number]
    if not found:
        raise Problem(404, "There is no such example patient.")
    case = found[0].case
    edition = trial.newest
    form = form_of(case.profile, library.layout(edition).facts)
    form = replace(form, as_of=case.as_of or form.as_of, version=edition.protocol.version)
    judged = judge(library, trial, form, today_of(request))
    notice = f"An invented patient: {found[0].title}. Change anything and see what happens."
    context = {**view(judged), "sent": False, "notice": notice}
    return pages_of(request).page("screen.html", request, **context)


def view(judged: Judged) -> dict[str, Any]:
    """Everything that a page shows of a judged form."""
    edition, layout, result = judged.edition, judged.layout, judged.result
    empty = judged.form.empty
    still_open = None
    if result is not None and not empty:
        unsettled = [one.id for one in result.criteria if one.outcome is Outcome.UNKNOWN]
        strata = [one.id for one in edition.protocol.strata]
        arms = [one.id for one in edition.protocol.arms]
        still_open = frozenset([*unsettled, *strata, *arms])
    known = cards(edition, edition.vocabulary, result, judged.trace, judged.unread)
    notices = () if result is None else result.warnings
    return {
        "trial": edition.protocol.trial,
        "protocol": edition.protocol,
        "edition": edition,
        "form": judged.form,
        "day": judged.day.isoformat(),
        "faults": Blank(judged.faults),
        "summary": summary(judged.faults, layout),
        "groups": form_view(layout, judged.form, result, judged.faults, still_open, judged.unread),
        "cards": known,
        "silent": [known[one] for one in layout.silent],
        "head": headline(
            edition,
            edition.vocabulary,
            result,
            empty=empty,
            field_of=lambda fact, cause: control_of(layout, fact, cause),
            unread=judged.unread,
        ),
        "warnings": [one.message for one in notices if one.fact not in layout.facts],
        "carried": judged.form.others(layout.facts),
    }
