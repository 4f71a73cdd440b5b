"""The body's month over a block: habits, weight, sugar, liver. Each pass is one loop over people."""

import numpy as np

from simulator.base.jit import law
from simulator.base.mathematics import ONE, ZERO, exp, log, select
from simulator.base.rates import probability
from simulator.care import pathway
from simulator.engine.block import (
    ACTIVE,
    AGE,
    AMPLIFIER,
    BLOCK,
    DRAW_ADIPOSITY,
    DRAW_DIABETES,
    DRAW_FLARE,
    DRAW_LIVER_FAT,
    DRAW_STRESS,
    ETHNIC_BMI,
    ETHNIC_DEMAND,
    EXCESS_AT_18,
    LIFELONG_FAT,
    LIFELONG_INJURY,
    LIFELONG_INSULIN,
    LN_ADIPOSITY,
    LN_WEIGHT_KEPT,
    MENOPAUSE,
    SPREAD_AT_18,
    UPTAKE,
    at,
    put,
)
from simulator.patient import columns as c
from simulator.physiology import behaviour, liver, metabolism

NEVER = np.float32(c.NEVER)
LEAST_BMI = np.float32(c.COLUMNS[c.BMI].low)
"""Lowest BMI (kg/m2) with which anybody lives: strong responders to every treatment at once stop there."""


@law
def live_habits(p, b):
    """Pass a month of stress, sleep, diet, activity and the care of one's own diabetes."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        on = b[at(c.PROGRAMME_IS_ON, j)]
        stress = behaviour.stress_after_step(p, b[at(c.STRESS_STATE, j)], b[at(DRAW_STRESS, j)])
        in_programme = behaviour.programme_habit_after_step(p, b[at(c.PROGRAMME_STRESS_Z, j)], on)
        chronic = behaviour.chronic_stress_after_step(p, b[at(c.CHRONIC_STRESS, j)], stress, in_programme)
        more_sleep = behaviour.programme_habit_after_step(p, b[at(c.PROGRAMME_SLEEP_HOURS, j)], on)
        more_diet = behaviour.programme_habit_after_step(p, b[at(c.PROGRAMME_DIET_QUALITY, j)], on)
        more_activity = behaviour.programme_habit_after_step(
            p, b[at(c.PROGRAMME_ACTIVITY_MET_MIN_PER_WEEK, j)], on
        )
        now = b[at(c.USUAL_STRESS_Z, j)] + stress + in_programme
        is_diagnosed = select(b[at(c.DIAGNOSED_DIABETES_MONTH, j)] < NEVER, ONE, ZERO)
        leverage = behaviour.stress_leverage(p, b[at(c.SOCIAL_CONNECTEDNESS_Z, j)])
        sleep = behaviour.sleep_hours(p, b[at(c.USUAL_SLEEP_HOURS, j)], chronic, leverage, more_sleep)
        diet = behaviour.diet_quality(p, b[at(c.USUAL_DIET_QUALITY, j)], chronic, leverage, more_diet)
        activity = behaviour.activity(
            p, b[at(c.USUAL_ACTIVITY_MET_MIN_PER_WEEK, j)], chronic, leverage, more_activity
        )
        put(b, c.STRESS_STATE, j, active, stress)
        put(b, c.PROGRAMME_STRESS_Z, j, active, in_programme)
        put(b, c.CHRONIC_STRESS, j, active, chronic)
        put(b, c.PROGRAMME_SLEEP_HOURS, j, active, more_sleep)
        put(b, c.PROGRAMME_DIET_QUALITY, j, active, more_diet)
        put(b, c.PROGRAMME_ACTIVITY_MET_MIN_PER_WEEK, j, active, more_activity)
        put(b, c.SLEEP_HOURS, j, active, sleep)
        put(b, c.DIET_QUALITY, j, active, diet)
        put(b, c.ACTIVITY_MET_MIN_PER_WEEK, j, active, activity)
        put(b, c.GLUCOSE_CONTROL, j, active, pathway.glucose_control(p, is_diagnosed, now))
        b[at(UPTAKE, j)] = metabolism.activity_uptake(p, activity)


@law
def gain_weight(p, b):
    """Pass a month of natural weight."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        age, female = b[at(AGE, j)], b[at(c.SEX, j)]
        wander = metabolism.wander_after_step(
            b[at(c.ADIPOSITY_WANDER, j)],
            p.adiposity_wander_persistence,
            p.adiposity_wander_noise,
            b[at(DRAW_ADIPOSITY, j)],
        )
        median = metabolism.median_excess_bmi(
            p, b[at(EXCESS_AT_18, j)], b[at(ETHNIC_BMI, j)], age, female, b[at(c.BIRTH_YEAR, j)]
        )
        spread = metabolism.adiposity_spread(p, b[at(SPREAD_AT_18, j)], age, female)
        adiposity = metabolism.ln_relative_adiposity(p, median, spread, b[at(c.Z_ADIPOSITY, j)], wander)
        put(b, c.ADIPOSITY_WANDER, j, active, wander)
        b[at(LN_ADIPOSITY, j)] = adiposity


