"""Which FHIR resources hold the records of a fact, by the codes that stand for it.

The codes are those of the vocabulary and of a site's mapping file. A fact for which there is none
has no records that a query could find. Source: docs/decisions/0003-codes-of-fhir.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from screener.interpreters.cql.text import Definitions, Unsaid, named, quoted, ratio
from screener.site import Site
from screener.vocabulary import Code, Fact, Kind, Type, Vocabulary

_GENDER = "http://hl7.org/fhir/administrative-gender"
_LOINC_ANSWER = ("http://loinc.org", "LA")
_STATES = ("Condition", "AllergyIntolerance")
_DRUGS = "MedicationStatement"


@dataclass(slots=True)
class Records:
    """The definitions of records, made when they are first asked for.

    `codes`: every code that was used. `complete`: the events whose completeness is a parameter.
    """

    vocabulary: Vocabulary
    site: Site
    definitions: Definitions
    codes: dict[tuple[str, str], str] = field(default_factory=dict)
    complete: dict[str, None] = field(default_factory=dict)

    def coded(self, name: str) -> str:
        """The records of a yes or no, a code or a grade: `{first, last, has, code}`."""
        return self._defined(name, f"records of {name}", self._coded_parts)

    def numbers(self, name: str) -> str:
        """The records of a number: `{first, last, has, number, sign, low, high}`."""
        return self._defined(name, f"records of {name}", self._number_parts)

    def events(self, name: str) -> str:
        """The times that an event happened: `{clear, first, last, endFirst, endLast}`."""
        return self._defined(name, f"records of {name}", self._event_parts)

    def days(self, name: str) -> str:
        """The days that a date fact names: `{first, last, open}`."""
        return self._defined(name, f"days of {name}", self._day_parts)

    def not_done(self, name: str) -> str:
        """Whether it is on record that nothing was done to find out."""
        asked = self._list(self.vocabulary[name], "Observation", asks=True)
        return "false" if asked is None else f'"Not done"({asked})'

    def complete_to(self, name: str) -> str:
        """The parameter up to which day all that happened is on record."""
        self.complete[name] = None
        return named(f"{name} complete to")

    def has_codes(self, name: str) -> bool:
        """Whether any code stands for the fact."""
        return any(True for _ in self._codes(self.vocabulary[name]))

    def _defined(self, name: str, title: str, parts: Callable[[Fact], Iterator[str]]) -> str:
        if title in self.definitions:
            return named(title)
        fact = self.vocabulary[name]
        found = list(parts(fact))
        if not found:
            raise Unsaid("no code stands for it; a mapping file of the site may name one")
        inside = ",\n".join(f"  {one}" for one in found)
        return self.definitions.add(title, f"flatten {{\n{inside}\n}}", f"// {fact.label}")

    def _coded_parts(self, fact: Fact) -> Iterator[str]:
        if fact.shape.type not in (Type.BOOLEAN, Type.CODE, Type.ORDINAL):
            raise Unsaid("its values are not codes")
        if fact.shape.type is not Type.BOOLEAN and not fact.shape.values:
            raise Unsaid("any code may be its value")
        if any(code.system == _GENDER for code in fact.codes):
            yield from self._gender(fact)
        asked = self._list(fact, "Observation", asks=True)
        if asked is not None:
            values = self._values(fact)
            if fact.shape.type is Type.BOOLEAN:
                yield f'"Answered yes or no"({asked}, {values})'
            else:
                ranked = str(fact.shape.type is Type.ORDINAL).lower()
                yield f'"Answered"({asked}, {values}, {ranked})'
        for value in sorted({one.value for one in self._codes(fact) if one.value is not None}):
            found = self._list(fact, "Observation", value=value)
            if found is not None:
                questions = asked or "List<System.String> { }"
                yield f'"Found"({found}, {questions}, {quoted(value)})'
        yield from self._histories(fact)
        consents = self._list(fact, "Consent", asks=True)
        if fact.shape.type is Type.BOOLEAN and consents is not None:
            yield f'"Consents"({consents})'

    def _histories(self, fact: Fact) -> Iterator[str]:
        """The resources that say a value by their code alone."""
        when = "States then" if fact.kind is Kind.OBSERVATION else "States ever"
        for value, words in self._said_alone(fact):
            kinds = _STATES[:1] if fact.shape.type is Type.ORDINAL else _STATES
            for kind in kinds:
                found = self._list(fact, kind, value=value)
                if found is not None:
                    yield f'"{when}"({quoted(kind)}, {found}, {words})'
            for kind, function in (("Procedure", "Procedures as"), (_DRUGS, "Drugs as")):
                found = self._list(fact, kind, value=value)
                if found is not None:
                    yield f'"{function}"({found}, {words})'

    def _said_alone(self, fact: Fact) -> Iterator[tuple[str | None, str]]:
        """The values that a code says by itself; a yes needs none beside it."""
        values = {one.value for one in self._codes(fact)}
        if fact.shape.type is Type.BOOLEAN and None in values:
            yield None, quoted("true")
        for value in sorted(one for one in values if one is not None):
            yield value, quoted(value)

    def _gender(self, fact: Fact) -> Iterator[str]:
        cases = " ".join(
            f"when Patient.gender.value = {quoted(one.code)} then {quoted(one.value)}"
            for one in fact.codes
            if one.system == _GENDER and one.value is not None
        )
        yield (
            "{ Tuple { first: null as System.Date, last: null as System.Date, "
            "has: Patient.gender.value in { 'male', 'female' }, "
            f"code: case {cases} else null end }} }}"
        )

    def _number_parts(self, fact: Fact) -> Iterator[str]:
        if fact.shape.type not in (Type.QUANTITY, Type.NUMBER):
            raise Unsaid("its values are not numbers")
        asked = self._list(fact, "Observation", asks=True)
        if asked is not None:
            yield f'"Numbers"({asked}, {self._units(fact)})'

    def _event_parts(self, fact: Fact) -> Iterator[str]:
        for function, kind in (
            ("Result events", "Observation"),
            ("Procedure events", "Procedure"),
            ("Drug events", _DRUGS),
        ):
            found = self._list(fact, kind, every=True)
            if found is not None:
                yield f'"{function}"({found})'
        found = self._list(fact, "Condition", every=True)
        if found is not None:
            yield f'"State events"({quoted("Condition")}, {found})'

    def _day_parts(self, fact: Fact) -> Iterator[str]:
        for function, kind in (("Result days", "Observation"), ("Procedure days", "Procedure")):
            found = self._list(fact, kind, asks=True)
            if found is not None:
                yield f'"{function}"({found})'
        found = self._list(fact, "Condition", asks=True)
        if found is not None:
            yield f'"State days"({quoted("Condition")}, {found})'

    def _values(self, fact: Fact) -> str:
        """Each value with the codes of an answer that mean it."""
        values = sorted({one.value for one in self._codes(fact) if one.value is not None})
        rows = [
            f"Tuple {{ value: {quoted(value)}, codes: {self._answers(fact, value)} }}"
            for value in values
        ]
        empty = "List<Tuple { value System.String, codes List<System.String> }> { }"
        inside = ",\n".join(f"  {one}" for one in rows)
        expression = f"{{\n{inside}\n}}" if rows else empty
        return self.definitions.add(f"answers to {fact.name}", expression)

    def _answers(self, fact: Fact, value: str) -> str:
        return self._literal(one for one in self._codes(fact) if one.value == value)

    def _units(self, fact: Fact) -> str:
        """Each unit that a value may come in, with its factor into the unit of the fact."""
        rows = [f"Tuple {{ unit: {quoted(fact.shape.unit)}, times: 1.0, by: 1.0 }}"]
        for unit, factor in fact.shape.accepted.items():
            try:
                times, by = ratio(factor)
            except Unsaid:  # a value in such a unit is not read
                continue
            rows.append(f"Tuple {{ unit: {quoted(unit)}, times: {times}, by: {by} }}")
        inside = ",\n".join(f"  {one}" for one in rows)
        return self.definitions.add(f"units of {fact.name}", f"{{\n{inside}\n}}")

    def _list(
        self,
        fact: Fact,
        resource: str,
        *,
        asks: bool = False,
        every: bool = False,
        value: str | None = None,
    ) -> str | None:
        """The codes by which such a resource is about the fact, as a definition.

        `asks`: those that name the fact itself; `every`: those of a yes as well.
        """
        found = [
            one
            for one in self._codes(fact)
            if one.resource in (None, resource)
            and not (one.system == _LOINC_ANSWER[0] and one.code.startswith(_LOINC_ANSWER[1]))
            and (one.value != "false" if every else one.value == (None if asks else value))
        ]
        if not found:
            return None
        narrowed = any(one.resource is not None for one in found)
        title = f"codes of {fact.name}" + ("" if value is None else f" {value}")
        return self.definitions.add(
            f"{title} ({resource})" if narrowed else title, self._literal(found)
        )

    def _literal(self, codes: Iterable[Code]) -> str:
        names = []
        for one in codes:
            self.codes.setdefault((one.system, one.code), f"{one.system}|{one.code}")
            names.append(named(self.codes[one.system, one.code]))
        return f'"Codes"({{ {", ".join(dict.fromkeys(names))} }})'

    def _codes(self, fact: Fact) -> Iterator[Code]:
        yield from fact.codes
        for (system, code), meaning in self.site.codes.items():
            if meaning.fact == fact.name:
                yield Code(system, code, meaning.value)
