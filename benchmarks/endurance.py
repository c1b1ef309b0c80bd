"""Whether the server stays as it is: hours of mixed load, and what its memory does meanwhile.

Clients ask everything there is to ask (one patient, lists, matches, pages, records, nonsense), the
rules are read anew once a minute, and every ten seconds the process is looked at from outside.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from screener.catalog import find, read_file
from screener.rules.load import read_cases

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = ROOT / "docs" / "evidence" / "endurance.md"
TRIAL = "NCT01681446"
#: Every this many seconds the process is looked at.
STEP = 10.0
#: Memory is flat if the last quarter is not above the second by more than this part of it.
ALLOWED = 0.03
_JSON, _LINES = "application/json", "application/x-ndjson"


class Look(NamedTuple):
    """The process at a moment (seconds since the start); memory in KiB."""

    at: float
    memory: int
    files: int
    threads: int
    requests: int


class Client(threading.Thread):
    """Asks one thing after the other; notes how long each took, and everything unexpected."""

    def __init__(self, port: int, seed: int, pause: float, until: float) -> None:
        super().__init__(daemon=True)
        self._port, self._pause, self._until = port, pause, until
        self._chance = random.Random(seed)
        self._profiles = list(_profiles())
        self.taken: list[float] = []
        self.done = Counter[str]()
        self.wrong: list[str] = []

    def run(self) -> None:
        """Ask until the time is over."""
        connection = self._connection()
        while time.monotonic() < self._until:
            name, method, path, media, body, expected = self._next()
            begun = time.perf_counter()
            try:
                connection.request(method, path, body, {"Content-Type": media} if body else {})
                answer = connection.getresponse()
                answer.read()
                if answer.status != expected:
                    self.wrong.append(f"{name}: {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(f"{name}: {type(error).__name__}")
                connection.close()
                connection = self._connection()
            self.taken.append(time.perf_counter() - begun)
            self.done[name] += 1
            time.sleep(self._pause)

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)

    def _next(self) -> tuple[str, str, str, str, bytes, int]:
        profile = self._chance.choice(self._profiles)
        asked = {"trial": TRIAL, "as_of": "2026-11-24", "profile": profile}
        match self._chance.randrange(20):
            case 0:
                some = self._chance.choices(self._profiles, k=50)
                lines = "".join(json.dumps(one) + "\n" for one in some)
                where = f"/api/v1/screen-many?trial={TRIAL}&as_of=2026-11-24"
                return "a list", "POST", where, _LINES, lines.encode(), 200
            case 1:
                body = json.dumps({"as_of": "2026-11-24", "profile": profile}).encode()
                return "match", "POST", "/api/v1/match", _JSON, body, 200
            case 2:
                return "explain", "POST", "/api/v1/explain", _JSON, json.dumps(asked).encode(), 200
            case 3:
                body = json.dumps({**asked, "by": "endurance"}).encode()
                return "record", "POST", "/api/v1/records", _JSON, body, 201
            case 4:
                number = self._chance.randint(1, 3)
                return "page", "GET", f"/t/{TRIAL}/examples/{number}", "", b"", 200
            case 5:
                return "log", "GET", f"/t/{TRIAL}/log", "", b"", 200
            case 6:
                cut = json.dumps(asked).encode()[: self._chance.randint(1, 60)]
                return "nonsense", "POST", "/api/v1/screen", _JSON, cut, 422
            case 7:
                page = self._chance.choice(("/metrics", "/openapi.json", "/docs", "/readyz"))
                return "about", "GET", page, "", b"", 200
            case _:
                return "one", "POST", "/api/v1/screen", _JSON, json.dumps(asked).encode(), 200


def _profiles() -> Iterator[dict[str, Any]]:
    (place, *_) = find(f"{TRIAL}@2018-05-30", [ROOT / "criteria"])
    assert place.cases is not None
    file = read_file(place.cases)
    for number, case in enumerate(read_cases(file.content, file.name)):
        if case.as_of == "2026-11-24":
            yield json.loads(json.dumps({**case.profile, "patient": f"S-{number}"}, default=str))


def look(pid: int, begun: float, requests: int) -> Look:
    """The process from outside."""
    status = Path(f"/proc/{pid}/status").read_text()
    said = dict(line.split(":", 1) for line in status.splitlines())
    memory, threads = int(said["VmRSS"].split()[0]), int(said["Threads"])
    files = len(os.listdir(f"/proc/{pid}/fd"))
    return Look(time.monotonic() - begun, memory, files, threads, requests)


def main() -> int:
    """Run, and say whether memory stayed flat."""
    parser = argparse.ArgumentParser(prog="benchmarks.endurance", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.02, help="between requests, in seconds")
    parser.add_argument("--record", action="store_true", help=f"write {EVIDENCE.name}")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = list(_report(asked, folder))
    print("\n".join(report))
    if asked.record:
        EVIDENCE.write_text("\n".join(report) + "\n", encoding="utf-8")
    return 0 if any(line.startswith("Memory stayed flat") for line in report) else 1


def _report(asked: argparse.Namespace, folder: str) -> Iterator[str]:
    log = str(Path(folder) / "log.db")
    command = [sys.executable, "-m", "screener", "serve", "--port", "0", "--log", log]
    command += ["--criteria", str(ROOT / "criteria")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().rsplit(":", 1)[1].split("/")[0])
        begun = time.monotonic()
        until = begun + asked.minutes * 60
        clients = [Client(port, seed, asked.pause, until) for seed in range(asked.clients)]
        for one in clients:
            one.start()
        looks, reloads = [], 0
        while time.monotonic() < until:
            time.sleep(min(STEP, max(0.0, until - time.monotonic())))
            looks.append(look(server.pid, begun, sum(len(one.taken) for one in clients)))
            if len(looks) % round(60 / STEP) == 0:
                os.kill(server.pid, signal.SIGHUP)
                reloads += 1
                newest = looks[-1]
                told = f"{newest.at / 60:.0f} min: {newest.memory // 1024} MiB, {newest.requests}"
                print(told, file=sys.stderr, flush=True)
        for one in clients:
            one.join(60)
        server.send_signal(signal.SIGTERM)
        ended = server.wait(30)
    yield from _told(asked, clients, looks, reloads, ended)


def _told(
    asked: argparse.Namespace, clients: list[Client], looks: list[Look], reloads: int, ended: int
) -> Iterator[str]:
    taken = [1000 * one for client in clients for one in client.taken]
    done = sum((client.done for client in clients), Counter[str]())
    wrong = [one for client in clients for one in client.wrong]
    quarter = max(1, len(looks) // 4)
    second = median(one.memory for one in looks[quarter : 2 * quarter])
    last = median(one.memory for one in looks[3 * quarter :])
    growth = last / second - 1
    yield "# An hour and more of load" if asked.minutes >= 60 else "# A while of load"
    yield ""
    yield "Written by `python -m benchmarks.endurance --record`: what is asked stands there."
    yield ""
    yield (
        f"{os.cpu_count()} processors (shared with other work), {platform.machine()}, Python "
        f"{platform.python_version()}, {asked.minutes:g} minutes, {asked.clients} clients that "
        f"pause {1000 * asked.pause:g} ms between requests; {datetime.now(UTC):%Y-%m-%d}."
    )
    yield ""
    kinds = ", ".join(f"{count} {name}" for name, count in sorted(done.items()))
    yield f"{len(taken)} requests ({kinds}), {reloads} reloads of the rules."
    p99 = quantiles(taken, n=100)[98]
    yield f"Median {median(taken):.1f} ms, p99 {p99:.1f} ms, longest {max(taken):.0f} ms."
    yield f"Unexpected answers: {len(wrong)}. {'; '.join(sorted(set(wrong))[:5])}".rstrip()
    yield f"Told to end, the server ended with {ended}."
    yield ""
    yield "| minute | memory, MiB | open files | threads | requests so far |"
    yield "| --- | --- | --- | --- | --- |"
    step = max(1, len(looks) // 12)
    for one in looks[step - 1 :: step]:
        yield f"| {one.at / 60:.1f} | {one.memory / 1024:.1f} | {one.files} | {one.threads} | " + (
            f"{one.requests} |"
        )
    yield ""
    yield (
        f"Median memory of the second quarter {second / 1024:.1f} MiB, of the last "
        f"{last / 1024:.1f} MiB: {growth:+.1%}."
    )
    flat = growth <= ALLOWED and not wrong and ended == 0
    yield f"Memory stayed flat: at most {ALLOWED:.0%} more, and every request was answered." * flat


if __name__ == "__main__":
    sys.exit(main())
