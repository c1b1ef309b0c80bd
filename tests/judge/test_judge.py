"""The engine and the independent judge of docs/semantics.md give the same answers."""

from __future__ import annotations

import pytest

from tests.judge.compare import Tally, compare

CHUNKS = range(10)
#: The criteria of the rule files of a chunk, each with 50 patients: 10,000 pairs a chunk. Some have
#: few criteria, so that every verdict occurs.
FILES = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5] + [34] * 5
PATIENTS = 50

#: Words of a rule file that every chunk must contain, and how often at least.
OFTEN = 1
WORDS = [
    "all_of", "any_of", "none_of", "not", "at_least_of", "by", "applies_when", "only_for",
    "if_missing", "when_missed", "define", "cohorts", "within", "before", "after", "from", "to",
    "at", "where", "except", "count", "available", "is", "one_of", "at_least", "at_most",
    "more_than", "less_than", "between", "shorter_of", "longer_of", "earlier_of", "later_of",
    "clear_of", "lasting", "per", "consecutive", "distinct", "days", "since_last",
]  # fmt: skip
USES = [
    "use latest", "use earliest", "use highest", "use lowest", "use any", "use all", "use mean",
    "use median", "use sum",
]  # fmt: skip


@pytest.mark.parametrize("chunk", CHUNKS)
def test_engine_and_judge_give_the_same_outcomes_verdicts_and_causes(chunk: int) -> None:
    tally = Tally()
    for number, criteria in enumerate(FILES):
        tally.add(compare(f"judge-{chunk}-{number}", criteria, PATIENTS))
    assert tally.pairs == 10_000
    assert not tally.disagreements, "\n".join(tally.disagreements[:5])
    assert not tally.other_causes, "\n".join(tally.other_causes[:5])
    _varied(tally)


def _varied(tally: Tally) -> None:
    """Agreement means something only where every outcome is frequent and every word occurs."""
    for outcome in ("pass", "fail", "unknown"):
        assert tally.outcomes[outcome] >= 0.13 * tally.pairs, tally.outcomes
    assert min(tally.verdicts[word] for word in ("eligible", "ineligible", "undetermined")) >= 5
    assert len(tally.causes) >= 12, tally.causes
    rare = {word: tally.words[word] for word in WORDS + USES if tally.words[word] < OFTEN}
    assert not rare
