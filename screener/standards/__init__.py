"""Trials and answers in the forms that other systems of a hospital and of a trial take.

Every form says what it could not hold; none decides anything about a patient.
"""

from __future__ import annotations

from typing import NamedTuple


class Exported(NamedTuple):
    """A document as text, and what a person has to know of it because the form cannot say it."""

    text: str
    notes: tuple[str, ...] = ()
