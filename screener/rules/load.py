"""The doors of this package: text in, a vocabulary, a protocol or cases out, or all its faults.

Nothing here looks at a file system; a file's name is only for messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from screener.diagnostics import Diagnostic, RulesError, Span
from screener.rules.cases import Case, read_case_file
from screener.rules.declarations import read_vocabulary_file
from screener.rules.faults import MOST_FAULTS, Faults, TooManyFaults
from screener.rules.mapping import read_mapping_file
from screener.rules.protocol import Reading, read_document
from screener.rules.source import Node, read_source
from screener.site import Site
from screener.vocabulary import Vocabulary

__all__ = ["Case", "Reading", "read_cases", "read_mapping", "read_protocol", "read_vocabulary"]

_Read = TypeVar("_Read")


def read_vocabulary(text: str | bytes, name: str) -> Vocabulary:
    """The facts of a vocabulary file.

    Raises:
        RulesError: with all faults of the file.
    """
    return _read(text, name, read_vocabulary_file)[0]


def read_protocol(text: str | bytes, name: str, vocabulary: Vocabulary) -> Reading:
    """The protocol of a rule file, with the vocabulary its own facts are added to.

    Raises:
        RulesError: with all faults of the file, its warnings among them.
    """
    reading, faults = _read(
        text, name, lambda node, faults: read_document(node, vocabulary, faults)
    )
    return Reading(reading.protocol, reading.vocabulary, faults.found)


def read_cases(text: str | bytes, name: str) -> tuple[Case, ...]:
    """The example patients of a case file, `like` and `change` worked in.

    Raises:
        RulesError: with all faults of the file.
    """
    return _read(text, name, read_case_file)[0]


def read_mapping(text: str | bytes, name: str, vocabulary: Vocabulary) -> Site:
    """What a site calls the facts of the vocabulary, and what its sources are complete for.

    Raises:
        RulesError: with all faults of the file.
    """
    return _read(text, name, lambda node, faults: read_mapping_file(node, vocabulary, faults))[0]


def _read(
    text: str | bytes, name: str, read: Callable[[Node, Faults], _Read | None]
) -> tuple[_Read, Faults]:
    faults = Faults(name)
    result: _Read | None = None
    readable = ""
    over = False
    try:
        readable = _decoded(text, faults) or ""
        root = None if faults.errors else read_source(readable, faults)
        result = None if root is None else read(root, faults)
    except TooManyFaults:
        over = True
    if result is None or faults.errors:
        raise RulesError(_told(faults, over), {name: readable})
    return result, faults


def _decoded(text: str | bytes, faults: Faults) -> str | None:
    """The text without a byte order mark; None, with the fault noted, where it is not UTF-8."""
    if isinstance(text, bytes):
        try:
            return text.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            line = text.count(b"\n", 0, error.start) + 1
            faults.error(
                "not-utf-8",
                Span(faults.file, line, 1),
                "the file is not UTF-8 text",
                hint="save it as UTF-8",
            )
            return None
    return text.removeprefix("\ufeff")


def _told(faults: Faults, over: bool) -> tuple[Diagnostic, ...]:
    found = faults.found
    if not over:
        return found
    message = f"reading stopped after {MOST_FAULTS} faults"
    last = Diagnostic("too-many-faults", message, found[-1].span)
    return (*found, last)
