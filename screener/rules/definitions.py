"""The rules of `define`: which name which, in what order, and how large they are written out.

A definition stands for its rule wherever it is named, so one that leads back to itself, or that
grows beyond bounds when written out, is refused here, before anything is lowered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from screener.diagnostics import Span
from screener.rules.faults import Faults, quoted
from screener.rules.source import DEEPEST, MOST_NODES, Entries, Items, Node, Text

LISTS = ("all_of", "any_of", "none_of")


@dataclass(frozen=True, slots=True)
class Definition:
    """A named rule; `size` and `height` count the rules in it, its own definitions written out."""

    span: Span
    rule: Node
    size: int
    height: int


class Definitions:
    """The definitions of one file that can be used, and the names of all."""

    def __init__(self, entries: tuple[tuple[Text, Node], ...], faults: Faults) -> None:
        self._keys = {key.value: key.span for key, _ in entries}
        self._rules = {key.value: rule for key, rule in entries}
        self.sound: dict[str, Definition] = {}
        parts = {name: _Parts(rule) for name, rule in self._rules.items()}
        for name in self._order({name: set(one.names) for name, one in parts.items()}, faults):
            self._settle(name, parts[name], faults)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name defined, sound or not."""
        return tuple(self._keys)

    def _order(self, names: dict[str, set[str]], faults: Faults) -> list[str]:
        """The names, each after those it names; circles are told and left out."""
        while True:
            graph = {name: {one for one in used if one in names} for name, used in names.items()}
            try:
                return list(TopologicalSorter(graph).static_order())
            except CycleError as error:
                circle: list[str] = error.args[1]
                first = min(circle, key=lambda name: self._keys[name].line)
                faults.error(
                    "circular-definition",
                    self._keys[first],
                    f"{quoted(first)} is defined by itself",
                    hint=" → ".join(_from(first, circle)) if len(circle) <= 12 else None,
                )
                names = {name: used for name, used in names.items() if name not in circle}

    def _settle(self, name: str, parts: _Parts, faults: Faults) -> None:
        below = [self.sound[one] for one in parts.names if one in self.sound]
        size = parts.size + sum(one.size for one in below)
        height = parts.height + max((one.height for one in below), default=0)
        if height > DEEPEST:
            faults.error(
                "too-deep",
                self._keys[name],
                f"with its definitions written out {quoted(name)} is nested deeper than "
                f"{DEEPEST} levels",
            )
        elif size > MOST_NODES:
            faults.error(
                "rules-too-large",
                self._keys[name],
                f"with its definitions written out {quoted(name)} has more than "
                f"{MOST_NODES:,} rules",
            )
        else:
            self.sound[name] = Definition(self._keys[name], self._rules[name], size, height)


class _Parts:
    """The names that stand as rules in a rule, how many rules there are, and how deep they lie."""

    def __init__(self, rule: Node) -> None:
        self.names: list[str] = []
        self.size = 0
        self.height = 0
        waiting = [(rule, 1)]
        while waiting:
            node, depth = waiting.pop()
            self.size += 1
            self.height = max(self.height, depth)
            if isinstance(node, Text):
                self.names.append(node.value)
            waiting += [(inner, depth + 1) for inner in _inner(node)]


def _inner(node: Node) -> Iterator[Node]:
    """The rules directly within a rule."""
    if not isinstance(node, Entries):
        return
    for key, value in node.entries:
        if key.value in LISTS and isinstance(value, Items):
            yield from value.items
        elif key.value == "not":
            yield value
        elif key.value == "at_least_of" and isinstance(value, Entries):
            for word, inner in value.entries:
                if word.value == "of" and isinstance(inner, Items):
                    yield from inner.items
        elif key.value == "by" and isinstance(value, Entries):
            for _, cases in value.entries:
                if isinstance(cases, Entries):
                    yield from (rule for _, rule in cases.entries)


def _from(first: str, circle: list[str]) -> list[str]:
    """The circle as it is followed from `first` back to it."""
    ring = circle[:-1][::-1]
    start = ring.index(first)
    return [*ring[start:], *ring[:start], first]
