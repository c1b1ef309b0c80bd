"""What stands before every page: headers, hosts, origins, sizes, times, names."""

from __future__ import annotations

import json
import socket
import time

import pytest

from screener.web.settings import Limits
from tests.web.support import limits, parsed, raw, request, running, settings

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}
PAGES = [
    "/",
    "/t/NCT01681446",
    "/t/NCT01681446/screen",
    "/t/NCT01681446/examples/1",
    "/t/NCT01681446/check",
    "/t/NCT01681446/answers.json",
    "/t/NCT01681446/result.json",
    "/t/NCT01681446/upload",
    "/t/NCT01681446/results",
    "/t/NCT01681446/results.csv",
    "/t/NCT01681446/criteria.csv",
    "/t/NCT01681446/results.json",
    "/match",
    "/about",
    "/signin",
    "/signout",
    "/healthz",
    "/api/v1/screen",
    "/static/x/screener.css",
    "/nothing",
]
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE"])
def test_every_answer_carries_the_security_headers(port: int, path: str, method: str) -> None:
    status, headers, _ = request(port, path, method=method)
    assert 200 <= status < 500
    assert HEADERS.items() <= headers.items()
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == (
        "public, max-age=31536000, immutable" if path.startswith("/static") else "no-store"
    )
    assert "server" not in headers
    assert not any(name.startswith("access-control-") for name in headers)
    if "content-type" in headers and int(headers.get("content-length", "0")):
        assert "charset=utf-8" in headers["content-type"]


