"""The door for programs beside `screen`: lists, tags, matches, rule files, keys, records."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import screener
from screener.catalog import Edition
from screener.cli.keys import add_key, list_keys, remove_key
from screener.interpreters.smt.solver import GoOn
from screener.web.accounts import Accounts
from screener.web.api.doors import DOORS
from screener.web.keys import Key, Scope
from screener.web.proving import Abandoned
from screener.workbench.comparing import compare
from screener.workbench.comparison import Comparison
from tests.cli.support import CRITERIA, patient
from tests.web.support import limits, request, running, settings

DAY = "2026-11-24"
JSON, NDJSON = "application/json", "application/x-ndjson"
LIST = f"/api/v1/screen-many?trial=XMPL-001&as_of={DAY}"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with the made-up trial and a log."""
    log = str(tmp_path_factory.mktemp("log") / "log.db")
    given = settings(criteria=(CRITERIA,), screening_log=log, limits=limits(json_body=2_000))
    with running(given) as port:
        yield port


def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], Any]:
    status, said, body = request(port, path, headers=headers)
    return status, said, json.loads(body) if body else None


def post(port: int, path: str, body: object, **headers: str) -> tuple[int, dict[str, str], Any]:
    sent = json.dumps(body).encode()
    status, said, answer = request(port, path, sent, media=JSON, headers=headers)
    return status, said, json.loads(answer)


# --- what is on file ---------------------------------------------------------------------------


def test_the_trials_are_listed_with_the_version_in_force(made_up: int) -> None:
    _, _, answer = get(made_up, "/api/v1/trials")
    (trial,) = answer["trials"]
    assert trial["trial"] == "XMPL-001"
    # 1.0 takes effect on 2025-01-01, 2.0 on 2026-01-01; the server's day is 2026-11-24.
    assert [(one["version"], one["status"]) for one in trial["versions"]] == [
        ("1.0", "superseded"),
        ("2.0", "in_force"),
    ]
    assert get(made_up, "/api/v1/trials/XMPL-001")[2] == trial


def test_criteria_and_facts_are_those_of_the_version_asked_for(made_up: int) -> None:
    _, _, new = get(made_up, "/api/v1/trials/XMPL-001/criteria")
    _, _, old = get(made_up, "/api/v1/trials/XMPL-001/criteria?as_of=2025-06-01")
    _, _, pinned = get(made_up, "/api/v1/trials/XMPL-001@1.0/criteria")
    assert (new["version"], old["version"]) == ("2.0", "1.0")
    assert pinned == old
    trial = screener.load_trial("XMPL-001@2.0", criteria=CRITERIA)
    expected = [(one.id, one.text) for one in trial.newest.protocol.criteria]
    assert [(one["id"], one["text"]) for one in new["criteria"]] == expected
    _, _, facts = get(made_up, "/api/v1/trials/XMPL-001/facts")
    platelets = {one["fact"]: one for one in facts["facts"]}["platelets"]
    assert platelets["unit"] == "10*9/L"
    assert platelets["needed_by"] == ["I1"]


@pytest.mark.parametrize("path", ["", "/XMPL-001", "/XMPL-001/criteria", "/XMPL-001/facts"])
def test_what_is_on_file_has_a_tag_and_is_not_sent_twice(made_up: int, path: str) -> None:
    _, first, _ = request(made_up, f"/api/v1/trials{path}")
    tag = first["etag"]
    assert first["cache-control"] == "private, no-cache"
    for said in (tag, f'"x", {tag}', f"W/{tag}"):
        status, headers, body = request(
            made_up, f"/api/v1/trials{path}", headers={"If-None-Match": said}
        )
        assert (status, headers["etag"], body) == (304, tag, b"")
    other = request(made_up, f"/api/v1/trials{path}", headers={"If-None-Match": '"x"'})
    assert other[0] == 200


def test_an_unknown_trial_or_a_day_before_all_versions_is_not_found(made_up: int) -> None:
    for path in ("NCT00000000", "XMPL-001@9", "XMPL-001/criteria?as_of=2024-12-31"):
        assert get(made_up, f"/api/v1/trials/{path}")[0] == 404
    assert get(made_up, "/api/v1/trials/XMPL-001/criteria?as_of=2026-13-01")[0] == 400


# --- many patients -----------------------------------------------------------------------------


