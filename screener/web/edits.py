"""What an edit of a rule file does: its faults, and what it makes of patients, by proof or picture.

The text and the patients are kept nowhere, and no rule file is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from screener.catalog import Edition, File, Place, read_contents
from screener.diagnostics import Diagnostic, Fault, ProfileError, RulesError, Severity, render
from screener.facts import FactSheet
from screener.intake.profile import read_profile
from screener.judging import judge_patient
from screener.result import Result
from screener.rules.cases import Case
from screener.trial import Trial, agreed_day, declared_otherwise, own_day
from screener.truth import Verdict
from screener.web import words
from screener.web.batch import Given, take
from screener.web.proving import proved
from screener.workbench.curves import funnel_picture, sweep_picture, unstyled
from screener.workbench.funnel import funnel
from screener.workbench.moving import moves
from screener.workbench.people import people
from screener.workbench.replaying import answer_or_fault, differences
from screener.workbench.sweeping import sweep
from screener.workbench.varying import Unvaried, vary_of

if TYPE_CHECKING:
    from screener.interpreters.smt.solver import GoOn

#: So many faults, and so many cases that differ, are shown.
_SHOWN = 40
#: So many verdicts may one sweep ask for; more is for the command line.
_VERDICTS = 20_000
_EXAMPLE = "Example: "

Person = tuple[FactSheet, int]


class Sent(NamedTuple):
    """What the page sent: the text, what to do, patients (none: the cases), and what to vary."""

    text: str
    do: str
    given: Given | None
    vary: tuple[str, str]
    off: str


class Told(NamedTuple):
    """One fault of the text: where it is, what to do about it, and its line with the caret."""

    line: int
    column: int
    severity: str
    message: str
    hint: str | None
    shown: str


class Live(NamedTuple):
    """An example patient: how the text judges him, and the version on file."""

    title: str
    state: str
    now: str
    before: str
    changed: bool
    why: str


class Work:
    """What one request asks of the text."""

    def __init__(
        self,
        trial: Trial,
        base: Edition,
        cases: Sequence[Case],
        sent: Sent,
        *,
        most: int,
        today: int,
    ) -> None:
        self.trial, self.base, self.cases, self.sent = trial, base, cases, sent
        self.most, self.today = most, today
        self._why = ""
        self.shown: dict[str, Any] = {
            "faults": (), "more_faults": 0, "usable": None, "problem": None, "live": (),
            "cases": None, "people": None, "report": None, "picture": None, "numbers": None,
            "whose": "", "left": 0,
        }  # fmt: skip

    def done(self) -> None:
        """Check the text, and if it can be used do what was asked."""
        edited = self._begun()
        if edited is None:
            return
        doing: dict[str, Callable[[Edition], None]] = {
            "cases": self._run_cases,
            "compare": self._compare,
            "funnel": self._funnel,
            "sweep": self._sweep,
        }
        try:
            if self.sent.do in doing:
                doing[self.sent.do](edited)
        except RulesError:
            self.shown["problem"] = "The list of patients cannot be read with these rules."
        except ProfileError as error:
            self.shown["problem"] = words.capital(error.faults[0].message) + "."
        except Unvaried as error:
            said = words.capital(f"{error}".replace("`", ""))
            hint = f" ({error.hint.replace('`', '')})" if error.hint else ""
            self.shown["problem"] = f"{said}{hint}."

    def proved(self, go_on: GoOn) -> None:
        """The same, and what was asked is a proof."""
        edited = self._begun()
        if edited is not None:
            compared = proved(self.base, edited, go_on)
            from screener.workbench.report import report

            self.shown["report"] = report(self.base, edited, compared, None)

    def _begun(self) -> Edition | None:
        """The text as a version, and how the example patients end under it."""
        edited = self._read()
        if edited is not None:
            self.shown["live"] = tuple(self._live(edited))
        return edited

    def _read(self) -> Edition | None:
        place = Place("", "", self.base.place.rules, self.base.place.vocabulary)
        file = File("the text", self.sent.text.encode("utf-8", "replace"))
        vocabulary = File("the vocabulary", self.base.vocabulary_text)
        try:
            edition = read_contents(place, file, vocabulary)
            found: Sequence[Diagnostic] = edition.warnings
        except RulesError as error:
            edition, found = None, error.diagnostics
        sources = file.sources
        self.shown["faults"] = tuple(_told(one, sources) for one in found[:_SHOWN])
        self.shown["more_faults"] = max(0, len(found) - _SHOWN)
        self.shown["usable"] = edition is not None
        return edition

    def _live(self, edited: Edition) -> Iterator[Live]:
        for case in self.cases:
            if case.name.startswith(_EXAMPLE):
                now, before = (answer_or_fault(one, case) for one in (edited, self.base))
                yield Live(
                    words.capital(case.name.removeprefix(_EXAMPLE)),
                    words.STATE[now.verdict] if isinstance(now, Result) else "warn",
                    _verdict(now),
                    _verdict(before),
                    _verdict(now) != _verdict(before),
                    _first_reason(now),
                )

    def _run_cases(self, edited: Edition) -> None:
        differing = []
        for case in self.cases:
            found = tuple(differences(answer_or_fault(edited, case), case))
            if found:
                differing.append((case.name, found))
        self.shown["cases"] = {
            "passed": len(self.cases) - len(differing),
            "failed": len(differing),
            "differing": differing[:_SHOWN],
            "more": max(0, len(differing) - _SHOWN),
        }

    def _people(self, *versions: Edition) -> list[Person]:
        """Who is judged: those who were sent, else the example patients."""
        vocabulary = {name: fact for one in versions for name, fact in one.vocabulary.items()}
        found = list(_sent_people(self.sent.given, self._entries(), vocabulary, self.today))
        alike = [
            one
            for one in found
            if all(
                fact not in version.vocabulary
                for version in versions
                for fact in declared_otherwise(one[0], version.vocabulary, vocabulary)
            )
        ]
        self.shown["whose"] = (
            "of the list that was sent" if self.sent.given else "who come as example cases"
        )
        self.shown["left"] = self._count - len(alike)
        if self.sent.given is not None and not alike:
            raise ProfileError([Fault("", f"nobody in the list can be read{self._why}")])
        return alike

    def _entries(self) -> list[tuple[object, str | None]]:
        given = self.sent.given
        if given is None:
            entries: list[tuple[object, str | None]] = [
                ({**one.profile, "patient": one.name}, one.as_of) for one in self.cases
            ]
        else:
            taken = take(given, self.trial, None, self.most, self.today)
            entries = [(one.data, None) for one in taken.patients]
            why = next((one.faults[0] for one in taken.patients if one.faults), None)
            self._why = f": {why.message}" if why else ""
        self._count = len(entries)
        return entries

    def _compare(self, edited: Edition) -> None:
        self.shown["people"] = people(moves(self.base, edited, self._people(self.base, edited)))

    def _funnel(self, edited: Edition) -> None:
        found = funnel(
            edited,
            (
                judge_patient(edited.protocol, edited.vocabulary, sheet, day)
                for sheet, day in self._people(edited)
            ),
        )
        self.shown["picture"] = Markup(unstyled(funnel_picture(found)))
        self.shown["numbers"] = (
            f"Who is left of {found.patients} patients",
            ("Criterion", "Sure", "Possible", "Fails", "Unknown", "Only this", "Eligible without"),
            [tuple(one) for one in found.steps],
        )

    def _sweep(self, edited: Edition) -> None:
        varied = [vary_of(one) for one in self.sent.vary if one]
        if not varied:
            self.shown["problem"] = (
                "Say what to vary, for example B-I1/platelets/low=40..100:10: "
                "criterion, fact, end, and from which value to which in which steps."
            )
            return
        people = self._people(edited)
        points = prod(len(one.values) for one in varied)
        if points * len(people) > _VERDICTS:
            self.shown["problem"] = (
                f"That is {points} times {len(people)} verdicts. Here at most {_VERDICTS} are "
                "asked for; screener sweep on the command line takes more."
            )
            return
        off = [one for one in self.sent.off.replace(",", " ").split() if one]
        found = sweep(edited, people, varied, off)
        self.shown["picture"] = Markup(unstyled(sweep_picture(found)))
        heads = [f"{one.criterion}, {one.fact}, {one.end}" for one in varied]
        self.shown["numbers"] = (
            f"Verdicts on {found.patients} patients",
            (*heads, "Eligible", "Cannot tell", "Ineligible"),
            [
                (*one.values, *(one.verdicts[verdict] for verdict in reversed(Verdict)))
                for one in found.points
            ],
        )


def _sent_people(
    given: Given | None,
    entries: Sequence[tuple[object, str | None]],
    vocabulary: Any,
    today: int,
) -> Iterator[Person]:
    """Those of them who can be read, each on his own day, else on this one."""
    from screener.days import parse_days

    for data, said in entries:
        if isinstance(data, ProfileError):
            continue
        asked = None if said is None else parse_days(said)
        day = None if asked is None else asked.first
        own = data.as_of if isinstance(data, FactSheet) else own_day(data)
        try:
            as_of = today if day is None and own is None else agreed_day(day, own, None)
            sheet = (
                data if isinstance(data, FactSheet) else read_profile(data, vocabulary, as_of=as_of)
            )
        except ProfileError:
            continue
        yield sheet, as_of


def _told(one: Diagnostic, sources: dict[str, str]) -> Told:
    _, _, lines = render(one, sources).partition("\n")
    return Told(
        one.span.line,
        one.span.column,
        "error" if one.severity is Severity.ERROR else "warning",
        words.capital(one.message).replace("`", ""),
        one.hint,
        lines,
    )


def _verdict(answer: Result | ProfileError) -> str:
    return words.SHORT[answer.verdict] if isinstance(answer, Result) else "Cannot be read"


def _first_reason(answer: Result | ProfileError) -> str:
    if isinstance(answer, ProfileError):
        return words.capital(answer.faults[0].message)
    deciding = next((one for one in answer.criteria if one.outcome.value != "pass"), None)
    return "" if deciding is None else f"{deciding.id}: {words.remainder(deciding.sentence)}"
