"""Tables as text, taken in with a small vocabulary of their own."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from screener.diagnostics import Fault, ProfileError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.intake.report import Entry, Fate
from screener.intake.tables.patients import Rejected, Sink, read_table
from screener.intake.taken import Taken
from screener.rules.load import read_mapping, read_vocabulary
from screener.site import Site
from screener.vocabulary import Vocabulary

_BLOOD = {"kind": "observation", "cost": "blood_draw"}
_FACTS: dict[str, Any] = {
    "sex": {"type": "code", "kind": "fixed", "values": ["female", "male"]},
    "birth_date": {"type": "date"},
    "platelets": {"type": "quantity", "unit": "10*9/L", **_BLOOD},
    "alt": {"type": "quantity", "unit": "U/L", **_BLOOD},
    "inr": {"type": "number", **_BLOOD},
    "ascites": {"type": "ordinal", "kind": "observation", "scale": ["none", "mild", "severe"]},
    "depression": {"type": "boolean", "kind": "cumulative"},
    "pregnant": {"type": "boolean", "kind": "observation"},
    "other_disease": {"type": "boolean", "kind": "cumulative", "asked_of": "investigator"},
    "antibiotic": {
        "type": "event",
        "attributes": {
            "drug": {"type": "code"},
            "route": {"type": "code", "values": ["oral", "topical"]},
            "dose": {"type": "quantity", "unit": "mg"},
        },
    },
}


def vocabulary() -> Vocabulary:
    return read_vocabulary(json.dumps({"vocabulary": "Tables", "facts": _FACTS}), "vocabulary")


def site(text: str) -> Site:
    return read_mapping("mapping: A site\n" + text, "site.yaml", vocabulary())


class Intake:
    """All that comes out of a table."""

    def __init__(self, table: str | bytes, mapping: str | None = None) -> None:
        content = table.encode() if isinstance(table, str) else table
        self.header: tuple[tuple[str, ...], str] | None = None
        self.rejected: list[Rejected] = []
        where = None if mapping is None else site(mapping)
        sink = Sink(self._begin, self.rejected.append)
        stream = io.BytesIO(content)
        self.taken: list[Taken] = list(
            read_table(stream, "table.csv", vocabulary(), where, sink=sink)
        )

    def _begin(self, header: tuple[str, ...], delimiter: str) -> None:
        self.header = header, delimiter

    @property
    def sheets(self) -> list[FactSheet]:
        return [one.sheet for one in self.taken if isinstance(one.sheet, FactSheet)]

    @property
    def faults(self) -> list[Fault]:
        errors = [one.sheet for one in self.taken if isinstance(one.sheet, ProfileError)]
        return [fault for error in errors for fault in error.faults]

    @property
    def places(self) -> list[str]:
        return [fault.pointer for fault in self.faults]

    @property
    def entries(self) -> list[Entry]:
        return [entry for one in self.taken for entry in one.entries]

    def of(self, fate: Fate) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind is fate]


def sheet_of(facts: Mapping[str, object], **words: object) -> FactSheet:
    """What the profile with these facts says."""
    return read_profile({"patient": "007", "facts": facts, **words}, vocabulary())


def taken(table: str | bytes, mapping: str | None = None) -> FactSheet:
    """The only patient of a table without faults."""
    intake = Intake(table, mapping)
    assert intake.faults == []
    (sheet,) = intake.sheets
    return sheet
