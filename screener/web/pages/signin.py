"""Signing in and out, where the server was told to ask for it."""

from __future__ import annotations

from time import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from screener.web import tokens
from screener.web.address import root_of
from screener.web.gate import Gate
from screener.web.inbox import read_fields
from screener.web.pages.asked import pages_of
from screener.web.problems import Problem

_NOT_FOUND = "There is nothing at this address."


async def sign_in(request: Request) -> Response:
    """The form for name and password; a right pair begins a session and leads to the trials."""
    gate: Gate = request.app.state.gate
    accounts = gate.accounts
    if accounts is None:
        raise Problem(404, _NOT_FOUND)
    if request.method == "GET":
        return pages_of(request).page("signin.html", request, problem="", name="")
    fields = await read_fields(request)
    tokens.require(request, fields)
    said = dict(fields)
    name, password = said.get("name", ""), said.get("password", "")
    address = request.client.host if request.client else ""
    if not gate.may_try(name, address):
        raise Problem(429, "Too many tries. Wait a minute.", headers={"Retry-After": "60"})
    if not await run_in_threadpool(accounts.password_fits, name, password):
        problem = "The name and the password do not belong together."
        return pages_of(request).page("signin.html", request, 401, problem=problem, name=name)
    id = accounts.begin(name, time())
    return Response(
        status_code=303,
        headers={"Location": f"{root_of(request.scope)}/", "Set-Cookie": gate.set_cookie(id)},
    )


async def sign_out(request: Request) -> Response:
    """End the session on the server and in the browser."""
    gate: Gate = request.app.state.gate
    tokens.require(request, await read_fields(request))
    session = getattr(request.state, "session", None)
    if gate.accounts is None or session is None:
        raise Problem(404, _NOT_FOUND)
    gate.accounts.end(session)
    headers = {
        "Location": f"{root_of(request.scope)}/signin",
        "Set-Cookie": gate.set_cookie(""),
        "Clear-Site-Data": '"cache", "cookies", "storage"',
    }
    return Response(status_code=303, headers=headers)
