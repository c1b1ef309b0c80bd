"""One truth out of the records of a fact: what a leaf says, in CQL.

What is not written here exactly is not written at all: it raises `Unsaid`, and the leaf is null.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TypeAlias

from screener.interpreters.cql.judging import number_between, number_within, values_meeting
from screener.interpreters.cql.points import meets, of_possible, touches
from screener.interpreters.cql.records import Records
from screener.interpreters.cql.text import (
    FIRST_DAY,
    LAST_DAY,
    Unsaid,
    day,
    strings,
)
from screener.ir import (
    AS_OF,
    Age,
    Available,
    Band,
    DateSource,
    EarlierOf,
    Either,
    Ever,
    Fixed,
    Grade,
    NamedDay,
    Pick,
    Point,
    RecordSet,
    Score,
    Selection,
    Tally,
    Use,
    Window,
    Within,
)
from screener.quantities import Condition, Range, holds
from screener.truth import FALSE, TRUE
from screener.vocabulary import Type

_NO_WINDOW = "false, null, null"
_VALUE: TypeAlias = Fixed | Pick


@dataclass(frozen=True, slots=True)
class Leaves:
    """Writes leaves with the named dates of one protocol."""

    records: Records
    dates: dict[str, NamedDay]

    def truth(self, selection: Selection, condition: Condition) -> str:
        """Whether the selection meets the condition: true, false or null.

        Raises:
            Unsaid: with the reason, where this cannot be said exactly.
        """
        match selection:
            case Fixed() | Pick():
                return self._chosen(selection, self._judged(selection, condition))
            case Ever():
                return self._ever(selection, condition)
            case Tally():
                return self._tally(selection, condition)
            case Age():
                return self._age(selection, condition)
            case Available():
                return self._available(selection, condition)
            case Score():
                return meets(*self._points(selection), condition)
            case Either(given=Pick() as given, computed=Score() as computed):
                return meets(*self._score(given, computed), condition)
            case Grade():
                return self._graded(selection, condition)
            case Either(given=Pick() as given, computed=Grade() as computed):
                return self._given_or_graded(given, computed, condition)
        raise Unsaid(_NOT_WRITTEN.get(type(selection).__name__, "such a value is not written"))

    # --- records and their windows ------------------------------------------------------------

    def _chosen(self, selection: _VALUE, judged: str) -> str:
        if isinstance(selection, Fixed):
            if selection.of.tests:
                raise Unsaid("attributes of a record are not read")
            return f'"Fixed"({judged})'
        if selection.use is not Use.LATEST or selection.per_day:
            raise Unsaid(f"the {selection.use.value} of several results is not written")
        return f'"Newest"({judged}, {self._window(selection.of)})'

    def _window(self, of: RecordSet) -> str:
        """`windowed, opens, closes` of the one window on a set of records."""
        windows = []
        for test in of.tests:
            if not isinstance(test, Within):
                raise Unsaid(_TESTS.get(type(test).__name__, "such a choice of records"))
            windows.append(test.window)
        if not windows:
            return _NO_WINDOW
        if len(windows) > 1:
            raise Unsaid("several windows at once are not written")
        return f"true, {self._opens(windows[0])}, {self._closes(windows[0])}"

    def _opens(self, window: Window) -> str:
        return FIRST_DAY if window.start is None else self.point(window.start)

    def _closes(self, window: Window) -> str:
        return LAST_DAY if window.end is None else self.point(window.end)

    def point(self, point: Point) -> str:
        """A day; null where the day it is counted from is not known."""
        if point.anchor is None:
            return day(point.days)
        if point.anchor == AS_OF:
            base = '"as_of"'
        elif point.anchor in self.dates:
            base = self._named_day(point.anchor)
        else:
            raise Unsaid("a day counted from each record is not written")
        for number, unit in ((point.months, "months"), (point.days, "days")):
            if number:
                base += f" {'+' if number > 0 else '-'} {abs(number)} {unit}"
        return base

    def _named_day(self, name: str) -> str:
        match self.dates[name]:
            case DateSource(fact, otherwise_as_of):
                if not self.records.has_codes(fact):
                    raise Unsaid(f"its window hangs on `{fact}`, for which no code stands")
                days = self.records.days(fact)
                otherwise = '"as_of"' if otherwise_as_of else "null"
                expression = f'"The day"({days}, {otherwise})'
            case EarlierOf(points, later):
                days_of = [self.point(one) for one in points]
                unknown = " or ".join(f"({one}) is null" for one in days_of)
                pick = "Max" if later else "Min"
                expression = f"if {unknown} then null else {pick}({{ {', '.join(days_of)} }})"
        return self.records.definitions.add(f"day of {name}", expression)

    # --- the truth of each record -------------------------------------------------------------

    def _judged(self, selection: _VALUE, condition: Condition) -> str:
        """The records with the truth of each."""
        fact = self.records.vocabulary[selection.of.fact]
        if fact.shape.type in (Type.QUANTITY, Type.NUMBER):
            return self._judged_numbers(selection, condition)
        if selection.times is not None or selection.judged is not None:
            raise Unsaid("its values are not numbers")
        if isinstance(condition, Range):
            raise Unsaid("it is compared with a day")
        records = self.records.coded(fact.name)
        yes, no = values_meeting(fact.shape, condition)
        return f'"By code"({records}, {strings(yes)}, {strings(no)})'

    def _judged_numbers(self, selection: _VALUE, condition: Condition) -> str:
        records = self.records.numbers(selection.of.fact)
        if selection.judged is not None:
            truth = number_between(selection.judged)
            if condition == frozenset({False}):
                truth = f"not ({truth})"
            elif condition != frozenset({True}):
                raise Unsaid("such a limit is not written")
        elif isinstance(condition, Range):
            truth = number_within(condition, selection.times)
        else:
            raise Unsaid("a number is compared with codes")
        return (
            f"({records} R return all Tuple {{\n"
            f"  first: R.first, last: R.last, has: R.has,\n  truth: {truth} }})"
        )

    # --- histories ----------------------------------------------------------------------------

    def _ever(self, selection: Ever, condition: Condition) -> str:
        if selection.of.tests:
            raise Unsaid("attributes of a record are not read")
        judged = f'"By code"({self.records.coded(selection.of.fact)}, {_YES_NO})'
        window = selection.within
        opens = "false, null" if window is None else f"true, {self._opens(window)}"
        return _as_asked(f'"Ever"({judged}, {opens})', condition)

    def _tally(self, selection: Tally, condition: Condition) -> str:
        fact = self.records.vocabulary[selection.of.fact]
        if fact.shape.type is not Type.EVENT or selection.condition is not None:
            raise Unsaid("a number of results is not counted")
        if fact.absence_is_no:
            raise Unsaid("no record of it is read as no")
        # What is asked has to be whether there was one; how many is not written.
        assert isinstance(condition, Range), "INVARIANT: a count is compared with a number"
        wanted = {holds(Range(0, 0), condition), holds(Range(1, None), condition)}
        if wanted != {TRUE, FALSE}:
            raise Unsaid("how often it happened is not counted")
        window = self._window(selection.of)
        opens, closes = window.split(", ")[1:] if window != _NO_WINDOW else (FIRST_DAY, LAST_DAY)
        records = self.records.events(fact.name)
        complete = self.records.complete_to(fact.name)
        happened = f'"Happened"({records}, {opens}, {closes}, {complete})'
        return happened if holds(Range(1, None), condition) is TRUE else f"not {happened}"

    def _available(self, selection: Available, condition: Condition) -> str:
        if selection.of.tests:
            raise Unsaid("whether there is a result in a window is not written")
        fact = self.records.vocabulary[selection.of.fact]
        if fact.absence_is_no:
            raise Unsaid("no record of it is read as no")
        if fact.shape.type is Type.DATE:
            there = f"exists ({self.records.days(fact.name)} R where R.first is not null)"
        elif fact.shape.type in (Type.QUANTITY, Type.NUMBER):
            there = f"exists ({self.records.numbers(fact.name)} R where R.has)"
        else:
            there = f"exists ({self.records.coded(fact.name)} R where R.has)"
        none = self.records.not_done(fact.name)
        return _as_asked(
            f"(case when {there} then true when {none} then false else null end)", condition
        )

    def _age(self, selection: Age, condition: Condition) -> str:
        assert isinstance(condition, Range), "INVARIANT: an age is compared with a number"
        low, high = condition.low, condition.high
        least = "null" if low is None else str(floor(low) + 1 if condition.low_open else ceil(low))
        last = None if high is None else ceil(high) - 1 if condition.high_open else floor(high)
        most = "null" if last is None else str(last)
        born = '"Days of birth"(Patient.birthDate.value)'
        aged = f'"Aged"({born}, {self.point(selection.at)}, {least}, {most})'
        given = []
        if self.records.has_codes(selection.given):
            given.append(f"exists ({self.records.numbers(selection.given)} R where R.has)")
        if self.records.has_codes(selection.birth):
            given.append(f"exists ({self.records.days(selection.birth)} R where not R.open)")
        # What is given beside the birth date is weighed against it, which is not written.
        return f"(if {' or '.join(given)} then null else {aged})" if given else aged

    # --- scores and grades --------------------------------------------------------------------

    def _points(self, score: Score) -> tuple[str, str]:
        """The least and the most points, as expressions."""
        parts = []
        for part in score.parts:
            rows = [
                f"Tuple {{ points: {band.points}, holds:\n  {self.truth(part.value, band.when)} }}"
                for band in part.bands
            ]
            parts.append("{ " + ",\n".join(rows) + " }")
        name = self.records.definitions.shared("points", "{\n" + ",\n".join(parts) + "\n}")
        return f'"Least points"({name})', f'"Most points"({name})'

    def _score(self, given: Pick, computed: Score) -> tuple[str, str]:
        """The same, where a score that is given may stand for the one that is counted."""
        least, most = self._points(computed)
        if not self.records.has_codes(given.of.fact):
            return least, most
        records, window = self.records.numbers(given.of.fact), self._window(given.of)
        any_given = f'"Is given"({_plain(records)}, {window})'
        one = self.records.definitions.shared(
            "given score",
            f"First({records} R where R.sign is null and R.has\n"
            f'  and "Newest"(({records} T return all Tuple {{ first: T.first, last: T.last, '
            f"has: T.has, truth: T.number = R.number and T.sign is null }}), {window})\n"
            "  return all R.number)",
        )
        score = self.records.definitions.shared(
            "score",
            f"case\n  when not {any_given} then Tuple {{\n"
            f"    least: ToDecimal({least}), most: ToDecimal({most}) }}\n"
            f"  when {one} >= {least} and {one} <= {most}\n"
            f"    then Tuple {{ least: {one}, most: {one} }}\n  else null\nend",
        )
        return f"{score}.least", f"{score}.most"

    def _grades(self, grade: Grade) -> tuple[tuple[Band, str], ...]:
        """Each band with the expression of whether the score may lie in it."""
        match grade.of:
            case Score() as score:
                least, most = self._points(score)
            case Either(given=Pick() as given, computed=Score() as score):
                least, most = self._score(given, score)
            case _:
                raise Unsaid("the result of a formula is not written")
        found = []
        for band in grade.bands:
            assert isinstance(band.when, Range), "INVARIANT: the bands of a score are ranges"
            found.append((band, touches(least, most, band.when)))
        return tuple(found)

    def _graded(self, grade: Grade, condition: Condition) -> str:
        return of_possible(self._grades(grade), condition)

    def _given_or_graded(self, given: Pick, grade: Grade, condition: Condition) -> str:
        bands = self._grades(grade)
        computed = of_possible(bands, condition)
        if not self.records.has_codes(given.of.fact):
            return computed
        judged = self._judged(given, condition)
        window = self._window(given.of)
        allowed = " or ".join(
            f"({touched} and {self.truth(given, frozenset({band.grade}))})"
            for band, touched in bands
            if band.grade is not None
        )
        return (
            f'case\n  when not "Is given"({judged}, {window}) then {computed}\n'
            f'  when {allowed}\n    then "Newest"({judged}, {window})\n  else null\nend'
        )


_YES_NO = f"{strings(['true'])}, {strings(['false'])}"

_NOT_WRITTEN = {
    "Calculation": "the result of a formula is not written",
    "Decision": "a table of conditions is not written",
    "Either": "the result of a formula or a table is not written",
    "Quantified": "all or any of several results are not written",
    "Run": "results that follow one another are not written",
    "Exposure": "days of exposure are not counted",
    "Since": "how long ago it ended is not written",
    "AssumeNo": "no record of it is read as no, which CQL cannot tell from unknown",
}
_TESTS = {
    "Attribute": "attributes of a record are not read",
    "Unless": "attributes of a record are not read",
    "Before": "what came before another day is not written",
    "After": "what came after another day is not written",
    "Starts": "on which day it started is not written",
    "Lookback": "the shortest of several stretches is not written",
    "Lasting": "how long it lasted is not written",
    "Related": "records that hang on another are not written",
}


def _plain(records: str) -> str:
    return (
        f"({records} T return all Tuple {{ first: T.first, last: T.last, has: T.has, "
        "truth: null as System.Boolean })"
    )


def _as_asked(yes: str, condition: Condition) -> str:
    if condition == frozenset({True}):
        return yes
    if condition == frozenset({False}):
        return f"not {yes}"
    raise Unsaid("it is asked for anything but yes or no")
