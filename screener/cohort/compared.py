"""A wide file judged by two versions: whom columns answer by both, and whom they leave to others.

Those whom the columns of both versions answer are counted in columns; all others, and whoever is
asked for by his row, are given as facts, read by the reader of tables like rows of a CSV file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import narwhals as nw
import polars as pl

from screener.cohort.files import BATCH, read_frame
from screener.cohort.looked import check_patients, typed
from screener.cohort.onebyone import sheets_of
from screener.cohort.screening import Screening
from screener.diagnostics import Fault, ProfileError
from screener.facts import FactSheet
from screener.interpreters.columns import PATIENT, VERDICT
from screener.ir import Protocol
from screener.site import ROLES
from screener.vocabulary import Vocabulary

_, _AS_OF = ROLES
_ROW = "__row"
_PLAIN = "__plain"
_PATIENTS = "__patients"

#: How a verdict ends by the old and by the new version, in words.
Verdicts: TypeAlias = tuple[str, str]
#: Whether each criterion passes (None: unknown), by the old and by the new version.
Passes: TypeAlias = tuple[tuple[bool | None, ...], tuple[bool | None, ...]]


class Alike(NamedTuple):
    """So many patients whom both versions answer alike in everything, and whose verdict stays."""

    patients: int
    verdicts: Verdicts
    passes: Passes


class Moved(NamedTuple):
    """A patient whose verdict changes, and the row he stands in."""

    row: int
    patient: str
    verdicts: Verdicts
    passes: Passes


class Crowd:
    """The patients of a wide file, answered by both versions as far as columns can.

    Attributes:
        alike: those who do not move, together where all answers are the same.
        moved: those who do, in the order of their rows.
        left: the rows that columns do not answer.

    Raises:
        ProfileError: a file or a column that cannot be read, a patient in two rows, none named, or
            a day of screening in each row.
    """

    def __init__(
        self,
        protocols: tuple[Protocol, Protocol],
        vocabulary: Vocabulary,
        path: Path,
        as_of: int,
        done: Callable[[int, int], None] = lambda *_: None,
    ) -> None:
        self._vocabulary = vocabulary
        self._as_of = as_of
        self._names = tuple([one.id for one in each.criteria] for each in protocols)
        self._screenings = [
            Screening(one, vocabulary, as_of, wanted=(VERDICT, *names))
            for one, names in zip(protocols, self._names, strict=True)
        ]
        self.alike: list[Alike] = []
        self.moved: list[Moved] = []
        self.left: list[int] = []
        self._batches: list[pl.DataFrame] = []
        try:
            self._answer(read_frame(path), done)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise ProfileError([Fault(str(path), "it cannot be read as a frame")]) from error

    def _answer(self, data: pl.LazyFrame, done: Callable[[int, int], None]) -> None:
        schema = nw.from_native(data).collect_schema()
        if PATIENT not in schema or _AS_OF in schema:
            hint = "a column `patient`, and one day of screening for all"
            raise ProfileError([Fault("row 1", "no frame that columns are asked for", hint)])
        check_patients(nw.from_native(data))
        needed = {PATIENT}.union(*(one.plan(schema).source for one in self._screenings))
        read = [name for name in schema if name in needed]
        there = typed(nw.from_native(data.select(read)), read).collect_schema().names()
        batches = data.select(there)
        total, so_far = data.select(pl.len()).collect().item(), 0
        for batch in batches.collect_batches(chunk_size=BATCH, maintain_order=True):
            self._add(batch, so_far)
            so_far += len(batch)
            done(so_far, total)

    def _add(self, batch: pl.DataFrame, first: int) -> None:
        """Count a batch; `first`: the row of the file that it begins with."""
        self._batches.append(batch)
        parts = [pl.int_range(first, first + len(batch), eager=True).alias(_ROW)]
        parts.append(batch[PATIENT].cast(pl.String))
        plain = pl.repeat(True, len(batch), eager=True)
        for version, screening in enumerate(self._screenings):
            answers, doubt = screening.plainly(batch)
            plain &= ~doubt
            parts += [
                answers[name].alias(_called(version, place))
                for place, name in enumerate(screening.wanted)
            ]
        whole = pl.DataFrame(parts).with_columns(plain.alias(_PLAIN))
        self.left += whole.filter(~pl.col(_PLAIN))[_ROW].to_list()
        answered = whole.filter(pl.col(_PLAIN)).drop(_PLAIN)
        said = [name for name in answered.columns if name not in (_ROW, PATIENT)]
        stays = pl.col(_called(0, 0)).cast(pl.String) == pl.col(_called(1, 0)).cast(pl.String)
        for patients, *one in (
            answered.filter(stays)
            .group_by(said)
            .agg(pl.len().alias(_PATIENTS))
            .select(_PATIENTS, *said)
            .iter_rows()
        ):
            self.alike.append(Alike(patients, *self._told(one)))
        for row, patient, *one in answered.filter(~stays).select(_ROW, PATIENT, *said).iter_rows():
            self.moved.append(Moved(row, patient, *self._told(one)))

    def _told(self, answers: Sequence[Any]) -> tuple[Verdicts, Passes]:
        old = answers[: 1 + len(self._names[0])]
        new = answers[len(old) :]
        return (old[0], new[0]), (tuple(old[1:]), tuple(new[1:]))

    def sheets(self, rows: Sequence[int]) -> Iterator[FactSheet | ProfileError]:
        """What is known of the patients of these rows, given in rising order."""
        begins = 0
        for batch in self._batches:
            ends = begins + len(batch)
            here = [row - begins for row in rows if begins <= row < ends]
            begins = ends
            if here:
                yield from sheets_of(self._vocabulary, batch[here], self._as_of)


def _called(version: int, place: int) -> str:
    return f"__{version}_{place}"
