"""Every small combination of rules, and what all completions of its unknown leaves share.

Each leaf is a fact of its own, so a combination is true exactly if it is true however its unknown
leaves turn out, and likewise false. The part of the campaigns tries every choice of `not` in every
tree of up to four leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations_with_replacement, islice, product
from typing import Any

from tests.campaign.parts import Outcome
from tests.judge.engine import Engine

FACTS = ("a", "b", "c", "d")
OUTCOMES = {frozenset([True]): "pass", frozenset([False]): "fail"}
KNOWN = (True, False, None)
#: Fewer criteria to a file than a file may have.
FILE = 1_000

#: A tree: the place of a leaf, or a word with its number (of `at_least_of`) and parts.
Tree = int | tuple[str, int, tuple[Any, ...]]


def trees(first: int, leaves: int) -> Iterator[Tree]:
    """All trees over the leaves from `first` on, `not` standing before any combination or none."""
    if leaves == 1:
        yield first
        return
    for sizes in splits(leaves):
        starts = [first + sum(sizes[:i]) for i in range(len(sizes))]
        below = [list(trees(start, size)) for start, size in zip(starts, sizes, strict=True)]
        for parts in product(*below):
            for word in ("all_of", "any_of", "none_of"):
                yield (word, 0, parts)
            for count in range(1, len(parts) + 1):
                yield ("at_least_of", count, parts)


def splits(leaves: int) -> Iterator[tuple[int, ...]]:
    """The ways to share leaves among two or more parts, in order."""
    for cuts in range(1, leaves):
        for places in combinations_with_replacement(range(1, leaves), cuts):
            if len(set(places)) == cuts:
                edges = (0, *places, leaves)
                yield tuple(edges[i + 1] - edges[i] for i in range(cuts + 1))


def value(tree: Tree, leaves: tuple[bool, ...]) -> bool:
    if isinstance(tree, int):
        return leaves[tree]
    word, count, parts = tree
    held = sum(value(part, leaves) for part in parts)
    wanted = {"all_of": held == len(parts), "any_of": held > 0, "none_of": held == 0}
    return not value(parts[0], leaves) if word == "not" else wanted.get(word, held >= count)


def rule(tree: Tree) -> Any:
    if isinstance(tree, int):
        return {"fact": FACTS[tree], "is": "true"}
    word, count, parts = tree
    if word == "not":
        return {"not": rule(parts[0])}
    listed = [rule(part) for part in parts]
    return {word: {"count": str(count), "of": listed} if word == "at_least_of" else listed}


def negated(tree: Tree) -> Iterator[Tree]:
    """The tree as it is, and with `not` before any of its parts, once at the most."""
    yield tree
    yield ("not", 0, (tree,))
    if isinstance(tree, tuple):
        word, count, parts = tree
        for i, part in enumerate(parts):
            for other in negated(part):
                if other != part:
                    yield (word, count, (*parts[:i], other, *parts[i + 1 :]))


def thoroughly_negated(tree: Tree) -> Iterator[Tree]:
    """The tree with `not` before any choice of its parts."""
    same = [tree]
    if isinstance(tree, tuple):
        word, count, parts = tree
        below = (list(thoroughly_negated(part)) for part in parts)
        same = [(word, count, chosen) for chosen in product(*below)]
    for one in same:
        yield one
        yield ("not", 0, (one,))


class Trees:
    """Some trees as the criteria of one file."""

    def __init__(self, some: Sequence[Tree]) -> None:
        facts = {name: {"type": "boolean", "kind": "fixed", "label": name} for name in FACTS}
        criteria = [
            {"id": f"C{number}", "text": "Made up.", "rule": rule(tree)}
            for number, tree in enumerate(some)
        ]
        stage = {"id": "S", "title": "S", "inclusion": criteria}
        head = {"trial": "XMPL-001", "title": "x", "version": "1", "effective": "2000-01-01"}
        self._engine = Engine({**head, "stages": [stage]}, {"facts": facts})
        self._trees = some
        worlds = list(product([True, False], repeat=len(FACTS)))
        self._true_in = [{world for world in worlds if value(tree, world)} for tree in some]

    def disagreements(self, known: Sequence[bool | None]) -> list[str]:
        """The trees of which the engine says otherwise than the completions of these leaves."""
        given = zip(FACTS, known, strict=True)
        facts = {name: leaf for name, leaf in given if leaf is not None}
        said = self._engine.answer({"facts": facts}, date(2026, 6, 30)).said
        ways = ([True, False] if leaf is None else [leaf] for leaf in known)
        completions = set(product(*ways))
        found = []
        for number, tree in enumerate(self._trees):
            worlds = self._true_in[number]
            truths = frozenset(world in worlds for world in completions)
            expected = OUTCOMES.get(truths, "unknown")
            if said[f"criterion C{number}"] != expected:
                found.append(f"{rule(tree)} of {facts} is {expected}")
        return found


# --- the part of the campaigns: see tests/campaign/parts.py -----------------------------------


def all_trees() -> Iterator[Tree]:
    """Every choice of `not` in every tree of up to four leaves."""
    for leaves in range(1, len(FACTS) + 1):
        for tree in trees(0, leaves):
            yield from thoroughly_negated(tree)


#: Counted by hand in test_small_trees.py; a tree is tried under every assignment of its leaves.
COUNT = 91_562


def units(count: int, seed: str) -> Iterator[str]:
    """The trees in files, in the order of `all_trees`; the seed makes no difference."""
    for first in range(0, count, FILE):
        yield f"{seed}-{first}-{min(first + FILE, count)}"


def work(unit: str) -> Outcome:
    """Try the trees of one file."""
    first, last = map(int, unit.split("-")[-2:])
    some = list(islice(all_trees(), first, last))
    file = Trees(some)
    problems = [
        problem
        for known in product(KNOWN, repeat=len(FACTS))
        for problem in file.disagreements(known)
    ]
    return Outcome("trees", len(some), problems)