def test_each_line_has_its_answer_in_its_place(made_up: int) -> None:
    lines = [
        json.dumps(patient("A")).encode(),
        b"",
        json.dumps(patient("B", platelets=1)).encode(),
        b'{"patient": "C", "facts": {"platelets": "much"}}',
        b"no json",
        b'{"patient": "D", "as_of": "2024-01-01"}',
        json.dumps(patient("E" * 2_000)).encode(),
        b"[1]",
        json.dumps(patient("F", platelets=None)).encode(),
    ]
    status, headers, body = request(made_up, LIST, b"\n".join(lines), media=NDJSON)
    assert status == 200
    assert headers["content-type"] == NDJSON
    answers = [json.loads(one) for one in chunks(body).splitlines()]
    found = [(one.get("line"), one["patient"], one.get("verdict")) for one in answers]
    assert found == [
        (None, "A", "eligible"),
        (None, "B", "ineligible"),
        (4, "C", None),
        (5, None, None),
        (6, "D", None),
        (7, None, None),
        (8, None, None),
        (None, "F", "undetermined"),
    ]
    assert all("much" not in json.dumps(one) for one in answers)
    assert answers[2]["error"]["pointer"] == "/facts/platelets"
    trial = screener.load_trial("XMPL-001", criteria=CRITERIA)
    assert answers[0] == trial.screen(patient("A"), as_of=DAY).to_json()


def chunks(body: bytes) -> bytes:
    """A body that came in chunks, put together; fails if the last is missing."""
    whole = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        count = int(size, 16)
        if count == 0:
            return whole
        whole, body = whole + body[:count], body[count + 2 :]


def test_the_first_answer_leaves_before_the_last_patient_has_come(made_up: int) -> None:
    with socket.create_connection(("127.0.0.1", made_up), timeout=10) as wire:
        head = f"POST {LIST} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {NDJSON}\r\n"
        wire.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        for name in ("A", "B"):
            line = json.dumps(patient(name)).encode() + b"\n"
            wire.sendall(b"%x\r\n%s\r\n" % (len(line), line))
            seen = b""
            while f'"patient": "{name}"'.encode() not in seen:
                seen += wire.recv(65536)
        wire.sendall(b"0\r\n\r\n")
        while not seen.endswith(b"0\r\n\r\n"):
            seen += wire.recv(65536)


def test_a_stream_that_stops_ends_without_its_last_chunk() -> None:
    given = settings(criteria=(CRITERIA,), limits=limits(body_time=0.3))
    with running(given) as port, socket.create_connection(("127.0.0.1", port), 10) as wire:
        head = f"POST {LIST} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {NDJSON}\r\n"
        line = json.dumps(patient("A")).encode() + b"\n"
        wire.sendall(head.encode() + b"Content-Length: 9999\r\n\r\n" + line)
        seen = b""
        while part := wire.recv(65536):
            seen += part
    assert b'"patient": "A"' in seen
    assert not seen.endswith(b"0\r\n\r\n")


def test_a_list_needs_its_trial_and_its_kind_of_body(made_up: int) -> None:
    assert request(made_up, "/api/v1/screen-many", b"{}", media=NDJSON)[0] == 400
    assert request(made_up, LIST.replace("XMPL", "YMPL"), b"{}", media=NDJSON)[0] == 404
    assert request(made_up, LIST, b"{}", media=JSON)[0] == 415


# --- matches, reasons, rule files ---------------------------------------------------------------


def test_a_patient_is_put_to_every_trial(port: int) -> None:
    profile = {"patient": "S-1", "facts": {"sex": "female"}}
    _, _, answer = post(port, "/api/v1/match", {"as_of": DAY, "profile": profile})
    every = {one["trial"] for one in get(port, "/api/v1/trials")[2]["trials"]}
    reviews = {
        one["trial"]
        for one in get(port, "/api/v1/trials")[2]["trials"]
        if one["kind"] == "evidence_review"
    }
    assert {one["trial"] for one in answer["matches"]} == every - reviews
    _, _, all_ = post(port, "/api/v1/match", {"as_of": DAY, "profile": profile, "all": True})
    assert {one["trial"] for one in all_["matches"]} == every
    ranks = ["eligible", "undetermined", "ineligible", None]
    order = [ranks.index(one["verdict"]) for one in all_["matches"]]
    assert order == sorted(order)


def test_an_answer_is_taken_apart_as_the_command_line_does(made_up: int) -> None:
    body = {"trial": "XMPL-001", "as_of": DAY, "profile": patient("A"), "criteria": ["I1"]}
    _, _, answer = post(made_up, "/api/v1/explain", body)
    trial = screener.load_trial("XMPL-001", criteria=CRITERIA)
    assert answer == trial.explain(patient("A"), as_of=DAY, only=["I1"]).to_json()


