"""Every address for programs, said once: what it is for, who may use it, what it takes and gives.

The router, the check of keys, the OpenAPI document and the documentation page all read this table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from screener.web.api import hooks, many, matching, rules, screening, trials
from screener.web.keys import Key, Scope
from screener.web.problems import Problem
from screener.web.settings import Settings

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
ROOT = "/api/v1"
#: Where CDS Hooks has its services.
HOOKS_ROOT = "/cds-services"


class Door(NamedTuple):
    """One address. `takes` and `gives` name shapes; `query`: what may stand in the address.

    `lines`: both are a line a patient.
    """

    method: str
    path: str
    endpoint: Endpoint
    scope: Scope
    gives: str
    takes: str | None = None
    query: tuple[str, ...] = ()
    status: int = 200
    lines: bool = False

    @property
    def name(self) -> str:
        """How it is called."""
        return self.endpoint.__name__

    @property
    def says(self) -> str:
        """What it is for, in its own words."""
        return (self.endpoint.__doc__ or "").strip()


DOORS = (
    Door("GET", f"{ROOT}/trials", trials.trials, Scope.READ, "Trials"),
    Door("GET", f"{ROOT}/trials/{{trial}}", trials.one_trial, Scope.READ, "Trial"),
    Door(
        "GET", f"{ROOT}/trials/{{trial}}/criteria", trials.criteria, Scope.READ, "Criteria",
        query=("as_of",),
    ),
    Door(
        "GET", f"{ROOT}/trials/{{trial}}/facts", trials.facts, Scope.READ, "Facts",
        query=("as_of",),
    ),
    Door("POST", f"{ROOT}/screen", screening.screen_one, Scope.SCREEN, "Result", "Screen"),
    Door(
        "POST", f"{ROOT}/screen-many", many.screen_many, Scope.SCREEN, "Result", "Profile",
        query=("trial", "as_of"), lines=True,
    ),
    Door("POST", f"{ROOT}/match", matching.match, Scope.SCREEN, "Matches", "Match"),
    Door("POST", f"{ROOT}/explain", matching.explain, Scope.SCREEN, "Trace", "Explain"),
    Door("POST", f"{ROOT}/check", rules.check, Scope.RULES, "Checked", "Check"),
    Door("POST", f"{ROOT}/diff", rules.diff, Scope.RULES, "Compared", "Compare"),
    Door(
        "POST", f"{ROOT}/records", screening.record_one, Scope.RECORD, "Recorded", "Record",
        status=201,
    ),
)  # fmt: skip


#: The doors for CDS Hooks, where they are wanted.
HOOKS = (
    Door("GET", HOOKS_ROOT, hooks.hook_services, Scope.READ, "Services"),
    Door(
        "POST", f"{HOOKS_ROOT}/{{service}}", hooks.patient_view, Scope.SCREEN, "Cards",
        "PatientView",
    ),
)  # fmt: skip


def doors_of(settings: Settings) -> tuple[Door, ...]:
    """The doors of a server that is set up so."""
    return (*(DOORS if settings.api else ()), *(HOOKS if settings.cds_hooks else ()))


def guarded(endpoint: Endpoint, scope: Scope) -> Endpoint:
    """The same, for keys that open it; whoever needs no key needs none here."""

    async def answer(request: Request) -> Response:
        require(request, scope)
        return await endpoint(request)

    answer.__name__ = endpoint.__name__
    return answer


def require(request: Request, scope: Scope) -> None:
    """Refuse a key that does not open this.

    Raises:
        Problem: 403.
    """
    key: Key | None = getattr(request.state, "key", None)
    if key is not None and scope not in key.scopes:
        raise Problem(403, f"The key does not open this; it needs the scope {scope.value}.")
