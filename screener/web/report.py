"""A comparison as one page that needs nothing else: to be read, printed, and kept with the change.

The page of the workbench shows the same part of the same template.
"""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from screener.catalog import shipped
from screener.version import VERSION
from screener.web.words import pretty
from screener.workbench.report import Report


def page(report: Report, command: str) -> str:
    """The whole page; `command` is how to ask for it again."""
    folder = shipped("templates")
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["pretty"] = pretty
    # Our own style sheet, which holds no text of anybody else's.
    style = Markup((folder / "static" / "screener.css").read_text("utf-8"))
    return environment.get_template("report.html").render(
        report=report, command=command, style=style, version=VERSION
    )
