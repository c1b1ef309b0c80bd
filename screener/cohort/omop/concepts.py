"""Concepts by their number as codings: vocabulary and code, and the codes above them.

Which vocabulary is which code system is decided here; what a coding stands for is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import polars as pl

from screener.cohort.omop.cdm import ANCESTOR, CONCEPT, lower, require, typed_of
from screener.intake.fhir.models import Coding

#: The code system of FHIR that holds the codes of a vocabulary.
#: Source: https://www.hl7.org/fhir/terminologies-systems.html.
SYSTEMS: Mapping[str, str] = {
    "LOINC": "http://loinc.org",
    "SNOMED": "http://snomed.info/sct",
    "RxNorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "ICD10": "http://hl7.org/fhir/sid/icd-10",
    "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD9CM": "http://hl7.org/fhir/sid/icd-9-cm",
    "ATC": "http://www.whocc.no/atc",
    "CVX": "http://hl7.org/fhir/sid/cvx",
    "NDC": "http://hl7.org/fhir/sid/ndc",
    "CPT4": "http://www.ama-assn.org/go/cpt",
    "UCUM": "http://unitsofmeasure.org",
}
_ID = pl.Int64()


class Concepts:
    """The concepts that rows name, looked up in the tables of the vocabularies.

    Args:
        tables: with `concept`, where it is there, and `concept_ancestor`.
        listed: system and code of all codes that stand for something.
    """

    def __init__(
        self, tables: Mapping[str, pl.LazyFrame], listed: Iterable[tuple[str, str]]
    ) -> None:
        self._tables = tables
        self._known: dict[int, tuple[str, str]] = {}
        self._above: dict[int, list[Coding]] = defaultdict(list)
        self._listed = sorted(set(listed))
        self.there = CONCEPT in tables

    def learn(self, ids: Iterable[int]) -> None:
        """Look these up, if they are not known.

        Raises:
            ProfileError: a table lacks a column, or holds what is no number.
        """
        new = sorted({one for one in ids if one} - self._known.keys())
        if not new or not self.there:
            return
        concept = self._columns(CONCEPT, ["concept_id"], ["vocabulary_id", "concept_code"])
        numbers = pl.col("concept_id")
        for id, vocabulary, code in concept.filter(numbers.is_in(new)).collect().rows():
            self._known[id] = (vocabulary, code)
        if ANCESTOR in self._tables:
            self._learn_above(concept, new)

    def _learn_above(self, concept: pl.LazyFrame, new: list[int]) -> None:
        names = {system: vocabulary for vocabulary, system in SYSTEMS.items()}
        codes = pl.LazyFrame(
            [(names[system], code) for system, code in self._listed if system in names],
            schema={"vocabulary_id": pl.String, "concept_code": pl.String},
            orient="row",
        )
        listed = concept.join(codes, on=["vocabulary_id", "concept_code"], how="semi").collect()
        coding = {id: _coding(vocabulary, code) for id, vocabulary, code in listed.rows()}
        pairs = self._columns(ANCESTOR, ["ancestor_concept_id", "descendant_concept_id"])
        pairs = pairs.filter(
            pl.col("descendant_concept_id").is_in(new)
            & pl.col("ancestor_concept_id").is_in(sorted(coding))
            & (pl.col("ancestor_concept_id") != pl.col("descendant_concept_id"))
        )
        for above, below in pairs.sort(pl.all()).collect().rows():
            self._above[below].append(coding[above])

    def _columns(self, name: str, ids: list[str], texts: Iterable[str] = ()) -> pl.LazyFrame:
        frame = lower(self._tables[name])
        require(name, frame.collect_schema().names(), [*ids, *texts])
        wanted = {**dict.fromkeys(ids, _ID), **dict.fromkeys(texts, pl.String())}
        return frame.select(**typed_of(name, frame, wanted))

    def coding(self, id: int | None) -> Coding | None:
        """The coding of a concept; None where it is not known, or of no code system."""
        known = self._known.get(id or 0)
        return None if known is None else _coding(*known)

    def above(self, id: int | None) -> list[Coding]:
        """The listed codings of which a concept is a narrower one."""
        return self._above.get(id or 0, [])

    def called(self, id: int | None) -> str:
        """A concept in a message."""
        if not id:
            return "no concept"
        known = self._known.get(id)
        return f"concept {id}" if known is None else f"{known[0]} {known[1]}"


def _coding(vocabulary: str | None, code: str | None) -> Coding:
    return Coding(system=SYSTEMS.get(vocabulary or "", f"omop:{vocabulary}"), code=code)
