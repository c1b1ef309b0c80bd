"""`screener screen`: patients in, answers out, one by one; a rejected one stops no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TypeVar

from screener.cli import console
from screener.cli.patients import Entry, Wanted, entries, require
from screener.cli.progress import count
from screener.cli.recording import recorder
from screener.diagnostics import Fault, ProfileError, UnknownTrial
from screener.facts import FactSheet
from screener.result import Result
from screener.standards.fhir import Release
from screener.standards.fhir.subjects import outcome, research_subject
from screener.terminal import render
from screener.trial import Placed, Trial, load_trial, named, own_day
from screener.truth import Verdict

Answer = TypeVar("Answer")


def screen_files(
    name: str,
    files: Sequence[str],
    *,
    as_of: int | None,
    as_json: bool,
    exit_code: bool,
    criteria: Sequence[Path],
    wanted: Wanted,
    log: str | None = None,
    by: str | None = None,
    fhir: Release | None = None,
) -> int:
    """Screen every patient of the files and say how it went as an exit code.

    With a log every answer is recorded, and shown as recorded only when it lasts. Where that fails
    the answer says so, and nobody else is screened.
    """
    if as_json and fhir is not None:
        raise console.UsageFault("`--json` and `--fhir` are two forms of the answer; choose one")
    pinned_to = None if as_of is None else date.fromordinal(as_of)
    trial = load_trial(name, as_of=pinned_to, criteria=criteria)
    require(files)
    verdicts: Counter[Verdict] = Counter()
    rejected = 0
    day = Day(as_of)
    with (
        recorder(log, by) as record,
        wanted.intake(trial.newest.vocabulary, as_of, files) as intake,
        progress_of(entries(files, intake)) as patients,
    ):
        for entry in patients:
            answer = judged(trial, entry, day, Placed.screen)
            if isinstance(answer, ProfileError):
                rejected += 1
                reject(entry, answer, as_json=as_json)
                if fhir is not None:
                    console.put_json(outcome(answer))
                continue
            recorded = record(trial, entry.data, answer)
            if fhir is not None:
                console.put_json(research_subject(answer, trial.title, fhir))
            elif as_json:
                extra = recorded.to_json()
                if extra:
                    console.put_json(answer.to_json() | extra)
                else:
                    console.put(answer.to_json_text() + "\n")
            else:
                between = "" if not verdicts else "-" * min(console.width(), 100) + "\n"
                console.put(between + _text(trial, answer) + recorded.text())
            verdicts[answer.verdict] += 1
            if recorded.fault is not None:
                raise recorded.fault
        intake.account.tell()
        refused = wanted.strict and intake.account.tally.doubtful
    if sum(verdicts.values()) + rejected > 1:
        console.say(_count(verdicts, rejected))
    if rejected or refused:
        return console.BAD_DATA
    return _code(verdicts) if exit_code else console.DONE


def _text(trial: Trial, answer: Result) -> str:
    titles = trial.edition_of(answer).stage_titles
    return render(answer, console.width(), console.painter(), titles)


class Day:
    """The day asked for; where nobody names one, today, which is said once."""

    def __init__(self, asked: int | None) -> None:
        self.asked = asked
        self._echoed = False

    def otherwise(self, own: int | None) -> int | None:
        """Today, if neither the command line nor the patient says a day."""
        if self.asked is not None or own is not None:
            return None
        today = console.today()
        if not self._echoed:
            console.say(f"as of {date.fromordinal(today)} (today; `--as-of` asks for another day)")
            self._echoed = True
        return today


def judged(
    trial: Trial, entry: Entry, day: Day, answer: Callable[[Placed], Answer]
) -> Answer | ProfileError:
    """The answer for a patient, or what keeps him from being judged."""
    data = entry.data
    if isinstance(data, ProfileError):
        return data
    try:
        if isinstance(data, FactSheet):
            return answer(trial.place_facts(data, day.asked, day.otherwise(data.as_of)))
        return answer(trial.place_data(data, day.asked, day.otherwise(own_day(data))))
    except ProfileError as error:
        return ProfileError(error.faults, error.patient or named(data))
    except UnknownTrial as error:
        sheet = data if isinstance(data, FactSheet) else None
        if (sheet.as_of if sheet else own_day(data)) is None:
            raise
        who = sheet.patient if sheet else named(data)
        return ProfileError([Fault("/as_of", error.message, error.hint)], who)


def reject(entry: Entry, error: ProfileError, *, as_json: bool) -> None:
    """Say why a patient is not judged; under `--json` also in his place among the answers."""
    who = f"patient `{error.patient}`" if error.patient is not None else "a patient"
    ended = "nobody is judged from it" if entry.whole else f"{who} is not judged"
    indented = "\n".join(f"  {line}" for line in str(error).splitlines())
    console.say(f"{entry.place}: {ended}\n{indented}")
    if as_json:
        first = error.faults[0]
        console.put_json(
            {
                "patient": error.patient,
                "line": entry.line,
                "error": {"pointer": first.pointer, "message": first.message, "hint": first.hint},
            }
        )


def _count(verdicts: Counter[Verdict], rejected: int) -> str:
    parts = [f"{verdicts[verdict]} {verdict.value}" for verdict in reversed(Verdict)]
    if rejected:
        parts.append(f"{rejected} not judged")
    return f"{sum(verdicts.values()) + rejected} patients: {', '.join(parts)}"


def _code(verdicts: Counter[Verdict]) -> int:
    if verdicts[Verdict.INELIGIBLE]:
        return console.ANY_INELIGIBLE
    return console.ANY_UNDETERMINED if verdicts[Verdict.UNDETERMINED] else console.DONE


def progress_of(patients: Iterable[Entry]) -> AbstractContextManager[Iterable[Entry]]:
    """A count of patients on standard error, while the answers themselves go elsewhere."""
    return count(patients, "patients screened")
