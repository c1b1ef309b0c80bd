"""One screening by HTTP at 50 users, against a bare FastAPI handler: `python -m benchmarks.http`.

Both servers stand in processes of their own and get the same body over the same kind of
connections; rounds alternate, so that whatever else the machine does falls on both. Never a gate:
it prints what it finds, and with `--record` writes it to docs/evidence/http.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import shutil
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.evidence import publish
from benchmarks.patients import AS_OF, flat_patients, profile
from screener.catalog import find
from screener.rules.load import read_cases
from screener.trial import load_trial

HERE = Path(__file__).parent
ROOT = HERE.parent
SEED = 13
USERS = 50
#: So long, in seconds, a round is under way before it counts: a server that has had nothing to do
#: while the other was asked finds its memory anew.
_WARMING = 1.0
#: The trial of the other benchmarks, and three that are shipped.
MADE_UP = "FLAT-27"
TRIALS = (MADE_UP, "KUBO-2001", "NCT00234182", "NCT01681446@2018-05-30")


def main() -> None:
    """Measure every trial and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.http", description=__doc__)
    parser.add_argument("--seconds", type=float, default=12, help="of every round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1, help="processes of ours; bare has one")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/http.md")
    given = parser.parse_args()
    lines = measured(given.seconds, given.rounds, given.workers)
    publish("http.md", "One screening by HTTP at fifty users", lines, record=given.record)


def measured(seconds: float, rounds: int, workers: int = 1) -> Iterator[str]:
    """The table of all trials.

    The ratio of the 99th percentiles is to be at most 3, and 35 % as many requests are to be
    answered, for some thirty criteria (FLAT-27).
    """
    yield (
        "| screening by HTTP, 50 users | criteria | req/s | of those of bare "
        "| p50 | p99 | p99 of bare | ratio |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    ours, bare = _port(), _port()
    servers = [
        multiprocessing.Process(target=_serve_ours, args=(ours, workers)),
        multiprocessing.Process(target=_serve_bare, args=(bare,), daemon=True),
    ]
    for server in servers:
        server.start()
    try:
        for port in (ours, bare):
            _await(port)
        for name in TRIALS:
            yield _trial(name, ours, bare, seconds, rounds)
    finally:
        for server in servers:
            server.terminate()
            server.join(20)


def _trial(name: str, ours: int, bare: int, seconds: float, rounds: int) -> str:
    body, criteria = _body(name)
    timings: dict[int, list[list[float]]] = {ours: [], bare: []}
    for _ in range(rounds):
        for port, taken in timings.items():
            taken.append(sorted(asyncio.run(_load(port, body, seconds))))
    # The median round of each: one disturbed by others says nothing of the servers.
    p99 = {port: median(_at(one, 0.99) for one in taken) for port, taken in timings.items()}
    p50 = median(_at(one, 0.5) for one in timings[ours])
    rate = {port: median(map(len, taken)) / seconds for port, taken in timings.items()}
    return (
        f"| {name} | {criteria} | {rate[ours]:.0f} | {rate[ours] / rate[bare]:.0%} "
        f"| {p50 * 1e3:.1f} ms | {p99[ours] * 1e3:.1f} ms "
        f"| {p99[bare] * 1e3:.1f} ms | {p99[ours] / p99[bare]:.1f} |"
    )


def _at(timings: list[float], share: float) -> float:
    return timings[min(len(timings) - 1, int(len(timings) * share))]


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


async def _load(port: int, body: bytes, seconds: float) -> list[float]:
    """The seconds that every request took, of 50 users who ask again at once."""
    start = time.perf_counter() + _WARMING
    head = (
        f"POST /api/v1/screen HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    users = [_user(port, head.encode() + body, start, start + seconds) for _ in range(USERS)]
    return [one for taken in await asyncio.gather(*users) for one in taken]


async def _user(port: int, request: bytes, start: float, until: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    taken = []
    while (started := time.perf_counter()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), "every request is answered"
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        if started >= start:
            taken.append(time.perf_counter() - started)
    writer.close()
    return taken


def _serve_ours(port: int, workers: int) -> None:
    from screener.web.server import helped, open_socket, serve
    from screener.web.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        shelve(Path(folder))
        settings = Settings(criteria=(ROOT / "criteria", Path(folder)))
        first = open_socket("127.0.0.1", port, shared=workers > 1)
        with helped(settings, first, workers) as listening:
            serve(settings, listening)


def _serve_bare(port: int) -> None:
    """What FastAPI does at least: the same body, checked to be an object, and given back."""
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
        return {"trial": asked.trial, "as_of": asked.as_of, "verdict": "undetermined"}

    answer: Callable[[Asked], Awaitable[dict[str, Any]]] = screen
    app.post("/api/v1/screen")(answer)
    uvicorn.run(app, port=port, log_level="critical", access_log=False, http="h11")


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


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
