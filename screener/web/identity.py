"""Whether a screening id looks like something that tells who the patient is.

It looks at the shape of the text only: a study's own numbering passes, a name, a date, an address
or a hospital's long number is questioned. Nobody can be sure of either.
"""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}", re.ASCII)
_DATE = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}"
    r"|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:[0-9]{2}|[0-9]{4}))(?![0-9])",
    re.ASCII,
)
_LONG_NUMBER = re.compile("[0-9]{7}", re.ASCII)

_ONLY = "Use the study's screening ID only."


def question(text: str) -> str | None:
    """What is doubtful about a screening id, as a sentence; None for one that may be used."""
    text = text.strip()
    if not text:
        return None
    if "@" in text:
        return f"This looks like an e-mail address. {_ONLY}"
    if _DATE.search(text) or _LONG_NUMBER.search(text):
        return f"This looks like a date or a medical record number. {_ONLY}"
    if not any(sign.isdigit() for sign in text) or any(sign.isspace() for sign in text):
        return f"This looks like a name. {_ONLY} It has a digit in it and no spaces."
    if not _PLAIN.fullmatch(text):
        return f"A screening ID has letters, digits, points and hyphens, at most 40. {_ONLY}"
    return None
