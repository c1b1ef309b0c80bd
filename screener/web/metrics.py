"""The figures of a running server, as Prometheus reads them: none is of a patient.

Each process counts for itself from its start. Labels are names of ours: pages, methods, statuses,
trials on file, verdicts.
"""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from screener.truth import Verdict
from screener.version import VERSION
from screener.web.library import Library

MEDIA = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self._all = registry = CollectorRegistry()
        self._requests = Counter(
            "screener_requests", "Requests answered.", ["page", "method", "status"],
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "screener_request_seconds", "Time to the end of an answer.", ["page"],
            registry=registry, buckets=_BUCKETS,
        )  # fmt: skip
        self._verdicts = Counter(
            "screener_verdicts", "Patients judged through the door for programs.",
            ["trial", "verdict"], registry=registry,
        )  # fmt: skip
        self._rejected = Counter(
            "screener_rejected_lines", "Lines of a stream that could not be judged.",
            registry=registry,
        )  # fmt: skip
        self._reloads = Counter(
            "screener_reloads", "Times that the rules were read anew.", ["outcome"],
            registry=registry,
        )  # fmt: skip
        self._rules = Gauge(
            "screener_rules", "The rule files in use.", ["trial", "version", "sha256"],
            registry=registry,
        )  # fmt: skip
        engine = Gauge("screener_engine", "The engine.", ["version"], registry=registry)
        engine.labels(VERSION).set(1)
        # To look up a figure by its labels takes longer than to count.
        self._of_answers = lru_cache(self._answers_of)
        self._of_verdicts = lru_cache(self._verdicts_of)

    def answered(self, page: str, method: str, status: int, seconds: float) -> None:
        """A request has its answer."""
        count, time = self._of_answers(page, method, status)
        count.inc()
        time.observe(seconds)

    def _answers_of(self, page: str, method: str, status: int) -> tuple[Counter, Histogram]:
        return self._requests.labels(page, method, str(status)), self._seconds.labels(page)

    def _verdicts_of(self, trial: str, verdict: Verdict) -> Counter:
        return self._verdicts.labels(trial, verdict.value)

    def judged(self, trial: str, verdict: Verdict) -> None:
        """A patient has an answer."""
        self._of_verdicts(trial, verdict).inc()

    def rejected(self) -> None:
        """A line of a stream could not be judged."""
        self._rejected.inc()

    def reloaded(self, *, refused: bool) -> None:
        """The rules were read anew."""
        self._reloads.labels("refused" if refused else "done").inc()

    def rules(self, library: Library) -> None:
        """These are the rules in use."""
        self._rules.clear()
        for trial in library.trials.values():
            for one in trial.editions:
                version = one.protocol.version
                self._rules.labels(trial.id, version, one.rules_sha256[:12]).set(1)

    def text(self) -> bytes:
        """All figures."""
        return generate_latest(self._all)
