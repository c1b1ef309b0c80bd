"""Puts the application together: the shield, the pages, and the door for programs."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from screener.web.address import path_of
from screener.web.api import documents, status
from screener.web.api.doors import doors_of, guarded
from screener.web.gate import Gate
from screener.web.keys import Scope
from screener.web.metrics import Metrics
from screener.web.pages import (
    about,
    check,
    log,
    match,
    record,
    screening,
    signin,
    trials,
    upload,
    workbench,
)
from screener.web.problems import Problem, wants_json
from screener.web.records import Records
from screener.web.render import Pages
from screener.web.rules import Rules
from screener.web.settings import Settings
from screener.web.shield import Shield

_WHY = {
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
}


_PAGES = (
    ("/", trials.list_trials, ["GET"]),
    ("/t/{trial}", trials.one_trial, ["GET"]),
    ("/t/{trial}/screen", screening.screen, ["GET", "POST"]),
    ("/t/{trial}/examples/{number}", screening.example, ["GET"]),
    ("/t/{trial}/check", check.check, ["POST"]),
    ("/t/{trial}/answers.json", check.answers, ["POST"]),
    ("/t/{trial}/result.json", check.result, ["POST"]),
    ("/t/{trial}/record", record.record, ["POST"]),
    ("/t/{trial}/records/{record}", record.show_record, ["GET"]),
    ("/t/{trial}/records/{record}/record.json", record.record_json, ["GET"]),
    ("/t/{trial}/records/{record}/rescreen", record.rescreen, ["GET"]),
    ("/t/{trial}/records/{record}/change", record.change, ["GET"]),
    ("/t/{trial}/records/{record}/add", record.add, ["POST"]),
    ("/t/{trial}/log", log.show_log, ["GET", "POST"]),
    ("/t/{trial}/log.csv", log.log_csv, ["GET"]),
    ("/t/{trial}/log.json", log.log_json, ["GET"]),
    ("/t/{trial}/log-criteria.csv", log.criteria_csv, ["GET"]),
    ("/t/{trial}/flow", log.flow, ["GET"]),
    ("/match", match.match, ["GET", "POST"]),
    ("/t/{trial}/workbench", workbench.workbench, ["GET", "POST"]),
    ("/t/{trial}/workbench.yaml", workbench.download, ["POST"]),
    ("/t/{trial}/upload", upload.upload, ["GET", "POST"]),
    ("/t/{trial}/results", upload.results, ["POST"]),
    ("/t/{trial}/results.csv", upload.results_csv, ["POST"]),
    ("/t/{trial}/criteria.csv", upload.criteria_csv, ["POST"]),
    ("/t/{trial}/results.json", upload.results_json, ["POST"]),
    ("/about", about.about, ["GET"]),
)
_ALWAYS = (
    ("/signin", signin.sign_in, ["GET", "POST"]),
    ("/signout", signin.sign_out, ["POST"]),
    ("/healthz", status.healthy, ["GET"]),
    ("/readyz", status.ready, ["GET"]),
    ("/metrics", guarded(status.metrics, Scope.METRICS), ["GET"]),
)
_FOR_PROGRAMS = (
    ("/openapi.json", guarded(documents.openapi, Scope.READ), ["GET"]),
    ("/docs", guarded(documents.docs, Scope.READ), ["GET"]),
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The web form and the door for programs, as an application to run or to mount in another.

    Args:
        settings: which trials, who may come, form or door or both, and the limits. Left out: both,
            for this computer alone.

    Raises:
        UnknownTrial: there are no trials.
        RulesError: the mapping file has faults.
        LogFault: the screening log cannot be opened.
    """
    settings = settings or Settings()
    # The pages of FastAPI's own documentation load their scripts from elsewhere.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    name = settings.screening_log
    app.state.settings = settings
    app.state.metrics = Metrics()
    app.state.rules = Rules(settings, app.state.metrics)
    app.state.records = None if name is None else Records(name)
    app.state.pages = Pages(records=name is not None)
    app.state.gate = Gate(settings)
    doors = doors_of(settings)
    # Programs ask most often; an address is looked for in this order.
    for path, endpoint, methods in (
        *((one.path, guarded(one.endpoint, one.scope), [one.method]) for one in doors),
        *(_FOR_PROGRAMS if doors else ()),
        *(_PAGES if settings.form else ()),
        *_ALWAYS,
    ):
        app.add_route(path, endpoint, methods)
    app.add_route("/static/{digest}/{name}", _static, ["GET"])
    app.add_exception_handler(HTTPException, _refused)
    app.add_middleware(Shield, state=app.state)
    return app


async def _static(request: Request) -> Response:
    name = f"{request.path_params['digest']}/{request.path_params['name']}"
    found: Response | None = request.app.state.pages.static(name)
    if found is None:
        raise Problem(404, _WHY[404])
    return found


async def _refused(request: Request, error: Exception) -> Response:
    """What the router refuses, in our own shape."""
    assert isinstance(error, HTTPException), "INVARIANT: registered for these alone"
    headers = {name: value for name, value in (error.headers or {}).items() if name == "Allow"}
    detail = _WHY.get(error.status_code, "This request is not understood.")
    problem = Problem(error.status_code, detail, headers=headers)
    if wants_json(path_of(request.scope)):
        return problem.response()
    pages: Pages = request.app.state.pages
    return pages.problem(problem, request)
