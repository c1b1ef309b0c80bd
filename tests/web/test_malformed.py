"""No request, however broken, is an error of the server."""

from __future__ import annotations

from tests.web.malformed import attack
from tests.web.support import running


def test_ten_thousand_broken_requests_get_no_error_of_the_server() -> None:
    with running() as port:
        outcome = attack(port, "tests", 10_000)
    assert outcome.problems == []
