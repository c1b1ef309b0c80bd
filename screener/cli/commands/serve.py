"""`screener serve`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console, options


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8000,
    accounts: Annotated[
        Path | None,
        typer.Option("--accounts", metavar="FILE", help="Ask for sign-in, of these users."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="FILE", help="Speak TLS with this.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="The key of the certificate.")
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="HOST", help="A name browsers use for it; repeatable."),
    ] = None,
    user_header: Annotated[
        str | None,
        typer.Option("--user-header", metavar="HEADER", help="Where the proxy says who asks."),
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", metavar="ADDRESS", help="A proxy to trust; repeatable."),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="So many processes answer.")
    ] = 1,
    log_requests: Annotated[
        bool, typer.Option("--log-requests", help="A line on standard error for each request.")
    ] = False,
    log: Annotated[
        str | None,
        typer.Option(
            "--log", metavar="LOG", help="Let answers be recorded in this log: a file, or a URL."
        ),
    ] = None,
    criteria: options.Criteria = None,
) -> None:
    """Open the web form; it stores nothing but what is recorded in a log."""

    def work() -> int:
        from screener.cli.serve import Wanted, serve_form

        wanted = Wanted(
            host, port, accounts, certificate, key, name or [], user_header, proxy or [], workers
        )
        folders = console.criteria_folders(criteria or [])
        return serve_form(wanted, folders, log_requests=log_requests, log=log)

    console.run(work)
