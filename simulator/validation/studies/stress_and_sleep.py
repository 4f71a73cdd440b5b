"""What short sleep and stress do to insulin resistance, diabetes and the liver."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.clinic import several_lives
from simulator.validation.liver_cohorts import FEMALE, population, time_until
from simulator.validation.metabolic_cohorts import (
    NO_DIABETES,
    UNDIAGNOSED,
    adjusted_ratio,
    adults_who,
    age_sex_bmi,
    geometric_change,
    onset,
    paired,
    who,
)
from simulator.validation.world import Estimate, World, mean

NOVAK_ROUNDS, FIVE_HOURS = 3, 5.0


def short_sleep(world: World) -> dict[str, Estimate]:
    """Healthy women who sleep 7 to 8.5 hours give up 1.34 hours for six weeks."""
    where = {"sex": "female", "usual_sleep_hours": {"min": 7, "max": 8.5}, "bmi": {"max": 35}, **NO_DIABETES}
    people = adults_who(world, where)
    step = {"lifestyle": {"sleep_hours": -1.34, "months": 3}}
    changes = []
    for month in (1, 2):
        treated, control = paired(world, people, month, [step])
        changes.append(world.values(treated, "homa_ir") - world.values(control, "homa_ir"))
    return {"homa": mean((changes[0] + changes[1]) / 2)}


def five_hours_a_night(world: World) -> dict[str, Estimate]:
    """Healthy young men sleep five hours for a month: insulin sensitivity, the inverse of HOMA-IR (%)."""
    where = {"sex": "male", "age_years": {"min": 20, "max": 35}, "bmi": {"max": 30}, **NO_DIABETES}
    people = adults_who(world, {**where, "usual_sleep_hours": {"min": 7, "max": 8.5}})
    lost = FIVE_HOURS - float(people.state[c.USUAL_SLEEP_HOURS].mean())
    treated, control = paired(world, people, 1, [{"lifestyle": {"sleep_hours": lost, "months": 2}}])
    sensitivity = [world.values(arm, "homa_ir") for arm in (control, treated)]
    return {"insulin_sensitivity": geometric_change(*sensitivity)}


def sleep_and_diabetes(world: World) -> dict[str, Estimate]:
    """Adults without diabetes, ten years: new diabetes by usual sleep, adjusted for age, sex and BMI."""
    people = population(world)
    people = people.take(who(world, people, {"has_diabetes": False}))
    happened, years = onset(world.follow(people, 120), 120)
    sleep = people.state[c.USUAL_SLEEP_HOURS]
    rounded = np.clip(np.round(sleep), 5, 9)
    others = age_sex_bmi(world, people)
    said = {}
    for hours in (5, 6, 8, 9):
        exposed = rounded == hours
        among = exposed | (rounded == 7)
        adjusting = [column[among] for column in others]
        said[f"hours_{hours}"] = adjusted_ratio(happened[among], exposed[among], adjusting, years[among])
    short = sleep < 7.5
    less = np.maximum(7 - sleep, 0)[short]
    said["per_hour"] = adjusted_ratio(happened[short], less, [o[short] for o in others], years[short])
    return said


def _stress(people: People) -> np.ndarray:
    return people.state[c.USUAL_STRESS_Z] + people.state[c.CHRONIC_STRESS]


def stress_and_liver(world: World) -> dict[str, Estimate]:
    """Odds of steatosis on ultrasound, top against bottom fifth of stress; and stress with BMI."""
    people = population(world)
    stress = _stress(people)
    low, high = np.quantile(stress, [0.2, 0.8])
    among = (stress <= low) | (stress >= high)
    chosen = people.take(among)
    seen = chosen.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0
    top = stress[among] >= high
    habits = [chosen.state[c.ACTIVITY_MET_MIN_PER_WEEK] / 1000, chosen.state[c.ALCOHOL_G_PER_DAY]]
    r = float(np.corrcoef(stress, people.state[c.BMI])[0, 1])
    return {
        "crude": adjusted_ratio(seen, top, []),
        "adjusted": adjusted_ratio(seen, top, [*age_sex_bmi(world, chosen), *habits]),
        "correlation_with_bmi": Estimate(r, (1 - r * r) / float(np.sqrt(len(stress)))),
    }


def stress_and_diabetes(world: World) -> dict[str, Estimate]:
    """Men of 47 to 56 for 35 years, by lasting stress; employees for ten years, by strain."""
    people = population(world)
    men = people.take(who(world, people, {"sex": "male", "age_years": {"min": 47, "max": 56}, **UNDIAGNOSED}))
    men = several_lives(men, NOVAK_ROUNDS)
    later = world.follow(men, 420)
    found, years = time_until(later, later.state[c.DIAGNOSED_DIABETES_MONTH], 420)
    stress = _stress(men)
    lasting, none = stress >= np.quantile(stress, 0.85), stress <= np.quantile(stress, 0.5)
    among = lasting | none
    others = [o[among] for o in (world.values(men, "age_years"), men.state[c.BMI])]
    working = people.take(who(world, people, {"age_years": {"min": 25, "max": 60}, "has_diabetes": False}))
    happened, at_risk = onset(world.follow(working, 120), 120)
    strained = _stress(working) >= np.quantile(_stress(working), 0.75)
    women = working.state[c.SEX] == FEMALE
    others_working = age_sex_bmi(world, working)
    without_sex = [o[women] for k, o in enumerate(others_working) if k != 2]
    return {
        "lasting": adjusted_ratio(found[among], lasting[among], others, years[among]),
        "strained": adjusted_ratio(happened, strained, others_working, at_risk),
        "strained_women": adjusted_ratio(happened[women], strained[women], without_sex, at_risk[women]),
    }


def mindfulness(world: World) -> dict[str, Estimate]:
    """Adults with diabetes have half an SD less stress for half a year: HbA1c."""
    people = adults_who(world, {"diagnosed_diabetes": True})
    treated, control = paired(world, people, 6, [{"lifestyle": {"stress_z": -0.53, "months": 6}}])
    return {"hba1c": mean(treated.state[c.HBA1C_PERCENT] - control.state[c.HBA1C_PERCENT])}


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    study.__name__: study
    for study in (
        short_sleep, five_hours_a_night, sleep_and_diabetes, stress_and_liver, stress_and_diabetes,
        mindfulness,
    )
}  # fmt: skip
"""Name in `measure` of a target to the study that gives its quantities."""
