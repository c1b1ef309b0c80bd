"""All trials on file together: what each says of one patient, whose facts are read once for all.

A trial with faults is told of and left out. A fact that trials declare differently is read as the
first of them declares it, and the others do not judge the patients of whom it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from screener.catalog import Edition, folders, places, read
from screener.days import iso
from screener.diagnostics import RulesError, UnknownTrial
from screener.facts import FactSheet
from screener.matching import Match, match_of, not_judged
from screener.screening import screen
from screener.trial import Trial, declared_otherwise
from screener.vocabulary import Vocabulary


def overview(editions: Iterable[Edition], as_of: int) -> dict[str, Any]:
    """A trial with its versions, oldest first, as `screener trials --json` tells of it."""
    ordered = sorted(editions, key=lambda one: one.protocol.effective)
    begun = [one for one in ordered if one.protocol.effective <= as_of]
    versions = [
        {
            "version": one.protocol.version,
            "effective": iso(one.protocol.effective),
            "status": "future"
            if one not in begun
            else ("in_force" if one is begun[-1] else "superseded"),
            "sha256": one.rules_sha256,
        }
        for one in ordered
    ]
    newest = ordered[-1].protocol
    return {
        "trial": newest.trial,
        "title": newest.title,
        "kind": newest.kind,
        "versions": versions,
    }


class Shelf:
    """The trials found in folders, and all facts that any of them may ask about.

    `told` is called with the name of a trial and its faults, whenever they come up.
    """

    def __init__(
        self, criteria: Iterable[str | Path], told: Callable[[str, RulesError], None]
    ) -> None:
        self._told = told
        self.trials: dict[str, Trial] = {}
        where = folders(criteria)
        found = places(where)
        for name, versions in found.items():
            try:
                self.trials[name] = Trial(tuple(map(read, versions)), pinned=False)
            except RulesError as error:
                told(name, error)
        if not found:
            shown = ", ".join(f"`{folder}`" for folder in where)
            raise UnknownTrial(f"there are no trials in {shown}")
        self.vocabulary: Vocabulary = {
            name: fact
            for edition in reversed(
                [trial.newest for trial in self.trials.values()]
                + [edition for trial in self.trials.values() for edition in trial.editions]
            )
            for name, fact in edition.vocabulary.items()
        }

    def offered(self, *, everything: bool) -> list[Trial]:
        """The trials a patient may be offered to; `everything`: reviews of evidence too."""
        return [
            trial
            for trial in self.trials.values()
            if everything or trial.newest.protocol.kind != "evidence_review"
        ]

    def matches(self, sheet: FactSheet, as_of: int, *, everything: bool) -> Iterator[Match]:
        """What each trial says of the patient.

        Raises:
            ProfileError: the facts cannot be those of a patient on that day.
        """
        for trial in self.offered(everything=everything):
            yield self._match(trial, sheet, as_of)

    def _match(self, trial: Trial, sheet: FactSheet, as_of: int) -> Match:
        try:
            edition = trial.edition(as_of)
        except UnknownTrial as error:
            return not_judged(trial.id, "; ".join(filter(None, (error.message, error.hint))))
        except RulesError as error:
            self._told(trial.id, error)
            return not_judged(trial.id, "its rules have faults")
        vocabulary = {**self.vocabulary, **edition.vocabulary}
        differing = declared_otherwise(sheet, vocabulary, self.vocabulary)
        if differing:
            shown = ", ".join(f"`{fact}`" for fact in differing)
            return not_judged(trial.id, f"it declares {shown} otherwise than another trial")
        return match_of(
            screen(
                edition.protocol,
                vocabulary,
                sheet,
                as_of,
                rules_sha256=edition.rules_sha256,
                vocabulary_sha256=edition.vocabulary_sha256,
            )
        )
