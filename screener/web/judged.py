"""A form judged by one trial: the version in force, the result, and what is wrong with the fields.

An entry that cannot be read never stands for an absence: its fact counts as inconclusive until it
is mended, so the verdict over the rest stays safe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from screener.catalog import Edition
from screener.days import parse_days
from screener.diagnostics import Fault, ProfileError, RulesError, UnknownTrial
from screener.result import Result
from screener.trace import Trace
from screener.trial import Trial
from screener.vocabulary import Fact, Type
from screener.web.form import BARE, Form, Written, write_profile
from screener.web.identity import question
from screener.web.layout import Layout
from screener.web.library import Library
from screener.web.words import capital, fault_words, listed, unit_words, units_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a form comes to. `result` and `trace` are None where no version judges.

    `faults`: by field, what is wrong with it. `unread`: the facts that cannot be used yet.
    """

    form: Form
    edition: Edition
    layout: Layout
    day: date
    written: Written
    result: Result | None
    trace: Trace | None
    faults: dict[str, str]
    unread: frozenset[str]


def judge(library: Library, trial: Trial, form: Form, today: date) -> Judged:
    """Read the form and screen what can be read."""
    faults: dict[str, str] = {}
    doubt = question(form.patient)
    if doubt:
        faults["patient"] = doubt
    day = day_of(form, today, faults)
    edition = _edition(trial, form, day, faults)
    layout = library.layout(edition)
    patient = None if doubt else form.patient
    written = write_profile(form, layout.facts, layout.group_of, patient)
    answer, unread = None, frozenset[str]()
    if "as_of" not in faults:
        answer, unread = _screened(edition, layout, written, form, day, faults)
    result, trace = (None, None) if answer is None else answer
    return Judged(form, edition, layout, day, written, result, trace, faults, unread)


def day_of(form: Form, today: date, faults: dict[str, str]) -> date:
    """The day asked for, else today; what is no day is told of."""
    if not form.as_of:
        return today
    days = parse_days(form.as_of)
    if days is None or not days.exact:
        faults["as_of"] = "Write the day as year-month-day, for example 2026-10-31."
        return today
    return date.fromordinal(days.first)


def _edition(trial: Trial, form: Form, day: date, faults: dict[str, str]) -> Edition:
    for edition in trial.editions:
        if edition.protocol.version == form.version:
            return edition
    try:
        return trial.edition(day.toordinal())
    except UnknownTrial as error:
        faults["as_of"] = capital(f"{error.message}; {error.hint}.".replace("`", ""))
    except RulesError:
        faults["as_of"] = "The version in force on this day has faults and cannot be used."
    return trial.newest


def _screened(
    edition: Edition,
    layout: Layout,
    written: Written,
    form: Form,
    day: date,
    faults: dict[str, str],
) -> tuple[tuple[Result, Trace] | None, frozenset[str]]:
    pinned = Trial((edition,), pinned=True)

    def ask(profile: dict[str, Any]) -> tuple[Result, Trace]:
        placed = pinned.place_data(profile, day.toordinal())
        return placed.screen(), placed.explain()

    return what_can_be_read(ask, layout, written, form, faults)


def what_can_be_read(
    ask: Callable[[dict[str, Any]], T],
    layout: Layout,
    written: Written,
    form: Form,
    faults: dict[str, str],
) -> tuple[T | None, frozenset[str]]:
    """Ask with the profile; facts that cannot be read are told of, and asked again as inconclusive.

    Returns:
        the answer (None if there is none) and the facts that cannot be read.
    """
    profile = written.profile
    unread: set[str] = set()
    # The second time nothing is left that could be wrong but the day of birth.
    for _ in range(3):
        try:
            return ask(profile), frozenset(unread)
        except ProfileError as error:
            for fault in error.faults:
                _tell(fault, layout, written, form, faults)
            found = {_fact_of(fault, layout) for fault in error.faults}
            unread |= {fact for fact in found if fact is not None}
            profile = _without(profile, unread)
    return None, frozenset(unread)


def _without(profile: dict[str, Any], unread: set[str]) -> dict[str, Any]:
    facts = {
        name: [{"absent": "inconclusive"}] if name in unread else said
        for name, said in profile["facts"].items()
    }
    return {**profile, "facts": facts}


def _fact_of(fault: Fault, layout: Layout) -> str | None:
    parts = fault.pointer.split("/")
    return parts[2] if len(parts) > 2 and parts[2] in layout.facts else None


def _tell(
    fault: Fault, layout: Layout, written: Written, form: Form, faults: dict[str, str]
) -> None:
    name = _fact_of(fault, layout)
    fact = None if name is None else layout.facts[name]
    field = written.field_of(fault.pointer)
    message = fault_words(fault, fact)
    if fact is not None and fault.pointer.endswith("/value"):
        lacking = _unit_lacking(field, fact, form)
        if lacking:
            field, message = f"{field.rpartition('.')[0]}.unit", lacking
    faults.setdefault(field, message)


def _unit_lacking(field: str, fact: Fact, form: Form) -> str | None:
    name, number, _ = field.split(".", 2)
    row = form.rows.get(name, {}).get(int(number), {})
    value = row.get("value", "")
    if fact.shape.type is not Type.QUANTITY or row.get("unit") or not BARE.fullmatch(value):
        return None
    units = listed([unit_words(unit) for unit in units_of(fact.shape)]).replace(" and ", " or ")
    return f"{value} has no unit. Choose {units}."
