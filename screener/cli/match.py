"""`screener match`: each patient against every trial on file; it prints what the trials answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from screener.cli import console
from screener.cli.patients import Entry, Wanted, entries, require
from screener.cli.screen import Day, progress_of, reject
from screener.diagnostics import ProfileError, RulesError
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.matching import Match, in_order, shortest_list
from screener.shelf import Shelf
from screener.terminal import COST_WORDS, Ink, Paint, clean, remedy_words, wrapped
from screener.trial import agreed_day, named, own_day
from screener.truth import Verdict
from screener.vocabulary import Vocabulary

_HEADS = {
    Verdict.ELIGIBLE: ("Eligible", Ink.GOOD),
    Verdict.UNDETERMINED: ("Cannot tell yet", Ink.OPEN),
    Verdict.INELIGIBLE: ("Ineligible", Ink.BAD),
    None: ("Not judged", Ink.STRONG),
}


def match_files(
    files: Sequence[str],
    *,
    as_of: int | None,
    as_json: bool,
    everything: bool,
    criteria: Sequence[Path],
    wanted: Wanted,
) -> int:
    """Judge every patient of the files against every trial, and end with an exit code."""
    require(files)
    told = _Told()
    shelf = Shelf(criteria, told)
    day = Day(as_of)
    judged = rejected = 0
    with (
        wanted.intake(shelf.vocabulary, as_of, files) as intake,
        progress_of(entries(files, intake)) as patients,
    ):
        for entry in patients:
            try:
                sheet, on = _taken(entry, shelf.vocabulary, day)
                matches = in_order(shelf.matches(sheet, on, everything=everything))
            except ProfileError as error:
                rejected += 1
                reject(entry, error, as_json=as_json)
                continue
            if as_json:
                for one in matches:
                    console.put_json(one.to_json(sheet.patient))
            else:
                between = "" if not judged else "-" * min(console.width(), 100) + "\n"
                console.put(between + _text(sheet.patient, on, matches))
            judged += 1
        intake.account.tell()
        refused = wanted.strict and intake.account.tally.doubtful
    if told.said:
        return console.BAD_RULES
    return console.BAD_DATA if rejected or refused else console.DONE


#: A trial for which more is missing is no trial to begin with; `--json` names all.
_MOST_NAMED = 12


class _Told:
    """Faults of trials, said once each, however many patients there are."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def __call__(self, trial: str, error: RulesError) -> None:
        if str(error) not in self.said:
            self.said.add(str(error))
            console.say(str(error))


def _taken(entry: Entry, vocabulary: Vocabulary, day: Day) -> tuple[FactSheet, int]:
    data = entry.data
    if isinstance(data, ProfileError):
        raise data
    if isinstance(data, FactSheet):
        own, patient = data.as_of, data.patient
    else:
        own, patient = own_day(data), named(data)
    today = day.otherwise(own)
    as_of = agreed_day(day.asked, own, patient) if today is None else today
    if isinstance(data, FactSheet):
        return data, as_of
    try:
        return read_profile(data, vocabulary, as_of=as_of), as_of
    except ProfileError as error:
        raise ProfileError(error.faults, error.patient or patient) from error


def _text(patient: str | None, as_of: int, matches: Sequence[Match]) -> str:
    width, paint = console.width(), console.painter()
    who = "Patient without a name" if patient is None else f"Patient {patient}"
    count = "1 trial" if len(matches) == 1 else f"{len(matches)} trials"
    lines = [clean(f"{who}, as of {date.fromordinal(as_of)}, against {count}")]
    for verdict, group in groupby(matches, _verdict):
        words, ink = _HEADS[verdict]
        lines += ["", paint(words, ink), *_listed(group, width)]
    lines += _shortest(matches, width, paint)
    last = "An investigator must confirm eligibility. Decision support, not a medical decision."
    return "\n".join([*lines, "", paint(last, Ink.FAINT)]) + "\n"


def _verdict(match: Match) -> Verdict | None:
    return None if match.result is None else match.result.verdict


def _listed(matches: Iterable[Match], width: int) -> Iterator[str]:
    for one in matches:
        version = "" if one.result is None else f" version {one.result.version}"
        yield from wrapped(f"{one.trial}{version}", width, "  ", "    ")
        for detail in _details(one):
            yield from wrapped(detail, width, "    ", "      ")


def _details(match: Match) -> Iterator[str]:
    if match.reason is not None:
        criterion = match.reason.criterion
        yield f"{'' if criterion is None else f'{criterion}: '}{match.reason.sentence}"
    if match.remedy is not None:
        yield f"{remedy_words(match.remedy)}"
    if _verdict(match) is Verdict.UNDETERMINED:
        labels = [label for label, _ in match.lacking.values()]
        if labels:
            count = "1 fact" if len(labels) == 1 else f"{len(labels)} facts"
            yield f"{count} missing: {some(labels)}"
        else:
            yield "no fact that could still be got would settle it; `screener screen` says why"


def some(labels: Sequence[str]) -> str:
    """All labels, or the first of them where a list of all would not be read."""
    more = len(labels) - _MOST_NAMED
    if more < 2:
        return ", ".join(labels)
    return f"{', '.join(labels[:_MOST_NAMED])} and {more} more"


def _shortest(matches: Sequence[Match], width: int, paint: Paint) -> Iterator[str]:
    steps = shortest_list(matches)
    if not steps:
        return
    yield ""
    yield paint("The shortest list that would settle the most trials, in this order:", Ink.STRONG)
    for number, step in enumerate(steps):
        facts = some(
            [f"{label} ({COST_WORDS.get(cost, cost)})" for label, cost in step.facts.values()]
        )
        also = "then also " if number else ""
        line = f"- {also}{facts}: settles {', '.join(step.trials)}"
        yield from wrapped(line, width, "  ", "    ")
