"""The table of units: hand-computed conversions, spellings, and a second opinion on every row."""

from __future__ import annotations

import tomllib
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
from ucumvert import PintUcumRegistry

from screener import units

TABLE = units.table()
DIMENSIONS = sorted({row.dimension for row in TABLE.values()})

#: Worked by hand: so many of the first unit are so many of the second.
VECTORS = [
    # Cell counts: 1 L = 1e3 mL = 1e6 uL = 1e6 mm3.
    ("2500", "/uL", "10*9/L", "2.5"),
    ("40000", "/mm3", "10*9/L", "40"),
    ("75000", "10*6/L", "10*9/L", "75"),
    ("112", "10*3/uL", "10*9/L", "112"),
    ("112", "10*3/mm3", "10*9/L", "112"),
    ("3", "10*6/mL", "10*9/L", "3"),
    ("4.7", "10*6/uL", "10*12/L", "4.7"),
    ("4.7", "10*12/L", "10*6/uL", "4.7"),
    ("0.5", "10*9/L", "/uL", "500"),
    ("1", "10*12/L", "10*9/L", "1000"),
    ("8", "10*3/mL", "/uL", "8"),
    # Mass concentrations: 1 g/dL = 10 g/L.
    ("3.9", "g/dL", "g/L", "39"),
    ("39", "g/L", "g/dL", "3.9"),
    ("1.1", "mg/dL", "g/L", "0.011"),
    ("20", "ng/mL", "ug/L", "20"),
    ("400", "pg/mL", "ng/L", "400"),
    ("1.2", "ng/dL", "pg/mL", "12"),
    ("5", "mg/L", "mg/dL", "0.5"),
    ("90", "ug/dL", "ug/L", "900"),
    ("2", "ug/mL", "mg/L", "2"),
    ("3", "pg/dL", "pg/mL", "0.03"),
    # Amounts, enzymes (1 kat = 1 mol/s, so 1 ukat = 60 umol/min = 60 U), international units.
    ("1.5", "mmol/L", "umol/L", "1500"),
    ("250", "pmol/L", "nmol/L", "0.25"),
    ("0.5", "ukat/L", "U/L", "30"),
    ("500", "nkat/L", "U/L", "30"),
    ("37", "U/mL", "kU/L", "37"),
    ("25", "m[iU]/mL", "[iU]/L", "25"),
    ("3", "u[iU]/mL", "m[iU]/L", "3"),
    ("6", "M[iU]", "[iU]", "6000000"),
    # Lengths, masses, volumes, areas.
    ("72", "[in_i]", "cm", "182.88"),
    ("6", "[ft_i]", "m", "1.8288"),
    ("15", "mm", "cm", "1.5"),
    ("150", "[lb_av]", "kg", "68.0388555"),
    ("70000", "g", "kg", "70"),
    ("500", "mL", "L", "0.5"),
    ("30", "cm3", "mL", "30"),
    ("18000", "cm2", "m2", "1.8"),
    # Times and rates.
    ("2", "wk", "d", "14"),
    ("36", "h", "min", "2160"),
    ("450", "ms", "s", "0.45"),
    ("2", "a", "mo", "24"),
    ("1.5", "mL/s", "mL/min", "90"),
    ("1.2", "L/h", "mL/h", "1200"),
    ("1", "/min", "/h", "60"),
    ("2", "/d", "/wk", "14"),
    ("1.2", "m/s", "cm/s", "120"),
    # Ratios and the rest.
    ("42", "%", "L/L", "0.42"),
    ("300", "mg/g", "ug/mg", "300"),
    ("3", "mg/kg", "ug/g", "3"),
    ("30", "mg/mmol", "g/mol", "30"),
    ("25", "kg/m2", "g/m2", "25000"),
    ("1.1", "g/cm2", "g/m2", "11000"),
    ("3.5", "g/d", "mg/d", "3500"),
    ("50", "Gy", "cGy", "5000"),
    ("10", "mCi", "MBq", "370"),
    ("4", "{copies}/uL", "{copies}/mL", "4000"),
]

