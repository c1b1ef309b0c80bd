"""The cells of one patient into the profile they stand for, and back from its faults to cells.

It decides how the cells about one record become that record. What the record means, and whether it
can be read, is decided by the reader of profiles, so that there is one meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from screener import units
from screener.diagnostics import Fault
from screener.intake import mapping
from screener.intake.faults import quoted
from screener.intake.mapping import Refused
from screener.intake.report import Entry, Fate
from screener.intake.tables.columns import shape_of
from screener.intake.tables.reading import unfit
from screener.intake.values import YES_OR_NO
from screener.site import Site
from screener.vocabulary import Fact, Shape, Type

_DATES = ("date", "start", "end", "complete_to")
_LIMITS = ("low", "high")
_HAPPENED = ("date", "start", "end", "ongoing")
_NUMERIC = (Type.QUANTITY, Type.NUMBER)
_LEAVE_BLANK = (
    "leave the cell blank, say why there is no value in the column {}, or declare the word under "
    "`absent` in a mapping file"
)


class Cell(NamedTuple):
    """A cell that is not blank: its row, the heading of its column, and its text."""

    row: int
    heading: str
    text: str
    unit: str | None = None

    @property
    def place(self) -> str:
        """Where a person finds it."""
        return f"row {self.row}, column {self.heading}"


class Gathered:
    """What the rows of one patient say, fact by fact, with the place of every word."""

    def __init__(self, name: str, site: Site) -> None:
        self._name = name
        self._site = site
        self._places: dict[str, Cell] = {}
        self._own: set[str] = set()
        self._facts: dict[str, str] = {}
        self.facts: dict[str, dict[str, object]] = {}
        self.faults: list[Fault] = []
        self.entries: list[Entry] = []
        #: Facts of which something is written that makes no record: not silence.
        self.halves: set[str] = set()

    def record(self, fact: Fact, cells: Mapping[str, Cell]) -> None:
        """Add what the cells say of one record; cells that say nothing are left out by now."""
        said = self.facts.setdefault(fact.name, {"records": []})
        self._facts |= {cell.place: fact.name for cell in cells.values()}
        at = f"/facts/{fact.name}"  # names hold nothing that a pointer has to escape
        if "complete_to" in cells:
            self._complete_to(said, cells["complete_to"], f"{at}/complete_to")
            cells = {word: cell for word, cell in cells.items() if word != "complete_to"}
        if not cells:
            return
        first = next(iter(cells.values()))
        if not _speaks(fact, cells):
            self.half(first, fact, "there is no value beside it")
            return
        records = said["records"]
        assert isinstance(records, list)
        at = f"{at}/records/{len(records)}"
        self._places[at] = first
        records.append(self._words(fact, cells, at))
        self._entry(cells.get("value", first), Fate.MAPPED, fact, None)

    def half(self, cell: Cell, fact: Fact, reason: str) -> None:
        """Account for a cell that says nothing of its fact by itself."""
        self.halves.add(fact.name)
        self._entry(cell, Fate.IGNORED, fact, reason)

    def fault(self, cell: Cell, message: str, hint: str | None = None) -> None:
        """Note that a cell cannot be used."""
        self.faults.append(Fault(cell.place, message, hint))

    def place(self, pointer: str, cell: Cell) -> None:
        """Say which cell stands behind a place of the profile."""
        self._places[pointer] = cell

    def date(self, cell: Cell, pointer: str) -> str:
        """The text of a date."""
        return self._taken(mapping.date_text(cell.text, self._site), cell, pointer)

    def fact_at(self, fault: Fault) -> str | None:
        """The fact that a faulty cell is about."""
        return self._facts.get(fault.pointer)

    def located(self, faults: Sequence[Fault]) -> list[Fault]:
        """All that is wrong, each with the cell it is about; what is told already is left out."""
        found = list(self.faults)
        for one in faults:
            if one.pointer in self._own:
                continue
            cell = self._cell(one.pointer)
            if cell is None:
                found.append(one)
                continue
            hint = one.hint
            if hint and hint.startswith("did you mean"):
                pass
            elif mapping.is_empty_word(cell.text):
                hint = _LEAVE_BLANK.format(_beside(cell.heading))
            elif hint and hint.startswith('write `{"absent"'):
                hint = f"write the reason in the column {_beside(cell.heading)}"
            elif one.message.startswith("the unit of"):
                hint = f"{hint}; {_unit_goes(cell.heading)}"
            elif hint == YES_OR_NO:
                hint = f"{hint}, or declare the spelling under `values` in a mapping file"
            found.append(Fault(cell.place, one.message, hint))
        return list(dict.fromkeys(found))

    # --- one record ---------------------------------------------------------------------------

    def _words(self, fact: Fact, cells: Mapping[str, Cell], at: str) -> dict[str, object]:
        words: dict[str, object] = {}
        limits: dict[str, str] = {}
        measured: dict[str, dict[str, str]] = {}
        # Units first: a heading or the mapping file speaks only where no cell does.
        for word, cell in sorted(cells.items(), key=lambda one: not one[0].endswith("unit")):
            if wrong := unfit(cell.text):
                self.fault(cell, *wrong)
                self._own.add(f"{at}/{word}")
                words[word] = ""
                continue
            attribute, _, part = word.partition(".")
            shape = shape_of(fact, word)
            if shape is not None:
                pointer = f"{at}/{word}"
                self._places[pointer] = self._places[f"{pointer}/value"] = cell
                self._value(fact, word, shape, cell, pointer, words, measured)
            elif part:
                pointer = f"{at}/{attribute}/{part}"
                self._places[pointer] = cell
                measured.setdefault(attribute, {})[part] = cell.text
            elif word in _LIMITS:
                pointer = f"{at}/reference_range/{word}"
                self._places[pointer] = self._places[f"{at}/reference_range"] = cell
                number = mapping.number_text(cell.text, self._site)
                limits[word] = self._taken(number, cell, pointer)
            else:
                pointer = f"{at}/{word}"
                self._places[pointer] = cell
                words[word] = self._plain(fact, word, cell, pointer)
        if limits:
            words["reference_range"] = limits
        for attribute, parts in measured.items():
            beside = words.pop(attribute, None)
            whole = parts if beside is None else {**parts, "value": str(beside)}
            if "value" in whole:
                words[attribute] = whole
            else:
                self.half(cells[f"{attribute}.unit"], fact, f"no {quoted(attribute)} beside it")
        return words

    def _value(
        self,
        fact: Fact,
        word: str,
        shape: Shape,
        cell: Cell,
        pointer: str,
        words: dict[str, object],
        measured: dict[str, dict[str, str]],
    ) -> None:
        reason = mapping.absence_of(cell.text, self._site) if word == "value" else None
        if reason is not None:
            words["absent"] = reason
            return
        path = fact.name if word == "value" else f"{fact.name}.{word}"
        text = self._taken(mapping.value_text(cell.text, shape, path, self._site), cell, pointer)
        words[word] = text
        if shape.type not in _NUMERIC:
            return
        unit = cell.unit or mapping.unit_for(text, path, self._site)
        if unit is not None:
            into = words if word == "value" else measured.setdefault(word, {})
            written = into.get("unit")
            if cell.unit and isinstance(written, str) and _differ(written, unit):
                message = f"two units, {quoted(written)} and {quoted(unit)}"
                self.fault(cell, message, "the heading names another unit than the cell beside it")
            elif written is None:
                into["unit"] = unit
                whole = pointer.rpartition("/")[0] if word == "value" else pointer
                self._places.setdefault(f"{whole}/unit", cell)

    def _plain(self, fact: Fact, word: str, cell: Cell, pointer: str) -> str:
        if word in _DATES:
            return self.date(cell, pointer)
        if word == "absent":
            return mapping.absence_of(cell.text, self._site) or cell.text.strip()
        if word == "ongoing":
            yes = Shape(Type.BOOLEAN)
            text = mapping.value_text(cell.text, yes, fact.name, self._site)
            return self._taken(text, cell, pointer)
        if word in ("source", "by", "laboratory"):
            return self._taken(mapping.named_text(cell.text, word), cell, pointer)
        return cell.text.strip()

    def _complete_to(self, said: dict[str, object], cell: Cell, pointer: str) -> None:
        self._places[pointer] = cell
        day = self.date(cell, pointer)
        if said.setdefault("complete_to", day) != day:
            self.fault(cell, f"another day, {quoted(str(said['complete_to']))}, stands above it")

    def _taken(self, text: str | Refused, cell: Cell, pointer: str) -> str:
        if isinstance(text, str):
            return text
        self._own.add(pointer)
        hint = text.hint
        if hint is None:
            hint = _LEAVE_BLANK.format(_beside(cell.heading))
        self.fault(cell, text.message, hint)
        return cell.text

    def _cell(self, pointer: str) -> Cell | None:
        while pointer:
            if pointer in self._places:
                return self._places[pointer]
            pointer = pointer.rpartition("/")[0]
        return None

    def _entry(self, cell: Cell, fate: Fate, fact: Fact, reason: str | None) -> None:
        self.entries.append(Entry(f"{self._name}: {cell.place}", fate, fact.name, reason))


def _speaks(fact: Fact, cells: Mapping[str, Cell]) -> bool:
    """Whether the cells are a record: of an event its days and attributes are enough."""
    if "value" in cells or "absent" in cells:
        return True
    event = fact.shape.type is Type.EVENT
    return event and any(word in _HAPPENED or word in fact.attributes for word in cells)


def _differ(one: str, other: str) -> bool:
    return one != other and (
        units.canonical(one) is None or units.canonical(one) != units.canonical(other)
    )


def _beside(heading: str) -> str:
    bare = heading.split(" [")[0].partition(".")[0]
    return "`absent`" if bare == "value" else quoted(f"{bare}.absent")


def _unit_goes(heading: str) -> str:
    """Where the unit of a number is written."""
    bare = heading.partition(".")[0]
    if bare == "value":
        return "write it behind the number or into the column `unit`"
    return f"write it behind the number, into a column {quoted(f'{bare}.unit')} or into the heading"
