"""`screener user`: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console

app = typer.Typer(help="Who may sign in to the web form.", no_args_is_help=True)


@app.callback()
def _users() -> None:
    """Who may sign in to the web form."""


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")],
    accounts: Annotated[
        Path,
        typer.Option("--accounts", metavar="FILE", help="The file of users; made if it is new."),
    ],
) -> None:
    """Add a user, or give one a new password."""

    def work() -> int:
        from screener.cli.serve import add_user

        return add_user(name, accounts)

    console.run(work)
