"""Random vocabularies, rule files and patients, aimed at the edges of what the rules ask.

Everything comes from one `random.Random`: the same seed gives the same trial and patients. Values
are at a limit or one step beside it, dates at the edge of a window or one day beside it, and any
part of a record may be missing, partial or stated to be absent. What is generated is well formed;
refusing what is not belongs to other tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from tests.judge.calendar import days_of, moved, point

Json = dict[str, Any]

ABSENCES = [
    "pending", "not_done", "asked_unknown", "not_in_record", "masked", "not_applicable",
    "inconclusive",
]  # fmt: skip

#: Numeric facts: the limits that rules ask for, in the unit they are asked in, and the step.
LIMITS: dict[str, tuple[list[str], str, str]] = {
    "platelets": (["50", "75", "100.5"], "10*9/L", "0.5"),
    "bilirubin": (["2", "3", "1.5"], "mg/dL", "0.1"),
    "alt": (["40", "100"], "U/L", "20"),
    "ast": (["40", "100"], "U/L", "20"),
    "inr": (["1.7", "2.3"], "", "0.1"),
    "size": (["3", "8"], "cm", "0.5"),
    "lesion": (["1", "2"], "cm", "0.5"),
    "score": (["4", "5", "6", "7"], "", "1"),
    "age": (["18", "40", "41", "75"], "a", "1"),
    "index": (["1", "2", "3.5", "4.5"], "", "0.5"),
    "diameter": (["1", "1.5"], "cm", "0.5"),
    "dose": (["10", "20"], "", "5"),
    "cap": (["10", "20"], "", "10"),
    "half_life": (["24", "48", "67.2"], "h", "4.8"),
}
#: What one unit of the first is in the second, for values written otherwise than limits.
OTHER_UNITS = {
    "platelets": [("/uL", 1000)],
    "size": [("mm", 10)],
    "lesion": [("mm", 10)],
    "diameter": [("mm", 10)],
}
SITES = [{"lung": ["left_lung", "right_lung"]}, "liver", "skin"]
CODES = {
    "sex": ["female", "male"],
    "tumour": ["carcinoma", "hcc", "cca", "sarcoma", "other"],
    "ascites": ["none", "mild", "severe"],
    "class": ["A", "B", "C"],
    "grade": ["low", "middle", "high"],
    "stage": ["I", "II", "III"],
    "site": ["lung", "left_lung", "right_lung", "liver", "skin"],
    "drug": ["aspirin", "heparin", "other"],
    "route": ["systemic", "oral", "intravenous", "topical"],
}
#: What leaves ask about, the richer kinds of fact more often.
ASKED = [
    "sex", "age", "tumour", "size", "resected", "birth", "cancer", "cancer", "opinion",
    "platelets", "platelets", "platelets", "bilirubin", "alt", "alt", "ast", "inr", "ecog",
    "ascites", "pregnant", "willing", "last_dose", "lesion", "lesion", "lesion", "drug", "drug",
    "drug", "stroke", "score", "class", "index", "index", "grade", "stage", "small",
]  # fmt: skip
STEPS = ["0", "1", "2", "3"]
#: What values are compared with, in the same unit; and of these, which have days of their own.
BESIDE = {
    "platelets": [],
    "alt": ["ast", "ast"],
    "ast": ["alt", "alt"],
    "bilirubin": [],
    "inr": ["score"],
    "lesion": ["size"],
    "last_dose": ["surgery", "birth"],
}
SAME_DAY = ["alt", "ast"]
#: Limits of which the judge does not work out whether a missed window is all that keeps them open.
_SELDOM_TRACED = re.compile(
    r'baseline|(?<!"fact": )"(?:[0-9.]+ x )?score"|"between": \["[0-9.]+ x [a-z]'
)
#: Facts for which a source may be declared complete.
_DECLARABLE = ["resected", "cancer", "pregnant", "drug", "stroke"]


#: Each mentions an input once, and rises or falls in it throughout.
FORMULAS: list[Json] = [
    {"inputs": {"bilirubin": "mg/dL", "inr": "1"}, "value": "bilirubin * inr - 1.05"},
    {
        "inputs": {"alt": "x ULN", "platelets": "10*9/L"},
        "steps": {"hundred": "100 * alt"},
        "value": "hundred / platelets",
    },
    {
        "inputs": {"bilirubin": "mg/dL", "size": "cm", "sex": "cases"},
        "value": "2 * ln(bilirubin) + by(sex, female = 0.5, male = -0.25) * sqrt(size) + 2",
    },
    {"inputs": {"age": "a", "inr": "1"}, "value": "max(age / 20, 1) + min(inr, 2)"},
    {
        "inputs": {"platelets": "10*9/L", "inr": "1", "resected": "cases"},
        "value": "if(platelets > 75, 1, by(resected, true = 1.5, false = 2)) + power(inr, 2) / 2",
    },
    {"inputs": {"size": "mm", "lesion": "cm"}, "value": "max(size / 20, lesion)"},
    {"inputs": {"age": "a"}, "value": "age / 20"},
]


# --- vocabularies -----------------------------------------------------------------------------


def vocabulary(random: Random) -> Json:
    """Facts of every type and kind; who is asked and what absence means differ."""

    def absence(chance: float) -> Json:
        return {"absence": "no"} if random.random() < chance else {}

    site = {"site": {"type": "code", "values": SITES}}
    facts: dict[str, Json] = {
        "sex": {"type": "code", "kind": "fixed", "values": CODES["sex"]},
        "birth": {"type": "date", "kind": "fixed"},
        "age": {
            "type": "quantity", "kind": "observation", "unit": "a", "derived": {"age_of": "birth"},
        },
        "tumour": {
            "type": "code", "kind": "fixed",
            "values": [{"carcinoma": ["hcc", "cca"]}, "sarcoma", "other"],
            "attributes": site,
        },
        "size": {"type": "quantity", "kind": "fixed", "unit": "cm"},
        "resected": {"type": "boolean", "kind": "fixed"} | absence(0.2),
        "surgery": {"type": "date", "kind": "fixed"},
        "start": {"type": "date", "kind": "fixed"},
        "cancer": {"type": "boolean", "kind": "cumulative", "attributes": site} | absence(0.2),
        "opinion": {"type": "boolean", "kind": "cumulative", "asked_of": "investigator"},
        "platelets": {"type": "quantity", "kind": "observation", "unit": "10*9/L"},
        "bilirubin": {
            "type": "quantity", "kind": "observation", "unit": "umol/L",
            "accepted": {"mg/dL": "17.1"},
        },
        "alt": {"type": "quantity", "kind": "observation", "unit": "U/L"},
        "ast": {"type": "quantity", "kind": "observation", "unit": "U/L"},
        "inr": {"type": "number", "kind": "observation"},
        "ecog": {"type": "ordinal", "kind": "observation", "scale": STEPS},
        "ascites": {"type": "code", "kind": "observation", "values": CODES["ascites"]},
        "pregnant": {"type": "boolean", "kind": "observation"} | absence(0.2),
        "willing": {"type": "boolean", "kind": "observation", "asked_of": "participant"},
        "last_dose": {"type": "date", "kind": "observation"},
        "lesion": {
            "type": "quantity", "kind": "observation", "unit": "cm",
            "attributes": site | {"confirmed": {"type": "boolean"}},
        },
        "drug": {
            "type": "event", "kind": "event",
            "attributes": {
                "drug": {"type": "code", "values": CODES["drug"]},
                "route": {
                    "type": "code",
                    "values": [{"systemic": ["oral", "intravenous"]}, "topical"],
                },
                "dose": {"type": "number"},
                "cap": {"type": "number"},
                "half_life": {"type": "quantity", "unit": "h"},
            },
        },
        "stroke": {"type": "event", "kind": "event"} | absence(0.5),
        "score": {"type": "number", "kind": "observation", "derived": {"points": _points(random)}},
        "class": {
            "type": "code", "kind": "observation", "values": CODES["class"],
            "derived": {
                "grades": {
                    "of": "score",
                    "bands": [
                        {"at_most": "4", "is": "A"},
                        {"between": ["5", "6"], "is": "B"},
                        {"at_least": "7", "is": "C"},
                    ],
                }
            },
        },
    }  # fmt: skip
    facts["index"] = {
        "type": "number",
        "kind": "observation",
        "derived": {"formula": random.choice(FORMULAS) | {"decimals": random.choice("0012")}},
    }
    facts["grade"] = {
        "type": "code", "kind": "observation", "values": CODES["grade"],
        "derived": {
            "grades": {
                "of": "index",
                "bands": [
                    {"less_than": "2", "is": "low"},
                    {"at_least": "2", "at_most": "3.5", "is": "middle"},
                    {"more_than": "3.5", "is": "high"},
                ],
            }
        },
    }  # fmt: skip
    facts["stage"] = {
        "type": "code",
        "kind": "observation",
        "values": CODES["stage"],
        "derived": {
            "table": [
                {"when": {"ecog": {"at_least": "3"}}, "is": "III"},
                {"when": {"class": "C"}, "is": "III"},
                {"when": {"size": {"at_most": "3 cm"}, "lesion": {"less_than": "2 cm"}}, "is": "I"},
                {"when": {"age": {"at_least": "41 a"}, "sex": "female"}, "is": "II"},
                {"is": random.choice(CODES["stage"])},
            ]
        },
    }
    facts["small"] = {
        "type": "boolean", "kind": "observation",
        "derived": {"table": [
            {"when": {"resected": "true", "index": {"more_than": "2"}}, "is": "false"},
            {"when": {"size": {"less_than": "8 cm"}}, "is": "true"},
            {"is": "false"},
        ]},
    }  # fmt: skip
    if random.random() < 0.5:
        facts["platelets"]["plausible"] = ["0", "300"]
        facts["bilirubin"]["plausible"] = ["1", "1000"]
    for name, fact in facts.items():
        fact["label"] = name.replace("_", " ").capitalize()
    return {"facts": facts}


def _points(random: Random) -> list[Json]:
    parts: list[Json] = [
        {
            "fact": "bilirubin", "unit": "mg/dL",
            "bands": [
                {"less_than": "2", "points": "1"},
                {"between": ["2", "3"], "points": "2"},
                {"more_than": "3", "points": "3"},
            ],
        },
        {"fact": "inr", "bands": [{"at_most": "1.7", "points": "1"},
                                  {"more_than": "1.7", "points": "2"}]},
        {"fact": "ascites", "values": {"none": "1", "mild": "2", "severe": "3"}},
        {"fact": "resected", "values": {"true": "0", "false": "1"}},
    ]  # fmt: skip
    return parts if random.random() < 0.5 else parts[:3]


# --- rule files -------------------------------------------------------------------------------


class Author:
    """Writes a random rule file over the facts of `vocabulary`."""

    def __init__(self, random: Random, as_of: date) -> None:
        self.random = random
        self.as_of = as_of.toordinal()
        self.terms: dict[str, Any] = {}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def trial(self, criteria: int) -> Json:
        random = self.random
        cohorts = random.choice([[], [], ["c1", "c2"], ["c1", "c2", "c3"]])
        stages: list[Json] = []
        left = criteria
        for name in ("S1", "S2"):
            stage: Json = {"id": name, "title": name, "inclusion": [], "exclusion": []}
            if name == "S2" or self.chance(0.2):
                stage["window"] = self.between_points()
                if self.chance(0.4):
                    stage["when_missed"] = "fail"
            here = criteria // 2 if name == "S1" else left
            if here == 0:
                continue
            for number in range(here):
                side = random.choice(["inclusion", "exclusion"])
                stage[side].append(self.criterion(f"{name}-{number}", cohorts))
            left -= here
            if _SELDOM_TRACED.search(json.dumps([stage, self.terms])):
                stage.pop("when_missed", None)
            stages.append({word: value for word, value in stage.items() if value != []})
        trial: Json = {
            "trial": "XMPL-001",
            "title": "A made-up trial",
            "version": "1",
            "effective": "2000-01-01",
            "dates": {
                "surgery": {"fact": "surgery"},
                "start": {"fact": "start", "otherwise": "as_of"},
            },
            "age_at": random.choice(["as_of", "as_of", "start", "surgery"]),
            "stages": stages,
        }
        if self.terms:
            trial["define"] = self.terms
        if cohorts:
            opened = [self.chance(0.7) for _ in cohorts]
            opened[0] = opened[0] or not any(opened)
            trial["cohorts"] = [
                {"id": one, "title": one, "open": "true" if is_open else "false"}
                for one, is_open in zip(cohorts, opened, strict=True)
            ]
        return trial

    def criterion(self, name: str, cohorts: list[str]) -> Json:
        random = self.random
        size = random.choice([1, 1, 1, 2, 2, 3, 4, 6])
        criterion: Json = {"id": name, "text": "Made up.", "rule": self.rule(size)}
        if self.chance(0.2):
            criterion["applies_when"] = self.rule(random.choice([1, 1, 2]))
        if self.chance(0.2):
            criterion["if_missing"] = "no"
            criterion["reading"] = "What is not recorded did not happen."
        if cohorts and self.chance(0.4):
            criterion["only_for"] = random.sample(cohorts, random.randint(1, len(cohorts)))
        if self.chance(0.03):
            criterion["defect"] = {"as_printed": "< > 3", "kind": "misprint"}
            if self.chance(0.5):
                criterion["defect"]["resolved_by"] = "the sponsor"
        return criterion

    def rule(self, leaves: int) -> Any:
        random = self.random
        if leaves == 1:
            if self.chance(0.1):
                return {"not": self.leaf()}
            if self.chance(0.05):
                return self.term(self.leaf())
            return self.leaf()
        if leaves >= 2 and self.chance(0.15):
            return self.by(leaves)
        first = random.randint(1, leaves - 1)
        parts = [self.rule(first), self.rule(leaves - first)]
        if leaves - first > 1 and self.chance(0.5):
            parts = [self.rule(1) for _ in range(leaves)]
        word = random.choice(["all_of", "any_of", "none_of", "at_least_of", "not"])
        if word == "not":
            return {"not": {random.choice(["all_of", "any_of"]): parts}}
        if word == "at_least_of":
            return {word: {"count": str(random.randint(1, len(parts))), "of": parts}}
        rule = {word: parts}
        return self.term(rule) if self.chance(0.05) else rule

    def term(self, rule: Any) -> str:
        name = f"term{len(self.terms)}"
        self.terms[name] = rule
        return name

    def by(self, leaves: int) -> Json:
        fact, cases = self.random.choice(
            [
                ("sex", CODES["sex"]),
                ("ascites", CODES["ascites"]),
                ("pregnant", ["true", "false"]),
                ("ecog", STEPS),
            ]
        )
        return {"by": {fact: {case: self.rule(max(1, leaves // len(cases))) for case in cases}}}

    # --- leaves ---

    def leaf(self) -> Json:
        fact = self.random.choice(ASKED)
        leaf: Json = {"fact": fact}
        if fact == "drug":
            return self.event(leaf)
        if fact == "stroke":
            leaf |= self.timing()
            return leaf | self.beside(0.2)
        if fact == "age":
            return leaf | self.compared("age") | ({"at": self.day()} if self.chance(0.2) else {})
        if fact in ("score", "class", "index", "grade", "stage", "small"):
            timing = {"at": self.day()} if self.chance(0.2) else self.timing()
            return leaf | timing | self.compared(fact)
        if fact in ("cancer", "opinion"):
            if self.chance(0.4):
                leaf["within"] = self.window()
            if fact == "cancer":
                leaf |= self.attributes(["site"])
            return leaf | self.truth()
        if fact in ("sex", "tumour", "size", "resected", "birth"):
            if self.chance(0.1):
                return leaf | {"available": self.random.choice(["true", "false"])}
            if fact == "tumour":
                leaf |= self.attributes(["site"])
            return leaf | self.compared(fact)
        return self.observation(leaf)

    def observation(self, leaf: Json) -> Json:
        fact = leaf["fact"]
        leaf |= self.timing()
        if fact == "lesion":
            leaf |= self.attributes(["site", "confirmed"])
        leaf |= self.related(0.06)
        if self.chance(0.08):
            return leaf | {"available": self.random.choice(["true", "false"])}
        if self.chance(0.15):
            if self.chance(0.7):
                leaf |= self.compared(fact, single=True)
            return leaf | {"count": self.count()}
        if self.chance(0.06):
            compared = self.compared(fact, single=True)
            return leaf | compared | {"consecutive": str(self.random.choice([2, 2, 3]))}
        if self.chance(0.2) and fact in LIMITS:
            return leaf | self.several(fact)
        if self.chance(0.35) and fact in BESIDE:
            return leaf | self.beside_another(fact)
        use = self.random.choice(["", "", "latest", "earliest", "highest", "lowest", "any", "all"])
        if use in ("highest", "lowest") and fact not in LIMITS:
            use = "latest"
        if use:
            leaf["use"] = use
        return leaf | self.compared(fact, single=use in ("any", "all"))

    def event(self, leaf: Json) -> Json:
        leaf |= self.timing() | self.attributes(["drug", "route", "dose"])
        if self.chance(0.3):
            stretches = self.random.choice([["4 wk", "5 half_lives"], ["2.5 half_lives"], ["2 wk"]])
            word = self.random.choice(["shorter_of", "longer_of"])
            leaf["within"] = {word: stretches, "before": self.day()}
        leaf |= self.beside(0.2)
        if self.chance(0.18):
            leaf.pop("lasting", None)
            return leaf | {"days": self.length(["1 d", "7 d", "10 d", "4 wk"])}
        if self.chance(0.12):
            return leaf | {"since_last": self.since()}
        if self.chance(0.25):
            leaf["count"] = self.count()
        return leaf

    def beside_another(self, fact: str) -> Json:
        """A limit that is another fact, or the fact itself at another time (9.8)."""
        random = self.random
        others = [*BESIDE[fact], *(["baseline"] if fact in LIMITS else [])]
        name = random.choice(others)
        times = random.choice(["", "0.5 x ", "1 x ", "1.25 x ", "2 x "]) if fact in LIMITS else ""
        word = random.choice(["at_least", "at_most", "more_than", "less_than"])
        words: Json = {word: f"{times}{name}"}
        if fact in LIMITS and self.chance(0.2):
            limits, unit, _ = LIMITS[fact]
            words = {"between": [f"0.5 x {name}", f"{max(limits)} {unit}".strip()]}
        if name == "baseline":
            words["baseline"] = {"within": self.window()}
            if self.chance(0.7):
                uses = ["latest", "earliest", "highest", "lowest", "mean", "median"]
                words["baseline"]["use"] = random.choice(uses)
        elif name in SAME_DAY and self.chance(0.75):
            words["same"] = "day"
        use = random.choice(["", "", "latest", "earliest", "any", "all", "count", "highest"])
        if use == "count":
            words["count"] = self.count()
        elif use and (use != "highest" or fact in LIMITS):
            words["use"] = use
        return words

    def several(self, fact: str) -> Json:
        """One number out of several, over all or by day."""
        use = self.random.choice(["mean", "median", "median", "sum", "sum", "highest", "lowest"])
        words: Json = {"use": use}
        if use in ("highest", "lowest") or self.chance(0.4):
            words["per"] = "day"
        compared = self.compared(fact, single=True)
        while any("x " in str(one) for one in compared.values()):
            compared = self.compared(fact, single=True)
        return words | compared

    def since(self) -> Json:
        words = self.length(["1 d", "7 d", "2 wk", "1 mo"])
        return words if self.chance(0.4) else words | {"at": self.day()}

    def beside(self, share: float) -> Json:
        """Records that the record has to stand beside, and how long it has to last."""
        words: Json = {}
        if self.chance(share):
            words["lasting"] = self.length(["1 d", "7 d", "2 wk", "1 mo"])
        return words | self.related(share)

    def related(self, share: float) -> Json:
        words: Json = {}
        if self.chance(share):
            word = self.random.choice(["before", "after"])
            words[word] = self.others()
            if self.chance(0.3):
                words[word]["within"] = self.window()
        if self.chance(share):
            clear = [self.others() | {"within": self.around()} for _ in range(1 + self.chance(0.2))]
            words["clear_of"] = clear if len(clear) > 1 or self.chance(0.2) else clear[0]
        return words

    def others(self) -> Json:
        """Records of another fact, or of the same."""
        fact = self.random.choice(["drug", "stroke", "stroke", "lesion"])
        words: Json = {"fact": fact}
        if fact == "drug":
            words |= self.attributes(["drug"])
        return words

    def around(self) -> Any:
        less = "less than " if self.chance(0.2) else ""
        side = self.random.choice(["before", "before", "after"])
        offset = self.random.choice(["1 d", "7 d", "2 wk", "1 mo"])
        both = {"from": f"{offset} before this", "to": "3 d after this"}
        return self.random.choice([f"{less}{offset} {side} this", both])

    def length(self, stretches: list[str]) -> Json:
        word = self.random.choice(["at_least", "at_least", "more_than", "at_most", "less_than"])
        if self.chance(0.15):
            first = self.random.randrange(len(stretches) - 1)
            return {"between": stretches[first : first + 2]}
        return {word: self.random.choice(stretches)}

    def count(self) -> Json:
        word = self.random.choice(["at_least", "at_least", "at_most", "less_than", "is", "between"])
        number = self.random.randint(1, 3)
        if self.chance(0.25):
            return {word: [str(number), "3"] if word == "between" else str(number)} | {
                "distinct": "date"
            }
        if word == "between":
            return {word: [str(number), str(number + self.random.randint(0, 1))]}
        return {word: str(number)}

    def attributes(self, names: list[str]) -> Json:
        words: Json = {}
        if self.chance(0.5):
            few = self.random.sample(names, self.random.randint(1, min(2, len(names))))
            words["where"] = {name: self.attribute(name) for name in few}
        if self.chance(0.2):
            words["except"] = [
                {
                    name: self.attribute(name)
                    for name in self.random.sample(names, self.random.randint(1, len(names)))
                }
                for _ in range(self.random.randint(1, 2))
            ]
        return words

    def attribute(self, name: str) -> Any:
        if name == "confirmed":
            return self.random.choice(["true", "false"])
        if name == "dose":
            if self.chance(0.4):
                word = self.random.choice(["at_least", "at_most", "more_than", "less_than", "is"])
                return {word: self.random.choice(["cap", "0.5 x cap", "2 x cap"])}
            return {"at_least": self.random.choice(LIMITS["dose"][0])}
        if self.chance(0.2):
            return self.random.sample(CODES[name], 2)
        return self.random.choice(CODES[name])

    def truth(self) -> Json:
        return {"is": self.random.choice(["true", "true", "false"])}

    def compared(self, fact: str, single: bool = False) -> Json:
        random = self.random
        if fact in ("resected", "pregnant", "willing", "small"):
            return self.truth()
        if fact in CODES:
            if self.chance(0.3):
                return {"one_of": random.sample(CODES[fact], 2)}
            return {"is": random.choice(CODES[fact])}
        if fact == "ecog":
            word = random.choice(["is", "at_least", "at_most", "between", "one_of"])
            if word == "between":
                return {word: ["1", random.choice(["1", "2"])]}
            return {word: ["0", "2"] if word == "one_of" else random.choice(STEPS[1:3])}
        word = random.choice(["at_least", "at_most", "more_than", "less_than", "between", "is"])
        if fact in ("birth", "last_dose"):
            years = random.choice([18, 40, 75]) if fact == "birth" else 0
            days = [day - years * 365 for day in sorted(random.sample(range(-40, 41), 2))]
            limits = [date.fromordinal(self.as_of + day).isoformat() for day in days]
            return {word: limits if word == "between" else limits[0]}
        if fact == "alt" and self.chance(0.7):
            side = random.choice(["ULN", "ULN", "LLN"])
            if word == "between":
                low = f"1 x {side}" if single else random.choice(["1 x ULN", "1 x LLN"])
                return {word: [low, f"2.5 x {side}"]}
            if self.chance(0.3) and not single:
                more = random.choice(["+ 10 U/L", "- 5 U/L", "+ 60 U/L", "- 40 U/L"])
                times = random.choice(["", "1 x ", "2 x "])
                return {word: f"{times}{side} {more}"}
            return {word: f"{random.choice(['1', '2.5', '3'])} x {side}"}
        limits, unit, _ = LIMITS[fact]
        written = [f"{limit} {unit}".strip() for limit in limits]
        if word == "between":
            return {word: written[:2]}
        if word == "is" and not single and self.chance(0.5):
            return {"one_of": random.sample(written, 2)}
        return {word: random.choice(written)}

    # --- windows ---

    def timing(self) -> Json:
        if self.chance(0.5):
            return {}
        if self.chance(0.7):
            return {"within": self.window()}
        timing = {self.random.choice(["before", "after"]): self.day()}
        return timing | ({"within": self.window()} if self.chance(0.2) else {})

    def anchor(self) -> str:
        if self.chance(0.1):
            return date.fromordinal(self.as_of + self.random.randint(-30, 20)).isoformat()
        return self.random.choice(["as_of", "as_of", "surgery", "surgery", "start"])

    def offset(self) -> str:
        return self.random.choice(["7 d", "14 d", "4 wk", "1 mo", "3 mo", "6 mo", "1 a", "2 wk"])

    def day(self) -> Any:
        if self.chance(0.12):
            word = self.random.choice(["earlier_of", "later_of"])
            return {word: [self.anchor(), f"{self.offset()} after {self.anchor()}"]}
        if self.chance(0.4):
            return self.anchor()
        return f"{self.offset()} {self.random.choice(['before', 'after'])} {self.anchor()}"

    def window(self) -> Any:
        if self.chance(0.3):
            return self.between_points()
        less = "less than " if self.chance(0.2) else ""
        side = self.random.choice(["before", "before", "after"])
        return f"{less}{self.offset()} {side} {self.anchor()}"

    def between_points(self) -> Json:
        anchor = self.random.choice(["as_of", "surgery", "start"])
        ends = self.random.choice(
            [
                {"from": f"4 wk before {anchor}", "to": f"2 wk after {anchor}"},
                {"from": f"4 wk after {anchor}", "to": f"6 wk after {anchor}"},
                {"from": f"1 mo before {anchor}", "to": f"1 wk before {anchor}"},
                {"from": anchor, "to": f"14 d after {anchor}"},
                {"from": f"2 wk before {anchor}"},
                {"to": f"7 d before {anchor}"},
                {"from": "1 mo after surgery", "to": "start"},
                {"from": "surgery", "to": "as_of"},
            ]
        )
        return ends


# --- patients ---------------------------------------------------------------------------------


class Ward:
    """Makes up patients for a trial, close to what its rules ask."""

    def __init__(self, random: Random, trial: Json, facts: Json, as_of: date) -> None:
        self.random = random
        self.trial = trial
        self.facts = facts
        self.base = as_of
        self.windows = list(_windows(trial))
        self.edges: list[int] = []
        self.recent: list[str] = []
        self.messy = 0.0
        self.as_of = as_of.toordinal()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def patient(self) -> tuple[Json, date]:
        """A profile and the day it is screened on."""
        random = self.random
        self.messy = random.choice([0.02, 0.1, 0.3])
        self.as_of = self.base.toordinal() + random.choice([0, 0, 0, -1, 1, 3, -30])
        surgery = self.as_of + random.choice(
            [-28, -29, -42, -43, -27, -30, -14, -90, 0, 5, -35, -7]
        )
        start = self.as_of + random.choice([0, 0, 7, 14, -3, -14])
        anchors = {"as_of": self.as_of, "surgery": surgery, "start": start}
        self.edges = sorted({edge for one in self.windows for edge in _edges(one, anchors)})
        self.recent = []
        facts: Json = {}
        visits: dict[str, Json] = {}
        if not self.chance(self.messy):
            facts["surgery"] = self.date_fact(surgery)
        if self.chance(0.5):
            facts["start"] = self.date_fact(start)
        self.person(facts)
        for name, fact in self.facts.items():
            if name in (
                "surgery",
                "start",
                "sex",
                "birth",
                "age",
                "score",
                "class",
                "index",
                "grade",
                "stage",
                "small",
            ):
                continue
            if self.chance(0.08 + self.messy / 2):
                continue
            if fact["kind"] == "event":
                self.event(name, fact, facts, visits)
            else:
                self.records(name, fact, facts, visits)
        for name in ("score", "class", "index", "grade", "stage", "small"):
            if self.chance(0.15):
                self.records(name, self.facts[name], facts, visits)
        profile: Json = {"patient": "p", "facts": facts}
        declared = [name for name in _DECLARABLE if self.chance(0.15)]
        if declared and self.chance(0.5):
            profile["complete"] = {name: self.declaration() for name in declared}
        if visits:
            profile["visits"] = [{"date": day, "facts": given} for day, given in visits.items()]
        return profile, date.fromordinal(self.as_of)

    def declaration(self) -> Json:
        """A source that is complete up to the day of screening, or to a day near an edge."""
        day = date.fromordinal(self.as_of).isoformat() if self.chance(0.5) else self.day()
        to = date.fromordinal(days_of(day)[-1]).isoformat()
        return {"to": to, "source": "chart"}

    def person(self, facts: Json) -> None:
        if not self.chance(0.05):
            facts["sex"] = self.random.choice(CODES["sex"])
            if self.chance(self.messy / 4):
                facts["sex"] = [{"value": "female"}, {"value": "male"}]
        age = int(self.random.choice(LIMITS["age"][0]))
        near = moved(self.as_of, -age, "a") + self.random.choice([-1, 0, 1, -200, 366])
        if not self.chance(0.1 + self.messy):
            facts["birth"] = self.date_fact(near)
        if self.chance(0.15):
            facts["age"] = {"value": str(age + self.random.choice([0, -1])), "unit": "a"}
            if self.chance(0.5):
                facts["age"]["date"] = self.day()
            if self.chance(0.1):
                facts["age"]["comparator"] = self.random.choice([">=", "<"])

    def date_fact(self, day: int) -> Any:
        if self.chance(self.messy / 3):
            return {"absent": self.random.choice(ABSENCES)}
        text = date.fromordinal(day).isoformat()
        if self.chance(self.messy / 3):
            return [text, date.fromordinal(day + self.random.choice([1, 14])).isoformat()]
        return text[:7] if self.chance(self.messy) else text

    def day(self) -> str:
        """A day near an edge; often partial where the patient's records are bad."""
        random = self.random
        if self.recent and self.chance(0.2):
            return random.choice(self.recent)
        near = [self.as_of, self.as_of, *self.edges]
        day = random.choice(near) + random.choice([-1, 0, 0, 1, 1, -2, -10])
        if day > self.as_of and not self.chance(0.15):
            day = self.as_of - random.choice([0, 0, 1, 3, 8])
        text = date.fromordinal(day).isoformat()
        if self.chance(self.messy / 2):
            text = text[:4] if self.chance(0.08) else text[:7]
        self.recent.append(text)
        return text

    def records(self, name: str, fact: Json, facts: Json, visits: dict[str, Json]) -> None:
        random = self.random
        fixed = fact["kind"] == "fixed"
        many = random.choice([1, 1, 1, 2, 2, 3]) if not fixed else 1 + self.chance(self.messy / 2)
        given = [self.record(name, fact) for _ in range(many)]
        if self.chance(0.2):
            day = self.day()
            under = visits.setdefault(day, {})
            if name not in under:
                bare = [{word: one[word] for word in one if word != "date"} for one in given[:1]]
                under[name] = self.short(bare[0], fact)
                given = given[1:]
        if given:
            alone = len(given) == 1 and self.chance(0.7)
            facts[name] = self.short(given[0], fact) if alone else given

    def short(self, record: Json, fact: Json) -> Any:
        """A record of a value alone is often written as the bare value."""
        if set(record) == {"value"} and self.chance(0.5):
            return record["value"]
        if set(record) == {"value", "unit"} and self.chance(0.5):
            return f"{record['value']} {record['unit']}"
        return record

    def record(self, name: str, fact: Json) -> Json:
        record: Json = {}
        undated = 0.7 if fact["kind"] != "observation" else 0.03 + self.messy / 5
        if not self.chance(undated):
            record["date"] = self.day()
        if self.chance(0.03 + self.messy / 3):
            return {"absent": self.random.choice(ABSENCES)} | record
        record |= self.value(name, fact)
        if self.chance(0.02):
            record["status"] = self.random.choice(["entered-in-error", "cancelled", "final"])
        for attribute, shape in fact.get("attributes", {}).items():
            if not self.chance(self.messy):
                record[attribute] = self.attribute(attribute, shape)
        if name in ("alt", "ast") and not self.chance(self.messy / 2):
            ranges = [("10", "40"), ("10", "40"), ("40", "50"), ("", "40"), ("10", ""), ("0", "0")]
            low, high = self.random.choice(ranges)
            sides = {"low": low, "high": high}
            record["reference_range"] = {side: sides[side] for side in sides if sides[side]}
        return record

    def value(self, name: str, fact: Json) -> Json:
        random = self.random
        kind = fact["type"]
        if kind == "boolean":
            return {"value": random.choice([True, False])}
        if kind == "code":
            return {"value": random.choice(CODES[name])}
        if kind == "ordinal":
            return {"value": random.choice(STEPS)}
        if kind == "date":
            return {"value": self.day()}
        return self.number(name)

    def number(self, name: str) -> Json:
        """A value at a limit or a step beside it, maybe in another unit, maybe censored."""
        random = self.random
        limits, unit, step = LIMITS[name]
        places = 3
        thousandths = round(float(random.choice(limits)) * 10**places)
        thousandths += random.choice([-1, 0, 0, 0, 1, 1]) * round(float(step) * 10**places)
        if name == "score":
            thousandths = random.choice([3, 4, 5, 6, 7, 8]) * 10**places
        if name in OTHER_UNITS and self.chance(0.3):
            unit, factor = random.choice(OTHER_UNITS[name])
            thousandths *= factor
        record: Json = {"value": _decimal(thousandths, places)}
        if name == "bilirubin" and self.chance(0.3):
            unit = "umol/L"
            record["value"] = random.choice(["34.2", "51.3", "34.1", "51.4", "25.65"])
        if unit:
            record["unit"] = unit
        if self.chance(self.messy / 3) and name not in ("score", "index"):
            record["comparator"] = random.choice(["<", "<=", ">", ">="])
        return record

    def attribute(self, name: str, shape: Json) -> Any:
        if shape["type"] == "boolean":
            return self.random.choice([True, False])
        if shape["type"] == "code":
            return self.random.choice(CODES[name])
        number = self.number(name)
        return f"{number['value']} {number['unit']}" if "unit" in number else number["value"]

    # --- events ---

    def event(self, name: str, fact: Json, facts: Json, visits: dict[str, Json]) -> None:
        random = self.random
        form = random.choice(
            ["none", "none", "list", "list", "records", "records", "records", "true", "absent",
             "visit", "dated none", "mixed"]
        )  # fmt: skip
        listed = [self.episode(fact) for _ in range(random.choice([0, 1, 1, 2, 3]))]
        if form == "none":
            facts[name] = random.choice([False, []])
        elif form == "list":
            facts[name] = listed
        elif form in ("records", "mixed"):
            facts[name] = {"records": listed}
            if self.chance(0.8):
                complete = self.as_of if self.chance(0.6) else days_of(self.day())[0]
                facts[name]["complete_to"] = date.fromordinal(complete).isoformat()
        elif form == "true":
            facts[name] = random.choice([True, [{"value": True, "date": self.day()}]])
        elif form == "absent":
            facts[name] = {"absent": random.choice(ABSENCES)}
        elif form == "dated none":
            facts[name] = {"value": False, "date": self.day()}
        if form in ("visit", "mixed"):
            under = visits.setdefault(self.day(), {})
            under[name] = random.choice([False, False, [], True])

    def episode(self, fact: Json) -> Json:
        """One occurrence: a day, or a stretch of days with or without a known end."""
        random = self.random
        record: Json = {}
        days = sorted([self.day(), self.day()], key=lambda text: days_of(text)[0])
        if self.chance(0.4):
            record["date"] = days[0]
        elif self.chance(0.95):
            record["start"] = days[0]
            how = random.random()
            if how < 0.6 and days_of(days[0])[0] <= days_of(days[1])[-1]:
                record["end"] = days[1]
            elif how < 0.8:
                record["ongoing"] = True
        for attribute, shape in fact.get("attributes", {}).items():
            if not self.chance(self.messy):
                record[attribute] = self.attribute(attribute, shape)
        return record or {"value": True}


