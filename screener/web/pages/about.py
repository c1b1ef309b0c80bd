"""The page that says what the tool decides, what it does not, and how it reasons."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from screener.result import SEMANTICS
from screener.web.pages.asked import pages_of


async def about(request: Request) -> Response:
    """What a reader has to know before relying on an answer."""
    return pages_of(request).page("about.html", request, semantics=SEMANTICS)
