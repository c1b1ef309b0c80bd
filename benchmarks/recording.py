"""Times recording at fifty users, against a bare handler: `python -m benchmarks.recording`.

Each of three servers answers fifty connections that ask as fast as they are answered: a handler
that only reads a body, screening, and screening with every answer in a durable log. Never a gate:
it prints what it finds, and with `--record` writes it to docs/evidence/recording.md.
"""

from __future__ import annotations

import argparse
import json
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import fastapi
import pydantic
import uvicorn

from benchmarks.asking import ask, post
from benchmarks.evidence import publish
from benchmarks.http import shelve
from benchmarks.patients import AS_OF, flat_patients, profile
from screener.log.verify import verify
from screener.trial import load_trial
from screener.web.server import open_socket, serve
from screener.web.settings import Settings

HERE = Path(__file__).parent
SEED = 13
Server = Callable[[str, socket.socket], None]


class Body(pydantic.BaseModel):
    """What the bare handler reads."""

    trial: str
    as_of: str
    by: str
    profile: dict[str, Any]


def bare(_: str, listening: socket.socket) -> None:
    """A handler that reads the body and answers with a word of it."""
    app = fastapi.FastAPI()

    @app.post("/bare")
    async def answer(body: Body) -> dict[str, str]:
        return {"trial": body.trial}

    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", http="h11")
    uvicorn.Server(config).run(sockets=[listening])


def ours(log: str, listening: socket.socket) -> None:
    """The server for the benchmark's trial, with a log or without."""
    with tempfile.TemporaryDirectory() as folder:
        shelve(Path(folder))
        given = Settings(criteria=(Path(folder),), screening_log=log or None)
        serve(given, listening)


def main() -> None:
    """Time the three."""
    parser = argparse.ArgumentParser(prog="benchmarks.recording", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--folder", type=Path, help="where the log is made  [default: temporary]")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/recording.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        lines = _measured(str(Path(folder) / "log.db"), asked.users, asked.seconds)
        publish("recording.md", "Recording at fifty users", lines, record=asked.record)


def _measured(log: str, users: int, seconds: float) -> Iterator[str]:
    yield f"{users} users, {seconds:g} s each, server and users on the same machine."
    yield ""
    yield "| | requests a second | median | p99 | p99 to bare | not answered |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    first = None
    for what, server, name, path in (
        ("a bare handler", bare, "", "/bare"),
        ("screening", ours, "", "/api/v1/screen"),
        ("screening and recording", ours, log, "/api/v1/records"),
    ):
        with _running(server, name) as port:
            requests = [post(path, body) for body in _bodies(path)]
            taken, failed = ask(port, requests, users, seconds, warming=1)
        p99 = quantiles(taken, n=100)[98]
        first = first or p99
        yield (
            f"| {what} | {len(taken) / seconds:,.0f} | {median(taken) * 1e3:.1f} ms "
            f"| {p99 * 1e3:.1f} ms | {p99 / first:.2f} | {failed} |"
        )
    checked = verify(log)
    assert checked.bad is None
    yield ""
    yield f"{checked.entries:,} entries were recorded, and verify."


@contextmanager
def _running(server: Server, log: str) -> Iterator[int]:
    """A server in a process of its own; its port."""
    context = get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(server, log, tell))
    process.start()
    try:
        yield int(told.recv())
    finally:
        process.terminate()
        process.join()


def _serve(server: Server, log: str, tell: Connection) -> None:
    listening = open_socket("127.0.0.1", 0)
    tell.send(listening.getsockname()[1])
    server(log, listening)


def _bodies(path: str) -> list[bytes]:
    trial = load_trial(HERE / "trial.yaml")
    more = {} if path == "/api/v1/screen" else {"by": "benchmark"}
    vocabulary = trial.newest.vocabulary
    return [
        json.dumps(
            {
                "trial": trial.id,
                "as_of": AS_OF,
                "profile": json.loads(profile(vocabulary, one, number)),
                **more,
            }
        ).encode()
        for number, one in enumerate(flat_patients(vocabulary, 200, 0.05, SEED))
    ]


if __name__ == "__main__":
    main()
