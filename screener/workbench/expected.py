"""An example patient as read, with the answers expected of him."""

from __future__ import annotations

from typing import NamedTuple

from screener.facts import FactSheet


class Expected(NamedTuple):
    """An example patient, and what is expected of him, as far as it is."""

    sheet: FactSheet
    as_of: int
    verdict: str | None
    stages: dict[str, str]
    criteria: dict[str, str]
