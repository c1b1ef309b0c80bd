"""What a fact is: its type, unit, codes, kind and cost, as declared data.

Reading declarations from a file is `rules.declarations`; here is only their shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from screener.diagnostics import Span
from screener.quantities import Condition
from screener.terms import Term


class Type(Enum):
    """What a value of the fact looks like."""

    QUANTITY = "quantity"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CODE = "code"
    ORDINAL = "ordinal"
    DATE = "date"
    EVENT = "event"


class Kind(Enum):
    """How a fact behaves in time (semantics section 6)."""

    FIXED = "fixed"
    CUMULATIVE = "cumulative"
    OBSERVATION = "observation"
    EVENT = "event"


class Cost(Enum):
    """What it takes to get a fact, cheapest first."""

    CHART = "chart"
    ASKED = "asked"
    BLOOD_DRAW = "blood_draw"
    IMAGING = "imaging"
    BIOPSY = "biopsy"


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a public code system, and the value it stands for (None: a yes).

    `resource`: the only FHIR resource in which it stands for the fact; a substance, for example,
    stands for an allergy in an `AllergyIntolerance` and nowhere else.
    """

    system: str
    code: str
    value: str | None = None
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of a value, shared by facts and attributes of records.

    `unit` is the UCUM unit that values are kept in (`1` for plain numbers); `accepted` maps every
    other unit a value may come in to the exact factor into `unit`. `children` maps a code to the
    codes beneath it; an empty `values` accepts any code.
    """

    type: Type
    unit: str = "1"
    accepted: Mapping[str, Decimal] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    children: Mapping[str, frozenset[str]] = field(default_factory=dict)
    plausible: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class AgeOf:
    """Derived: completed years since a date fact."""

    birth: str


@dataclass(frozen=True, slots=True)
class DerivedBand:
    """Values in `when` (in the unit of the part) score `points` or are called `grade`."""

    when: Condition
    points: int | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class PointsTable:
    """Derived: the sum of points over facts, each with bands that cover all its values."""

    parts: tuple[tuple[str, tuple[DerivedBand, ...]], ...]


@dataclass(frozen=True, slots=True)
class DerivedInput:
    """An input of a formula: a fact in units of which one is `factor` of those it is kept in.

    `times`: as a multiple of its own `ULN` or `LLN` instead.
    """

    fact: str
    factor: Decimal = Decimal(1)
    times: str | None = None


@dataclass(frozen=True, slots=True)
class Calculated:
    """Derived: the number that `term` makes of the inputs, rounded to so many decimals."""

    inputs: tuple[DerivedInput, ...]
    term: Term
    decimals: int


@dataclass(frozen=True, slots=True)
class DerivedRow:
    """The fact is `value` where every test holds: the fact of that place among the inputs."""

    tests: tuple[tuple[int, Condition], ...]
    value: str | bool


@dataclass(frozen=True, slots=True)
class Tabled:
    """Derived: the value of the first row that holds; the last has no test."""

    inputs: tuple[str, ...]
    rows: tuple[DerivedRow, ...]


@dataclass(frozen=True, slots=True)
class Grading:
    """Derived: the grade of another fact by bands."""

    of: str
    bands: tuple[DerivedBand, ...]


Derivation: TypeAlias = AgeOf | PointsTable | Calculated | Tabled | Grading


@dataclass(frozen=True, slots=True)
class Fact:
    """One declared fact.

    `absence_is_no`: no record means it did not happen. `asked_of`: who has to be asked, for a
    judgement. `worse`: the direction in which values get worse (`high`, `low` or None).
    """

    name: str
    shape: Shape
    kind: Kind
    label: str
    question: str | None = None
    cost: Cost = Cost.CHART
    worse: str | None = None
    codes: tuple[Code, ...] = ()
    attributes: Mapping[str, Shape] = field(default_factory=dict)
    attribute_codes: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)
    absence_is_no: bool = False
    asked_of: str | None = None
    derived: Derivation | None = None
    source: str | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


Vocabulary: TypeAlias = Mapping[str, Fact]
