"""The facts that the tests of the intake speak of, declared as Python objects."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from screener.units import factors_into
from screener.vocabulary import AgeOf, Fact, Kind, Shape, Type


def quantity(unit: str, plausible: tuple[str, str] | None = None, **analyte: str) -> Shape:
    """A quantity; `analyte` gives factors that only this analyte has, as in `mg_dL="17.1"`."""
    accepted = dict(factors_into(unit))
    accepted |= {name.replace("_", "/"): Decimal(factor) for name, factor in analyte.items()}
    limits = None if plausible is None else (Decimal(plausible[0]), Decimal(plausible[1]))
    return Shape(Type.QUANTITY, unit, accepted, plausible=limits)


BOOLEAN = Shape(Type.BOOLEAN)
DATE = Shape(Type.DATE)
NUMBER = Shape(Type.NUMBER)
ANY_CODE = Shape(Type.CODE)
EVENT = Shape(Type.EVENT)

_FACTS = (
    Fact("sex", Shape(Type.CODE, values=("male", "female")), Kind.FIXED, "Sex"),
    Fact("birth_date", DATE, Kind.FIXED, "Birth date"),
    Fact("resection", DATE, Kind.FIXED, "Resection"),
    Fact(
        "age",
        quantity("a", ("0", "120")),
        Kind.OBSERVATION,
        "Age",
        derived=AgeOf("birth_date"),
    ),
    Fact("platelets", quantity("10*9/L", ("0", "5000")), Kind.OBSERVATION, "Platelets"),
    Fact("bilirubin", quantity("umol/L", mg_dL="17.1"), Kind.OBSERVATION, "Bilirubin"),
    Fact("alt", quantity("U/L"), Kind.OBSERVATION, "ALT"),
    Fact("afp", quantity("ng/mL"), Kind.OBSERVATION, "AFP"),
    Fact("inr", NUMBER, Kind.OBSERVATION, "INR"),
    Fact("pregnant", BOOLEAN, Kind.OBSERVATION, "Pregnancy"),
    Fact("stroke", BOOLEAN, Kind.CUMULATIVE, "Stroke"),
    Fact("ecog", Shape(Type.ORDINAL, values=("0", "1", "2", "3", "4")), Kind.OBSERVATION, "ECOG"),
    Fact(
        "histology",
        Shape(
            Type.CODE,
            values=("carcinoma", "hcc", "icc", "other"),
            children={"carcinoma": frozenset({"hcc", "icc", "perihilar_icc"})},
        ),
        Kind.FIXED,
        "Histology",
    ),
    Fact("able", BOOLEAN, Kind.OBSERVATION, "Able to understand", asked_of="investigator"),
    Fact(
        "antibiotic",
        EVENT,
        Kind.EVENT,
        "Antibiotic",
        attributes={
            "drug": ANY_CODE,
            "route": Shape(Type.CODE, values=("oral", "intravenous")),
            "dose": quantity("mg", ("0", "10000")),
            "approved": BOOLEAN,
        },
    ),
    Fact(
        "lesion",
        Shape(Type.CODE, values=("target", "other")),
        Kind.OBSERVATION,
        "Lesion",
        attributes={"diameter": quantity("cm"), "seen": DATE},
    ),
    Fact("relapse", EVENT, Kind.EVENT, "Relapse", asked_of="investigator"),
)

VOCABULARY: Mapping[str, Fact] = {fact.name: fact for fact in _FACTS}
