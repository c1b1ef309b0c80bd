"""The forms in which patients may come, which form an input has, and what every form gives.

It looks at a name and at the first bytes only. Reading a form is for the package of that form.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.report import Entry


class Form(Enum):
    """How patients are written down."""

    PROFILE = "profile"
    FHIR = "fhir"
    CSV = "csv"


class Taken(NamedTuple):
    """One patient as taken in, and the account of the parts of the input that concern him.

    `sheet`: his facts, or what is wrong with all of them; None for parts that are of no patient.
    `place` is the file, and the line where that helps.
    """

    place: str
    sheet: FactSheet | ProfileError | None
    entries: tuple[Entry, ...]


#: A word that every FHIR resource has and no profile may have.
_FHIR = re.compile(rb'"resourceType"\s*:')
_TABLES = (".csv", ".tsv")


def form_of(name: str, head: bytes) -> Form:
    """The form of an input called `name` (`-`: no name) that begins with `head`."""
    if name.lower().endswith(_TABLES):
        return Form.CSV
    if _FHIR.search(head):
        return Form.FHIR
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return Form.PROFILE if start in (b"{", b"[", b"") or name.endswith(".json") else Form.CSV
