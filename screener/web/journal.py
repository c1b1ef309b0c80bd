"""What the server writes down of its own life: a line of JSON an event, nothing of a patient."""

from __future__ import annotations

import json
import os

from screener.web.settings import Settings


class Journal:
    """Writes where the settings say; nowhere, if they say nothing."""

    def __init__(self, settings: Settings) -> None:
        self._tell, self._now = settings.tell, settings.now

    def __call__(self, event: str, **words: str | int) -> None:
        """Write an event and words of ours that belong to it."""
        if self._tell is not None:
            at = self._now().isoformat(timespec="milliseconds")
            self._tell(json.dumps({"event": event, "at": at, "process": os.getpid(), **words}))
