"""Whom studies of weight and sugar look at, how arms are paired, and how they adjust for age and weight.

Everybody comes out of one population in which all tests have been done; people are chosen by what
those tests showed. In a trial the same people live twice, with and without the treatment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulator.base.jit import kernel
from simulator.base.mathematics import ONE, log
from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.patient.derived import matching, shown_glucose_excess
from simulator.physiology import liver, metabolism
from simulator.validation.liver_cohorts import population, scaled, time_until
from simulator.validation.world import Estimate, World

WEEKS_PER_MONTH = 52.18 / 12
MG_PER_MMOL = 18.016
LN_TWO_HOUR, TWO_HOUR_PER_MARGIN, TWO_HOUR_NOISE = 4.39, -0.35, 0.12
TWO_HOUR_PER_EXCESS = 2.0
"""Two-hour glucose (mg/dL) as a proxy of the beta-cell margin: assumed, used for trial entry alone."""

Steps = Sequence[Mapping[str, Any]]

UNDIAGNOSED = {"diagnosed_diabetes": False}
NO_DIABETES = {
    "diagnosed_diabetes": False,
    "observed_hba1c_percent": {"max": 6.49},
    "observed_fasting_glucose_mmol_l": {"max": 6.99},
}

DIABETIC_HBA1C, DIABETIC_GLUCOSE = 6.5, 126 / MG_PER_MMOL
PREDIABETIC_HBA1C, PREDIABETIC_GLUCOSE = 5.7, 100 / MG_PER_MMOL
"""HbA1c (%) and fasting glucose (mmol/L) from which a blood sample counts as diabetes and as prediabetes."""


def who(world: World, people: People, where: Mapping[str, Any]) -> np.ndarray:
    """Return who meets conditions written as in a scenario file, bool (n,)."""
    return matching(world.record, people.state, world.conditions(where), 0)


def adults_who(world: World, where: Mapping[str, Any]) -> People:
    """Return those of the population who meet conditions, at most an arm of the world's size."""
    everybody = population(world)
    return everybody.take(np.flatnonzero(who(world, everybody, where))[: world.size])


def counts_as_diabetic(world: World, people: People) -> np.ndarray:
    """Return who knows of diabetes or shows it in one blood sample, as surveys count it, bool (n,)."""
    shows = people.state[c.OBSERVED_HBA1C_PERCENT] >= DIABETIC_HBA1C
    shows |= people.state[c.OBSERVED_FASTING_GLUCOSE_MMOL_L] >= DIABETIC_GLUCOSE
    return (world.values(people, "diagnosed_diabetes") > 0) | shows


def has_raised_sugar(world: World, people: People) -> np.ndarray:
    """Return who counts as diabetic, or shows prediabetes in one blood sample, bool (n,)."""
    raised = people.state[c.OBSERVED_HBA1C_PERCENT] >= PREDIABETIC_HBA1C
    raised |= people.state[c.OBSERVED_FASTING_GLUCOSE_MMOL_L] >= PREDIABETIC_GLUCOSE
    return raised | counts_as_diabetic(world, people)


