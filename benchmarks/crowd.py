"""Times `screener diff --patients` on a crowd: `python -m benchmarks.crowd [--patients N]`.

Made-up candidates of NCT01681446, drawn from a seed: as profiles with several dated results each,
and as a wide table with one of each. Never a gate: it prints what it finds.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SEED = 8
AS_OF = date(2026, 11, 24)
OLD, NEW = "NCT01681446@2012-08-23", "NCT01681446@2018-05-30"

_LABS = {
    "leukocytes": (5.0, 1.4, "10*9/L"),
    "platelets": (140, 60, "10*9/L"),
    "bilirubin": (15, 8, "umol/L"),
    "albumin": (40, 5, "g/L"),
}
_SELDOM = (
    "portal_vein_main_thrombosis",
    "hepatic_vein_main_thrombosis",
    "bile_duct_main_thrombosis",
    "extrahepatic_metastasis",
    "lymph_node_metastasis",
    "prior_anti_hcc_therapy",
    "interferon_allergy",
)
_HISTORY = (
    "other_primary_malignancy",
    "cerebrovascular_accident",
    "renal_insufficiency",
    "depression",
    "hyperthyroidism",
    "hypothyroidism",
    "other_severe_uncontrolled_disease",
)
_AT_VISIT = (
    "postoperative_infection",
    "postoperative_bleeding",
    "bile_leakage",
    "other_postoperative_complication",
    "metastasis_on_baseline_imaging",
)
_WOMEN = ("pregnant", "lactating")


def candidates(count: int) -> Iterator[dict[str, Any]]:
    """So many profiles; the newest visit lies some weeks after the resection."""
    draw = random.Random(SEED)
    for number in range(count):
        resection = AS_OF - timedelta(days=draw.randrange(20, 60))
        visit = min(AS_OF, resection + timedelta(days=draw.randrange(22, 45)))
        sex = draw.choice(("male", "female"))
        facts: dict[str, Any] = {
            "sex": sex,
            "birth_date": str(AS_OF - timedelta(days=draw.randrange(365 * 30, 365 * 80))),
            "mir26_expression": draw.choices(("low", "high"), (9, 1))[0],
            "mir26_assay": "rt_pcr",
            "mir26_specimen": "tumor",
            "diagnosis": "hepatocellular_carcinoma",
            "curative_resection": True,
            "tumor_diameter": {"value": round(draw.uniform(2.8, 8.4), 1), "unit": "cm"},
            "tumor_count": draw.choices((1, 2, 3), (8, 2, 1))[0],
            "resection": str(resection),
            "investigational_drug": [],
            **{name: draw.random() < 0.01 for name in (*_SELDOM, *_HISTORY)},
        }
        for name, (middle, spread, unit) in _LABS.items():
            facts[name] = [
                {
                    "value": round(max(1.0, draw.gauss(middle, spread)), 1),
                    "unit": unit,
                    "date": str(visit - timedelta(days=before)),
                }
                for before in (0, 14, 40)
            ]
        seen: dict[str, Any] = {
            "informed_consent": True,
            "concurrent_investigational_drug": False,
            "inr": round(draw.uniform(0.9, 1.4), 2),
            "ascites": "none",
            "encephalopathy": "none",
            **{name: draw.random() < 0.01 for name in (*_HISTORY, *_AT_VISIT)},
        }
        if sex == "female":
            seen |= dict.fromkeys(_WOMEN, False) | {"urine_pregnancy_test": "negative"}
        seen = {name: one for name, one in seen.items() if draw.random() > 0.01}
        yield {
            "patient": f"P-{number:06}",
            "facts": facts,
            "visits": [{"date": str(visit), "facts": seen}],
        }


def write_profiles(path: Path, count: int) -> None:
    """The candidates, a profile a line."""
    with path.open("w", encoding="utf-8") as stream:
        for one in candidates(count):
            stream.write(json.dumps(one) + "\n")


def write_table(path: Path, count: int) -> None:
    """The candidates as a wide table with the newest result of each, as Parquet."""
    import polars as pl

    rows = []
    for one in candidates(count):
        (visit,) = one["visits"]
        row: dict[str, Any] = {"patient": one["patient"]}
        for name, said in one["facts"].items():
            if name in _LABS:
                row[f"{name} [{said[0]['unit']}]"] = said[0]["value"]
                row[f"{name}.date"] = date.fromisoformat(said[0]["date"])
            elif isinstance(said, dict):
                row[f"{name} [{said['unit']}]"] = said["value"]
            elif name in ("birth_date", "resection"):
                row[name] = date.fromisoformat(said)
            elif name not in visit["facts"]:
                row[name] = False if said == [] else said
        for name, said in visit["facts"].items():
            row[name], row[f"{name}.date"] = said, date.fromisoformat(visit["date"])
        rows.append(row)
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(path)


def main() -> None:
    """Write the candidates, compare both versions on them, and print how long that took."""
    parser = argparse.ArgumentParser(prog="benchmarks.crowd", description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("profiles.ndjson", write_profiles), ("wide.parquet", write_table)):
            path = Path(folder) / name
            write(path, asked.patients)
            begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            words = ("diff", OLD, NEW, "--patients", str(path), "--as-of", AS_OF.isoformat())
            program = [sys.executable, "-m", "screener", *words]
            subprocess.run(program, stdout=subprocess.DEVNULL, check=True)
            took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
            busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            said = f"`screener diff` on {asked.patients:,} patients, {name}: {took:.1f} s"
            print(f"{said}, {busy:.1f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
