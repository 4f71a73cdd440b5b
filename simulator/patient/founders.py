"""People at eighteen: who they are, their genes and families, their lifelong tendencies and habits.

Everything is addressed by the person's key and, for genes, by the parents' keys, so brothers and
sisters share alleles and polygenic tendencies by descent and anybody else is independent.
"""

from __future__ import annotations

import numpy as np

from simulator.base import randomness
from simulator.base.jit import kernel, law, routine
from simulator.base.mathematics import HALF, ONE, TWO, ZERO, clip, exp, logistic, select, sqrt
from simulator.patient import columns as c
from simulator.patient import constitution
from simulator.physiology import liver, metabolism

_NEVER = np.float32(c.NEVER)
_NOT_MEASURED = np.float32(np.nan)
_MONTHS_PER_YEAR = np.float32(12)
_INHERITED = (
    c.Z_ADIPOSITY, c.Z_INSULIN_RESISTANCE, c.Z_BETA_CELL, c.Z_LIVER_FAT, c.Z_ENZYMES,
)  # fmt: skip
_PERSONAL = (
    c.Z_GLUCOSE, c.Z_HYPERGLYCAEMIA, c.Z_INJURY, c.Z_FIBROSIS, c.Z_GLYCATION, c.Z_AST, c.Z_PLATELETS,
    c.Z_ALBUMIN, c.Z_CAP, c.Z_LSM,
)  # fmt: skip
_MONTH_COLUMNS = tuple(position for position, column in enumerate(c.COLUMNS) if column.unit == "month")
_MEASURED_COLUMNS = tuple(
    position for position, column in enumerate(c.COLUMNS) if column.name.startswith(("observed_", "first_"))
)
# Purposes within the ranges that `randomness` reserves.
_LOCUS_PNPLA3, _LOCUS_TM6SF2, _LOCUS_HSD17B13, _POLYGENES = (randomness.GENES + k for k in range(4))
_MOTHER, _FATHER = np.uint32(2**30), np.uint32(2**31)


@law
def pick_allele(key0, key1, locus, second_word, frequency):
    """Return 1 if the chosen allele of a parent is the effect allele (Hardy-Weinberg parents)."""
    first, second = randomness.words(key0, key1, 0, locus)
    word = second if second_word else first
    return select(randomness.uniform(word) <= frequency, ONE, ZERO)


@routine
def inherit(child, mother, father, locus, frequency):
    """Return a dosage (0, 1, 2): one allele of each parent, picked by the child's own luck."""
    maternal, paternal = randomness.words(child[0], child[1], 0, locus)
    from_mother = pick_allele(mother[0], mother[1], locus, randomness.uniform(maternal) > HALF, frequency)
    from_father = pick_allele(father[0], father[1], locus, randomness.uniform(paternal) > HALF, frequency)
    return from_mother + from_father


@routine
def two_normals(key, purpose):
    """Return the two standard normals of a key and purpose."""
    first, second = randomness.words(key[0], key[1], 0, purpose)
    return randomness.normal(first), randomness.normal(second)


@routine
def draw_inherited(p, state, i, child, mother, father):
    """Draw the tendencies that run in families: half the parents' mean, half segregation, and the rest."""
    heritability = (
        p.heritability_adiposity, p.heritability_insulin_resistance, p.heritability_beta_cell,
        p.heritability_liver_fat, p.heritability_enzymes,
    )  # fmt: skip
    for k in range(len(_INHERITED)):
        of_mother, _ = two_normals(mother, _POLYGENES + k)
        of_father, _ = two_normals(father, _POLYGENES + k)
        segregation, rest = two_normals(child, randomness.LIFELONG + k)
        genes = HALF * (of_mother + of_father) + sqrt(HALF) * segregation
        share = heritability[k]
        state[_INHERITED[k], i] = sqrt(share) * genes + sqrt(ONE - share) * rest