@law
def lose_weight(p, b):
    """Pass a month of what programmes and drugs take off natural weight."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        programme = metabolism.programme_loss_after_step(
            p,
            b[at(c.PROGRAMME_WEIGHT_LOSS, j)],
            b[at(c.PROGRAMME_LOSS_PER_MONTH, j)],
            b[at(c.PROGRAMME_REGAIN_PER_MONTH, j)],
        )
        by_drug = b[at(c.DRUG_WEIGHT_LOSS, j)]
        by_drug = by_drug + b[at(c.EFFECT_WEIGHT_STEP, j)] * (b[at(c.EFFECT_WEIGHT_LOSS_TARGET, j)] - by_drug)
        natural = metabolism.natural_bmi(p, b[at(LN_ADIPOSITY, j)])
        kept = max(metabolism.weight_kept(p, programme, by_drug), LEAST_BMI / natural)
        bmi = natural * kept
        put(b, c.PROGRAMME_WEIGHT_LOSS, j, active, programme)
        put(b, c.DRUG_WEIGHT_LOSS, j, active, by_drug)
        put(b, c.BMI, j, active, bmi)
        b[at(LN_WEIGHT_KEPT, j)] = log(kept)
        b[at(AMPLIFIER, j)] = liver.adiposity_amplifier(p, bmi)


@law
def resist_insulin(p, b):
    """Pass a month of insulin resistance, fed back by liver fat and glucose of the month before."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        age, female = b[at(AGE, j)], b[at(c.SEX, j)]
        pnpla3_g, tm6sf2_t = b[at(c.PNPLA3_G, j)], b[at(c.TM6SF2_T, j)]
        fat = liver.ln_metabolic_fat(p, b[at(c.LN_LIVER_FAT, j)], pnpla3_g, tm6sf2_t, b[at(AMPLIFIER, j)])
        left = metabolism.uncontrolled_share(b[at(c.GLUCOSE_CONTROL, j)], b[at(c.EFFECT_GLUCOSE_CONTROL, j)])
        target = (
            b[at(LIFELONG_INSULIN, j)]
            + metabolism.insulin_resistance_by_age(p, age, female)
            + metabolism.insulin_resistance_by_weight(p, b[at(LN_ADIPOSITY, j)], b[at(LN_WEIGHT_KEPT, j)])
            + metabolism.insulin_resistance_by_habits(
                p,
                b[at(c.SLEEP_HOURS, j)],
                b[at(c.CHRONIC_STRESS, j)],
                b[at(UPTAKE, j)],
                b[at(c.DIET_QUALITY, j)],
            )
            + metabolism.insulin_resistance_by_fat_and_glucose(
                p, fat, left * b[at(c.GLUCOSE_EXCESS_MMOL_L, j)]
            )
            + b[at(c.EFFECT_INSULIN_RESISTANCE, j)]
            + b[at(c.EFFECT_HEPATIC_GLUCOSE_OUTPUT, j)]
        )
        ln_homa = metabolism.insulin_resistance_after_step(p, b[at(c.LN_HOMA_IR, j)], target)
        put(b, c.LN_HOMA_IR, j, active, ln_homa)


