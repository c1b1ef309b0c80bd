"""One patient against every trial on file, and one answer taken apart."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from screener.days import iso
from screener.diagnostics import ProfileError
from screener.intake.profile import read_profile
from screener.matching import in_order, shortest_list
from screener.trial import agreed_day, own_day
from screener.web.api.answer import answer
from screener.web.api.asked import Body, found
from screener.web.api.screening import judged
from screener.web.inbox import read_json
from screener.web.pages.asked import library_of, today_of
from screener.web.problems import Problem, silent_errors


async def match(request: Request) -> Response:
    """What every trial says of one patient: `{as_of, profile}`, `all` with reviews of evidence."""
    body = Body(await read_json(request), ("as_of", "profile", "all"))
    day, profile, everything = body.day(), body.profile(), body.flag("all")
    body.settle()
    shelf = library_of(request).shelf
    own = own_day(profile)
    try:
        if day is None and own is None:
            day = today_of(request).toordinal()
        day = agreed_day(day, own, None)
        sheet = read_profile(profile, shelf.vocabulary, as_of=day)
        matches = in_order(shelf.matches(sheet, day, everything=everything))
    except ProfileError as error:
        errors = silent_errors(error.faults, profile, shelf.vocabulary, "/profile")
        raise Problem(422, "The profile cannot be used.", errors) from None
    told = {
        "patient": sheet.patient,
        "as_of": iso(day),
        "matches": [one.to_json(sheet.patient) for one in matches],
        "shortest_list": [
            {"facts": list(step.facts), "trials": list(step.trials)}
            for step in shortest_list(matches)
        ],
    }
    return answer(json.dumps(told, ensure_ascii=False))


async def explain(request: Request) -> Response:
    """An answer taken apart: `{trial, as_of, profile}`, `criteria` only these."""
    body = Body(await read_json(request), ("trial", "as_of", "profile", "criteria"))
    name = body.text("trial", "the name of a trial is needed")
    day, profile, only = body.day(), body.profile(), body.names("criteria")
    body.settle()
    trial = found(name, library_of(request))
    trace = judged(request, trial, day, profile, lambda placed: placed.explain(only))
    return answer(json.dumps(trace.to_json(), ensure_ascii=False))
