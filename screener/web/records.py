"""The screening log behind the pages: who records, what is recorded, and that it lasts.

Without a log there is nothing here, and the pages store nothing. A name is that of the signed-in
user or the one a trusted proxy gives; else it is typed and marked as typed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from screener.log.append import append_all
from screener.log.entries import Draft, Evaluation, Identity, Recorded, When, Who
from screener.log.faults import LogFault, Refused
from screener.log.read import Filter, Line, page
from screener.log.store import Log, open_log
from screener.web.judged import Judged
from screener.web.pages.asked import now_of
from screener.web.problems import Problem

T = TypeVar("T")
#: The field in which whoever is not signed in types the name.
BY = "recorded_by"
_LONGEST_NAME = 100
#: In seconds: how long nobody else has to come, and the longest that the first draft waits.
_PAUSE, _PATIENCE = 0.001, 0.06


class Records:
    """One log, read by any number of requests, written to by one thread.

    Requests that are there together are all judged first and then recorded in one transaction: a
    commit costs more than many entries, and a thread that writes holds up whoever judges.
    """

    def __init__(self, name: str) -> None:
        self._log = open_log(name, create=True)
        self._thread = ThreadPoolExecutor(1, "log")
        self._turn = asyncio.Lock()
        self._drafts: list[Draft] = []
        self._writing: asyncio.Task[list[Recorded | Refused]] | None = None

    async def append(self, draft: Draft) -> Recorded:
        """Record; ends well only once it lasts.

        Raises:
            Problem: 503 where it could not be written, 422 where it is refused.
        """
        if self._writing is None or self._writing.done():
            # One that ended before it took its drafts was given up, and they with it.
            self._drafts = []
            self._writing = asyncio.create_task(self._write())
        place, writing = len(self._drafts), self._writing
        self._drafts.append(draft)
        try:
            # One request that is given up must not take the others with it.
            answer = (await asyncio.shield(writing))[place]
        except LogFault:
            raise unwritten() from None
        if isinstance(answer, Refused):
            raise Problem(422, f"Not recorded: {answer.message}.")
        return answer

    async def _write(self) -> list[Recorded | Refused]:
        """Append what has come in, once no more comes in quick succession."""
        async with self._turn:
            before, until = 0, monotonic() + _PATIENCE
            while before < len(self._drafts) and monotonic() < until:
                before = len(self._drafts)
                await asyncio.sleep(_PAUSE)
            drafts, self._drafts, self._writing = self._drafts, [], None
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, append_all, self._log, drafts)

    async def read(self, ask: Callable[[Log], T]) -> T:
        """Ask the log, beside the other requests.

        Raises:
            Problem: 503 where it cannot be read.
        """
        try:
            return await run_in_threadpool(ask, self._log)
        except LogFault:
            detail = "The log cannot be read just now. Try again; nothing is lost."
            raise Problem(503, detail, headers={"Retry-After": "10"}) from None

    async def attempts(self, trial: str, patient: str | None) -> list[Line]:
        """What is recorded of a patient at a trial, newest first."""
        if not patient:
            return []
        wanted = Filter(trial=trial, patient=patient)
        return (await self.read(lambda log: page(log, wanted, size=100))).lines

    def close(self) -> None:
        """Let go of the log; what is being written is written first."""
        self._thread.shutdown()
        self._log.close()


def unwritten() -> Problem:
    """The log cannot be written: what is on the page is not recorded."""
    detail = (
        "NOT RECORDED: the log could not be written. Nothing of it was saved. Print or download "
        "the answer, and try again later."
    )
    return Problem(503, detail, headers={"Retry-After": "10"})


def records_of(request: Request) -> Records:
    """The log.

    Raises:
        Problem: 404 where the server keeps none.
    """
    records: Records | None = request.app.state.records
    if records is None:
        raise Problem(404, "This server keeps no screening log.")
    return records


def signed_in(request: Request) -> Who | None:
    """Who is known to ask; None where a name has to be typed."""
    user = getattr(request.state, "user", None)
    if user is None:
        return None
    by_proxy = request.app.state.settings.user_header is not None
    return Who(user, Identity.PROXY if by_proxy else Identity.SIGNED_IN)


def who_of(request: Request, fields: Iterable[tuple[str, str]]) -> Who | None:
    """Who records; None where nobody is signed in and no name is typed."""
    known = signed_in(request)
    if known is not None:
        return known
    typed = dict(fields).get(BY, "").strip()
    if not typed or not typed.isprintable() or len(typed) > _LONGEST_NAME:
        return None
    return Who(typed, Identity.TYPED)


def when_of(request: Request) -> When:
    """Now."""
    return When.of(now_of(request))


def evaluation_of(judged: Judged) -> Evaluation:
    """An answer as the log keeps it."""
    assert judged.result is not None, "INVARIANT: only what was judged is recorded"
    return Evaluation(
        inputs={**judged.written.profile, "as_of": judged.day.isoformat()},
        result=judged.result,
        rules=judged.edition.rules_text,
        vocabulary=judged.edition.vocabulary_text,
    )
