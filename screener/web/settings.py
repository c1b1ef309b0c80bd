"""What the server is told at its start: where trials are, who may come, and how much of anything.

The limits have safe defaults and may be set higher or lower.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

#: The names by which a browser on this computer calls it.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def _now() -> datetime:
    """This moment, with the offset of this place."""
    return datetime.now().astimezone()


def _parts(sign: str) -> BeforeValidator:
    """A text with several values in it, as the environment holds them, taken apart."""

    def split(said: object) -> object:
        if isinstance(said, str):
            return tuple(part.strip() for part in said.split(sign) if part.strip())
        return said

    return BeforeValidator(split)


Names = Annotated[tuple[str, ...], NoDecode, _parts(",")]
Folders = Annotated[tuple[Path, ...], NoDecode, _parts(os.pathsep)]


class Limits(BaseModel):
    """Sizes in bytes, times in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    json_body: int = Field(default=1024 * 1024, description="A JSON body, and a line of NDJSON.")
    prefetch: int = Field(
        default=8 * 1024 * 1024, description="A chart as CDS Hooks prefetches it."
    )
    form: int = Field(default=256 * 1024, description="The fields of a form.")
    upload: int = Field(default=8 * 1024 * 1024, description="A form with files.")
    fields: int = Field(default=4_000, description="How many fields a form has.")
    patients: int = Field(default=1_000, description="How many patients an uploaded list has.")
    target: int = Field(default=8 * 1024, description="The address of a request.")
    header_block: int = Field(default=32 * 1024, description="All headers of a request.")
    headers: int = Field(default=100, description="How many headers a request has.")
    header_time: float = Field(default=10, description="Until the headers are there.")
    body_time: float = Field(
        default=30, description="Until the body is there; of NDJSON, its next part."
    )
    handler_time: float = Field(
        default=10, description="Until the answer begins, once the body is there."
    )
    proof_time: float = Field(
        default=60, description="The same for comparing two versions, and for the workbench."
    )
    keep_alive: int = Field(default=5, description="How long a connection may idle.")
    at_once: int = Field(default=200, description="How many requests are answered at once.")
    drain_time: int = Field(
        default=10, description="How long a server that ends waits for its answers."
    )
    logins_a_minute: int = Field(
        default=10, description="Tries of one name; ten times that of an address."
    )
    idle_session: int = Field(
        default=15 * 60, description="After that a session without a request ends."
    )
    longest_session: int = Field(default=8 * 60 * 60, description="After that any session ends.")


class Settings(BaseModel):
    """How one server is set up. `now` is the only clock there is; `tell` takes a line a request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criteria: Folders = Field(
        default=(), description="Folders of trials; else `./criteria`, or shipped."
    )
    names: Names = Field(default=LOOPBACK, description="The hosts it answers to; `*` is any.")
    accounts: Path | None = Field(default=None, description="The file of users, sessions and keys.")
    user_header: str | None = Field(
        default=None, description="Where a proxy says who is signed in."
    )
    proxies: Names = Field(default=(), description="The addresses of proxies that are believed.")
    over_tls: bool = Field(default=False, description="Whether browsers reach it by https.")
    screening_log: str | None = Field(
        default=None, description="The log in which answers are recorded."
    )
    form: bool = Field(default=True, description="Whether the pages for people are there.")
    api: bool = Field(default=True, description="Whether the door for programs is there.")
    cds_hooks: bool = Field(default=False, description="Whether the door for CDS Hooks is there.")
    cds_trials: Names = Field(
        default=(), description="The trials that CDS Hooks shows cards of; else all."
    )
    cds_ineligible: bool = Field(
        default=False, description="Whether CDS Hooks shows trials that rule the patient out."
    )
    cds_mapping: Path | None = Field(
        default=None,
        description="The mapping file for CDS Hooks: codes, and what the source is complete for.",
    )
    cds_origins: Names = Field(
        default=(), description="The origins of browser-based clients of CDS Hooks."
    )
    limits: Limits = Field(default_factory=Limits, description="How much of anything.")
    now: Callable[[], datetime] = _now
    tell: Callable[[str], None] | None = None
