"""How SQLite is told to make a commit last, decided by the version that runs.

Write-ahead logging could damage a database written through two connections, from 3.7.0 until it was
mended in 3.51.3 and, for older lines, in 3.50.7 and 3.44.6 (3.52.0 was withdrawn). Other versions
keep a rollback journal. There `synchronous=FULL` is not enough: the journal's removal, which is the
commit, lasts through a power cut only once its folder is synced, and that is EXTRA.
Source: the release notes of SQLite 3.51.3; `PRAGMA synchronous` in its documentation.
"""

from __future__ import annotations

from typing import NamedTuple


class Journal(NamedTuple):
    """A pair of settings that loses nothing that was confirmed."""

    mode: str
    synchronous: str


#: The numbers by which SQLite answers `PRAGMA synchronous`.
SYNCHRONOUS = {"FULL": 2, "EXTRA": 3}
_WITHDRAWN = (3, 52, 0)


def journal_for(version: tuple[int, int, int]) -> Journal:
    """The settings for a version of SQLite."""
    return Journal("wal", "FULL") if _mended(version) else Journal("delete", "EXTRA")


def _mended(version: tuple[int, int, int]) -> bool:
    if version == _WITHDRAWN:
        return False
    line = version[:2]
    return (
        version >= (3, 51, 3)
        or (line == (3, 50) and version >= (3, 50, 7))
        or (line == (3, 44) and version >= (3, 44, 6))
    )
