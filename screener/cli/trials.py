"""`screener trials`: which trials there are, and which version of each is in force."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screener.catalog import folders, places, read
from screener.cli import console
from screener.diagnostics import RulesError
from screener.shelf import overview
from screener.terminal import clean


def list_trials(criteria: Sequence[Path], as_of: int, *, as_json: bool) -> int:
    """List every trial; one with faults is reported, and the others are listed all the same."""
    code = console.DONE
    listed = 0
    for versions in places(folders(criteria)).values():
        try:
            editions = [read(one) for one in versions]
        except RulesError as error:
            console.say(str(error))
            code = console.BAD_RULES
            continue
        listed += 1
        answer = overview(editions, as_of)
        if as_json:
            console.put_json(answer)
        else:
            console.put(_text(answer))
    if not listed and code == console.DONE:
        where = ", ".join(f"`{folder}`" for folder in folders(criteria))
        console.say(f"there are no trials in {where}")
    return code


def _text(answer: dict[str, object]) -> str:
    lines = [f"{clean(str(answer['trial']))}  {clean(str(answer['title']))}"]
    versions = answer["versions"]
    assert isinstance(versions, list)
    for one in versions:
        status = str(one["status"]).replace("_", " ")
        lines.append(
            clean(f"{one['version']:<12}") + f"  {status:<10}  from {one['effective']}  "
            f"sha256 {one['sha256'][:12]}"
        )
    return lines[0] + "\n" + "".join(f"  {line}\n" for line in lines[1:])
