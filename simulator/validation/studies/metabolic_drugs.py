"""What drugs for sugar and weight do to weight, insulin resistance and liver fat, and who stays on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.metabolic_cohorts import (
    MONTHS,
    Steps,
    adults_who,
    geometric_change,
    geometric_ratio,
    months,
    paired,
    scaled,
)
from simulator.validation.world import Estimate, World, mean, share

OBESITY_DOSE = 0.18 / 0.125
"""Semaglutide 2.4 mg a week in completers without diabetes, against the dose of the library."""

AT_RISK = {
    "diagnosed_diabetes": False,
    "bmi": {"min": 25},
    "observed_hba1c_percent": {"min": 5.7, "max": 6.4},
}
NO_DIABETES = {
    "diagnosed_diabetes": False,
    "observed_hba1c_percent": {"max": 6.49},
    "observed_fasting_glucose_mmol_l": {"max": 6.99},
}
OBESE_WITHOUT_DIABETES = {
    "diagnosed_diabetes": False,
    "bmi": {"min": 30},
    "observed_hba1c_percent": {"max": 6.4},
}
MASH_ON_BIOPSY = {
    "observed_steatosis_grade": {"min": 1},
    "observed_ballooning_grade": {"min": 1},
    "observed_inflammation_grade": {"min": 1},
    "has_cirrhosis": False,
}


def _taking(drug: str, **more: object) -> Steps:
    return [{"drug": drug, "persistence": "full", **more}]


def _weight_change(before: People, after: People) -> Estimate:
    return mean(100 * (after.state[c.BMI] / before.state[c.BMI] - 1))


def semaglutide_for_obesity(world: World) -> dict[str, Estimate]:
    """Adults with obesity and no diabetes: weight at week 20 and 68 on the drug and 52 weeks after it."""
    usual = world.parameters.value("glp1_ra_weight_loss")
    assert isinstance(usual, float)
    dose = world.parameters.override({"glp1_ra_weight_loss": min(usual * OBESITY_DOSE, 0.5)})
    strong = replace(world, parameters=dose)
    people = adults_who(world, OBESE_WITHOUT_DIABETES)
    course = _taking("glp1_ra", months=months(68))
    run_in = strong.follow(people, months(20), course)
    end = strong.follow(people, months(68), course)
    after = strong.follow(people, months(120), course)
    at_end, later = (_weight_change(people, group) for group in (end, after))
    back = 100 * (after.state[c.BMI] - end.state[c.BMI]) / people.state[c.BMI]
    return {
        "week_20": _weight_change(people, run_in),
        "week_68": at_end,
        "week_120": later,
        "regained": mean(back),
    }


def semaglutide_liver_fat(world: World) -> dict[str, Estimate]:
    """Adults with 10 % of liver fat and more, not stiff: liver fat on the drug over placebo, by resonance."""
    where = {"observed_liver_fat_percent": {"min": 10}, "observed_lsm_kpa": {"min": 5, "max": 13.6}}
    people = adults_who(world, where)
    said = {}
    for week in (24, 48, 72):
        fat = []
        for arm in paired(world, people, months(week), _taking("glp1_ra")):
            fat.append(world.tested(arm, months(week)).state[c.OBSERVED_LIVER_FAT_PERCENT])
        said[f"week_{week}"] = geometric_ratio(*fat)
    return said


def metformin_at_risk(world: World) -> dict[str, Estimate]:
    """Adults at risk of diabetes: insulin resistance, insulin and glucose on metformin after 22 months."""
    people = adults_who(world, AT_RISK)
    treated, control = paired(world, people, 22, _taking("metformin"))
    names = {"homa": "homa_ir", "insulin": "fasting_insulin_miu_l", "glucose": "fasting_glucose_mmol_l"}
    said = {
        key: geometric_change(world.values(treated, name), world.values(control, name))
        for key, name in names.items()
    }
    said["bmi"] = geometric_change(treated.state[c.BMI], control.state[c.BMI])
    return said


def metformin_in_fatty_liver(world: World) -> dict[str, Estimate]:
    """Adults with fat on ultrasound and no diabetes: HOMA-IR, ALT and BMI on metformin after eight months."""
    people = adults_who(world, {"observed_ultrasound_steatosis": True, "bmi": {"min": 25}, **NO_DIABETES})
    treated, control = (world.tested(arm, 8) for arm in paired(world, people, 8, _taking("metformin")))
    columns = {"homa": c.OBSERVED_HOMA_IR, "alt": c.OBSERVED_ALT_U_L, "bmi": c.BMI}
    return {name: mean(treated.state[row] - control.state[row]) for name, row in columns.items()}


def pioglitazone_in_mash(world: World) -> dict[str, Estimate]:
    """Adults with MASH on biopsy and raised HbA1c: liver fat, insulin sensitivity, weight at six months."""
    people = adults_who(world, {**MASH_ON_BIOPSY, "observed_hba1c_percent": {"min": 5.7}})
    treated, control = paired(world, people, 6, _taking("pioglitazone"))
    fat, homa, kilograms = (
        [world.values(arm, name) for arm in (treated, control)]
        for name in ("liver_fat_percent", "homa_ir", "weight_kg")
    )
    return {
        "liver_fat": geometric_change(*fat),
        "insulin_sensitivity": geometric_ratio(homa[1], homa[0]),
        "weight": mean(kilograms[0] - kilograms[1]),
    }


def pioglitazone_without_diabetes(world: World) -> dict[str, Estimate]:
    """Adults with MASH on biopsy and no diabetes: kilograms at 12 months and 96 weeks."""
    people = adults_who(world, {**MASH_ON_BIOPSY, "diagnosed_diabetes": False, "bmi": {"min": 25}})
    start, said = world.values(people, "weight_kg"), {}
    for name, month in {"month_12": 12, "week_96": months(96)}.items():
        treated, control = paired(world, people, month, _taking("pioglitazone"))
        arms = [world.values(arm, "weight_kg") for arm in (treated, control)]
        said[f"gain_{name}"] = mean(arms[0] - start)
        said[f"difference_{name}"] = mean(arms[0] - arms[1])
    return said


def sglt2_inhibitor_in_diabetes(world: World) -> dict[str, Estimate]:
    """Adults with diabetes and liver fat above 6 %: fat by resonance, ALT and weight at 20 and 24 weeks."""
    where = {"diagnosed_diabetes": True, "observed_liver_fat_percent": {"min": 6}, "bmi": {"max": 35}}
    people = adults_who(world, where)
    said = {}
    for week in (20, 24):
        month = months(week)
        arms = paired(world, people, month, _taking("sglt2_inhibitor"))
        treated, control = (world.tested(arm, month).state for arm in arms)
        fat = treated[c.OBSERVED_LIVER_FAT_PERCENT], control[c.OBSERVED_LIVER_FAT_PERCENT]
        said[f"fat_ratio_week_{week}"] = Estimate(
            float(fat[0].mean() / fat[1].mean()), geometric_ratio(*fat).standard_error
        )
        said[f"fat_points_week_{week}"] = mean(fat[0] - fat[1])
        said[f"alt_week_{week}"] = mean(treated[c.OBSERVED_ALT_U_L] - control[c.OBSERVED_ALT_U_L])
        weights = [world.values(arm, "weight_kg", month) for arm in arms]
        said[f"kilograms_week_{week}"] = mean(weights[0] - weights[1])
    said["fat_at_entry"] = mean(people.state[c.OBSERVED_LIVER_FAT_PERCENT])
    return said


def staying_on_glp1_ra(world: World) -> dict[str, Estimate]:
    """Heavy adults prescribed a GLP-1 receptor agonist in everyday care: who stops, and who starts again."""
    said = {}
    for name, diabetic in {"without_diabetes": False, "with_diabetes": True}.items():
        people = adults_who(world, {"bmi": {"min": 27}, "diagnosed_diabetes": diabetic})
        step = [{"drug": "glp1_ra"}]
        year = world.follow(people, MONTHS, step)
        stopped = year.state[c.GLP1_RA_STOP_MONTH] <= MONTHS
        again = world.follow(year, 2 * MONTHS, step, MONTHS).state[c.GLP1_RA_START_MONTH] > 0
        stopped = stopped | (year.state[c.GLP1_RA_START_MONTH] > 0)
        said[f"stopped_{name}"] = scaled(share(stopped), 100)
        said[f"restarted_{name}"] = scaled(share(again, stopped), 100)
    return said


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    "semaglutide_for_obesity": semaglutide_for_obesity,
    "semaglutide_liver_fat": semaglutide_liver_fat,
    "metformin_at_risk": metformin_at_risk,
    "metformin_in_fatty_liver": metformin_in_fatty_liver,
    "pioglitazone_in_mash": pioglitazone_in_mash,
    "pioglitazone_without_diabetes": pioglitazone_without_diabetes,
    "sglt2_inhibitor_in_diabetes": sglt2_inhibitor_in_diabetes,
    "staying_on_glp1_ra": staying_on_glp1_ra,
}
"""Every study of this module by name."""
