"""How far long work is, on standard error: on a terminal a bar or a count, elsewhere nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")


def bar(said: str) -> Callable[[Sequence[T]], AbstractContextManager[Iterable[T]]]:
    """What goes through all of something and shows how far it is."""

    @contextmanager
    def through(every: Sequence[T]) -> Iterator[Iterable[T]]:
        if not sys.stderr.isatty():
            yield every
            return
        with _progress() as shown:
            yield shown.track(every, description=said)

    return through


@contextmanager
def count(every: Iterable[T], said: str, *, answers_last: bool = False) -> Iterator[Iterable[T]]:
    """A count of what goes through, unless answers appear on the same terminal meanwhile."""
    if not sys.stderr.isatty() or (sys.stdout.isatty() and not answers_last):
        yield every
        return
    from rich.progress import SpinnerColumn, TextColumn

    with _progress(SpinnerColumn(), TextColumn(f"{{task.completed}} {said}")) as shown:
        yield shown.track(every, total=None)


@contextmanager
def told(said: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar for work that tells by itself how much of how much is done."""
    if not sys.stderr.isatty():
        yield None
        return
    with _progress() as shown:
        task = shown.add_task(said, total=None)
        yield lambda so_far, total: shown.update(task, completed=so_far, total=total)


def _progress(*columns: Any) -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    # Unless told otherwise the answers would go where the bar goes.
    return Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
