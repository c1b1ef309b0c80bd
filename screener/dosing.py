"""What the arms give a patient: the amounts that the source states, worked out where it says how.

Arithmetic for the binder, never a prescription. Nothing is rounded, and no formula is chosen that
the source does not name. Source: semantics 13.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from screener.causes import Cause
from screener.explanation import because_of
from screener.finding import leaves_of
from screener.interpreters.evaluate import evaluate
from screener.interpreters.prose import dose_words, stated_amount, worked_out
from screener.ir import Arm, Dose, Protocol, Test
from screener.quantities import EXACT, Number, Range, decimal_text
from screener.result import Amount, ArmResult, Because, DoseResult, StatedArm
from screener.selection.selected import Selected
from screener.selection.uses import facts_of
from screener.vocabulary import Vocabulary


def stated_arms(protocol: Protocol, vocabulary: Vocabulary) -> tuple[StatedArm, ...]:
    """All arms with what their source says of each dose: the same for every patient."""
    return tuple(
        StatedArm(
            arm.id, arm.title, tuple(_stated(dose, protocol, vocabulary) for dose in arm.doses)
        )
        for arm in protocol.arms
    )


def arms_of(
    stated: Sequence[StatedArm], protocol: Protocol, vocabulary: Vocabulary, now: Sequence[Selected]
) -> tuple[ArmResult, ...]:
    """All arms with their doses for one patient, whose selections are `now`.

    `stated`: what `stated_arms` makes of the protocol, once for all patients.
    """
    given: list[ArmResult] = []
    for one, arm in zip(stated, protocol.arms, strict=True):
        if all([dose.per is None for dose in arm.doses]):
            given.append(one)
            continue
        doses = zip(one.doses, arm.doses, strict=True)
        given.append(
            ArmResult(
                one.id,
                one.title,
                tuple(_dose(told, dose, protocol, vocabulary, now) for told, dose in doses),
            )
        )
    return tuple(given)


def arm_words(arm: Arm, protocol: Protocol, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What an arm gives, a sentence a dose, without a patient."""
    return tuple(f"{dose_words(dose, _measure(dose, protocol, vocabulary))}." for dose in arm.doses)


def measure_of(dose: Dose, protocol: Protocol) -> str | None:
    """The fact that the amount of a dose is multiplied by, if it is by one that is named."""
    return None if dose.per is None else next(facts_of(protocol.selections[dose.per.slot]))


def _measure(dose: Dose, protocol: Protocol, vocabulary: Vocabulary) -> str | None:
    fact = measure_of(dose, protocol)
    return None if fact is None else vocabulary[fact].label


def _stated(dose: Dose, protocol: Protocol, vocabulary: Vocabulary) -> DoseResult:
    """A dose as its source states it, before it is worked out for a patient."""
    amount = None
    if dose.size is None and dose.unit is not None:
        amount = _amount(Range(dose.low, dose.high), dose.unit)
    return DoseResult(
        drug=dose.drug,
        option=dose.option,
        stated=stated_amount(dose),
        route=dose.route,
        schedule=dose.schedule,
        formula=measure_of(dose, protocol),
        amount=amount,
        cause=None,
        missing=(),
        because=(),
        sentence=f"{dose_words(dose, _measure(dose, protocol, vocabulary))}.",
    )


def _dose(
    told: DoseResult,
    dose: Dose,
    protocol: Protocol,
    vocabulary: Vocabulary,
    now: Sequence[Selected],
) -> DoseResult:
    """A dose for one patient; `told`: as it is stated."""
    if dose.per is None:
        return told
    assert dose.unit is not None, "INVARIANT: what is multiplied is an amount in a unit"
    found = now[dose.per.slot]
    size = _hull(found)
    exact = size.low is not None and size.low == size.high
    amount = _times(dose, size)
    known = None if size == Range(None, None) else amount
    cause = None if exact else found.cause or Cause.IMPRECISE
    lacks = [] if cause is None else [(one.fact, one.cause or cause) for one in found.lacks]
    label = _measure(dose, protocol, vocabulary) or ""
    sentence = worked_out(
        dose, label, size, known, [(vocabulary[fact].label, why) for fact, why in lacks]
    )
    return told._replace(
        amount=None if known is None else _amount(known, dose.unit),
        cause=cause,
        missing=tuple(dict.fromkeys(fact for fact, _ in lacks)),
        because=_because(dose.per, protocol, now),
        sentence=f"{told.sentence} {sentence}.",
    )


def _hull(found: Selected) -> Range:
    """The least and the most of all that the fact may be."""
    values = [one for one in found.values if isinstance(one, Range)]
    if not values or found.short:
        return Range(None, None)
    lows, highs = [one.low for one in values], [one.high for one in values]
    return Range(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
    )


def _times(dose: Dose, size: Range) -> Range:
    """The amounts over all that the fact may be, none above the most of one dose."""
    low, high = _product(dose.low, size.low), _product(dose.high, size.high)
    if dose.cap is None:
        return Range(low, high)
    return Range(
        None if low is None else min(low, dose.cap),
        dose.cap if high is None else min(high, dose.cap),
    )


def _product(number: Decimal | None, size: Number | None) -> Decimal | None:
    if number is None or size is None:
        return None
    assert isinstance(size, Decimal), "INVARIANT: a measured quantity is a decimal"
    return EXACT.multiply(number, size)


def _amount(numbers: Range, unit: str) -> Amount:
    low, high = numbers.low, numbers.high
    return Amount(
        None if low is None else decimal_text(low),
        None if high is None else decimal_text(high),
        unit,
    )


def _because(per: Test, protocol: Protocol, now: Sequence[Selected]) -> tuple[Because, ...]:
    leaves = leaves_of(evaluate(per, now))
    return because_of([(leaf, protocol.selections[per.slot], now[per.slot]) for leaf in leaves])
