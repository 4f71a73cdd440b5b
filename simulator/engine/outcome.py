"""What a month may end in: complications, death, recognition by care, and its cost and worth."""

import numpy as np

from simulator.base.jit import law
from simulator.base.mathematics import ONE, ZERO, select
from simulator.base.rates import probability
from simulator.care import economics, pathway
from simulator.engine.block import (
    ACTIVE,
    AGE,
    BLOCK,
    DRAW_CAUSE,
    DRAW_DEATH,
    DRAW_DECOMPENSATION,
    DRAW_DIABETES_FOUND,
    DRAW_HCC,
    DRAW_MASLD_FOUND,
    DRAW_TRANSPLANT,
    at,
    put,
)
from simulator.patient import columns as c
from simulator.physiology import complications, mortality

NEVER = np.float32(c.NEVER)
_LIVER, _CARDIOVASCULAR, _OTHER = (
    np.float32(c.CAUSES_OF_DEATH.index(name)) for name in ("liver", "cardiovascular", "other")
)


@law
def decompensate(p, b, month):
    """Pass a month of the risk of first decompensation."""
    for j in range(BLOCK):
        diabetes = select(b[at(c.DIABETES_MONTH, j)] < NEVER, ONE, ZERO)
        first = b[at(c.DECOMPENSATION_MONTH, j)]
        hazard = complications.decompensation_hazard_per_year(
            p, b[at(c.FIBROSIS, j)], b[at(c.Z_PORTAL_PRESSURE, j)], diabetes
        )
        strikes = b[at(DRAW_DECOMPENSATION, j)] < probability(hazard, p.years_per_step)
        strikes = strikes & (first >= NEVER) & (b[at(c.TRANSPLANT_MONTH, j)] >= NEVER)
        put(b, c.DECOMPENSATION_MONTH, j, b[at(ACTIVE, j)] > ZERO, select(strikes, month, first))


@law
def develop_cancer(p, b, month):
    """Pass a month of the risk of liver cancer."""
    for j in range(BLOCK):
        diabetes = select(b[at(c.DIABETES_MONTH, j)] < NEVER, ONE, ZERO)
        is_decompensated = select(b[at(c.DECOMPENSATION_MONTH, j)] < NEVER, ONE, ZERO)
        first = b[at(c.HCC_MONTH, j)]
        hazard = complications.hcc_hazard_per_year(
            p, b[at(c.FIBROSIS, j)], b[at(AGE, j)], b[at(c.SEX, j)], diabetes, b[at(c.PNPLA3_G, j)],
            is_decompensated,
        )  # fmt: skip
        strikes = b[at(DRAW_HCC, j)] < probability(hazard, p.years_per_step)
        strikes = strikes & (first >= NEVER) & (b[at(c.TRANSPLANT_MONTH, j)] >= NEVER)
        put(b, c.HCC_MONTH, j, b[at(ACTIVE, j)] > ZERO, select(strikes, month, first))


@law
def be_transplanted(p, b, month):
    """Pass a month of the chance of a new liver, which comes without scar."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        is_decompensated = select(b[at(c.DECOMPENSATION_MONTH, j)] < NEVER, ONE, ZERO)
        has_cancer = select(b[at(c.HCC_MONTH, j)] < NEVER, ONE, ZERO)
        graft, fibrosis = b[at(c.TRANSPLANT_MONTH, j)], b[at(c.FIBROSIS, j)]
        hazard = complications.transplant_hazard_per_year(p, b[at(AGE, j)], is_decompensated, has_cancer)
        strikes = (graft >= NEVER) & (b[at(DRAW_TRANSPLANT, j)] < probability(hazard, p.years_per_step))
        put(b, c.TRANSPLANT_MONTH, j, active, select(strikes, month, graft))
        put(b, c.FIBROSIS, j, active, select(strikes, ZERO, fibrosis))


@law
def die(p, b, month):
    """Pass a month of the risk of death; causes compete in proportion to their hazards."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        background = mortality.background_mortality_per_year(p, b[at(AGE, j)], b[at(c.SEX, j)])
        has_steatosis = select(b[at(c.LN_LIVER_FAT, j)] >= p.ln_masld_threshold, ONE, ZERO)
        has_diabetes = select(b[at(c.DIABETES_MONTH, j)] < NEVER, ONE, ZERO)
        vascular = mortality.cardiovascular_mortality_per_year(
            p, background, b[at(AGE, j)], has_diabetes, has_steatosis, b[at(c.FIBROSIS, j)]
        )
        other = mortality.other_mortality_per_year(p, background, b[at(AGE, j)], has_diabetes)
        decompensated, cancer, graft = (
            b[at(c.DECOMPENSATION_MONTH, j)],
            b[at(c.HCC_MONTH, j)],
            b[at(c.TRANSPLANT_MONTH, j)],
        )
        worst = select(cancer < NEVER, cancer, decompensated)
        worst = select(graft < NEVER, graft, worst)
        hepatic = mortality.liver_mortality_per_year(
            p,
            max(ZERO, month - worst),
            select(decompensated < NEVER, ONE, ZERO),
            select(cancer < NEVER, ONE, ZERO),
            select(graft < NEVER, ONE, ZERO),
        )
        total = vascular + other + hepatic
        dies = active & (b[at(DRAW_DEATH, j)] < probability(total, p.years_per_step))
        share = b[at(DRAW_CAUSE, j)] * total
        cause = select(share < hepatic, _LIVER, select(share < hepatic + vascular, _CARDIOVASCULAR, _OTHER))
        put(b, c.DEATH_MONTH, j, dies, month)
        put(b, c.DEATH_CAUSE, j, dies, cause)


