"""The commands and their options; the module that does the work is imported when it runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from screener.cli import console

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


class Form(StrEnum):
    """What a patient file may be written in."""

    PROFILE = "profile"
    FHIR = "fhir"
    CSV = "csv"


AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The day the question is asked for."),
]
Criteria = Annotated[
    list[Path] | None,
    typer.Option(
        "--criteria",
        metavar="DIR",
        help="Where trials are found; may be repeated.  [default: SCREENER_CRITERIA, else "
        "./criteria, else the trials shipped with this program]",
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Answer in JSON, one object a line, and nothing else.")
]


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


@app.command()
def screen(
    trial: Annotated[
        str,
        typer.Argument(
            metavar="TRIAL", help="NCT01681446, NCT01681446@2018-05-30, or the path of a rule file."
        ),
    ],
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Patients: profiles (JSON, NDJSON), FHIR, or CSV tables; - is standard input.",
        ),
    ],
    as_of: AsOf = None,
    form: Annotated[
        Form | None,
        typer.Option(
            "--from", help="What the files are written in.  [default: by name and content]"
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="What your site calls columns and codes."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Judge nobody of whom a part is not understood."),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write what became of every part (NDJSON)."),
    ] = None,
    rejected: Annotated[
        Path | None,
        typer.Option("--rejected", metavar="FILE", help="Write the rejected rows of tables."),
    ] = None,
    as_json: AsJson = False,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code", help="End with 10 if any is ineligible, else 11 if any is undetermined."
        ),
    ] = False,
    criteria: Criteria = None,
) -> None:
    """Judge patients, and say why."""

    def work() -> int:
        from screener.cli.patients import Wanted
        from screener.cli.screen import screen_files
        from screener.intake import sources

        chosen = None if form is None else sources.Form(form.value)
        return screen_files(
            trial,
            files,
            as_of=console.day(as_of),
            as_json=as_json,
            exit_code=exit_code,
            criteria=console.criteria_folders(criteria or []),
            wanted=Wanted(chosen, mapping, strict, report, rejected),
        )

    console.run(work)


@app.command("match")
def match_trials(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Patients: profiles (JSON, NDJSON), FHIR, or CSV tables; - is standard input.",
        ),
    ],
    as_of: AsOf = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Reviews of evidence too, not trials alone.")
    ] = False,
    form: Annotated[
        Form | None,
        typer.Option(
            "--from", help="What the files are written in.  [default: by name and content]"
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="What your site calls columns and codes."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Judge nobody of whom a part is not understood."),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write what became of every part (NDJSON)."),
    ] = None,
    rejected: Annotated[
        Path | None,
        typer.Option("--rejected", metavar="FILE", help="Write the rejected rows of tables."),
    ] = None,
    as_json: AsJson = False,
    criteria: Criteria = None,
) -> None:
    """Judge patients against every trial there is, the most promising first."""

    def work() -> int:
        from screener.cli.match import match_files
        from screener.cli.patients import Wanted
        from screener.intake import sources

        chosen = None if form is None else sources.Form(form.value)
        return match_files(
            files,
            as_of=console.day(as_of),
            as_json=as_json,
            everything=everything,
            criteria=console.criteria_folders(criteria or []),
            wanted=Wanted(chosen, mapping, strict, report, rejected),
        )

    console.run(work)


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH...]",
            help="Rule files, vocabularies, case files or folders.  [default: all trials found]",
        ),
    ] = None,
    as_json: AsJson = False,
    criteria: Criteria = None,
) -> None:
    """Find the faults of rule files, all at once."""

    def work() -> int:
        from screener.cli.check import check_paths

        return check_paths(paths or [], console.criteria_folders(criteria or []), as_json=as_json)

    console.run(work)


@app.command("test")
def run_examples(
    trials: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TRIAL...]", help="Which trials.  [default: all trials found]"),
    ] = None,
    as_json: AsJson = False,
    criteria: Criteria = None,
) -> None:
    """Screen the example patients of trials."""

    def work() -> int:
        from screener.cli.cases import run_cases

        return run_cases(trials or [], console.criteria_folders(criteria or []), as_json=as_json)

    console.run(work)


@app.command("trials")
def list_found(as_of: AsOf = None, as_json: AsJson = False, criteria: Criteria = None) -> None:
    """List trials, versions, and which is in force."""

    def work() -> int:
        from screener.cli.trials import list_trials

        day = console.day(as_of)
        folders = console.criteria_folders(criteria or [])
        return list_trials(folders, console.today() if day is None else day, as_json=as_json)

    console.run(work)


@app.command("template")
def make_template(
    trial: Annotated[
        str, typer.Argument(metavar="TRIAL", help="A trial, a version of it, or a rule file.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="OUT", help="Write the table here, its dictionary beside it."
        ),
    ] = None,
    dictionary: Annotated[
        bool, typer.Option("--dictionary", help="Print the dictionary in place of the header.")
    ] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
    criteria: Criteria = None,
) -> None:
    """Make an empty table for a trial's patients, and say what belongs into it."""

    def work() -> int:
        from screener.cli.template import write_template

        day = console.day(as_of)
        return write_template(
            trial,
            console.criteria_folders(criteria or []),
            console.today() if day is None else day,
            out=out,
            dictionary=dictionary,
            as_json=as_json,
        )

    console.run(work)
