"""Exercise, diet, weight loss, alcohol and company with the liver; and what care gets to know."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.clinic import several_lives
from simulator.validation.liver_cohorts import population, scaled
from simulator.validation.metabolic_cohorts import (
    adjusted_ratio,
    adults_who,
    geometric_change,
    paired,
    standardised,
    who,
)
from simulator.validation.world import Estimate, World, mean, odds_ratio, share

FATTY_PERCENT = 5.36
"""Liver fat by magnetic resonance from which it counts as steatosis (%)."""
SEDENTARY_DIABETES = {
    "diagnosed_diabetes": True,
    "age_years": {"min": 40, "max": 70},
    "bmi": {"min": 25, "max": 40},
    "observed_hba1c_percent": {"max": 10},
    "usual_activity_met_min_per_week": {"max": 500},
}
PLAIN_FAT_PERCENT = 10.0
"""Liver fat that a scan calls plain, as in people whom trials of weight loss recruit."""
FATTY = {"observed_liver_fat_percent": {"min": FATTY_PERCENT}}
SEEN_AGAIN = 71 / 77
"""Share of the untreated in Hong Kong who came again; the others count as still fatty (wong_2013)."""
ROUNDS = 8
RESPONSE = 30
"""Relative fall of liver fat (%) that counts as a response on magnetic resonance."""
FULL_DIET, TAUGHT_DIET = 0.6, 0.5
"""Mediterranean adherence added when meals are given, and when they are taught."""


def _fat_measured(world: World, people: People, month: int) -> np.ndarray:
    return world.tested(people, month).state[c.OBSERVED_LIVER_FAT_PERCENT]


def exercise(world: World) -> dict[str, Estimate]:
    """Adults with steatosis exercise for four months without losing weight: liver fat by resonance."""
    people = adults_who(world, FATTY)
    before = people.state[c.OBSERVED_LIVER_FAT_PERCENT]
    said = {}
    for dose in (500, 750, 1000):
        step = {"lifestyle": {"activity_met_min_per_week": dose, "months": 4}}
        treated, control = (_fat_measured(world, arm, 4) for arm in paired(world, people, 4, [step]))
        fell = [100 * (1 - fat / before) >= RESPONSE for fat in (treated, control)]
        arm = np.repeat([True, False], len(people))
        said[f"odds_of_response_{dose}"] = odds_ratio(np.concatenate(fell), arm)
        said[f"points_{dose}"] = mean(treated - control)
        said[f"percent_{dose}"] = geometric_change(treated, control)
    return said


def exercise_in_diabetes(world: World) -> dict[str, Estimate]:
    """Sedentary adults with diabetes exercise for four months: true insulin resistance in SDs.

    The trials measured it by clamp or load, which see what fasting insulin of one morning does not.
    """
    people = adults_who(world, SEDENTARY_DIABETES)
    step = {"lifestyle": {"activity_met_min_per_week": 750, "months": 4}}
    arms = paired(world, people, 4, [step])
    treated, control = (np.log(world.values(arm, "homa_ir")) for arm in arms)
    return {"insulin_resistance": standardised(treated, control)}


def activity_and_new_fat(world: World) -> dict[str, Estimate]:
    """Adults without fat on ultrasound, five years: fat found, per 500 MET-min of usual activity a week."""
    everybody = population(world)
    people = everybody.take(everybody.state[c.OBSERVED_ULTRASOUND_STEATOSIS] == 0)
    later = world.follow(people, 60)
    alive = later.state[c.DEATH_MONTH] > 60
    people, later = people.take(alive), world.tested(later.take(alive), 60)
    new = later.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0
    age = world.values(people, "age_years") / 10
    others = [age, age**2, people.state[c.SEX], people.state[c.BMI]]
    dose = people.state[c.USUAL_ACTIVITY_MET_MIN_PER_WEEK] / 500
    return {"per_500": adjusted_ratio(new, dose, others, np.full(len(people), 5.0))}


def mediterranean_diet(world: World) -> dict[str, Estimate]:
    """Adults with steatosis and no diabetes on a Mediterranean diet of the same weight."""
    people = adults_who(world, {**FATTY, "diagnosed_diabetes": False})
    given = {"lifestyle": {"diet_quality": FULL_DIET, "months": 2}}
    at_six_weeks = []
    for month in (1, 2):
        arms = paired(world, people, month, [given])
        fat = [world.values(arm, "liver_fat_percent") for arm in arms]
        at_six_weeks.append(geometric_change(*fat))
    taught = {"lifestyle": {"diet_quality": TAUGHT_DIET, "months": 6}}
    treated, control = (world.tested(arm, 6).state for arm in paired(world, people, 6, [taught]))
    middle = (at_six_weeks[0].value + at_six_weeks[1].value) / 2
    percent, homa = c.OBSERVED_LIVER_FAT_PERCENT, c.OBSERVED_HOMA_IR
    return {
        "fat_given_meals": Estimate(middle, at_six_weeks[1].standard_error),
        "fat_taught": standardised(treated[percent], control[percent]),
        "homa_taught": standardised(np.log(treated[homa]), np.log(control[homa])),
    }


def weight_lost_with_fatty_liver(world: World) -> dict[str, Estimate]:
    """Heavy adults with plain steatosis lose 7 %: what a kilogram is worth after six months."""
    where = {"observed_liver_fat_percent": {"min": PLAIN_FAT_PERCENT}, "bmi": {"min": 28}}
    people = adults_who(world, where)
    step = {"lifestyle": {"weight_loss_percent": 7, "months": 6}}
    arms = paired(world, people, 6, [step])
    kilograms = mean(world.values(arms[1], "weight_kg") - world.values(arms[0], "weight_kg")).value
    treated, control = (world.tested(arm, 6).state for arm in arms)
    rows = {
        "fat": c.OBSERVED_LIVER_FAT_PERCENT,
        "alt": c.OBSERVED_ALT_U_L,
        "ast": c.OBSERVED_AST_U_L,
    }
    said = {name: scaled(mean(control[row] - treated[row]), 1 / kilograms) for name, row in rows.items()}
    gone = [arm[c.OBSERVED_LIVER_FAT_PERCENT] < FATTY_PERCENT for arm in (treated, control)]
    odds = odds_ratio(np.concatenate(gone), np.repeat([True, False], len(people)))
    per_kilogram = odds.value ** (1 / kilograms)
    said["resolution"] = Estimate(per_kilogram, per_kilogram * odds.standard_error / odds.value / kilograms)
    return said


def diet_and_exercise_in_diabetes(world: World) -> dict[str, Estimate]:
    """Heavy adults with diabetes and steatosis lose 8.5 % in a year, and exercise; liver fat by resonance."""
    where = {"diagnosed_diabetes": True, "bmi": {"min": 25}, "observed_liver_fat_percent": {"min": 5.5}}
    people = adults_who(world, where)
    programme = {
        "weight_loss_percent": 8.9,
        "activity_met_min_per_week": 600,
        "months": 12,
        "supported": True,
    }
    treated = world.follow(people, 12, [{"lifestyle": programme}])
    fat = _fat_measured(world, treated, 12)
    return {
        "fat": geometric_change(fat, people.state[c.OBSERVED_LIVER_FAT_PERCENT]),
        "weight": mean(100 * (treated.state[c.BMI] / people.state[c.BMI] - 1)),
    }


def remission_without_treatment(world: World) -> dict[str, Estimate]:
    """Lean to overweight adults with steatosis by resonance, looked at again after a year of usual care."""
    where = {"observed_liver_fat_percent": {"min": 5}, "bmi": {"max": 30}, "diagnosed_diabetes": False}
    people = adults_who(world, where)
    gone = share(_fat_measured(world, world.follow(people, 12), 12) < 5)
    return {"gone": scaled(gone, 100 * SEEN_AGAIN)}


def alcohol(world: World) -> dict[str, Estimate]:
    """Adults with fat on ultrasound and low FIB-4, five years: FIB-4 of 1.3 and more, by alcohol."""
    where = {"observed_ultrasound_steatosis": True, "observed_fib4": {"max": 1.299}, "age_years": {"max": 65}}
    everybody = population(world)
    people = everybody.take(who(world, everybody, where))
    people = several_lives(people, ROUNDS)
    later = world.follow(people, 59)
    alive = later.state[c.DEATH_MONTH] > 59
    people, later = people.take(alive), world.tested(later.take(alive), 59)
    worse, grams = later.state[c.OBSERVED_FIB4] >= 1.3, people.state[c.ALCOHOL_G_PER_DAY]
    age = world.values(people, "age_years") / 10
    others = [age, age**2, people.state[c.SEX], people.state[c.BMI]]
    said = {}
    for name, (low, high) in {"light": (1, 10), "moderate": (10, 30)}.items():
        exposed = (grams >= low) & (grams < high)
        among = exposed | (grams < 1)
        years = np.full(int(among.sum()), 59 / 12)
        said[name] = adjusted_ratio(worse[among], exposed[among], [o[among] for o in others], years)
    return said


def what_care_knows(world: World) -> dict[str, Estimate]:
    """Who knows of a fatty liver today."""
    people = population(world)
    s = people.state
    fatty = world.values(people, "has_masld") > 0
    knows = world.values(people, "diagnosed_masld") > 0
    raised = s[c.OBSERVED_ALT_U_L] >= np.where(s[c.SEX] > 0, 25, 33)
    return {
        "aware_of_fatty_liver": scaled(share(knows, fatty), 100),
        "aware_with_raised_alt": scaled(share(knows, fatty & raised), 100),
    }


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    "exercise": exercise,
    "exercise_in_diabetes": exercise_in_diabetes,
    "activity_and_new_fat": activity_and_new_fat,
    "mediterranean_diet": mediterranean_diet,
    "weight_lost_with_fatty_liver": weight_lost_with_fatty_liver,
    "diet_and_exercise_in_diabetes": diet_and_exercise_in_diabetes,
    "remission_without_treatment": remission_without_treatment,
    "alcohol": alcohol,
    "what_care_knows": what_care_knows,
}
"""Every study of this module by name."""
