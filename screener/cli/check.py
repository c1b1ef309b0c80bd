"""`screener check`: every fault of rule files, and where each item of their source has gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from screener.catalog import (
    VOCABULARY,
    Edition,
    Place,
    find,
    folders,
    is_cases,
    places,
    read,
    read_file,
    rule_files,
)
from screener.cli import console
from screener.diagnostics import Diagnostic, RulesError, Severity, render
from screener.rules.check import NOT_ENCODED, outline_coverage
from screener.rules.load import read_cases, read_vocabulary
from screener.terminal import wrapped


def check_paths(paths: Sequence[Path], criteria: Sequence[Path], *, as_json: bool) -> int:
    """Report every fault once; 3 if any of them is an error."""
    report = _Report(as_json=as_json)
    for path in paths or folders(criteria):
        if path.is_dir():
            _folder(path, criteria, report)
        elif path.exists():
            _file(path, criteria, report)
        else:
            raise console.UsageFault(f"`{path}` does not exist")
    return report.close()


class _Report:
    """Faults as they are found, none twice: a vocabulary is read again for each rule file."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._seen: set[Diagnostic] = set()
        self._files = 0

    def attempt(self, read_it: Callable[[], Edition | None]) -> Edition | None:
        """Read a file and report what is wrong with it."""
        self._files += 1
        try:
            edition = read_it()
        except RulesError as error:
            self._tell(error.diagnostics, error.sources)
            return None
        if edition is not None and edition.warnings:
            self._tell(edition.warnings, read_file(edition.place.rules).sources)
        return edition

    def account(self, edition: Edition) -> None:
        """Where each item of the source's outline has gone."""
        if self._as_json:
            return
        protocol = edition.protocol
        console.put(
            f"{read_file(edition.place.rules).name}: {protocol.trial} {protocol.version}, "
            f"{len(protocol.criteria)} criteria\n"
        )
        for item, accounts in outline_coverage(protocol).items():
            where = ", ".join(accounts).replace(NOT_ENCODED, "not encoded")
            for line in wrapped(f"{item}: {where}", console.width(), "  ", "    "):
                console.put(line + "\n")

    def close(self) -> int:
        """Say how many faults there are."""
        errors = sum(one.severity is Severity.ERROR for one in self._seen)
        warnings = len(self._seen) - errors
        console.say(
            f"{_count(self._files, 'file')}: {_count(errors, 'error')}, "
            f"{_count(warnings, 'warning')}"
        )
        return console.BAD_RULES if errors else console.DONE

    def _tell(self, found: Sequence[Diagnostic], sources: dict[str, str]) -> None:
        for one in found:
            if one in self._seen:
                continue
            self._seen.add(one)
            if self._as_json:
                console.put_json(one.to_json())
            else:
                console.put(render(one, sources) + "\n")


def _folder(folder: Path, criteria: Sequence[Path], report: _Report) -> None:
    """A folder of trials, or the folder of one trial."""
    vocabulary = folder / VOCABULARY
    found = [place for versions in places([folder]).values() for place in versions]
    direct = [_alone(path, criteria) for path in sorted(rule_files(folder))]
    cases = sorted(path for path in folder.glob("**/*.yaml") if is_cases(path))
    if not (vocabulary.is_file() or found or direct or cases):
        raise console.UsageFault(f"`{folder}` holds no rule files")
    if vocabulary.is_file():
        report.attempt(lambda: _vocabulary(vocabulary))
    for place in [*found, *direct]:
        _rules(place, report)
    for path in cases:
        _cases(path, report)


def _file(path: Path, criteria: Sequence[Path], report: _Report) -> None:
    if path.name == VOCABULARY:
        report.attempt(lambda: _vocabulary(path))
    elif is_cases(path):
        _cases(path, report)
    else:
        _rules(_alone(path, criteria), report)


def _alone(path: Path, criteria: Sequence[Path]) -> Place:
    return find(str(path.absolute()), criteria)[0]


def _rules(place: Place, report: _Report) -> None:
    edition = report.attempt(lambda: read(place))
    if edition is not None:
        report.account(edition)


def _vocabulary(path: Path) -> None:
    file = read_file(path)
    read_vocabulary(file.content, file.name)


def _cases(path: Path, report: _Report) -> None:
    def read_it() -> None:
        file = read_file(path)
        read_cases(file.content, file.name)

    report.attempt(read_it)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