#: How people and laboratory systems write units.
SPELLINGS = {
    "10*9/L": ["x10^9/L", "10^9/L", "10E9/L", "x10E9/L", "G/L", "10**9/L", "x 10^9/l", "10⁹/L"],
    "10*3/uL": ["K/uL", "k/uL", "K/µL", "K/μL", "K/mcL", "x10E3/uL", "10^3/ul", "Thousand/uL"],
    "10*3/mm3": ["K/mm3", "K/mm^3", "K/mm³", "10^3/mm³"],
    "10*6/uL": ["M/uL", "x10E6/uL", "Million/uL"],
    "10*12/L": ["T/L", "x10¹²/L", "10^12/l", "\u00d7 10^12/L"],
    "/uL": ["cells/uL", "cells/mcL", "/µL", "1/uL", "{cells}/uL"],
    "/mm3": ["/mm^3", "cells/mm³"],
    "umol/L": ["µmol/L", "μmol/L", "umol/l", "µmol/l", "mcmol/L"],
    "ug/L": ["µg/L", "mcg/L", "ug/l"],
    "mg/dL": ["mg/dl", " mg/dL "],
    "g/dL": ["gm/dL", "g/dl"],
    "ug": ["mcg", "µg", "μg"],
    "[iU]/L": ["IU/L", "[IU]/L", "IU/l"],
    "m[iU]/mL": ["mIU/mL", "m[IU]/mL", "mIU/ml"],
    "u[iU]/mL": ["µIU/mL", "uIU/ml"],
    "k[iU]/L": ["kIU/L"],
    "M[iU]": ["MIU"],
    "meq/L": ["mEq/L"],
    "mm[Hg]": ["mmHg", "mm Hg"],
    "mL/min": ["ml/min"],
    "mL/min/{1.73_m2}": [
        "mL/min/1.73m2",
        "ml/min/1.73 m2",
        "mL/min/1.73m²",
        "mL/min/1.73 m^2",
        "mL/min/{1.73m2}",
    ],
    "kg/m2": ["kg/m²", "kg/m^2"],
    "m2": ["m²", "m^2"],
    "cm3": ["cc", "cm³"],
    "a": ["years", "year", "yr", "y"],
    "mo": ["months", "month"],
    "wk": ["weeks", "week"],
    "d": ["days", "day"],
    "h": ["hours", "hr"],
    "Cel": ["°C", "degC"],
    "/min": ["bpm", "beats/min"],
    "mg/d": ["mg/24h", "mg/day", "mg/(24.h)"],
    "1": ["{INR}", "{ratio}"],
    "%": ["percent"],
}

#: Written in earnest, but able to mean two things, or nothing.
REFUSED = [
    "",
    " ",
    "109/L",
    "10 9/L",
    "10*9",
    "x10",
    "K",
    "M",
    "G",
    "C",
    "U",
    "IU/",
    "units",
    "cells",
    "K/m3",
    "MG/DL",
    "GM/DL",
    "Umol/L",
    "mm3/",
    "/L/L",
    "kelvin",
    "F",
    "[degF]",
    "10*9/l/l",
    "10**10**9/L",
    "ULN",
    "x ULN",
    "\u00b5",
    "mg / dL",
]

#: Of the same kind in physics, and yet not interchangeable at the bedside.
APART = [
    ("%", "1"),
    ("%", "mmol/mol"),
    ("mmol/mol", "1"),
    ("g/g", "1"),
    ("L/L", "1"),
    ("mL/min", "mL/min/{1.73_m2}"),
    ("[iU]/L", "U/L"),
    ("{copies}/mL", "/mL"),
    ("meq/L", "mmol/L"),
    ("mo", "d"),
    ("a", "wk"),
    ("mg/dL", "umol/L"),
    ("g/L", "mmol/L"),
    ("kPa", "mm[Hg]"),
    ("mosm/kg", "mosm/L"),
    ("Cel", "1"),
    ("[MET]", "mL/kg/min"),
    ("M[iU]", "mg"),
]


def converted(value: str, unit: str, into: str) -> Decimal:
    return Decimal(value) * units.factors_into(into)[unit]


@pytest.mark.parametrize(("value", "unit", "into", "expected"), VECTORS)
def test_a_value_converts_as_computed_by_hand(
    value: str, unit: str, into: str, expected: str
) -> None:
    assert converted(value, unit, into) == Decimal(expected)


@pytest.mark.parametrize("code", TABLE)
def test_a_code_stands_for_itself(code: str) -> None:
    assert units.canonical(code) == code


@pytest.mark.parametrize(
    ("spelling", "code"), [(text, code) for code, texts in SPELLINGS.items() for text in texts]
)
def test_a_laboratory_spelling_is_understood(spelling: str, code: str) -> None:
    assert units.canonical(spelling) == code


