"""Rows of wide frames that say plainly all that a trial asks for, with values where it matters.

Of each fact one value, of a whole day or of none, in a known unit; results with their limits,
events with their attributes; scores by their parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from screener.cohort.asking import Asking, nodes
from screener.cohort.selections import attributes_of
from screener.cohort.typed import words_of
from screener.formulas import tests_of
from screener.ir import AssumeNo, Limit, Protocol, Selection, Test
from screener.quantities import Condition
from screener.vocabulary import Calculated, Fact, Kind, Shape, Type, Vocabulary
from tests.judge.engine import Engine

AS_OF = date(2026, 11, 24)
_CRITERIA = Path(__file__).parents[2] / "criteria"
#: Days after a surgery and before the day of screening: ends of windows, and beside them.
_AFTER = (19, 20, 21, 28, 30, 31, 35, 42, 43)
_BEFORE = (0, 1, 7, 8, 14, 27, 28, 29, 55, 56, 180, 184, 1100, 1900)
#: Multiples of a limit: where trials draw a line, and away from any.
_EDGES = (0.5, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 5.0)
_BETWEEN = (0.41, 0.93, 1.21, 1.61, 2.3, 2.7, 4.1, 6.3)
#: The thresholds of `trial_of_formulas`, by formula.
_FORMULAS = {
    "bmi": "20.01 kg/m2",
    "bsa_dubois": "1.8 m2",
    "bsa_mosteller": "1.85 m2",
    "albi_score": "-2.6",
    "meld": "12",
    "meld_na": "12",
    "meld_3": "12",
    "fib_4": "1.45",
    "apri": "1.5",
    "egfr_ckd_epi_2021": "60 mL/min/{1.73_m2}",
    "creatinine_clearance": "50 mL/min",
}


def shipped() -> list[Path]:
    """The rule files of the trials that come with the package."""
    return [one for one in sorted(_CRITERIA.glob("*/*.yaml")) if ".cases" not in one.name]


def plain_rows(
    protocol: Protocol,
    vocabulary: Vocabulary,
    count: int,
    random: Random,
    *,
    edges: bool = False,
    gaps: float = 0.0,
) -> pl.DataFrame:
    """So many rows; `edges`: values at multiples of limits too; `gaps`: so many cells are empty."""
    rows = _Rows(protocol, vocabulary, random, edges=edges)
    drawn = [dict(rows.row()) for _ in range(count)]
    headings = dict.fromkeys(heading for row in drawn for heading in row)
    columns: dict[str, list[Any]] = {
        heading: [None if random.random() < gaps else row.get(heading) for row in drawn]
        for heading in headings
    }
    patients = [f"P{number}" for number in range(count)]
    return pl.DataFrame({"patient": patients, **columns}, infer_schema_length=None)


class _Rows:
    def __init__(
        self, protocol: Protocol, vocabulary: Vocabulary, random: Random, *, edges: bool
    ) -> None:
        self._random = random
        self._multiples = _EDGES if edges else _BETWEEN
        self._asking = asking = Asking(protocol, vocabulary, AS_OF.toordinal())
        formulas = [*(one.passes for one in protocol.criteria), protocol.verdict]
        tests = [test for formula in formulas for test in tests_of(formula)]
        asked = [(protocol.selections[one.slot], one) for one in tests]
        names = sorted({fact for selection, _ in asked for fact in asking.facts(selection)})
        self._facts = [vocabulary[one] for one in names if vocabulary[one].derived is None]
        self._limited = {
            selection.of.fact  # type: ignore[union-attr]
            for selection, _ in asked
            if any(isinstance(node, Limit) for node in nodes(selection))
        }
        self._attributes: dict[str, dict[str, list[str]]] = {}
        self._cuts: dict[str, list[float]] = {}
        for selection, test in asked:
            self._note(selection, test)

    def _note(self, selection: Selection, test: Test) -> None:
        source = selection.of if isinstance(selection, AssumeNo) else selection
        told = attributes_of(selection)
        if told:
            fact: str = source.of.fact  # type: ignore[union-attr]
            self._attributes.setdefault(fact, {}).update(told)
        conditions: tuple[Condition, ...] = (test.condition,)
        for fact in self._asking.facts(selection):
            cuts = self._asking.cuts(selection, conditions)
            self._cuts.setdefault(fact, []).extend(float(one) for one in cuts)

    def row(self) -> Iterator[tuple[str, Any]]:
        random = self._random
        surgery = AS_OF - timedelta(days=random.choice((15, 30, 42, 60, 100)))
        for fact in self._facts:
            name, shape = fact.name, fact.shape
            if shape.type is Type.DATE:
                yield name, self._date(name, surgery)
                continue
            heading = f"{name} [{shape.unit}]" if shape.type is Type.QUANTITY else name
            value: Any
            if name in self._limited:
                limit = random.choice((40.0, 35.5, 1.2, 17.0))
                value = round(limit * random.choice(self._multiples), 6)
                yield f"{name}.low", round(limit / 4, 3)
                yield f"{name}.high", limit
            else:
                value = self._value(fact, shape)
            yield heading, value
            happened = shape.type is not Type.EVENT or value
            if fact.kind is not Kind.FIXED and happened and random.random() < 0.9:
                near = surgery + timedelta(days=random.choice(_AFTER))
                before = AS_OF - timedelta(days=random.choice(_BEFORE))
                yield f"{name}.date", min(near if random.random() < 0.6 else before, AS_OF)
            for attribute, codes in self._attributes.get(name, {}).items():
                if value:
                    told = self._word(fact.attributes[attribute], codes)
                    yield f"{name}.{attribute}", told

    def _date(self, name: str, surgery: date) -> date:
        if name == "resection":
            return surgery
        far = self._random.choice((0, 1, 3, 10))
        if "birth" in name:
            far = self._random.randrange(16 * 365, 80 * 365)
        return AS_OF - timedelta(days=far)

    def _value(self, fact: Fact, shape: Shape) -> Any:
        if shape.type in (Type.BOOLEAN, Type.EVENT):
            return self._random.random() < 0.4
        if shape.type in (Type.CODE, Type.ORDINAL):
            return self._word(shape, [])
        cut = self._random.choice(self._cuts.get(fact.name) or [1.0])
        return max(round(cut + self._random.choice((0.0, 0.1, -0.1, cut, -cut / 2)), 6), 0.0)

    def _word(self, shape: Shape, codes: list[str]) -> Any:
        if shape.type is Type.BOOLEAN:
            return self._random.random() < 0.5
        return self._random.choice(words_of(shape) or [*codes, "nivolumab"])


def trial_of_formulas() -> tuple[Protocol, Vocabulary]:
    """A trial with a criterion for each formula of the vocabulary, called like it."""
    import yaml

    words = yaml.safe_load((_CRITERIA / "vocabulary.yaml").read_text("utf-8"))
    criteria = [
        {"id": name, "text": "A formula.", "rule": {"fact": name, "at_least": limit}}
        for name, limit in _FORMULAS.items()
    ]
    stage = {"id": "S", "title": "S", "inclusion": criteria}
    trial = {"trial": "T", "title": "T", "version": "1", "effective": "2026-01-01", "source": "S"}
    engine = Engine({**trial, "stages": [stage]}, words)
    calculated = {
        name for name, fact in engine.vocabulary.items() if isinstance(fact.derived, Calculated)
    }
    assert calculated == {*_FORMULAS}
    return engine.protocol, engine.vocabulary


def formula_rows(count: int, random: Random) -> pl.DataFrame:
    """Rows with all inputs of these formulas, on a grid as laboratories report them."""
    drawn = []
    for number in range(count):
        born = AS_OF - timedelta(days=random.randrange(19 * 365, 90 * 365))
        drawn.append(
            {
                "patient": f"P{number}",
                "birth_date": born,
                "sex": random.choice(("female", "male")),
                "weight [kg]": random.randrange(450, 1100) / 10,
                "height [cm]": float(random.randrange(145, 200)),
                "bilirubin [umol/L]": random.randrange(30, 900) / 10,
                "albumin [g/L]": float(random.randrange(22, 50)),
                "creatinine [umol/L]": float(random.randrange(40, 250)),
                "inr": random.randrange(90, 260) / 100,
                "sodium [mmol/L]": float(random.randrange(120, 142)),
                "dialysis_twice_in_week": random.random() < 0.1,
                "ast [U/L]": float(random.randrange(10, 300)),
                "ast.high": random.choice((35.0, 40.0)),
                "alt [U/L]": float(random.randrange(10, 300)),
                "platelets [10*9/L]": float(random.randrange(40, 400)),
            }
        )
    return pl.DataFrame(drawn)
