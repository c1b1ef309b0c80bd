"""Cross-origin requests: which pages of other servers may call which door, and how they are told.

Only the door for CDS Hooks is open to others, and only for the origins that the server was told of.
A key goes into a header; cookies are never allowed along.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Scope

from screener.web.address import path_of
from screener.web.settings import Settings

_OPEN = "/cds-services"
_KEPT = "600"


def origin_of(scope: Scope, settings: Settings) -> str | None:
    """The origin that a request comes from, where it may come from there."""
    if not (settings.cds_hooks and path_of(scope).startswith(_OPEN)):
        return None
    for name, value in scope["headers"]:
        if name == b"origin":
            said: str = value.decode("latin-1")
            return said if said in settings.cds_origins else None
    return None


def crossing_headers(origin: str | None) -> list[tuple[bytes, bytes]]:
    """What tells a browser that the page of that origin may read the answer."""
    if origin is None:
        return []
    return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")]


def preflight(scope: Scope, origin: str | None) -> Response | None:
    """The answer to a browser that asks whether it may send; None for every other request."""
    asks = any(name == b"access-control-request-method" for name, _ in scope["headers"])
    if origin is None or scope["method"] != "OPTIONS" or not asks:
        return None
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": _KEPT,
    }
    return Response(status_code=204, headers=allowed)
