"""`screener serve`: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console, options


def serve(
    host: Annotated[
        str | None,
        typer.Option("--host", help="The address to listen at.  [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="The port; 0 takes a free one.  [default: 8000]"
        ),
    ] = None,
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
        int | None,
        typer.Option("--workers", min=1, max=64, help="So many processes answer.  [default: 1]"),
    ] = None,
    log_requests: Annotated[
        bool | None,
        typer.Option("--log-requests", help="A line on standard error for each request."),
    ] = None,
    log: Annotated[
        str | None,
        typer.Option(
            "--log", metavar="LOG", help="Let answers be recorded in this log: a file, or a URL."
        ),
    ] = None,
    criteria: options.Criteria = None,
) -> None:
    """Open the web form; it stores nothing but what is recorded in a log.

    Every option, and every limit, has a variable SCREENER_… beside it: see docs/running.md.
    """

    def work() -> int:
        from screener.cli.serve import serve_form

        said = {
            "host": host,
            "port": port,
            "accounts": accounts,
            "certificate": certificate,
            "key": key,
            "names": tuple(name or ()) or None,
            "user_header": user_header,
            "proxies": tuple(proxy or ()) or None,
            "workers": workers,
            "log_requests": log_requests,
            "screening_log": log,
            "criteria": tuple(console.criteria_folders(criteria or [])) or None,
        }
        return serve_form({word: value for word, value in said.items() if value is not None})

    console.run(work)
