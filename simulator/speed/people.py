"""What another version of the month starts from: grown people, their lifelong terms, the numbers."""

from __future__ import annotations

from dataclasses import make_dataclass
from typing import Any

import numpy as np

from simulator.base import randomness
from simulator.base.jit import kernel
from simulator.engine.people import People
from simulator.patient import columns as c

N_NORMALS, N_DRAWS = 4, 12

GIVEN = (
    "sex", "birth_month", "birth_year", "pnpla3_g", "tm6sf2_t", "z_adiposity", "z_beta_cell", "z_glucose",
    "z_hyperglycaemia", "z_fibrosis", "z_portal_pressure", "usual_activity_met_min_per_week",
    "usual_diet_quality", "usual_sleep_hours", "usual_stress_z", "social_connectedness_z", "programme_is_on",
    "programme_loss_per_month", "programme_regain_per_month", "effect_weight_loss_target",
    "effect_weight_step", "effect_insulin_resistance", "effect_hepatic_glucose_output", "effect_glucose",
    "effect_glucose_control", "effect_liver_fat", "effect_injury", "effect_antifibrotic",
    "treatment_cost_usd_per_month",
)  # fmt: skip
"""Columns the month reads and leaves alone."""

LIVED = (
    "stress_state", "chronic_stress", "activity_met_min_per_week", "diet_quality", "sleep_hours",
    "adiposity_wander", "programme_weight_loss", "drug_weight_loss", "bmi", "ln_homa_ir",
    "glucose_excess_mmol_l", "fasting_glucose_mmol_l", "hba1c_percent", "diabetes_month",
    "liver_fat_wander", "ln_liver_fat", "injury_flare", "injury", "habitual_bmi", "fibrosis",
    "cirrhosis_month", "decompensation_month", "hcc_month", "transplant_month", "death_month",
    "death_cause", "diagnosed_diabetes_month", "diagnosed_masld_month", "diagnosed_fibrosis_month",
    "glucose_control",
    "programme_activity_met_min_per_week", "programme_diet_quality", "programme_sleep_hours",
    "programme_stress_z", "cost_usd", "qalys",
)  # fmt: skip
"""Columns the month writes."""


def numbers(record: np.record) -> Any:
    """Return the parameter record, and the lowest BMI, as plain Python floats by name; tables are arrays.

    A dataclass with slots is the quickest to read in plain Python.
    """
    fields = {name: record[name] for name in record.dtype.names or ()}
    plain = {name: np.asarray(x, float) if np.ndim(x) else float(x) for name, x in fields.items()}
    plain["least_bmi"] = float(c.COLUMNS[c.BMI].low)
    return make_dataclass("Numbers", list(plain), slots=True)(**plain)


def lifelong_terms(p: Any, people: People) -> dict[str, np.ndarray]:
    """Return what sex, ancestry, generation and genes set for life, as `engine.loading` computes it."""
    sex, ethnicity, birth_year, z, stress, alcohol = (
        people.state[c.INDEX[name]].astype(float)
        for name in (
            "sex", "ethnicity", "birth_year", "z_insulin_resistance", "usual_stress_z", "alcohol_g_per_day",
        )
    )  # fmt: skip
    group, is_female = ethnicity.astype(int), sex > 0
    age = p.survey_year - birth_year
    spread = np.where(is_female, p.bmi_spread_women, p.bmi_spread_men)
    drinks = np.minimum(alcohol / p.grams_per_drink, p.liver_fat_drinks_max)
    genes = (
        p.injury_per_pnpla3_g * people.state[c.PNPLA3_G] + p.injury_per_tm6sf2_t * people.state[c.TM6SF2_T]
    )
    genes = genes + p.injury_per_hsd17b13_ta * people.state[c.HSD17B13_TA]
    return {
        "excess_at_18": _excess_at_18(p, age, birth_year, is_female),
        "ethnic_bmi": np.exp(
            np.where(is_female, p.ln_bmi_ethnicity_women[group], p.ln_bmi_ethnicity_men[group])
        ),
        "spread_at_18": spread * p.bmi_spread_ethnicity[group],
        "lifelong_insulin": p.homa_intercept
        + p.homa_women * sex
        + p.homa_ethnicity[group]
        + p.homa_lifelong_sd * (z + p.homa_lifelong_skew * (z**2 - 1))
        + p.homa_per_stress * stress,
        "lifelong_fat": p.liver_fat_intercept
        + p.liver_fat_ethnicity[group]
        + p.liver_fat_lifelong_sd * people.state[c.Z_LIVER_FAT]
        + p.liver_fat_per_drink * drinks,
        "ethnic_demand": p.demand_ethnicity[group],
        "lifelong_injury": p.injury_intercept
        + p.injury_women * sex
        + genes
        + p.injury_lifelong_sd * people.state[c.Z_INJURY],
    }


def _excess_at_18(p: Any, age: np.ndarray, birth_year: np.ndarray, is_female: np.ndarray) -> np.ndarray:
    men = np.interp(age, p.median_excess_bmi_men_knots, p.median_excess_bmi_men)
    women = np.interp(age, p.median_excess_bmi_women_knots, p.median_excess_bmi_women)
    adult = np.maximum(age, p.adult_age)
    then = np.clip(p.weight_gain_epidemic_year - birth_year, p.adult_age, adult)
    metres = np.where(is_female, p.height_mean_women_cm, p.height_mean_men_cm) / 100
    missing = p.weight_gain_missing_before * _kilograms_gained(p, then, is_female)
    return np.where(is_female, women, men) - (_kilograms_gained(p, adult, is_female) - missing) / metres**2


def _kilograms_gained(p: Any, age: np.ndarray, is_female: np.ndarray) -> np.ndarray:
    pace = np.where(is_female, p.weight_gain_peak_kg_per_year_women, p.weight_gain_peak_kg_per_year_men)
    fade = np.where(is_female, p.weight_gain_fade_years_women, p.weight_gain_fade_years_men)
    later = np.clip(age - p.weight_gain_peak_age, 0, fade)
    early = np.minimum(age, p.weight_gain_peak_age) - p.adult_age
    return np.asarray(p.weight_gain_young_kg_per_year * early + pace * (later - later**2 / (2 * fade)))


def quantities(p: Any, people: People) -> dict[str, np.ndarray]:
    """Return everything the month needs of everybody, float64 (n,) each, by name."""
    columns = {name: people.state[c.INDEX[name]].astype(float) for name in (*GIVEN, *LIVED)}
    return columns | lifelong_terms(p, people)


@kernel
def engine_draws(keys, step, draws):
    """Write the draws the engine addresses in a month, float32 (12, n): four normals, eight uniforms."""
    for i in range(keys.shape[1]):
        for purpose in range(randomness.N_MONTHLY):
            pair = randomness.words(keys[0, i], keys[1, i], step, purpose)
            for k in range(2):
                row = 2 * purpose + k
                if row < N_NORMALS:
                    draws[row, i] = randomness.normal(pair[k])
                else:
                    draws[row, i] = randomness.uniform(pair[k])
