"""A table into patients, one after the other; every row is accounted for.

It decides which rows are one patient's: neighbouring rows with the same identifier. A patient of
whom a row cannot be read, or may stand elsewhere, is refused rather than judged on the rest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, NamedTuple, cast

from screener.days import iso
from screener.diagnostics import Fault, ProfileError
from screener.intake import mapping
from screener.intake.faults import quoted
from screener.intake.profile import read_profile
from screener.intake.report import Entry, Fate
from screener.intake.tables.columns import Columns, fact_named, read_header
from screener.intake.tables.gathering import Cell, Gathered
from screener.intake.tables.identity import fits, mark, misfit, patient_of, survey
from screener.intake.tables.long import long_rows
from screener.intake.tables.reading import Broken, Row, Table, open_table, unfit
from screener.intake.tables.wide import wide_rows
from screener.intake.taken import Taken
from screener.site import Site
from screener.vocabulary import Vocabulary

#: More rows of one patient than any export has.
MOST_ROWS = 20_000
#: What comes through a pipe is kept in memory up to this size, beyond it in an unnamed file.
_KEPT = 8 * 1024 * 1024
_NOT_USED = "declared complete, which is not used"
_SORT = "sort the rows by patient, so that those of one patient stand together"


class Rejected(NamedTuple):
    """A row that is not used, as it stands in the table, and why."""

    row: Row
    because: str


class Sink(NamedTuple):
    """Where rejected rows go: told of the header and the delimiter first, then row by row."""

    begin: Callable[[tuple[str, ...], str], None]
    reject: Callable[[Rejected], None]


def read_table(
    stream: BinaryIO,
    name: str,
    vocabulary: Vocabulary,
    site: Site | None = None,
    *,
    as_of: int | None = None,
    sink: Sink | None = None,
) -> Iterator[Taken]:
    """Yield each patient of a table, read twice: first to find patients whose rows lie apart.

    Args:
        stream: the bytes of the table.
        name: the name of the file, for places.
        vocabulary: the facts there are.
        site: what the site calls them.
        as_of: the day of screening, where it is known.
        sink: takes the rows of every patient that is refused.
    """
    site = site or Site()
    with tempfile.SpooledTemporaryFile(_KEPT) as kept:
        if not stream.seekable():
            while piece := stream.read(1 << 16):
                kept.write(piece)
            stream = cast(BinaryIO, kept)
            stream.seek(0)
        start = stream.tell()
        try:
            columns = read_header(open_table(stream).header, vocabulary, site)
            stream.seek(start)
            apart, filled = survey(open_table(stream), columns)
        except ProfileError as error:
            entries = tuple(
                Entry(f"{name}: {one.pointer}", Fate.REJECTED, None, one.message, one.hint)
                for one in error.faults
            )
            yield Taken(name, error, entries, whole=True)
            return
        stream.seek(start)
        table = open_table(stream)
        if sink is not None:
            sink.begin(table.header, table.delimiter)
        yield Taken(name, None, tuple(_of_columns(columns, filled, site, name)))
        reader = _Reader(name, vocabulary, site, as_of, columns, apart, sink)
        yield from reader.patients(table)


def _of_columns(columns: Columns, filled: list[int], site: Site, name: str) -> Iterator[Entry]:
    """What becomes of whole columns."""
    for heading in columns.ignored:
        place = f"{name}: column {heading}"
        yield Entry(place, Fate.IGNORED, None, "the column is left aside, as declared")
    for heading, hint in columns.unknown:
        reason = f"{quoted(heading)} is not a known column"
        yield Entry(f"{name}: column {heading}", Fate.UNKNOWN, None, reason, hint)
    for position in filled:
        reason = "the column has no heading"
        yield Entry(f"{name}: column {position + 1}", Fate.UNKNOWN, None, reason)
    if columns.fact is None:
        for fact in site.complete:
            if fact not in {one.fact.name for one in columns.words if one.fact}:
                yield Entry(name, Fate.IGNORED, fact, f"{_NOT_USED}: the table has no column of it")


class _Reader:
    """The rows of one table, gathered patient by patient."""

    def __init__(
        self,
        name: str,
        vocabulary: Vocabulary,
        site: Site,
        as_of: int | None,
        columns: Columns,
        apart: frozenset[bytes],
        sink: Sink | None,
    ) -> None:
        self._name = name
        self._vocabulary = vocabulary
        self._site = site
        self._as_of = as_of
        self._columns = columns
        self._apart = apart
        self._sink = sink
        self._groups = columns.groups()

    def patients(self, table: Table) -> Iterator[Taken]:
        """Every patient, in the order of the table."""
        rows: list[Row] = []
        patient: str | None = None
        # Rows that nobody can be named for may be the neighbours'.
        doubt: list[Fault] = []
        broken: Fault | None = None
        try:
            for row in table.rows:
                whose = patient_of(row, self._columns)
                if whose is None:
                    fault = self._nobodys(row)
                    yield self._orphan(row, fault)
                    doubt.append(fault)
                    continue
                if whose != patient:
                    if patient is not None:
                        yield self._taken(patient, rows, doubt)
                        # A row of no one between two patients may be the second's as well.
                        last = rows[-1].number
                        doubt = [one for one in doubt if _row(one) > last]
                    rows, patient = [], whose
                if len(rows) <= MOST_ROWS:
                    rows.append(row)
        except Broken as error:
            broken = error.fault
            doubt.append(broken)
        if patient is not None:
            yield self._taken(patient, rows, doubt)
        if broken is not None:
            hint = f"{broken.hint}; " if broken.hint else ""
            fault = broken._replace(hint=f"{hint}the file is not read from this row on")
            yield self._unused(broken.pointer, fault, whole=True)
        elif patient is None and not doubt:
            yield self._unused("row 2", Fault("row 2", "there is no patient in it"), whole=True)

    def _unused(self, place: str, fault: Fault, *, whole: bool = False) -> Taken:
        entries = (self._rejected(fault, None, None),)
        return Taken(f"{self._name}: {place}", ProfileError([fault]), entries, whole)

    def _rejected(self, fault: Fault, patient: str | None, fact: str | None) -> Entry:
        place = f"{self._name}: {fault.pointer or 'the patient'}"
        return Entry(place, Fate.REJECTED, fact, fault.message, fault.hint, patient)

    def _nobodys(self, row: Row) -> Fault:
        heading = self._columns.header[self._columns.patient]
        where = f"row {row.number}, column {heading}"
        if not fits(row, self._columns):
            return self._misfit(row)
        wrong = unfit(row.cells[self._columns.patient])
        if wrong:
            return Fault(where, *wrong)
        return Fault(where, "no patient is named", "write the identifier into every row")

    def _misfit(self, row: Row) -> Fault:
        return misfit(row.number, len(row.cells), len(self._columns.header))

    def _orphan(self, row: Row, fault: Fault) -> Taken:
        self._put_aside([row], [fault])
        return self._unused(f"row {row.number}", fault)

    # --- one patient --------------------------------------------------------------------------

    def _taken(self, patient: str, rows: list[Row], doubt: list[Fault]) -> Taken:
        place = f"{self._name}: row {rows[0].number}"
        gathered = Gathered(self._name, self._site)
        faults = [
            Fault(one.pointer, f"it may be a row of this patient: {one.message}", one.hint)
            for one in doubt
        ]
        faults += [self._misfit(row) for row in rows if not fits(row, self._columns)]
        if len(rows) > MOST_ROWS:
            faults.append(Fault(f"row {rows[0].number}", f"more than {MOST_ROWS:,} rows"))
        if mark(patient) in self._apart:
            message = "the rows of this patient do not stand together"
            faults.append(Fault(f"row {rows[0].number}", message, _SORT))
        gathered.faults += faults
        data: dict[str, object] = {"patient": patient, "facts": gathered.facts}
        gathered.place("/patient", self._cell(rows[0], self._columns.patient))
        if not faults:
            data |= self._gather(rows, gathered)
        try:
            sheet = read_profile(data, self._vocabulary, as_of=self._as_of)
        except ProfileError as error:
            gathered.faults = gathered.located(error.faults)
        if gathered.faults:
            self._put_aside(rows, gathered.faults)
            refused = ProfileError(gathered.faults, patient)
            kept = [one for one in gathered.entries if one.kind is not Fate.MAPPED]
            kept += [
                self._rejected(fault, patient, gathered.fact_at(fault)) for fault in gathered.faults
            ]
            return Taken(place, refused, tuple(kept))
        entries = tuple(one if one.patient else _of(one, patient) for one in gathered.entries)
        return Taken(place, sheet, entries)

    def _gather(self, rows: list[Row], gathered: Gathered) -> dict[str, object]:
        """The words of the profile beside its facts, which go into `gathered`."""
        silent = frozenset[str]()
        if self._columns.fact is None:
            wide_rows(rows, self._groups, self._site, gathered)
            doubtful = {fact_named(heading) for heading, _ in self._columns.unknown}
            silent = frozenset(fact.name for fact, _ in self._groups) - doubtful
        elif long_rows(rows, self._columns, self._vocabulary, self._site, gathered, self._name):
            silent = frozenset(self._site.complete)
        words: dict[str, object] = {"complete": self._complete(rows, silent, gathered)}
        day = self._same(rows, self._columns.as_of, gathered, "/as_of")
        return words | ({"as_of": day} if day is not None else {})

    def _complete(
        self, rows: list[Row], silent: frozenset[str], gathered: Gathered
    ) -> Mapping[str, object]:
        """What the site's sources are complete for; only of facts that the table would tell of."""
        found = {}
        for fact, one in self._site.complete.items():
            if fact not in silent or fact in gathered.halves:
                if fact in gathered.halves or self._columns.fact is not None:
                    place = f"{self._name}: row {rows[0].number}"
                    reason = f"{_NOT_USED}: something of the patient was not understood"
                    gathered.entries.append(Entry(place, Fate.IGNORED, fact, reason))
                continue
            to = None if one.to is None else iso(one.to)
            if one.column is not None:
                at = self._columns.days[one.column]
                to = self._same(rows, at, gathered, f"/complete/{fact}/to")
            if to is not None:
                found[fact] = {"to": to, "source": one.source}
        return found

    def _same(
        self, rows: list[Row], position: int | None, gathered: Gathered, pointer: str
    ) -> str | None:
        """The day that a column says of the patient: the same in every row that says one."""
        found: str | None = None
        for row in rows:
            if position is None or mapping.is_blank(row.cells[position], self._site):
                continue
            cell = self._cell(row, position)
            wrong = unfit(cell.text)
            if wrong:
                gathered.fault(cell, *wrong)
                continue
            gathered.place(pointer, cell)
            day = gathered.date(cell, pointer)
            if found is not None and day != found:
                gathered.fault(cell, f"another day, {quoted(found)}, stands above it")
            found = found or day
        return found

    def _cell(self, row: Row, position: int) -> Cell:
        return Cell(row.number, self._columns.header[position], row.cells[position])

    def _put_aside(self, rows: list[Row], faults: list[Fault]) -> None:
        if self._sink is None:
            return
        for row in rows:
            here = [one for one in faults if _row(one) == row.number]
            said = [f"{one.pointer}: {one.message}" for one in here]
            because = "; ".join(said) or "another row of this patient is rejected"
            self._sink.reject(Rejected(row, because))


def _row(fault: Fault) -> int:
    """The row that a fault is about; 0 if it is about the patient as a whole."""
    words = fault.pointer.replace(",", "").split(" ")
    return int(words[1]) if words[0] == "row" else 0


def _of(entry: Entry, patient: str) -> Entry:
    return Entry(entry.place, entry.kind, entry.fact, entry.reason, entry.hint, patient)
