"""`screener cohort`: patients in a file, the answers of each trial in another, and the funnels."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from screener.cli import console
from screener.cli.aside import tell_aside
from screener.diagnostics import ProfileError
from screener.ir import AS_OF
from screener.terminal import clean
from screener.trial import load_trial
from screener.truth import Verdict

if TYPE_CHECKING:
    from screener.cohort.funnel import Funnel

_FORMS = (".parquet", ".csv")
#: So many refused patients are told of; the others are counted.
_TOLD = 20


def screen_cohort(
    names: Sequence[str],
    out: Path,
    *,
    engine: str,
    master: str | None,
    as_of: int | None,
    as_json: bool,
    criteria: Sequence[Path],
) -> int:
    """Screen the patients of a file for each trial, write the answers, and print the funnels."""
    _require(engine, master)
    from screener.cohort.engines import Engine, screen_with
    from screener.cohort.files import Asked, screen_file
    from screener.cohort.parted import screen_tables
    from screener.cohort.sources import find_tables, holds_tables

    if len(names) < 2:
        raise console.UsageFault("a trial and the file of the patients are needed")
    *trials, data = names
    day = as_of if as_of is not None else console.today()
    if as_of is None:
        console.say(f"as of {date.fromordinal(day)} (today; `--as-of` asks for another day)")
    if not Path(data).exists():
        raise console.UsageFault(f"there is no file `{clean(data)}`")
    editions = [load_trial(one, criteria=criteria).edition(day) for one in trials]
    ids = [one.protocol.trial for one in editions]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise console.UsageFault(f"`{twice}` is asked for twice")
    places = _places(out, ids, Path(data))
    asked = [
        Asked(one.protocol, one.vocabulary, place)
        for one, place in zip(editions, places, strict=True)
    ]
    rejected = _Rejected()
    path = Path(data)
    if engine != Engine.POLARS and holds_tables(path):
        raise _only_here(engine)
    found = find_tables(path, [one.vocabulary for one in editions])
    if isinstance(found, list):
        if engine != Engine.POLARS:
            raise _only_here(engine)
        with _progress() as done:
            funnels = screen_tables(
                asked, found, day, refused=rejected, aside=tell_aside, done=done
            )
    elif as_of is None and AS_OF in found.collect_schema():
        message = "the rows have days of screening of their own, in the column `as_of`: "
        message += "`--as-of` says the day of screening, which is the same for all"
        raise console.UsageFault(message)
    elif engine == Engine.POLARS:
        with _progress() as done:
            funnels = screen_file(asked, found, day, refused=rejected, done=done)
    else:
        funnels = screen_with(Engine(engine), master, asked, path, day, refused=rejected)
    for trial, place, funnel in zip(ids, places, funnels, strict=True):
        if as_json:
            console.put_json(_as_json(trial, funnel))
        else:
            console.put(f"{_text(trial, funnel)}\n  written to {place}\n")
    return rejected.told()


def _only_here(engine: str) -> console.UsageFault:
    return console.UsageFault(
        f"`--engine {engine}` is for files with a row for each patient; records and the tables of "
        "OMOP are brought to such rows by polars, here: leave `--engine` out"
    )


def _require(engine: str, master: str | None) -> None:
    """Refuse an engine that is not there, and say how it comes."""
    packages = {"polars": "cohort", "duckdb": "duckdb", "pyspark": "spark"}
    wanted = {"polars": "polars", "duckdb": "duckdb", "spark": "pyspark"}.get(engine)
    if wanted is None:
        raise console.UsageFault(f"`{clean(engine)}` is no engine: polars, duckdb and spark are")
    if master is not None and engine != "spark":
        raise console.UsageFault("`--master` names a Spark cluster: add `--engine spark`")
    for package in ("polars", "narwhals", wanted):
        if find_spec(package) is None:
            extra = packages.get(package, "cohort")
            raise console.UsageFault(f"cohorts need {package}: `pip install 'screener[{extra}]'`")


def _places(out: Path, trials: Sequence[str], data: Path) -> list[Path]:
    """Where the answers go: into the file, or each into a file of the folder."""
    if len(trials) == 1 and out.suffix.lower() in _FORMS:
        places = [out]
    elif len(trials) > 1 and not out.suffix:
        out.mkdir(parents=True, exist_ok=True)
        places = [out / f"{clean(one)}.parquet" for one in trials]
    else:
        form = "the answers of several trials go to a folder"
        if len(trials) == 1:
            form = "the answers go to a file that ends in .parquet or .csv"
        raise console.UsageFault(f"`{clean(str(out))}`: {form}")
    if not out.absolute().parent.is_dir():
        raise console.UsageFault(f"there is no folder `{clean(str(out.absolute().parent))}`")
    if any(place.exists() and place.samefile(data) for place in places):
        raise console.UsageFault(f"`{clean(str(data))}` is read, so it is not written over")
    return places


class _Rejected:
    """Tells of patients that cannot be read: the first of them as they come, then how many."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, trial: str, error: ProfileError) -> None:
        self._count += 1
        if self._count <= _TOLD:
            indented = "\n".join(f"  {line}" for line in str(error).splitlines())
            console.say(f"{trial}: patient `{error.patient}` is not judged\n{indented}")

    def told(self) -> int:
        if self._count > _TOLD:
            console.say(f"{self._count:,} patients are not judged in all")
        return console.BAD_DATA if self._count else console.DONE


def _as_json(trial: str, funnel: Funnel) -> dict[str, object]:
    return {
        "trial": trial,
        "patients": funnel.patients,
        "not_judged": funnel.refused,
        "verdicts": {one.value: funnel.verdicts.get(one.value, 0) for one in reversed(Verdict)},
        "criteria": [
            {
                "id": one.id,
                "sure": one.sure,
                "possible": one.possible,
                "fails": one.fails,
                "unknown": one.unknown,
                "only_this": one.only_this,
            }
            for one in funnel.steps
        ],
    }


def _text(trial: str, funnel: Funnel) -> str:
    counts = [f"{funnel.verdicts.get(one.value, 0):,} {one.value}" for one in reversed(Verdict)]
    if funnel.refused:
        counts.append(f"{funnel.refused:,} not judged")
    lines = [f"{trial}: {funnel.patients:,} patients: {', '.join(counts)}"]
    wide = max((len(one.id) for one in funnel.steps), default=0)
    head = ("left for sure", "possibly left", "fail", "unknown", "only this")
    lines.append("  ".join(["  " + "criterion".ljust(wide), *head]))
    wide = max(wide, len("criterion"))
    for one in funnel.steps:
        numbers = (one.sure, one.possible, one.fails, one.unknown, one.only_this)
        cells = [f"{number:,}".rjust(len(name)) for number, name in zip(numbers, head, strict=True)]
        lines.append("  ".join(["  " + one.id.ljust(wide), *cells]))
    return "\n".join(lines)


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """A count of patients on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} patients screened"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda more: progress.advance(task, more)
