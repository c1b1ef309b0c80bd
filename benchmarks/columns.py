"""The criteria of `trial.yaml` by hand for whole columns, in the way of each dataframe engine.

One table of conditions, and for each engine how it compares and joins; null is unknown.
`on_bits` is no dataframe but the limit: each truth as two packed arrays, those of yes and of no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, eq, ge, gt, invert, le, lt, ne, or_
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl

Tree: TypeAlias = tuple[Any, ...]

DAYS = "days_since_investigational_drug"
_NONE_OF_THESE = (
    "cerebrovascular_accident",
    "renal_insufficiency",
    "depression",
    "hyperthyroidism",
    "hypothyroidism",
)
_AFTER_SURGERY = ("infection", "bleeding", "bile_leakage", "other_postoperative_complication")
_WITH_CHILD = ("pregnant", "lactating", "urine_pregnancy_test_positive")


def _none(*facts: str) -> Tree:
    return ("all", *(("no", fact) for fact in facts))


#: By criterion, what is true of a patient whom it lets pass.
CRITERIA: dict[str, Tree] = {
    "I01": ("yes", "informed_consent"),
    "I02": (">=", "age", 18),
    "I03": ("<=", "age", 75),
    "I04": ("==", "mir26_expression", "low"),
    "I05": ("==", "mir26_assay", "rt_pcr"),
    "I06": ("yes", "curative_resection"),
    "I07": (">=", "tumor_diameter", 3.0),
    "I08": ("<=", "tumor_diameter", 8.0),
    "I09": ("<", "tumor_count", 3),
    "I10": ("no", "portal_vein_main_thrombus"),
    "I11": ("no", "hepatic_vein_main_thrombus"),
    "I12": ("no", "bile_duct_main_thrombus"),
    "I13": ("no", "extrahepatic_metastasis"),
    "I14": ("no", "lymph_node_metastasis"),
    "I15": (">", "leukocytes", 2.5),
    "I16": (">", "platelets", 40.0),
    "I17": ("==", "child_pugh_class", "A"),
    "E01": ("no", "other_primary_malignancy"),
    "E02": ("no", "prior_anti_hcc_therapy"),
    "E03": ("no", "investigational_drug_during_study"),
    "E04": _none(*_NONE_OF_THESE),
    "E05": ("no", "other_severe_uncontrolled_disease"),
    "E06": ("no", "study_drug_allergy"),
    "E07": (">=", DAYS, 28),
    "E08": _none(*_AFTER_SURGERY),
    "E09": ("no", "metastasis_on_baseline_imaging"),
    "E10": ("any", ("!=", "sex", "female"), _none(*_WITH_CHILD)),
}
_OPERATORS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_SQL = {"==": "=", "!=": "<>"}


class Way(NamedTuple):
    """How an engine writes conditions."""

    column: Callable[[str], Any]
    compare: Callable[[str, Any, Any], Any]
    negate: Callable[[Any], Any]
    both: Callable[[Any, Any], Any]
    either: Callable[[Any, Any], Any]

    def of(self, tree: Tree) -> Any:
        """A condition in this way."""
        match tree:
            case ("yes", fact):
                return self.column(fact)
            case ("no", fact):
                return self.negate(self.column(fact))
            case ("all", *parts):
                return reduce(self.both, map(self.of, parts))
            case ("any", *parts):
                return reduce(self.either, map(self.of, parts))
            case (operator, fact, value):
                return self.compare(operator, self.column(fact), value)
        raise ValueError(tree)

    def criteria(self) -> dict[str, Any]:
        """Every criterion."""
        return {id: self.of(tree) for id, tree in CRITERIA.items()}

    def verdict(self) -> Any:
        """All of them at once."""
        return reduce(self.both, self.criteria().values())


def _native(operator: str, column: Any, value: Any) -> Any:
    return _OPERATORS[operator](column, value)


def on_polars() -> Way:
    """Expressions of polars."""
    return Way(pl.col, _native, invert, and_, or_)


def on_series(frame: Any) -> Way:
    """Columns of pandas, computed as they are asked for."""
    return Way(frame.__getitem__, _native, invert, and_, or_)


def in_sql() -> Way:
    """Text of SQL."""
    return Way(
        lambda fact: fact,
        lambda operator, column, value: f"({column} {_SQL.get(operator, operator)} {value!r})",
        lambda one: f"(not {one})",
        lambda one, other: f"({one} and {other})",
        lambda one, other: f"({one} or {other})",
    )


def on_arrow(table: Any) -> Way:
    """Functions of PyArrow."""
    import pyarrow.compute as pc

    by_sign = {
        "==": pc.equal,
        "!=": pc.not_equal,
        "<": pc.less,
        "<=": pc.less_equal,
        ">": pc.greater,
        ">=": pc.greater_equal,
    }
    return Way(
        table.column,
        lambda operator, column, value: by_sign[operator](column, value),
        pc.invert,
        pc.and_kleene,
        pc.or_kleene,
    )


class Bits(NamedTuple):
    """A truth a row, packed: where it is yes, and where it is no."""

    yes: Any
    no: Any


def on_bits(frame: pl.DataFrame) -> Way:
    """NumPy over truths that are packed already; numbers and codes are compared, then packed."""
    packed: dict[str, Bits] = {}
    arrays: dict[str, tuple[Any, Any, Mapping[str, int]]] = {}
    for name, series in frame.to_dict().items():
        there = series.is_not_null().to_numpy()
        if series.dtype == pl.Boolean:
            value = series.fill_null(False).to_numpy()
            packed[name] = Bits(np.packbits(value & there), np.packbits(~value & there))
            continue
        codes: dict[str, int] = {}
        if isinstance(series.dtype, pl.Enum):
            codes = {word: code for code, word in enumerate(series.dtype.categories)}
            series = series.to_physical()
        arrays[name] = series.fill_null(0).to_numpy(), np.packbits(there), codes

    def compare(operator: str, column: Any, value: Any) -> Bits:
        values, there, codes = column
        yes = np.packbits(_OPERATORS[operator](values, codes.get(value, value))) & there
        return Bits(yes, there & ~yes)

    return Way(
        lambda fact: packed.get(fact) or arrays[fact],
        compare,
        lambda one: Bits(one.no, one.yes),
        lambda one, other: Bits(one.yes & other.yes, one.no | other.no),
        lambda one, other: Bits(one.yes | other.yes, one.no & other.no),
    )
