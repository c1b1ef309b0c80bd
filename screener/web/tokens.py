"""The token in every form, by which the server knows its own forms again.

It belongs to one session and to one run of the server. A page that only shows an answer again may
keep what was typed when the token is old; nothing is ever recorded without a good one.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from starlette.requests import Request

from screener.web.problems import Problem

FIELD = "token"
_SECRET = secrets.token_bytes(32)


def token_for(request: Request) -> str:
    """The token of the session that a request belongs to."""
    session = getattr(request.state, "session", None) or ""
    return hmac.new(_SECRET, session.encode(), "sha256").hexdigest()


def good(request: Request, fields: Iterable[tuple[str, str]]) -> bool:
    """Whether the form that was sent is one of ours."""
    said = [text for name, text in fields if name == FIELD]
    return len(said) == 1 and hmac.compare_digest(
        said[0].encode("utf-8", "replace"), token_for(request).encode()
    )


def require(request: Request, fields: Iterable[tuple[str, str]]) -> None:
    """Refuse a form that is not one of ours.

    Raises:
        Problem: 403.
    """
    if not good(request, fields):
        raise Problem(
            403, "This page is from before the server was restarted. Go back and load it again."
        )