@law
def store_liver_fat(p, b):
    """Pass a month of liver fat."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        age, female, amplifier = b[at(AGE, j)], b[at(c.SEX, j)], b[at(AMPLIFIER, j)]
        wander = metabolism.wander_after_step(
            b[at(c.LIVER_FAT_WANDER, j)],
            p.liver_fat_wander_persistence,
            p.liver_fat_wander_noise,
            b[at(DRAW_LIVER_FAT, j)],
        )
        genes = liver.pnpla3_fat(p, b[at(c.PNPLA3_G, j)], amplifier)
        genes = genes + liver.tm6sf2_fat(p, b[at(c.TM6SF2_T, j)], amplifier)
        target = liver.liver_fat_target(
            p,
            b[at(LIFELONG_FAT, j)],
            liver.liver_fat_by_age(p, age, female, b[at(MENOPAUSE, j)]),
            b[at(LN_ADIPOSITY, j)],
            b[at(LN_WEIGHT_KEPT, j)],
            b[at(c.LN_HOMA_IR, j)] - b[at(c.EFFECT_HEPATIC_GLUCOSE_OUTPUT, j)],
            genes,
            wander,
            b[at(UPTAKE, j)],
            b[at(c.DIET_QUALITY, j)],
            select(b[at(c.DIABETES_MONTH, j)] < NEVER, ONE, ZERO),
            b[at(c.EFFECT_LIVER_FAT, j)],
        )
        put(b, c.LIVER_FAT_WANDER, j, active, wander)
        put(b, c.LN_LIVER_FAT, j, active, liver.liver_fat_after_step(p, b[at(c.LN_LIVER_FAT, j)], target))


@law
def spend_beta_cells(p, b, month):
    """Pass a month of beta cell, glucose, HbA1c and the onset of diabetes."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        age, female, ln_homa = b[at(AGE, j)], b[at(c.SEX, j)], b[at(c.LN_HOMA_IR, j)]
        pnpla3_g, tm6sf2_t = b[at(c.PNPLA3_G, j)], b[at(c.TM6SF2_T, j)]
        fat = liver.ln_metabolic_fat(p, b[at(c.LN_LIVER_FAT, j)], pnpla3_g, tm6sf2_t, b[at(AMPLIFIER, j)])
        margin = metabolism.beta_cell_margin(
            p, b[at(c.Z_BETA_CELL, j)], age, b[at(ETHNIC_DEMAND, j)], ln_homa, fat,
            b[at(LN_ADIPOSITY, j)], b[at(LN_WEIGHT_KEPT, j)], b[at(c.FIBROSIS, j)],
            b[at(c.USUAL_STRESS_Z, j)] + b[at(c.CHRONIC_STRESS, j)],
        )  # fmt: skip
        chance = probability(metabolism.diabetes_hazard_per_year(p, margin), p.years_per_step)
        onset = b[at(c.DIABETES_MONTH, j)]
        begins = (onset >= NEVER) & (b[at(DRAW_DIABETES, j)] < chance)
        onset = select(begins, month, onset)
        has_diabetes = select(onset < NEVER, ONE, ZERO)
        strain = metabolism.beta_cell_strain(p, margin)
        ln_glucose = metabolism.ln_basal_glucose(
            p, female, age, ln_homa, strain, b[at(c.Z_GLUCOSE, j)], b[at(c.EFFECT_GLUCOSE, j)]
        )
        excess = metabolism.glucose_excess_after_step(
            p,
            b[at(c.GLUCOSE_EXCESS_MMOL_L, j)],
            has_diabetes,
            b[at(c.Z_HYPERGLYCAEMIA, j)],
            ln_homa,
        )
        left = metabolism.uncontrolled_share(b[at(c.GLUCOSE_CONTROL, j)], b[at(c.EFFECT_GLUCOSE_CONTROL, j)])
        shown = left * excess
        hba1c = metabolism.hba1c_after_step(
            p, b[at(c.HBA1C_PERCENT, j)], age, ln_glucose, strain, shown, b[at(c.BMI, j)]
        )
        put(b, c.DIABETES_MONTH, j, active, onset)
        put(b, c.GLUCOSE_EXCESS_MMOL_L, j, active, excess)
        put(b, c.FASTING_GLUCOSE_MMOL_L, j, active, exp(ln_glucose) + shown)
        put(b, c.HBA1C_PERCENT, j, active, hba1c)


@law
def inflame(p, b):
    """Pass a month of injury, and of the memory of weight."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        bmi, habitual = b[at(c.BMI, j)], b[at(c.HABITUAL_BMI, j)]
        flare = liver.injury_flare_after_step(p, b[at(c.INJURY_FLARE, j)], b[at(DRAW_FLARE, j)])
        target = liver.injury_target(
            p,
            b[at(LIFELONG_INJURY, j)],
            b[at(c.LN_LIVER_FAT, j)],
            b[at(c.LN_HOMA_IR, j)],
            bmi - habitual,
            flare,
            b[at(c.EFFECT_INJURY, j)],
        )
        put(b, c.INJURY_FLARE, j, active, flare)
        put(b, c.INJURY, j, active, liver.injury_after_step(p, b[at(c.INJURY, j)], target))
        put(b, c.HABITUAL_BMI, j, active, liver.habitual_bmi_after_step(p, habitual, bmi))


@law
def scar(p, b, month):
    """Pass a month of deposition and healing of scar."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        fibrosis, injury = b[at(c.FIBROSIS, j)], b[at(c.INJURY, j)]
        diabetes = select(b[at(c.DIABETES_MONTH, j)] < NEVER, ONE, ZERO)
        deposition = liver.scar_deposition_per_year(
            p, fibrosis, injury, b[at(c.Z_FIBROSIS, j)], diabetes, b[at(c.SEX, j)] * b[at(MENOPAUSE, j)]
        )
        healing = liver.scar_healing_per_year(p, fibrosis, injury, b[at(c.EFFECT_ANTIFIBROTIC, j)])
        fibrosis = liver.fibrosis_after_step(p, fibrosis, deposition, healing)
        first = b[at(c.CIRRHOSIS_MONTH, j)]
        becomes_cirrhotic = (first >= NEVER) & (fibrosis >= p.cirrhosis_stage)
        put(b, c.FIBROSIS, j, active, fibrosis)
        put(b, c.CIRRHOSIS_MONTH, j, active, select(becomes_cirrhotic, month, first))
