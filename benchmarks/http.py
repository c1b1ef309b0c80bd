"""One screening by HTTP at 50 users, against bare FastAPI handlers: `python -m benchmarks.http`.

Every server stands in a process of its own and gets the same body over the same kind of
connections. They are asked in turn for a few seconds each, so that whatever else the machine does
falls on all of them. Never a gate: it prints what it finds, and with `--record` writes it to
docs/evidence/http.md.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.asking import ask, post
from benchmarks.evidence import publish
from benchmarks.patients import AS_OF, flat_patients, profile
from screener.catalog import find
from screener.rules.load import read_cases
from screener.trial import load_trial

HERE = Path(__file__).parent
ROOT = HERE.parent
SEED = 13
USERS = 50
#: So long, in seconds, a server is asked before it counts: one that has had nothing to do while
#: the others were asked finds its memory anew.
_WARMING = 0.5
_PATH = "/api/v1/screen"
#: The trial of the other benchmarks, and three that are shipped.
MADE_UP = "FLAT-27"
TRIALS = (MADE_UP, "KUBO-2001", "NCT00234182", "NCT01681446@2018-05-30")


def main() -> None:
    """Measure every trial and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.http", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of every turn of a server")
    parser.add_argument("--rounds", type=int, default=10, help="turns of every server")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/http.md")
    given = parser.parse_args()
    lines = measured(given.seconds, given.rounds)
    publish("http.md", "One screening by HTTP at fifty users", lines, record=given.record)


def measured(seconds: float, rounds: int) -> Iterator[str]:
    """The table of all trials.

    The 99th percentile is to be at most 3 times that of a bare handler, and 35 % as many requests
    are to be answered, for some thirty criteria (FLAT-27) and by one process.
    """
    processes = os.cpu_count() or 1
    yield (
        f"{USERS} users, {seconds * rounds:g} s of each in turns of {seconds:g} s, users and "
        "servers on the same machine. *same*: a bare handler that reads the same body and gives "
        "the same answer, which it has ready. *short*: one that gives three words. Both are "
        f"FastAPI in one process; *ours* is one process, *ours by {processes}* is `--workers "
        f"{processes}`."
    )
    yield ""
    yield (
        "| trial | criteria | ours, req/s | of *same* | p50 | p99 | p99 of *same* | p99 of *short* "
        f"| ours to *same* | ours by {processes} to *same* | ours to *short* |"
    )
    yield "| --- |" + " ---: |" * 10
    with _started(_serve_ours, 1) as ours, _started(_serve_ours, processes) as more:
        bodies = {name: _body(name) for name in TRIALS}
        answers = {name: _answered(ours, body) for name, (body, _) in bodies.items()}
        with _started(_serve_bare, answers) as same, _started(_serve_bare, {}) as short:
            for name, (body, criteria) in bodies.items():
                ports = {"ours": ours, "same": same, "short": short, "more": more}
                yield f"| {name} | {criteria} | {_row(ports, body, seconds, rounds)} |"


def _row(ports: Mapping[str, int], body: bytes, seconds: float, rounds: int) -> str:
    taken: dict[str, list[float]] = {server: [] for server in ports}
    for _ in range(rounds):
        for server, port in ports.items():
            found = ask(port, [post(_PATH, body)], USERS, seconds, _WARMING)
            assert not found.failed, "every request is answered"
            taken[server] += found.seconds
    p99 = {server: quantiles(one, n=100)[98] for server, one in taken.items()}
    p50 = quantiles(taken["ours"], n=100)[49]
    rate = {server: len(one) / (seconds * rounds) for server, one in taken.items()}
    return (
        f"{rate['ours']:.0f} | {rate['ours'] / rate['same']:.0%} | {p50 * 1e3:.1f} ms "
        f"| {p99['ours'] * 1e3:.1f} ms | {p99['same'] * 1e3:.1f} ms | {p99['short'] * 1e3:.1f} ms "
        f"| **{p99['ours'] / p99['same']:.1f}** | {p99['more'] / p99['same']:.1f} "
        f"| {p99['ours'] / p99['short']:.1f}"
    )


def shelve(folder: Path) -> None:
    """Put the trial of the benchmarks into a folder of trials."""
    trial = folder / MADE_UP
    trial.mkdir()
    shutil.copy(HERE / "trial.yaml", trial / "1.yaml")
    shutil.copy(HERE / "vocabulary.yaml", folder)


def _body(name: str) -> tuple[bytes, int]:
    """The first example patient of a trial, and how many criteria he is held against."""
    from screener.catalog import read, read_file

    if name == MADE_UP:
        trial = load_trial(HERE / "trial.yaml")
        vocabulary, protocol = trial.newest.vocabulary, trial.newest.protocol
        (one,) = flat_patients(vocabulary, 1, 0.05, SEED)
        given = json.loads(profile(vocabulary, one, 0))
        asked = {"trial": name, "as_of": AS_OF, "profile": given}
        return json.dumps(asked).encode(), len(protocol.criteria)
    place = find(name, [ROOT / "criteria"])[-1]
    assert place.cases is not None, f"{name} has example patients"
    file = read_file(place.cases)
    case = read_cases(file.content, file.name)[0]
    body = {"trial": name, "as_of": case.as_of, "profile": case.profile}
    return json.dumps(body).encode(), len(read(place).protocol.criteria)


def _answered(port: int, body: bytes) -> dict[str, Any]:
    """What the server makes of a body."""
    headers = {"Content-Type": "application/json"}
    asked = Request(f"http://127.0.0.1:{port}{_PATH}", body, headers)
    with urlopen(asked, timeout=30) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


def _serve_ours(port: int, workers: int) -> None:
    from screener.web.server import helped, open_socket, serve
    from screener.web.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        shelve(Path(folder))
        settings = Settings(criteria=(ROOT / "criteria", Path(folder)))
        first = open_socket("127.0.0.1", port, shared=workers > 1)
        with helped(settings, first, workers) as listening:
            serve(settings, listening)


def _serve_bare(port: int, answers: Mapping[str, dict[str, Any]]) -> None:
    """What FastAPI does at least: the body checked to be an object, and an answer that is ready.

    `answers`: by the name of the trial; three words where there is none.
    """
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Asked(BaseModel):
        trial: str
        as_of: str
        profile: dict[str, Any]

    # The name has to be found when the annotation is read.
    globals()["Asked"] = Asked
    app = FastAPI()

    async def screen(asked: Asked) -> dict[str, Any]:
        short = {"trial": asked.trial, "as_of": asked.as_of, "verdict": "undetermined"}
        return answers.get(asked.trial, short)

    answer: Callable[[Asked], Awaitable[dict[str, Any]]] = screen
    app.post(_PATH)(answer)
    uvicorn.run(app, port=port, log_level="critical", access_log=False, http="h11")


@contextmanager
def _started(serve: Callable[..., None], given: object) -> Iterator[int]:
    """A server in a process of its own; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    server = multiprocessing.Process(target=serve, args=(port, given))
    server.start()
    try:
        _await(port)
        yield port
    finally:
        server.terminate()
        server.join(20)


def _await(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("a server does not start")


if __name__ == "__main__":
    main()
