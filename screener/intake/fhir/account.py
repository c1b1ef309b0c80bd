"""Files the records of one patient, and keeps the account of every part of every resource.

The words of a record are read as those of a profile are, with the same faults; here it is only
decided what a fault, a doubt or a refusal makes of the part it is in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from screener.intake.faults import step
from screener.intake.fhir.refused import Refused
from screener.intake.known import Never
from screener.intake.records import read_fact
from screener.intake.report import Entry, Fate
from screener.intake.sheet import Draft
from screener.vocabulary import Fact

_RANGE = "reference_range"


class Account:
    """The draft of one patient, and the entries of the report that concern him."""

    def __init__(self, patient: str | None) -> None:
        self.patient = patient
        self.draft = Draft()
        self.entries: list[Entry] = []
        #: The kinds of resources of which one could not be understood: it may be of any fact.
        self.doubts: set[str] = set()

    def note(
        self,
        place: str,
        fate: Fate,
        reason: str | None = None,
        hint: str | None = None,
        fact: str | None = None,
    ) -> None:
        """Say what became of a part."""
        self.entries.append(Entry(place, fate, fact, reason, hint, self.patient))

    def refuse(self, place: str, refused: Refused, fact: str | None = None) -> None:
        """Say why a part was not used."""
        self.note(place, refused.fate, refused.reason, refused.hint, fact)

    def take(
        self, place: str, fact: Fact, words: Mapping[str, object], notes: Sequence[str] = ()
    ) -> None:
        """File one record; what of it was left aside goes into `notes`.

        Faults of a reference range cost the range only, any other fault the record.
        """
        faults = self._read(place, fact, words)
        if faults and all(at.startswith(step("", _RANGE)) for at, _, _ in faults):
            notes = [*notes, f"its reference range is left aside: {faults[0][1]}"]
            faults = self._read(place, fact, {**words, _RANGE: None})
        status = words.get("status")
        if isinstance(status, Never):
            self.note(place, Fate.IGNORED, status.reason, fact=fact.name)
        elif faults:
            message = "; ".join(message for _, message, _ in faults)
            hint = next((hint for _, _, hint in faults if hint), None)
            self.note(place, Fate.REJECTED, message, hint, fact.name)
        else:
            self.note(place, Fate.MAPPED, "; ".join(notes) or None, fact=fact.name)

    def _read(
        self, place: str, fact: Fact, words: Mapping[str, object]
    ) -> list[tuple[str, str, str | None]]:
        """Read the record into the draft; its faults are taken out again."""
        found = self.draft.faults.found
        before = len(found)
        read_fact(fact, dict(words), None, "", self.draft)
        faults = [(one.pointer, one.message, one.hint) for one in found[before:]]
        del found[before:]
        return faults
