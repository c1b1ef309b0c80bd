"""Where the text that a command makes goes: standard output, or a file that appears whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from screener.cli import console
from screener.terminal import clean


def give(text: str, out: Path | None) -> None:
    """Print the text, or write it to a file that is not there yet.

    Raises:
        UsageFault: the file is there already, or cannot be written.
    """
    if out is None:
        console.put(text)
        return
    require_new(out)
    name = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=out.parent, prefix=f".{out.name}.", delete=False
        ) as file:
            name = file.name
            file.write(text)
        # Linking fails where somebody else was quicker, so that nothing is ever written over.
        os.chmod(name, 0o644)
        os.link(name, out)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise console.UsageFault(f"`{clean(str(out))}` cannot be written: {reason}") from error
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)


def require_new(out: Path | None) -> None:
    """Say at once that a file cannot be made, before anything is worked out for it.

    Raises:
        UsageFault: it is there already, or there is no folder for it.
    """
    if out is None:
        return
    if not out.absolute().parent.is_dir():
        raise console.UsageFault(f"there is no folder `{clean(str(out.absolute().parent))}`")
    if out.exists():
        raise console.UsageFault(f"`{clean(str(out))}` is there already; name another file")
