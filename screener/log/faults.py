"""What can go wrong with a log, in words for the person who uses it."""

from __future__ import annotations


class LogFault(Exception):
    """The log could not be read or written; nothing was recorded by halves."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message if hint is None else f"{message}\n   hint: {hint}")


class UnknownLog(LogFault):
    """There is no log of that name, or it is none that this program can use."""


class Refused(LogFault):
    """What was to be recorded cannot be recorded: an unknown record, a missing reason."""
