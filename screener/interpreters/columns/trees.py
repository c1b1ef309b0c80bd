"""Answers that hang on several things recorded at once: a tree of questions as one column.

Each fork asks one question of the row; branches of one answer are joined, so that the column is as
short as a person would write it. The answers were asked of the reference; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import narwhals as nw

from screener.interpreters.columns.formula import Column, as_expr
from screener.truth import FALSE, TRUE, UNKNOWN, Truth


class Between(NamedTuple):
    """A part of a question whose parts are in order: what lies from one cut to another."""

    low: Hashable
    high: Hashable
    low_open: bool = False
    high_open: bool = False


#: A part of a question: an interval, or a word.
Part: TypeAlias = Between | Hashable


@dataclass(frozen=True, slots=True)
class Question:
    """What parts the rows; those of which nothing is recorded are in no part.

    `where`: whether a row is in one of these parts, null where nothing is recorded. Questions are
    the same where their names are.
    """

    name: str
    where: Callable[[Sequence[Part]], nw.Expr] = field(compare=False)


class Fork(NamedTuple):
    """A tree for the rows of each part, in order, and one where nothing is recorded."""

    question: Question
    branches: tuple[tuple[Part, Tree], ...]
    nothing: Tree


#: A fork, or the answer.
Tree: TypeAlias = Fork | Hashable


def fork(question: Question, branches: Iterable[tuple[Part, Tree]], nothing: Tree) -> Tree:
    """The fork, with neighbouring intervals of one tree joined; a tree alone where all agree."""
    joined: list[tuple[Part, Tree]] = []
    for part, tree in branches:
        if isinstance(part, Between) and joined and joined[-1][1] == tree:
            before = joined[-1][0]
            assert isinstance(before, Between), "INVARIANT: parts of a question are of one kind"
            joined[-1] = before._replace(high=part.high, high_open=part.high_open), tree
        else:
            joined.append((part, tree))
    if all(tree == nothing for _, tree in joined):
        return nothing
    return Fork(question, tuple(joined), nothing)


def mapped(tree: Tree, answer: Callable[[Hashable], Hashable]) -> Tree:
    """The tree with other answers, joined anew."""
    if isinstance(tree, Fork):
        branches = [(part, mapped(one, answer)) for part, one in tree.branches]
        return fork(tree.question, branches, mapped(tree.nothing, answer))
    return answer(tree)


def truth_column(tree: Tree) -> Column:
    """A tree of truths as a column."""
    if not isinstance(tree, Fork):
        assert isinstance(tree, Truth), "INVARIANT: the answers are truths"
        return tree
    grouped = _grouped(tree)
    every = {one for _, one in tree.branches}
    if tree.nothing is UNKNOWN and every == {TRUE, FALSE}:
        # Where nothing is recorded the question is null by itself.
        where = tree.question.where
        if len(grouped[TRUE]) <= len(grouped[FALSE]):
            return where(grouped[TRUE])
        return ~where(grouped[FALSE])
    return _chain(tree, lambda one: as_expr(truth_column(one)))


def number_column(tree: Tree) -> nw.Expr:
    """A tree of whole numbers as a column."""
    if not isinstance(tree, Fork):
        assert isinstance(tree, int), "INVARIANT: the answers are whole numbers"
        return nw.lit(tree)
    return _chain(tree, number_column)


def _grouped(tree: Fork) -> dict[Tree, list[Part]]:
    """The parts of each tree, without those that are answered as if nothing was recorded."""
    found: dict[Tree, list[Part]] = {}
    for part, one in tree.branches:
        if one != tree.nothing:
            found.setdefault(one, []).append(part)
    return found


def _chain(tree: Fork, column: Callable[[Tree], nw.Expr]) -> nw.Expr:
    chain = None
    for one, parts in _grouped(tree).items():
        where, then = tree.question.where(parts), column(one)
        chain = nw.when(where).then(then) if chain is None else chain.when(where).then(then)
    assert chain is not None, "INVARIANT: a fork has an answer of its own"
    return chain if tree.nothing is UNKNOWN else chain.otherwise(column(tree.nothing))