def onset(people: People, until: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whose diabetes begins before death and month `until`, and everybody's years at risk."""
    return time_until(people, people.state[c.DIABETES_MONTH], until)


def age_sex_bmi(world: World, people: People) -> list[np.ndarray]:
    """Return what studies of diabetes and the liver adjust for: age (decades, and squared), sex, BMI."""
    age = world.values(people, "age_years") / 10
    return [age, age**2, people.state[c.SEX], people.state[c.BMI]]


def months(weeks: float) -> int:
    """Return the month of the model nearest to a week of a trial."""
    return round(weeks / WEEKS_PER_MONTH)


def paired(world: World, people: People, until: int, steps: Steps) -> tuple[People, People]:
    """Return the same people after `until` months of a treatment, and without it; neither arm is tested."""
    return world.follow(people, until, steps), world.follow(people, until)


def geometric_change(after: np.ndarray, before: np.ndarray) -> Estimate:
    """Return the mean percent change of a positive quantity, through the mean of logarithms."""
    return scaled(less_one(geometric_ratio(after, before)), 100)


def geometric_ratio(after: np.ndarray, before: np.ndarray) -> Estimate:
    """Return the geometric mean of pairwise ratios."""
    logs = np.log(np.asarray(after, float) / np.asarray(before, float))
    ratio = float(np.exp(np.nanmean(logs)))
    return Estimate(ratio, ratio * float(np.nanstd(logs) / np.sqrt(len(logs))))


def less_one(ratio: Estimate) -> Estimate:
    """Return a ratio as a relative change."""
    return Estimate(ratio.value - 1, ratio.standard_error)


def ratio_of_medians(after: np.ndarray, before: np.ndarray) -> Estimate:
    """Return the ratio of two medians; the error is that of the mean logarithm, made wider for a median."""
    ratio = float(np.median(after) / np.median(before))
    spread = float(np.std(np.log(after / before)) / np.sqrt(len(after)))
    return Estimate(ratio, 1.25 * ratio * spread)


def standardised(treated: np.ndarray, control: np.ndarray) -> Estimate:
    """Return the difference of means in SDs of the control arm, as meta-analyses standardise it."""
    spread = float(np.std(control))
    gap = np.asarray(treated - control, float) / spread
    return Estimate(float(gap.mean()), float(gap.std() / np.sqrt(len(gap))))


def adjusted_ratio(
    events: np.ndarray, exposure: np.ndarray, others: Sequence[np.ndarray], years: np.ndarray | None = None
) -> Estimate:
    """Return the ratio of rates (Poisson, with `years` at risk) or of odds (logistic) per unit of exposure.

    Parameters
    ----------
    events : bool (n,).
    exposure : what the ratio is for, (n,): 0 or 1, or an amount.
    others : what is adjusted for, each (n,).
    years : time at risk; None for odds.

    Returns
    -------
    The ratio with its standard error on the ratio scale; NaN without an event.
    """
    if not np.any(events):
        return Estimate(float("nan"), float("nan"))
    columns = [exposure, *others]
    centred = [np.asarray(column, float) - float(np.mean(column)) for column in columns]
    x = np.column_stack([np.ones(len(events)), *centred])
    y = np.asarray(events, float)
    offset = np.zeros(len(y)) if years is None else np.log(np.maximum(years, 1e-3))
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(y.sum() / np.exp(offset).sum())
    for _ in range(25):
        expected = np.exp(np.clip(x @ beta + offset, -30, 30))
        if years is None:
            expected = expected / (1 + expected)
        weight = expected * (1 - expected) if years is None else expected
        information = x.T @ (x * weight[:, None])
        inverse = np.linalg.pinv(information, hermitian=True)
        step = inverse @ (x.T @ (y - expected))
        beta = beta + step
        if np.max(np.abs(step)) < 1e-8:
            break
    error = float(np.sqrt(inverse[1, 1]))
    ratio = float(np.exp(beta[1]))
    return Estimate(ratio, ratio * error)


@kernel
def _margins(p: Any, state: np.ndarray, margin: np.ndarray) -> None:
    for i in range(state.shape[1]):
        bmi, ethnicity = state[c.BMI, i], int(state[c.ETHNICITY, i])
        kept = metabolism.weight_kept(p, state[c.PROGRAMME_WEIGHT_LOSS, i], state[c.DRUG_WEIGHT_LOSS, i])
        natural = max(bmi / kept - p.bmi_floor, ONE)
        amplifier, ln_fat = liver.adiposity_amplifier(p, bmi), state[c.LN_LIVER_FAT, i]
        pnpla3_g, tm6sf2_t = state[c.PNPLA3_G, i], state[c.TM6SF2_T, i]
        margin[i] = metabolism.beta_cell_margin(
            p,
            state[c.Z_BETA_CELL, i],
            -state[c.BIRTH_MONTH, i] / np.float32(12),
            p.demand_ethnicity[ethnicity],
            state[c.LN_HOMA_IR, i],
            liver.ln_metabolic_fat(p, ln_fat, pnpla3_g, tm6sf2_t, amplifier),
            log(natural / p.bmi_reference_excess),
            log(kept),
            state[c.FIBROSIS, i],
            state[c.USUAL_STRESS_Z, i] + state[c.CHRONIC_STRESS, i],
        )


def two_hour_glucose(world: World, people: People, number: int) -> np.ndarray:
    """Return two-hour glucose (mg/dL) after a load today, by proxy, float (n,).

    The model has no glucose load. The reading follows the beta-cell margin, with noise of the day; it
    finds the part of a trial's people whom fasting glucose does not tell apart, and nothing else uses it.

    Parameters
    ----------
    number : names the noise: another number, another day.
    """
    margin = np.empty(len(people), np.float32)
    _margins(world.record, people.state, margin)
    noise = np.random.default_rng([world.seed, number]).standard_normal(len(people))
    excess = shown_glucose_excess(people.state) * MG_PER_MMOL
    basal = np.exp(LN_TWO_HOUR + TWO_HOUR_PER_MARGIN * margin + TWO_HOUR_NOISE * noise)
    return basal + TWO_HOUR_PER_EXCESS * excess
