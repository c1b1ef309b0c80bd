"""Lines that exclude who has had a drug or an event so long before the randomization."""

from __future__ import annotations

import re
from collections.abc import Mapping

from screener.registry.lines import Side
from screener.registry.proposals import Known, Patterns, Proposal, Read, with_window
from screener.registry.wording import BEFORE_RANDOMIZATION, Unclear
from screener.rules.writing import Data
from screener.vocabulary import Type

_TAKEN = (
    r"(?:(?:the )?(?:patient|subject|participant)s? (?:takes|take|took|has taken|have taken|"
    r"receives|received|has received|have received) |(?:use|receipt) of |treatment with "
    r"|(?:patients|subjects|participants) (?:who (?:have )?|having )?(?:taken|received) )?"
)
_STUDY_DRUG = (
    r"(?:any |an |another |other |any other )?"
    r"(?:study/investigational|investigational|experimental|study) "
    r"(?:drug|drugs|medication|medications|medicinal products?)"
)
_ANTIBIOTIC = r"(?:any )?systemic(?:ally administered)? antibiotics?(?: therapy| treatment)?"
_BLEEDING = r"(?:history of )?(?:variceal bleeding|bleeding from (?:o?esophageal )?varices)"


def patterns() -> Patterns:
    """Whole lines about what must not have been so long before the randomization."""
    return [
        (rf"{_TAKEN}{_STUDY_DRUG},? {BEFORE_RANDOMIZATION}", _washout("investigational_drug")),
        (
            rf"{_TAKEN}{_ANTIBIOTIC},? {BEFORE_RANDOMIZATION}",
            _washout("antibiotic", {"route": "systemic"}),
        ),
        (rf"{_BLEEDING},? {BEFORE_RANDOMIZATION}", _washout("variceal_bleeding")),
    ]


def _washout(name: str, where: Mapping[str, str] | None = None) -> Read:
    def read(match: re.Match[str], known: Known) -> Proposal | Unclear | None:
        if name not in known.vocabulary or known.vocabulary[name].shape.type is not Type.EVENT:
            return Unclear(f"the vocabulary has no event `{name}`")
        fact = known.vocabulary[name]
        for attribute, value in (where or {}).items():
            shape = fact.attributes.get(attribute)
            if shape is None or value not in shape.values:
                return Unclear(f"the vocabulary has no `{attribute}: {value}` of `{name}`")
        if known.side is Side.INCLUSION:
            return Unclear("it reads like an exclusion and stands among the inclusions")
        leaf: dict[str, Data] = {"fact": name}
        if where is not None:
            leaf["where"] = dict(where)
        return Proposal(with_window(leaf, match), frozenset({name}))

    return read
