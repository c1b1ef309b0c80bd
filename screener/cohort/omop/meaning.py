"""What a row says of a fact: decided once for all rows that name the same concepts.

Codes are looked up by the readers of FHIR, so that they mean the same in both. A row that is of a
fact, and says something of it that nobody can use (a unit that does not fit, an answer that no
code stands for), does not vanish: of its day the fact is `inconclusive`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from screener.causes import Cause
from screener.cohort.omop.cdm import TABLES
from screener.cohort.omop.concepts import Concepts
from screener.intake.faults import Faults
from screener.intake.fhir.codings import YES_OR_NO, CodeIndex, Meaning
from screener.intake.fhir.models import Concept
from screener.intake.fhir.refused import Refused
from screener.intake.fhir.values import finding
from screener.intake.numbers import read_quantity
from screener.units import canonical
from screener.vocabulary import Fact, Kind, Type

#: Source: https://athena.ohdsi.org, the domain "Meas Value Operator".
COMPARATORS = {4171756: "<", 4171754: "<=", 4172703: None, 4171755: ">=", 4172704: ">"}
#: Diagnoses that wait for being confirmed: to be diagnosed by a procedure, preliminary, of a
#: referral. Source: https://athena.ohdsi.org, the vocabulary "Condition Status".
UNCONFIRMED = frozenset({32892, 32899, 32904, 32905})
RESOLVED = 32906
#: An order, a planned dispensing, a prescription, its issue; "prescription written" of old.
#: Source: https://athena.ohdsi.org, the vocabularies "Type Concept" and "Drug Type".
ORDERED = frozenset({32833, 32837, 32838, 32839, 38000177})

_UCUM = "http://unitsofmeasure.org"
_NUMERIC = (Type.QUANTITY, Type.NUMBER)
_NARROWER = ("Condition", "Procedure", "MedicationStatement")


class Key(NamedTuple):
    """What rows of one meaning have in common; concepts by number.

    `number`: there is a finite one; `score`: a small whole one, of facts that are ranked;
    `infinite`, `ended`: what is said of the value and of an end.
    """

    table: str
    standard: int | None
    origin: int | None
    answer: int | None
    unit: int | None
    unit_text: str | None
    operator: int | None
    status: int | None
    kind: int | None
    route: int | None
    qualifier: int | None
    number: bool
    infinite: bool
    score: int | None
    ended: bool


@dataclass(slots=True)
class Said:
    """The words of a record. `number`: its value is that of the row.

    `days`: the row's are its `date`, its `span` (start and end), or its `value`.
    """

    fact: str
    word: str | None = None
    number: bool = False
    unit: str | None = None
    comparator: str | None = None
    absent: str | None = None
    days: str = "date"
    attributes: dict[str, str] = field(default_factory=dict)


class Unused(Exception):
    """The row says nothing that can be used, and why."""


class Doubtful(Exception):
    """What the row says of a fact cannot be used, and why; the fact is open on its day."""


class Reader:
    """Reads rows by the codes of a vocabulary and the concepts that rows name."""

    def __init__(self, codes: CodeIndex, concepts: Concepts) -> None:
        self._codes = codes
        self._concepts = concepts

    def meanings(self, table: str, standard: int | None, origin: int | None) -> list[Meaning]:
        """The facts that a row of the table is of."""
        resource = TABLES[table].resource
        own = [self._concepts.coding(one) for one in (standard, origin)]
        concept = Concept(coding=tuple(one for one in own if one is not None))
        found = list(self._codes.meanings(concept, resource))
        if resource in _NARROWER:
            # A code stands for a fact only where it means no less, and what is narrower means more.
            above = tuple(self._concepts.above(standard) + self._concepts.above(origin))
            there = {one.fact.name for one in found}
            wider = self._codes.meanings(Concept(coding=above), resource)
            found += [one for one in wider if one.fact.name not in there]
        return found

    def read(self, key: Key, meaning: Meaning) -> tuple[Said, str | None]:
        """The record, and what of the row is not used.

        Raises:
            Unused: it gives none.
        """
        fact = meaning.fact
        said = Said(fact.name, days="span" if fact.shape.type is Type.EVENT else "date")
        resource = TABLES[key.table].resource
        try:
            if resource == "Observation":
                self._observed(key, meaning, said)
            else:
                self._happened(key, meaning, said)
            said.attributes = self._attributes(key, fact)
        except (Doubtful, Refused) as error:
            if fact.shape.type is Type.DATE:
                raise Unused(f"of `{fact.name}`: {error}") from error
            doubt = Said(fact.name, absent=Cause.INCONCLUSIVE.value, days=said.days)
            return doubt, f"of `{fact.name}`, taken as inconclusive: {error}"
        return said, None

    def _observed(self, key: Key, meaning: Meaning, said: Said) -> None:
        fact = meaning.fact
        if key.qualifier:
            raise Doubtful(f"the qualifier {self._concepts.called(key.qualifier)} is not read")
        if fact.shape.type is Type.DATE:
            raise Doubtful("a date is asked for, and a result has none as its value")
        if not meaning.asks:
            self._said_by_code(key, meaning, said)
        elif not (key.number or key.infinite or key.answer):
            ordered = key.kind in ORDERED
            said.absent = (Cause.PENDING if ordered else Cause.NOT_IN_RECORD).value
            if fact.shape.type is Type.EVENT:
                raise Unused(f"of `{fact.name}`: it is asked for, and there is no answer")
        elif fact.shape.type in _NUMERIC:
            self._measured(key, fact, said)
        elif fact.shape.type is Type.ORDINAL and not key.answer:
            if key.score is None or str(key.score) not in fact.shape.values:
                raise Doubtful("a number that is no grade")
            said.word = str(key.score)
        else:
            self._answered(key, fact, said)

    def _said_by_code(self, key: Key, meaning: Meaning, said: Said) -> None:
        value = meaning.value()
        if key.number or key.infinite or (key.answer and self._yes(key.answer) is not True):
            raise Doubtful("its code says what was found, and it has a value too")
        _put(finding(meaning, value), said)

    def _measured(self, key: Key, fact: Fact, said: Said) -> None:
        if not key.number:
            raise Doubtful("a number is asked for")
        if key.operator and key.operator not in COMPARATORS:
            raise Doubtful(f"the operator {self._concepts.called(key.operator)} is not known")
        said.number = True
        said.comparator = COMPARATORS[key.operator] if key.operator else None
        said.unit = self._unit(key, fact)

    def _unit(self, key: Key, fact: Fact) -> str | None:
        """The unit: by its concept, else as the source wrote it; none is that of a plain number."""
        coding = self._concepts.coding(key.unit)
        unit = coding.code if coding is not None and coding.system == _UCUM else None
        if unit is None:
            unit = key.unit_text or None
        elif unit.startswith("{") and unit.endswith("}") and unit.count("{") == 1:
            # In UCUM a remark in braces by itself is the unit one.
            unit = unit if canonical(unit) else "1"
        faults = Faults()
        if read_quantity("1", fact.shape, fact.name, "", faults, unit) is None:
            raise Doubtful(faults.found[0].message if unit else "no unit that is known")
        return unit

    def _answered(self, key: Key, fact: Fact, said: Said) -> None:
        coding = self._concepts.coding(key.answer)
        if coding is None:
            raise Doubtful(f"the answer {self._concepts.called(key.answer)} is not known")
        value: str | bool | None = self._codes.answer(fact, Concept(coding=(coding,)))
        if value is None and fact.shape.type in (Type.BOOLEAN, Type.EVENT):
            value = self._yes(key.answer)
        if value is None:
            raise Doubtful(f"the answer {self._concepts.called(key.answer)} stands for no value")
        if fact.shape.type is not Type.EVENT:
            _put({"value": value}, said)
        elif value in (False, "false"):
            raise Unused(f"of `{fact.name}`: a no of one day does not speak of the whole history")

    def _yes(self, id: int | None) -> bool | None:
        coding = self._concepts.coding(id)
        return None if coding is None else YES_OR_NO.get((coding.system or "", coding.code or ""))

    def _happened(self, key: Key, meaning: Meaning, said: Said) -> None:
        fact = meaning.fact
        ordered = key.kind in ORDERED
        if ordered and key.table == "procedure_occurrence":
            raise Unused(f"of `{fact.name}`: it is ordered, and not said to be done")
        over = key.ended or key.status == RESOLVED
        if key.table == "condition_occurrence" and fact.kind is Kind.OBSERVATION and over:
            raise Unused(f"of `{fact.name}`: it is over, and the state on a day is asked for")
        if ordered and key.table == "drug_exposure":
            raise Doubtful("it is ordered, and not said to be taken")
        if key.status in UNCONFIRMED:
            raise Doubtful("the diagnosis is not confirmed")
        if fact.shape.type is Type.DATE:
            said.days = "value"
        else:
            _put(finding(meaning, meaning.value()), said)

    def _attributes(self, key: Key, fact: Fact) -> dict[str, str]:
        codings = [self._concepts.coding(one) for one in (key.route, key.standard, key.origin)]
        return self._codes.attributes(
            fact, [Concept(coding=(one,)) for one in codings if one is not None]
        )


def _put(found: dict[str, object], said: Said) -> None:
    """The value that a code stands for, as a cell says it."""
    if "value" in found:
        value = found["value"]
        said.word = str(value).lower() if isinstance(value, bool) else str(value)