def _decimal(thousandths: int, places: int) -> str:
    whole, rest = divmod(abs(thousandths), 10**places)
    text = f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")
    return f"-{text}" if thousandths < 0 else text


def _windows(node: Any) -> Iterator[Any]:
    """Everything in a trial that says a day or a window."""
    if isinstance(node, dict):
        for word, value in node.items():
            if word in ("within", "window", "before", "after", "at") and not _around(value):
                yield value
            elif word == "within" and isinstance(value, dict) and "before" in value:
                yield from _windows({"within": value["before"]})
            else:
                yield from _windows(value)
    elif isinstance(node, list):
        for one in node:
            yield from _windows(one)


def _around(window: Any) -> bool:
    """Whether it is not a window of days that are known beforehand."""
    texts = window.values() if isinstance(window, dict) else [window]
    return any(not isinstance(text, str) or "this" in text or "_of" in text for text in texts) or (
        isinstance(window, dict) and not {"from", "to"} & set(window)
    )


def _edges(window: Any, anchors: dict[str, int]) -> Iterator[int]:
    texts = list(window.values()) if isinstance(window, dict) else [window]
    for text in texts:
        there = point(text.removeprefix("less than "))
        anchor = anchors.get(there.date)
        yield there.on(days_of(there.date)[0] if anchor is None else anchor)


def trial_with_patients(
    seed: str, criteria: int = 10, patients: int = 40
) -> tuple[Json, Json, list[tuple[Json, date]]]:
    """One rule file, its vocabulary, and patients with the days they are screened on."""
    random = Random(seed)
    as_of = random.choice(
        [date(2024, 2, 29), date(2026, 3, 31), date(2025, 12, 31), date(2026, 3, 1)]
        + [date(2026, 1, 1).replace(month=month, day=15) for month in range(1, 13)]
    )
    words = vocabulary(random)
    trial = Author(random, as_of).trial(criteria)
    ward = Ward(random, trial, words["facts"], as_of)
    return trial, words, [ward.patient() for _ in range(patients)]
