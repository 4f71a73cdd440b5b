"""What drugs for sugar and weight do to weight, insulin resistance and liver fat, and who stays on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.clinic import several_lives
from simulator.validation.liver_cohorts import MONTHS, scaled
from simulator.validation.metabolic_cohorts import (
    Steps,
    adults_who,
    geometric_change,
    geometric_ratio,
    months,
    paired,
)
from simulator.validation.world import Estimate, World, mean, odds_ratio, share

OBESITY_DOSE = 0.18 / 0.125
"""Semaglutide 2.4 mg a week in completers without diabetes, against the dose of the library."""

PERSISTENCE_ROUNDS = 16
"""Futures of each person: the published intervals are half a point wide."""

AT_RISK = {
    "diagnosed_diabetes": False,
    "bmi": {"min": 25},
    "observed_hba1c_percent": {"min": 5.7, "max": 6.4},
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
    well = people.state[c.DIABETES_MONTH] >= c.NEVER
    new = [arm.state[c.DIABETES_MONTH][well] <= 22 for arm in (treated, control)]
    said["new_diabetes"] = odds_ratio(np.concatenate(new), np.repeat([True, False], int(well.sum())))
    return said


def pioglitazone_in_mash(world: World) -> dict[str, Estimate]:
    """Adults with MASH on biopsy and raised HbA1c: insulin sensitivity over placebo at six months."""
    people = adults_who(world, {**MASH_ON_BIOPSY, "observed_hba1c_percent": {"min": 5.7}})
    treated, control = paired(world, people, 6, _taking("pioglitazone"))
    homa = [world.values(arm, "homa_ir") for arm in (control, treated)]
    return {"insulin_sensitivity": geometric_ratio(*homa)}


def staying_on_glp1_ra(world: World) -> dict[str, Estimate]:
    """Heavy adults prescribed a GLP-1 receptor agonist in everyday care: who stops, and who starts again."""
    said = {}
    for name, diabetic in {"without_diabetes": False, "with_diabetes": True}.items():
        people = adults_who(world, {"bmi": {"min": 27}, "diagnosed_diabetes": diabetic})
        people = several_lives(people, PERSISTENCE_ROUNDS)
        step = [{"drug": "glp1_ra"}]
        year = world.follow(people, MONTHS, step)
        year = year.take(year.state[c.DEATH_MONTH] > MONTHS)
        stopped = year.state[c.GLP1_RA_STOP_MONTH] <= MONTHS
        again = world.follow(year, 2 * MONTHS, step, MONTHS).state[c.GLP1_RA_START_MONTH] > 0
        stopped = stopped | (year.state[c.GLP1_RA_START_MONTH] > 0)
        said[f"stopped_{name}"] = scaled(share(stopped), 100)
        said[f"restarted_{name}"] = scaled(share(again, stopped), 100)
    return said


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    "semaglutide_for_obesity": semaglutide_for_obesity,
    "metformin_at_risk": metformin_at_risk,
    "pioglitazone_in_mash": pioglitazone_in_mash,
    "staying_on_glp1_ra": staying_on_glp1_ra,
}
"""Every study of this module by name."""
