"""Every small combination of rules against the enumeration of all completions.

Each leaf is a fact of its own, so a combination is true exactly if it is true however its unknown
leaves turn out, and likewise false.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations_with_replacement, product
from typing import Any

import pytest

from tests.judge.engine import Engine

FACTS = ("a", "b", "c", "d")
OUTCOMES = {frozenset([True]): "pass", frozenset([False]): "fail"}

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


def every_tree() -> list[Tree]:
    """Every choice of `not` in trees of up to three leaves, one `not` in those of four."""
    smaller = [tree for leaves in (1, 2, 3) for tree in trees(0, leaves)]
    found = [other for tree in smaller for other in thoroughly_negated(tree)]
    return found + [other for tree in trees(0, 4) for other in negated(tree)]


TREES = every_tree()
#: Fewer criteria to a file than a file may have.
FILE = 4_000


@pytest.fixture(scope="module")
def engines() -> list[Engine]:
    """The trees in files, one criterion each."""
    facts = {name: {"type": "boolean", "kind": "fixed", "label": name} for name in FACTS}
    criteria = [
        {"id": f"C{number}", "text": "Made up.", "rule": rule(tree)}
        for number, tree in enumerate(TREES)
    ]
    head = {"trial": "XMPL-001", "title": "x", "version": "1", "effective": "2000-01-01"}
    files = [criteria[first : first + FILE] for first in range(0, len(criteria), FILE)]
    return [
        Engine({**head, "stages": [{"id": "S", "title": "S", "inclusion": some}]}, {"facts": facts})
        for some in files
    ]


def test_there_are_as_many_trees_as_counted_by_hand() -> None:
    # 1 leaf: 1. 2 leaves: all, any, none, at least 1, at least 2. 3 leaves: 3 + 3 over three parts,
    # 5 * 5 for each of two ways to pair. 4 leaves: 3 + 4 over four; 6 * 5 for each of three ways to
    # pair two neighbours; 5 * 5 * 5 over two pairs; 5 * 56 for each of two ways to split off one.
    assert [len(list(trees(0, leaves))) for leaves in (1, 2, 3, 4)] == [1, 5, 56, 782]
    # `not` anywhere: 2 for a leaf; 5 over two leaves have 3 places each, 2^3 choices.
    assert len(list(thoroughly_negated(0))) == 2
    assert sum(len(list(thoroughly_negated(tree))) for tree in trees(0, 2)) == 5 * 2**3
    # Of three leaves 6 have 4 places and 50 have 5.
    assert sum(len(list(thoroughly_negated(t))) for t in trees(0, 3)) == 6 * 2**4 + 50 * 2**5
    # Of four leaves 7 have 5 places, 90 have 6, and 125 + 2 * 5 * 6 + 2 * 5 * 50 have 6 or 7.
    assert sum(len(list(negated(t))) for t in trees(0, 4)) == 7 * 6 + 90 * 7 + 60 * 7 + 625 * 8


@pytest.fixture(scope="module")
def true_in() -> list[set[tuple[bool, ...]]]:
    """For each tree the worlds in which it is true."""
    worlds = list(product([True, False], repeat=len(FACTS)))
    return [{world for world in worlds if value(tree, world)} for tree in TREES]


@pytest.mark.parametrize("first", [True, False, None])
@pytest.mark.parametrize("second", [True, False, None])
def test_every_tree_of_up_to_four_leaves_is_what_all_completions_share(
    engines: list[Engine],
    true_in: list[set[tuple[bool, ...]]],
    first: bool | None,
    second: bool | None,
) -> None:
    for rest in product([True, False, None], repeat=2):
        leaves = (first, second, *rest)
        facts = {name: leaf for name, leaf in zip(FACTS, leaves, strict=True) if leaf is not None}
        said: dict[str, str] = {}
        for engine in engines:
            said |= engine.answer({"facts": facts}, date(2026, 6, 30)).said
        completions = set(product(*([True, False] if leaf is None else [leaf] for leaf in leaves)))
        for number, tree in enumerate(TREES):
            truths = frozenset(world in true_in[number] for world in completions)
            expected = OUTCOMES.get(truths, "unknown")
            assert said[f"criterion C{number}"] == expected, (rule(tree), facts)
