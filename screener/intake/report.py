"""What became of every part of an input: used, left aside, not understood, or refused.

It keeps the account and shows it; which part meets which fate is decided by the reader of a form.
The same account serves FHIR resources and the cells of tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """What became of one part of the input.

    `mapped`: it is on the fact sheet. `ignored`: it is understood and does not count, or is of a
    kind that is never read. `unknown`: nobody has said what it stands for. `rejected`: it concerns
    a fact but cannot be used.
    """

    MAPPED = "mapped"
    IGNORED = "ignored"
    UNKNOWN = "unknown"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of the input and its fate.

    `place` is where a person finds it: the file, then the row and column, or the resource.
    `reason` says why it was not used (of a mapped one: what of it was left aside), `hint` how to
    mend it. `patient` is whose it is, where that is known.
    """

    place: str
    kind: Fate
    fact: str | None = None
    reason: str | None = None
    hint: str | None = None
    patient: str | None = None

    def to_json(self) -> dict[str, object]:
        """As JSON; what is absent is `null`."""
        return {
            "place": self.place,
            "kind": self.kind.value,
            "fact": self.fact,
            "reason": self.reason,
            "hint": self.hint,
            "patient": self.patient,
        }

    def __str__(self) -> str:
        said = f"{self.place}: {self.kind.value}"
        if self.fact is not None:
            said += f" (`{self.fact}`)"
        if self.reason is not None:
            said += f": {self.reason}"
        return said if self.hint is None else f"{said}\n   hint: {self.hint}"


class Tally:
    """Counts of a report that may be too long to keep: of every fate, and of equal reasons."""

    def __init__(self) -> None:
        self._fates: Counter[Fate] = Counter()
        self._reasons: dict[Fate, Counter[str]] = {fate: Counter() for fate in Fate}
        self._hints: dict[tuple[Fate, str], str] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Count further entries."""
        for entry in entries:
            self._fates[entry.kind] += 1
            if entry.kind is Fate.MAPPED:
                continue
            reason = entry.reason or "no reason given"
            reasons = self._reasons[entry.kind]
            if reason in reasons or len(reasons) < _MOST_REASONS:
                reasons[reason] += 1
                if entry.hint is not None:
                    self._hints.setdefault((entry.kind, reason), entry.hint)

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many entries met each fate, none left out."""
        return {fate: self._fates[fate] for fate in Fate}

    @property
    def doubtful(self) -> int:
        """How many are unknown or rejected: what `--strict` refuses."""
        return self._fates[Fate.UNKNOWN] + self._fates[Fate.REJECTED]

    def lines(self, most: int = 5) -> Iterator[str]:
        """The short form: the counts, then the most frequent reasons of what was not used."""
        yield "intake: " + ", ".join(f"{count} {fate.value}" for fate, count in self.counts.items())
        for fate in (Fate.REJECTED, Fate.UNKNOWN, Fate.IGNORED):
            reasons = sorted(self._reasons[fate].items(), key=lambda one: (-one[1], one[0]))
            for reason, count in reasons[:most]:
                yield f"  {fate.value} {count} x: {reason}"
                hint = self._hints.get((fate, reason))
                if hint is not None and fate is not Fate.IGNORED:
                    yield f"     hint: {hint}"
            rest = len(reasons) - most
            if rest > 0:
                yield f"  {fate.value}: {rest} further {'reason' if rest == 1 else 'reasons'}"


#: Different reasons kept apart in the short form; further ones are only counted.
_MOST_REASONS = 1_000


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """The whole account of an input, part by part, in the order of the input."""

    entries: tuple[Entry, ...] = ()

    def __add__(self, other: IntakeReport) -> IntakeReport:
        return IntakeReport(self.entries + other.entries)

    @property
    def tally(self) -> Tally:
        """Its counts and reasons."""
        tally = Tally()
        tally.add(self.entries)
        return tally

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many entries met each fate, none left out."""
        return self.tally.counts

    @property
    def doubtful(self) -> tuple[Entry, ...]:
        """The entries that are unknown or rejected: what `--strict` refuses."""
        return tuple(one for one in self.entries if one.kind in (Fate.UNKNOWN, Fate.REJECTED))

    def to_json(self) -> dict[str, object]:
        """As JSON: `{counts, entries}`."""
        return {
            "counts": {fate.value: count for fate, count in self.counts.items()},
            "entries": [entry.to_json() for entry in self.entries],
        }

    def text(self) -> str:
        """Every entry on a line of its own, after the counts."""
        head = ", ".join(f"{count} {fate.value}" for fate, count in self.counts.items())
        return "\n".join([f"intake: {head}", *map(str, self.entries)]) + "\n"
