"""The criteria as a loop in C over whole columns, compiled here: about what the machine can do.

Truths are bytes (0 no, 1 unknown, 2 yes), so that "and" is the lesser, "or" the greater and "not"
what is missing to 2; a number that is missing is no number. Where there is no compiler, there is no
loop.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.columns import CRITERIA, Way

_TRUTHS, _NUMBERS, _CODES = "const unsigned char *", "const double *", "const unsigned char *"
_MISSING_CODE = 255


def compiled(frame: pl.DataFrame, folder: Path) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Two functions, of the verdict and of all criteria, over the columns of this frame.

    Raises:
        OSError: there is no compiler, or it failed.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise OSError("there is no C compiler")
    arrays, kinds, codes = _columns(frame)
    way = _in_c(kinds, codes)
    source = folder / "loop.c"
    source.write_text(_source(kinds, way), encoding="utf-8")
    library = folder / "loop.so"
    call = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(source)]
    if subprocess.run(call, capture_output=True).returncode:
        raise OSError("the C compiler failed")
    loaded = ctypes.CDLL(str(library))
    pointers = [arrays[name].ctypes.data_as(ctypes.c_void_p) for name in kinds]
    count = len(frame)

    def run(function: Any, rows: int) -> Any:
        found = np.empty((rows, count), dtype=np.uint8)
        out = found.ctypes.data_as(ctypes.c_void_p)
        function(ctypes.c_long(count), out, *pointers)
        return found

    return (
        lambda: run(loaded.verdict, 1),
        lambda: run(loaded.criteria, len(CRITERIA)),
    )


def _columns(
    frame: pl.DataFrame,
) -> tuple[dict[str, Any], dict[str, str], dict[str, dict[str, int]]]:
    """The columns as arrays, how C declares them, and the numbers of their words."""
    arrays: dict[str, Any] = {}
    kinds: dict[str, str] = {}
    codes: dict[str, dict[str, int]] = {}
    for name, series in frame.drop("patient").to_dict().items():
        if series.dtype == pl.Boolean:
            truths = (series.cast(pl.UInt8) * 2).fill_null(1)
            arrays[name], kinds[name] = truths.to_numpy(), _TRUTHS
        elif isinstance(series.dtype, pl.Enum):
            codes[name] = {word: code for code, word in enumerate(series.dtype.categories)}
            words = series.to_physical().cast(pl.UInt8).fill_null(_MISSING_CODE)
            arrays[name], kinds[name] = words.to_numpy(), _CODES
        else:
            numbers = series.cast(pl.Float64).fill_null(float("nan"))
            arrays[name], kinds[name] = numbers.to_numpy(), _NUMBERS
    return {name: np.ascontiguousarray(one) for name, one in arrays.items()}, kinds, codes


def _in_c(kinds: dict[str, str], codes: dict[str, dict[str, int]]) -> Way:
    def compare(operator: str, column: str, value: Any) -> str:
        name = column.removesuffix("[i]")
        if name in codes:
            known = f"{column} != {_MISSING_CODE}"
            return f"({known} ? 2 * ({column} {operator} {codes[name][value]}) : 1)"
        assert kinds[name] == _NUMBERS, "INVARIANT: what is compared is a word or a number"
        return f"({column} == {column} ? 2 * ({column} {operator} {float(value)!r}) : 1)"

    return Way(
        lambda fact: f"{fact}[i]",
        compare,
        lambda one: f"(2 - {one})",
        lambda one, other: f"least({one}, {other})",
        lambda one, other: f"most({one}, {other})",
    )


def _source(kinds: dict[str, str], way: Way) -> str:
    columns = ", ".join(f"{kind}restrict {name}" for name, kind in kinds.items())
    criteria = list(way.criteria().values())
    each = "\n".join(
        f"  for (long i = 0; i < n; i++) out[{place} * n + i] = {one};"
        for place, one in enumerate(criteria)
    )
    return (
        "typedef unsigned char truth;\n"
        "static inline truth least(truth a, truth b) { return a < b ? a : b; }\n"
        "static inline truth most(truth a, truth b) { return a > b ? a : b; }\n"
        f"void verdict(long n, truth *restrict out, {columns}) {{\n"
        f"  for (long i = 0; i < n; i++) out[i] = {way.verdict()};\n}}\n"
        f"void criteria(long n, truth *restrict out, {columns}) {{\n{each}\n}}\n"
    )
