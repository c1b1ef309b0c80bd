"""What every form of input gives: one patient after the other, with the account of his parts."""

from __future__ import annotations

from typing import NamedTuple

from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.report import Entry


class Taken(NamedTuple):
    """One patient as taken in, and the account of the parts of the input that concern him.

    `sheet`: his facts, or what is wrong with all of them; None for parts that are of no patient.
    `place` is the file, and the line where that helps. `whole`: an error that concerns no patient
    but a file, of which nobody can be judged.
    """

    place: str
    sheet: FactSheet | ProfileError | None
    entries: tuple[Entry, ...]
    whole: bool = False
