"""Broken requests without end: seeds of every kind of nonsense, changed at random, sent raw.

Every one must be answered, or its connection closed, without an error of the server: no 5xx. The
same seed makes the same requests; a campaign goes through many seeds.
"""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator

from tests.campaign.parts import Outcome
from tests.web.support import running

#: Requests of a campaign, and of one unit of it.
COUNT = 2_000_000
PER_UNIT = 10_000
_API = "/api/v1/screen"
#: Longer than any time limit of the server, in seconds.
_PATIENCE = 60
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"

_BODIES = [
    b'{"trial":"NCT01681446","profile":{"facts":{"platelets":{"value":NaN}}}}',
    b'{"trial":"NCT01681446","profile":{"facts":{"platelets":{"value":1e999,"unit":"10*9/L"}}}}',
    b'{"trial":"NCT01681446","profile":{"facts":{"platelets":' + b"9" * 5000 + b"}}}",
    b'{"trial":"NCT01681446","profile":{"facts":{"inr":1e-999999999}}}',
    b'{"trial":"NCT01681446","profile":{"facts":{"sex":"\\ud800"}}}',
    b'{"trial":"NCT01681446","profile":{"facts":{"sex":"\xff\xfe"}}}',
    b'\xef\xbb\xbf{"trial":"NCT01681446","profile":{}}',
    b'{"trial":"NCT01681446","trial":"KIM-2023","profile":{}}',
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b'{"trial":"\\u0000","profile":{}}',
    b'{"trial":true,"as_of":1764000000,"profile":[]}',
    b'{"trial":"NCT01681446","as_of":"2026-02-30","profile":{"as_of":"0001-01-01"}}',
    b'{"trial":"NCT01681446","as_of":"9999-12-31","profile":{"facts":{"birth_date":"0001"}}}',
    b'{"trial":"../../etc/passwd","profile":{}}',
    b'{"trial":"NCT01681446","profile":{"visits":[{"date":null,"facts":[]},1,"x",null]}}',
    b'{"trial":"NCT01681446","profile":{"facts":{"antibiotic":{"records":[{}],"complete_to":7}}}}',
    b'{"trial":"NCT00234182","profile":{"facts":{"variceal_bleeding":[{"start":"9999"}]}}}',
    b"null",
    b'"' + b"\\" * 9_999 + b'"',
    b"",
    b"\x00" * 64,
    b"patient=S-1&as_of=2026-11-24&platelets.0.value=abc&platelets.0.unit=%ff",
    b"as_of=9999-12-31&birth_date.0.value=0001-01-01&age.0.value=-1",
    b"as_of=0001-01-01&resection.0.value=0001-01-01&leukocytes.0.date=0001",
    b"&".join(b"platelets.%d.value=%d" % (n, n) for n in range(60)),
    b"a=b&" * 5_000,
    b"sex.0.value=" + b"x" * 5_000,
    b"%=%%&%00=%00&=&&==",
    b"more=platelets&clear=sex&v=../..&day.blood_draw=2026-99-99",
    b"variceal_bleeding.0.value=true&variceal_bleeding.0.start=2026-13&variceal_bleeding.0.end=1",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\npatient\n\r\n--x',
    b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n!!!\r\n--x--\r\n',
    b"--x\r\n\r\n\r\n--x",
]
_TARGETS = [
    *[_API] * 60,
    "/",
    "/about",
    "/match",
    "/healthz",
    "/t/NCT01681446",
    "/t/NCT01681446/screen",
    "/t/NCT01681446/check",
    "/t/NCT01681446/upload",
    "/t/NCT01681446/results",
    "/t/NCT01681446/results.csv",
    "/t/NCT01681446/result.json",
    "/t/NCT01681446/answers.json",
    "/t/NCT01681446/examples/1",
    "/t/NCT01681446?v=%00",
    "/t/NCT01681446/screen?v=2012-08-23&v=x",
    "/t/..%2f..%2fetc%2fpasswd",
    "/t/%2e%2e%5c%2e%2e",
    "/t/a%00b/screen",
    "/static/x/../../pyproject.toml",
    "/static/%2e%2e/screener.css",
    "//",
    "/" + "a" * 9_000,
    "*",
    "http://elsewhere.example/",
]
_METHODS = ["GET", "POST", "POST", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "X", "get"]
_MEDIA = [_JSON, _FORM, "multipart/form-data; boundary=x", "text/plain", "", "a/b;;;=", "\x80"]
_HEADERS = [
    b"Content-Length: -1",
    b"Content-Length: 5\r\nContent-Length: 6",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: abc",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: gzip",
    b"Content-Encoding: gzip",
    b"Host: evil.example",
    b"Host:",
    b"Origin: null",
    b"Origin: https://evil.example",
    b"Sec-Fetch-Site: cross-site",
    b"Expect: 100-continue",
    b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Connection: keep-alive, close",
    b"X-Request-Id: \x1b[31m",
    b"Cookie: session=\x00; ;;==",
    b"Range: bytes=0-0,0-0,0-0",
    b"Accept: " + b"a" * 5_000,
    b"X: " + b"y" * 70_000,
    b" folded: yes",
    b"no colon here",
    b"Nul: \x00",
    b"\r\n",
]
_LINES = [b"", b"\r\n", b"GET", b"GET / HTTP/9.9", b"\x16\x03\x01\x02\x00", b"GET /\xff HTTP/1.1"]