def test_a_rule_file_is_checked_and_every_fault_told_with_its_place(made_up: int) -> None:
    text = (CRITERIA / "XMPL-001" / "2.0.yaml").read_text(encoding="utf-8")
    _, _, good = post(made_up, "/api/v1/check", {"rules": text})
    assert good["usable"] is True
    bad = text.replace("fact: platelets", "fact: x").replace("fact: smoker", "fact: y")
    status, _, answer = post(made_up, "/api/v1/check", {"rules": bad})
    assert status == 200
    assert answer["usable"] is False
    lines = [n for n, line in enumerate(bad.splitlines(), 1) if "fact: x" in line or ": y" in line]
    assert [one["line"] for one in answer["faults"]] == lines


def test_two_versions_are_compared_by_proof(made_up: int) -> None:
    text = (CRITERIA / "XMPL-001" / "2.0.yaml").read_text(encoding="utf-8")
    body: dict[str, object] = {"old": "XMPL-001@2.0", "new": {"rules": text}}
    _, _, same = post(made_up, "/api/v1/diff", body)
    assert same["relation"] == "equivalent"
    assert post(made_up, "/api/v1/diff", {"old": "XMPL-001@9", "new": "XMPL-001"})[0] == 404
    assert post(made_up, "/api/v1/diff", {"old": 1, "new": {"text": ""}})[0] == 422


def test_a_comparison_ends_with_the_time_of_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []

    def endless(old: Edition, new: Edition, go_on: GoOn) -> Comparison:
        try:
            while True:
                go_on()
                time.sleep(0.01)
        finally:
            ended.append(True)

    body = {"old": "XMPL-001@1.0", "new": "XMPL-001@2.0"}
    with running(settings(criteria=(CRITERIA,), limits=limits(proof_time=5))) as port:
        with monkeypatch.context() as patched:
            patched.setattr("screener.web.api.rules.proved", endless)
            assert post(port, "/api/v1/diff", body)[0] == 503
        # Only once the first has ended has the next its turn.
        assert post(port, "/api/v1/diff", body)[0] == 200
        assert ended == [True]


def test_who_is_told_to_stop_asks_the_solver_nothing_more() -> None:
    versions = [
        screener.load_trial(f"XMPL-001@{version}", criteria=CRITERIA).newest
        for version in ("1.0", "2.0")
    ]
    questions: list[int] = []

    def thrice() -> None:
        questions.append(len(questions))
        if len(questions) == 3:
            raise Abandoned

    with pytest.raises(Abandoned):
        compare(versions[0], versions[1], go_on=thrice)
    assert questions == [0, 1, 2]


# --- records -------------------------------------------------------------------------------------


def test_the_same_idempotency_key_records_once(made_up: int) -> None:
    body = {"trial": "XMPL-001", "as_of": DAY, "profile": patient("A"), "by": "ada"}
    key = {"Idempotency-Key": "order 4711"}
    first, again = (post(made_up, "/api/v1/records", body, **key) for _ in range(2))
    assert first[0] == again[0] == 201
    assert first[2] == again[2]
    other = {**body, "profile": patient("B")}
    assert post(made_up, "/api/v1/records", other, **key)[0] == 422
    # Somebody else's key of the same words is another one.
    assert post(made_up, "/api/v1/records", {**other, "by": "eve"}, **key)[0] == 201
    both = {**body, "record": "0" * 32}
    assert post(made_up, "/api/v1/records", both, **key)[0] == 400
    assert post(made_up, "/api/v1/records", body, **{"Idempotency-Key": "x" * 256})[0] == 400


# --- keys ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, dict[str, str], Path]]:
    """A server that asks for keys, and a key of each scope, of all, and one that is over."""
    folder = tmp_path_factory.mktemp("keys")
    file = Accounts(folder / "users.db", make=True)
    secrets = {one.value: file.add_key(Key(one.value, frozenset({one}), None)) for one in Scope}
    secrets["all"] = file.add_key(Key("all", frozenset(Scope), None))
    secrets["over"] = file.add_key(Key("over", frozenset(Scope), 1.0))
    given = settings(accounts=folder / "users.db", criteria=(CRITERIA,))
    given = given.model_copy(update={"screening_log": str(folder / "log.db")})
    with running(given) as port:
        yield port, secrets, folder / "users.db"


