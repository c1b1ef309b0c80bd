"""The account of an intake on the command line: a short form for the person, files on demand.

It keeps nothing but counts in memory; every entry and every rejected row goes straight to its file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TextIO

from screener.cli.console import UsageFault, say
from screener.intake.report import Entry, Tally
from screener.intake.tables.columns import REJECTED
from screener.intake.tables.patients import Rejected, Sink
from screener.terminal import clean


class Account:
    """What became of every part of the input: counted, and written where that was asked for."""

    def __init__(self, report: Path | None, rejected: Path | None) -> None:
        self.tally = Tally()
        self._report_path = report
        self._rejected_path = rejected
        self._files = ExitStack()
        self._report: TextIO | None = None
        self._rejected: TextIO | None = None
        self._header: tuple[str, ...] | None = None
        self._delimiter = ","
        self._concerned = False

    def __enter__(self) -> Account:
        if self._report_path is not None:
            self._report = self._opened(self._report_path)
        if self._rejected_path is not None:
            self._rejected = self._opened(self._rejected_path)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._report is not None and kind is None:
            counts = {fate.value: count for fate, count in self.tally.counts.items()}
            self._report.write(json.dumps({"counts": counts}) + "\n")
        self._files.close()

    def add(self, entries: Iterable[Entry]) -> None:
        """Take note of further entries."""
        every = tuple(entries)
        self._concerned = True
        self.tally.add(every)
        if self._report is not None:
            for entry in every:
                self._report.write(json.dumps(entry.to_json(), ensure_ascii=False) + "\n")

    def tell(self) -> None:
        """Say in short what became of the input, if it was other than profiles."""
        if self._concerned:
            say("\n".join(self.tally.lines()))

    @property
    def sink(self) -> Sink | None:
        """Takes rejected rows, if they are wanted."""
        return None if self._rejected is None else Sink(self._begin, self._put)

    def _begin(self, header: tuple[str, ...], delimiter: str) -> None:
        if self._header == header:
            return
        if self._header is not None:
            raise UsageFault("`--rejected` takes tables with the same columns; screen them apart")
        self._header = header
        self._delimiter = delimiter
        self._write((*header, REJECTED) if REJECTED not in header else header)

    def _put(self, rejected: Rejected) -> None:
        header = self._header or ()
        given = rejected.row.cells
        cells = (*given[: len(header)], *[""] * (len(header) - len(given)))
        beyond = given[len(header) :]
        if REJECTED in header:
            # A mended row that is rejected anew says anew why.
            at = header.index(REJECTED)
            self._write((*cells[:at], rejected.because, *cells[at + 1 :], *beyond))
        else:
            self._write((*cells, rejected.because, *beyond))

    def _write(self, cells: tuple[str, ...]) -> None:
        assert self._rejected is not None, "INVARIANT: rows are put where a file is open"
        csv.writer(self._rejected, delimiter=self._delimiter, lineterminator="\n").writerow(cells)

    def _opened(self, path: Path) -> TextIO:
        try:
            # Bytes that are no UTF-8 leave as they came.
            stream = path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
        except OSError as error:
            reason = (error.strerror or "not a file name").lower()
            raise UsageFault(f"`{clean(str(path))}` cannot be written: {reason}") from error
        return self._files.enter_context(stream)
