"""How a reader of FHIR gives up on one record: the reason, and how to mend it."""

from __future__ import annotations

from screener.intake.report import Fate


class Refused(Exception):
    """This part of a resource gives no record; `fate` says whether that is a fault of it."""

    def __init__(self, reason: str, hint: str | None = None, fate: Fate = Fate.REJECTED) -> None:
        self.reason = reason
        self.hint = hint
        self.fate = fate
        super().__init__(reason)
