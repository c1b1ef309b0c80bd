"""Servers to compare, each in a process of its own: ours, and what FastAPI does at least."""

from __future__ import annotations

import multiprocessing
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fastapi
import pydantic
import uvicorn

from screener.web.server import helped, open_socket, serve
from screener.web.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parent
#: The trial of the benchmarks; the others are shipped.
MADE_UP = "FLAT-27"
SCREEN, RECORD = "/api/v1/screen", "/api/v1/records"


@contextmanager
def started(server: Callable[..., None], *given: object) -> Iterator[int]:
    """A server, told its port and what is given; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = multiprocessing.Process(target=server, args=(port, *given))
    process.start()
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.join(20)


def ours(port: int, workers: int = 1, log: str | None = None) -> None:
    """Our server for the benchmarks' trial and those shipped, with a log or without."""
    with tempfile.TemporaryDirectory() as folder:
        _shelve(Path(folder))
        settings = Settings(criteria=(ROOT / "criteria", Path(folder)), screening_log=log)
        first = open_socket("127.0.0.1", port, shared=workers > 1)
        with helped(settings, first, workers) as listening:
            serve(settings, listening)


class Asked(pydantic.BaseModel):
    """What the bare handler reads."""

    trial: str
    as_of: str
    profile: dict[str, Any]


def bare(port: int, answers: Mapping[str, dict[str, Any]]) -> None:
    """What FastAPI does at least: the body checked to be an object, and an answer that is ready.

    `answers`: by the name of the trial; three words where there is none.
    """
    app = fastapi.FastAPI()

    @app.post(SCREEN)
    @app.post(RECORD)
    async def answer(asked: Asked) -> dict[str, Any]:
        short = {"trial": asked.trial, "as_of": asked.as_of, "verdict": "undetermined"}
        return answers.get(asked.trial, short)

    uvicorn.run(app, port=port, log_level="critical", access_log=False, http="h11")


def _shelve(folder: Path) -> None:
    """Put the trial of the benchmarks into a folder of trials."""
    trial = folder / MADE_UP
    trial.mkdir()
    shutil.copy(HERE / "trial.yaml", trial / "1.yaml")
    shutil.copy(HERE / "vocabulary.yaml", folder)


def _await(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("a server does not start")
