"""Screens records: whom one record of each fact speaks for in columns, all others on all of theirs.

The answers are those of a wide frame; what an answer is, the reference says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

import narwhals as nw
import polars as pl

from screener.cohort.asking import Asking
from screener.cohort.frames import back, check_patients, in_polars, package_of
from screener.cohort.omop.translate import as_records, read_folder
from screener.cohort.onebyone import Answer, Refused, answer_records
from screener.cohort.records import NUMBER, Records, in_words, read_records
from screener.cohort.reduced import Reducer
from screener.cohort.screening import OnRefused, Screening
from screener.cohort.speaking import speaking
from screener.cohort.wide import columns_of
from screener.diagnostics import Fault, ProfileError
from screener.intake.tables.columns import Columns
from screener.interpreters.columns import PATIENT
from screener.ir import Protocol
from screener.vocabulary import Vocabulary

_Frame = TypeVar("_Frame")


class Histories:
    """One protocol on one day over tables of records; arguments as those of `Screening`."""

    def __init__(
        self,
        protocol: Protocol,
        vocabulary: Vocabulary,
        as_of: int,
        *,
        wanted: Sequence[str] | None = None,
        refused: OnRefused | None = None,
    ) -> None:
        self._protocol = protocol
        self._vocabulary = vocabulary
        self._as_of = as_of
        asking = Asking(protocol, vocabulary, as_of)
        facts = frozenset(fact for one in protocol.selections for fact in asking.facts(one))
        self._reducer = Reducer(facts, speaking(protocol), vocabulary, as_of)
        self._at_hand: tuple[Records, pl.DataFrame, Columns] | None = None
        self.screening = Screening(
            protocol, vocabulary, as_of, wanted=wanted, refused=refused, alone=self.answers_of
        )

    def screen(self, records: Records) -> pl.DataFrame:
        """The answers, a row for each of the people, in their order.

        Raises:
            ProfileError: as `Trial.screen_records`.
        """
        people = records.people.collect()
        columns = columns_of(nw.from_native(people).schema, self._vocabulary)
        if columns.as_of is not None:
            hint = "leave the column out: the day of screening is said once, for all"
            raise ProfileError([Fault("patients, column as_of", "it is not read here", hint)])
        said: dict[str, str | None] = {}
        for one in columns.words:
            assert one.fact is not None, "INVARIANT: in a wide table a column is of a fact"
            if said.get(one.fact.name) is None:
                value = one.word == "value" and one.number == 1
                said[one.fact.name] = one.heading if value else None
        wide = self._reducer.wide(records.rows, people, records.facts, said)
        self._at_hand = records, people, columns
        try:
            return self.screening.eager(wide)
        finally:
            self._at_hand = None

    def answers_of(self, patients: pl.Series) -> Iterator[Answer | Refused]:
        """The answers of these patients on all their records, in this order."""
        assert self._at_hand is not None, "INVARIANT: rows in doubt are those of records at hand"
        records, people, columns = self._at_hand
        numbers = pl.DataFrame({PATIENT: patients}).with_row_index(NUMBER)
        mine = records.rows.join(numbers.lazy().select(PATIENT), on=PATIENT, how="semi")
        table = in_words(mine.collect(), people, columns, numbers)
        return answer_records(self._protocol, self._vocabulary, table, len(patients), self._as_of)


def screen_records(
    protocol: Protocol,
    vocabulary: Vocabulary,
    records: _Frame,
    patients: object | None,
    as_of: int,
    *,
    wanted: Sequence[str] | None = None,
    refused: OnRefused | None = None,
) -> _Frame:
    """Screen records in memory, see `Trial.screen_records`."""
    people = None if patients is None else in_polars(patients).lazy()
    if people is not None:
        check_patients(nw.from_native(people))
    given = in_polars(records)
    read = read_records(given.lazy(), people, vocabulary)
    if people is None:
        # Patients without a table of their own stand in the order of their names.
        read = read.of(read.rows, read.people.sort(PATIENT))
    histories = Histories(protocol, vocabulary, as_of, wanted=wanted, refused=refused)
    found = histories.screen(read)
    answers = found.lazy() if isinstance(given, pl.LazyFrame) else found
    return cast(_Frame, back(answers, package_of(records)))


def screen_omop(
    protocol: Protocol,
    vocabulary: Vocabulary,
    tables: str | Path | Mapping[str, object],
    as_of: int,
    *,
    wanted: Sequence[str] | None = None,
    refused: OnRefused | None = None,
    aside: Callable[[str, int], None] | None = None,
) -> pl.DataFrame:
    """Screen tables of OMOP, see `Trial.screen_omop`."""
    if isinstance(tables, Mapping):
        given = {name: in_polars(table).lazy() for name, table in tables.items()}
    else:
        given = read_folder(Path(tables))
    found = as_records(given, vocabulary)
    assert found.patients is not None, "INVARIANT: patients are those of the table `person`"
    check_patients(nw.from_native(found.patients))
    read = read_records(found.records, found.patients, vocabulary)
    if aside is not None:
        for one in (*found.aside, *read.aside):
            aside(one.reason, one.rows)
    return Histories(protocol, vocabulary, as_of, wanted=wanted, refused=refused).screen(read)
