"""Where one record is all there is, the short way of a selection and the long way are the same."""

from __future__ import annotations

from collections import Counter

from screener.diagnostics import ProfileError, RulesError
from screener.intake.profile import read_profile
from screener.ir import Ever, Fixed, Pick, Selection
from screener.selection.aggregates import pick
from screener.selection.declared import declared
from screener.selection.frame import Frame
from screener.selection.histories import ever, fixed
from screener.selection.selected import Selected
from screener.selection.sole import settled, sole_of
from screener.selection.uses import sources
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients

TRIALS = 40
PATIENTS = 25


def test_the_short_way_comes_to_what_the_long_way_comes_to() -> None:
    compared: Counter[str] = Counter()
    for number in range(TRIALS):
        trial, vocabulary, patients = trial_with_patients(f"sole-{number}", 20, PATIENTS)
        try:
            engine = Engine(trial, vocabulary)
        except RulesError:
            continue
        for profile, as_of in patients:
            try:
                sheet = read_profile(profile, engine.vocabulary)
            except ProfileError:
                continue
            dates = dict(engine.protocol.dates)
            frame = Frame(sheet, engine.vocabulary, dates, as_of.toordinal())
            for selection in engine.protocol.selections:
                for source in sources(selection):
                    if "'this'" in repr(source):
                        continue  # it is of one record at a time
                    short, long = _both(frame, source)
                    if short is not None:
                        assert short == long, (number, profile, source)
                        kind = (
                            "nothing" if not short.values else "window" if _window(source) else ""
                        )
                        compared[f"{type(source).__name__} {kind}".strip()] += 1
    # Every way is taken often enough for the agreement to mean something.
    ways = ("Pick", "Pick window", "Pick nothing", "Fixed", "Fixed nothing", "Ever", "Ever window")
    assert min(compared[way] for way in (*ways, "Ever nothing")) > 50, compared


def _both(frame: Frame, source: Selection) -> tuple[Selected | None, Selected | None]:
    sole = sole_of(source)
    short = None if sole is None else settled(frame, sole)
    match source:
        case Pick():
            return short, declared(frame, source, pick(frame, source))
        case Fixed():
            return short, declared(frame, source, fixed(frame, source))
        case Ever():
            return short, declared(frame, source, ever(frame, source))
        case _:
            return short, None


def _window(source: Selection) -> bool:
    if isinstance(source, Ever):
        return source.within is not None
    return isinstance(source, Pick) and bool(source.of.tests)