@routine
def draw_personal(state, i, child):
    """Draw the tendencies that do not run in families here."""
    for k in range(0, len(_PERSONAL), 2):
        first, second = two_normals(child, randomness.LIFELONG + len(_INHERITED) + k // 2)
        state[_PERSONAL[k], i] = first
        state[_PERSONAL[k + 1], i] = second


@routine
def draw_habits(p, state, i, child, female):
    """Draw usual activity, diet, sleep, stress, company and alcohol as correlated normals."""
    z_adiposity = state[c.Z_ADIPOSITY, i]
    e_activity, e_diet = two_normals(child, randomness.HABITS)
    e_stress, e_sleep = two_normals(child, randomness.HABITS + 1)
    e_social, e_alcohol = two_normals(child, randomness.HABITS + 2)
    word, _ = randomness.words(child[0], child[1], 0, randomness.HABITS + 3)
    a, d, s = p.activity_with_adiposity, p.diet_with_adiposity, p.stress_with_adiposity
    activity = a * z_adiposity + sqrt(ONE - a * a) * e_activity
    with_activity = p.diet_with_activity
    shared = d * d + with_activity * with_activity + TWO * d * with_activity * a
    diet = d * z_adiposity + with_activity * activity + sqrt(ONE - shared) * e_diet
    stress = s * z_adiposity + sqrt(ONE - s * s) * e_stress
    with_stress, with_adiposity = p.sleep_with_stress, p.sleep_with_adiposity
    shared = (
        with_stress * with_stress + with_adiposity * with_adiposity + TWO * with_stress * with_adiposity * s
    )
    sleep = with_stress * stress + with_adiposity * z_adiposity + sqrt(ONE - shared) * e_sleep
    social = (
        p.social_with_stress * stress + sqrt(ONE - p.social_with_stress * p.social_with_stress) * e_social
    )
    median_drinks = select(female > ZERO, p.alcohol_median_drinks_women, p.alcohol_median_drinks_men)
    drinks = min(median_drinks * exp(p.alcohol_log_sd * e_alcohol), p.alcohol_max_drinks)
    drinks = select(randomness.uniform(word) <= p.alcohol_abstainers, ZERO, drinks)
    state[c.USUAL_ACTIVITY_MET_MIN_PER_WEEK, i] = min(
        p.activity_median_met_min * exp(p.activity_log_sd * activity), p.usual_activity_max
    )
    state[c.USUAL_DIET_QUALITY, i] = logistic(p.diet_quality_logit + p.diet_quality_logit_sd * diet)
    spread = p.sleep_spread_with_insulin_resistance
    wider = exp(spread * state[c.Z_INSULIN_RESISTANCE, i] - spread * spread)
    state[c.USUAL_SLEEP_HOURS, i] = clip(
        p.sleep_mean_hours + p.sleep_sd_hours * wider * sleep, p.usual_sleep_min, p.usual_sleep_max
    )
    state[c.USUAL_STRESS_Z, i] = stress
    state[c.SOCIAL_CONNECTEDNESS_Z, i] = social
    state[c.ALCOHOL_G_PER_DAY, i] = drinks * p.grams_per_drink


@routine
def start_adult_life(p, state, i, child):
    """Set the state at eighteen; all but slow wanderings and weight are forgotten within a year."""
    female, ethnicity = state[c.SEX, i], int(state[c.ETHNICITY, i])
    wander, wander_liver = two_normals(child, randomness.FIRST_STATE)
    flare, height = two_normals(child, randomness.FIRST_STATE + 1)
    birth_year = state[c.BIRTH_YEAR, i]
    survey_age = max(p.survey_year - birth_year, p.adult_age)
    state[c.Z_WEIGHT_RESPONSE, i], state[c.Z_PORTAL_PRESSURE, i] = two_normals(
        child, randomness.FIRST_STATE + 2
    )
    drift = metabolism.excess_bmi_drift(p, survey_age, female, birth_year)
    excess = constitution.excess_bmi_at_18(p, birth_year, female, drift)
    factor = constitution.ethnic_bmi_factor(p, ethnicity, female)
    median = metabolism.median_excess_bmi(p, excess, factor, p.adult_age, female, birth_year)
    spread = constitution.bmi_spread_at_18(p, ethnicity, female)
    adiposity = metabolism.ln_relative_adiposity(p, median, spread, state[c.Z_ADIPOSITY, i], wander)
    bmi = metabolism.natural_bmi(p, adiposity)
    mean_height = select(female > ZERO, p.height_mean_women_cm, p.height_mean_men_cm)
    sd_height = select(female > ZERO, p.height_sd_women_cm, p.height_sd_men_cm)
    genes = liver.lifelong_injury(
        p, female, state[c.PNPLA3_G, i], state[c.TM6SF2_T, i], state[c.HSD17B13_TA, i], state[c.Z_INJURY, i]
    )
    flare = p.injury_flare_sd * flare
    state[c.ACTIVITY_MET_MIN_PER_WEEK, i] = state[c.USUAL_ACTIVITY_MET_MIN_PER_WEEK, i]
    state[c.DIET_QUALITY, i] = state[c.USUAL_DIET_QUALITY, i]
    state[c.SLEEP_HOURS, i] = state[c.USUAL_SLEEP_HOURS, i]
    state[c.HEIGHT_CM, i] = mean_height + sd_height * height
    state[c.ADIPOSITY_WANDER, i] = wander
    state[c.LIVER_FAT_WANDER, i] = wander_liver
    state[c.BMI, i] = bmi
    state[c.HABITUAL_BMI, i] = bmi
    state[c.LN_HOMA_IR, i] = p.first_ln_homa
    state[c.LN_LIVER_FAT, i] = p.first_ln_liver_fat
    state[c.HBA1C_PERCENT, i] = p.first_hba1c_percent
    state[c.FASTING_GLUCOSE_MMOL_L, i] = exp(p.ln_glucose_reference)
    state[c.INJURY_FLARE, i] = flare
    state[c.INJURY, i] = liver.injury_target(
        p, genes, p.first_ln_liver_fat, p.first_ln_homa, ZERO, flare, ZERO
    )


@kernel
def found(p, state, keys, mothers, fathers):
    """Fill the columns of people whose sex, ethnicity, birth month and birth year are set.

    Parameters
    ----------
    p : the parameter record.
    state : float32 (N_COLUMNS, n); every other column is overwritten.
    keys, mothers, fathers : uint32 (2, n), keys of the people and of their parents.
    """
    state[c.HEIGHT_CM :] = ZERO
    for column in _MONTH_COLUMNS:
        state[column] = _NEVER
    for column in _MEASURED_COLUMNS:
        state[column] = _NOT_MEASURED
    for i in range(state.shape[1]):
        child, mother, father = (
            (keys[0, i], keys[1, i]),
            (mothers[0, i], mothers[1, i]),
            (fathers[0, i], fathers[1, i]),
        )
        ethnicity = int(state[c.ETHNICITY, i])
        state[c.PNPLA3_G, i] = inherit(child, mother, father, _LOCUS_PNPLA3, p.allele_pnpla3_g[ethnicity])
        state[c.TM6SF2_T, i] = inherit(child, mother, father, _LOCUS_TM6SF2, p.allele_tm6sf2_t[ethnicity])
        state[c.HSD17B13_TA, i] = inherit(
            child, mother, father, _LOCUS_HSD17B13, p.allele_hsd17b13_ta[ethnicity]
        )
        draw_inherited(p, state, i, child, mother, father)
        draw_personal(state, i, child)
        draw_habits(p, state, i, child, state[c.SEX, i])
        start_adult_life(p, state, i, child)


@kernel
def draw_keys(seed0, seed1, index, attempts, sibship, keys, mothers, fathers):
    """Write the keys of the `attempts`-th lives of people, and of their parents.

    Brothers and sisters are `sibship` consecutive people and keep their parents over attempts;
    people without siblings change parents with every attempt.
    """
    for i in range(len(index)):
        keys[0, i], keys[1, i] = randomness.derived_key(seed0, seed1, index[i], attempts[i])
        family = index[i] // sibship
        attempt = attempts[i] if sibship == 1 else 0
        m0, m1 = randomness.derived_key(seed0 ^ _MOTHER, seed1, family, attempt)
        f0, f1 = randomness.derived_key(seed0 ^ _FATHER, seed1, family, attempt)
        mothers[0, i], mothers[1, i], fathers[0, i], fathers[1, i] = m0, m1, f0, f1
