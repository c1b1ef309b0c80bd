"""The page on sufficiency says what the shipped rule files are like."""

from __future__ import annotations

import pytest

from tests.docs.sufficiency import PAGE, Count, count, newest, text

COUNTS = {one.trial: one for one in map(count, newest())}


def test_the_page_is_that_of_the_shipped_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == text()


#: Counted by hand in the sources: criteria, those that rest on a judgement alone, and misprints.
BY_HAND = {
    # Life expectancy and the seriousness of an infection.
    "NCT00105443": (12, 2, 0),
    # Suited to locoregional therapy is part of the first.
    "NCT02576509": (7, 0, 0),
    # Life expectancy, and the uncontrolled disease twice (contraception is asked of women only, so
    # only part of that criterion is a judgement); two lost superscripts.
    "NCT00351195": (20, 3, 2),
    # A cut unit; who is able to consent is one half of a criterion.
    "NCT01618253": (28, 0, 1),
    # Life expectancy, surgery, chemotherapy, the investigator's opinion; two units.
    "NCT00122876": (25, 4, 2),
    # Life expectancy, contraception, organ function, recovery twice, the disorder.
    "NCT02702401": (37, 6, 0),
}


@pytest.mark.parametrize("trial", BY_HAND)
def test_a_trial_counts_as_it_was_counted_by_hand(trial: str) -> None:
    one: Count = COUNTS[trial]
    assert (one.criteria, one.judged, one.misprinted) == BY_HAND[trial]


def test_most_clauses_of_the_published_trials_are_computed() -> None:
    for trial in BY_HAND:
        one = COUNTS[trial]
        assert one.computed >= 0.6 * one.criteria, trial
