"""Comparing by proof for those who wait at a page: one at a time, and none goes on alone.

It may take as long as the limits allow. Whoever is no longer waited for ends before his next
question to the solver, and only then is it the turn of another: the solver bears one thread at a
time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request

from screener.catalog import Edition
from screener.web.inbox import limits_of
from screener.web.problems import Problem

if TYPE_CHECKING:
    from screener.interpreters.smt.solver import GoOn
    from screener.workbench.comparison import Comparison

T = TypeVar("T")
#: Of one question to the solver, in seconds.
PATIENCE = 2.0


class Abandoned(Exception):
    """Nobody waits for the answer any more."""


async def in_turn(request: Request, work: Callable[[GoOn], T]) -> T:
    """What `work` gives, in a thread, as soon as no other is at it.

    It calls what it is given before each question to the solver; once the time of the request is
    over, that raises `Abandoned`.
    """
    loop = asyncio.get_running_loop()
    request.scope["state"]["handler"].reschedule(loop.time() + limits_of(request).proof_time)
    over = Event()

    def go_on() -> None:
        if over.is_set():
            raise Abandoned

    def begun() -> T:
        go_on()
        return work(go_on)

    # A task of its own keeps its turn until the thread has ended, whoever still waits for it.
    running = asyncio.ensure_future(run_sync(begun, limiter=_one_at_a_time()))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        over.set()
        running.add_done_callback(lambda done: done.cancelled() or done.exception())
        raise


def proved(old: Edition, new: Edition, go_on: GoOn) -> Comparison:
    """Two versions compared by proof.

    Raises:
        Problem: 501 where the solver is not installed.
    """
    try:
        from screener.workbench.comparing import compare
    except ModuleNotFoundError:
        raise Problem(501, "Comparing is not installed here: screener[prove].") from None
    return compare(old, new, round(PATIENCE * 1000), go_on)


@cache
def _one_at_a_time() -> CapacityLimiter:
    return CapacityLimiter(1)
