"""What a record states in fields of its own (ages, sex, volunteers), as items of a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from screener.registry.lines import Side
from screener.registry.proposals import Ages
from screener.registry.records import Record
from screener.rules.writing import Data
from screener.vocabulary import Vocabulary

_YEARS = re.compile(r"(\d{1,3}) Years?", re.IGNORECASE)
_NO_LIMIT = ("", "n/a", "none")


class Item(NamedTuple):
    """A criterion of the draft or an entry of `not_encoded`, and where it goes."""

    name: str
    side: Side
    stage: str
    words: Mapping[str, Data]


def ages_of(record: Record) -> Ages:
    """The limits of age that the record states in years."""
    return Ages(_years(record.least_age), _years(record.greatest_age))


def _years(text: str | None) -> Decimal | None:
    match = _YEARS.fullmatch((text or "").strip())
    return None if match is None else Decimal(match[1])


def fields_of(
    record: Record, vocabulary: Vocabulary, ages: Ages, *, agreed: bool = True
) -> Iterator[Item]:
    """The items that the fields make, those without a limit for `not_encoded`.

    `agreed`: no line of the criteria states other ages than the fields.
    """
    for name, text, word, limit in (
        ("Minimum age", record.least_age, "at_least", ages.low),
        ("Maximum age", record.greatest_age, "at_most", ages.high),
    ):
        if text is not None:
            yield _age(name, text, word, limit, vocabulary, agreed)
    if record.sex is not None:
        yield _sex(record, record.sex, vocabulary)
    if record.healthy_volunteers is not None:
        said = "Yes" if record.healthy_volunteers else "No"
        reason = (
            "No limit: people without the disease may take part."
            if record.healthy_volunteers
            else "Who has the disease is said by the criteria."
        )
        yield _left("Healthy volunteers", f"Accepts healthy volunteers: {said}", reason)
    if record.population:
        yield _open("Study population", f"Study population: {one_line(record.population)}")


def _age(
    name: str, text: str, word: str, limit: Decimal | None, vocabulary: Vocabulary, agreed: bool
) -> Item:
    shown = f"{name}: {text}"
    if text.strip().lower() in _NO_LIMIT:
        return _left(name, shown, "The record states no limit.")
    fact = vocabulary.get("age")
    why = None
    if not agreed:
        why = "a line of the criteria states another age"
    elif limit is None:
        why = "the age is not stated in years"
    elif fact is None or fact.shape.unit != "a":
        why = "the vocabulary has no `age` in years"
    if why is not None:
        return _open(name, shown, note=f"No rule is proposed: {why}.")
    reading = "Age in completed years; the limit itself counts."
    return _open(name, shown, reading=reading, rule={"fact": "age", word: f"{limit} a"})


def _sex(record: Record, sex: str, vocabulary: Vocabulary) -> Item:
    name, text = "Sex", f"Sex: {sex}"
    if record.sex_is_gender:
        gender = f" ({one_line(record.gender_note)})" if record.gender_note else ""
        note = "No rule is proposed: the record means gender, which is not the recorded sex."
        return _open(name, f"{text}, by gender{gender}", note=note)
    value = sex.strip().lower()
    if value in ("all", "both"):
        return _left(name, text, "No limit.")
    fact = vocabulary.get("sex")
    if value not in ("female", "male") or fact is None or value not in fact.shape.values:
        return _open(name, text, note="No rule is proposed: the vocabulary has no such `sex`.")
    return _open(name, text, rule={"fact": "sex", "is": value})


def _open(name: str, text: str, **more: Data) -> Item:
    identifier = name.replace(" ", "-")
    words = {"id": identifier, "text": text, "source": name, "draft": True, **more}
    return Item(name, Side.INCLUSION, "", words)


def _left(name: str, text: str, reason: str) -> Item:
    return Item(name, Side.INCLUSION, "", {"text": text, "source": name, "reason": reason})


def one_line(text: str | None) -> str:
    """The text without its line breaks."""
    return " ".join((text or "").split())
