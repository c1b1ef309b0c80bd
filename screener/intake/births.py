"""Which birth dates nobody can have who was seen, or has a record, on certain days.

It is the same for every form in which patients come.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from screener.days import iso, shift
from screener.intake.faults import quoted
from screener.intake.sheet import Draft
from screener.same import Same
from screener.vocabulary import AgeOf, Vocabulary

#: Nobody who is screened is older.
_OLDEST_YEARS = 130
_FIRST_BIRTH = date(1850, 1, 1).toordinal()


@lru_cache
def _births(vocabulary: Same[Vocabulary]) -> frozenset[str]:
    ages = [one.derived for one in vocabulary.it.values()]
    return frozenset(one.birth for one in ages if isinstance(one, AgeOf))


def check_births(vocabulary: Vocabulary, seen: list[int], draft: Draft) -> None:
    """Refuse birth dates that nobody can have who was seen on these days."""
    if not draft.dates:
        return
    births = _births(Same(vocabulary))
    for name, at, born in draft.dates:
        if name not in births:
            continue
        if born.last < _FIRST_BIRTH:
            message = f"born before {iso(_FIRST_BIRTH)}"
        elif seen and born.first > min(seen):
            message = f"born after {iso(min(seen))}, a day of screening or of a visit"
        elif seen and shift(born.last, months=12 * _OLDEST_YEARS) < max(seen):
            message = f"more than {_OLDEST_YEARS} years old on {iso(max(seen))}"
        elif too_early := sorted(set(draft.dated_before(born.first))):
            fact, day = too_early[0]
            message = f"born after a record of {quoted(fact)}, dated {day}"
            draft.faults.add("before-birth", at, message, "check the year of both")
            continue
        else:
            continue
        draft.faults.add("birth-date", at, message, "check the year")
