"""A value that was planted is found on its own page and nowhere else."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.web.support import request, running, settings

CANARY = "Qxz7Marker"
HEXED = f"{CANARY}\\u0051"
#: A profile with the marker in one place, and what makes it wrong there.
PLANTED = {
    "patient": {"patient": {"x": CANARY}},
    "patient's name": {"patient": CANARY + "\x07"},
    "as_of": {"as_of": CANARY},
    "word": {CANARY: 1},
    "fact": {"facts": {CANARY: 1}},
    "value of a number": {"facts": {"inr": CANARY}},
    "value of a code": {"facts": {"sex": CANARY}},
    "value of a day": {"facts": {"birth_date": CANARY}},
    "day with a time": {"facts": {"birth_date": f"2026-11-24T{CANARY}"}},
    "value of a yes": {"facts": {"informed_consent": CANARY}},
    "unit": {"facts": {"platelets": {"value": 1, "unit": CANARY}}},
    "date": {"facts": {"platelets": {"value": 1, "unit": "10*9/L", "date": CANARY}}},
    "absent": {"facts": {"platelets": {"absent": CANARY}}},
    "word of a record": {"facts": {"platelets": {"value": 1, CANARY: 2}}},
    "source": {"facts": {"platelets": {"value": "x", "unit": "10*9/L", "source": CANARY}}},
    "status": {"facts": {"platelets": {"value": 1, "unit": "10*9/L", "status": CANARY}}},
    "visit": {"visits": [{"date": CANARY, "facts": {}}]},
    "visit's word": {"visits": [{"date": "2026-11-24", CANARY: 1}]},
    "complete": {"complete": {CANARY: {"source": "x", "to": "2026-11-24"}}},
    "attribute": {"facts": {"antibiotic": [{"route": CANARY}]}},
    "range": {"facts": {"alt": {"value": 1, "unit": "U/L", "reference_range": {"high": CANARY}}}},
    "long value": {"facts": {"inr": CANARY * 40}},
}


@pytest.fixture(scope="module")
def logged() -> Iterator[tuple[int, list[str]]]:
    """A server that logs every request, and its log."""
    lines: list[str] = []
    with running(settings(tell=lines.append)) as port:
        yield port, lines


def everywhere(headers: dict[str, str]) -> str:
    return json.dumps(headers).casefold()


@pytest.mark.parametrize("where", PLANTED, ids=str)
def test_no_error_repeats_what_was_sent(logged: tuple[int, list[str]], where: str) -> None:
    port, lines = logged
    body = json.dumps({"trial": "NCT01681446", "profile": PLANTED[where]}).encode()
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        status, headers, answer = request(port, "/api/v1/screen", body, media="application/json")
    assert status == 422
    for text in (answer.decode(), everywhere(headers), errors.getvalue(), *lines):
        assert CANARY.casefold() not in text.casefold()


@pytest.mark.parametrize(
    "body",
    [
        {"trial": CANARY, "profile": {}},
        {"trial": "NCT01681446", "as_of": CANARY, "profile": {}},
        {CANARY: 1},
        {"trial": "NCT01681446", "profile": CANARY},
    ],
)
def test_nor_an_error_of_the_body_itself(logged: tuple[int, list[str]], body: object) -> None:
    sent = json.dumps(body).encode()
    _, headers, answer = request(logged[0], "/api/v1/screen", sent, media="application/json")
    assert CANARY not in answer.decode() + everywhere(headers)


def test_broken_json_is_not_repeated(logged: tuple[int, list[str]]) -> None:
    for sent in (f'{{"a": {CANARY}}}', f'{{"{CANARY}"', f'["{CANARY}", NaN, 1e{CANARY}]'):
        _, _, answer = request(logged[0], "/api/v1/screen", sent.encode(), media="application/json")
        assert CANARY not in answer.decode()


def test_a_planted_id_and_value_stay_on_their_page(logged: tuple[int, list[str]]) -> None:
    port, lines = logged
    fields = {"patient": f"S-1-{CANARY}", "platelets.0.value": f"1{CANARY}", "sex.0.value": "male"}
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        for page in ("screen", "check", "answers.json", "result.json"):
            path = f"/t/NCT01681446/{page}"
            _, headers, body = request(port, path, urlencode(fields).encode())
            assert CANARY.casefold() not in everywhere(headers)
            title = body.decode().partition("<title>")[2].partition("</title>")[0]
            assert CANARY not in title
        _, headers, body = request(port, "/match", urlencode(fields).encode())
        assert CANARY in body.decode()
        assert CANARY.casefold() not in everywhere(headers)
    assert CANARY not in errors.getvalue()
    assert lines
    assert not any(CANARY in line for line in lines)


def test_the_log_says_page_method_status_and_time_and_nothing_else(
    logged: tuple[int, list[str]],
) -> None:
    port, lines = logged
    lines.clear()
    request(port, f"/t/{CANARY}/screen?patient={CANARY}", method="GET")
    request(port, f"/{CANARY}", headers={"User-Agent": CANARY})
    assert [sorted(json.loads(line)) for line in lines] == [
        ["at", "event", "method", "ms", "page", "process", "request", "status"]
    ] * 2
    assert CANARY not in "".join(lines)


def test_no_page_has_an_address_outside_or_a_value_in_an_address(port: int) -> None:
    fields = {"patient": f"S-1-{CANARY}", "sex.0.value": "male"}
    for path in ("/t/NCT01681446/screen", "/t/NCT01681446/check", "/match"):
        page = request(port, path, urlencode(fields).encode())[2].decode()
        addresses = [
            part.partition('"')[0]
            for attribute in ('href="', 'src="', 'action="', 'formaction="')
            for part in page.split(attribute)[1:]
        ]
        assert addresses
        assert all(one.startswith(("/", "#")) and not one.startswith("//") for one in addresses)
        assert not any(CANARY in one for one in addresses)


def test_an_error_of_ours_shows_a_number_and_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("screener.web.pages.screening.judge", fails)
    with running() as port:
        path = "/t/NCT01681446/screen"
        status, headers, body = request(port, path, f"patient={CANARY}-1".encode())
    assert status == 500
    assert headers["x-request-id"] in body.decode()
    assert CANARY not in body.decode() + capsys.readouterr().err
