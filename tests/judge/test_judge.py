"""The engine and the independent judge of docs/semantics.md give the same answers."""

from __future__ import annotations

import pytest

from tests.judge.compare import Tally, compare

#: 10 chunks of 25 rule files with 10 criteria and 40 patients each: 100,000 pairs.
CHUNKS = range(10)
FILES = range(25)

#: Words of a rule file that every chunk must contain, and how often at least.
OFTEN = 5
WORDS = """
all_of any_of none_of not at_least_of by applies_when only_for if_missing when_missed define cohorts
within before after from to at where except count available
is one_of at_least at_most more_than less_than between
""".split()
USES = ["use latest", "use earliest", "use highest", "use lowest", "use any", "use all"]


@pytest.fixture(scope="module", params=CHUNKS)
def tally(request: pytest.FixtureRequest) -> Tally:
    total = Tally()
    for number in FILES:
        total.add(compare(f"judge-{request.param}-{number}"))
    return total


def test_the_engine_agrees_with_the_judge_on_every_pair(tally: Tally) -> None:
    assert tally.pairs == 10_000
    assert not tally.disagreements, "\n".join(tally.disagreements[:5])


def test_the_engine_names_the_cause_that_the_judge_names(tally: Tally) -> None:
    assert len(tally.causes) >= 10
    assert not tally.other_causes, "\n".join(tally.other_causes[:5])


def test_every_outcome_is_frequent_and_every_word_occurs(tally: Tally) -> None:
    for outcome in ("pass", "fail", "unknown"):
        assert tally.outcomes[outcome] >= 0.15 * tally.pairs, tally.outcomes
    assert tally.verdicts["eligible"] >= 10, tally.verdicts
    rare = {word: tally.words[word] for word in WORDS + USES if tally.words[word] < OFTEN}
    assert not rare
