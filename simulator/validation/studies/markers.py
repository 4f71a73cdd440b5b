"""Markers and biopsies against each other: accuracy, scatter within people, failures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.accuracy import (
    auroc,
    correlation,
    like_published,
    logistic_odds_ratio,
    percent,
    quantile,
    sensitivity,
    specificity,
    weighted_mean,
    within_person_cv,
)
from simulator.validation.liver_cohorts import FEMALE, knows_diabetes, population, stage
from simulator.validation.referred import (
    advanced_mix,
    biopsied,
    drinks_little,
    published_mix,
    raised_alt,
    retested,
)
from simulator.validation.world import Estimate, World

ADVANCED, CIRRHOSIS = 3, 4
ADVANCED_SHARE_MOZES = 0.30
AGE_POOLED, BMI_POOLED, WOMEN_POOLED, DIABETES_POOLED = 54.0, 30.0, 0.45, 0.33
"""Median age and BMI, and shares, of 5,735 people of 37 studies with a biopsy (mozes_2022)."""
CAP_POOLED_DB_PER_M, FIB4_LOWER = 273.6, 1.3
PAIR_DIFFERENCES = (20, 30, 50)
LABORATORY_ALT_LIMIT = 40.0
OBESE_BMI = 30.0
OLD_ENOUGH_FOR_ARIC, OLDEST_OF_ARIC = 68, 88
HEALTHY_BMI = 25.0


def eddowes(world: World) -> dict[str, Estimate]:
    """Return areas under the curve of CAP and stiffness against one biopsy (Eddowes 2019)."""
    people, _ = biopsied(world)
    s, weights = people.state, published_mix(people)
    said = {}
    for grade in (1, 2, 3):
        diseased = s[c.OBSERVED_STEATOSIS_GRADE] >= grade
        said[f"cap_s{grade}"] = auroc(s[c.OBSERVED_CAP_DB_PER_M], diseased, weights)
    for least in (2, ADVANCED, CIRRHOSIS):
        said[f"lsm_f{least}"] = auroc(s[c.OBSERVED_LSM_KPA], stage(people) >= least, weights)
    return said


def _like_pooled(world: World, people: People, weights: np.ndarray) -> np.ndarray:
    """Return weights with the stages of those given, and age, sex, BMI and diabetes of pooled cohorts."""
    described = [
        world.values(people, "age_years"),
        people.state[c.BMI],
        people.state[c.SEX] == FEMALE,
        knows_diabetes(world, people),
    ]
    stages = [stage(people) == k for k in (1, 2, 3, 4)]
    kept = [float(np.average(one, weights=weights)) for one in stages]
    published = [AGE_POOLED, BMI_POOLED, WOMEN_POOLED, DIABETES_POOLED]
    return like_published([*described, *stages], [*published, *kept], weights)


def mozes(world: World) -> dict[str, Estimate]:
    """Return areas under the curve for F3-F4 of stiffness and two scores (Mozes 2022)."""
    people, _ = biopsied(world)
    s, weights = people.state, _like_pooled(world, people, advanced_mix(people, ADVANCED_SHARE_MOZES))
    diseased = stage(people) >= ADVANCED
    markers = {"lsm": c.OBSERVED_LSM_KPA, "fib4": c.OBSERVED_FIB4, "nfs": c.OBSERVED_NFS}
    return {name: auroc(s[row], diseased, weights) for name, row in markers.items()}


def han(world: World) -> dict[str, Estimate]:
    """Return sensitivity and specificity (%) of FIB-4 >= 1.3 for F3-F4 (Han 2022)."""
    people, _ = biopsied(world)
    weights, diseased = _like_pooled(world, people, published_mix(people)), stage(people) >= ADVANCED
    positive = people.state[c.OBSERVED_FIB4] >= FIB4_LOWER
    return {
        "fib4_sensitivity": sensitivity(positive, diseased, weights),
        "fib4_specificity": specificity(positive, diseased, weights),
    }


def pooled_imaging(world: World) -> dict[str, Estimate]:
    """Return what CAP and MRI-PDFF make of steatosis on biopsy, over studies.

    The people are those with raised ALT, whatever an ultrasound showed: a test that chose the people
    cannot be judged on them.
    """
    everybody = population(world)
    people = retested(world, everybody.take(raised_alt(everybody)), 1)
    s, weights = people.state, published_mix(people)
    grade, cap = s[c.OBSERVED_STEATOSIS_GRADE], s[c.OBSERVED_CAP_DB_PER_M]
    is_known = weights * ~np.isnan(cap)
    with np.errstate(invalid="ignore"):
        positive = cap >= CAP_POOLED_DB_PER_M
    said = {
        "cap_sensitivity": sensitivity(positive, grade >= 1, is_known),
        "cap_specificity": specificity(positive, grade >= 1, is_known),
        "pdff_with_grade": correlation(s[c.OBSERVED_LIVER_FAT_PERCENT], grade, weights),
    }
    for least in (1, 2, 3):
        said[f"pdff_s{least}"] = auroc(s[c.OBSERVED_LIVER_FAT_PERCENT], grade >= least, weights)
    seen = s[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0
    said["ultrasound_any_sensitivity"] = sensitivity(seen, grade >= 1, weights)
    said["ultrasound_any_specificity"] = specificity(seen, grade >= 1, weights)
    return said


def hernaez(world: World) -> dict[str, Estimate]:
    """Return sensitivity and specificity (%) of marked fat on ultrasound for grades 2 and 3 on biopsy."""
    people = retested(world, population(world), 1)
    seen = people.state[c.OBSERVED_ULTRASOUND_MARKED_STEATOSIS] > 0
    diseased = people.state[c.OBSERVED_STEATOSIS_GRADE] >= 2
    return {"sensitivity": sensitivity(seen, diseased), "specificity": specificity(seen, diseased)}


def two_cores(world: World) -> dict[str, Estimate]:
    """Return how two cores of one session differ (Ratziu 2005)."""
    first, second = biopsied(world)
    weights, one, two = published_mix(first), stage(first), stage(second)
    ballooned = [people.state[c.OBSERVED_BALLOONING_GRADE] >= 1 for people in (first, second)]
    bridging = (one == ADVANCED) | (two == ADVANCED)
    return {
        "stage_differs": percent(one != two, None, weights),
        "ballooning_missed": percent(ballooned[0] != ballooned[1], ballooned[0] | ballooned[1], weights),
        "f3_beside_f0_f1": percent(np.minimum(one, two) <= 1, bridging, weights),
    }


def stiffness_pairs(world: World) -> dict[str, Estimate]:
    """Return the share (%) of pairs of stiffness that differ by 20, 30, 50 % (Nascimbeni 2015)."""
    first, second = (people.state[c.OBSERVED_LSM_KPA] for people in biopsied(world))
    known = ~np.isnan(first + second)
    with np.errstate(invalid="ignore"):
        apart = 100 * np.abs(second - first) / first
        return {f"over_{limit}": percent(apart > limit, known) for limit in PAIR_DIFFERENCES}


def elastography_failures(world: World) -> dict[str, Estimate]:
    """Return the odds ratio of a failed or unreliable exam with obesity (Castera 2010)."""
    people = population(world)
    failed = np.isnan(people.state[c.OBSERVED_LSM_KPA])
    return {"obesity_odds_ratio": logistic_odds_ratio(failed, people.state[c.BMI] > OBESE_BMI)}


def scatter_within_people(world: World) -> dict[str, Estimate]:
    """Return the variation (%) within people of blood tests repeated without change of the body."""
    people = world.adults()
    first, second = retested(world, people, 1), retested(world, people, 2)
    age, well = world.values(people, "age_years"), world.values(people, "has_diabetes") == 0
    aric = (age >= OLD_ENOUGH_FOR_ARIC) & (age <= OLDEST_OF_ARIC) & well

    def cv(row: int, among: np.ndarray) -> Estimate:
        return within_person_cv(first.state[row, among], second.state[row, among])

    everybody = np.ones(len(people), bool)
    return {
        "alt": cv(c.OBSERVED_ALT_U_L, everybody),
        "ast": cv(c.OBSERVED_AST_U_L, everybody),
        "homa_ir": cv(c.OBSERVED_HOMA_IR, aric),
        "fasting_insulin": cv(c.OBSERVED_FASTING_INSULIN_MIU_L, aric),
        "fasting_glucose": cv(c.OBSERVED_FASTING_GLUCOSE_MMOL_L, aric),
    }


def stable_cirrhosis(world: World) -> dict[str, Estimate]:
    """Return how FIB-4 and stiffness vary (%) from year to year in compensated cirrhosis (Bradley 2022)."""
    people = population(world)
    compensated = world.values(people, "has_decompensation") == 0
    people = people.take((world.values(people, "has_cirrhosis") > 0) & compensated)
    later = world.follow(people, 12)
    fit = (later.state[c.DEATH_MONTH] > 12) & (later.state[c.DECOMPENSATION_MONTH] > 12)
    before, after = people.take(fit).state, retested(world, later.take(fit), 12).state
    return {
        "fib4": within_person_cv(before[c.OBSERVED_FIB4], after[c.OBSERVED_FIB4]),
        "lsm": within_person_cv(before[c.OBSERVED_LSM_KPA], after[c.OBSERVED_LSM_KPA]),
    }


def healthy_enzymes(world: World) -> dict[str, Estimate]:
    """Return the highest healthy ALT (U/L, 95th percentile) of lean people without fat, diabetes or drink."""
    people = population(world)
    s = people.state
    lean = (s[c.BMI] < HEALTHY_BMI) & (s[c.OBSERVED_ULTRASOUND_STEATOSIS] == 0)
    healthy = lean & (world.values(people, "has_diabetes") == 0) & drinks_little(people)
    said = {}
    for sex, name in ((0, "men"), (FEMALE, "women")):
        said[f"alt_limit_{name}"] = quantile(s[c.OBSERVED_ALT_U_L][healthy & (s[c.SEX] == sex)], 0.95)
    return said


def biopsy_registry(world: World) -> dict[str, Estimate]:
    """Return ALT and AST (U/L, medians) of a biopsy registry: people whom a laboratory's limit sent."""
    everybody = population(world)
    sent = everybody.state[c.OBSERVED_ALT_U_L] > LABORATORY_ALT_LIMIT
    people = retested(world, everybody.take(sent), 1)
    weights = published_mix(people) * (people.state[c.OBSERVED_STEATOSIS_GRADE] >= 1)
    return {
        "alt_median": quantile(people.state[c.OBSERVED_ALT_U_L], 0.5, weights),
        "ast_median": quantile(people.state[c.OBSERVED_AST_U_L], 0.5, weights),
    }


def score_derivation(world: World) -> dict[str, Estimate]:
    """Return mean platelets (10^9/L) of a biopsied cohort (Angulo 2007)."""
    people, _ = biopsied(world)
    return {"platelets": weighted_mean(people.state[c.OBSERVED_PLATELETS_10E9_L], published_mix(people))}


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    "eddowes": eddowes,
    "mozes": mozes,
    "han": han,
    "pooled_imaging": pooled_imaging,
    "hernaez": hernaez,
    "two_cores": two_cores,
    "stiffness_pairs": stiffness_pairs,
    "elastography_failures": elastography_failures,
    "scatter_within_people": scatter_within_people,
    "stable_cirrhosis": stable_cirrhosis,
    "healthy_enzymes": healthy_enzymes,
    "biopsy_registry": biopsy_registry,
    "score_derivation": score_derivation,
}
