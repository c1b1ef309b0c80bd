"""Which version of a trial a command means: one named, one of a git revision, or that in force."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from screener.catalog import Edition, File, find, names_version, read, read_contents
from screener.cli import console
from screener.diagnostics import UnknownTrial
from screener.terminal import clean
from screener.trial import load_trial

_GIT = "@git:"


def edition_of(name: str, criteria: Sequence[Path], as_of: int | None) -> Edition:
    """The version that a name means on a day (an ordinal; None: today).

    Raises:
        UnknownTrial: if there is no such trial, version or revision, or none is in force yet.
        RulesError: if its files have faults.
    """
    trial, at, revision = name.partition(_GIT)
    if at and not revision:
        raise console.UsageFault(f"`{clean(name)}` names no git revision, such as `{_GIT}HEAD~1`")
    if at:
        return _at_revision(trial, revision, criteria, as_of)
    if names_version(name):
        # A draft may be compared and proved, though it is never screened with.
        (place,) = find(name, criteria)
        return read(place)
    day = console.today() if as_of is None else as_of
    return load_trial(name, criteria=criteria).edition(day)


def _at_revision(name: str, revision: str, criteria: Sequence[Path], as_of: int | None) -> Edition:
    """The version as its files stood at a revision of the git repository they are in."""
    place = edition_of(name, criteria, as_of).place
    files = [_shown(path, revision) for path in (place.rules, place.vocabulary)]
    return read_contents(place, *files)


def _shown(path: Path, revision: str) -> File:
    run = subprocess.run(
        ["git", "-C", str(path.parent), "show", "--end-of-options", f"{revision}:./{path.name}"],
        capture_output=True,
        check=False,
    )
    if run.returncode:
        reason = run.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UnknownTrial(
            f"`{path.name}` cannot be had at git revision `{revision}`",
            reason[-1] if reason else None,
        )
    return File(f"{path.name} at {revision}", run.stdout)
