"""Every small combination of rules against the enumeration of all completions."""

from __future__ import annotations

from itertools import islice, product

import pytest

from tests.judge import trees as small
from tests.judge.trees import FILE, KNOWN, Tree, Trees, negated, thoroughly_negated, trees


def every_tree() -> list[Tree]:
    """Every choice of `not` in trees of up to three leaves, one `not` in those of four."""
    smaller = [tree for leaves in (1, 2, 3) for tree in trees(0, leaves)]
    found = [other for tree in smaller for other in thoroughly_negated(tree)]
    return found + [other for tree in trees(0, 4) for other in negated(tree)]


@pytest.fixture(scope="module")
def files() -> list[Trees]:
    """The trees in files, one criterion each."""
    found = every_tree()
    return [Trees(found[first : first + FILE]) for first in range(0, len(found), FILE)]


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
    four = 7 * 2**5 + 90 * 2**6 + 60 * 2**6 + 625 * 2**7
    assert 2 + 5 * 2**3 + 6 * 2**4 + 50 * 2**5 + four == small.COUNT


@pytest.mark.parametrize("first", KNOWN)
@pytest.mark.parametrize("second", KNOWN)
def test_every_tree_of_up_to_four_leaves_is_what_all_completions_share(
    files: list[Trees], first: bool | None, second: bool | None
) -> None:
    for rest in product(KNOWN, repeat=2):
        for file in files:
            assert not file.disagreements((first, second, *rest))


def test_the_campaign_goes_through_every_choice_of_not() -> None:
    assert sum(1 for _ in small.all_trees()) == small.COUNT
    one = next(iter(small.units(100, "1")))
    assert small.work(one) == ("trees", 100, [])
    assert list(islice(small.all_trees(), 2)) == [0, ("not", 0, (0,))]
