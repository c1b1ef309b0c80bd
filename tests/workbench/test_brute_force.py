"""Proofs against every patient of small trials, one by one."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from screener.truth import Truth
from screener.workbench.comparing import compare
from screener.workbench.comparison import Relation
from screener.workbench.proving import prove
from tests.workbench import brute

_RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}


def check_proof(seed: str) -> list[str]:
    """Where the proof of one small trial and all its patients say different things."""
    one = brute.made(brute.trial(random.Random(seed)))
    people = list(brute.everybody(one))
    proof = prove(one)
    ids = [criterion.id for criterion in one.protocol.criteria]
    wrong = []

    def expect(what: str, proved: object, counted: object) -> None:
        if proved != counted:
            wrong.append(f"{seed}: {what}: proved {proved}, counted {counted}")

    def passes(chosen: tuple[str, ...]) -> bool:
        places = [ids.index(one) for one in chosen]
        return any(all(man.criteria[at] is Truth.TRUE for at in places) for man in people)

    can = any(man.verdict is Truth.TRUE for man in people)
    expect("can be eligible", proof.can_be_eligible, can)
    if not can:
        expect("the clash passes", passes(proof.clash), False)
        for fewer in combinations(proof.clash, len(proof.clash) - 1):
            expect(f"{fewer} passes", passes(fewer), True)
    never = [
        id
        for at, id in enumerate(ids)
        if all(man.criteria[at] is not Truth.FALSE for man in people)
    ]
    expect("never fails", list(proof.never_fails), never)
    if can:
        implied = [
            id
            for at, id in enumerate(ids)
            if not any(
                man.criteria[at] is not Truth.TRUE
                and all(truth is Truth.TRUE for i, truth in enumerate(man.criteria) if i != at)
                for man in people
            )
        ]
        expect("implied", [one.id for one in proof.implied], implied)
    asked = {selection.of.fact for selection in one.protocol.selections}  # type: ignore[union-attr]
    irrelevant = [fact for fact in brute.CELLS if fact in asked and _never_matters(people, fact)]
    expect("irrelevant", sorted(proof.irrelevant_facts), sorted(irrelevant))
    expect("undecided", proof.undecided, ())
    return wrong


def _never_matters(people: list[brute.Outcomes], fact: str) -> bool:
    seen: dict[tuple[object, ...], Truth] = {}
    return all(
        seen.setdefault(
            tuple(values for name, values in man.state.items() if name != fact), man.verdict
        )
        is man.verdict
        for man in people
    )


def check_comparison(seed: str) -> list[str]:
    """Where a comparison of two small trials and all their patients say different things."""
    rng = random.Random(seed)
    first = brute.trial(rng)
    old, new = brute.made(first), brute.made(brute.varied(rng, first))
    pairs = list(zip(brute.everybody(old), brute.everybody(new), strict=True))
    found = compare(old, new)
    wrong = []
    moves = {_move(before.verdict, after.verdict) for before, after in pairs}
    if found.relation is not _relation(moves):
        wrong.append(f"{seed}: proved {found.relation}, counted {_relation(moves)}")
    for at, change in enumerate(found.criteria):
        assert change.id == old.protocol.criteria[at].id
        moves = {_move(before.criteria[at], after.criteria[at]) for before, after in pairs}
        if change.relation is not _relation(moves):
            wrong.append(
                f"{seed}: {change.id}: proved {change.relation}, counted {_relation(moves)}"
            )
    return wrong


def _move(old: Truth, new: Truth) -> int:
    return (_RANK[new] > _RANK[old]) - (_RANK[new] < _RANK[old])


def _relation(moves: set[int]) -> Relation:
    if {1, -1} <= moves:
        return Relation.BOTH
    if 1 in moves:
        return Relation.LOOSER
    return Relation.STRICTER if -1 in moves else Relation.EQUIVALENT


TRIALS = 15


def check_proofs(seed: str, trials: int = 50) -> tuple[int, list[str]]:
    """How many small trials were proved, and where a proof says what does not hold."""
    return trials, [wrong for n in range(trials) for wrong in check_proof(f"{seed}/{n}")]


def check_comparisons(seed: str, trials: int = 50) -> tuple[int, list[str]]:
    """How many pairs of small trials were compared, and where a comparison does not hold."""
    return trials, [wrong for n in range(trials) for wrong in check_comparison(f"{seed}/{n}")]


@pytest.mark.parametrize("block", range(10))
def test_a_proof_says_what_holds_of_every_single_patient(block: int) -> None:
    assert check_proofs(f"proof-{block}", TRIALS) == (TRIALS, [])


@pytest.mark.parametrize("block", range(10))
def test_a_comparison_says_what_holds_of_every_single_patient(block: int) -> None:
    assert check_comparisons(f"diff-{block}", TRIALS) == (TRIALS, [])
