"""Who may reach the form from elsewhere, and how sessions begin and end."""

from __future__ import annotations

import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from screener.web.accounts import Accounts
from screener.web.settings import Limits
from tests.web.support import limits, request, running, settings

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("accounts") / "users.db"
    Accounts(path, make=True).add("ada", PASSWORD)
    return path


@pytest.fixture(scope="module")
def guarded(file: Path) -> Iterator[int]:
    with running(settings(accounts=file, limits=limits(logins_a_minute=8))) as port:
        yield port


def sign_in(port: int, name: str = "ada", password: str = PASSWORD) -> tuple[int, str]:
    """The status, and the cookie of the session."""
    page = request(port, "/signin")[2].decode()
    token = re.findall('name="token" value="([0-9a-f]+)"', page)[0]
    body = urlencode({"token": token, "name": name, "password": password}).encode()
    status, headers, _ = request(port, "/signin", body)
    return status, headers.get("set-cookie", "")


def get(port: int, path: str, cookie: str) -> tuple[int, dict[str, str], bytes]:
    return request(port, path, headers={"Cookie": cookie.partition(";")[0]})


def screener(*words: str, given: str = "", timeout: float = 30) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "screener", *words],
        input=given,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "screener.example"])
def test_another_address_than_this_computer_is_refused_and_the_message_says_how(host: str) -> None:
    ended = screener("serve", "--host", host, "--port", "0")
    assert ended.returncode == 2
    for said in ("people have to sign in", "screener user add", "--certificate", "--user-header"):
        assert said in ended.stderr


def test_accounts_without_encryption_are_not_enough_for_another_address(file: Path) -> None:
    ended = screener("serve", "--host", "0.0.0.0", "--port", "0", "--accounts", str(file))
    assert ended.returncode == 2


def test_a_header_is_believed_of_a_named_proxy_only() -> None:
    ended = screener("serve", "--user-header", "X-User", "--port", "0")
    assert ended.returncode == 2
    assert "--proxy" in ended.stderr


def test_a_port_in_use_and_a_missing_file_of_users_are_told(port: int, tmp_path: Path) -> None:
    ended = screener("serve", "--port", str(port))
    assert ended.returncode == 2
    assert "--port 0" in ended.stderr
    ended = screener("serve", "--port", "0", "--accounts", str(tmp_path / "none.db"))
    assert ended.returncode == 2
    assert "screener user add" in ended.stderr


def test_a_user_is_added_with_a_password_of_eight_or_more(tmp_path: Path) -> None:
    path = tmp_path / "users.db"
    short = screener("user", "add", "bob", "--accounts", str(path), given="1234567\n")
    assert short.returncode == 2
    added = screener("user", "add", "bob", "--accounts", str(path), given="12345678\n")
    assert added.returncode == 0
    assert "bob may sign in" in added.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"12345678" not in path.read_bytes()
    assert b"$argon2id$" in path.read_bytes()
    assert Accounts(path).password_fits("bob", "12345678")
    assert not Accounts(path).password_fits("bob", "12345679")
    assert not Accounts(path).password_fits("eve", "12345678")
    again = screener("user", "add", "bob", "--accounts", str(path), given="87654321\n")
    assert "new password" in again.stderr
    assert not Accounts(path).password_fits("bob", "12345678")


def test_no_page_is_shown_before_signing_in(guarded: int) -> None:
    for path in ("/", "/t/NCT01681446/screen", "/match", "/about", "/nothing"):
        status, headers, _ = request(guarded, path)
        assert (status, headers["location"]) == (303, "/signin")
    assert request(guarded, "/t/NCT01681446/screen", b"patient=S-1")[0] == 401
    body = b'{"trial":"NCT01681446","profile":{}}'
    assert request(guarded, "/api/v1/screen", body, media="application/json")[0] == 401
    assert request(guarded, "/healthz")[0] == 200


def test_a_session_begins_with_a_password_and_ends_on_the_server(guarded: int) -> None:
    status, cookie = sign_in(guarded)
    assert status == 303
    assert "httponly; samesite=strict" in cookie.lower()
    status, _, page = get(guarded, "/", cookie)
    assert status == 200
    assert b"Sign out" in page
    token = re.findall(b'name="token" value="([0-9a-f]+)"', page)[0]
    status, headers, _ = request(
        guarded,
        "/signout",
        b"token=" + token,
        headers={"Cookie": cookie.partition(";")[0]},
    )
    assert status == 303
    assert headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert get(guarded, "/", cookie)[0] == 303


def test_every_sign_in_is_a_new_session_and_a_cookie_of_before_is_nobody(guarded: int) -> None:
    assert get(guarded, "/", "session=chosen-by-somebody")[0] == 303
    first, second = sign_in(guarded)[1], sign_in(guarded)[1]
    assert first.partition(";")[0] != second.partition(";")[0]


def test_the_token_of_another_session_is_not_taken(guarded: int) -> None:
    mine, other = sign_in(guarded)[1], sign_in(guarded)[1]
    page = get(guarded, "/", other)[2]
    token = re.findall(b'name="token" value="([0-9a-f]+)"', page)[0]
    headers = {"Cookie": mine.partition(";")[0]}
    assert request(guarded, "/signout", b"token=" + token, headers=headers)[0] == 403
    assert get(guarded, "/", mine)[0] == 200


def test_a_wrong_password_is_refused_and_too_many_are_stopped(guarded: int) -> None:
    for _ in range(8):
        assert sign_in(guarded, "mallory", "guess")[0] == 401
    assert sign_in(guarded, "mallory", "guess")[0] == 429
    assert sign_in(guarded)[0] == 303


def test_over_tls_the_cookie_is_for_tls_and_this_host_alone(file: Path) -> None:
    with running(settings(accounts=file, over_tls=True)) as port:
        status, cookie = sign_in(port)
    assert status == 303
    assert cookie.startswith("__Host-session=")
    assert "; Secure" in cookie


def test_sessions_end_when_they_idle_and_when_they_are_old(file: Path) -> None:
    accounts, most = Accounts(file), Limits(idle_session=900, longest_session=3_600)
    id = accounts.begin("ada", 1_000)
    assert accounts.user_of(id, 1_900, most) == "ada"
    assert accounts.user_of(id, 2_801, most) is None
    id = accounts.begin("ada", 1_000)
    for now in range(1_800, 4_600, 800):
        assert accounts.user_of(id, now, most) == "ada"
    assert accounts.user_of(id, 4_601, most) is None
    assert accounts.user_of(id, 1_001, most) is None


def test_the_file_holds_no_session_that_could_be_used(file: Path) -> None:
    id = Accounts(file).begin("ada", 1_000)
    rows = sqlite3.connect(file).execute("select id from sessions").fetchall()
    assert rows
    assert id not in [row[0] for row in rows]


def test_a_proxy_names_the_user_and_nobody_else_can(file: Path) -> None:
    named = settings(user_header="X-Remote-User", proxies=("127.0.0.1",), over_tls=True)
    with running(named) as port:
        assert request(port, "/")[0] == 401
        status, _, page = request(port, "/", headers={"X-Remote-User": "ada"})
        assert status == 200
        assert b"ada" in page
    with running(named.model_copy(update={"proxies": ("192.0.2.7",)})) as port:
        assert request(port, "/", headers={"X-Remote-User": "ada"})[0] == 401
