"""The options that several commands share: one name, one meaning, one help text each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.intake.sources import Form

TrialName = Annotated[
    str,
    typer.Argument(
        metavar="TRIAL", help="NCT01681446, NCT01681446@2018-05-30, or the path of a rule file."
    ),
]
PatientFiles = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Patients: profiles (JSON, NDJSON), FHIR, or CSV tables; - is standard input.",
    ),
]
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
LogName = Annotated[
    str,
    typer.Argument(metavar="LOG", help="A log: a file, or postgresql://user@host/database."),
]
LogOption = Annotated[
    str | None,
    typer.Option(
        "--log",
        metavar="LOG",
        help="Record every answer in this log: a file (made if it is not there), or "
        "postgresql://user@host/database.",
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="NAME", help="Who records, as typed.  [default: the account of the system]"
    ),
]
OneTrial = Annotated[
    str | None, typer.Option("--trial", metavar="TRIAL", help="Of this trial alone.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Answer in JSON, one object a line, and nothing else.")
]
From = Annotated[
    Form | None,
    typer.Option("--from", help="What the files are written in.  [default: by name and content]"),
]
Mapping = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="FILE", help="What your site calls columns and codes."),
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Judge nobody of whom a part is not understood."),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write what became of every part (NDJSON)."),
]
Rejected = Annotated[
    Path | None,
    typer.Option("--rejected", metavar="FILE", help="Write the rejected rows of tables."),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=0.001,
        max=86_400,
        help="How long the solver may take per question.",
    ),
]
Completed = Annotated[
    str | None,
    typer.Option(
        "--patient",
        metavar="FILE",
        help="Profiles with gaps: whether any way to fill them is eligible; - is standard input.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="OUT", help="Write to this file, which must be new."),
]
Picture = Annotated[
    Path | None,
    typer.Option("--picture", metavar="FILE", help="Draw it, too, as SVG into this new file."),
]
