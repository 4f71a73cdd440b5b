"""Weight, insulin resistance and diabetes: how often, in whom, and what programmes, sleep and stress do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.clinic import several_lives, with_new_luck
from simulator.validation.liver_cohorts import FEMALE, MONTHS, biopsied, population, scaled, time_until
from simulator.validation.metabolic_cohorts import (
    NO_DIABETES,
    UNDIAGNOSED,
    Steps,
    adjusted_ratio,
    adults_who,
    age_sex_bmi,
    geometric_ratio,
    has_raised_sugar,
    onset,
    paired,
    ratio_of_medians,
    two_hour_glucose,
    who,
)
from simulator.validation.world import Estimate, World, mean, rate, share

HEALTH_CHECK = {"age_years": {"min": 30, "max": 65}, "bmi": {"max": 32}, **NO_DIABETES}
"""Most cohorts of fatty liver and diabetes are East Asian health checks, with a mean BMI near 25."""
ADVANCED_KPA = 9.7
"""Stiffness from which elastography speaks of advanced fibrosis."""
MEASURED_SUGAR = ("observed_hba1c_percent", "observed_fasting_glucose_mmol_l")

DPP_ROUNDS, DPP_MONTHS, MANTOVANI_ROUNDS = 4, 34, 6
DPP_ENTRY = {
    "age_years": {"min": 25},
    "bmi": {"min": 24},
    "observed_fasting_glucose_mmol_l": {"min": 5.3, "max": 6.95},
    "has_diabetes": False,
}
IMPAIRED_TWO_HOUR = (140.0, 199.9)
"""Two-hour glucose (mg/dL) of impaired tolerance."""

DPP_LIFESTYLE = {"weight_loss_percent": 7.25, "months": DPP_MONTHS, "supported": True}
"""Leaves 7 % at the end of the first year."""
SESSIONS_ATTENDED, LOSS_PER_SESSION = (3, 10, 14, 18, 22), 0.3
"""Of the National Diabetes Prevention Program: around the published median of 14, 13 % having come to fewer
than four (ely_2017); and % lost in each."""
KEEPS_TAKING = {"persistence": "full"}


def incidence_by_age(world: World) -> dict[str, Estimate]:
    """Follow adults without diagnosed diabetes for three years; count new diagnoses per 1000 person-years."""
    people = population(world)
    at_risk = people.take(who(world, people, UNDIAGNOSED))
    later = world.follow(at_risk, 36)
    found, years = time_until(later, later.state[c.DIAGNOSED_DIABETES_MONTH], 36)
    age = world.values(at_risk, "age_years")
    groups = {"all": (18, 200), "young": (18, 45), "middle_aged": (45, 65), "old": (65, 200)}
    return {
        name: rate(found[chosen], years[chosen], 1000)
        for name, (low, high) in groups.items()
        for chosen in [(age >= low) & (age < high)]
    }


def _intolerant(world: World, entry: dict[str, object], rounds: int) -> People:
    """Return people who meet `entry` with impaired two-hour glucose, screened on several days."""
    people = population(world)
    people = people.take(who(world, people, entry))
    found = []
    for number in range(rounds):
        glucose = two_hour_glucose(world, people, number)
        low, high = IMPAIRED_TWO_HOUR
        found.append(with_new_luck(people.take((glucose >= low) & (glucose <= high)), number))
    return People.together(found)


def _weight_loss_percent(before: People, after: People) -> np.ndarray:
    return 100 * (1 - after.state[c.BMI] / before.state[c.BMI])


def diabetes_prevention(world: World) -> dict[str, Estimate]:
    """Repeat the three arms of the Diabetes Prevention Program, and activity without weight loss."""
    people = _intolerant(world, DPP_ENTRY, DPP_ROUNDS)
    arms: dict[str, Steps] = {
        "placebo": [],
        "metformin": [{"drug": "metformin", **KEEPS_TAKING}],
        "lifestyle": [{"lifestyle": DPP_LIFESTYLE}],
        "activity": [{"lifestyle": {"activity_met_min_per_week": 525, "months": DPP_MONTHS}}],
    }
    said: dict[str, Estimate] = {}
    rates: dict[str, Estimate] = {}
    for arm, steps in arms.items():
        year = world.follow(people, MONTHS, steps)
        later = world.follow(year, DPP_MONTHS, steps, MONTHS)
        rates[arm] = rate(*onset(later, DPP_MONTHS))
        said[f"incidence_{arm}"] = rates[arm]
        said[f"lost_5_{arm}"] = scaled(share(_weight_loss_percent(people, year) >= 5), 100)
    placebo = world.follow(people, DPP_MONTHS // 2)
    programme = world.follow(people, DPP_MONTHS // 2, arms["lifestyle"])
    kilograms = mean(world.values(placebo, "weight_kg") - world.values(programme, "weight_kg")).value
    for arm in ("metformin", "lifestyle", "activity"):
        said[f"reduction_{arm}"] = _reduction(rates[arm], rates["placebo"])
    ratio = rates["lifestyle"].value / rates["placebo"].value
    error = said["reduction_lifestyle"].standard_error / 100 / ratio
    per_5_kg = float(np.exp(5 * np.log(ratio) / kilograms))
    said["hazard_ratio_per_5_kg"] = Estimate(per_5_kg, per_5_kg * error * 5 / kilograms)
    said["kilograms_lost"] = Estimate(kilograms, 0.0)
    return said


def _reduction(treated: Estimate, control: Estimate) -> Estimate:
    """Return by how many percent a rate is lower, as if arms were independent."""
    ratio = treated.value / control.value
    error = np.hypot(treated.standard_error / treated.value, control.standard_error / control.value)
    return Estimate(100 * (1 - ratio), 100 * ratio * float(error))


def da_qing(world: World) -> dict[str, Estimate]:
    """Follow lean to overweight adults with impaired two-hour glucose for six years."""
    entry = {"age_years": {"min": 25}, "bmi": {"min": 21, "max": 31}, "has_diabetes": False}
    people = _intolerant(world, entry, 2)
    return {"incidence": rate(*onset(world.follow(people, 72), 72))}


def fatty_liver_and_diabetes(world: World) -> dict[str, Estimate]:
    """People of health checks without diabetes, five years: new diabetes known or measured, by liver."""
    people = population(world)
    people = people.take(who(world, people, HEALTH_CHECK))
    people = several_lives(people, MANTOVANI_ROUNDS)
    later = world.follow(people, 60)
    found, years = time_until(later, later.state[c.DIAGNOSED_DIABETES_MONTH], 60)
    visit = world.tested(later, 60)
    shows = ~who(world, visit, {key: NO_DIABETES[key] for key in MEASURED_SUGAR})
    happened = found | (shows & (later.state[c.DEATH_MONTH] > 60))
    s = people.state
    seen = s[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0
    severe = seen & (s[c.OBSERVED_LIVER_FAT_PERCENT] >= 15.36)
    with np.errstate(invalid="ignore"):
        scarred = seen & (s[c.OBSERVED_LSM_KPA] >= ADVANCED_KPA)
    said = {}
    for name, exposed in {"any": seen, "severe": severe, "scarred": scarred}.items():
        among = exposed | ~seen
        others = [column[among] for column in age_sex_bmi(world, people)]
        said[name] = adjusted_ratio(happened[among], exposed[among], others, years[among])
    return said


def new_diabetes_with_fat(world: World) -> dict[str, Estimate]:
    """Fatty livers without known diabetes, followed for five years until it is known, per 1000 person-years.

    They are adults with steatosis on ultrasound; in a clinic, those it biopsied.
    """
    everybody = population(world)
    seen = everybody.take(everybody.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0)
    said = {}
    for name, people in {"incidence": seen, "incidence_clinic": biopsied(world, everybody)}.items():
        later = world.follow(people.take(who(world, people, UNDIAGNOSED)), 60)
        said[name] = rate(*time_until(later, later.state[c.DIAGNOSED_DIABETES_MONTH], 60), 1000)
    return said


def weight_over_ten_years(world: World) -> dict[str, Estimate]:
    """Ten years of usual care: kilograms and shares, by the age and sex people have at the end."""
    people = population(world)
    later = world.follow(people, 120)
    age = world.values(later, "age_years", 120)
    seen = (later.state[c.DEATH_MONTH] > 120) & (age >= 36) & (age < 80)
    people, later, age = people.take(seen), later.take(seen), age[seen]
    before, after = (world.values(group, "weight_kg") for group in (people, later))
    gain, percent = after - before, 100 * (after / before - 1)
    women = people.state[c.SEX] == FEMALE
    said = {"all": mean(gain), "women": mean(gain[women]), "men": mean(gain[~women])}
    for low, high in ((36, 40), (40, 50), (50, 60), (60, 70), (70, 80)):
        said[f"aged_{low}"] = mean(gain[(age >= low) & (age < high)])
    for least in (5, 10, 20):
        said[f"gained_{least}"] = scaled(share(percent >= least), 100)
    return said


def stepwise_weight_loss(world: World) -> dict[str, Estimate]:
    """Adults with obesity lose 5, 11 and 16 % within 3, 6 and 10 months; HOMA-IR and liver fat then."""
    people = adults_who(world, {"bmi": {"min": 33, "max": 44}, **NO_DIABETES})
    said = {}
    for percent, taken, until in ((5, 5.0, 4), (11, 11.1, 7), (16, 16.4, 10)):
        programme = {"weight_loss_percent": taken, "months": until - 1, "supported": True}
        treated, control = paired(world, people, until, [{"lifestyle": programme}])
        said[f"weight_{percent}"] = scaled(geometric_ratio(treated.state[c.BMI], control.state[c.BMI]), 100)
        said[f"homa_{percent}"] = geometric_ratio(
            world.values(treated, "homa_ir"), world.values(control, "homa_ir")
        )
        said[f"fat_{percent}"] = ratio_of_medians(
            world.values(treated, "liver_fat_percent"), world.values(control, "liver_fat_percent")
        )
    return said


def insulin_resistance_survey(world: World) -> dict[str, Estimate]:
    """What BMI explains of measured HOMA-IR without diabetes, and who has prediabetes."""
    people = population(world)
    well = who(world, people, NO_DIABETES)
    high = well & has_raised_sugar(world, people)
    people = people.take(well)
    homa = people.state[c.OBSERVED_HOMA_IR]
    well = people.state[c.OBSERVED_FASTING_GLUCOSE_MMOL_L] < 5.6
    r = float(np.corrcoef(np.log(homa[well]), people.state[c.BMI][well])[0, 1])
    error = 2 * abs(r) * (1 - r * r) / np.sqrt(int(well.sum()))
    return {
        "explained_by_bmi": Estimate(100 * r * r, 100 * float(error)),
        "prediabetes": scaled(share(high), 100),
    }


def regain(world: World) -> dict[str, Estimate]:
    """What is regained after an unsupported programme, and kept in one that goes on for four years."""
    heavy = adults_who(world, {"bmi": {"min": 27, "max": 45}})
    step = {"lifestyle": {"weight_loss_percent": 5, "months": 6}}
    lost = []
    for month in (6, 30):
        treated, control = paired(world, heavy, month, [step])
        lost.append(world.values(control, "weight_kg") - world.values(treated, "weight_kg"))
    at_end = mean(lost[0]).value
    per_year = mean((lost[0] - lost[1]) / 2 / at_end)
    diabetic = adults_who(
        world, {"diagnosed_diabetes": True, "bmi": {"min": 25}, "age_years": {"min": 45, "max": 76}}
    )
    supported = {"weight_loss_percent": 9, "months": 48, "supported": True}
    year = world.follow(diabetic, 12, [{"lifestyle": supported}])
    later = world.follow(diabetic, 48, [{"lifestyle": supported}])
    return {
        "kg_per_year_per_kg": per_year,
        "supported_year_1": mean(_weight_loss_percent(diabetic, year)),
        "supported_year_4": mean(_weight_loss_percent(diabetic, later)),
    }


def everyday_programme(world: World) -> dict[str, Estimate]:
    """Adults at risk lose 0.3 % for each session of a programme that they attend: how it spreads."""
    where = {"bmi": {"min": 25}, "observed_hba1c_percent": {"min": 5.7, "max": 6.4}, **UNDIAGNOSED}
    people = adults_who(world, where)
    lost = []
    for group, sessions in enumerate(SESSIONS_ATTENDED):
        part = people.take(np.arange(group, len(people), len(SESSIONS_ATTENDED)))
        programme = {"weight_loss_percent": LOSS_PER_SESSION * sessions, "months": 4}
        lost.append(_weight_loss_percent(part, world.follow(part, 4, [{"lifestyle": programme}])))
    loss = np.concatenate(lost)
    middle = Estimate(float(np.median(loss)), 1.25 * mean(loss).standard_error)
    return {"lost_5": scaled(share(loss >= 5), 100), "median": middle, "mean": mean(loss)}


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    "incidence_by_age": incidence_by_age,
    "diabetes_prevention": diabetes_prevention,
    "da_qing": da_qing,
    "fatty_liver_and_diabetes": fatty_liver_and_diabetes,
    "new_diabetes_with_fat": new_diabetes_with_fat,
    "weight_over_ten_years": weight_over_ten_years,
    "stepwise_weight_loss": stepwise_weight_loss,
    "insulin_resistance_survey": insulin_resistance_survey,
    "regain": regain,
    "everyday_programme": everyday_programme,
}
"""Every study of this module by name."""
