"""`screener key`: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console

app = typer.Typer(help="Which programs may use the door for programs.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The program that the key is for.")]
File = Annotated[
    Path, typer.Option("--accounts", metavar="FILE", help="The file of users and keys.")
]


@app.callback()
def _keys() -> None:
    """Which programs may use the door for programs."""


@app.command("add")
def add(
    name: Name,
    accounts: File,
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope", help="What it opens: read, screen, rules, record, metrics; repeatable."
        ),
    ],
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="It ends after so many days.")
    ] = None,
) -> None:
    """Make a key and print it, this once; one of that name ends."""

    def work() -> int:
        from screener.cli.keys import add_key

        return add_key(name, scope, accounts, days)

    console.run(work)


@app.command("list")
def list_(accounts: File) -> None:
    """Say which keys there are, what they open, and until when."""

    def work() -> int:
        from screener.cli.keys import list_keys

        return list_keys(accounts)

    console.run(work)


@app.command("remove")
def remove(name: Name, accounts: File) -> None:
    """Let a key open nothing any more."""

    def work() -> int:
        from screener.cli.keys import remove_key

        return remove_key(name, accounts)

    console.run(work)
