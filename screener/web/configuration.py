"""How a server is set up from its environment: every setting has a variable `SCREENER_…`.

What the command line says goes before what the environment says. A variable that nothing knows is
an error with the nearest name, so that a slip of the pen is not silently the default.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from screener.web.settings import LOOPBACK, Limits, Settings

PREFIX = "SCREENER_"
_BETWEEN = "__"
#: Not for the environment.
_CALLED = ("now", "tell")


class Configuration(Settings, BaseSettings):
    """The settings of `screener serve`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=_BETWEEN, frozen=True, extra="forbid"
    )

    host: str = Field(default="127.0.0.1", description="The address to listen at.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port; 0 takes a free one.")
    certificate: Path | None = Field(default=None, description="Speak TLS with this certificate.")
    key: Path | None = Field(default=None, description="The key of the certificate.")
    workers: int = Field(default=1, ge=1, le=64, description="So many processes answer.")
    log_requests: bool = Field(
        default=False, description="A line on standard error for each request."
    )

    @property
    def own_name(self) -> str:
        """The address it listens at as it stands in an address line."""
        return (f"[{self.host}]" if ":" in self.host else self.host).lower()

    @property
    def loopback(self) -> bool:
        """Whether only this computer can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach it by https: its own, or that of a proxy."""
        return self.over_tls or self.certificate is not None or bool(self.proxies)

    def settled(self) -> Configuration:
        """The same with what follows from it: its own names, and whether it is over TLS."""
        names = (*LOOPBACK, self.own_name, *(name.lower() for name in self.names))
        known = tuple(dict.fromkeys(names))
        return self.model_copy(update={"names": known, "over_tls": self.encrypted})


class Refused(Exception):
    """Settings that cannot be used; a line for each, without the value."""


def configured(given: Mapping[str, object]) -> Configuration:
    """The settings of the environment, and `given` before them.

    Raises:
        Refused: with everything wrong with them.
    """
    unknown = list(_unknown(os.environ))
    if unknown:
        raise Refused("\n".join(unknown))
    try:
        return Configuration(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Refused("\n".join(_faults(error))) from None


def variables() -> Iterator[tuple[str, str, str]]:
    """Every variable with its default and its meaning, as the documentation lists them."""
    for name, field in Configuration.model_fields.items():
        if name in _CALLED or name == "limits":
            continue
        yield _variable(name), _shown(field.default), field.description or ""
    for name, field in Limits.model_fields.items():
        yield _variable("limits", name), _shown(field.default), field.description or ""


def _variable(*path: str) -> str:
    return PREFIX + _BETWEEN.join(path).upper()


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default)


def _unknown(environment: Mapping[str, str]) -> Iterator[str]:
    known = {name for name, _, _ in variables()} | {_variable("limits")}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1)
            yield f"`{name}` is no setting" + (f"; did you mean `{near[0]}`?" if near else "")


def _faults(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        path = [str(step) for step in one["loc"]]
        yield f"`{_variable(*path)}`: {one['msg'][:1].lower()}{one['msg'][1:]}"
