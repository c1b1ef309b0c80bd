"""The door for programs as its own OpenAPI document describes it: schemathesis asks, and checks.

Requests are made from the document, of the shapes it describes and of shapes it does not; each
answer must be one that the document knows: its status, its media type, its headers, its schema.
"""

from __future__ import annotations

import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from screener.web.api.doors import DOORS
from screener.web.app import create_app
from tests.campaign.parts import Outcome
from tests.cli.support import CRITERIA
from tests.web import support

COUNT = 2_000
#: How often which door answered with which status, in this process.
SEEN = Counter[tuple[str, int]]()
_EACH = 20
_CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
_NAMES = ("XMPL-001", "XMPL-001@1.0", "XMPL-001@9", "NCT00000000")


def units(count: int, seed: str) -> Iterator[str]:
    """A door and a number of its own, for so many cases together."""
    for number in range(max(1, count // (_EACH * len(DOORS)) + 1)):
        for door in DOORS:
            yield f"{seed}/{number}/{door.name}"


def work(unit: str) -> Outcome:
    """Ask one door."""
    name = unit.rpartition("/")[2]
    return asked(name, unit, _EACH)


@schemathesis.serializer("application/x-ndjson")
def _lines(context: Any, value: Any) -> bytes:
    """Any text may be sent where lines are taken."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.deserializer("application/x-ndjson")
def _text(context: Any, response: Any) -> str:
    """Lines are a text, as the document says."""
    return bytes(response.content).decode()


@cache
def _schema() -> Any:
    log = str(Path(tempfile.mkdtemp()) / "log.db")
    app = create_app(support.settings(criteria=(CRITERIA,), names=("*",), screening_log=log))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def asked(name: str, start: str, count: int) -> Outcome:
    """Ask a door so many times; a problem is an answer that the document does not describe."""
    (operation,) = [
        one.ok()
        for one in _schema().get_all_operations()
        if one.ok().definition.raw["operationId"] == name
    ]
    tried, problems = 0, list[str]()

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        nonlocal tried
        tried += 1
        _aim(case, tried)
        try:
            answer = case.call_and_validate(checks=list(_CHECKS))
            SEEN[name, answer.status_code] += 1
        except Exception as error:  # Whatever it is, it is told of, with its seed.
            problems.append(f"{start}: {str(error)[:1500]}")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ask()
    return Outcome("requests made from the OpenAPI document", tried, problems)


def _aim(case: Any, number: int) -> None:
    """Most requests are for a trial there is, so that the rest of them is looked at."""
    trial = _NAMES[0] if number % 3 else _NAMES[number // 3 % len(_NAMES)]
    if case.path_parameters and "trial" in case.path_parameters:
        case.path_parameters["trial"] = trial
    if case.query and "trial" in case.query:
        case.query["trial"] = trial
    for word in ("trial", "old", "new"):
        if isinstance(case.body, dict) and isinstance(case.body.get(word), str):
            case.body[word] = trial
