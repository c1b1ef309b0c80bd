"""Made-up criteria texts, and of every line what it stands for: a rule, or nothing certain.

The truth is laid down here, line by line, before a text is written; it knows nothing of how texts
are read. A line is *certain* if it says one limit in plain words and no other line touches it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

Rule = dict[str, Any]


class Said(NamedTuple):
    """A line, and the rule it stands for; None where nothing is certain."""

    text: str
    rule: Rule | None = None


class Lab(NamedTuple):
    """A laboratory value: its names, whether higher is better, and ways of writing limits.

    A way: the unit as written, the unit in UCUM, numbers as written and as they are.
    """

    fact: str
    names: tuple[str, ...]
    high_is_better: bool
    ways: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


_CELLS = ((" x 10^9/L", "10*9/L"),
          (" \u00d7 10\u2079/L", "10*9/L"), ("*10^9/L", "10*9/L"), (" G/L", "10*9/L"),
          (" \u00d7 10^3/µL", "10*3/uL"), (" K/uL", "10*3/uL"))  # fmt: skip
_SMALL = (
    ("/mm3", "/mm3"),
    ("/ mm3", "/mm3"),
    ("/mm³", "/mm3"),
    ("/µL", "/uL"),
    (" cells/mm3", "/mm3"),
)


def _cells(large: tuple[str, ...], small: tuple[tuple[str, str], ...]) -> tuple[Any, ...]:
    ways = [(unit, ucum, tuple((one, one) for one in large)) for unit, ucum in _CELLS]
    return (*ways, *((unit, ucum, small) for unit, ucum in _SMALL))


LABS = (
    Lab("platelets", ("Platelets", "Platelet count", "Platelet count (PLT)", "Thrombocytes"), True,
        _cells(("100", "75", "50"), (("100,000", "100000"), ("75000", "75000")))),
    Lab("neutrophils", ("Absolute neutrophil count", "ANC", "Neutrophils",
                        "Absolute neutrophil count (ANC)"), True,
        _cells(("1.5", "1.0", "2"), (("1,500", "1500"), ("1000", "1000")))),
    Lab("leukocytes", ("WBC", "White blood cell count", "Leukocytes"), True,
        _cells(("3.0", "2.5", "4"), (("3,000", "3000"), ("2500", "2500")))),
    Lab("albumin", ("Albumin", "Serum albumin"), True,
        ((" g/dL", "g/dL", (("2.8", "2.8"), ("3.0", "3"))), (" g/L", "g/L", (("30", "30"),)))),
    Lab("bilirubin", ("Total bilirubin", "Total serum bilirubin"), False,
        ((" mg/dL", "mg/dL", (("2.0", "2"), ("3", "3"))), (" µmol/L", "umol/L", (("50", "50"),)),
         (" x ULN", "x ULN", (("1.5", "1.5"), ("2", "2"))),
         (" times the upper limit of normal (ULN)", "x ULN", (("1.5", "1.5"),)))),
    Lab("creatinine", ("Serum creatinine", "Creatinine"), False,
        ((" mg/dL", "mg/dL", (("1.5", "1.5"), ("2.0", "2"))),
         (" umol/L", "umol/L", (("180", "180"),)),
         (" x institutional ULN", "x ULN", (("1.5", "1.5"),)))),
    Lab("alt", ("ALT", "Alanine aminotransferase (ALT)", "ALT (SGPT)"), False,
        ((" x ULN", "x ULN", (("2.5", "2.5"), ("5", "5"))), (" U/L", "U/L", (("200", "200"),)))),
    Lab("ast", ("AST", "Aspartate aminotransferase (AST)", "AST (SGOT)"), False,
        ((" \u00d7 ULN", "x ULN", (("2.5", "2.5"), ("5", "5"))),
         (" U/L", "U/L", (("200", "200"),)))),
    Lab("inr", ("INR",), False, (("", "", (("1.5", "1.5"), ("2.3", "2.3"), ("1.7", "1.7"))),)),
)  # fmt: skip

_WORDS = {
    "at_least": (" ≥ ", " ≥", " >= ", " of at least ", " greater than or equal to ", " must be ≥ "),
    "more_than": (" > ", ">", " greater than ", " more than "),
    "at_most": (" ≤ ", "≤ ", " <= ", " less than or equal to ", " not above ", " is ≤ "),
    "less_than": (" < ", "<", " less than ", " below "),
}


def lab_line(random: Random, lab: Lab, inclusion: bool) -> Said:
    """One limit of a laboratory value, on the side where it belongs."""
    wants_high = lab.high_is_better is inclusion
    word = random.choice(("at_least", "more_than") if wants_high else ("at_most", "less_than"))
    unit, ucum, numbers = random.choice(lab.ways)
    written, number = random.choice(numbers)
    name = random.choice(lab.names)
    limit = f"{_shortest(number)} {ucum}".strip()
    rule: Rule = {"fact": lab.fact, word: limit}
    text = f"{name}{random.choice(_WORDS[word])}{written}{unit}"
    if random.random() < 0.15:
        days = random.choice(((14, "days", "d"), (4, "weeks", "wk")))
        text += f" within {days[0]} {days[1]} {random.choice(('prior to', 'before'))} randomization"
        rule["within"] = f"{days[0]} {days[2]} before randomization"
    return Said(text + random.choice(("", ".", ";")), rule)


def _shortest(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def certain(random: Random, topic: str, inclusion: bool) -> Said:
    """A line of a topic that can be understood in one way only."""
    for lab in LABS:
        if lab.fact == topic:
            return lab_line(random, lab, inclusion)
    if topic == "age" and inclusion:
        low, high = random.choice((18, 20)), random.choice((65, 70, 75))
        between = {"fact": "age", "between": [f"{low} a", f"{high} a"]}
        least = {"fact": "age", "at_least": f"{low} a"}
        return random.choice((
            Said(f"Aged {low} to {high} years", between),
            Said(f"Age between {low} and {high} years (inclusive)", between),
            Said(f"Aged ≥ {low} years and ≤ {high} years old, male or female;", between),
            Said(f"{low}-{high} years old", between),
            Said(f"Age ≥ {low} years", least), Said(f"Age at least {low} years.", least),
            Said(f"Patients aged {low} years or older", least),
            Said(f"Male or female, ≥ {low} years of age", least),
        ))  # fmt: skip
    rule: Rule
    if topic == "age":
        low = random.choice((18, 20))
        rule = {"fact": "age", "less_than": f"{low} a"}
        return Said(random.choice((f"Age < {low} years", f"Younger than {low} years of age")), rule)
    if topic == "ecog":
        long = "Eastern Cooperative Oncology Group (ECOG) performance status"
        name = random.choice(("ECOG performance status", "ECOG PS", "ECOG", long))
        if inclusion:
            top = random.choice((1, 2))
            how = random.choice((f" 0-{top}", f" of 0 to {top}", f" ≤ {top}", f": 0-{top}",
                                 " 0 or 1" if top == 1 else " 0, 1, or 2"))  # fmt: skip
            return Said(name + how, {"fact": "ecog", "at_most": f"{top}"})
        return random.choice((
            Said(f"{name} ≥ 3", {"fact": "ecog", "at_least": "3"}),
            Said(f"{name} > 2", {"fact": "ecog", "more_than": "2"}),
            Said(f"{name} 3-4", {"fact": "ecog", "at_least": "3"}),
        ))  # fmt: skip
    if topic == "child_pugh":
        if inclusion:
            return random.choice((
                Said("Child-Pugh class A", {"fact": "child_pugh_class", "is": "A"}),
                Said("Child-Pugh A or B", {"fact": "child_pugh_class", "one_of": ["A", "B"]}),
                Said("Child-Pugh score ≤ 6", {"fact": "child_pugh_score", "at_most": "6"}),
                Said("Child-Pugh score 5-7", {"fact": "child_pugh_score", "at_most": "7"}),
            ))  # fmt: skip
        return random.choice((
            Said("Child-Pugh class C", {"fact": "child_pugh_class", "is": "C"}),
            Said("Child-Pugh class B or C", {"fact": "child_pugh_class", "one_of": ["B", "C"]}),
            Said("Child-Pugh score > 7", {"fact": "child_pugh_score", "more_than": "7"}),
        ))  # fmt: skip
    window: Rule = {"within": "4 wk before randomization"}
    if topic == "investigational_drug":
        drug = random.choice(("Any other investigational drug", "Use of an investigational drug",
                              "The subject takes other study/investigational drugs"))  # fmt: skip
        rule = {"fact": topic, **window}
        return Said(f"{drug} within 4 weeks prior to randomization", rule)
    rule = {"fact": "antibiotic", "where": {"route": "systemic"}, **window}
    return Said("Systemic antibiotics within 4 weeks before randomization;", rule)


INCLUSIONS = (*(lab.fact for lab in LABS), "age", "ecog", "child_pugh")
EXCLUSIONS = (*INCLUSIONS, "investigational_drug", "antibiotic")


def doubtful(random: Random, topic: str, inclusion: bool) -> list[Said]:
    """Lines of a topic that look like a limit and are none, or not that one; nothing is certain."""
    line = certain(random, topic, inclusion).text.rstrip(".;")
    other = certain(random, topic, not inclusion).text.rstrip(".;")
    return random.choice((
        [Said(f"{line} unless the investigator decides otherwise")],
        [Said(f"{line}, except in patients with a metastasis")],
        [Said(f"{line} or liver metastases")],
        [Said(f"{line} (or as the local label says)")],
        [Said(f"No {line}")],
        [Said(f"Not {line[:1].lower()}{line[1:]}")],
        [Said(f"{line} if there is no biliary drainage")],
        [Said(f"In patients with cirrhosis, {line}")],
        [Said(f"{line} within 14 days of randomization")],
        [Said(f"{line} within 4 weeks of the first dose")],
        [Said(f"{line} at screening and on day 8")],
        [Said(f"{line} and no transfusion in the last 7 days")],
        [Said(line), Said(f"Exception: {other} during an infection")],
        [Said(f"{line} or"), Said("a liver biopsy that shows no cirrhosis")],
        [Said(line), Said(f"unless {line} was measured during an infection")],
        [Said(f"Either {line} or a transplant")],
        [Said(f"{line} is not required")],
        [Said(f"History of {line}")],
    ))  # fmt: skip


#: Written by hand: each looks like a limit that could be read off, and cannot.
TRAPS_INCLUSION = (
    "Platelets > 75 x 109/L", "Platelets ≥ 100.000/mm3", "Platelets ≥ 100/mm3", "Platelets ≥ 100",
    "ALT ≤ 200 IU/L", "ALT or AST ≤ 2.5 x ULN", "AST/ALT ≤ 2.5 x ULN", "Bilirubin ≤ 2 mg/dL",
    "Direct bilirubin ≤ 1.5 x ULN", "Albumin ≥ 30 mg/dL", "Albumin ≥ 2,8 g/dL", "INR 1.5-2.3",
    "Creatinine clearance ≥ 60 mL/min", "Platelets 100-400 x 10^9/L", "Age > 18 years",
    "Older than 18 years of age", "Age ≥ 18", "Age between 18 and 75 years", "ECOG 1-2",
    "ECOG 0-1 or Karnofsky ≥ 70%", "ECOG performance status 0-5", "Karnofsky status ≥ 70",
    "Child-Pugh class B", "Child-Pugh class A (5-6 points)", "Child-Pugh A6 or better",
    "Platelets < 75 x 10^9/L", "Creatinine ≥ 1.5 mg/dL", "Albumin within normal limits",
    "Age ≥ 6 months", "18 years", "Adults, ≤ 75 years of age",
    "Platelet transfusion ≥ 7 days ago", "ANC ≥ 1.500/µL",
    "Platelets ≥ 100 x 10^9/L; ANC ≥ 1.5 x 10^9/L or G-CSF support", "INR ≤ 1.5 x 10^9/L",
    "Bilirubin ≤ 1.5 x ULN (3 x ULN in Gilbert's syndrome)", "Total bilirubin ≤ 1.5",
)  # fmt: skip
TRAPS_EXCLUSION = (
    "Platelets ≥ 75 x 10^9/L", "ALT and AST > 5 x ULN", "Age > 75 years", "Older than 75 years",
    "Aged 18 to 75 years", "Child-Pugh class B", "Child-Pugh class A", "ECOG 2",
    "Any investigational drug within 30 days of randomization",
    "Investigational drug within 4 weeks or 5 half-lives before randomization",
    "Systemic antibiotics other than rifaximin within 4 weeks before randomization",
    "Antibiotics within 4 weeks before randomization", "Variceal bleeding in the last 3 months",
    "No systemic antibiotics within 4 weeks before randomization", "Platelets < 75 x 109/L",
    "Platelets < 75 x 10^9/L and INR > 1.7", "Creatinine > 180 mol/L", "INR ≥ 1.5 seconds",
)  # fmt: skip
FILLERS = (
    "Signed informed consent", "Histologically confirmed hepatocellular carcinoma",
    "Life expectancy of more than three months", "Tumour thrombus in the main portal vein",
    "Able to swallow tablets", "Pregnant or lactating women", "Known infection with HIV",
    "Curative resection, with clear margins", "Uncontrolled hypertension",
    "Any condition that, in the opinion of the investigator, makes participation unsafe",
    "History of another malignancy (basal cell carcinoma excepted)", "Organ transplant: any",
    "Willing to use contraception", "Seizures; stroke", "No extrahepatic spread, no nodal disease",
)  # fmt: skip
NAUGHTY = (
    "- # : { } [ ] , & * ! | > ' \" % @ `", "yes", "null", "~", "1e3", "012", "12:30", "=cmd()",
    "<script>alert(1)</script>", "\\x00 \\u202e C:\\temp\\n", "Größe, naïve, Ωmega, 肝细胞癌",
    "\U0001f600 \U0001f469\u200d\u2695\ufe0f", "\u202eright to left", "zero\u200bwidth",
    "'; DROP TABLE patients; --", "draft: false", "rule: {fact: sex, is: male}", "--- ...",
    "%YAML 1.2", "a # b", "trailing\u00a0", "\ufffd\ufeff mark", "\ue000\U000e0067",
)  # fmt: skip
HEADINGS = {
    True: ("Inclusion Criteria:", "INCLUSION CRITERIA", "Key Inclusion Criteria:", "Inclusion:",
           "Criteria for inclusion:", "**Inclusion criteria:**"),
    False: ("Exclusion Criteria:", "EXCLUSION CRITERIA", "Main exclusion criteria:", "Exclusion:",
            "Non-inclusion criteria:", "**Exclusion criteria:**"),
}  # fmt: skip


@dataclass
class Text:
    """A generated text: its lines with their side (None: a heading), as items in their order."""

    lines: list[tuple[Said, bool | None]] = field(default_factory=list)
    written: list[tuple[int, str]] = field(default_factory=list)
    blank: bool = False

    def add(self, said: Said, side: bool | None, depth: int, mark: str) -> None:
        self.lines.append((said, side))
        self.written.append((depth, f"{mark}{said.text}"))

    def plain(self) -> str:
        between = "\n\n" if self.blank else "\n"
        return between.join("   " * depth + text for depth, text in self.written)

    def as_json(self) -> bytes:
        """As the registry's API writes it, with a backslash before what its markup would take."""
        module = {
            "eligibilityCriteria": self.plain().replace("<", "\\<").replace(">", "\\>"),
            "sex": "ALL",
            "healthyVolunteers": False,
        }
        section = {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "Made up"},
            "statusModule": {"lastUpdateSubmitDate": "2026-01-31"},
            "eligibilityModule": module,
        }
        return json.dumps({"protocolSection": section}).encode()

    def as_xml(self) -> bytes:
        """As the registry's classic record has it: indented, and broken at 100 columns."""
        shown = []
        for depth, text in self.written:
            indent = "        " + "     " * depth
            shown += ["", *_broken(text, indent)]
        body = escape("\n".join(shown))
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<clinical_study>'
            "<id_info><nct_id>NCT00000001</nct_id></id_info><brief_title>Made up</brief_title>"
            f"<eligibility><criteria><textblock>{body}\n</textblock></criteria>"
            "<gender>All</gender></eligibility>"
            "<last_update_submitted>January 31, 2026</last_update_submitted></clinical_study>"
        ).encode()


