"""How the server is: whether it runs, whether it can do its work, and its figures."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from screener.log.read import Filter, page
from screener.web.metrics import MEDIA, Metrics
from screener.web.pages.asked import library_of
from screener.web.problems import Problem
from screener.web.records import Records

_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


async def healthy(request: Request) -> Response:
    """The process answers."""
    return Response("ok\n", headers=_TEXT)


async def ready(request: Request) -> Response:
    """It can do its work: there are rules, and the log can be read."""
    if not library_of(request).trials:
        raise Problem(503, "No trial can be used.")
    records: Records | None = request.app.state.records
    if records is not None:
        await records.read(lambda log: page(log, Filter(), size=1))
    return Response("ready\n", headers=_TEXT)


async def metrics(request: Request) -> Response:
    """Its figures."""
    figures: Metrics = request.app.state.metrics
    return Response(figures.text(), headers={"Content-Type": MEDIA})
