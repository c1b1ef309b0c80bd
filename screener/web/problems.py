"""Everything that can go wrong with a request, in one shape that repeats no value of a patient.

Programs get `application/problem+json` (RFC 9457), people a page that says what happened and what
to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from screener.diagnostics import Fault
from screener.vocabulary import Vocabulary

_QUOTED = re.compile("`([^`]*)`")
#: What a profile is written with; names that say nothing of a patient.
_WORDS = frozenset(
    (
        "patient",
        "as_of",
        "facts",
        "visits",
        "complete",
        "date",
        "value",
        "unit",
        "comparator",
        "absent",
        "status",
        "source",
        "by",
        "start",
        "end",
        "ongoing",
        "records",
        "complete_to",
        "reference_range",
        "low",
        "high",
        "trial",
        "profile",
    )
)


class Problem(Exception):
    """A request that is not answered; `detail` is a sentence of ours, never of the request."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Iterable[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = [dict(one) for one in errors]
        self.headers = dict(headers or {})

    @property
    def title(self) -> str:
        """The name of the status."""
        return HTTPStatus(self.status).phrase

    def to_json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return body | ({"errors": self.errors} if self.errors else {})

    def response(self) -> Response:
        """The answer to a program."""
        body = json.dumps(self.to_json(), ensure_ascii=False).encode()
        media = "application/problem+json; charset=utf-8"
        return Response(body, self.status, {**self.headers, "Content-Type": media})


def wants_json(path: str) -> bool:
    """Whether the one who asks is a program."""
    return path.startswith(("/api/", "/cds-services", "/openapi.json", "/metrics"))


def silent_errors(
    faults: Iterable[Fault], data: object, vocabulary: Vocabulary, at: str = ""
) -> list[dict[str, str]]:
    """Faults of posted data without any value of them.

    Args:
        faults: all faults.
        data: what was posted, as far as it could be parsed.
        vocabulary: the names that may be repeated.
        at: the pointer to the part of the body that the faults are about.
    """
    said = {text.casefold() for text in _texts(data)}
    errors = []
    for fault in faults:
        known = _known(fault.pointer, vocabulary)
        error = {
            "pointer": at + _pointer(fault.pointer, vocabulary),
            "message": _QUOTED.sub(
                lambda match, known=known: match[0] if match[1] in known else "this",  # type: ignore[misc]
                fault.message,
            ),
        }
        hint = fault.hint
        if hint is not None and not any(
            _echoes(match[1], said, known) for match in _QUOTED.finditer(hint)
        ):
            error["hint"] = hint
        errors.append(error)
    return errors


def _echoes(word: str, said: set[str], known: frozenset[str]) -> bool:
    """Whether a word of a hint may come from what was posted."""
    if word in known:
        return False
    plain = word.casefold().rstrip("…")
    return "\ufffd" in word or any(plain in text for text in said)


def _known(pointer: str, vocabulary: Vocabulary) -> frozenset[str]:
    parts = set(pointer.split("/"))
    facts = parts & vocabulary.keys()
    attributes = {name for fact in facts for name in vocabulary[fact].attributes}
    return _WORDS | facts | attributes


def _pointer(pointer: str, vocabulary: Vocabulary) -> str:
    """The pointer as far as its steps are names of ours."""
    steps = []
    known = _known(pointer, vocabulary)
    for step in pointer.split("/")[1:]:
        if step not in known and not (step.isascii() and step.isdigit() and len(step) < 6):
            break
        steps.append(step)
    return "".join(f"/{step}" for step in steps)


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for name, member in data.items():
            yield str(name)
            yield from _texts(member)
    elif isinstance(data, list):
        for element in data:
            yield from _texts(element)
    elif data is not None and not isinstance(data, bool):
        yield str(data)
