"""The value of an observation or a component, as the words of a record of the one fact it is about.

It decides which kinds of values can speak of which types of facts, and which unit is meant. Whether
the unit suits the fact, and the conversion, are those of every other form.
"""

from __future__ import annotations

from collections.abc import Mapping

from screener import units
from screener.intake.faults import listed, quoted
from screener.intake.fhir.absence import reason_of
from screener.intake.fhir.codings import YES_OR_NO, CodeIndex, Meaning, said
from screener.intake.fhir.dates import Stretch, day_of, stretch_of
from screener.intake.fhir.models import Concept, Measured, Quantity, Range, Ratio
from screener.intake.fhir.refused import Refused
from screener.intake.known import Between
from screener.intake.report import Fate
from screener.vocabulary import Fact, Type

_UCUM = "http://unitsofmeasure.org"
_NUMERIC = (Type.QUANTITY, Type.NUMBER)
#: The kind of a limit that says what is normal; a limit without a kind says so too.
_NORMAL = ("http://terminology.hl7.org/CodeSystem/referencerange-meaning", "normal")
_KINDS = {
    "value_quantity": "valueQuantity",
    "value_codeable_concept": "valueCodeableConcept",
    "value_string": "valueString",
    "value_boolean": "valueBoolean",
    "value_integer": "valueInteger",
    "value_range": "valueRange",
    "value_ratio": "valueRatio",
    "value_date_time": "valueDateTime",
    "value_period": "valuePeriod",
    "value_time": "valueTime",
    "value_sampled_data": "valueSampledData",
    "value_attachment": "valueAttachment",
    "value_reference": "valueReference",
}


def value_words(measured: Measured, meaning: Meaning, codes: CodeIndex) -> dict[str, object]:
    """`value`, `unit`, `comparator`, or `absent`; for an event that happened, its days.

    Raises:
        Refused: where the value does not speak of the fact.
    """
    fact = meaning.fact
    kinds = [kind for kind in _KINDS if getattr(measured, kind) is not None]
    if len(kinds) > 1:
        raise Refused(f"it has several values: {listed(_KINDS[kind] for kind in kinds)}")
    if measured.data_absent_reason is not None:
        if kinds:
            raise Refused("it has a value, and a reason why there is none")
        return {"absent": reason_of(measured.data_absent_reason).value}
    if not meaning.asks:
        return _found(measured, meaning, kinds)
    if not kinds:
        raise Refused(
            "it has neither a value nor a reason why there is none",
            "give `value[x]`, or `dataAbsentReason`",
        )
    if fact.shape.type in _NUMERIC:
        return _number_words(measured, kinds[0])
    if fact.shape.type in (Type.CODE, Type.ORDINAL):
        return {"value": _code(measured, kinds[0], fact, codes)}
    if fact.shape.type is Type.BOOLEAN:
        return {"value": _answer(measured, kinds[0], fact, codes)}
    when = _when(measured, kinds[0])
    if fact.shape.type is Type.DATE:
        day = None if when is None else when.some_day()
        if day is None:
            raise _wrong(kinds[0], fact, "give `valueDateTime`")
        return {"value": day}
    if when is not None:
        return {word: day for word, day in zip(("start", "end"), when, strict=True) if day}
    if not _answer(measured, kinds[0], fact, codes):
        reason = "a no of one day does not speak of the whole history"
        raise Refused(reason, fate=Fate.IGNORED)
    return {}


def limit_words(measured: Measured) -> tuple[dict[str, object], str | None]:
    """The reference range, and why there is none although some is written."""
    usable = [
        one
        for one in measured.reference_range
        if (one.low or one.high) and (one.type is None or _is_normal(one.type))
    ]
    if not usable:
        return {}, "its reference range is not in numbers" if measured.reference_range else None
    if len(usable) > 1:
        return {}, "it has several reference ranges"
    limits: dict[str, object] = {}
    for word, limit in (("low", usable[0].low), ("high", usable[0].high)):
        if limit is not None and limit.value is not None:
            if limit.comparator is not None:
                return {}, "its reference range has a comparator"
            try:
                unit = unit_of(limit)
            except Refused as refused:
                return {}, f"its reference range: {refused.reason}"
            limits[word] = {"value": limit.value} | ({"unit": unit} if unit else {})
    return ({"reference_range": limits} if limits else {}), None