def units(count: int, seed: str) -> Iterator[str]:
    """The seeds of a campaign of at least so many requests."""
    for number in range(-(-count // PER_UNIT)):
        yield f"{seed}-{number}"


def work(unit: str) -> Outcome:
    """Send the requests of one seed to a server of its own."""
    with running() as port:
        return attack(port, unit, PER_UNIT)


def attack(port: int, seed: str, count: int) -> Outcome:
    """Send broken requests; a problem is an answer of 500 or more, or a server that is gone."""
    chance = random.Random(seed)
    problems: list[str] = []
    for number in range(count):
        sent = _request(chance)
        try:
            answer = _exchange(port, sent)
        except TimeoutError:
            problems.append(f"{seed} {number}: no answer within {_PATIENCE} s to {sent[:120]!r}")
            continue
        status = answer[9:12]
        if answer and (not answer.startswith(b"HTTP/1.1 ") or status >= b"500"):
            problems.append(f"{seed} {number}: {status!r} for {sent[:120]!r}")
    if _exchange(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")[9:12] != b"200":
        problems.append(f"{seed}: the server does not answer any more")
    return Outcome("malformed requests", count, problems)


def _exchange(port: int, sent: bytes) -> bytes:
    """The beginning of the answer; the request ends by half-closing, so nothing waits."""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(64)
        except TimeoutError:
            raise
        except OSError:
            return b""  # The server has closed the connection already.


def _request(chance: random.Random) -> bytes:
    if chance.random() < 0.03:
        return chance.choice(_LINES) + b"\r\n\r\n"
    body = _changed(chance, chance.choice(_BODIES))
    target = chance.choice(_TARGETS)
    media = _media_for(chance, target)
    lines = [f"{chance.choice(_METHODS)} {target} HTTP/1.{chance.choice('1110')}".encode()]
    if chance.random() < 0.93:
        lines.append(b"Host: localhost")
    if media:
        lines.append(b"Content-Type: " + media.encode("latin-1"))
    if chance.random() < 0.85:
        lines.append(b"Content-Length: %d" % (len(body) + (chance.random() < 0.05)))
    if chance.random() < 0.3:
        lines.append(chance.choice(_HEADERS))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _media_for(chance: random.Random, target: str) -> str:
    """Mostly what the address takes, so that the body is looked at."""
    if chance.random() < 0.2:
        return chance.choice(_MEDIA)
    if target == _API:
        return _JSON
    return _MEDIA[2] if "upload" in target or "results" in target else _FORM


def _changed(chance: random.Random, body: bytes) -> bytes:
    """The body with some of its bytes lost, doubled, swapped or replaced."""
    if chance.random() < 0.35:
        return body
    if chance.random() < 0.2:
        return _generated(chance)
    changed = bytearray(body[:20_000])
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0:
                changed[at : at + chance.randint(1, 9)] = b""
            case 1:
                changed[at:at] = bytes([chance.randrange(256)])
            case 2:
                changed[at:at] = chance.choice((b'"', b"{", b"}", b",", b"\\u", b"-", b"1e9", b"%"))
            case 3:
                changed[at : at + 1] = changed[at : at + 1] * chance.randint(2, 40)
    return bytes(changed)


def _generated(chance: random.Random) -> bytes:
    """A profile whose facts have values of any type at all."""
    values: list[object] = [
        None,
        True,
        0,
        -1,
        1.5,
        "",
        "x",
        [],
        {},
        "2026-11-24",
        "1e400",
        "<5 mg/dL",
    ]
    facts = ("platelets", "sex", "birth_date", "age", "antibiotic", "ecog", "resection", "nonsense")
    words = ("value", "unit", "date", "absent", "start", "end", "reference_range", "drug", "status")
    said = {
        chance.choice(facts): chance.choice(
            [
                chance.choice(values),
                {chance.choice(words): chance.choice(values) for _ in range(3)},
                [chance.choice(values), {chance.choice(words): chance.choice(values)}],
            ]
        )
        for _ in range(3)
    }
    profile = {"patient": chance.choice(values), "facts": said, "visits": chance.choice(values)}
    whole = {"trial": "NCT01681446", "as_of": chance.choice(values), "profile": profile}
    return json.dumps(whole).encode()
