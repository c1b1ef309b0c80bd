"""How tasks are timed against one another: in one process, in turn, in windows, by their median.

A window repeats its patients until it has used 20 ms of the processor's time, which other work on
the machine does not lengthen. Each round asks every task once, in the contrary order of the last.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

WINDOW = 0.020


class Task(NamedTuple):
    """What is timed: a function of one patient, and the patients."""

    name: str
    judge: Callable[[Any], object]
    patients: Sequence[Any]


def seconds(tasks: Sequence[Task], rounds: int) -> dict[str, float]:
    """The median time that each task takes for one patient."""
    times: dict[str, list[float]] = {one.name: [] for one in tasks}
    for task in tasks:
        _window(task)
    for number in range(rounds):
        for task in tasks if number % 2 else reversed(tasks):
            gc.collect()
            times[task.name].append(_window(task))
    return {name: median(found) for name, found in times.items()}


def _window(task: Task) -> float:
    judge, patients = task.judge, task.patients
    spent, done = 0.0, 0
    while spent < WINDOW:
        begun = time.process_time()
        for patient in patients:
            judge(patient)
        spent += time.process_time() - begun
        done += len(patients)
    return spent / done