@pytest.mark.parametrize("door", DOORS, ids=lambda one: one.name)
def test_each_door_opens_to_its_scope_alone(
    keyed: tuple[int, dict[str, str], Path], door: Any
) -> None:
    port, secrets, _ = keyed
    path = door.path.replace("{trial}", "XMPL-001")

    def status(secret: str | None) -> int:
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        body = b"" if door.method == "GET" else b"{}"
        media = NDJSON if door.lines else JSON
        return request(port, path, body, method=door.method, media=media, headers=headers)[0]

    assert status(None) == status("wrong") == status(secrets["over"]) == 401
    for scope in Scope:
        passed = status(secrets[scope.value]) != 403
        assert passed is (scope is door.scope), scope
    assert status(secrets["all"]) not in (401, 403)


def test_pages_open_to_no_key_and_figures_to_theirs(
    keyed: tuple[int, dict[str, str], Path],
) -> None:
    port, secrets, _ = keyed

    def status(path: str, scope: str) -> int:
        return request(port, path, headers={"Authorization": f"Bearer {secrets[scope]}"})[0]

    assert status("/", "all") == 303
    assert status("/metrics", "metrics") == 200
    assert status("/metrics", "read") == 403
    assert status("/openapi.json", "read") == status("/docs", "read") == 200
    assert request(port, "/metrics")[0] == request(port, "/openapi.json")[0] == 401
    assert request(port, "/healthz")[0] == request(port, "/readyz")[0] == 200


def test_a_record_made_with_a_key_names_the_person_and_the_program(
    keyed: tuple[int, dict[str, str], Path],
) -> None:
    port, secrets, file = keyed
    key = {"Authorization": f"Bearer {secrets['record']}"}
    body = {"trial": "XMPL-001", "as_of": DAY, "profile": patient("A")}
    assert post(port, "/api/v1/records", body, **key)[0] == 422
    assert post(port, "/api/v1/records", {**body, "by": "ada"}, **key)[0] == 201
    from screener.log.read import Filter, page
    from screener.log.store import open_log

    log = open_log(str(file.with_name("log.db")))
    (line,) = page(log, Filter()).lines
    log.close()
    assert (line.actor, line.identity) == ("ada (by record)", "typed")


def test_keys_are_made_listed_and_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.db"
    add_key("intake", ["read", "screen"], file, 30)
    secret = capsys.readouterr().out.strip()
    assert secret.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    found = Accounts(file).key_of(secret, 0)
    assert found is not None
    assert found.scopes == {Scope.READ, Scope.SCREEN}
    list_keys(file)
    assert capsys.readouterr().out.startswith("intake  read, screen  until ")
    remove_key("intake", file)
    assert Accounts(file).key_of(secret, 0) is None
    with pytest.raises(Exception, match="`everything` is no scope"):
        add_key("x", ["everything"], file, None)


# --- descriptions and figures --------------------------------------------------------------------


def test_the_examples_are_what_the_engine_answers() -> None:
    from tests.web.record import FILE, examples

    assert json.loads(FILE.read_text(encoding="utf-8")) == examples()
    assert {verdict: one["result"]["verdict"] for verdict, one in examples().items()} == {
        verdict: verdict for verdict in ("eligible", "ineligible", "undetermined")
    }


def test_the_document_describes_every_door_and_the_page_loads_nothing_from_elsewhere(
    port: int,
) -> None:
    _, _, document = get(port, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path) for path, said in document["paths"].items() for method in said
    }
    assert described == {(door.method, door.path) for door in DOORS}
    examples = document["paths"]["/api/v1/screen"]["post"]["responses"]["200"]["content"][JSON]
    assert set(examples["examples"]) == {"eligible", "ineligible", "undetermined"}
    status, headers, page = request(port, "/docs")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert b"//cdn" not in page
    assert b"<script>" not in page
    for door in DOORS:
        assert door.path.encode() in page


def test_the_figures_count_requests_verdicts_and_rules_and_name_no_patient(made_up: int) -> None:
    body = {"trial": "XMPL-001", "as_of": DAY, "profile": patient("S-FIGURES")}
    post(made_up, "/api/v1/screen", body)
    status, headers, text = request(made_up, "/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=")
    assert b'screener_verdicts_total{trial="XMPL-001",verdict="eligible"}' in text
    assert b'screener_requests_total{method="POST",page="screen_one",status="200"}' in text
    assert b'screener_rules{sha256="' in text
    assert b"S-FIGURES" not in text
