"""Keys of programs, kept in the file of users: made, listed and taken back.

A key is printed once, alone on standard output, so that it can go straight to where it is used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from screener.cli import console
from screener.terminal import clean

if TYPE_CHECKING:
    from screener.web.accounts import Accounts

T = TypeVar("T")
_DAY = 24 * 60 * 60


def add_key(name: str, scopes: Sequence[str], accounts: Path, days: int | None) -> int:
    """Make a key and print it."""
    said = name.strip()
    if not said or not said.isprintable() or len(said) > 60:
        raise console.UsageFault("a name has letters in it, at most 60, no control characters")
    until = None if days is None else console.now().timestamp() + days * _DAY

    def make(file: Accounts) -> str:
        from screener.web.keys import Key, Scope

        known = {one.value: one for one in Scope}
        unknown = [one for one in scopes if one not in known]
        if unknown:
            shown = ", ".join(f"`{clean(one)}`" for one in unknown)
            raise console.UsageFault(f"{shown} is no scope; they are {', '.join(known)}")
        return file.add_key(Key(said, frozenset(known[one] for one in scopes), until))

    console.put(_of(accounts, make, new=True) + "\n")
    console.say(f"the key of {clean(said)}; it is not shown again")
    return console.DONE


def list_keys(accounts: Path) -> int:
    """A line a key."""
    for one in _of(accounts, lambda file: file.keys()):
        ends = "no end" if one.until is None else f"until {_day(one.until)}"
        console.put(f"{clean(one.name)}  {', '.join(sorted(one.scopes))}  {ends}\n")
    return console.DONE


def remove_key(name: str, accounts: Path) -> int:
    """Take a key back."""
    if not _of(accounts, lambda file: file.remove_key(name.strip())):
        raise console.UsageFault(f"there is no key `{clean(name)}`")
    console.say(f"the key of {clean(name)} opens nothing any more")
    return console.DONE


def _of(path: Path, ask: Callable[[Accounts], T], *, new: bool = False) -> T:
    from screener.web.accounts import Accounts

    try:
        return ask(Accounts(path, make=new))
    except FileNotFoundError:
        raise console.UsageFault(f"`{clean(str(path))}` does not exist") from None
    except (sqlite3.Error, OSError) as error:
        raise console.UsageFault(f"`{clean(str(path))}` is not a file of users") from error


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
