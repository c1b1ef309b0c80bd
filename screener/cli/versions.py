"""Which version of a trial a command means: the one named, else the one in force on the day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screener.catalog import Edition
from screener.cli import console
from screener.trial import load_trial


def edition_of(name: str, criteria: Sequence[Path], as_of: int | None) -> Edition:
    """The version that a name means on a day (an ordinal; None: today).

    Raises:
        UnknownTrial: if there is no such trial or version, or none is in force yet.
        RulesError: if its files have faults.
    """
    day = console.today() if as_of is None else as_of
    return load_trial(name, criteria=criteria).edition(day)
