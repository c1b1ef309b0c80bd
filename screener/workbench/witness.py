"""From what the solver found to a patient that can be screened: a profile, made up and replayed.

A witness is believed only after `screen` has judged it; where no profile shows what the solver
found, that is said, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from screener.days import iso
from screener.interpreters.smt.selections import Reading
from screener.ir import Available, Calculation, Fixed, NamedDay, Pick
from screener.quantities import Range
from screener.selection.uses import facts_of
from screener.vocabulary import Vocabulary
from screener.workbench.arranging import Arranger, Effort, Group, groups
from screener.workbench.calendar import anchors_of, named_days
from screener.workbench.inputs import with_inputs
from screener.workbench.profiles import Given, Notes
from screener.workbench.sketches import NO

#: So many ways to lay out the days of one patient are tried.
LAYOUTS = 3


class Witness(NamedTuple):
    """A made-up patient: a profile as a person would write it, and the day it is screened on."""

    profile: dict[str, Any]
    as_of: str

    def to_json(self) -> dict[str, Any]:
        """A profile that `screen` takes as it is."""
        return {"as_of": self.as_of, **self.profile}

    def in_short(self) -> str:
        """The facts on one line, as a person would note them down."""
        return ", ".join(self.noted())

    def noted(self) -> tuple[str, ...]:
        """The same, a text a fact."""
        return tuple(f"{fact} {noted(said)}" for fact, said in self.profile["facts"].items())


def noted(said: Any) -> str:
    """What is said of a fact, as a person would note it down."""
    if isinstance(said, list):
        return " and ".join(noted(one) for one in said)
    if not isinstance(said, dict):
        return str(said)
    if "records" in said:
        return f"{noted(said['records'])} (known to {said['complete_to']})"
    value = {True: "yes", False: "no", None: ""}.get(said.get("value"), said.get("value"))
    words = [str(value), said.get("unit"), said.get("start")]
    if "date" in said:
        words.append(f"of {said['date']}")
    return " ".join(str(word) for word in words if word)


class Hopeless(NamedTuple):
    """Readings that no records and days were found for, whatever else is so."""

    readings: tuple[Reading, ...]


def witnesses(
    readings: Sequence[Reading],
    dates: Mapping[str, NamedDay],
    vocabulary: Vocabulary,
    as_of: int,
    effort: Effort,
    given: Given | None = None,
) -> Iterator[Witness | Hopeless]:
    """The patients in whom the selections come out as read; last, what nobody was found for.

    `given`: what is known of him; only what is open is made up.
    """
    settled = with_inputs(readings)
    if settled is None:
        yield Hopeless(tuple(readings))
        return
    asked = [one for one in settled if not isinstance(one.selection, Calculation)]
    found = [one for one in groups(asked, vocabulary, as_of) if one.known]
    absent = {
        one.selection.of.fact
        for one in asked
        if isinstance(one.selection, Available) and one.possible == (NO,)
    }
    windows = [window for group in found for window in group.windows]
    anchors = {
        name: fact for name, fact in anchors_of(windows, dates).items() if fact not in absent
    }
    before = given or Given()
    values = {fact: about for fact in anchors.values() if (about := _days_asked(fact, asked))}
    tried = 0
    for strict in (True, False):
        arranger = Arranger(vocabulary, dates, as_of, before, effort, strict)
        hopeless = dict.fromkeys(range(len(found)))
        for days in named_days(as_of, anchors, before.days(), windows, values):
            if effort.spent:
                return
            notes = _arranged(arranger, found, days, anchors, hopeless)
            if notes is None:
                continue
            yield Witness(before.with_notes(notes, vocabulary, as_of), iso(as_of))
            tried += 1
            if tried == LAYOUTS:
                return
    if not tried and hopeless:
        yield Hopeless(tuple(one for at in [*hopeless][:1] for one in found[at].known))


def _arranged(
    arranger: Arranger,
    found: Sequence[Group],
    days: Mapping[str, int],
    anchors: Mapping[str, str],
    hopeless: dict[int, None],
) -> Notes | None:
    """All groups on the same days; None if one of them cannot be. Who can be is not hopeless."""
    given = arranger.given.days()
    dated = {fact: days[name] for name, fact in anchors.items() if fact not in given}
    together = notes = Notes({fact: (iso(day),) for fact, day in dated.items()})
    for at, group in enumerate(found):
        arranged = arranger.arranged(group, days, notes)
        if arranged is None:
            return None
        hopeless.pop(at, None)
        together = together.joined(arranged)
    return together


def _days_asked(fact: str, readings: Sequence[Reading]) -> list[int]:
    """The days that the value of a date fact is asked to lie on."""
    return [
        int(end)
        for one in readings
        if not one.open
        and fact in facts_of(one.selection)
        and isinstance(one.selection, Pick | Fixed)
        for cell in one.possible
        if isinstance(cell, Range)
        for end in (cell.high, cell.low)
        if end is not None
    ]
