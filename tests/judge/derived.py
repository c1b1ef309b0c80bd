"""Ages, scores, formulas and grades (semantics section 11), over every value of their parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.judge.calendar import ages_after_being, completed_years, point
from tests.judge.chart import Interval, Plain, Record, Values
from tests.judge.conditions import condition_of, inside, meant, points, ways_of
from tests.judge.formulas import NEAR, Ways, closed, ends, result_of
from tests.judge.kleene import UNCLAIMED, Answer, all_of, shared, unknown
from tests.judge.observations import World, deciding
from tests.judge.patient import Patient, Question, declared_no, nothing_said
from tests.judge.windows import DateTest, UnknownDay

_MISSING = frozenset(["missing"])
#: Judges a leaf.
Ask = Callable[[Patient, Plain, Any, bool], Answer]
#: All values that a derived fact may have.
Readings = frozenset[Any]


def derived(patient: Patient, leaf: Plain, stage_window: Any, assume_no: bool, ask: Ask) -> Answer:
    """11.5: decided where every value in the range agrees."""
    fact = patient.facts[leaf["fact"]]
    causes = UNCLAIMED
    values: Readings | None
    if "age_of" in fact["derived"]:
        values = _ages(patient, leaf, fact)
    else:
        tests = _tests_of_parts(patient, leaf, stage_window)
        score = _Score(patient, leaf, stage_window, tests, assume_no, ask)
        values = score.readings(leaf["fact"])
        causes = frozenset().union(*score.unsettled) or UNCLAIMED
    condition = condition_of(leaf, fact)
    truth = shared(condition.test(value, None) for value in values or ())
    return Answer(truth, causes if truth is None else frozenset())


def scored(asked: Question) -> Readings:
    """All values that a score may have under the windows of a question."""

    def ask(*_: Any) -> Answer:
        raise AssertionError("a score asks no leaves")

    return _Score(asked.patient, asked.leaf, None, asked.tests, asked.assume_no, ask).readings(
        asked.name
    )


def either(
    given: Readings | None, computed: Readings | None, clash: bool = False
) -> Readings | None:
    """11.4: the readings of a derived fact that is also given; `clash`: nothing settles it."""
    if given is None or computed is None:
        return given if computed is None else computed
    for single, other in ((given, computed), (computed, given)):
        if len(single) == 1 and len(other) > 1 and single <= other and not clash:
            return single
    return given | computed


def _ages(patient: Patient, leaf: Plain, fact: Plain) -> Readings | None:
    """11.1: the ages that birth date and stated ages allow on the day asked for."""
    at = point(leaf.get("at", patient.trial.get("age_at", "as_of")))
    on = [at.on(day) for day in patient.readings(at.date)]
    births = [
        day for one in patient.chart(fact["derived"]["age_of"]).records for day in one.values or ()
    ]
    computed = frozenset(Fraction(completed_years(birth, day)) for birth in births for day in on)
    given = frozenset(
        Fraction(years)
        for one in patient.chart(leaf["fact"]).records
        if isinstance(one.values, Interval)
        for stated in range(131)
        if inside(Fraction(stated), one.values)
        for said in (one.days if one.days is not None else [patient.as_of])
        for day in on
        for years in ages_after_being(stated, said, day)
    )
    return either(given or None, computed or None)


def _tests_of_parts(patient: Patient, leaf: Plain, stage_window: Any) -> list[DateTest]:
    """11.6, and the window of the leaf or stage for every part that is observed."""
    if "at" in leaf:
        leaf = {**leaf, "within": {"to": leaf["at"]}}
    return patient.date_tests(leaf, {"kind": "observation"}, stage_window)


@dataclass
class _Score:
    """A score or grade under its windows; `unsettled`: the causes of the parts left open."""

    patient: Patient
    leaf: Plain
    stage_window: Any
    tests: list[DateTest]
    assume_no: bool
    ask: Ask
    unsettled: list[frozenset[str]] = field(default_factory=list)
    #: The facts whose given and computed values exclude each other, and the grades of these.
    clashing: set[str] = field(default_factory=set)

    def readings(self, name: str) -> Readings:
        """All values that the score or grade may have."""
        given = self._given(name)
        try:
            computed = self._computed(name, given)
        except UnknownDay:
            if given is None:
                raise
            return given
        if given is None:
            return computed
        self.unsettled.append(UNCLAIMED)
        found = either(given, computed, name in self.clashing) or computed
        if 1 in (len(given), len(computed)) and len(found) > max(len(given), len(computed)):
            self.clashing.add(name)
        return found

    def _computed(self, name: str, given: Readings | None) -> Readings:
        fact = self.patient.facts[name]
        if "grades" in fact["derived"]:
            return self._grades(name, fact, fact["derived"]["grades"])
        if "table" in fact["derived"]:
            return self._tabled(fact, fact["derived"]["table"])
        if "formula" in fact["derived"]:
            return self._calculated(name, fact["derived"]["formula"], given)
        parts = [self._points(part) for part in fact["derived"]["points"]]
        sums = range(sum(min(part) for part in parts), sum(max(part) for part in parts) + 1)
        return frozenset(Fraction(one) for one in sums)

    def _grades(self, name: str, fact: Plain, grades: Plain) -> Readings:
        """11.3: the grades whose bands the score may be in."""
        below = self.patient.facts[grades["of"]]
        found: set[Any] = set()
        for score in self.readings(grades["of"]):
            for band in grades["bands"]:
                words = _without(band, "is").items()
                if all(condition_of({w: end}, below).test(score, None) for w, end in words):
                    code = fact["type"] == "code"
                    found.add(band["is"] if code else next(iter(meant(band["is"], fact))))
        if grades["of"] in self.clashing and len(found) > 1:
            self.clashing.add(name)
        return frozenset(found)

    def _tabled(self, fact: Plain, rows: list[Plain]) -> Readings:
        """11.9: the values of the rows that may be the first to hold."""
        timing = {
            word: self.leaf[word] for word in ("within", "before", "after") if word in self.leaf
        }
        found: set[Any] = set()
        for row in rows:
            answers = []
            for name, asked in row.get("when", {}).items():
                leaf = {"fact": name} | (asked if isinstance(asked, dict) else {"is": asked})
                part = self.patient.facts[name]
                if part["kind"] != "fixed" and "at" in self.leaf:
                    on = {"at": self.leaf["at"]}
                    leaf |= on if "derived" in part else {"within": {"to": self.leaf["at"]}}
                elif part["kind"] != "fixed" and "age_of" not in part.get("derived", {}):
                    leaf |= timing
                answers.append(self.ask(self.patient, leaf, self.stage_window, self.assume_no))
            holds = all_of(one.truth for one in answers)
            if holds is not False:
                found |= {next(iter(meant(row["is"], fact)))}
                self.unsettled += [one.causes for one in answers if one.truth is None]
            if holds is True:
                break
        return frozenset(found)

    def _calculated(self, name: str, formula: Plain, given: Readings | None) -> Readings:
        """11.7, 11.8: the ends of the result, where a limit turns, what is given, and between."""
        found = {one: self._ways(one, said) for one, said in formula["inputs"].items()}
        ways = {one: way for one, (way, _) in found.items()}
        result = result_of(formula, ways)

        def telling(part: str) -> bool:
            """11.5: whether some value that the part may have makes another range."""
            exact = [result_of(formula, ways | {part: [end, end]}) for end in ways[part]]
            return result == closed(None, None) or any(one != result for one in exact)

        if result.low is None or result.low != result.high:
            for part, (way, causes) in found.items():
                if len(set(way)) > 1 and (causes != UNCLAIMED or telling(part)):
                    self.unsettled.append(causes)
        turns = set(given or ())
        if self.leaf["fact"] == name:
            turns |= set(condition_of(self.leaf, self.patient.facts[name]).turns(None))
        for fact in self.patient.facts.values():
            grades = fact.get("derived", {}).get("grades", {})
            for band in grades["bands"] if grades.get("of") == name else ():
                for word, limit in _without(band, "is").items():
                    words = condition_of({word: limit}, self.patient.facts[name])
                    turns |= set(words.turns(None))
        return frozenset(points(result, turns))

    def _ways(self, name: str, said: str) -> tuple[Ways, frozenset[str]]:
        """What an input may be: its ends, or every code; and why it is not known at all."""
        fact = self.patient.facts[name]
        if "age_of" in fact.get("derived", {}):
            leaf = {"fact": name} | {word: self.leaf[word] for word in ("at",) if word in self.leaf}
            ages = [closed(age, age) for age in _ages(self.patient, leaf, fact) or ()]
            births = self.patient.chart(fact["derived"]["age_of"]).records
            absences = frozenset(one.absent for one in births if one.absent is not None)
            return ends(ages, fact, said), UNCLAIMED if ages else absences or _MISSING
        worlds = self._worlds(name, fact)
        known: list[Any] = []
        causes = worlds.causes if isinstance(worlds, Answer) else UNCLAIMED
        for world in [] if isinstance(worlds, Answer) else worlds:
            values = [one for one in world if one.values is not None]
            if said == "x ULN":
                values = [way for one in values for way in ways_of(one)]
            if not values or (said == "x ULN" and not all(one.high for one in values)):
                known = []
                break
            known += [_relative(one) if said == "x ULN" else one.values for one in values]
        if said == "cases":
            every = ["true", "false"] if fact["type"] == "boolean" else fact["values"]
            codes = {_word(code) for one in known for code in one}
            return (sorted(codes) if known else every), causes
        found = ends(known, fact, said)
        if found[0] == found[1] or found[0] > 0 or found[1] < 0:
            return found, causes
        # Next to zero stands for what a division makes of zero in between.
        line = (found[0], -NEAR, NEAR, found[1])
        return [one for one in line if found[0] <= one <= found[1] and one], causes

    def _given(self, name: str) -> Readings | None:
        """What the fact's own records say; None where that is unknown."""
        worlds = deciding(Question(self.patient, {}, name, self.tests, False))
        if isinstance(worlds, Answer):
            return None
        found: set[Any] = set()
        for world in worlds:
            values = [one.values for one in world if one.values is not None]
            if not values:
                return None
            found.update(value for one in values for value in points(one, ()))
        return frozenset(found)

    def _points(self, part: Plain) -> set[int]:
        """11.2: the points one part may score."""
        fact = self.patient.facts[part["fact"]]
        table = _table(part, fact)
        anything = {score for _, score in table}
        worlds = self._worlds(part["fact"], fact)
        if isinstance(worlds, Answer):
            self.unsettled.append(worlds.causes)
            return anything
        found: set[int] = set()
        for world in worlds:
            values = [one.values for one in world if one.values is not None]
            if not values:
                absences = {one.absent for one in world if one.absent is not None}
                alone = absences and len(worlds) == 1
                self.unsettled.append(frozenset(absences) if alone else UNCLAIMED)
                return anything
            found |= _scores(values, table)
        if len(found) > 1:
            self.unsettled.append(UNCLAIMED)
        return found

    def _worlds(self, name: str, fact: Plain) -> list[World] | Answer:
        """The records that may speak for a part."""
        worlds: list[World] | Answer
        if fact["kind"] == "fixed":
            records = self.patient.chart(name).records
            absences = {one.absent for one in records if one.absent is not None}
            nothing = Answer(None, frozenset(absences) or nothing_said(fact))
            valued = tuple(one for one in records if one.values is not None)
            worlds = [valued] if valued else nothing
        else:
            worlds = deciding(Question(self.patient, {}, name, self.tests, False))
        if fact["type"] == "boolean" and declared_no(self.patient, name, self.tests):
            return [(Record(frozenset([False]), None, None),)]  # 12.3
        assume_no = self.assume_no or fact.get("absence") == "no"
        if assume_no and worlds == unknown("missing") and fact["type"] == "boolean":
            return [(Record(frozenset([False]), None, None),)]  # 12.1
        return worlds