def unit_of(quantity: Quantity) -> str | None:
    """The unit of a quantity: its code in UCUM, else its text; None where there is none.

    Raises:
        Refused: if the code is of another system, or means another unit than the text.
    """
    if quantity.system not in (None, _UCUM):
        raise Refused(
            f"the unit {quoted(quantity.code or quantity.unit)} is of {quoted(quantity.system)}",
            f"give units in UCUM (`{_UCUM}`)",
        )
    code, text = quantity.code, quantity.unit
    if quantity.system is None:
        # Without its system the code is one more text.
        code, text = (text, code) if text else (code, None)
    if code and text and _differ(code, text):
        raise Refused(
            f"its unit is {quoted(code)} and {quoted(text)} at once", "correct it at its source"
        )
    chosen = code or text
    if chosen and chosen.startswith("{") and chosen.endswith("}") and chosen.count("{") == 1:
        # In UCUM a remark in braces by itself is the unit one.
        return "1" if units.canonical(chosen) is None else chosen
    return chosen


def _differ(code: str, text: str) -> bool:
    """Whether both are known, measure the same and are not the same."""
    one, other = units.canonical(code), units.canonical(text)
    if one is None or other is None or one == other:
        return False
    return (
        units.dimension(one) == units.dimension(other) and units.factors_into(one).get(other) != 1
    )


def _number_words(measured: Measured, kind: str) -> dict[str, object]:
    if measured.value_quantity is not None:
        return quantity_words(measured.value_quantity)
    if measured.value_integer is not None:
        return {"value": measured.value_integer}
    if measured.value_string is not None:
        return {"value": measured.value_string}
    if measured.value_range is not None:
        return _range_words(measured.value_range)
    if measured.value_ratio is not None:
        return _ratio_words(measured.value_ratio)
    raise Refused(f"{quoted(_KINDS[kind])} is not a number", "give `valueQuantity`")


def quantity_words(quantity: Quantity) -> dict[str, object]:
    """`value`, with `unit` and `comparator` where there are any.

    Raises:
        Refused: if it has no value, or a unit that is not one.
    """
    if quantity.value is None:
        raise Refused("a quantity without a value")
    words: dict[str, object] = {"value": quantity.value, "unit": unit_of(quantity)}
    if quantity.comparator is not None:
        words["comparator"] = quantity.comparator
    return {word: part for word, part in words.items() if part is not None}


def _range_words(between: Range) -> dict[str, object]:
    low, high = between.low, between.high
    for end in (low, high):
        if end is not None and (end.value is None or end.comparator is not None):
            raise Refused("a range between anything but two numbers")
    if low is None or high is None:
        end, comparator = (low, ">=") if low is not None else (high, "<=")
        if end is None:
            raise Refused("a range without limits")
        return {**quantity_words(end), "comparator": comparator}
    # One of the ends may leave its unit to the other.
    found = {unit for unit in map(unit_of, (low, high)) if unit}
    if len({units.canonical(unit) or unit for unit in found}) > 1:
        raise Refused(f"a range between two units, {listed(sorted(found))}")
    words: dict[str, object] = {"value": Between(low.value, high.value)}
    return words | ({"unit": min(found)} if found else {})


def _ratio_words(ratio: Ratio) -> dict[str, object]:
    above, below = ratio.numerator, ratio.denominator
    if above is None or below is None or below.value != 1 or below.comparator is not None:
        raise Refused("a ratio to anything but one is not read", "give `valueQuantity`")
    words = quantity_words(above)
    denominator = unit_of(below)
    if denominator in (None, "1"):
        return words
    return {**words, "unit": f"{words.get('unit', '1')}/{denominator}"}


