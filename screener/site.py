"""What a site calls things, what its sources are complete for, and its laboratories' ranges.

Here is only the shape; reading a mapping file is `rules.mapping`, using it is for the intake. The
facts and values it names are those of the vocabulary it was checked against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

#: Columns that are about a row, not about a fact in it.
ROLES = ("patient", "as_of")
#: The column of a long table that names the fact of the row.
FACT = "fact"
#: What may be said of a record beside its value and its attributes: in a wide table behind the
#: name of the fact (`platelets.date`), in a long one a column of this name.
RECORD_WORDS = (
    "value",
    "unit",
    "comparator",
    "date",
    "absent",
    "low",
    "high",
    "laboratory",
    "status",
    "source",
    "by",
    "start",
    "end",
    "ongoing",
    "complete_to",
)
#: The column that a site's own column is mapped to where it is to be left aside.
IGNORED = "ignored"
#: The fact that rows of the table of reference ranges may be for one value of.
SEX = "sex"
#: What a word for absence is mapped to where it says no more than a blank cell.
NOT_GIVEN = "not_given"


class Meaning(NamedTuple):
    """What a code of a code system stands for; `value` None: a yes, or the result beside it."""

    fact: str
    value: str | None = None


class Age(NamedTuple):
    """An age as calendar months (12 to a year) or days since birth; one of the two is 0."""

    months: int
    days: int

    @property
    def rank(self) -> Fraction:
        """Days since birth, a month being a mean one.

        It orders ages that are not within a few days of one another, whatever the birth date.
        """
        return self.months * Fraction(146_097, 4_800) + self.days


class RangeRow(NamedTuple):
    """A row of the site's table of reference ranges: limits, and the results they are for.

    `number`: its place in the table, from 1. `low`, `high`: in the unit of the fact; one may be
    open. The rest narrows, None: whichever. `least`: the age from which on it applies, `below`: the
    age at which it no longer does, on the day of the result. `first`, `last`: the days of the
    results, as ordinals, both included.
    """

    number: int
    low: Decimal | None
    high: Decimal | None
    laboratory: str | None = None
    sex: str | None = None
    least: Age | None = None
    below: Age | None = None
    first: int | None = None
    last: int | None = None


class Complete(NamedTuple):
    """A source that would hold a record of the fact, had there been one, up to a day.

    The day is `to` (an ordinal), or stands in the column called `column`.
    """

    source: str
    to: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """The content of one mapping file; an empty one changes nothing.

    `columns`: a heading of the site to one of ours (`platelets.date`), or `IGNORED`. `facts`: a
    name in the `fact` column of a long table to a fact. `values`: per fact, or `fact.attribute`,
    the site's spellings and the values they stand for (`true` and `false` for yes and no).
    `units`: the unit of a fact, or `fact.attribute`, where none is written. `codes`: by system and
    code. `dates`: the form of its dates (`DD.MM.YYYY`; None: year-month-day). `comma`: decimals
    are written with a comma. `absent`: words in place of a value, and the reason of absence they
    stand for, or `NOT_GIVEN`. `complete`: per fact. `ranges`: per fact, rows of which no two with
    different limits apply to the same result.
    """

    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[tuple[str, str], Meaning] = field(default_factory=dict)
    dates: str | None = None
    comma: bool = False
    absent: Mapping[str, str] = field(default_factory=dict)
    complete: Mapping[str, Complete] = field(default_factory=dict)
    ranges: Mapping[str, tuple[RangeRow, ...]] = field(default_factory=dict)
