"""The program `screener`: its commands, each a module of `commands`, in the order of the help."""

from __future__ import annotations

from typing import Annotated

import typer

from screener.cli.commands import (
    cases,
    check,
    cohort,
    diff,
    explain,
    export,
    funnel,
    import_,
    key,
    log,
    match,
    prove,
    schema,
    screen,
    serve,
    sweep,
    template,
    test,
    trials,
    user,
)

app = typer.Typer(
    help="Screens patients against clinical-trial eligibility criteria.",
    epilog=(
        "Exit codes: 0 done, 1 a condition did not hold, 2 usage, 3 bad rules, 4 bad data, "
        "5 internal; with --exit-code: 10 any ineligible, else 11 any undetermined."
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        from screener.version import VERSION

        typer.echo(f"screener {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Screens patients against clinical-trial eligibility criteria."""


app.command("screen")(screen.screen)
app.command("explain")(explain.explain)
app.command("match")(match.match_trials)
app.command("cohort")(cohort.cohort)
app.command("check")(check.check)
app.command("test")(test.run_examples)
app.command("trials")(trials.list_found)
app.command("schema")(schema.schema)
app.command("template")(template.make_template)
app.command("import")(import_.import_record)
app.command("export")(export.export)
app.command("cases")(cases.cases)
app.command("diff")(diff.diff)
app.add_typer(log.app, name="log")
app.command("funnel")(funnel.funnel)
app.command("sweep")(sweep.sweep)
app.command("prove")(prove.prove)
app.command("serve")(serve.serve)
app.add_typer(user.app, name="user")
app.add_typer(key.app, name="key")
