"""Reads what a request brings: a JSON body, form fields or a file, each within its limits.

Sizes are counted while the bytes come in. What does not fit, or is of another kind, is refused
before anybody looks at it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from screener.diagnostics import ProfileError
from screener.intake.strict_json import parse_json
from screener.web.problems import Problem, silent_errors
from screener.web.settings import Limits

_LONGEST_FIELD = 4_000
_NESTING = (dict, list)
#: The power of ten that no measurement reaches.
_FURTHEST = 30


class Upload(NamedTuple):
    """Form fields and files, by name; a file is its name and its bytes."""

    fields: dict[str, str]
    files: dict[str, tuple[str, bytes]]


def limits_of(request: Request) -> Limits:
    """The limits of the server that the request came to."""
    limits: Limits = request.app.state.settings.limits
    return limits


async def read_json(request: Request, most: int | None = None) -> object:
    """The JSON body, read strictly; `most` are the bytes it may have.

    Raises:
        Problem: 413, 415, or 422 with all faults.
    """
    require(request, "application/json")
    body = await _body(request, most or limits_of(request).json_body)
    try:
        data = parse_json(body)
    except ProfileError as error:
        errors = silent_errors(error.faults, None, {})
        raise Problem(422, "The body is not JSON as it is needed here.", errors) from None
    if boundless(data):
        raise Problem(422, "The body has a number that nobody can have measured.")
    return data


def boundless(data: object) -> bool:
    """Whether a number is beyond every measurement, such as `1e999`."""
    inside: Iterable[object] = (data,)
    if isinstance(data, dict):
        inside = data.values()
    elif isinstance(data, list):
        inside = data
    for one in inside:
        # Most are texts, which are passed over without a question more.
        if type(one) is Decimal:
            if one != 0 and abs(one.adjusted()) > _FURTHEST:
                return True
        elif type(one) in _NESTING and boundless(one):
            return True
    return False


async def read_fields(request: Request) -> list[tuple[str, str]]:
    """The fields of a form without files.

    Raises:
        Problem: 400, 413 or 415.
    """
    require(request, "application/x-www-form-urlencoded")
    limits = limits_of(request)
    body = await _body(request, limits.form)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=limits.fields,
        )
    except ValueError:
        raise Problem(400, "The form could not be read.") from None
    return [(name, _fit(text)) for name, text in pairs]


async def read_upload(request: Request) -> Upload:
    """The fields and files of a form with files; nothing is written to a disk.

    Raises:
        Problem: 400, 413 or 415.
    """
    require(request, "multipart/form-data")
    limit = limits_of(request).upload
    _declared(request, limit)
    parser = _InMemory(request.headers, _counted(request, limit), max_files=4, max_fields=40)
    parser.spool_max_size = limit
    parser.max_part_size = limit
    try:
        with _arriving(request):
            form = await parser.parse()
    except MultiPartException:
        raise Problem(400, "The form could not be read.") from None
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, part in form.multi_items():
        if isinstance(part, UploadFile):
            files[name] = (part.filename or "", await part.read())
            await part.close()
        else:
            fields[name] = part
    return Upload(fields, files)


class _InMemory(MultiPartParser):
    """Keeps files in memory up to the limit of the whole body, so that none goes to a disk."""


async def _body(request: Request, limit: int) -> bytes:
    _declared(request, limit)
    with _arriving(request):
        return b"".join([part async for part in _counted(request, limit)])


@contextmanager
def _arriving(request: Request) -> Iterator[None]:
    """The time a body may take to arrive, which is not that of the answer; `shield` keeps it."""
    state, limits = request.scope["state"], limits_of(request)
    now = asyncio.get_running_loop().time
    state["arriving"] = True
    state["handler"].reschedule(now() + limits.body_time)
    yield
    state["arriving"] = False
    state["handler"].reschedule(now() + limits.handler_time)


def _declared(request: Request, limit: int) -> None:
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and (len(said) > 12 or int(said) > limit):
        raise _too_large(limit)


async def _counted(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            yield part
    except ClientDisconnect:
        raise Problem(400, "The request was cut off.") from None


def _too_large(limit: int) -> Problem:
    size = f"{limit // 1024} KiB" if limit < 1024 * 1024 else f"{limit // 1024 // 1024} MiB"
    detail = f"More than {size} was sent. `screener screen` on the command line takes any amount."
    return Problem(413, detail.replace("`", ""), headers={"Connection": "close"})


def require(request: Request, media: str) -> None:
    """Refuse a body of another kind.

    Raises:
        Problem: 415.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "A compressed body is not taken.")
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != media:
        raise Problem(415, f"The body has to be {media}.")


def _fit(text: str) -> str:
    if len(text) > _LONGEST_FIELD or any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
        raise Problem(400, "A field is longer than anybody types, or has control characters.")
    return text
