"""Rule files as text: what is wrong with one, and what a version is to the one before it.

A text that is sent is read as data and forgotten.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from screener.catalog import Edition, File, Place, read_contents
from screener.diagnostics import RulesError, Severity, UnknownTrial
from screener.trial import Trial
from screener.web.api.answer import answer
from screener.web.api.asked import Body, found
from screener.web.inbox import read_json
from screener.web.library import Library
from screener.web.pages.asked import library_of, today_of
from screener.web.problems import Problem
from screener.web.proving import in_turn, proved

_NAME = "rules.yaml"
_WORDS = "vocabulary.yaml"


async def check(request: Request) -> Response:
    """Every fault of a rule file: `{rules}`, `vocabulary` if it is not the one on file."""
    body = Body(await read_json(request), ("rules", "vocabulary"))
    rules = body.text("rules", "the text of a rule file is needed")
    words = body.given("vocabulary")
    if words is not None and not isinstance(words, str):
        body.wrong("vocabulary", "the text of a vocabulary is needed")
    body.settle()
    library = library_of(request)
    try:
        edition = await run_sync(_read, rules, words, library)
        found_, usable = edition.warnings, True
    except RulesError as error:
        found_ = error.diagnostics
        usable = all(one.severity is not Severity.ERROR for one in found_)
    told = {"usable": usable, "faults": [one.to_json() for one in found_]}
    return answer(json.dumps(told, ensure_ascii=False))


async def diff(request: Request) -> Response:
    """What `new` is to `old`: each `NAME`, `NAME@VERSION`, or `{rules}` with a text of its own."""
    body = Body(await read_json(request), ("old", "new"))
    library = library_of(request)
    sides = [body.given(word) for word in ("old", "new")]
    for word, side in zip(("old", "new"), sides, strict=True):
        text = side.get("rules") if isinstance(side, dict) and len(side) == 1 else side
        if not isinstance(text, str):
            body.wrong(word, "a version is needed, or `{rules}`")
    body.settle()
    today = today_of(request).toordinal()
    try:
        old, new = [await run_sync(_side, side, library, today) for side in sides]
    except RulesError as error:
        errors = [
            {"pointer": "", "message": f"line {one.span.line}: {one.id}"}
            for one in error.diagnostics
        ]
        raise Problem(422, "A rule file has faults; /check says which.", errors) from None
    compared = await in_turn(request, lambda go_on: proved(old, new, go_on))
    told = {"old": _which(old), "new": _which(new), **compared.to_json()}
    return answer(json.dumps(told, ensure_ascii=False))


def _which(edition: Edition) -> dict[str, str]:
    return {
        "trial": edition.protocol.trial,
        "version": edition.protocol.version,
        "rules_sha256": edition.rules_sha256,
    }


def _side(side: Any, library: Library, today: int) -> Edition:
    if isinstance(side, dict):
        return _read(side["rules"], None, library)
    trial: Trial = found(side, library)
    try:
        return trial.editions[0] if trial.pinned else trial.edition(today)
    except UnknownTrial:
        raise Problem(404, "No version of the trial is in force today.") from None


def _read(rules: str, vocabulary: str | None, library: Library) -> Edition:
    """A version out of a text that was sent.

    Raises:
        RulesError: with all its faults.
    """
    place = Place("", "", Path(_NAME), Path(_WORDS))
    words = library.vocabulary_text if vocabulary is None else vocabulary.encode()
    return read_contents(place, File(_NAME, rules.encode("utf-8", "replace")), File(_WORDS, words))
