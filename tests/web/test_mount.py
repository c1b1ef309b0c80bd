"""The form and the door for programs inside another application, under a prefix of its own."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode, urljoin

import pytest
import uvicorn
from fastapi import FastAPI

from screener import create_app
from screener.web.accounts import Accounts
from screener.web.server import open_socket
from tests.cli.support import CRITERIA
from tests.web.support import request, settings

PREFIX = "/trials/screening"
PASSWORD = "correct horse battery"


def serving(app: FastAPI) -> Iterator[int]:
    """Another application that answers, as its owner would run it."""
    listening = open_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield int(listening.getsockname()[1])
    server.should_exit = True
    thread.join(20)
    listening.close()


@pytest.fixture(scope="module")
def outer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The form with a log under one prefix, the door alone under another, and a page of its own."""
    folder = tmp_path_factory.mktemp("mount")
    small = settings(criteria=(CRITERIA,))
    app = FastAPI()

    @app.get("/own")
    def own() -> dict[str, str]:
        return {"own": "page"}

    app.mount(PREFIX, create_app(settings(screening_log=str(folder / "log.db"))))
    app.mount("/door", create_app(small.model_copy(update={"form": False, "names": ("*",)})))
    app.mount("/form", create_app(small.model_copy(update={"api": False})))
    Accounts(folder / "users.db", make=True).add("ada", PASSWORD)
    app.mount("/in", create_app(small.model_copy(update={"accounts": folder / "users.db"})))
    yield from serving(app)


def links(page: bytes) -> set[str]:
    """Every address within the server that a page names."""
    found = re.findall(r'(?:href|src|action|formaction)="([^"#]+)', page.decode())
    return {unescape(one) for one in found}


def test_every_link_of_every_page_stays_under_the_prefix_and_leads_somewhere(outer: int) -> None:
    seen: set[str] = set()
    waiting = [f"{PREFIX}/"]
    while waiting and len(seen) < 70:
        path = waiting.pop()
        seen.add(path)
        status, headers, body = request(outer, path)
        if status == 405:  # An address that forms are sent to.
            continue
        assert status == 200, path
        if "text/html" not in headers["content-type"]:
            continue
        assert "script-src 'self'" in headers["content-security-policy"]
        for link in links(body):
            assert link.startswith((f"{PREFIX}/", "?")), f"{link} on {path}"
            target = urljoin(path, link)
            if target not in seen and "/examples/" not in target.replace("/examples/1", ""):
                waiting.append(target)
    kinds = ("/screen", "/log", "/flow", "/upload", "/match", "/about", ".css", ".js", ".svg")
    for kind in kinds:
        assert any(kind in one for one in seen), kind


def test_a_form_is_sent_checked_and_recorded_under_the_prefix(outer: int) -> None:
    example = request(outer, f"{PREFIX}/t/NCT00234182/examples/1")[2].decode()
    fields = [
        (unescape(name), unescape(value))
        for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', example)
    ]
    (token,) = {value for name, value in fields if name == "token"}
    sent = [("token", token), ("patient", "S-1"), ("as_of", "2026-11-24")]
    checked = f"{PREFIX}/t/NCT00234182/check"
    status, _, page = request(outer, checked, urlencode(sent).encode())
    assert status == 200
    record = re.findall(r'name="record" value="([0-9a-f]{32})"', page.decode())
    body = urlencode([*sent, ("record", record[0]), ("recorded_by", "ada")]).encode()
    status, headers, _ = request(outer, f"{PREFIX}/t/NCT00234182/record", body)
    assert status == 303
    assert headers["location"].startswith(f"{PREFIX}/t/NCT00234182/records/")
    assert request(outer, headers["location"])[0] == 200
    # Without the token, or from another site, nothing is recorded.
    assert request(outer, f"{PREFIX}/t/NCT00234182/record", urlencode(sent[1:]).encode())[0] == 403
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert request(outer, checked, body, headers=elsewhere)[0] == 403


def test_signing_in_leads_to_the_pages_under_the_prefix(outer: int) -> None:
    status, headers, _ = request(outer, "/in/")
    assert (status, headers["location"]) == (303, "/in/signin")
    page = request(outer, "/in/signin")[2].decode()
    (token,) = re.findall('name="token" value="([0-9a-f]+)"', page)
    body = urlencode({"token": token, "name": "ada", "password": PASSWORD}).encode()
    status, headers, _ = request(outer, "/in/signin", body)
    assert (status, headers["location"]) == (303, "/in/")
    cookie = headers["set-cookie"].partition(";")[0]
    assert request(outer, "/in/", headers={"Cookie": cookie})[0] == 200


def test_the_door_is_there_without_the_form_and_the_form_without_the_door(outer: int) -> None:
    assert request(outer, "/door/api/v1/trials")[0] == 200
    assert request(outer, "/door/")[0] == 404
    assert request(outer, "/form/")[0] == 200
    status, headers, _ = request(outer, "/form/api/v1/trials")
    assert (status, headers["content-type"][:24]) == (404, "application/problem+json")
    document = request(outer, "/door/openapi.json")[2]
    assert b'"servers": [{"url": "/door"}]' in document


def test_the_application_around_it_goes_on_as_before(outer: int) -> None:
    status, headers, body = request(outer, "/own")
    assert (status, body) == (200, b'{"own":"page"}')
    assert "content-security-policy" not in headers


def test_another_host_is_refused_unless_any_is_allowed(outer: int) -> None:
    named = {"Host": "elsewhere.example"}
    assert request(outer, f"{PREFIX}/", headers=named)[0] in (400, 421)
