"""The description of the door for programs: as OpenAPI, and as a page that needs no internet.

Both are made from the table of doors; the examples are answers of the engine to a made-up trial.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from screener.schemas.parts import Schema
from screener.version import VERSION
from screener.web.address import root_of
from screener.web.api.answer import tagged
from screener.web.api.doors import DOORS, Door, doors_of
from screener.web.api.shapes import component, components
from screener.web.keys import MEANING
from screener.web.pages.asked import pages_of

_JSON, _LINES, _PROBLEM = "application/json", "application/x-ndjson", "application/problem+json"
_QUERY = {
    "as_of": ("The day of screening, as 2026-11-24; left out, today.", {"format": "date"}),
    "trial": ("A trial, or one version of it: NAME or NAME@VERSION.", {}),
}
_PROBLEMS = {
    "400": "The address, a header or the form of the request is not as it is needed here.",
    "401": "A key is needed, or it is not known or over.",
    "403": "The key does not open this, or another site sent the request.",
    "404": "There is no such trial, version or log.",
    "408": "The request took too long to arrive.",
    "412": "The patient cannot be judged from what was prefetched.",
    "413": "The body is larger than the limit.",
    "415": "The body is of another kind.",
    "422": "The body cannot be used; all faults are told, each with its JSON pointer.",
    "501": "A part is not installed.",
    "503": "Too many requests, too slow an answer, or the log cannot be written. Try again.",
}
_ONLY_HERE = {"412": "patient_view", "501": "diff"}
_ABOUT = (
    "Judges patients against the criteria of clinical trials. A verdict is an answer, whichever it "
    "is: eligible, ineligible or undetermined. Decision support, not a medical decision."
)


async def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return tagged(request, document(root_of(request.scope), doors_of(request.app.state.settings)))


async def docs(request: Request) -> Response:
    """The same as a page."""
    every = doors_of(request.app.state.settings)
    described = document(root_of(request.scope), every)
    schemas = described["components"]["schemas"]
    doors = [
        (one, described["paths"][one.path][one.method.lower()], _curl(one, request))
        for one in every
    ]
    return pages_of(request).page(
        "docs.html",
        request,
        doors=doors,
        examples=examples(),
        shapes=[(name, _written(said)) for name, said in schemas.items()],
        scopes=[(one.value, said) for one, said in MEANING.items()],
        about=_ABOUT,
        problems=_PROBLEMS,
    )


def document(root: str = "", doors: Sequence[Door] = DOORS) -> dict[str, Any]:
    """OpenAPI 3.1 of the doors; `root`: where it is mounted."""
    paths: dict[str, dict[str, Any]] = {}
    for door in doors:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door)
    return {
        "openapi": "3.1.0",
        "info": {"title": "screener", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": root or "/"}],
        "paths": paths,
        "security": [{}, {"key": []}],
        "components": {
            "schemas": components(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def examples() -> dict[str, Any]:
    """For each verdict a request and its answer, of the trial in the README."""
    text = files("screener.web.api").joinpath("examples.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def _operation(door: Door) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": door.name,
        "summary": door.says.partition("\n")[0].rstrip("."),
        "description": f"Needs the scope `{door.scope.value}`.",
        "parameters": [*_parameters(door)],
        "responses": {str(door.status): _answer(door), **_refusals(door)},
    }
    if door.takes is not None:
        body: dict[str, Any] = {"schema": component(door.takes)}
        if door.takes == "Screen":
            body["examples"] = _shown("request")
        elif door.lines:
            # A line of it: OpenAPI has no word for a stream.
            body = {"schema": {"type": "string"}, "example": '{"patient": "S-1", "facts": {}}\n'}
        content = {_LINES if door.lines else _JSON: body}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(door: Door) -> list[dict[str, Any]]:
    found = []
    if "{trial}" in door.path:
        found.append(_parameter("trial", "path", *_QUERY["trial"], required=True))
    if "{service}" in door.path:
        said = "The service: `trials`."
        found.append(_parameter("service", "path", said, {}, required=True))
    for name in door.query:
        found.append(_parameter(name, "query", *_QUERY[name], required=name == "trial"))
    if door.name == "record_one":
        said = "Sent again with the same key, an answer is recorded once."
        found.append(_parameter("Idempotency-Key", "header", said, {"maxLength": 255}))
    if door.method == "GET":
        said = "The tag of the answer at hand: the same again is 304."
        found.append(_parameter("If-None-Match", "header", said, {}))
    return found


def _parameter(
    name: str, where: str, said: str, more: dict[str, Any], *, required: bool = False
) -> dict[str, Any]:
    schema: Schema = {"type": "string", **more}
    return {"name": name, "in": where, "required": required, "description": said, "schema": schema}


def _answer(door: Door) -> dict[str, Any]:
    body: dict[str, Any] = {"schema": component(door.gives)}
    if door.lines:
        body = {"schema": {"type": "string"}}
        said = "A line a patient, in their order: a Result, or a Rejected in its place."
    else:
        said = "The answer."
        if door.gives == "Result":
            body["examples"] = _shown("result")
    answer: dict[str, Any] = {
        "description": said,
        "content": {_LINES if door.lines else _JSON: body},
    }
    if door.method == "GET":
        tag = {"description": "Of the bytes of the answer.", "schema": {"type": "string"}}
        answer["headers"] = {"ETag": tag}
    return answer


def _refusals(door: Door) -> dict[str, Any]:
    content = {_PROBLEM: {"schema": component("Problem")}}
    found = {
        status: {"description": said, "content": content}
        for status, said in _PROBLEMS.items()
        if _ONLY_HERE.get(status, door.name) == door.name
    }
    if door.method == "GET":
        found["304"] = {"description": "The same as what is at hand."}
    return found


def _shown(part: str) -> dict[str, Any]:
    return {
        verdict: {"summary": said["summary"], "value": said[part]}
        for verdict, said in examples().items()
    }


def _curl(door: Door, request: Request) -> str:
    """The door as a command line."""
    base = f"{request.url.scheme}://{request.url.netloc}{root_of(request.scope)}"
    query = "&".join(f"{name}={'2026-11-24' if name == 'as_of' else 'NAME'}" for name in door.query)
    where = f"{base}{door.path.replace('{trial}', 'NAME')}" + (f"?{query}" if query else "")
    if door.takes is None:
        return f"curl '{where}'"
    media = _LINES if door.lines else _JSON
    return f"curl '{where}' \\\n  -H 'Content-Type: {media}' --data-binary @FILE"


def _written(said: object) -> str:
    return json.dumps(said, indent=2, ensure_ascii=False)
