"""What is said to stand for ever is selected again on later days, and comes to the same."""

from __future__ import annotations

from collections import Counter

from screener.diagnostics import ProfileError, RulesError
from screener.intake.profile import read_profile
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.stillness import Calm, Stillness
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients

TRIALS = 15
PATIENTS = 6
#: So many days later it is selected again.
LATER = (1, 2, 3, 5, 8, 14, 29, 45, 90, 180, 366, 800, 3000)


def test_a_selection_that_stands_for_ever_is_the_same_on_every_later_day() -> None:
    tried: Counter[str] = Counter()
    for number in range(TRIALS):
        trial, vocabulary, patients = trial_with_patients(f"still-{number}", 20, PATIENTS)
        try:
            engine = Engine(trial, vocabulary)
        except RulesError:
            continue
        selections = engine.protocol.selections
        stillness = Stillness(selections)
        for profile, as_of in patients:
            try:
                sheet = read_profile(profile, engine.vocabulary)
            except ProfileError:
                continue
            today = as_of.toordinal()
            frame = Frame(sheet, engine.vocabulary, dict(engine.protocol.dates), today)
            days = [frame.at(today + days) for days in LATER]
            calm = {causes: Calm(frame, causes) for causes in (False, True)}
            everything = [select(frame, selection) for selection in selections]
            for causes, one in calm.items():
                assert stillness.restless(frame, everything, causes) == [
                    slot
                    for slot, still in enumerate(stillness.parts)
                    if not one.holds(still, everything[slot])
                ]
            for selection, still, now in zip(selections, stillness.parts, everything, strict=True):
                holds = {causes for causes, one in calm.items() if one.holds(still, now)}
                if holds and any(one.windows for one in still or ()):
                    tried[type(selection).__name__] += 1
                for day in days if holds else ():
                    then = select(day, selection)
                    assert (then.values, then.firm) == (now.values, now.firm), selection
                    # Why it is not known may change where nobody asked for that.
                    assert then.cause is now.cause or True not in holds, selection
    # Selections in a window are called still often enough for that to mean something.
    assert min(tried[name] for name in ("Pick", "Ever", "Tally", "Quantified")) > 20, tried
