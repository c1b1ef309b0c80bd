"""Where fuzzing begins: the good and the faulty files of the tests, and the words of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.targets import TARGETS
from tests.intake.recorded import BAD
from tests.rules.recorded import HERE as RULES

#: Inputs that once crashed a target: `TARGET-anything`. They are run in every test run.
CRASHES = Path(__file__).with_name("crashes")

_SIGNS = ["{", "}", "[", "]", ": ", "- ", "\n", "  ", ", ", " #", '"', "'", "|\n", "~", "&a ", "*a"]
_SIGNS += ["!!int ", "? ", "---\n", "\t", "\ufeff", "\u202e", "\0", "\r\n", "\u0430", "\uff11"]
_WORDS = """trial title version effective source outline dates age_at cohorts facts define strata
arms stages not_encoded id text rule reading rationale if_missing defect draft carried_over
applies_when only_for inclusion exclusion window when_missed within before after from to where
except clear_of use latest earliest highest lowest any all mean median sum per day count at_least
at_most more_than less_than between is one_of distinct consecutive lasting days since_last at
available same all_of any_of none_of not at_least_of of by type quantity number boolean code ordinal
date event kind fixed cumulative observation unit accepted plausible worse codes values scale
attributes cost absence asked_of derived points bands formula inputs steps value decimals grades
table cases name as_of profile like change expect missing ULN LLN 5 x ULN 0.5 x 14 d before as_of
4 wk after 18 a 1e400 -0 007 010 12:30 2026-02-30 2026-11 0001-01-01 9999-12-31 true false null no
patient visits records complete_to complete absent pending not_done comparator reference_range low
high status entered-in-error start end ongoing NaN Infinity \\u0000 \\ud800 10*9/L mg/dL umol/L
mL/min/{1.73_m2} 1,5 <5 sex platelets alt ecog inr antibiotic birth_date resection"""


def seeds(target: str) -> Iterator[bytes]:
    """The inputs that fuzzing of a target begins with."""
    for path in sorted(CRASHES.glob(f"{target}-*")):
        yield path.read_bytes()
    if target == "profile":
        yield from (case["profile"].encode("utf-8", "surrogatepass") for case in BAD)
        return
    suffix = {"vocabulary": ".vocabulary.yaml", "case_file": ".cases.yaml"}.get(target, ".yaml")
    for path in sorted((RULES / "bad").glob("*.yaml")):
        if path.name.endswith(suffix) and (suffix != ".yaml" or path.name.count(".") == 1):
            yield path.read_bytes()
    good = "vocabulary.yaml" if target == "vocabulary" else "xmpl_001.yaml"
    yield (RULES / "good" / good).read_bytes()


def write(folder: Path) -> None:
    """Write the seeds of every target and the dictionary into a folder."""
    for target in TARGETS:
        place = folder / target
        place.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(seeds(target)):
            (place / f"seed-{number:03}").write_bytes(data)
    words = dict.fromkeys([*_SIGNS, *_WORDS.split()])
    lines = ['"' + "".join(f"\\x{one:02x}" for one in word.encode()) + '"' for word in words]
    (folder / "words.dict").write_text("\n".join(lines) + "\n", "ascii")
