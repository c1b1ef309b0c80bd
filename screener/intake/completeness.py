"""What a profile says its sources are complete for: `{FACT: {to: DAY, source: NAME}}`.

It decides for which facts silence may mean no: those that are yes or no, and events; never a
judgement or a derived fact. What silence then means is semantics section 12.3.
"""

from __future__ import annotations

from screener.days import iso
from screener.facts import Declared, Shown
from screener.intake.faults import Faults, described, quoted, step
from screener.intake.sheet import Draft
from screener.intake.values import read_days, read_text
from screener.vocabulary import Fact, Type, Vocabulary

_AT = "/complete"
_WORDS = ("to", "source")
_FORM = 'write `{"antibiotic": {"to": "2026-11-24", "source": "pharmacy"}}`'


def read_complete(raw: object, vocabulary: Vocabulary, draft: Draft) -> None:
    """Read what sources are declared complete for; faults are noted."""
    faults = draft.faults
    if raw is None:
        return
    if not isinstance(raw, dict):
        faults.add("mapping-expected", _AT, f"{described(raw)} is not a set of facts", _FORM)
        return
    for name, said in raw.items():
        at = step(_AT, name)
        fact = vocabulary.get(name) if isinstance(name, str) else None
        if fact is None:
            near = faults.guess(str(name), vocabulary)
            faults.add("unknown-fact", at, f"{quoted(name)} is not a known fact", near)
        elif not silence_may_mean_no(fact):
            faults.add("bad-completeness", at, f"a missing record of {quoted(name)} cannot mean no")
        elif not isinstance(said, dict):
            faults.add(
                "bad-completeness", at, f"{described(said)} does not say up to which day", _FORM
            )
        else:
            _declare(fact, said, at, draft)


def silence_may_mean_no(fact: Fact) -> bool:
    """Whether a source can be declared complete for the fact."""
    yes_or_no = fact.shape.type in (Type.BOOLEAN, Type.EVENT)
    return yes_or_no and not fact.asked_of and fact.derived is None


def _declare(fact: Fact, said: dict[str, object], at: str, draft: Draft) -> None:
    faults: Faults = draft.faults
    for word in said:
        if word not in _WORDS:
            hint = faults.guess(str(word), _WORDS)
            faults.add(
                "unknown-word", step(at, word), f"{quoted(word)} is not a word of `complete`", hint
            )
    for word in _WORDS:
        if said.get(word) is None:
            faults.add("bad-completeness", at, f"`complete` without {quoted(word)}", _FORM)
            return
    days = read_days(said["to"], step(at, "to"), faults, whole=True)
    source = read_text(said["source"], step(at, "source"), faults, "source")
    if days is not None and source is not None:
        draft.complete(
            fact.name, Declared(days.last, Shown(False, date=iso(days.last), source=source))
        )