def _code(measured: Measured, kind: str, fact: Fact, codes: CodeIndex) -> object:
    concept = measured.value_codeable_concept
    if concept is not None:
        value = codes.answer(fact, concept)
        if value is None:
            raise _unknown_answer(concept, fact)
        return value
    ranked = fact.shape.type is Type.ORDINAL
    if ranked and measured.value_integer is not None:
        return measured.value_integer
    quantity = measured.value_quantity
    if ranked and quantity is not None and quantity.value is not None:
        if quantity.comparator is None and unit_of(quantity) in (None, "1", "{score}"):
            return quantity.value
        raise Refused("a grade with a unit or a comparator")
    raise _wrong(kind, fact, "give a coded value; a text is never matched")


def _answer(measured: Measured, kind: str, fact: Fact, codes: CodeIndex) -> bool:
    if measured.value_boolean is not None:
        return measured.value_boolean
    concept = measured.value_codeable_concept
    if concept is None:
        raise _wrong(kind, fact, "give `valueBoolean`, or a coded yes or no")
    value = codes.answer(fact, concept)
    if value is not None:
        return value == "true"
    answers = {
        YES_OR_NO[coding.system, coding.code]
        for coding in concept.coding
        if coding.system is not None
        and coding.code is not None
        and (coding.system, coding.code) in YES_OR_NO
    }
    if len(answers) != 1:
        raise _unknown_answer(concept, fact)
    return answers.pop()


def _found(measured: Measured, meaning: Meaning, kinds: list[str]) -> dict[str, object]:
    """An observation whose own code says what was found: beside it at most a yes."""
    yes = not kinds or measured.value_boolean is True
    if measured.value_codeable_concept is not None:
        yes = any(
            YES_OR_NO.get((one.system or "", one.code or ""), False)
            for one in measured.value_codeable_concept.coding
        )
    value = meaning.value()
    if not yes or value is None:
        raise Refused(
            f"its code means {quoted(value)} of {quoted(meaning.fact.name)}, and it has a value too"
        )
    return finding(meaning, value)


def finding(meaning: Meaning, value: str | None) -> dict[str, object]:
    """The words for what a coding says by itself: a yes, or the value it stands for.

    Raises:
        Refused: where it only names the question.
    """
    if meaning.fact.shape.type is Type.BOOLEAN:
        return {"value": value != "false"}
    if meaning.fact.shape.type is Type.EVENT:
        if value == "false":
            raise Refused("its code says that there was none, and up to when is not said")
        return {}
    if meaning.fact.shape.type in (Type.CODE, Type.ORDINAL) and value is not None:
        return {"value": value}
    raise Refused(f"its code asks for {quoted(meaning.fact.name)} and does not answer")


def _when(measured: Measured, kind: str) -> Stretch | None:
    if measured.value_date_time is not None:
        day = day_of(measured.value_date_time)
        return Stretch(day, day)
    return stretch_of(measured.value_period) if kind == "value_period" else None


def _is_normal(concept: Concept) -> bool:
    return any((one.system, one.code) == _NORMAL for one in concept.coding)


def _unknown_answer(concept: Concept, fact: Fact) -> Refused:
    return Refused(
        f"{said(concept)} stands for no value of {quoted(fact.name)}",
        "list the code under `codes` of a mapping file; a text is never matched",
        Fate.UNKNOWN,
    )


def _wrong(kind: str, fact: Fact, hint: str) -> Refused:
    return Refused(f"{quoted(_KINDS[kind])} gives no value of {quoted(fact.name)}", hint)


#: What is looked at and not used, by the name that FHIR gives it.
ASIDE: Mapping[str, str] = {"method": "method", "specimen": "specimen", "body_site": "bodySite"}
