"""The server as a process: settings, rules read anew while it answers, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from screener.web.configuration import Refused, configured, variables
from screener.web.server import open_socket
from screener.web.settings import Limits
from tests.cli.support import CRITERIA, patient
from tests.web.support import ROOT, request

DAY = "2026-11-24"
BODY = json.dumps({"trial": "XMPL-001", "as_of": DAY, "profile": patient("A", 120)}).encode()


@contextmanager
def started(*words: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`screener serve` in a process of its own, and its port."""
    call = [sys.executable, "-m", "screener", "serve", "--port", "0", *words]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCREENER_")}
    server = subprocess.Popen(
        call, env=kept | variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    said = server.stdout.readline()
    try:
        yield server, int(re.findall(r":([0-9]+)/", said)[0])
    finally:
        server.kill()
        server.communicate()


@pytest.fixture
def criteria(tmp_path: Path) -> Path:
    """A folder of trials of its own."""
    shutil.copytree(CRITERIA, tmp_path / "criteria")
    return tmp_path / "criteria"


def screened(port: int) -> bytes:
    """The answer for the patient; a process that has not begun to answer may be waited for."""
    return request(port, "/api/v1/screen", BODY, media="application/json", wait=60)[2]


def until(what: str, lines: list[str], times: int = 1, most: float = 30) -> None:
    """Wait for an event of the server's log, so many times."""
    end = time.monotonic() + most
    while sum(f'"event": "{what}"' in line for line in lines) < times:
        assert time.monotonic() < end, f"no {what} in {lines[-20:]}"
        time.sleep(0.02)


def enough(answers: list[bytes], count: int, most: float = 30) -> None:
    """Wait for so many answers."""
    end = time.monotonic() + most
    while len(answers) < count:
        assert time.monotonic() < end, "no answers"
        time.sleep(0.02)


def followed(server: subprocess.Popen[str]) -> list[str]:
    """What the server writes down, as it comes."""
    lines: list[str] = []
    assert server.stderr is not None
    stream = server.stderr
    threading.Thread(target=lambda: lines.extend(stream), daemon=True).start()
    return lines


@pytest.mark.parametrize("workers", ["1", "2"])
def test_under_load_each_answer_is_of_the_old_or_of_the_new_rules(
    criteria: Path, workers: str
) -> None:
    """Platelets of 120 are too few for 150, and enough for 100."""
    rules = criteria / "XMPL-001" / "2.0.yaml"
    old = rules.read_bytes()
    new = old.replace(b"150", b"100")
    assert new != old
    given = ("--criteria", str(criteria), "--log-requests", "--workers", workers)
    answers: list[bytes] = []
    with started(*given) as (server, port):
        lines = followed(server)
        ended = threading.Event()

        def ask() -> None:
            while not ended.is_set():
                answers.append(screened(port))

        askers = [threading.Thread(target=ask) for _ in range(3)]
        before = {screened(port)}
        for one in askers:
            one.start()
        # A half-written file is never read: the new one takes the old one's place in one step.
        beside = rules.with_suffix(".new")
        beside.write_bytes(new)
        beside.replace(rules)
        enough(answers, 20)
        server.send_signal(signal.SIGHUP)
        until("reloaded", lines, int(workers))
        enough(answers, len(answers) + 20)
        ended.set()
        for one in askers:
            one.join()
        after = {screened(port)}
    assert [json.loads(one)["verdict"] for one in (*before, *after)] == ["ineligible", "eligible"]
    assert len(before) == len(after) == 1
    assert set(answers) <= before | after
    assert {*before, *after} <= set(answers)


def test_rules_with_faults_replace_nothing_and_the_faults_are_told(criteria: Path) -> None:
    rules = criteria / "XMPL-001" / "2.0.yaml"
    with started("--criteria", str(criteria), "--log-requests") as (server, port):
        lines = followed(server)
        before = screened(port)
        rules.write_bytes(rules.read_bytes().replace(b"fact: platelets", b"fact: plateles"))
        server.send_signal(signal.SIGHUP)
        until("reload_refused", lines)
        assert screened(port) == before
        assert b'screener_reloads_total{outcome="refused"} 1.0' in request(port, "/metrics")[2]
        time.sleep(0.1)
        assert any("did you mean `platelets`" in line for line in lines)


def test_told_to_end_it_answers_what_has_begun_and_takes_nothing_new(criteria: Path) -> None:
    log = criteria / "log.db"
    given = ("--criteria", str(criteria), "--log-requests", "--log", str(log))
    with started(*given) as (server, port):
        lines = followed(server)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
            where = f"/api/v1/screen-many?trial=XMPL-001&as_of={DAY}"
            head = f"POST {where} HTTP/1.1\r\nHost: localhost\r\n"
            head += "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
            line = json.dumps(patient("A")).encode() + b"\n"
            wire.sendall(head.encode() + b"%x\r\n%s\r\n" % (len(line), line))
            seen = b""
            while b'"patient": "A"' not in seen:
                seen += wire.recv(65536)
            server.send_signal(signal.SIGTERM)
            until("stopping", lines)
            time.sleep(0.3)
            with pytest.raises(OSError, match="refused"):
                socket.create_connection(("127.0.0.1", port), timeout=5)
            wire.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(line), line))
            while not seen.endswith(b"0\r\n\r\n"):
                part = wire.recv(65536)
                assert part, "the answer is cut off"
                seen += part
        assert seen.count(b'"patient": "A"') == 2
        assert server.wait(20) == 0


# --- settings -------------------------------------------------------------------------------------


def test_the_environment_sets_what_the_command_line_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCREENER_PORT", "8443")
    monkeypatch.setenv("SCREENER_NAMES", "a.example, b.example")
    monkeypatch.setenv("SCREENER_CRITERIA", f"/srv/a{os.pathsep}/srv/b")
    monkeypatch.setenv("SCREENER_LIMITS__JSON_BODY", "2048")
    given = configured({"host": "::1"})
    assert (given.host, given.port) == ("::1", 8443)
    assert given.criteria == (Path("/srv/a"), Path("/srv/b"))
    assert given.settled().names[-2:] == ("a.example", "b.example")
    assert given.limits == Limits(json_body=2048)
    assert configured({"port": 1}).port == 1


def test_a_setting_that_cannot_be_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCREENER_PORT", "secret")
    monkeypatch.setenv("SCREENER_LIMITS__HEADERS", "many")
    with pytest.raises(Refused) as caught:
        configured({})
    said = str(caught.value)
    assert "`SCREENER_PORT`" in said
    assert "`SCREENER_LIMITS__HEADERS`" in said
    assert "secret" not in said


def test_a_slip_of_the_pen_is_not_silently_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCREENER_ACOUNTS", "users.db")
    with pytest.raises(Refused, match="did you mean `SCREENER_ACCOUNTS`"):
        configured({})


def test_every_setting_is_documented_with_its_default_and_its_meaning() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(SCREENER_\w+)` \| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    assert listed == [
        (name, f"`{default}`" if default else "", meaning) for name, default, meaning in variables()
    ]


def test_the_body_of_an_answer_does_not_wait_until_its_headers_are_confirmed() -> None:
    with (
        open_socket("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
