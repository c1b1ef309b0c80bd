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


def negated_somewhere(tree: Tree) -> Iterator[Tree]:
    """The tree with one `not` in it: before the whole, or before one part at any depth."""
    yield ("not", 0, (tree,))
    if isinstance(tree, tuple):
        word, count, parts = tree
        for i, part in enumerate(parts):
            for other in negated_somewhere(part):
                yield (word, count, (*parts[:i], other, *parts[i + 1 :]))


def every_tree() -> list[Tree]:
    plain = [tree for leaves in (1, 2, 3, 4) for tree in trees(0, leaves)]
    smaller = [tree for leaves in (1, 2, 3) for tree in trees(0, leaves)]
    return plain + [other for tree in smaller for other in negated_somewhere(tree)]


TREES = every_tree()


@pytest.fixture(scope="module")
def engine() -> Engine:
    facts = {name: {"type": "boolean", "kind": "fixed", "label": name} for name in FACTS}
    criteria = [
        {"id": f"C{number}", "text": "Made up.", "rule": rule(tree)}
        for number, tree in enumerate(TREES)
    ]
    stage = {"id": "S", "title": "S", "inclusion": criteria}
    head = {"trial": "XMPL-001", "title": "x", "version": "1", "effective": "2000-01-01"}
    return Engine({**head, "stages": [stage]}, {"facts": facts})


def test_there_are_as_many_trees_as_counted_by_hand() -> None:
    # 1 leaf: 1. 2 leaves: all, any, none, at least 1, at least 2. 3 leaves: 3 + 3 over three parts,
    # 5 * 5 for each of two ways to pair. 4 leaves: 3 + 4 over four; 6 * 5 for each of three ways to
    # pair two neighbours; 5 * 5 * 5 over two pairs; 5 * 56 for each of two ways to split off one.
    assert [len(list(trees(0, leaves))) for leaves in (1, 2, 3, 4)] == [1, 5, 56, 782]


@pytest.mark.parametrize("first", [True, False, None])
@pytest.mark.parametrize("second", [True, False, None])
def test_every_tree_of_up_to_four_leaves_is_what_all_completions_share(
    engine: Engine, first: bool | None, second: bool | None
) -> None:
    for rest in product([True, False, None], repeat=2):
        leaves = (first, second, *rest)
        facts = {name: leaf for name, leaf in zip(FACTS, leaves, strict=True) if leaf is not None}
        found = engine.screen({"facts": facts}, date(2026, 6, 30))
        completions = list(product(*([True, False] if leaf is None else [leaf] for leaf in leaves)))
        for tree, criterion in zip(TREES, found.criteria, strict=True):
            expected = OUTCOMES.get(frozenset(value(tree, one) for one in completions), "unknown")
            assert criterion.outcome.value == expected, (rule(tree), facts)
