"""The trials that the form offers, read once at the start; a name from outside is only looked up.

It opens no file for a request: what is not in its tables does not exist.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from screener.catalog import Edition, read_file
from screener.diagnostics import RulesError
from screener.needs import Need
from screener.rules.load import Case, read_cases, read_mapping
from screener.shelf import Shelf
from screener.site import Site
from screener.trial import Trial
from screener.web.layout import Layout, arranged, layout_of

#: A name that may stand in an address.
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_EXAMPLE = "Example: "


class Example(NamedTuple):
    """An example patient that comes with a trial: what he shows, and the case."""

    number: int
    title: str
    case: Case


class Library:
    """All trials on file, by their names, with the forms that ask for their facts."""

    def __init__(self, criteria: Iterable[str | Path], mapping: Path | None = None) -> None:
        """Read the trials, and the mapping file that FHIR from outside is read with.

        Raises:
            UnknownTrial: there are no trials.
            RulesError: the mapping file has faults.
        """
        self.faulty: dict[str, RulesError] = {}
        self.shelf = Shelf(criteria, self._told)
        self.trials: dict[str, Trial] = {
            trial.id: trial for trial in self.shelf.trials.values() if _SAFE.fullmatch(trial.id)
        }
        self._layouts: dict[str, Layout] = {}
        self._examples = {
            id: tuple(self._read_examples(trial.newest)) for id, trial in self.trials.items()
        }
        self.together = self._together()
        self._cases: dict[Path, tuple[Case, ...]] = {}
        self.site = Site()
        if mapping is not None:
            file = read_file(mapping)
            self.site = read_mapping(file.content, file.name, self.shelf.vocabulary)

    def trial(self, name: str) -> Trial | None:
        """The trial of that name, if there is one."""
        return self.trials.get(name)

    @property
    def vocabulary_text(self) -> bytes:
        """The vocabulary that a rule file without a place of its own is read with."""
        return next(iter(self.shelf.trials.values())).newest.vocabulary_text

    def examples(self, name: str) -> tuple[Example, ...]:
        """The example patients of the newest version of a trial."""
        return self._examples.get(name, ())

    def cases(self, edition: Edition) -> tuple[Case, ...]:
        """All example patients beside the rule file of a version; none where they have faults."""
        path = edition.place.cases
        if path is None:
            return ()
        if path not in self._cases:
            file = read_file(path)
            try:
                self._cases[path] = read_cases(file.content, file.name)
            except RulesError:
                self._cases[path] = ()
        return self._cases[path]

    def layout(self, edition: Edition) -> Layout:
        """The form of one version of a trial."""
        key = f"{edition.rules_sha256} {edition.vocabulary_sha256}"
        if key not in self._layouts:
            self._layouts[key] = layout_of(edition)
        return self._layouts[key]

    def _told(self, trial: str, error: RulesError) -> None:
        self.faulty[trial] = error

    def _together(self) -> Layout:
        """The form that asks for the facts of all trials; who asks is a trial."""
        asking: dict[str, Need] = {}
        for trial in self.shelf.offered(everything=False):
            for need in self.layout(trial.newest).needs.values():
                known = asking.get(need.fact, Need(need.fact, (), False))
                by = (*known.by, trial.id)
                asking[need.fact] = Need(need.fact, by, known.limits or need.limits)
        return arranged(list(asking.values()), self.shelf.vocabulary, ())

    def _read_examples(self, edition: Edition) -> Iterable[Example]:
        if edition.place.cases is None:
            return
        file = read_file(edition.place.cases)
        try:
            cases = read_cases(file.content, file.name)
        except RulesError as error:
            self.faulty[edition.protocol.trial] = error
            return
        shown = [one for one in cases if one.name.startswith(_EXAMPLE)]
        for number, case in enumerate(shown, start=1):
            plain = replace(case, profile=json.loads(json.dumps(case.profile)))
            yield Example(number, case.name.removeprefix(_EXAMPLE), plain)
