"""Fatty, inflamed and stiff livers beside surveys and screening by elastography, resonance or biopsy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.accuracy import (
    like_published,
    logistic_odds_ratio,
    mixed_to,
    percent,
    quantile,
    weighted_mean,
)
from simulator.validation.liver_cohorts import FATTY_PERCENT, FEMALE, at_least, population, reads_mash, stage
from simulator.validation.metabolic_cohorts import counts_as_diabetic, has_raised_sugar
from simulator.validation.referred import drinks_little, retested
from simulator.validation.world import Estimate, World

CAP_STEATOSIS, DALLAS_PERCENT, FAST_AT_RISK = 274.0, 5.56, 0.35
UK_BIOBANK_MEAN_BMI = 26.5
UK_BIOBANK_MIX = {0: 45.5, 1: 2.6, 2: 49.2, 3: 2.7}
"""Men without and with diabetes, women without and with (%): 52 % women, 5.3 % diabetes (uk_biobank_mri)."""
AJMERA_SEXES, AJMERA_MEAN_BMI = {0: 37.0, 1: 63.0}, 31.4
"""Men and women (%) and mean BMI (kg/m2) of 501 people with type 2 diabetes (ajmera_2023)."""
LOMONACO_MEANS = (60.0, 33.4, 7.5)
"""Mean age (years), BMI (kg/m2) and HbA1c (%) of 561 people with type 2 diabetes (lomonaco_2021)."""
WHITE, BLACK, MEXICAN, HISPANIC, ASIAN = (
    c.ETHNICITIES.index(name) for name in ("white", "black", "mexican", "other_hispanic", "asian")
)
OVERWEIGHT, OVERWEIGHT_ASIAN, OBESE = 25.0, 23.0, 30.0
RESISTANT_HOMA = 2.5


def _examined(people: People) -> np.ndarray:
    return ~np.isnan(people.state[c.OBSERVED_LSM_KPA])


def _by_body_size(name: str, shown: np.ndarray, among: np.ndarray, bmi: np.ndarray) -> dict[str, Estimate]:
    """Return in how many `among` people something was shown (%): all, lean, with overweight, with obesity."""
    groups = {
        "": among,
        "_lean": among & (bmi < OVERWEIGHT),
        "_overweight": among & (bmi >= OVERWEIGHT) & (bmi < OBESE),
        "_obese": among & (bmi >= OBESE),
    }
    return {f"{name}{group}": percent(shown, chosen) for group, chosen in groups.items()}


def elastography_by_body_size(world: World) -> dict[str, Estimate]:
    """Return CAP of 302 dB/m, and stiffness of 8.2 kPa, and more (%), by BMI class."""
    people = population(world)
    bmi, examined = people.state[c.BMI], _examined(people)
    severe, stiff = at_least(people, c.OBSERVED_CAP_DB_PER_M, 302), at_least(people, c.OBSERVED_LSM_KPA, 8.2)
    return _by_body_size("cap_302", severe, examined, bmi) | _by_body_size("lsm_8_2", stiff, examined, bmi)


def fatty_liver_of_adults(world: World) -> dict[str, Estimate]:
    """Return steatosis with little alcohol, and with metabolic dysfunction (%), at CAP of 274 dB/m.

    Metabolic dysfunction is overweight, raised sugar and insulin resistance; the blood pressure and lipids
    that also count are not among the model's tests.
    """
    people = population(world)
    examined, bmi, ethnicity = _examined(people), people.state[c.BMI], people.state[c.ETHNICITY]
    fatty = at_least(people, c.OBSERVED_CAP_DB_PER_M, CAP_STEATOSIS)
    sober = fatty & drinks_little(people)
    resistant = at_least(people, c.OBSERVED_HOMA_IR, RESISTANT_HOMA)
    heavy = bmi >= np.where(ethnicity == ASIAN, OVERWEIGHT_ASIAN, OVERWEIGHT)
    dysfunction = heavy | counts_as_diabetic(world, people) | (has_raised_sugar(world, people) & resistant)
    hispanic = (ethnicity == MEXICAN) | (ethnicity == HISPANIC)
    return {
        "little_alcohol": percent(sober, examined),
        "little_alcohol_hispanic": percent(sober, examined & hispanic),
        "little_alcohol_black": percent(sober, examined & (ethnicity == BLACK)),
        "metabolic": percent(fatty & dysfunction, examined),
        "lsm_9_7_with_steatosis": percent(at_least(people, c.OBSERVED_LSM_KPA, 9.7), examined & fatty),
    }


def thresholds(world: World) -> dict[str, Estimate]:
    """Return steatosis and stiffness of adults (%) at the limits that other analyses of the survey chose."""
    people = population(world)
    s, adult = people.state, _examined(people) & (world.values(people, "age_years") >= 20)
    sober = adult & drinks_little(people)
    fatty = at_least(people, c.OBSERVED_CAP_DB_PER_M, 248)
    return {
        "cap_mean": weighted_mean(s[c.OBSERVED_CAP_DB_PER_M][sober]),
        "cap_248": percent(fatty, sober),
        "lsm_7_9_with_steatosis": percent(at_least(people, c.OBSERVED_LSM_KPA, 7.9), sober & fatty),
        "cap_over_300": percent(s[c.OBSERVED_CAP_DB_PER_M] > 300, adult),
        "lsm_over_8": percent(s[c.OBSERVED_LSM_KPA] > 8, adult),
        "lsm_9_5": percent(at_least(people, c.OBSERVED_LSM_KPA, 9.5), adult),
        "lsm_12_5": percent(at_least(people, c.OBSERVED_LSM_KPA, 12.5), adult),
    }


def diabetes_and_liver(world: World) -> dict[str, Estimate]:
    """Return steatosis and stiffness (%) of US adults with type 2 diabetes: of the survey, and of clinics.

    Clinics asked people who knew of no liver disease and had no other cause of one.
    """
    people = population(world)
    among = _examined(people) & counts_as_diabetic(world, people)
    asked = among & (world.values(people, "diagnosed_masld") == 0) & drinks_little(people)
    known = people.take(asked & (world.values(people, "diagnosed_diabetes") > 0))
    means = (world.values(known, "age_years"), known.state[c.BMI], known.state[c.OBSERVED_HBA1C_PERCENT])
    weights = like_published(means, LOMONACO_MEANS)
    said = {
        "survey_cap_274": percent(at_least(people, c.OBSERVED_CAP_DB_PER_M, CAP_STEATOSIS), among),
        "survey_lsm_9_7": percent(at_least(people, c.OBSERVED_LSM_KPA, 9.7), among),
        "survey_lsm_13_6": percent(at_least(people, c.OBSERVED_LSM_KPA, 13.6), among),
        "clinic_cap_274": percent(at_least(known, c.OBSERVED_CAP_DB_PER_M, CAP_STEATOSIS), None, weights),
    }
    for name, limit in {"7": 7.0, "8_2": 8.2, "9_7": 9.7}.items():
        said[f"clinic_lsm_{name}"] = percent(at_least(known, c.OBSERVED_LSM_KPA, limit), None, weights)
    return said


def older_diabetes(world: World) -> dict[str, Estimate]:
    """Return steatosis on MRI, advanced fibrosis and cirrhosis (%) at 50 and over with known diabetes.

    Women and BMI count as in the cohort; so does the odds ratio of obesity, for age and sex. Resonance
    elastography is not among the model's tests; the true stage stands for it.
    """
    people = population(world)
    among = (world.values(people, "diagnosed_diabetes") > 0) & (world.values(people, "age_years") >= 50)
    people = people.take(among)
    female, bmi = people.state[c.SEX] == FEMALE, people.state[c.BMI]
    weights = like_published([female, bmi], [AJMERA_SEXES[1] / 100, AJMERA_MEAN_BMI])
    fatty = at_least(people, c.OBSERVED_LIVER_FAT_PERCENT, FATTY_PERCENT)
    advanced = world.values(people, "fibrosis_stage") >= 3
    others = [world.values(people, "age_years") / 10, female]
    return {
        "steatosis": percent(fatty, weights=weights),
        "advanced_fibrosis": percent(advanced, weights=weights),
        "cirrhosis": percent(world.values(people, "has_cirrhosis") > 0, weights=weights),
        "advanced_with_obesity": logistic_odds_ratio(advanced, bmi >= OBESE, others, weights),
    }


def middle_aged_screening(world: World) -> dict[str, Estimate]:
    """Return MASLD, and MASH and stages on biopsy, of all screened at 45 to 65 (%, Harrison 2021).

    They know of no liver disease and drink little. Only those with a fatty liver on MRI or stiffness of
    8 kPa are biopsied; others count as free of disease.
    """
    everybody = population(world)
    age = world.values(everybody, "age_years")
    unaware = (world.values(everybody, "diagnosed_masld") == 0) & (world.values(everybody, "has_hcc") == 0)
    well = unaware & (everybody.state[c.DECOMPENSATION_MONTH] > 0) & drinks_little(everybody)
    chosen = everybody.take((age >= 45) & (age < 65) & well)
    people = retested(world, chosen, 1)
    fatty = at_least(chosen, c.OBSERVED_LIVER_FAT_PERCENT, FATTY_PERCENT)
    biopsied = fatty | at_least(chosen, c.OBSERVED_LSM_KPA, 8)
    return {
        "masld": percent(fatty),
        "mash": percent(biopsied & reads_mash(people)),
        "mash_of_masld": percent(reads_mash(people), fatty),
        "f2_up": percent(biopsied & (stage(people) >= 2)),
        "f3": percent(biopsied & (stage(people) == 3)),
    }


def metabolic_dysfunction(world: World) -> dict[str, Estimate]:
    """Return who is sent on by FIB-4 or stiffness (%) among adults with overweight or raised sugar."""
    people = population(world)
    heavy = people.state[c.BMI] >= OVERWEIGHT
    among = _examined(people) & (heavy | has_raised_sugar(world, people))
    return {
        "fib4_1_3": percent(at_least(people, c.OBSERVED_FIB4, 1.3), among),
        "lsm_8": percent(at_least(people, c.OBSERVED_LSM_KPA, 8), among),
        "lsm_12": percent(at_least(people, c.OBSERVED_LSM_KPA, 12), among),
    }


def general_stiffness(world: World) -> dict[str, Estimate]:
    """Return stiffness of 8 kPa and more (%) in adults of 40 and over of the general population."""
    people = population(world)
    older = world.values(people, "age_years") >= 40
    return {"lsm_8": percent(at_least(people, c.OBSERVED_LSM_KPA, 8), _examined(people) & older)}


def at_risk_mash(world: World) -> dict[str, Estimate]:
    """Return a FAST score above 0.35 (%) among adults with MASLD: CAP of 274 dB/m and more (Newsome 2020)."""
    people = population(world)
    lsm, cap = people.state[c.OBSERVED_LSM_KPA], people.state[c.OBSERVED_CAP_DB_PER_M]
    logit = -1.65 + 1.07 * np.log(lsm) + 2.66e-8 * cap.astype(float) ** 3
    fast = 1 / (1 + np.exp(-(logit - 63.3 / people.state[c.OBSERVED_AST_U_L])))
    fatty = at_least(people, c.OBSERVED_CAP_DB_PER_M, CAP_STEATOSIS) & drinks_little(people)
    with np.errstate(invalid="ignore"):
        at_risk = fast > FAST_AT_RISK
    women = people.state[c.SEX] == FEMALE
    return {
        "all": percent(at_risk, fatty),
        "men": percent(at_risk, fatty & ~women),
        "women": percent(at_risk, fatty & women),
    }


def dallas(world: World) -> dict[str, Estimate]:
    """Return the median liver fat (%) and the share above 5.56 % (%) from 30 to 65, Dallas Heart Study."""
    people = population(world)
    age, fat = world.values(people, "age_years"), people.state[c.OBSERVED_LIVER_FAT_PERCENT]
    among = (age >= 30) & (age <= 65)
    return {"median": quantile(fat[among], 0.5), "above_5_56": percent(fat > DALLAS_PERCENT, among)}


def uk_biobank(world: World) -> dict[str, Estimate]:
    """Return liver fat, enzymes and BMI of white adults like UK Biobank's in age, sex, diabetes and BMI."""
    people = population(world)
    age, s = world.values(people, "age_years"), people.state
    people = people.take((age >= 45) & (age <= 73) & (s[c.ETHNICITY] == WHITE))
    s = people.state
    kind = 2 * (s[c.SEX] == FEMALE) + (world.values(people, "diagnosed_diabetes") > 0)
    weights = like_published([s[c.BMI]], [UK_BIOBANK_MEAN_BMI], mixed_to(kind, UK_BIOBANK_MIX))
    fat = s[c.OBSERVED_LIVER_FAT_PERCENT]
    fatty = weights * (fat >= FATTY_PERCENT)
    said = {"mean_fat": weighted_mean(fat, weights), "median_fat": quantile(fat, 0.5, weights)}
    for name, row in (("alt", c.OBSERVED_ALT_U_L), ("ast", c.OBSERVED_AST_U_L), ("bmi", c.BMI)):
        said[f"{name}_with_steatosis"] = weighted_mean(s[row], fatty)
        said[f"{name}_without"] = weighted_mean(s[row], weights - fatty)
    return said


def seen_on_ultrasound(world: World) -> dict[str, Estimate]:
    """Return steatosis on ultrasound (%), of all and of Asian adults, and diabetes among it (%)."""
    people = population(world)
    fatty = people.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0
    return {
        "steatosis": percent(fatty),
        "steatosis_asian": percent(fatty, people.state[c.ETHNICITY] == ASIAN),
        "diabetes": percent(counts_as_diabetic(world, people), fatty),
    }


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    study.__name__: study
    for study in (
        elastography_by_body_size, fatty_liver_of_adults, thresholds, diabetes_and_liver, older_diabetes,
        middle_aged_screening, metabolic_dysfunction, general_stiffness, at_risk_mash, dallas, uk_biobank,
        seen_on_ultrasound,
    )
}  # fmt: skip
"""Name in `measure` of a target to the study that gives its quantities."""