def _word(code: Any) -> str:
    return str(code).lower() if isinstance(code, bool) else str(code)


def _relative(record: Record) -> Interval:
    """9.5: the value as a multiple of the limit that came with it."""
    value = record.values
    assert isinstance(value, Interval)
    assert record.high is not None
    return closed(
        None if value.low is None else value.low / record.high,
        None if value.high is None else value.high / record.high,
    )


def _without(words: Plain, word: str) -> Plain:
    return {one: value for one, value in words.items() if one != word}


def _table(part: Plain, fact: Plain) -> list[tuple[Any, int]]:
    """The conditions of a part and the points each gives; bands are in the unit of the table."""
    if "values" in part:
        bands = [({"is": value}, score) for value, score in part["values"].items()]
    else:
        unit = f" {part['unit']}" if "unit" in part else ""
        bands = [
            ({word: _in_unit(limit, unit) for word, limit in band.items() if word != "points"},
             band["points"])
            for band in part["bands"]
        ]  # fmt: skip
    return [(condition_of(words, fact), int(score)) for words, score in bands]


def _in_unit(limit: Any, unit: str) -> Any:
    return [f"{one}{unit}" for one in limit] if isinstance(limit, list) else f"{limit}{unit}"


def _scores(values: Iterable[Values], table: list[tuple[Any, int]]) -> set[int]:
    """The points of every value that there may be."""
    turns = {turn for band, _ in table for turn in band.turns(None)}
    return {
        score
        for one in values
        for value in points(one, turns)
        for band, score in table
        if band.test(value, None)
    }
