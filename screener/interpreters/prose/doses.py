"""Words for what an arm gives, and for how an amount was worked out.

They restate the source and the arithmetic on it; they advise nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from screener.causes import Cause
from screener.interpreters.prose.recorded import CAUSE_WORDS
from screener.ir import Dose, Size
from screener.quantities import Number, Range, decimal_text

#: What a source that names no formula leaves open.
_SIZE = {Size.SURFACE: "formula for body surface", Size.WEIGHT: "weight to use"}


def unit_of_dose(unit: str) -> str:
    """A unit as protocols write it: `MIU` for UCUM's `M[iU]`."""
    return unit.replace("[iU]", "IU")


def stated_amount(dose: Dose) -> str:
    """The amount as the source states it: `10 MIU/m2`, `2 to 4 mg`."""
    if dose.low is None or dose.high is None or dose.unit is None:
        return dose.as_printed or ""
    under = "" if dose.size is None else f"/{dose.size.value}"
    return f"{_ends(dose.low, dose.high)} {unit_of_dose(dose.unit)}{under}"


def dose_words(dose: Dose, measure: str | None) -> str:
    """What is given, as a sentence without its stop.

    `measure`: the label of the fact that the amount is multiplied by.
    """
    return "; ".join(_said(dose, measure))


def _said(dose: Dose, measure: str | None) -> Iterator[str]:
    option = "" if dose.option is None else f"{dose.option}: "
    yield f"{option}{dose.drug}, {', '.join(_given(dose))}"
    if dose.as_printed is not None:
        yield "the amount is as printed, and nothing is worked out with it"
    elif dose.size is not None:
        yield (
            f"the source names no {_SIZE[dose.size]}, so no amount is worked out"
            if measure is None
            else f"worked out with {measure}"
        )
    if dose.cap is not None and dose.unit is not None:
        yield f"at most {decimal_text(dose.cap)} {unit_of_dose(dose.unit)} at a time"


def _given(dose: Dose) -> Iterator[str]:
    yield stated_amount(dose)
    yield from (words for words in (dose.route, dose.schedule) if words)


def worked_out(
    dose: Dose,
    measure: str,
    size: Range,
    amount: Range | None,
    lacking: Iterable[tuple[str, Cause]],
) -> str:
    """The arithmetic of one amount: `10 MIU/m2 x 1.81 m2 (…) = 18.1 MIU`.

    Args:
        dose: an amount per square metre or kilogram, with its formula.
        measure: the label of the fact it is multiplied by.
        size: what that fact may be.
        amount: what comes of it; None if nothing does.
        lacking: the labels of the facts that would make it exact, and why they do not.
    """
    assert dose.size is not None, "INVARIANT: only what is measured by the patient"
    if amount is None:
        text = f"{stated_amount(dose)} x {measure}: cannot be worked out"
    else:
        capped = dose.cap is not None and dose.cap == amount.high
        limit = ", the most of one dose" if capped else ""
        text = (
            f"{stated_amount(dose)} x {_range(size)} {dose.size.value} ({measure}) = "
            f"{_range(amount)} {unit_of_dose(dose.unit or '')}{limit}"
        )
    why = [f"{label}: {CAUSE_WORDS[cause]}" for label, cause in lacking]
    return "; ".join([text, *why])


def _range(numbers: Range) -> str:
    low, high = numbers.low, numbers.high
    if low is not None and high is not None:
        return _ends(low, high)
    if low is not None:
        return f"at least {decimal_text(low)}"
    return "any number" if high is None else f"at most {decimal_text(high)}"


def _ends(low: Number, high: Number) -> str:
    return decimal_text(low) if low == high else f"{decimal_text(low)} to {decimal_text(high)}"
