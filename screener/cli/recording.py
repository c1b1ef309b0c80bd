"""Recording what `screen` answers: who and when come from here, and whether it lasts is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from screener.cli import console
from screener.facts import FactSheet
from screener.log.faults import LogFault
from screener.result import Result
from screener.trial import Trial

# A log is seldom asked for, and the database package takes its time.
if TYPE_CHECKING:
    from screener.log.entries import Recorded, Who


class Noted(NamedTuple):
    """What became of recording one answer; all None if nobody asked for it."""

    recorded: Recorded | None = None
    fault: LogFault | None = None

    def text(self) -> str:
        """A line below the answer."""
        if self.recorded is not None:
            one = self.recorded
            return f"Recorded as {one.record}, entry {one.seq}, attempt {one.attempt}.\n"
        return "" if self.fault is None else "NOT RECORDED: the log could not be written.\n"

    def to_json(self) -> dict[str, Any]:
        """What joins the answer: `recorded`, null where it could not be."""
        if self == Noted():
            return {}
        return {"recorded": None if self.recorded is None else self.recorded.to_json()}


Record = Callable[[Trial, object, Result], Noted]


@contextmanager
def recorder(log: str | None, by: str | None) -> Iterator[Record]:
    """What records answers in the log of that name; without one it does nothing.

    Raises:
        UsageFault: a name without a log, or an empty one.
        UnknownLog: there can be no log of that name.
    """
    if log is None:
        if by is not None:
            raise console.UsageFault("`--by` needs `--log`: nothing is recorded without a log")
        yield lambda *_: Noted()
        return
    from screener.log.append import append
    from screener.log.entries import Evaluation, Screening, When
    from screener.log.store import open_log

    who = person(by)
    with open_log(log, create=True) as opened:

        def record(trial: Trial, inputs: object, result: Result) -> Noted:
            edition = trial.edition_of(result)
            assert isinstance(inputs, FactSheet | Mapping), "INVARIANT: it was judged"
            evaluation = Evaluation(
                inputs=inputs,
                result=result,
                rules=edition.rules_text,
                vocabulary=edition.vocabulary_text,
            )
            draft = Screening(evaluation=evaluation, who=who, when=When.of(console.now()))
            try:
                return Noted(recorded=append(opened, draft))
            except LogFault as fault:
                return Noted(fault=fault)

        yield record


def person(by: str | None) -> Who:
    """Who records: the name that was typed, else the account of the system.

    Raises:
        UsageFault: a name that is none.
    """
    from screener.log.entries import Identity, Who

    if by is None:
        return Who(console.account(), Identity.ACCOUNT)
    if not by.strip() or not by.isprintable():
        raise console.UsageFault("`--by` is not a name")
    return Who(by.strip(), Identity.TYPED)
