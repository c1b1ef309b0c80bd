"""What a new installation has to be able to do; run by its own Python, away from the checkout."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
from typing import Any

import screener

PROFILE = {"patient": "A", "facts": {"birth_date": "1930-01-01"}}
ASKED = {"trial": "NCT01681446", "as_of": "2026-11-24", "profile": PROFILE}


def ask(port: int, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    """One request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = None if body is None else json.dumps(body)
    headers = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, path, sent, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def main() -> None:
    """Screen, serve, record, prove, end."""
    # 96 years old, and the trial takes nobody after the 76th birthday (P-I2).
    expected: dict[str, Any] = screener.load_trial("NCT01681446").screen(**as_call()).to_json()
    assert expected["verdict"] == "ineligible"
    command = [sys.executable, "-m", "screener"]
    proved = subprocess.run(
        [*command, "prove", "NCT01681446", "--as-of", "2026-11-24", "--json"], capture_output=True
    )
    assert json.loads(proved.stdout)["can_be_eligible"] is True, proved.stderr
    call = [*command, "serve", "--port", "0", "--log", "log.db"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        (port,) = map(int, re.findall(r":([0-9]+)/", server.stdout.readline()))
        status, answer = ask(port, "POST", "/api/v1/screen", ASKED)
        assert (status, json.loads(answer)) == (200, expected)
        assert ask(port, "POST", "/api/v1/records", {**ASKED, "by": "ada"})[0] == 201
        assert ask(port, "POST", "/api/v1/screen", {**ASKED, "profile": 7})[0] == 422
        for path in ("/", "/t/NCT01681446/log", "/docs", "/openapi.json", "/metrics", "/readyz"):
            assert ask(port, "GET", path)[0] == 200, path
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    print(json.dumps("everything answered"))


def as_call() -> dict[str, Any]:
    """The arguments of `Trial.screen`."""
    return {"profile": PROFILE, "as_of": "2026-11-24"}


if __name__ == "__main__":
    main()