@pytest.mark.parametrize("text", REFUSED)
def test_what_could_mean_two_things_is_not_a_unit(text: str) -> None:
    assert units.canonical(text) is None
    assert units.dimension(text) is None
    assert units.factors_into(text) == {}


@pytest.mark.parametrize(("one", "other"), APART)
def test_units_that_must_not_be_mixed_do_not_convert(one: str, other: str) -> None:
    assert one in TABLE
    assert other in TABLE
    assert one not in units.factors_into(other)
    assert other not in units.factors_into(one)


def test_every_spelling_belongs_to_one_code_only() -> None:
    path = Path(units.__file__).with_name("units.toml")
    data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    rows = [(code, row) for group in data.values() for code, row in group.items()]
    spellings = [code for code, _ in rows]
    spellings += [also for _, row in rows for also in row.get("also", [])]
    assert [text for text, times in Counter(spellings).items() if times > 1] == []
    assert len(rows) == len(TABLE)
    assert set(units.known_units()) == set(spellings)


@pytest.mark.parametrize("code", TABLE)
def test_a_listed_spelling_leads_to_its_code(code: str) -> None:
    assert [units.canonical(text) for text in TABLE[code].also] == [code] * len(TABLE[code].also)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_each_dimension_has_its_base_unit(dimension: str) -> None:
    factors = [row.factor for row in TABLE.values() if row.dimension == dimension]
    assert Decimal(1) in factors
    assert min(factors) > 0


def test_there_and_back_again_is_exact() -> None:
    seen = 0
    for one, other in permutations(TABLE, 2):
        there, back = units.factors_into(other).get(one), units.factors_into(one).get(other)
        if there is not None and back is not None:
            assert there * back == 1, (one, other)
            seen += 1
    assert seen > 300


def test_a_factor_left_out_is_one_that_has_no_end() -> None:
    for one, other in permutations(TABLE, 2):
        if TABLE[one].dimension == TABLE[other].dimension:
            ratio = Fraction(TABLE[one].factor) / Fraction(TABLE[other].factor)
            given = units.factors_into(other).get(one)
            assert (given is None) == (_rest(ratio.denominator) != 1), (one, other)
            assert given is None or Fraction(given) == ratio


def _part(number: int, prime: int) -> int:
    part = 1
    while number % (part * prime) == 0:
        part *= prime
    return part


def _rest(number: int) -> int:
    return number // _part(number, 2) // _part(number, 5)


def test_months_have_no_exact_number_of_years_and_never_become_days() -> None:
    assert dict(units.factors_into("a")) == {}
    assert dict(units.factors_into("mo")) == {"a": Decimal(12)}
    assert "mo" not in units.factors_into("d")


def test_katals_take_units_but_units_do_not_become_katals() -> None:
    assert units.factors_into("U/L")["ukat/L"] == 60
    assert "U/L" not in units.factors_into("ukat/L")


def test_factors_can_be_asked_for_by_any_spelling_and_cannot_be_changed() -> None:
    factors = units.factors_into("x10^9/L")
    assert factors == units.factors_into("10*9/L")
    with pytest.raises(TypeError):
        factors["/L"] = Decimal(1)  # type: ignore[index]


def test_the_dimension_of_a_spelling_is_that_of_its_code() -> None:
    assert units.dimension("K/uL") == units.dimension("10*9/L") == "count_per_volume"


#: Rows that the reader below cannot read, and why: so far it reads all of them.
UNREADABLE: dict[str, str] = {}


@pytest.fixture(scope="module")
def oracle() -> PintUcumRegistry:
    return PintUcumRegistry()


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_an_independent_reader_of_ucum_gives_the_same_factors(
    dimension: str, oracle: PintUcumRegistry
) -> None:
    codes = [code for code, row in TABLE.items() if row.dimension == dimension]
    readable = [code for code in codes if code not in UNREADABLE]
    read = {code: oracle.from_ucum(code) for code in readable}
    for one, other in combinations(readable, 2):
        ratio = (read[one] / read[other]).to_base_units()
        assert ratio.dimensionless, (one, other)
        expected = TABLE[one].factor / TABLE[other].factor
        # It counts in binary floating point, which is good for some fifteen digits.
        assert float(ratio.magnitude) == pytest.approx(float(expected), rel=1e-12), (one, other)


def test_the_list_of_unreadable_rows_holds_only_rows_of_the_table() -> None:
    assert set(UNREADABLE) <= set(TABLE)
