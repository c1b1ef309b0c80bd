"""What the server is told at its start: where trials are, who may come, and how much of anything.

The limits have safe defaults and may be set higher or lower.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

#: The names by which a browser on this computer calls it.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    json: int = 1024 * 1024
    form: int = 256 * 1024
    upload: int = 8 * 1024 * 1024
    fields: int = 4_000
    patients: int = 1_000
    target: int = 8 * 1024
    header_block: int = 32 * 1024
    headers: int = 100
    header_time: float = 10
    body_time: float = 30
    handler_time: float = 10
    keep_alive: int = 5
    at_once: int = 200
    logins_a_minute: int = 10
    idle_session: int = 15 * 60
    longest_session: int = 8 * 60 * 60


@dataclass(frozen=True, slots=True)
class Settings:
    """How one server is set up.

    `names`: the hosts it answers to. `accounts`: the file of users and sessions. `user_header`:
    the header in which a proxy at one of `proxies` says who is signed in. `over_tls`: browsers
    reach it by https. `now` is the only clock there is, with its zone; `log` takes a line a
    request. `screening_log` is the name of the log in which answers may be recorded.
    """

    now: Callable[[], datetime]
    criteria: tuple[Path, ...] = ()
    names: tuple[str, ...] = LOOPBACK
    accounts: Path | None = None
    user_header: str | None = None
    proxies: tuple[str, ...] = ()
    over_tls: bool = False
    log: Callable[[str], None] | None = None
    screening_log: str | None = None
    limits: Limits = field(default_factory=Limits)
