"""The door for CDS Hooks: what is offered, and the cards of one patient whose chart is opened.

Nothing is asked of another server, nothing recorded; what was prefetched is judged and let go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.fhir.prefetch import NotEnough, read_prefetch
from screener.matching import Match, in_order
from screener.standards.hooks import HOOK, SERVICE, cards, services
from screener.web.api.answer import answer, tagged
from screener.web.api.asked import Body
from screener.web.inbox import limits_of, read_json
from screener.web.library import Library
from screener.web.pages.asked import library_of, today_of
from screener.web.problems import Problem, silent_errors
from screener.web.settings import Settings


async def hook_services(request: Request) -> Response:
    """The services for CDS Hooks, with what is to be prefetched for them."""
    return tagged(request, services(library_of(request).shelf.vocabulary))


async def patient_view(request: Request) -> Response:
    """A card for each trial of the patient whose chart is opened, from what was prefetched."""
    if request.path_params["service"] != SERVICE:
        raise Problem(404, "There is no such service.")
    data = await read_json(request, limits_of(request).prefetch)
    # A request may hold more than is needed here; that is let pass.
    body = Body(data, tuple(data) if isinstance(data, dict) else ())
    if body.text("hook", f"`{HOOK}` is needed") != HOOK:
        body.wrong("hook", f"`{HOOK}` is the only hook")
    instance = body.text("hookInstance", "a UUID is needed")
    if not _uuid(instance):
        body.wrong("hookInstance", "not a UUID")
    context, prefetch = body.given("context"), body.given("prefetch")
    patient = context.get("patientId") if isinstance(context, dict) else None
    if not isinstance(patient, str) or not patient:
        body.wrong("context", "`patientId` is needed")
    if not isinstance(prefetch, dict | None):
        body.wrong("prefetch", "an object is needed")
    body.settle()
    library, settings = library_of(request), request.app.state.settings
    shelf, day = library.shelf, today_of(request).toordinal()
    try:
        chart = read_prefetch(prefetch or {}, str(patient), shelf.vocabulary, library.site, day)
        wanted = in_order(_wanted(library, settings, chart.sheet, day))
    except NotEnough as why:
        detail = f"The patient cannot be judged from what was prefetched. {why}"
        raise Problem(412, detail) from None
    except ProfileError as error:
        errors = silent_errors(error.faults, data, shelf.vocabulary)
        raise Problem(412, "What was prefetched cannot be used.", errors) from None
    for one in wanted:
        if one.result is not None:
            request.app.state.metrics.judged(one.trial, one.result.verdict)
    shown = cards(
        wanted, shelf.vocabulary, chart.unfetched, instance, ineligible=settings.cds_ineligible
    )
    return answer(json.dumps({"cards": shown}, ensure_ascii=False))


def _wanted(library: Library, settings: Settings, sheet: FactSheet, day: int) -> Iterator[Match]:
    """What each trial says of the patient, of those that are to be shown."""
    for one in library.shelf.matches(sheet, day, everything=False):
        if not settings.cds_trials or one.trial in settings.cds_trials:
            yield one


def _uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