@law
def be_recognised(p, b, month):
    """Pass a month of usual care, outside any strategy.

    Diabetes and, rarely, a fatty liver are found; decompensation and cancer make liver disease known.
    """
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        known = b[at(c.DIAGNOSED_DIABETES_MONTH, j)]
        hazard = pathway.diabetes_recognition_per_year(
            p, select(b[at(c.DIABETES_MONTH, j)] < NEVER, ONE, ZERO)
        )
        found = (known >= NEVER) & (b[at(DRAW_DIABETES_FOUND, j)] < probability(hazard, p.years_per_step))
        known = select(found, month, known)
        put(b, c.DIAGNOSED_DIABETES_MONTH, j, active, known)
        known_masld = b[at(c.DIAGNOSED_MASLD_MONTH, j)]
        has_masld = select(b[at(c.LN_LIVER_FAT, j)] >= p.ln_masld_threshold, ONE, ZERO)
        hazard = pathway.masld_recognition_per_year(p, has_masld)
        found = (known_masld >= NEVER) & (b[at(DRAW_MASLD_FOUND, j)] < probability(hazard, p.years_per_step))
        presents = min(b[at(c.DECOMPENSATION_MONTH, j)], b[at(c.HCC_MONTH, j)]) <= month
        found = (found | presents) & (known_masld >= NEVER)
        put(b, c.DIAGNOSED_MASLD_MONTH, j, active, select(found, month, known_masld))
        known_fibrosis = b[at(c.DIAGNOSED_FIBROSIS_MONTH, j)]
        found = presents & (known_fibrosis >= NEVER)
        put(b, c.DIAGNOSED_FIBROSIS_MONTH, j, active, select(found, month, known_fibrosis))


@law
def weigh(p, b):
    """Add the month's cost and quality-adjusted time of those alive at its start."""
    for j in range(BLOCK):
        active = b[at(ACTIVE, j)] > ZERO
        diabetes = select(b[at(c.DIABETES_MONTH, j)] < NEVER, ONE, ZERO)
        has_graft = b[at(c.TRANSPLANT_MONTH, j)] < NEVER
        has_cancer = (b[at(c.HCC_MONTH, j)] < NEVER) & (not has_graft)
        is_decompensated = (b[at(c.DECOMPENSATION_MONTH, j)] < NEVER) & (not has_graft) & (not has_cancer)
        is_cirrhotic = b[at(c.FIBROSIS, j)] >= p.cirrhosis_stage
        is_compensated = is_cirrhotic & (not has_graft) & (not has_cancer) & (not is_decompensated)
        cirrhosis, decompensated, cancer, graft = (
            select(is_compensated, ONE, ZERO),
            select(is_decompensated, ONE, ZERO),
            select(has_cancer, ONE, ZERO),
            select(has_graft, ONE, ZERO),
        )
        worth = economics.utility(
            p,
            b[at(AGE, j)],
            b[at(c.SEX, j)],
            b[at(c.BMI, j)],
            diabetes,
            cirrhosis,
            decompensated,
            cancer,
            graft,
        )
        care = economics.care_cost_usd_per_year(p, diabetes, cirrhosis, decompensated, cancer, graft)
        cost = care * p.years_per_step + b[at(c.TREATMENT_COST_USD_PER_MONTH, j)] * p.months_per_step
        put(b, c.QALYS, j, active, b[at(c.QALYS, j)] + worth * p.years_per_step)
        put(b, c.COST_USD, j, active, b[at(c.COST_USD, j)] + cost)
