"""The population beside surveys: what tests show in adults of today, and how often livers are ill."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.cohort.survey import survey_statistics
from simulator.cohort.table import cohort_table
from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.accuracy import mixed_to, percent, quantile, weighted_mean
from simulator.validation.liver_cohorts import FEMALE, reads_mash, scaled, stage
from simulator.validation.referred import crowd, drinks_little, retested
from simulator.validation.world import Estimate, World, share

PERCENT_OF = 100
DIABETIC_HBA1C, DIABETIC_GLUCOSE = 6.5, 126 / 18.016
PREDIABETIC_HBA1C, PREDIABETIC_GLUCOSE = 5.7, 100 / 18.016
CAP_STEATOSIS, FATTY_PERCENT, DALLAS_PERCENT = 274.0, 5.0, 5.56
UK_BIOBANK_MEAN_BMI, FAST_AT_RISK = 26.5, 0.35
UK_BIOBANK_MIX = {0: 45.5, 1: 2.6, 2: 49.2, 3: 2.7}
"""Men without and with diabetes, women without and with (%): 52 % women, 5.3 % diabetes (uk_biobank_mri)."""
AJMERA_SEXES, AJMERA_MEAN_BMI = {0: 37.0, 1: 63.0}, 31.4
"""Men and women (%) and mean BMI (kg/m2) of 501 people with type 2 diabetes (ajmera_2023)."""
LOMONACO_MEAN_BMI = 33.4
"""Mean BMI (kg/m2) of 561 people with type 2 diabetes in clinics (lomonaco_2021)."""
TYPE_1 = 0.55
"""Known type 1 diabetes of US adults (%): Bullard 2018."""
WHITE = c.ETHNICITIES.index("white")


def survey_key(statistic: str, group: str) -> str:
    """Return the name under which a statistic of the survey stands among the quantities of `survey`."""
    name = statistic if group == "all" else f"{statistic}_{group}"
    for old, new in ((".", "_"), (" ", "_"), ("-", "_"), ("+", "_up")):
        name = name.replace(old, new)
    return name


def is_share(statistic: str) -> bool:
    """Return whether a statistic of the survey is a share, which targets give in percent."""
    return "_quantile_" not in statistic and not statistic.startswith("rank_correlation")


def survey(world: World) -> dict[str, Estimate]:
    """Return every statistic of NHANES 2017-2018 in the grown population, counted by the same functions.

    Shares are in percent. Standard errors come from ten tenths of the population.
    """
    table = cohort_table(world.adults(), world.record)
    whole = survey_statistics(table)
    tenths = np.stack([survey_statistics(table.iloc[k::10])["value"].to_numpy(float) for k in range(10)])
    errors = np.nanstd(tenths, axis=0, ddof=1) / np.sqrt(10)
    said: dict[str, Estimate] = {}
    columns = (whole[name].tolist() for name in ("statistic", "group", "value"))
    for statistic, group, value, error in zip(*columns, errors, strict=True):
        unit = PERCENT_OF if is_share(statistic) else 1
        said[survey_key(statistic, group)] = Estimate(unit * value, unit * float(error))
    return said


def _shows_diabetes(people: People) -> np.ndarray:
    s = people.state
    is_high = s[c.OBSERVED_HBA1C_PERCENT] >= DIABETIC_HBA1C
    return is_high | (s[c.OBSERVED_FASTING_GLUCOSE_MMOL_L] >= DIABETIC_GLUCOSE)


def _has_diabetes(world: World, people: People) -> np.ndarray:
    """Return who knows of diabetes or shows it in one blood sample, as surveys count it."""
    return (world.values(people, "diagnosed_diabetes") > 0) | _shows_diabetes(people)


def _at_least(people: People, row: int, limit: float) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return people.state[row] >= limit


def _examined(people: People) -> np.ndarray:
    return ~np.isnan(people.state[c.OBSERVED_LSM_KPA])


def diabetes_report(world: World) -> dict[str, Estimate]:
    """Return diabetes, known or shown by a blood sample, by age (%), and how much of it is unknown.

    Type 1 diabetes, which the report counts and the model has not, is added.
    """
    people = world.adults()
    age, has = world.values(people, "age_years"), _has_diabetes(world, people)
    unknown = has & (world.values(people, "diagnosed_diabetes") == 0)
    ages = {
        "all": age > 0,
        "age_18_44": age < 45,
        "age_45_64": (age >= 45) & (age < 65),
        "age_65_up": age >= 65,
    }
    type_2 = {name: percent(has, among) for name, among in ages.items()}
    said = {name: Estimate(seen.value + TYPE_1, seen.standard_error) for name, seen in type_2.items()}
    everybody = said["all"].value / 100
    return said | {"undiagnosed": scaled(share(unknown), 100 / everybody)}


def body_size(world: World) -> dict[str, Estimate]:
    """Return severe obesity (%, BMI 40 and more) from the age of 20."""
    people = world.adults()
    adult, severe = world.values(people, "age_years") >= 20, people.state[c.BMI] >= 40
    women = people.state[c.SEX] == FEMALE
    return {
        "severe": percent(severe, adult),
        "severe_women": percent(severe, adult & women),
        "severe_men": percent(severe, adult & ~women),
    }


def steatosis_by_body_size(world: World) -> dict[str, Estimate]:
    """Return CAP of 302 dB/m and stiffness of 9.7 kPa and more (%), by BMI class or steatosis."""
    people = world.adults()
    bmi, examined = people.state[c.BMI], _examined(people)
    fatty, severe = (_at_least(people, c.OBSERVED_CAP_DB_PER_M, k) for k in (CAP_STEATOSIS, 302))
    return {
        "cap_302": percent(severe, examined),
        "cap_302_lean": percent(severe, examined & (bmi < 25)),
        "cap_302_overweight": percent(severe, examined & (bmi >= 25) & (bmi < 30)),
        "cap_302_obese": percent(severe, examined & (bmi >= 30)),
        "lsm_9_7_with_steatosis": percent(_at_least(people, c.OBSERVED_LSM_KPA, 9.7), examined & fatty),
    }


def diabetes_and_liver(world: World) -> dict[str, Estimate]:
    """Return steatosis and stiffness (%) of US adults with type 2 diabetes."""
    people = crowd(world)
    among = _examined(people) & _has_diabetes(world, people)
    unaware = among & (world.values(people, "diagnosed_masld") == 0)
    known = unaware & (world.values(people, "diagnosed_diabetes") > 0)
    weights = np.zeros(len(people))
    weights[known] = _as_heavy_as(people.state[c.BMI][known].astype(float), LOMONACO_MEAN_BMI)
    lsm = {limit: _at_least(people, c.OBSERVED_LSM_KPA, limit) for limit in (7.0, 8.2, 9.7, 13.6)}
    fatty = _at_least(people, c.OBSERVED_CAP_DB_PER_M, CAP_STEATOSIS)
    return {
        "survey_cap_274": percent(fatty, among),
        "survey_lsm_9_7": percent(lsm[9.7], among),
        "survey_lsm_13_6": percent(lsm[13.6], among),
        "clinic_cap_274": percent(fatty, known, weights),
        "clinic_lsm_7": percent(lsm[7.0], known, weights),
        "clinic_lsm_8_2": percent(lsm[8.2], known, weights),
        "clinic_lsm_9_7": percent(lsm[9.7], known, weights),
    }


def older_diabetes(world: World) -> dict[str, Estimate]:
    """Return steatosis on MRI, advanced fibrosis and cirrhosis (%) at 50 and over with known diabetes.

    Women and BMI count as in the cohort. Resonance elastography is not among the model's tests; the true
    stage stands for it.
    """
    people = crowd(world)
    among = (world.values(people, "diagnosed_diabetes") > 0) & (world.values(people, "age_years") >= 50)
    people = people.take(among)
    sexes = mixed_to((people.state[c.SEX] == FEMALE).astype(int), AJMERA_SEXES)
    weights = _as_heavy_as(people.state[c.BMI].astype(float), AJMERA_MEAN_BMI, sexes)
    fatty = _at_least(people, c.OBSERVED_LIVER_FAT_PERCENT, FATTY_PERCENT)
    return {
        "steatosis": percent(fatty, weights=weights),
        "advanced_fibrosis": percent(world.values(people, "fibrosis_stage") >= 3, weights=weights),
        "cirrhosis": percent(world.values(people, "has_cirrhosis") > 0, weights=weights),
    }


def middle_aged_screening(world: World) -> dict[str, Estimate]:
    """Return MASLD, and MASH and stages on biopsy, of all screened at 45 to 65 (%, Harrison 2021).

    They know of no liver disease and drink little. Only those with a fatty liver on MRI or stiffness of
    8 kPa are biopsied; others count as free of disease.
    """
    everybody = crowd(world)
    age = world.values(everybody, "age_years")
    unaware = (world.values(everybody, "diagnosed_masld") == 0) & (world.values(everybody, "has_hcc") == 0)
    well = unaware & (everybody.state[c.DECOMPENSATION_MONTH] > 0) & drinks_little(everybody)
    chosen = everybody.take((age >= 45) & (age < 65) & well)
    people = retested(world, chosen, 1)
    fatty = _at_least(chosen, c.OBSERVED_LIVER_FAT_PERCENT, FATTY_PERCENT)
    biopsied = fatty | _at_least(chosen, c.OBSERVED_LSM_KPA, 8)
    return {
        "masld": percent(fatty),
        "mash": percent(biopsied & reads_mash(people)),
        "mash_of_masld": percent(reads_mash(people), fatty),
        "f2_up": percent(biopsied & (stage(people) >= 2)),
        "f3": percent(biopsied & (stage(people) == 3)),
    }


def metabolic_dysfunction(world: World) -> dict[str, Estimate]:
    """Return who is sent on by FIB-4 or stiffness (%) among adults with overweight or raised sugar."""
    people = world.adults()
    s = people.state
    sugar = (s[c.OBSERVED_HBA1C_PERCENT] >= PREDIABETIC_HBA1C) | _has_diabetes(world, people)
    sugar |= s[c.OBSERVED_FASTING_GLUCOSE_MMOL_L] >= PREDIABETIC_GLUCOSE
    among = _examined(people) & ((s[c.BMI] >= 25) | sugar) & (world.values(people, "age_years") >= 18)
    return {
        "fib4_1_3": percent(_at_least(people, c.OBSERVED_FIB4, 1.3), among),
        "lsm_8": percent(_at_least(people, c.OBSERVED_LSM_KPA, 8), among),
        "lsm_12": percent(_at_least(people, c.OBSERVED_LSM_KPA, 12), among),
    }


def general_stiffness(world: World) -> dict[str, Estimate]:
    """Return stiffness of 8 kPa and more (%) in adults of 40 and over of the general population."""
    people = world.adults()
    older = world.values(people, "age_years") >= 40
    return {"lsm_8": percent(_at_least(people, c.OBSERVED_LSM_KPA, 8), _examined(people) & older)}


def insulin_resistance(world: World) -> dict[str, Estimate]:
    """Return raised HOMA-IR (%) without diabetes, from 18 to 44 and from 20."""
    people = world.adults()
    age = world.values(people, "age_years")
    free = ~_has_diabetes(world, people)
    return {
        "homa_2_5": percent(_at_least(people, c.OBSERVED_HOMA_IR, 2.5), free & (age < 45)),
        "homa_2_6": percent(_at_least(people, c.OBSERVED_HOMA_IR, 2.6), free & (age >= 20)),
    }


def insulin_by_age(world: World) -> dict[str, Estimate]:
    """Return median HOMA-IR of men and women in their twenties and sixties, diabetes included."""
    people = world.adults()
    age, sex = world.values(people, "age_years"), people.state[c.SEX]
    homa, said = people.state[c.OBSERVED_HOMA_IR], {}
    for decade in (20, 60):
        for name, code in (("men", 1 - FEMALE), ("women", FEMALE)):
            among = (age >= decade) & (age < decade + 10) & (sex == code)
            said[f"{name}_{decade}"] = quantile(homa[among], 0.5)
    return said


def at_risk_mash(world: World) -> dict[str, Estimate]:
    """Return a FAST score above 0.35 (%) among adults with MASLD: CAP of 274 dB/m and more (Newsome 2020)."""
    people = world.adults()
    lsm, cap = people.state[c.OBSERVED_LSM_KPA], people.state[c.OBSERVED_CAP_DB_PER_M]
    logit = -1.65 + 1.07 * np.log(lsm) + 2.66e-8 * cap.astype(float) ** 3
    fast = 1 / (1 + np.exp(-(logit - 63.3 / people.state[c.OBSERVED_AST_U_L])))
    fatty = _at_least(people, c.OBSERVED_CAP_DB_PER_M, CAP_STEATOSIS) & drinks_little(people)
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
    people = world.adults()
    age, fat = world.values(people, "age_years"), people.state[c.OBSERVED_LIVER_FAT_PERCENT]
    among = (age >= 30) & (age <= 65)
    return {"median": quantile(fat[among], 0.5), "above_5_56": percent(fat > DALLAS_PERCENT, among)}


def _as_heavy_as(bmi: np.ndarray, mean: float, among: np.ndarray | float = 1.0) -> np.ndarray:
    """Return weights exponential in BMI, beside those `among`, that give its published mean."""
    low, high = -1.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        weights = among * np.exp(-middle * (bmi - mean))
        low, high = (middle, high) if np.average(bmi, weights=weights) > mean else (low, middle)
    return weights


def uk_biobank(world: World) -> dict[str, Estimate]:
    """Return liver fat and enzymes of white adults of 45 to 73 like UK Biobank's: sex, diabetes and BMI."""
    people = crowd(world)
    age, s = world.values(people, "age_years"), people.state
    people = people.take((age >= 45) & (age <= 73) & (s[c.ETHNICITY] == WHITE))
    s = people.state
    kind = 2 * (s[c.SEX] == FEMALE) + (world.values(people, "diagnosed_diabetes") > 0)
    weights = _as_heavy_as(s[c.BMI].astype(float), UK_BIOBANK_MEAN_BMI, mixed_to(kind, UK_BIOBANK_MIX))
    fat = s[c.OBSERVED_LIVER_FAT_PERCENT]
    fatty = weights * (fat >= FATTY_PERCENT)
    said = {"mean_fat": weighted_mean(fat, weights), "median_fat": quantile(fat, 0.5, weights)}
    for name, row in (("alt", c.OBSERVED_ALT_U_L), ("ast", c.OBSERVED_AST_U_L)):
        said[f"{name}_with_steatosis"] = weighted_mean(s[row], fatty)
        said[f"{name}_without"] = weighted_mean(s[row], weights - fatty)
    return said


def seen_on_ultrasound(world: World) -> dict[str, Estimate]:
    """Return steatosis on ultrasound (%) and diabetes among it (%)."""
    people = world.adults()
    fatty = people.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0
    return {
        "steatosis": percent(fatty),
        "diabetes": percent(_has_diabetes(world, people), fatty),
    }


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    "survey": survey,
    "diabetes_report": diabetes_report,
    "body_size": body_size,
    "steatosis_by_body_size": steatosis_by_body_size,
    "diabetes_and_liver": diabetes_and_liver,
    "older_diabetes": older_diabetes,
    "middle_aged_screening": middle_aged_screening,
    "metabolic_dysfunction": metabolic_dysfunction,
    "general_stiffness": general_stiffness,
    "insulin_resistance": insulin_resistance,
    "insulin_by_age": insulin_by_age,
    "at_risk_mash": at_risk_mash,
    "dallas": dallas,
    "uk_biobank": uk_biobank,
    "seen_on_ultrasound": seen_on_ultrasound,
}
