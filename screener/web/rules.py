"""The rules in use, which can be read anew while the server answers.

New rules are read whole beside the old ones and take their place in one step; a request that has
begun ends with the rules it began with. Rules with faults replace nothing.
"""

from __future__ import annotations

from threading import Lock

from screener.diagnostics import RulesError, UnknownTrial
from screener.web.library import Library
from screener.web.metrics import Metrics
from screener.web.settings import Settings


class Rules:
    """Holds the library that new requests get."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """Read the rules.

        Raises:
            UnknownTrial: there are no trials.
            RulesError: the mapping file has faults.
        """
        self._settings, self._metrics, self._one = settings, metrics, Lock()
        self.library = Library(settings.criteria, settings.cds_mapping)
        metrics.rules(self.library)

    def reload(self) -> str | None:
        """Read all rule files anew; what is wrong with them, in which case the old ones stay."""
        with self._one:
            refused = self._renew()
        self._metrics.reloaded(refused=refused is not None)
        return refused

    def _renew(self) -> str | None:
        try:
            new = Library(self._settings.criteria, self._settings.cds_mapping)
        except (UnknownTrial, RulesError) as error:
            return str(error)
        broken = [
            str(error) for name, error in new.faulty.items() if name not in self.library.faulty
        ]
        if broken:
            return "\n".join(broken)
        self.library = new
        self._metrics.rules(new)
        return None
