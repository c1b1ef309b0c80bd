"""The answers to a trial's own questionnaire, as the records that a profile would hold.

It decides which response is read at all, and of which day its undated statements are: of the day
it was written. What a record means, and whether it can be read, is decided as for every profile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from screener.diagnostics import Fault
from screener.intake.entry import Visit
from screener.intake.faults import quoted
from screener.intake.fhir.context import Context, Place
from screener.intake.fhir.dates import day_of
from screener.intake.fhir.linked import ABSENCES, COMPLETE_TO, QUESTIONNAIRE, VALUE, link, values_of
from screener.intake.fhir.models import Answer, Item, QuestionnaireResponse
from screener.intake.fhir.refused import Refused
from screener.intake.fhir.resources import Found
from screener.intake.fhir.values import quantity_words
from screener.intake.records import read_fact
from screener.intake.report import Fate
from screener.vocabulary import AgeOf, Fact, Kind, Shape

#: What a status makes of the answers.
_STATUSES: Mapping[str, tuple[str, Fate]] = {
    "completed": ("", Fate.MAPPED),
    "amended": ("", Fate.MAPPED),
    "in-progress": ("its answers may still change", Fate.UNKNOWN),
    "stopped": ("it was broken off", Fate.UNKNOWN),
    "entered-in-error": ("entered in error", Fate.IGNORED),
}
_UNKNOWN_STATUS = ("its status is not one whose answers count", Fate.UNKNOWN)
_LIMITS = ("low", "high")


class Spoken(Found):
    """A patient of whom there is no resource, only a response that speaks of him."""


def stand_in(found: Found) -> Spoken | None:
    """The patient whom a response is about, as far as the response itself names him."""
    subject = found.data.get("subject")
    target = subject.get("reference") if isinstance(subject, dict) else None
    if not isinstance(target, str):
        return None
    kind, _, id = target.partition("/_history/")[0].rpartition("/")
    if kind.rpartition("/")[2] != "Patient" or not id:
        return None
    url = target if "://" in target else None
    data = {"resourceType": "Patient", "id": id}
    return Spoken(f"{found.place}: subject", "Patient", data, url, found.bundle)


def read_response(response: QuestionnaireResponse, place: Place, context: Context) -> None:
    """File the answers, fact by fact; what is wrong with one of them concerns the patient.

    Raises:
        Refused: it answers another questionnaire, its answers do not count, or it has no day.
    """
    if not (response.questionnaire or "").startswith(QUESTIONNAIRE):
        reason = f"it answers {quoted(response.questionnaire)}, not a trial's questionnaire"
        raise Refused(reason, "`screener export --to questionnaire` writes one", Fate.IGNORED)
    reason, fate = _STATUSES.get(response.status or "", _UNKNOWN_STATUS)
    if fate is not Fate.MAPPED:
        raise Refused(reason, fate=fate)
    written = day_of(response.authored)
    if written is None:
        hint = "what it says without a date is said on that day: give `authored`"
        raise Refused("it does not say when it was written", hint)
    visit = Visit(written.days, written.text)
    gathered = _Gathered(context, place)
    for item in response.item:
        gathered.item(item)
    for name, said in gathered.facts.items():
        fact = context.vocabulary[name]
        # What is said of a history is said when it is written down; a result has its own day.
        stated = fact.kind in (Kind.CUMULATIVE, Kind.EVENT) or isinstance(fact.derived, AgeOf)
        there = f"{place.text}: {name}"
        read_fact(fact, said, visit if stated else None, there, context.account.draft)
        context.account.note(there, Fate.MAPPED, fact=name)


class _Gathered:
    """The records of a response, fact by fact."""

    def __init__(self, context: Context, place: Place) -> None:
        self._context = context
        self._place = place
        self.facts: dict[str, dict[str, Any]] = {}

    def item(self, item: Item) -> None:
        """One item at the top: the record of a fact, or up to when the history of one is known."""
        name, _, word = (item.link_id or "").partition(".")
        fact = self._context.vocabulary.get(name)
        there = f"{self._place.text}: {item.link_id}"
        if fact is None or word not in ("", COMPLETE_TO):
            reason = f"no fact is called {quoted(item.link_id)}"
            self._context.account.note(there, Fate.UNKNOWN, reason)
            return
        try:
            if word:
                answer = _only(item)
                if answer is not None:
                    self._said(fact)[COMPLETE_TO] = _plain(answer)
                return
            words = dict(self._words(item, fact))
            if words:
                self._said(fact)["records"].append({**words, "source": self._place.source})
        except Refused as refused:
            # A record that is left out could be the one that matters: as in a profile, it counts
            # against the whole.
            fault = Fault(there, refused.reason, refused.hint)
            self._context.account.draft.faults.found.append(fault)

    def _said(self, fact: Fact) -> dict[str, Any]:
        return self.facts.setdefault(fact.name, {"records": []})

    def _words(self, group: Item, fact: Fact) -> Iterator[tuple[str, object]]:
        limits: dict[str, object] = {}
        for item in group.item:
            answer = _only(item)
            word = (item.link_id or "").removeprefix(link(fact.name, ""))
            if answer is None:
                continue
            shape = fact.shape if word == VALUE else fact.attributes.get(word)
            if word in _LIMITS:
                limits[word] = _plain(answer)
            elif shape is None:
                yield word, _code(answer, ABSENCES) if word == "absent" else _plain(answer)
            else:
                said = _shaped(answer, shape, fact.name if word == VALUE else f"{fact.name}.{word}")
                if word == VALUE:
                    yield from said.items()
                else:
                    yield word, said
        if limits:
            yield "reference_range", limits


def _only(item: Item) -> Answer | None:
    """The one answer of an item; None where it is not answered."""
    if item.item or any(one.item for one in item.answer):
        raise Refused(f"there are items under {quoted(item.link_id)}")
    if len(item.answer) > 1:
        raise Refused(f"{quoted(item.link_id)} has {len(item.answer)} answers")
    return item.answer[0] if item.answer else None


def _shaped(answer: Answer, shape: Shape, name: str) -> dict[str, object]:
    """`value`, and `unit` and `comparator` where there are any."""
    if answer.value_quantity is not None:
        return quantity_words(answer.value_quantity)
    if answer.value_coding is not None:
        return {"value": _code(answer, values_of(name))}
    return {"value": _plain(answer)}


def _code(answer: Answer, system: str) -> str:
    coding = answer.value_coding
    if coding is None or coding.system != system or coding.code is None:
        raise Refused(f"an answer that is no code of {quoted(system)}")
    return coding.code


def _plain(answer: Answer) -> object:
    kinds = (
        answer.value_boolean,
        answer.value_decimal,
        answer.value_integer,
        answer.value_date,
        answer.value_string,
    )
    said = [one for one in kinds if one is not None]
    if len(said) != 1:
        raise Refused("an answer of a kind that is not read")
    return said[0]


def spoken_of(patients: list[Found], responses: list[Found]) -> list[Spoken]:
    """The patients whom only a response speaks of, each once."""
    there = {one.id for one in patients} | {one.url for one in patients}
    found: dict[str | None, Spoken] = {}
    for one in responses:
        patient = stand_in(one)
        if patient is not None and not {patient.id, patient.url} & (there - {None}):
            found.setdefault(patient.url or patient.id, patient)
    return list(found.values())
