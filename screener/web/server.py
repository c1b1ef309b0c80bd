"""Runs the application: one process, one address, with limits on time beside those of uvicorn.

What is not even HTTP gets the same shape of answer and the same headers as everything else.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from typing import Any, NamedTuple

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from screener.web.app import create_app
from screener.web.journal import Journal
from screener.web.problems import Problem
from screener.web.settings import Settings
from screener.web.shield import security_headers


class Tls(NamedTuple):
    """The files with which TLS is spoken."""

    certificate: Path
    key: Path


def open_socket(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """The address to listen at, taken at once so that a port in use is found out.

    `shared`: other sockets may listen there too.

    Raises:
        OSError: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, reuse_port=shared)
    # Every connection inherits it. Without, the body of an answer waits for the other end to
    # confirm its headers, which takes that 40 ms; asyncio sees to it for sockets of its own alone.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


#: Not empty once SIGHUP came before there was anybody to heed it.
_hung_up: list[int] = []


def heed_hangup() -> None:
    """From now on SIGHUP ends nothing: the rules are read anew as soon as there are any."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda number, frame: _hung_up.append(number))


@contextmanager
def helped(
    settings: Settings, listening: socket.socket, workers: int, tls: Tls | None = None
) -> Iterator[socket.socket]:
    """A socket to answer at, while other processes answer at the same, shared address.

    The system shares new connections out between them; they end with the context, and with this
    process however it ends.
    """
    heed_hangup()
    if workers == 1:
        yield listening
        return
    host, port = listening.getsockname()[:2]
    context = get_context("fork")
    others = []
    for _ in range(workers - 1):
        own = open_socket(host, port, shared=True)
        others.append(context.Process(target=_help, args=(settings, own, tls), daemon=True))
        others[-1].start()
        # Only who answers there may hold it: else what comes to it would wait for ever.
        own.close()
    try:
        yield listening
    finally:
        for other in others:
            other.terminate()
            other.join(15)


def _help(settings: Settings, listening: socket.socket, tls: Tls | None) -> None:
    """Answer beside the first process, as long as there is one."""

    def follow() -> None:
        parent = parent_process()
        assert parent is not None, "INVARIANT: runs in a process of its own"
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, daemon=True).start()
    serve(settings, listening, tls)


def serve(
    settings: Settings,
    listening: socket.socket,
    tls: Tls | None = None,
    *,
    started: Callable[[uvicorn.Server], None] = lambda server: None,
) -> None:
    """Answer requests until somebody ends it; `started` is told once it does."""
    # Their messages may hold what was sent, and their errors a traceback.
    for name in ("uvicorn", "python_multipart", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http=protocol(settings),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.limits.keep_alive,
        timeout_graceful_shutdown=settings.limits.drain_time,
        h11_max_incomplete_event_size=settings.limits.header_block,
        ssl_certfile=None if tls is None else str(tls.certificate),
        ssl_keyfile=None if tls is None else str(tls.key),
    )
    server = _Server(config)
    server.told = started
    server.journal = Journal(settings)
    server.reload = app.state.rules.reload
    if threading.current_thread() is threading.main_thread():
        # uvicorn raises the signal once more when it has ended in good order.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        # The rules stay: whoever looks for garbage need not look through them while others wait.
        gc.collect()
        gc.freeze()
    try:
        server.run(sockets=[listening])
    finally:
        if app.state.records is not None:
            app.state.records.close()


class _Server(uvicorn.Server):
    """Tells when it has begun to answer, and reads the rules anew on SIGHUP."""

    told: Callable[[uvicorn.Server], None]
    journal: Journal
    reload: Callable[[], str | None]
    _renewing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets=sockets)
        if threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._renew)
            if _hung_up:
                self._renew()
        self.journal("started")
        self.told(self)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what has begun, and end."""
        self.journal("stopping")
        await super().shutdown(sockets=sockets)

    def _renew(self) -> None:
        for helper in active_children():
            if helper.pid is not None:
                os.kill(helper.pid, signal.SIGHUP)
        self._renewing = asyncio.get_running_loop().create_task(self._read_anew())

    async def _read_anew(self) -> None:
        refused = await asyncio.to_thread(self.reload)
        self.journal("reloaded" if refused is None else "reload_refused")
        if refused is not None:
            # Rules are nobody's data: what is wrong with them may be said.
            print(f"the rules are not read anew:\n{refused}", file=sys.stderr, flush=True)


def protocol(settings: Settings) -> type[H11Protocol]:
    """How a connection is spoken to: as uvicorn does, with a time limit on every header."""
    most = settings.limits.header_time
    problem = Problem(400, "This is not a request in HTTP.").response()
    headers = [
        *problem.headers.items(),
        *security_headers("/api/", over_tls=settings.over_tls).items(),
        ("Connection", "close"),
    ]

    class Guarded(H11Protocol):
        """One connection."""

        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            self._unwatch()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            try:
                super().data_received(data)
            # Addresses in other than ASCII, and requests after the answer was an error.
            except (UnicodeError, h11.LocalProtocolError):
                self.send_400_response("")
            if self.conn.their_state is h11.IDLE:
                self._watch()
            else:
                self._unwatch()

        def send_400_response(self, msg: str) -> None:
            self._unwatch()
            if self.cycle is not None and not self.cycle.response_complete:
                # Nonsense behind a request that is being answered: nobody is left to answer.
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            elif self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                pairs: list[tuple[Any, Any]] = [(name, value) for name, value in headers]
                response = h11.Response(status_code=400, headers=pairs, reason=b"Bad Request")
                events = (response, h11.Data(data=bytes(problem.body)), h11.EndOfMessage())
                for event in events:
                    self.transport.write(self.conn.send(event) or b"")
            self.transport.close()

        def _watch(self) -> None:
            if self._timer is None:
                self._timer = self.loop.call_later(most, self.transport.close)

        def _unwatch(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    return Guarded
