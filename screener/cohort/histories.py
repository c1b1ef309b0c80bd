"""Screens records: whom one record of each fact speaks for in columns, all others on all of theirs.

The answers are those of a wide frame; what an answer is, the reference says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import narwhals as nw
import polars as pl

from screener.cohort.asking import Asking
from screener.cohort.looked import typed
from screener.cohort.onebyone import Answer, Refused, answer_records
from screener.cohort.records import NUMBER, Records, in_words
from screener.cohort.reduced import Reducer
from screener.cohort.screening import OnRefused, Screening
from screener.cohort.speaking import speaking
from screener.cohort.wide import columns_of
from screener.diagnostics import Fault, ProfileError
from screener.intake.tables.columns import Columns
from screener.interpreters.columns import PATIENT
from screener.ir import Protocol
from screener.vocabulary import Vocabulary


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
        typed(nw.from_native(people.lazy()), [one.heading for one in columns.words])
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
