"""A long table is read in bounded memory, row by row."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

from screener.facts import FactSheet
from screener.intake.report import Fate, Tally
from screener.intake.tables.patients import read_table
from tests.intake.tables.support import vocabulary

_HEADER = b"patient,platelets [10*9/L],platelets.date,depression\n"
_ROWS_EACH = 20


class Endless(io.RawIOBase):
    """A table made while it is read, so that it takes no memory of its own."""

    def __init__(self, rows: int) -> None:
        self._patients = rows // _ROWS_EACH
        self._at = 0
        self._lines = self._made()
        self._rest = b""

    def _made(self) -> Iterator[bytes]:
        yield _HEADER
        for patient in range(self._patients):
            for row in range(_ROWS_EACH):
                # As in most exports, most cells are blank.
                said = b",112,2026-11-24," if row == 0 else b",,, "
                yield b"%06d%s\n" % (patient, said)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        assert (offset, whence) == (0, 0)
        self._lines, self._rest = self._made(), b""
        return 0

    def readline(self, size: int | None = -1, /) -> bytes:
        return next(self._lines, b"")


def peak(rows: int) -> tuple[int, int, Tally]:
    """The most memory in use at once, how many patients there were, and the account."""
    declared = vocabulary()
    tally = Tally()
    patients = 0
    tracemalloc.start()
    try:
        for one in read_table(Endless(rows), "long.csv", declared):  # type: ignore[arg-type]
            tally.add(one.entries)
            patients += isinstance(one.sheet, FactSheet)
        return tracemalloc.get_traced_memory()[1], patients, tally
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_rows_take_hardly_more_memory_than_five_thousand() -> None:
    """What grows is a fingerprint per patient: 48 bytes, and while the set that holds them doubles
    its slots up to 100 more. The rows themselves, held at once, would take more than 20 MiB."""
    few, _, _ = peak(5_000)
    many, patients, tally = peak(100_000)
    assert patients == 5_000
    assert tally.counts[Fate.MAPPED] == 5_000
    assert many - few < 200 * 5_000
    assert many < 2 * 1024 * 1024
