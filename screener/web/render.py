"""Fills templates: always escaped, with the addresses of our own style sheet and script.

Templates hold no logic beyond loops and conditions; what they show is prepared by the pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from screener.catalog import shipped
from screener.version import VERSION
from screener.web.address import root_of
from screener.web.problems import Problem
from screener.web.tokens import token_for
from screener.web.words import pretty, unit_words

_MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


class Pages:
    """All templates and the files they refer to, read once; `records`: a screening log is kept."""

    def __init__(self, *, records: bool = False) -> None:
        folder = shipped("templates")
        self._env = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.files = dict(_read(folder / "static"))
        self._env.globals["assets"] = {
            name.rpartition("/")[2].replace(".", "_"): f"/static/{name}" for name in self.files
        }
        self._env.globals["version"] = VERSION
        self._env.globals["records"] = records
        self._env.filters["unit"] = unit_words
        self._env.filters["pretty"] = pretty

    def page(
        self, template: str, request: Request, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """A page; its title names no patient."""
        html = self._env.get_template(template).render(
            token=token_for(request),
            user=getattr(request.state, "user", None),
            root=root_of(request.scope),
            **context,
        )
        return HTMLResponse(html, status)

    def problem(self, problem: Problem, request: Request) -> Response:
        """What went wrong, as a page."""
        response = self.page("problem.html", request, problem.status, problem=problem)
        response.headers.update(problem.headers)
        return response

    def static(self, name: str) -> Response | None:
        """A file that pages refer to; None if there is none of that name."""
        found = self.files.get(name)
        return None if found is None else Response(found[1], headers={"Content-Type": found[0]})


def _read(folder: Path) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for path in sorted(folder.iterdir()):
        if path.suffix in _MEDIA:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            yield f"{digest}/{path.name}", (_MEDIA[path.suffix], content)
