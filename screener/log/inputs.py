"""What was known of the patient, as text that reads back exactly, so that he can be judged again.

A profile is kept as it was given, its numbers digit by digit. Facts that were taken in from tables
or FHIR are kept as the engine saw them, for how those are read may change with its version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from json.encoder import encode_basestring_ascii
from typing import Any

from screener.causes import Cause
from screener.days import Days
from screener.facts import (
    Declared,
    FactSheet,
    FromTable,
    OpenLimits,
    Record,
    Shown,
    Statement,
    Warning,
)
from screener.intake.strict_json import parse_json
from screener.quantities import Number, Range, Value

_WORDS = {None: "null", True: "true", False: "false"}


def write_inputs(inputs: FactSheet | Mapping[str, object]) -> str:
    """One line of JSON: `{"profile": …}` or `{"facts": …}`."""
    if isinstance(inputs, FactSheet):
        return json.dumps({"facts": _sheet(inputs)}, ensure_ascii=True, separators=(",", ":"))
    return f'{{"profile":{_exact(inputs)}}}'


def read_inputs(text: str) -> FactSheet | object:
    """The facts, or the parsed profile, that `write_inputs` wrote."""
    data = parse_json(text)
    assert isinstance(data, dict), "INVARIANT: the log holds what `write_inputs` wrote"
    return read_sheet(data["facts"]) if "facts" in data else data["profile"]


def _exact(data: object) -> str:
    """JSON whose decimals keep their digits."""
    if isinstance(data, str):
        return encode_basestring_ascii(data)
    if data is None or isinstance(data, bool):
        return _WORDS[data]
    if isinstance(data, Decimal):
        return str(data)
    if isinstance(data, int | float):
        return json.dumps(data)
    if isinstance(data, Mapping):
        members = [
            f"{encode_basestring_ascii(str(name))}:{_exact(value)}" for name, value in data.items()
        ]
        return f"{{{','.join(members)}}}"
    if isinstance(data, list | tuple):
        return f"[{','.join([_exact(one) for one in data])}]"
    raise TypeError(f"a profile holds no {type(data).__name__}")


# --- facts taken in ---------------------------------------------------------------------------


def _sheet(sheet: FactSheet) -> dict[str, Any]:
    return {
        "patient": sheet.patient,
        "as_of": sheet.as_of,
        "records": {fact: [_record(one) for one in many] for fact, many in sheet.records.items()},
        "statements": {
            fact: [
                {"to": one.to, "none": one.none, "shown": one.shown, "since": one.since}
                for one in many
            ]
            for fact, many in sheet.statements.items()
        },
        "dropped": {
            fact: [[_record(one), reason] for one, reason in many]
            for fact, many in sheet.dropped.items()
        },
        "warnings": [[one.id, one.message, one.fact] for one in sheet.warnings],
        "complete": dict(sheet.complete),
    }


def _record(one: Record) -> dict[str, Any]:
    return {
        "value": _value(one.value),
        "absence": None if one.absence is None else one.absence.value,
        "start": one.start,
        "end": one.end,
        "undated": one.undated,
        "low": _number(one.low),
        "high": _number(one.high),
        "attributes": {name: _value(value) for name, value in one.attributes.items()},
        "shown": one.shown,
        "signed": one.signed,
        "since": one.since,
        "laboratory": one.laboratory,
        "open_limits": _open_limits(one.open_limits),
    }


def _open_limits(one: OpenLimits | None) -> Any:
    if one is None:
        return None
    return {"ways": [list(map(_number, way)) for way in one.ways], "wants": one.wants}


def _value(value: Value | None) -> Any:
    if value is None:
        return None
    if isinstance(value, Range):
        return {"range": [_number(value.low), _number(value.high), value.low_open, value.high_open]}
    return {"codes": sorted(value, key=lambda code: (isinstance(code, bool), str(code)))}


def _number(number: Number | None) -> Any:
    """An int as it is; a decimal as its text; a ratio as two integers."""
    if isinstance(number, Fraction):
        return [number.numerator, number.denominator]
    return str(number) if isinstance(number, Decimal) else number


def read_sheet(data: dict[str, Any]) -> FactSheet:
    """The facts that `write_inputs` wrote down."""
    return FactSheet(
        patient=data["patient"],
        as_of=data["as_of"],
        records={
            fact: tuple(_read_record(one) for one in many) for fact, many in data["records"].items()
        },
        statements={
            fact: tuple(
                Statement(
                    _days(one["to"]), one["none"], _read_shown(one["shown"]), _days(one["since"])
                )
                for one in many
            )
            for fact, many in data["statements"].items()
        },
        dropped={
            fact: tuple((_read_record(one), reason) for one, reason in many)
            for fact, many in data["dropped"].items()
        },
        warnings=tuple(Warning(*one) for one in data["warnings"]),
        complete={
            fact: Declared(to, _read_shown(shown)) for fact, (to, shown) in data["complete"].items()
        },
    )


def _read_record(data: dict[str, Any]) -> Record:
    return Record(
        value=_read_value(data["value"]),
        absence=None if data["absence"] is None else Cause(data["absence"]),
        start=_days(data["start"]),
        end=_days(data["end"]),
        undated=data["undated"],
        low=_read_number(data["low"]),
        high=_read_number(data["high"]),
        attributes={name: _read_value(value) for name, value in data["attributes"].items()},
        shown=_read_shown(data["shown"]),
        signed=data["signed"],
        since=_days(data["since"]),
        # What was recorded before there were tables of ranges says nothing of these.
        laboratory=data.get("laboratory"),
        open_limits=_read_open_limits(data.get("open_limits")),
    )


def _read_shown(data: list[Any]) -> Shown:
    """The texts of a record; those of before there were tables of ranges end without limits."""
    limits = tuple(FromTable(*one) for one in data[6]) if len(data) > 6 else ()
    return Shown(*data[:6])._replace(limits=limits)


def _read_open_limits(data: Any) -> OpenLimits | None:
    if data is None:
        return None
    ways = tuple((_read_number(low), _read_number(high)) for low, high in data["ways"])
    return OpenLimits(ways, tuple((fact, Cause(cause)) for fact, cause in data["wants"]))


def _read_value(data: Any) -> Value | None:
    if data is None:
        return None
    if "codes" in data:
        return frozenset(data["codes"])
    low, high, low_open, high_open = data["range"]
    return Range(_read_number(low), _read_number(high), low_open, high_open)


def _read_number(data: Any) -> Number | None:
    if isinstance(data, list):
        return Fraction(*data)
    return Decimal(data) if isinstance(data, str) else data


def _days(data: Any) -> Days | None:
    return None if data is None else Days(*data)
