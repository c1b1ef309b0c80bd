"""The criteria of `trial.yaml` as a function written by hand: what every figure is a multiple of.

Kleene logic over flat facts, None for what is not known, and it stops at the first criterion that
fails. It gives the bare verdict and no reason.
"""

from __future__ import annotations

from collections.abc import Mapping

Flat = Mapping[str, object]

ELIGIBLE, UNDETERMINED, INELIGIBLE = "eligible", "undetermined", "ineligible"

_INCLUSION_FLAGS = (
    "portal_vein_main_thrombus",
    "hepatic_vein_main_thrombus",
    "bile_duct_main_thrombus",
    "extrahepatic_metastasis",
    "lymph_node_metastasis",
)
_EXCLUSION_FLAGS = (
    "other_primary_malignancy",
    "prior_anti_hcc_therapy",
    "investigational_drug_during_study",
    "cerebrovascular_accident",
    "renal_insufficiency",
    "depression",
    "hyperthyroidism",
    "hypothyroidism",
    "other_severe_uncontrolled_disease",
    "study_drug_allergy",
    "infection",
    "bleeding",
    "bile_leakage",
    "other_postoperative_complication",
    "metastasis_on_baseline_imaging",
)


def verdict(patient: Flat) -> str:
    """The verdict for one patient."""
    given = patient.get
    unknown = False
    value = given("informed_consent")
    if value is None:
        unknown = True
    elif not value:
        return INELIGIBLE
    value = given("age")
    if value is None:
        unknown = True
    elif value < 18 or value > 75:  # type: ignore[operator]
        return INELIGIBLE
    value = given("mir26_expression")
    if value is None:
        unknown = True
    elif value != "low":
        return INELIGIBLE
    value = given("mir26_assay")
    if value is None:
        unknown = True
    elif value != "rt_pcr":
        return INELIGIBLE
    value = given("curative_resection")
    if value is None:
        unknown = True
    elif not value:
        return INELIGIBLE
    value = given("tumor_diameter")
    if value is None:
        unknown = True
    elif value < 3.0 or value > 8.0:  # type: ignore[operator]
        return INELIGIBLE
    value = given("tumor_count")
    if value is None:
        unknown = True
    elif value >= 3:  # type: ignore[operator]
        return INELIGIBLE
    for flag in _INCLUSION_FLAGS:
        value = given(flag)
        if value is None:
            unknown = True
        elif value:
            return INELIGIBLE
    value = given("leukocytes")
    if value is None:
        unknown = True
    elif value <= 2.5:  # type: ignore[operator]
        return INELIGIBLE
    value = given("platelets")
    if value is None:
        unknown = True
    elif value <= 40.0:  # type: ignore[operator]
        return INELIGIBLE
    value = given("child_pugh_class")
    if value is None:
        unknown = True
    elif value != "A":
        return INELIGIBLE
    for flag in _EXCLUSION_FLAGS:
        value = given(flag)
        if value is None:
            unknown = True
        elif value:
            return INELIGIBLE
    value = given("days_since_investigational_drug")
    if value is None:
        unknown = True
    elif value < 28:  # type: ignore[operator]
        return INELIGIBLE
    sex = given("sex")
    if sex is None or sex == "female":
        pregnant = given("pregnant")
        lactating = given("lactating")
        positive = given("urine_pregnancy_test_positive")
        if pregnant or lactating or positive:
            if sex is not None:
                return INELIGIBLE
            unknown = True
        elif pregnant is None or lactating is None or positive is None:
            unknown = True
    return UNDETERMINED if unknown else ELIGIBLE
