"""What stands before every page: who may ask, how much, how long, and the headers of every answer.

Nothing leaves without the security headers, not even an error of ours. A line of the log names the
page and the status and never anything that was sent.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import sys
from pathlib import Path
from time import perf_counter
from types import TracebackType

from starlette.datastructures import State
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screener.web.address import path_of, root_of
from screener.web.crossing import crossing_headers, origin_of, preflight
from screener.web.gate import Gate
from screener.web.journal import Journal
from screener.web.metrics import Metrics
from screener.web.problems import Problem, wants_json
from screener.web.render import Pages
from screener.web.rules import Rules
from screener.web.settings import Settings

_OFF = ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{one}=()" for one in _OFF),
    "X-Robots-Tag": "noindex, nofollow",
}
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_HSTS = "max-age=31536000; includeSubDomains"
_KEPT = "public, max-age=31536000, immutable"
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_NO_KEY = "A key is needed, or it is not known or over: `Authorization: Bearer KEY`."
_ASKS_ONLY = ("GET", "HEAD", "OPTIONS")
_METHODS = (*_ASKS_ONLY, "POST", "PUT", "PATCH", "DELETE", "TRACE")


def security_headers(path: str, *, over_tls: bool) -> dict[str, str]:
    """The headers that every answer to a path carries."""
    static = path.startswith("/static/")
    headers = {
        **_ALWAYS,
        "Content-Security-Policy": _DATA_POLICY if wants_json(path) else _PAGE_POLICY,
        "Cache-Control": _KEPT if static else "no-store",
    }
    return headers | ({"Strict-Transport-Security": _HSTS} if over_tls else {})


class Shield:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._settings: Settings = state.settings
        self._pages: Pages = state.pages
        self._gate: Gate = state.gate
        self._rules: Rules = state.rules
        self._metrics: Metrics = state.metrics
        settings = self._settings
        self._journal = Journal(settings)
        self._busy = 0
        self._headers = {
            path: [
                (name.lower().encode(), value.encode())
                for name, value in security_headers(path, over_tls=settings.over_tls).items()
            ]
            for path in ("/static/", "/api/", "/cds-services", "/")
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other protocols are not spoken."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        origin = origin_of(scope, self._settings)
        headers = [*self._own(path_of(scope)), *crossing_headers(origin)]
        answer = _Answer(send, headers, _request_id(scope))
        # The rules of this request, whatever comes while it is answered.
        scope.setdefault("state", {}).update(request_id=answer.id, library=self._rules.library)
        started = perf_counter()
        self._busy += 1
        try:
            asked = preflight(scope, origin)
            if asked is None:
                await self._guarded(scope, receive, answer, origin)
            else:
                await asked(scope, receive, answer)
        finally:
            self._busy -= 1
            seconds = perf_counter() - started
            page = getattr(scope.get("endpoint"), "__name__", "none")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.answered(page, method, answer.status, seconds)
            if self._settings.tell is not None:
                told = {"page": page, "method": method, "status": answer.status}
                self._journal("request", **told, ms=round(seconds * 1000), request=answer.id)

    async def _guarded(
        self, scope: Scope, receive: Receive, answer: _Answer, origin: str | None
    ) -> None:
        try:
            self._check(scope, known=origin is not None)
            self._admit(scope)
            async with asyncio.timeout(self._settings.limits.handler_time) as handler:
                # A body may take its own time to arrive.
                scope["state"]["handler"] = handler
                await self._app(scope, receive, answer)
        except Problem as problem:
            await self._refuse(problem, scope, receive, answer)
        except TimeoutError:
            late = Problem(503, "This took too long.", headers={"Retry-After": "10"})
            if scope["state"].get("arriving"):
                late = Problem(408, "The request took too long to arrive.")
            await self._refuse(late, scope, receive, answer)
        # The last resort: whatever is wrong in here, nobody sees more than a reference number.
        except Exception as error:
            _confess(error, answer.id)
            detail = f"Something is wrong on our side. Nothing was saved. Reference: {answer.id}"
            await self._refuse(Problem(500, detail), scope, receive, answer)

    async def _refuse(
        self, problem: Problem, scope: Scope, receive: Receive, answer: _Answer
    ) -> None:
        if answer.status:
            return  # It has begun to answer; there is no second beginning.
        if wants_json(path_of(scope)):
            response = problem.response()
        else:
            response = self._pages.problem(problem, Request(scope))
        await response(scope, receive, answer)

    def _own(self, path: str) -> list[tuple[bytes, bytes]]:
        for start, headers in self._headers.items():
            if path.startswith(start):
                return headers
        return self._headers["/"]

    def _check(self, scope: Scope, *, known: bool) -> None:
        limits = self._settings.limits
        if self._busy > limits.at_once:
            raise Problem(503, "Too many at once. Try again.", headers={"Retry-After": "2"})
        if len(scope.get("raw_path", b"")) + len(scope["query_string"]) > limits.target:
            raise Problem(414, "The address is too long.")
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        size = sum(len(name) + len(value) + 4 for name, value in headers)
        if len(headers) > limits.headers or size > limits.header_block:
            raise Problem(431, "There are too many headers.")
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        if len(hosts) != 1 or not self._named(hosts[0]):
            raise Problem(421, "This server does not go by that name.")
        if scope["method"] not in _ASKS_ONLY and not known:
            self._same_origin(headers, hosts[0])

    def _named(self, host: str) -> bool:
        names = self._settings.names
        return "*" in names or _host(host) in names

    def _admit(self, scope: Scope) -> None:
        entered = self._gate.enter(scope)
        if entered is None:
            if wants_json(path_of(scope)):
                raise Problem(401, _NO_KEY, headers={"WWW-Authenticate": "Bearer"})
            if scope["method"] == "GET" and self._gate.accounts:
                where = f"{root_of(scope)}/signin"
                raise Problem(303, "Sign in first.", headers={"Location": where})
            raise Problem(
                401,
                "You are not signed in, or were signed out after a while without a request. Sign "
                "in in another tab, then load this page again: nothing you sent is lost.",
            )
        scope["state"] |= entered._asdict()

    def _same_origin(self, headers: list[tuple[bytes, bytes]], host: str) -> None:
        """Refuse what a page of somebody else sends in the name of the user."""
        said = {name: value.decode("latin-1") for name, value in headers}
        site, origin = said.get(b"sec-fetch-site"), said.get(b"origin")
        if site is not None:
            allowed = site in ("same-origin", "none")
        else:
            allowed = origin is None or origin.partition("://")[2] == host
        if not allowed:
            raise Problem(403, "This was sent from another site.")


class _Answer:
    """Passes an answer on with the headers that belong to every one."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]], id: str) -> None:
        self._send = send
        self._headers = [*headers, (b"x-request-id", id.encode())]
        self.id = id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            said: list[tuple[bytes, bytes]] = message["headers"]
            always = self._headers
            if any(name == b"cache-control" for name, _ in said):
                always = [one for one in always if one[0] != b"cache-control"]
            message = {**message, "headers": [*said, *always]}
        await self._send(message)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            said = value.decode("latin-1")
            if _REQUEST_ID.fullmatch(said):
                return str(said)
    return secrets.token_hex(8)


def _host(said: str) -> str:
    """The host of a `Host` header without its port."""
    name, colon, port = said.rpartition(":")
    return (name if colon and port.isdigit() and port.isascii() else said).lower()


def _confess(error: Exception, id: str) -> None:
    """Say where it went wrong, without the text of the error: it may hold a patient's values."""
    place, trace = "an unknown place", error.__traceback__
    while isinstance(trace, TracebackType):
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    print(f"internal error {id}: {type(error).__name__} at {place}", file=sys.stderr, flush=True)
