"""The form itself: every fact asked once, with unit and date, what was typed, what is wrong.

It decides which questions no longer matter, and what there is to say of an entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from screener import units
from screener.causes import Cause
from screener.quantities import parse_decimal
from screener.result import Because, Result
from screener.vocabulary import AgeOf, Fact, Kind
from screener.web import words
from screener.web.controls import (
    Option,
    codes_of,
    date_label,
    first_control,
    kind_of,
    only_unit,
    options_of,
    unit_options,
)
from screener.web.form import BARE, COMPLETE, Form, Row
from screener.web.layout import Block, Layout
from screener.web.words import pretty, unit_words, units_of


class Extra(NamedTuple):
    """An attribute of a record, asked beside it; without options any text."""

    name: str
    label: str
    value: str
    options: tuple[Option, ...]


class RowView(NamedTuple):
    """One record as typed; `words` by word (blank where nothing is), `errors` likewise."""

    stem: str
    number: int
    words: Mapping[str, str]
    errors: Mapping[str, str]
    options: tuple[Option, ...]
    units: tuple[Option, ...]
    absences: tuple[Option, ...]
    extras: tuple[Extra, ...]


class Question(NamedTuple):
    """One fact: how it is asked, its rows, and what there is to say of it.

    `control`: number, text, day, radios, list or event. `dated`: what its date is called; blank
    where it has none. `folded`: why it no longer matters; blank where it does.
    """

    fact: str
    label: str
    text: str
    control: str
    unit: str
    dated: str
    limits: bool
    signed: bool
    rows: tuple[RowView, ...]
    complete: str | None
    complete_error: str
    more: bool
    folded: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    needed: tuple[str, ...]
    given: bool


class BlockView(NamedTuple):
    """The questions of a block, those that may be answered instead, and its criteria."""

    questions: tuple[Question, ...]
    instead: tuple[Question, ...]
    instead_open: bool
    here: tuple[str, ...]
    also: tuple[str, ...]


class GroupView(NamedTuple):
    """A group of the form; `day`: the date of its entries without one, None where none has any."""

    id: str
    title: str
    day: str | None
    blocks: tuple[BlockView, ...]


def form_view(
    layout: Layout,
    form: Form,
    result: Result | None,
    faults: Mapping[str, str],
    still_open: frozenset[str] | None,
    unread: frozenset[str] = frozenset(),
) -> tuple[GroupView, ...]:
    """All groups with what was typed.

    Args:
        layout: what is asked, in which order.
        form: what was typed.
        result: what came of it.
        faults: what is wrong, by field.
        still_open: those who ask and are not settled; None where nothing is folded yet.
        unread: the facts that cannot be used yet.
    """
    maker = _Maker(layout, form, result, faults, still_open, unread)
    return tuple(
        GroupView(
            group.id,
            group.title,
            form.days.get(group.id, "")
            if any(date_label(layout.facts[one]) for block in group.blocks for one in block.facts)
            else None,
            tuple(maker.block(block) for block in group.blocks),
        )
        for group in layout.groups
    )


class _Maker:
    def __init__(
        self,
        layout: Layout,
        form: Form,
        result: Result | None,
        faults: Mapping[str, str],
        still_open: frozenset[str] | None,
        unread: frozenset[str],
    ) -> None:
        self._layout = layout
        self._form = form
        self._faults = faults
        self._open = still_open
        self._notes = {} if result is None else _conversions(result, layout.facts)
        self._needed: dict[str, list[str]] = {}
        self._warned: dict[str, list[str]] = {}
        if result is not None:
            for one in result.missing:
                days = words.window_words(one.window)
                # That a blank field is blank needs no words.
                if one.fact in unread or (one.cause is Cause.MISSING and not days):
                    continue
                counts = f"; counts if dated {days}" if days else ""
                said = words.capital(f"{words.CAUSE[one.cause]}{counts}.")
                self._needed.setdefault(one.fact, []).append(said)
            for notice in result.warnings:
                if notice.fact is not None:
                    said = words.notice_words(notice.message, layout.facts.get(notice.fact))
                    self._warned.setdefault(notice.fact, []).append(said)

    def block(self, block: Block) -> BlockView:
        instead = tuple(map(self._question, block.instead))
        return BlockView(
            tuple(map(self._question, block.facts)),
            instead,
            any(one.given for one in instead),
            block.here,
            block.also,
        )

    def _question(self, name: str) -> Question:
        fact, need = self._layout.facts[name], self._layout.needs[name]
        typed = self._form.rows.get(name, {})
        last = max((*typed, 0))
        last += self._form.more == name
        rows = tuple(self._row(fact, number, typed.get(number, {})) for number in range(last + 1))
        given = bool(typed)
        event = fact.kind is Kind.EVENT
        folded = ""
        settled = self._open is not None and not self._open & set(need.by)
        if settled and not given and name not in self._form.complete:
            folded = "no longer matters"
        # The likely slip says more than the warning that there is one.
        warnings = list(_slips(fact, typed)) or self._warned.get(name, [])
        return Question(
            fact=name,
            label=fact.label,
            text=fact.question or fact.label,
            control=kind_of(fact),
            unit=only_unit(fact.shape),
            dated=date_label(fact),
            limits=need.limits,
            signed=fact.asked_of is not None,
            rows=rows,
            complete=self._form.complete.get(name, "") if event else None,
            complete_error=self._faults.get(f"{name}.0.{COMPLETE}", ""),
            more=fact.kind in (Kind.OBSERVATION, Kind.EVENT)
            and not isinstance(fact.derived, AgeOf),
            folded=folded,
            notes=tuple(self._notes.get(name, ())),
            warnings=tuple(warnings),
            needed=tuple(self._needed.get(name, ())),
            given=given,
        )

    def _row(self, fact: Fact, number: int, row: Row) -> RowView:
        stem = f"{fact.name}.{number}"
        return RowView(
            stem=stem,
            number=number,
            words=Blank(row),
            errors=Blank(
                {
                    field.split(".", 2)[2]: message
                    for field, message in self._faults.items()
                    if field.startswith(f"{stem}.")
                }
            ),
            options=options_of(fact, row.get("value", "")),
            units=unit_options(fact.shape, row.get("unit", "")),
            absences=tuple(
                Option(code, said, row.get("absent") == code) for code, said in words.ABSENCES
            ),
            extras=tuple(
                Extra(
                    f"a.{name}",
                    words.value_words(name),
                    row.get(f"a.{name}", ""),
                    codes_of(shape, row.get(f"a.{name}", "")),
                )
                for name, shape in fact.attributes.items()
            ),
        )


class Blank(dict[str, str]):
    """Words by name; blank for those that are not there."""

    def __missing__(self, key: str) -> str:
        return ""


def _conversions(result: Result, facts: Mapping[str, Fact]) -> dict[str, list[str]]:
    """By fact, every value that was converted: as entered, as used, and the factor."""
    found: dict[str, list[str]] = {}
    for entry in _entries(result):
        original, fact = entry.original, facts.get(entry.fact)
        if fact is None or original is None or entry.unit is None or original.unit is None:
            continue
        unit = units.canonical(original.unit) or original.unit
        if unit == entry.unit:
            continue
        factor = fact.shape.accepted.get(unit)
        times = "" if factor in (None, Decimal(1)) else f" (\u00d7 {format(factor, 'f')})"
        said = (
            f"{original.value} {unit_words(unit)} = {entry.value} {unit_words(entry.unit)}{times}"
        )
        lines = found.setdefault(entry.fact, [])
        if said not in lines:
            lines.append(said)
    return found


def _entries(result: Result) -> Iterator[Because]:
    for one in result.criteria:
        yield from one.because
        yield from (aside.record for aside in one.set_aside)


def _slips(fact: Fact, rows: Mapping[int, Row]) -> Iterable[str]:
    """Where a value is out of the plausible range, the unit in which it would not be."""
    if fact.shape.plausible is None:
        return
    lowest, highest = fact.shape.plausible
    factors = {fact.shape.unit: Decimal(1), **fact.shape.accepted}
    for row in rows.values():
        number = parse_decimal(row["value"]) if BARE.fullmatch(row.get("value", "")) else None
        factor = factors.get(row.get("unit", ""))
        if number is None or factor is None or lowest <= number * factor <= highest:
            continue
        for other in units_of(fact.shape):
            if other != row["unit"] and lowest <= number * factors[other] <= highest:
                yield (
                    f"{row['value']} {unit_words(row['unit'])} is far from what is usually seen. "
                    f"Did you mean {unit_words(other)}? "
                    f"We used {row['value']} {unit_words(row['unit'])}."
                )
                break


def summary(faults: Mapping[str, str], layout: Layout) -> tuple[tuple[str, str], ...]:
    """What is wrong, each with the control that it is about."""
    listed = []
    for field, message in faults.items():
        fact, _, rest = field.partition(".")
        target = field
        known = layout.facts.get(fact)
        if known is not None and rest.endswith(".value"):
            target = first_control(known, field.removesuffix(".value"))
        elif known is not None and rest.endswith(".unit"):
            target = f"{field}.{units_of(known.shape)[0]}"
        label = "" if known is None else f"{known.label}: "
        listed.append((target, pretty(label + message)))
    return tuple(listed)
