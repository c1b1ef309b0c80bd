"""How a program is answered: JSON, with a tag where the same answer may be asked for again."""

from __future__ import annotations

import hashlib
import json

from starlette.requests import Request
from starlette.responses import Response

JSON = "application/json; charset=utf-8"


def answer(text: str, status: int = 200) -> Response:
    """JSON that is written already."""
    return Response(text.encode("utf-8", "backslashreplace"), status, {"Content-Type": JSON})


def tagged(request: Request, data: object) -> Response:
    """What is on file, of no patient: it may be kept, and is not sent twice to who has it."""
    body = json.dumps(data, ensure_ascii=False).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "Content-Type": JSON})


def _tags(said: str) -> set[str]:
    """The tags of `If-None-Match`; a weak one stands for the same bytes here."""
    return {one.strip().removeprefix("W/") for one in said.split(",")}
