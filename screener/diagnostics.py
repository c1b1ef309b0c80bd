"""Where something was written, what is wrong with it, and how both are shown to a person.

One shape for every fault of a rule file; which faults there are is decided where they are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of one line of a file; `line` and `column` count characters from 1."""

    file: str
    line: int
    column: int
    width: int = 1


class Severity(Enum):
    """An error keeps a file from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a rule file.

    `id` is a stable word; `message` says the cause in the words of the file's author; `expected`
    and `hint` are there only where they are true and useful.
    """

    id: str
    message: str
    span: Span
    expected: str | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR

    def to_json(self) -> dict[str, object]:
        """As `screener check --json` tells it."""
        return {
            "id": self.id,
            "file": self.span.file,
            "line": self.span.line,
            "column": self.span.column,
            "message": self.message,
            "expected": self.expected,
            "hint": self.hint,
            "severity": self.severity.value,
        }


class RulesError(Exception):
    """A rule, vocabulary or case file that cannot be used; `diagnostics` says all that is wrong.

    `sources` maps the names of the files to their texts, for the caret.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: dict[str, str]) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = dict(sources)
        # Split once: a file may be large and have many faults.
        lines = {name: text.splitlines() for name, text in sources.items()}
        super().__init__("\n".join(_rendered(one, lines) for one in self.diagnostics))

    def __reduce__(self) -> tuple[type[RulesError], tuple[object, ...]]:
        # Between processes an exception is made again of what it was made of, not of its text.
        return type(self), (self.diagnostics, self.sources)


class Fault(NamedTuple):
    """One fault of a profile: a JSON pointer to it, the cause, how to mend it, and a stable id.

    The ids of what a profile can have wrong are listed in docs/profile-faults.md; `unusable` is
    what has no place in a profile: the day, the version, the file it came in.
    """

    pointer: str
    message: str
    hint: str | None = None
    id: str = "unusable"


class ProfileError(Exception):
    """A patient profile that cannot be used; `faults` says all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault], patient: str | None = None) -> None:
        self.faults = tuple(faults)
        self.patient = patient
        super().__init__(
            "\n".join(
                f"{fault.pointer or '/'}: {fault.message}"
                + (f"\n   hint: {fault.hint}" if fault.hint else "")
                for fault in self.faults
            )
        )

    def __reduce__(self) -> tuple[type[ProfileError], tuple[object, ...]]:
        return type(self), (self.faults, self.patient)


class UnknownTrial(LookupError):
    """There is no such trial or version, or none in force on that day; `hint`: what there is."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message if hint is None else f"{message}\n   hint: {hint}")


def render(diagnostic: Diagnostic, sources: dict[str, str]) -> str:
    """The fault as text: place, cause, the line with a caret, what was expected, a hint."""
    file = diagnostic.span.file
    return _rendered(diagnostic, {file: sources.get(file, "").splitlines()})


def _rendered(diagnostic: Diagnostic, sources: dict[str, list[str]]) -> str:
    span = diagnostic.span
    head = (
        f"{span.file}:{span.line}:{span.column}: "
        f"{diagnostic.severity.value}[{diagnostic.id}]: {diagnostic.message}"
    )
    shown = [head]
    lines = sources.get(span.file, [])
    if 0 < span.line <= len(lines):
        shown += _caret(lines[span.line - 1], span)
    if diagnostic.expected:
        shown.append(f"   expected: {diagnostic.expected}")
    if diagnostic.hint:
        shown.append(f"   hint: {diagnostic.hint}")
    return "\n".join(shown)


#: A longer line is shown in part, around the fault.
_WIDEST = 140


def _caret(line: str, span: Span) -> list[str]:
    start = max(0, span.column - 1 - _WIDEST // 2) if len(line) > _WIDEST else 0
    cut = "".join(
        character if character.isprintable() else " " for character in line[start : start + _WIDEST]
    )
    offset = span.column - 1 - start
    width = max(1, min(span.width, len(cut) - offset))
    gutter = f"{span.line:5} | "
    return [gutter + cut, " " * (len(gutter) - 2) + "| " + " " * offset + "^" * width]
