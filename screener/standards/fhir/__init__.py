"""Trials and answers as FHIR resources, in the names of R5 or of R4."""

from __future__ import annotations

from enum import StrEnum


class Release(StrEnum):
    """A release of FHIR; R4B has the names of R4 for everything that is written here."""

    R4 = "r4"
    R5 = "r5"
