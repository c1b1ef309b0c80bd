"""`screener serve` and `screener user`: who can reach the form, and whether that is safe.

An address that other computers can reach is refused unless people sign in over TLS.
"""

from __future__ import annotations

import getpass
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from screener.cli import console
from screener.terminal import clean

if TYPE_CHECKING:
    from screener.web.configuration import Configuration
    from screener.web.settings import Settings

_HOW = """other computers can reach `{host}`, so people have to sign in
   hint: screener user add NAME --accounts users.db
         screener serve --host {host} --accounts users.db --certificate FILE --key FILE --name HOST
   for a program: screener key add NAME --scope screen --accounts users.db
   behind a proxy that signs people in: --user-header X-Remote-User --proxy ADDRESS --name HOST"""


def serve_form(given: Mapping[str, object]) -> int:
    """Open the form and answer until somebody ends it; `given`: what the command line says."""
    from screener.web.configuration import Refused, configured
    from screener.web.server import Tls, helped, open_socket, serve

    try:
        wanted = configured(given)
    except Refused as refused:
        raise console.UsageFault(str(refused)) from None
    _require_safe(wanted)
    if wanted.screening_log is not None:
        from screener.log.store import open_log

        open_log(wanted.screening_log, create=True).close()
    tell = console.say if wanted.log_requests else None
    settings = wanted.settled().model_copy(update={"tell": tell})
    _require_accounts(settings)
    try:
        listening = open_socket(wanted.host, wanted.port, shared=wanted.workers > 1)
    except OSError as error:
        reason = (error.strerror or "it is not an address").lower()
        raise console.UsageFault(
            f"cannot listen at `{clean(wanted.host)}` port {wanted.port}: {reason}"
            "\n   hint: `--port 0` takes a free port"
        ) from error
    port = listening.getsockname()[1]
    scheme = "https" if wanted.certificate is not None else "http"
    tls = None
    if wanted.certificate is not None and wanted.key is not None:
        tls = Tls(wanted.certificate, wanted.key)
    where = f"{scheme}://{wanted.own_name}:{port}/"

    def started(server: object) -> None:
        console.put(f"The form is open at {where} (Ctrl-C closes it)\n")

    with helped(settings, listening, wanted.workers, tls) as own_socket:
        serve(settings, own_socket, tls, started=started)
    return console.DONE


def add_user(name: str, accounts: Path) -> int:
    """Ask for a password and keep the user."""
    from screener.web.accounts import SHORTEST_PASSWORD, Accounts

    if not name.strip() or not name.isprintable():
        raise console.UsageFault("a name has letters in it, and no control characters")
    password = _password()
    if len(password) < SHORTEST_PASSWORD:
        raise console.UsageFault(
            f"a password has at least {SHORTEST_PASSWORD} characters; 15 are better"
        )
    try:
        new = Accounts(accounts, make=True).add(name.strip(), password)
    except sqlite3.Error as error:
        raise console.UsageFault(f"`{clean(str(accounts))}` is not a file of users") from error
    console.say(f"{clean(name)} {'may sign in' if new else 'has a new password'}")
    return console.DONE


def _password() -> str:
    """The password, typed twice; or the first line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise console.UsageFault("the two passwords are not the same")
    return password


def _require_safe(wanted: Configuration) -> None:
    if (wanted.certificate is None) is not (wanted.key is None):
        raise console.UsageFault("`--certificate` and `--key` go together")
    if wanted.user_header is not None and not wanted.proxies:
        raise console.UsageFault("`--user-header` is believed of a proxy only; name it: `--proxy`")
    if "*" in wanted.names:
        raise console.UsageFault("`*` is for an application within another; name the hosts")
    if wanted.loopback:
        return
    by_proxy = wanted.user_header is not None and bool(wanted.proxies)
    encrypted = wanted.certificate is not None or bool(wanted.proxies)
    if not by_proxy and not (wanted.accounts is not None and encrypted):
        raise console.UsageFault(_HOW.format(host=clean(wanted.host)))


def _require_accounts(settings: Settings) -> None:
    from screener.web.accounts import Accounts

    path = settings.accounts
    if path is None:
        return
    hint = f"screener user add NAME --accounts {clean(str(path))}"
    try:
        empty = Accounts(path).empty
    except FileNotFoundError:
        empty = True
    except sqlite3.Error as error:
        raise console.UsageFault(f"`{clean(str(path))}` is not a file of users") from error
    if empty:
        raise console.UsageFault(f"`{clean(str(path))}` has no users\n   hint: {hint}")
