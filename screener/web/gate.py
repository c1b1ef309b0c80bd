"""Who is asking: nobody in particular on this computer, a user, whom a proxy names, or a program.

Where sign-in is configured, every page needs it but the sign-in itself; a program has a key.
"""

from __future__ import annotations

from collections import deque
from http.cookies import CookieError, SimpleCookie
from time import time
from typing import NamedTuple

from starlette.types import Scope

from screener.web.accounts import Accounts
from screener.web.address import path_of
from screener.web.keys import Key
from screener.web.settings import Settings

_OPEN = ("/static/", "/healthz", "/readyz", "/signin")
#: Where a key is looked at.
_FOR_PROGRAMS = ("/api/", "/cds-services", "/metrics", "/openapi.json", "/docs")


class Entered(NamedTuple):
    """Who asks, in which session, or with which key; all None where nobody has to sign in."""

    user: str | None
    session: str | None
    key: Key | None = None


class Gate:
    """Decides who may pass, for one server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.accounts = None if settings.accounts is None else Accounts(settings.accounts)
        self._tries: dict[str, deque[float]] = {}

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return "__Host-session" if self._settings.over_tls else "session"

    def enter(self, scope: Scope) -> Entered | None:
        """Who is asking; None for somebody who has to sign in first."""
        path = path_of(scope)
        secret = _secret(scope)
        if secret is not None and self.accounts is not None and path.startswith(_FOR_PROGRAMS):
            key = self.accounts.key_of(secret, time())
            return None if key is None else Entered(None, None, key)
        if self._settings.user_header is not None:
            return self._from_proxy(scope, self._settings.user_header)
        if self.accounts is None:
            return Entered(None, None)
        id = self._session(scope)
        user = None
        if id is not None:
            user = self.accounts.user_of(id, time(), self._settings.limits)
        if user is not None:
            return Entered(user, id)
        return Entered(None, None) if path.startswith(_OPEN) else None

    def may_try(self, name: str, address: str) -> bool:
        """Whether one more password may be tried for a name, or from an address, just now."""
        now, allowed = time(), self._settings.limits.logins_a_minute
        if len(self._tries) > 10_000:
            self._tries.clear()
        for key, most in ((f"name {name}", allowed), (f"from {address}", 10 * allowed)):
            tries = self._tries.setdefault(key, deque())
            while tries and now - tries[0] > 60:
                tries.popleft()
            if len(tries) >= most:
                return False
            tries.append(now)
        return True

    def set_cookie(self, id: str) -> str:
        """The header that gives a browser its session; with a blank id, that takes it away."""
        secure = "; Secure" if self._settings.over_tls else ""
        age = "" if id else "; Max-Age=0"
        return f"{self.cookie}={id}; Path=/; HttpOnly; SameSite=Strict{secure}{age}"

    def _session(self, scope: Scope) -> str | None:
        said = "; ".join(
            value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"
        )
        try:
            found = SimpleCookie(said).get(self.cookie)
        except CookieError:
            return None
        return None if found is None else found.value

    def _from_proxy(self, scope: Scope, header: str) -> Entered | None:
        client = scope.get("client")
        if path_of(scope).startswith(("/healthz", "/readyz", "/static/")):
            return Entered(None, None)
        if client is None or client[0] not in self._settings.proxies:
            return None
        wanted = header.lower().encode()
        names = [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
        if len(names) != 1 or not names[0].strip() or not names[0].isprintable():
            return None
        return Entered(names[0].strip(), f"proxy {names[0].strip()}")


def _secret(scope: Scope) -> str | None:
    """The key that a program sends along, if it does."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, secret = value.decode("latin-1").partition(" ")
            return str(secret).strip() if kind.lower() == "bearer" else ""
    return None
