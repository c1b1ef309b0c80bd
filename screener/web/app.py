"""Puts the application together: the shield, the pages, and the door for programs."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from screener.web.api import screening as api
from screener.web.gate import Gate
from screener.web.library import Library
from screener.web.pages import about, check, log, match, record, screening, signin, trials, upload
from screener.web.problems import Problem, wants_json
from screener.web.records import Records
from screener.web.render import Pages
from screener.web.settings import Settings
from screener.web.shield import Shield

_WHY = {
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
}


def create_app(settings: Settings) -> FastAPI:
    """The application: reads all trials, then answers.

    Raises:
        UnknownTrial: there are no trials.
        LogFault: the screening log cannot be opened.
    """
    # The pages of FastAPI's own documentation load their scripts from elsewhere.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.state.library = Library(settings.criteria)
    name = settings.screening_log
    app.state.records = None if name is None else Records(name)
    app.state.pages = pages = Pages(records=name is not None)
    app.state.gate = Gate(settings)
    for path, endpoint, methods in (
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
        ("/t/{trial}/upload", upload.upload, ["GET", "POST"]),
        ("/t/{trial}/results", upload.results, ["POST"]),
        ("/t/{trial}/results.csv", upload.results_csv, ["POST"]),
        ("/t/{trial}/criteria.csv", upload.criteria_csv, ["POST"]),
        ("/t/{trial}/results.json", upload.results_json, ["POST"]),
        ("/about", about.about, ["GET"]),
        ("/signin", signin.sign_in, ["GET", "POST"]),
        ("/signout", signin.sign_out, ["POST"]),
        ("/static/{digest}/{name}", _static, ["GET"]),
        ("/healthz", _healthy, ["GET"]),
    ):
        app.add_route(path, endpoint, methods)
    app.include_router(api.router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_middleware(Shield, settings=settings, pages=pages, gate=app.state.gate)
    return app


async def _static(request: Request) -> Response:
    name = f"{request.path_params['digest']}/{request.path_params['name']}"
    found: Response | None = request.app.state.pages.static(name)
    if found is None:
        raise Problem(404, _WHY[404])
    return found


async def _healthy(request: Request) -> Response:
    return Response("ok\n", headers={"Content-Type": "text/plain; charset=utf-8"})


async def _refused(request: Request, error: Exception) -> Response:
    """What the router refuses, in our own shape."""
    assert isinstance(error, HTTPException), "INVARIANT: registered for these alone"
    headers = {name: value for name, value in (error.headers or {}).items() if name == "Allow"}
    detail = _WHY.get(error.status_code, "This request is not understood.")
    problem = Problem(error.status_code, detail, headers=headers)
    if wants_json(request.scope["path"]):
        return problem.response()
    pages: Pages = request.app.state.pages
    return pages.problem(problem, request)
