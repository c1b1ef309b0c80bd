"""What a reader of resources needs beside the resource: codes, birth, drugs, and where to file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from screener.days import Days
from screener.intake.faults import quoted
from screener.intake.fhir.account import Account
from screener.intake.fhir.codings import CodeIndex, Meaning, said
from screener.intake.fhir.models import Concept, Drug, Medication
from screener.intake.fhir.refused import Refused
from screener.intake.report import Fate
from screener.vocabulary import Vocabulary


class Place(NamedTuple):
    """Where a resource stands, for people, and its name (`Observation/1`), for the explanation."""

    text: str
    source: str


class Context(NamedTuple):
    """`birth`: the days on which the patient may have been born. `drugs`: by reference."""

    codes: CodeIndex
    account: Account
    birth: Days | None
    drugs: Mapping[str, Medication]
    vocabulary: Vocabulary

    def meanings(self, concept: Concept | None, place: str, resource: str) -> tuple[Meaning, ...]:
        """The facts that a concept stands for; where there are none, the report says so."""
        found = self.codes.meanings(concept, resource)
        if not found:
            self.account.refuse(place, self._nothing(concept))
            if not self.codes.understands(concept):
                self.account.doubts.add(resource)
        return found

    def _nothing(self, concept: Concept | None) -> Refused:
        if concept is None or not any(one.system and one.code for one in concept.coding):
            text = "" if concept is None or not concept.text else f" ({quoted(concept.text)})"
            return Refused(
                f"no code with its system{text}", "a text is never matched", Fate.UNKNOWN
            )
        hint = self.codes.elsewhere(concept)
        return Refused(f"{said(concept)} stands for no fact", hint, Fate.UNKNOWN)

    def drug(self, resource: Drug) -> Concept | None:
        """The drug that a resource is about.

        Raises:
            Refused: if it is another resource that is not there.
        """
        if resource.medication_codeable_concept is not None:
            return resource.medication_codeable_concept
        reference = resource.medication_reference
        if resource.medication is not None:
            if resource.medication.concept is not None:
                return resource.medication.concept
            reference = resource.medication.reference
        target = None if reference is None else reference.reference
        if target is None:
            return None
        for inner in resource.contained:
            if inner.resource_type == "Medication" and target == f"#{inner.id}":
                return inner.code
        if target in self.drugs:
            return self.drugs[target].code
        raise Refused(
            f"the drug {quoted(target)} is not among the resources",
            "give the file with the `Medication` resources as well",
            Fate.UNKNOWN,
        )
