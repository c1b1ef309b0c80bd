"""Many patients through one request: a profile a line comes in, an answer a line goes out.

Nothing is gathered: the first answer leaves before the last patient has come, and neither side may
be far ahead of the other. A patient who cannot be judged has his place in the answer like any
other. If the answer ends without its last chunk, it is not whole.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from screener.diagnostics import Fault, ProfileError, RulesError, UnknownTrial
from screener.intake.strict_json import parse_json
from screener.trial import Trial, named, own_day
from screener.web.api.asked import day_of_query, found
from screener.web.inbox import boundless, limits_of, require
from screener.web.pages.asked import library_of, today_of
from screener.web.problems import Problem, silent_errors

NDJSON = "application/x-ndjson"
#: So much is sent at a time, in bytes; so long others wait at most, in seconds.
_AT_ONCE = 64 * 1024
_TURN = 0.02


async def screen_many(request: Request) -> Response:
    """Judge every patient of a stream of profiles for `?trial=NAME&as_of=DAY`."""
    require(request, NDJSON)
    name = request.query_params.get("trial")
    if name is None:
        wrong = [{"pointer": "", "message": "`?trial=NAME` is needed in the address"}]
        raise Problem(400, "The address is not as it is needed here.", wrong)
    day = day_of_query(request.query_params.get("as_of"))
    return _Stream(request, _Judge(request, found(name, library_of(request)), day))


class _Judge:
    """Judges one line after the other, by the same rules from the first to the last."""

    def __init__(self, request: Request, trial: Trial, day: int | None) -> None:
        self._trial, self._day = trial, day
        self._today = today_of(request).toordinal()
        self._metrics = request.app.state.metrics

    def line(self, number: int, line: bytes | None) -> str:
        """The answer to a line; None is one that was too long."""
        data: object = None
        try:
            if line is None:
                raise ProfileError([Fault("", "the line is longer than a profile may be")])
            data = parse_json(line)
            if not isinstance(data, dict) or boundless(data):
                raise ProfileError([Fault("", "the line is not a profile as it is needed here")])
            own = own_day(data)
            today = self._today if self._day is None and own is None else None
            result = self._trial.screen_data(data, self._day, today)
        except ProfileError as error:
            return self._rejected(number, data, error.faults)
        except UnknownTrial as error:
            fault = Fault("/as_of", "no version of the trial is in force on that day", error.hint)
            return self._rejected(number, data, [fault])
        except RulesError:
            fault = Fault("", "the version in force on that day has faults and is not used")
            return self._rejected(number, data, [fault])
        self._metrics.judged(result.trial, result.verdict)
        return result.to_json_text()

    def _rejected(self, number: int, data: object, faults: list[Fault] | Any) -> str:
        first = silent_errors(faults[:1], data, self._trial.newest.vocabulary)[0]
        self._metrics.rejected()
        error = {"pointer": first["pointer"], "message": first["message"]}
        told = {"patient": named(data), "line": number, "error": error | {"hint": None}}
        told["error"]["hint"] = first.get("hint")  # type: ignore[index]
        return json.dumps(told, ensure_ascii=False)


class _Stream(Response):
    """Answers while it reads."""

    def __init__(self, request: Request, judge: _Judge) -> None:
        super().__init__(headers={"Content-Type": NDJSON})
        del self.headers["content-length"]
        self._request, self._judge = request, judge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        scope["state"]["handler"].reschedule(None)
        begun = False
        waiting: list[bytes] = []
        size, since = 0, perf_counter()

        async def leave(*, more: bool) -> None:
            nonlocal begun, size, since
            if not begun:
                head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
                await send(head)
                begun = True
            await send({"type": "http.response.body", "body": b"".join(waiting), "more_body": more})
            waiting.clear()
            size = 0
            await asyncio.sleep(0)
            since = perf_counter()

        try:
            async for number, line in _lines(self._request):
                if number:
                    text = self._judge.line(number, line) + "\n"
                    waiting.append(text.encode("utf-8", "backslashreplace"))
                    size += len(waiting[-1])
                # Number 0: nothing more is there just now, so what is known may go.
                pause = not number or perf_counter() - since > _TURN
                if (pause and waiting) or size > _AT_ONCE:
                    await leave(more=True)
            await leave(more=False)
        except ClientDisconnect:
            return


async def _lines(request: Request) -> AsyncIterator[tuple[int, bytes | None]]:
    """Lines that are not blank, with their numbers; (0, None) between the parts that came."""
    limits = limits_of(request)
    rest, number, cut = b"", 0, False
    parts = request.stream()
    while True:
        try:
            async with asyncio.timeout(limits.body_time):
                part = await anext(parts)
        except StopAsyncIteration:
            break
        *whole, rest = (rest + part).split(b"\n")
        for line in whole:
            number += 1
            if cut or len(line) > limits.json_body:
                cut = False
                yield number, None
            elif line.strip():
                yield number, line
        if len(rest) > limits.json_body:
            rest, cut = b"", True
        yield 0, None
    if cut or rest.strip():
        yield number + 1, None if cut else rest
