"""A patient profile, already parsed from JSON, into a fact sheet; or everything that is wrong.

It decides the words of a profile and which facts there are. It knows neither a trial nor the day of
screening, and never guesses what somebody meant.
"""

from __future__ import annotations

from functools import lru_cache

from screener.days import Days
from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.births import check_births
from screener.intake.completeness import read_complete
from screener.intake.entry import Visit
from screener.intake.faults import Faults, described, quoted, step
from screener.intake.plain import answers_of, keep, plain_record
from screener.intake.profiles import ONE_OBJECT
from screener.intake.records import note_date, read_fact
from screener.intake.sheet import Draft
from screener.intake.values import read_days, read_text
from screener.same import Same
from screener.vocabulary import Fact, Type, Vocabulary

_WORDS = ("patient", "as_of", "facts", "visits", "complete")
_VISIT_WORDS = ("date", "facts")


def read_profile(data: object, vocabulary: Vocabulary, *, as_of: int | None = None) -> FactSheet:
    """Read one patient.

    Args:
        data: parsed JSON, as `parse_json` gives it.
        vocabulary: the facts that may be given.
        as_of: the day of screening, where it is known: nobody is born after it.

    Raises:
        ProfileError: with all faults, each with its JSON pointer.
    """
    draft = Draft()
    faults = draft.faults
    if not isinstance(data, dict):
        faults.add("not-a-profile", "", f"{described(data)} is not a profile", ONE_OBJECT)
        raise ProfileError(faults.found)
    _check_words(data, _WORDS, "", faults)
    patient = _patient(data.get("patient"), faults)
    own = _as_of(data.get("as_of"), faults)
    _facts(data.get("facts"), None, "/facts", vocabulary, draft)
    visits = _visits(data.get("visits"), vocabulary, draft)
    read_complete(data.get("complete"), vocabulary, draft)
    seen = [visit.last for visit in visits]
    seen += [day for day in (own, as_of) if day is not None]
    check_births(vocabulary, seen, draft)
    if faults.found:
        raise ProfileError(faults.found, patient)
    return draft.sheet(patient, own)


def _check_words(raw: dict[str, object], words: tuple[str, ...], at: str, faults: Faults) -> None:
    for word in raw:
        if word not in words:
            where = "a visit" if at else "a profile"
            hint = faults.guess(str(word), words)
            faults.add(
                "unknown-word", step(at, word), f"{quoted(word)} is not a word of {where}", hint
            )


def _patient(raw: object, faults: Faults) -> str | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        hint = None if isinstance(raw, bool | dict | list) else 'put it in quotes, as in `"007"`'
        faults.add(
            "bad-patient", "/patient", f"{described(raw)} is not the name of a patient", hint
        )
        return None
    patient = read_text(raw, "/patient", faults, "name of a patient")
    if patient is not None and not patient.isprintable():
        faults.add(
            "bad-patient", "/patient", "the name of a patient with a control character", "remove it"
        )
    return patient


def _as_of(raw: object, faults: Faults) -> int | None:
    days = None if raw is None else read_days(raw, "/as_of", faults, whole=True)
    return None if days is None else days.first


def _facts(raw: object, visit: Visit | None, at: str, vocabulary: Vocabulary, draft: Draft) -> None:
    if raw is None:
        return
    if not isinstance(raw, dict):
        hint = 'write names and values, as in `{"sex": "female"}`'
        draft.faults.add("mapping-expected", at, f"{described(raw)} is not a set of facts", hint)
        return
    answers = answers_of(vocabulary, visit)
    for name, said in raw.items():
        if type(said) is bool or type(said) is str:
            answer = answers.get((name, said))
            if answer is not None:
                draft.record(name, answer)
                continue
        fact = vocabulary.get(name) if isinstance(name, str) else None
        if fact is None:
            near = draft.faults.guess(str(name), vocabulary)
            draft.faults.add(
                "unknown-fact", step(at, name), f"{quoted(name)} is not a known fact", near
            )
        elif (record := plain_record(fact, said, visit)) is not None:
            draft.record(fact.name, record)
            keep(answers, fact, said, record)
            if fact.shape.type is Type.DATE:
                note_date(fact, record, step(at, name), draft)
        elif type(said) is bool or said == []:
            _in_one_word(fact, said, visit, step(at, name), vocabulary, draft)
        else:
            read_fact(fact, said, visit, step(at, name), draft)


def _in_one_word(
    fact: Fact, said: object, visit: Visit | None, at: str, vocabulary: Vocabulary, draft: Draft
) -> None:
    """Read a yes, a no or a none that takes closer reading, once for all who say it so."""
    word = said if isinstance(said, bool) else None
    heard = _heard(Same(vocabulary), fact.name, word, visit, at)
    if heard.faults.found:
        read_fact(fact, said, visit, at, draft)
    else:
        draft.hear(heard)


@lru_cache(maxsize=1024)
def _heard(
    vocabulary: Same[Vocabulary], name: str, word: bool | None, visit: Visit | None, at: str
) -> Draft:
    heard = Draft()
    read_fact(vocabulary.it[name], [] if word is None else word, visit, at, heard)
    return heard


def _visits(raw: object, vocabulary: Vocabulary, draft: Draft) -> list[Days]:
    """Read all visits; their days."""
    if raw is None:
        return []
    if not isinstance(raw, list):
        hint = 'write `[{"date": "2026-10-31", "facts": {}}]`'
        draft.faults.add(
            "list-expected", "/visits", f"{described(raw)} is not a list of visits", hint
        )
        return []
    found = []
    for index, one in enumerate(raw):
        at = step("/visits", index)
        if not isinstance(one, dict):
            draft.faults.add(
                "mapping-expected",
                at,
                f"{described(one)} is not a visit",
                "write `date` and `facts`",
            )
            continue
        _check_words(one, _VISIT_WORDS, at, draft.faults)
        said_on = one.get("date")
        days = None
        if said_on is None:
            draft.faults.add("date-missing", at, "a visit without a date", "write `date`")
        else:
            days = read_days(said_on, step(at, "date"), draft.faults)
        visit = None if days is None else Visit(days, str(said_on).strip())
        if days is not None:
            found.append(days)
        _facts(one.get("facts"), visit, step(at, "facts"), vocabulary, draft)
    return found
