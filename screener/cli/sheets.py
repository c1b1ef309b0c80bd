"""The patients of files as facts for one version, one by one; who cannot be read is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screener.catalog import Edition
from screener.cli import console
from screener.cli.patients import Entry, Wanted, entries, require
from screener.cli.screen import Day, progress_of, reject
from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.trial import agreed_day, named, own_day


class Sheets:
    """Reads the patients of files; `code` is how it went, once all are read."""

    def __init__(
        self, edition: Edition, files: Sequence[str], as_of: int | None, wanted: Wanted
    ) -> None:
        require(files)
        self.edition = edition
        self.files = files
        self.as_of = as_of
        self.wanted = wanted
        self.code = console.DONE

    def __iter__(self) -> Iterator[tuple[FactSheet, int]]:
        """The facts of each patient and the day he is judged on."""
        day = Day(self.as_of)
        vocabulary = self.edition.vocabulary
        with (
            self.wanted.intake(vocabulary, self.as_of, self.files) as intake,
            progress_of(entries(self.files, intake)) as patients,
        ):
            for entry in patients:
                try:
                    yield self._sheet(entry, day)
                except ProfileError as error:
                    self.code = console.BAD_DATA
                    reject(entry, error, as_json=False)
            intake.account.tell()

    def _sheet(self, entry: Entry, day: Day) -> tuple[FactSheet, int]:
        data = entry.data
        if isinstance(data, ProfileError):
            raise data
        own = data.as_of if isinstance(data, FactSheet) else own_day(data)
        who = data.patient if isinstance(data, FactSheet) else named(data)
        otherwise = day.otherwise(own)
        as_of = agreed_day(day.asked, own, who) if otherwise is None else otherwise
        if not isinstance(data, FactSheet):
            data = read_profile(data, self.edition.vocabulary, as_of=as_of)
        return data, as_of