def test_what_is_not_http_is_refused_with_the_same_headers(port: int) -> None:
    for nonsense in (b"hello\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        status, headers, body = parsed(raw(port, nonsense))
        assert status == 400
        assert HEADERS.items() <= headers.items()
        assert json.loads(body)["status"] == 400


def test_over_tls_browsers_are_told_to_stay_there() -> None:
    with running(settings(over_tls=True)) as port:
        _, headers, _ = request(port, "/")
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_the_style_sheet_and_the_script_come_from_here_and_may_be_kept(port: int) -> None:
    _, _, page = request(port, "/")
    address = page.decode().split('href="/static/')[2].split('"')[0]
    status, headers, _ = request(port, f"/static/{address}")
    assert status == 200
    assert headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost:80:80", "localhost@evil", "0"]
)
def test_another_host_is_refused(port: int, host: str) -> None:
    assert request(port, "/", headers={"Host": host})[0] in (400, 421)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:99", "127.0.0.1", "[::1]:8000", "LOCALHOST"]
)
def test_the_names_of_this_computer_are_taken(port: int, host: str) -> None:
    assert request(port, "/", headers={"Host": host})[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/t/NCT01681446/screen", "/match", "/signin", "/api/v1/screen"])
def test_what_another_site_sends_is_refused(port: int, path: str, headers: dict[str, str]) -> None:
    assert request(port, path, b"patient=S-1", headers=headers)[0] == 403


@pytest.mark.parametrize("token", [b"", b"&token=", b"&token=0123", b"&token=a&token=b"])
def test_a_form_that_is_not_ours_is_shown_again_with_all_that_was_typed(
    port: int, token: bytes
) -> None:
    status, _, body = request(port, "/t/NCT01681446/screen", b"patient=S-1-KEPT" + token)
    assert status == 403
    assert b"S-1-KEPT" in body


@pytest.mark.parametrize("media", ["text/plain", "application/json", "multipart/form-data", ""])
def test_a_form_of_another_kind_is_refused(port: int, media: str) -> None:
    assert request(port, "/t/NCT01681446/screen", b"patient=S-1", media=media)[0] == 415


@pytest.mark.parametrize("media", ["text/plain", FORM, "application/jsonp", ""])
def test_the_door_for_programs_takes_json_alone(port: int, media: str) -> None:
    assert request(port, "/api/v1/screen", b"{}", media=media)[0] == 415


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_compressed_body_is_refused(port: int, coding: str) -> None:
    headers = {"Content-Encoding": coding}
    media = "application/json"
    assert request(port, "/api/v1/screen", b"{}", media=media, headers=headers)[0] == 415


def test_a_body_is_taken_up_to_its_limit_and_not_a_byte_beyond() -> None:
    with running(settings(limits=limits(form=1_000, json_body=1_000))) as port:
        for path, media, begin, end in (
            ("/t/NCT01681446/screen", FORM, b"patient=", b""),
            ("/api/v1/screen", "application/json", b'{"trial":"', b'"}'),
        ):
            for size, large in ((999, False), (1_000, False), (1_001, True)):
                body = begin + b"x" * (size - len(begin) - len(end)) + end
                status, _, _ = request(port, path, body, media=media)
                assert (status == 413) is large


def test_a_large_body_is_refused_before_it_is_read(port: int) -> None:
    head = "POST /api/v1/screen HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert parsed(raw(port, f"{head}Content-Length: 9000000000\r\n\r\n".encode()))[0] == 413


def test_a_body_without_a_length_is_counted_as_it_comes() -> None:
    with running(settings(limits=limits(json_body=1_000))) as port:
        head = (
            b"POST /api/v1/screen HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        )
        chunk = b"1f4\r\n" + b" " * 500 + b"\r\n"
        answer = raw(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3 + b"0\r\n\r\n")
        assert parsed(answer)[0] == 413


def test_an_address_and_the_number_of_headers_have_limits(port: int) -> None:
    most = Limits()
    room = most.target - len("/about?")
    assert request(port, "/about?" + "a" * room)[0] == 200
    assert request(port, "/about?" + "a" * (room + 2))[0] == 414
    few = {f"X-{n}": "1" for n in range(most.headers - 2)}
    assert request(port, "/about", headers=few)[0] == 200
    assert request(port, "/about", headers={**few, "X-Y": "1"})[0] == 431
    assert request(port, "/about", headers={"X": "a" * 33_000})[0] == 431
    assert request(port, "/about", headers={"X": "a" * 200_000})[0] == 400


def test_too_many_fields_and_too_long_ones_are_refused(port: int) -> None:
    path = "/t/NCT01681446/screen"
    assert request(port, path, b"&".join([b"a=b"] * 4_001))[0] == 400
    assert request(port, path, b"patient=" + b"x" * 4_001)[0] == 400
    assert request(port, path, b"patient=%00")[0] == 400


def test_a_slow_header_and_an_idle_connection_are_cut() -> None:
    with running(settings(limits=limits(header_time=0.5, keep_alive=1))) as port:
        for begin in (b"", b"GET / HTTP/1.1\r\nHo"):
            started = time.monotonic()
            assert raw(port, begin, wait=30) == b""
            assert 0.3 < time.monotonic() - started < 15


def test_a_slow_body_is_cut() -> None:
    with running(settings(limits=limits(body_time=0.5))) as port:
        head = (
            b"POST /api/v1/screen HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        )
        answer = raw(port, head + b"Content-Length: 100\r\nConnection: close\r\n\r\n{", wait=30)
        assert parsed(answer)[0] == 408


def test_slow_clients_do_not_hold_up_the_others() -> None:
    with running() as port:
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(150)]
        for one in slow:
            one.sendall(b"POST /api/v1/screen HTTP/1.1\r\nHost: loc")
        started = time.monotonic()
        assert request(port, "/healthz")[0] == 200
        assert time.monotonic() - started < 5
        for one in slow:
            one.close()


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "..%5c..%5cwindows",
        "NCT01681446%00",
        "nct01681446",
        "NCT01681446%2f2018-05-30.yaml",
        "vocabulary.yaml",
        "%2fetc%2fpasswd",
        "NCT01681446%20",
        "criteria%2fNCT01681446",
    ],
)
@pytest.mark.parametrize("page", ["", "/screen", "/upload", "/examples/1", "/examples/..%2f1"])
def test_a_name_is_looked_up_and_never_a_path(port: int, name: str, page: str) -> None:
    status, _, body = request(port, f"/t/{name}{page}")
    assert status in (307, 404)
    assert b"root:" not in body


@pytest.mark.parametrize("path", ["/static/../pyproject.toml", "/static/x/..%2f..%2fbase.html"])
def test_no_other_file_is_served(port: int, path: str) -> None:
    assert request(port, path)[0] == 404


def test_a_page_that_is_not_there_says_so_in_the_same_look(port: int) -> None:
    status, headers, body = request(port, "/nothing/here")
    assert status == 404
    assert headers["content-type"].startswith("text/html")
    assert b"There is nothing at this address." in body


def test_a_request_id_is_taken_only_if_it_is_plain(port: int) -> None:
    plain = request(port, "/healthz", headers={"X-Request-Id": "abc-1"})[1]
    assert plain["x-request-id"] == "abc-1"
    odd = request(port, "/healthz", headers={"X-Request-Id": "a b<c"})[1]
    assert odd["x-request-id"] not in ("a b<c", "")