def _broken(text: str, indent: str) -> list[str]:
    lines, line = [], indent
    for word in text.split(" "):
        joined = f"{line} {word}" if line.strip() else f"{line}{word}"
        if len(joined) > 100 and line.strip():
            lines.append(line)
            line = f"{indent}   {word}"
        else:
            line = joined
    return [*lines, line]


def generate(random: Random) -> Text:
    """A text with a list on each side; sometimes with one line that is a trap."""
    text = Text(blank=random.random() < 0.4)
    used: set[str] = set()
    trap = random.choice((None, None, None, True, False))
    for inclusion in (True, False):
        text.add(Said(random.choice(HEADINGS[inclusion])), None, 0, "")
        numbered = random.random() < 0.4
        mark = random.choice(("* ", "- ", "\u2022 "))
        groups: list[list[tuple[Said, int]]] = []
        if trap is inclusion:
            traps = TRAPS_INCLUSION if inclusion else TRAPS_EXCLUSION
            groups.append([(Said(random.choice(traps)), 0)])
        elif trap is None:
            groups += _limits(random, inclusion, used)
        first, last, *fillers = random.sample(FILLERS, random.randint(2, 5))
        groups += [[(Said(one), 0)] for one in fillers]
        # Between two others: it may look like a part of its neighbours.
        naughty = [random.choice(NAUGHTY)] if random.random() < 0.5 else []
        groups.append([(Said(one), 0) for one in (first, *naughty, last)])
        random.shuffle(groups)
        count = 0
        for said, depth in (one for group in groups for one in group):
            count += depth == 0
            text.add(said, inclusion, depth, f"{count}. " if numbered and not depth else mark)
    return text


def _limits(random: Random, inclusion: bool, used: set[str]) -> list[list[tuple[Said, int]]]:
    """Lines that say limits or seem to, with their depths; a text speaks of a topic once."""
    topics = [one for one in (INCLUSIONS if inclusion else EXCLUSIONS) if one not in used]
    random.shuffle(topics)
    chosen = topics[: random.randint(1, 5)]
    if "ast" in chosen or "alt" in chosen:
        used.update(("ast", "alt"))
        chosen = [one for one in chosen if one != "ast" or "alt" not in chosen]
    used.update(chosen)
    groups: list[list[tuple[Said, int]]] = []
    for topic in chosen:
        kind = random.random()
        if kind < 0.55:
            groups.append([(certain(random, topic, inclusion), 0)])
        elif kind < 0.85:
            groups.append([(one, 0) for one in doubtful(random, topic, inclusion)])
        elif kind < 0.93:
            below = Said(certain(random, topic, inclusion).text)
            groups.append(
                [(Said("Any of the following in patients with cirrhosis:"), 0), (below, 1)]
            )
        else:
            head = "Patients must have:" if inclusion else "Any of the following:"
            groups.append([(Said(head), 0), (certain(random, topic, inclusion), 1)])
    return groups
