"""The patients of files as facts on a day, one by one; who cannot be read is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screener.cli import console
from screener.cli.patients import Entry, Wanted, entries, require
from screener.cli.progress import count
from screener.cli.screen import Day, reject
from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.trial import agreed_day, named, own_day
from screener.vocabulary import Vocabulary


class Sheets:
    """Reads the patients of files; `code` is how it went, once all are read."""

    def __init__(
        self, vocabulary: Vocabulary, files: Sequence[str], as_of: int | None, wanted: Wanted
    ) -> None:
        require(files)
        self.vocabulary = vocabulary
        self.files = files
        self.as_of = as_of
        self.wanted = wanted
        self.code = console.DONE

    def __iter__(self) -> Iterator[tuple[FactSheet, int]]:
        """The facts of each patient and the day he is judged on."""
        for entry, as_of in self.placed():
            try:
                yield sheet_of(entry.data, self.vocabulary, as_of), as_of
            except ProfileError as error:
                self.refuse(entry, error)

    def placed(self) -> Iterator[tuple[Entry, int]]:
        """Each patient as his file has him, and the day he is judged on."""
        day = Day(self.as_of)
        with (
            self.wanted.intake(self.vocabulary, self.as_of, self.files) as intake,
            count(entries(self.files, intake), "patients judged", answers_last=True) as patients,
        ):
            for entry in patients:
                try:
                    yield entry, _day_of(entry, day)
                except ProfileError as error:
                    self.refuse(entry, error)
            intake.account.tell()

    def refuse(self, entry: Entry, error: ProfileError) -> None:
        """Say why a patient is left out."""
        self.code = console.BAD_DATA
        reject(entry, error, as_json=False)


def sheet_of(data: object, vocabulary: Vocabulary, as_of: int) -> FactSheet:
    """The facts of a patient.

    Raises:
        ProfileError: with all faults of his profile.
    """
    return data if isinstance(data, FactSheet) else read_profile(data, vocabulary, as_of=as_of)


def _day_of(entry: Entry, day: Day) -> int:
    data = entry.data
    if isinstance(data, ProfileError):
        raise data
    own = data.as_of if isinstance(data, FactSheet) else own_day(data)
    who = data.patient if isinstance(data, FactSheet) else named(data)
    otherwise = day.otherwise(own)
    return agreed_day(day.asked, own, who) if otherwise is None else otherwise
