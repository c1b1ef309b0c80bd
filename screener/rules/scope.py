"""What a rule is read in: the facts, dates and definitions it may name, and the slots it fills.

It answers "what does this name mean here" and shares equal selections; it reads no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from screener.diagnostics import Span
from screener.ir import Age, Formula, Point, Selection, Window
from screener.rules.definitions import Definitions
from screener.rules.faults import Faults, nearest, quoted
from screener.rules.source import MOST_NODES, Node
from screener.rules.windows import NamedDates
from screener.rules.words import text_of
from screener.vocabulary import Fact


@dataclass(frozen=True, slots=True)
class Setting:
    """What the place of a rule adds to it: the window of its stage, and `if_missing: no`."""

    window: Window | None = None
    if_missing_no: bool = False


class Slots:
    """Selections by number: equal ones share a slot; the limits on one age are its cuts."""

    def __init__(self) -> None:
        self._numbers: dict[Selection, int] = {}
        self._cuts: dict[int, set[int]] = {}

    def number(self, selection: Selection) -> int:
        """The slot of a selection."""
        return self._numbers.setdefault(selection, len(self._numbers))

    def age(self, age: Age, cuts: Iterable[int]) -> int:
        """The slot of an age, which gains these cuts."""
        slot = self.number(age)
        self._cuts.setdefault(slot, set()).update(cuts)
        return slot

    def selections(self) -> tuple[Selection, ...]:
        """All of them, in slot order."""
        return tuple(
            replace(one, cuts=tuple(sorted(self._cuts[slot]))) if isinstance(one, Age) else one
            for one, slot in self._numbers.items()
        )


@dataclass(slots=True)
class Scope:
    """All that the rules of one file may refer to."""

    facts: Mapping[str, Fact]
    # What is asked of these cannot be judged: their own faults are told already.
    faulty: frozenset[str]
    dates: NamedDates
    age_at: Point
    definitions: Definitions
    faults: Faults
    slots: Slots = field(default_factory=Slots)
    lowered: dict[tuple[str, Setting], Formula] = field(default_factory=dict)
    spent: int = 0

    def fact(self, node: Node) -> Fact | None:
        """The fact that a scalar names; None, with the fault noted, if there is none."""
        name = text_of(node, self.faults, "`fact`")
        if name is None:
            return None
        if name in self.faulty:
            return None
        fact = self.facts.get(name)
        if fact is None:
            self.faults.error(
                "unknown-fact",
                node.span,
                f"{quoted(name)} is not a declared fact",
                hint=nearest(name, self.facts) or "declare it under `facts` of this file",
            )
        return fact

    def spend(self, nodes: int, span: Span) -> bool:
        """Whether the rules, definitions written out, stay within bounds."""
        self.spent += nodes
        if self.spent <= MOST_NODES:
            return True
        if self.spent - nodes <= MOST_NODES:
            self.faults.error(
                "rules-too-large",
                span,
                f"with its definitions written out the file has more than {MOST_NODES:,} rules",
            )
        return False
