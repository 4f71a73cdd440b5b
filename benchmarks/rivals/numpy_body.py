"""The body's month in NumPy: one array a quantity, whole-array expressions, the dead masked out.

It needs NumPy alone, so that a Starsim module in a Python of its own can share the expressions.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

NEVER = 1e6


def logistic(x: Any) -> Any:
    """Return 1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))


def chance(hazard_per_year: Any, years: float) -> Any:
    """Return the probability of an event over some years."""
    return -np.expm1(-hazard_per_year * years)


def relax(value: Any, target: Any, step: float) -> Any:
    """Return a value moved towards its target by the share `step` of the distance."""
    return value + step * (target - value)


class Body:
    """Everybody's arrays as attributes; see `people.quantities`. Arrays of the right type are taken over."""

    def __init__(self, p: Any, arrays: dict[str, np.ndarray], dtype: Any = np.float64) -> None:
        self.p = p
        self.dtype = dtype
        self.active: Any = True
        for name, values in arrays.items():
            setattr(self, name, np.asarray(values, dtype))

    def put(self, name: str, value: Any, where: Any = None) -> None:
        """Write a new value for those who live; others keep what they had."""
        np.copyto(getattr(self, name), value, where=self.active if where is None else where)

    def has(self, month: np.ndarray) -> np.ndarray:
        """Return 1 for those to whom the thing has happened, else 0."""
        return (month < NEVER).astype(self.dtype)

    def by_sex(self, men: float, women: float) -> np.ndarray:
        """Return one number for men and another for women."""
        return np.where(self.sex > 0, self.dtype(women), self.dtype(men))

    def live_habits(self, luck: SimpleNamespace) -> None:
        """Pass a month of stress, sleep, diet and activity."""
        p = self.p
        fading = np.where(self.programme_is_on > 0, 1, self.dtype(p.programme_habit_persistence))
        stress = p.stress_persistence * self.stress_state + p.stress_noise * p.stress_sd * luck.stress
        calm = self.programme_stress_z * fading
        chronic = relax(self.chronic_stress, stress + calm, p.chronic_stress_step)
        more_sleep = self.programme_sleep_hours * fading
        better_diet = self.programme_diet_quality * fading
        more_activity = self.programme_activity_met_min_per_week * fading
        leverage = np.clip(
            1 - p.social_buffering * self.social_connectedness_z, p.stress_leverage_min, p.stress_leverage_max
        )
        strain = chronic * leverage
        sleep = self.usual_sleep_hours - p.sleep_loss_per_stress * strain + more_sleep
        diet = self.usual_diet_quality - p.diet_loss_per_stress * strain + better_diet
        activity = self.usual_activity_met_min_per_week * np.exp(-p.activity_loss_per_stress * strain)
        activity = np.clip(activity + more_activity, 0, p.activity_max)
        now = self.usual_stress_z + stress + calm
        care = np.clip(p.usual_glucose_control - p.self_care_loss_per_stress * now, 0, 1)
        self.put("glucose_control", care * self.has(self.diagnosed_diabetes_month))
        self.put("stress_state", stress)
        self.put("programme_stress_z", calm)
        self.put("chronic_stress", chronic)
        self.put("programme_sleep_hours", more_sleep)
        self.put("programme_diet_quality", better_diet)
        self.put("programme_activity_met_min_per_week", more_activity)
        self.put("sleep_hours", np.clip(sleep, p.sleep_min, p.sleep_max))
        self.put("diet_quality", np.clip(diet, 0, 1))
        self.put("activity_met_min_per_week", activity)
        self.uptake = 1 - np.exp(-activity / p.activity_saturation_met_min) - p.activity_uptake_mean

    def kilograms_gained(self, age: np.ndarray) -> np.ndarray:
        """Return the weight (kg) gained from 18 at today's pace."""
        p = self.p
        pace = self.by_sex(p.weight_gain_peak_kg_per_year_men, p.weight_gain_peak_kg_per_year_women)
        fade = self.by_sex(p.weight_gain_fade_years_men, p.weight_gain_fade_years_women)
        later = np.clip(age - p.weight_gain_peak_age, 0, fade)
        early = np.minimum(age, p.weight_gain_peak_age) - p.adult_age
        return p.weight_gain_young_kg_per_year * early + pace * (later - later * later / (2 * fade))

    def carry_weight(self, luck: SimpleNamespace) -> None:
        """Pass a month of natural weight, and of what programmes and drugs take off it."""
        p = self.p
        wander = p.adiposity_wander_persistence * self.adiposity_wander
        wander += p.adiposity_wander_noise * luck.adiposity
        born, age = self.birth_year, self.age
        then = np.clip(p.weight_gain_epidemic_year - born, p.adult_age, np.maximum(age, p.adult_age))
        gained = self.kilograms_gained(age) - p.weight_gain_missing_before * self.kilograms_gained(then)
        metres = self.by_sex(p.height_mean_men_cm, p.height_mean_women_cm) / 100
        median = self.ethnic_bmi * (self.excess_at_18 + gained / (metres * metres))
        years = np.clip(self.age - p.bmi_spread_fall_age, 0, p.bmi_spread_fall_years)
        slope = self.by_sex(p.bmi_spread_fall_men, p.bmi_spread_fall_women)
        spread = self.spread_at_18 * np.exp(-slope * years)
        z = p.adiposity_lifelong_loading * self.z_adiposity + p.adiposity_wander_loading * wander
        adiposity = np.log(median / p.bmi_reference_excess) + spread * z
        lost = self.programme_weight_loss + self.programme_loss_per_month * p.months_per_step
        lost = np.clip(lost * (1 - self.programme_regain_per_month * p.months_per_step), -0.5, 0.5)
        by_drug = self.drug_weight_loss
        by_drug = by_drug + self.effect_weight_step * (self.effect_weight_loss_target - by_drug)
        natural = p.bmi_floor + p.bmi_reference_excess * np.exp(adiposity)
        kept = np.clip(1 - lost - by_drug, p.weight_kept_min, p.weight_kept_max)
        kept = np.maximum(kept, p.least_bmi / natural)
        bmi = natural * kept
        self.put("adiposity_wander", wander)
        self.put("programme_weight_loss", lost)
        self.put("drug_weight_loss", by_drug)
        self.put("bmi", bmi)
        self.ln_adiposity, self.ln_weight_kept = adiposity, np.log(kept)
        self.amplifier = logistic((bmi - p.gene_amplifier_bmi) / p.gene_amplifier_width)

    def uncontrolled(self) -> np.ndarray:
        """Return the share of the glucose excess that neither usual care nor drugs remove."""
        return (1 - self.glucose_control) * (1 - self.effect_glucose_control)

    def metabolic_fat(self) -> np.ndarray:
        """Return ln of the liver fat that disturbs metabolism."""
        p = self.p
        silent = p.pnpla3_silent_share * p.liver_fat_per_pnpla3_g * self.pnpla3_g
        silent = silent + p.tm6sf2_silent_share * p.liver_fat_per_tm6sf2_t * self.tm6sf2_t
        return self.ln_liver_fat - silent * self.amplifier

    def resist_insulin(self) -> None:
        """Pass a month of insulin resistance."""
        p = self.p
        youth = np.clip((p.homa_young_women_age - self.age) / p.homa_young_women_years, 0, 1)
        target = (
            self.lifelong_insulin
            + p.homa_per_year_of_age * (self.age - p.reference_age)
            + p.homa_young_women * self.sex * youth
            + p.homa_per_ln_adiposity * self.ln_adiposity
            + p.homa_per_ln_weight * self.ln_weight_kept
            + p.homa_per_hour_short_sleep * np.maximum(0, p.sleep_needed_hours - self.sleep_hours)
            + p.homa_per_stress * self.chronic_stress
            - p.homa_per_activity_uptake * self.uptake
            - p.homa_per_diet_quality * (self.diet_quality - p.diet_quality_mean)
            + p.homa_per_ln_liver_fat * (self.metabolic_fat() - p.ln_liver_fat_reference)
            + p.homa_per_glucotoxicity
            * np.log1p(self.uncontrolled() * self.glucose_excess_mmol_l / p.glucotoxicity_scale_mmol_l)
            + self.effect_insulin_resistance
            + self.effect_hepatic_glucose_output
        )
        self.put("ln_homa_ir", relax(self.ln_homa_ir, target, p.homa_step))

    def store_liver_fat(self, luck: SimpleNamespace) -> None:
        """Pass a month of liver fat."""
        p = self.p
        wander = p.liver_fat_wander_persistence * self.liver_fat_wander
        wander += p.liver_fat_wander_noise * luck.liver_fat
        genes = p.liver_fat_per_pnpla3_g * self.pnpla3_g + p.liver_fat_per_tm6sf2_t * self.tm6sf2_t
        ripening = 1 - np.exp(-(self.age - p.adult_age) / p.liver_fat_age_years)
        homa = self.ln_homa_ir - self.effect_hepatic_glucose_output
        target = (
            self.lifelong_fat
            + p.liver_fat_age_gain * ripening
            - p.liver_fat_decline_per_year * np.maximum(0, self.age - p.liver_fat_decline_age)
            - self.sex * (p.liver_fat_women - p.liver_fat_menopause * self.menopause)
            + p.liver_fat_per_ln_adiposity * self.ln_adiposity
            + p.liver_fat_per_ln_weight * self.ln_weight_kept
            + p.liver_fat_per_ln_homa * (homa - p.ln_homa_reference)
            + genes * self.amplifier
            + p.liver_fat_wander_sd * wander
            - p.liver_fat_per_activity_uptake * self.uptake
            - p.liver_fat_per_diet_quality * (self.diet_quality - p.diet_quality_mean)
            + p.liver_fat_diabetes * self.has(self.diabetes_month)
            + self.effect_liver_fat
        )
        held = -0.5 * np.log(np.exp(-2 * target) + np.exp(-2 * p.ln_liver_fat_ceiling))
        fat = relax(self.ln_liver_fat, held, p.liver_fat_step)
        self.put("liver_fat_wander", wander)
        self.put("ln_liver_fat", np.clip(fat, p.ln_liver_fat_min, p.ln_liver_fat_max))

    def spend_beta_cells(self, month: int, luck: SimpleNamespace) -> None:
        """Pass a month of beta cell, glucose, HbA1c and the onset of diabetes."""
        p, ln_homa, age = self.p, self.ln_homa_ir, self.age - self.p.reference_age
        ageing = np.clip(age, p.beta_cell_ageing_min_years, p.beta_cell_ageing_max_years)
        demand = (
            self.ethnic_demand
            + p.demand_per_ln_homa * (ln_homa - p.ln_homa_reference)
            + p.demand_per_ln_liver_fat * (self.metabolic_fat() - p.ln_liver_fat_reference)
            + p.demand_per_ln_adiposity * self.ln_adiposity
            + p.demand_per_ln_weight * self.ln_weight_kept
            + p.demand_per_fibrosis_stage * self.fibrosis
            + p.demand_per_stress * (self.usual_stress_z + self.chronic_stress)
        )
        margin = self.z_beta_cell - p.beta_cell_loss_per_year * ageing - demand / p.reserve_scale
        margin = np.clip(margin, p.beta_cell_margin_min, p.beta_cell_margin_max)
        ln_hazard = np.minimum(p.ln_diabetes_hazard - p.reserve_scale * margin, p.ln_diabetes_hazard_max)
        begins = luck.diabetes < chance(np.exp(ln_hazard), p.years_per_step)
        self.put("diabetes_month", month, self.active & begins & (self.diabetes_month >= NEVER))
        strain = np.exp(-p.strain_per_margin * margin)
        ln_glucose = (
            p.ln_glucose_intercept
            + p.glucose_women * self.sex
            + p.glucose_per_year_of_age * age
            + p.glucose_per_ln_homa * (ln_homa - p.ln_homa_reference)
            + p.glucose_per_strain * strain
            + p.glucose_lifelong_sd * self.z_glucose
            + self.effect_glucose
        )
        severity = p.ln_glucose_excess + p.glucose_excess_sd * self.z_hyperglycaemia
        level = np.exp(severity + p.glucose_excess_per_ln_homa * (ln_homa - p.ln_homa_diabetic))
        target = np.clip(self.has(self.diabetes_month) * level, 0, p.glucose_excess_max)
        excess = relax(self.glucose_excess_mmol_l, target, p.glucose_excess_step)
        shown = self.uncontrolled() * excess
        target = (
            p.hba1c_intercept
            + p.hba1c_per_year_of_age * age
            + p.hba1c_per_ln_glucose * (ln_glucose - p.ln_glucose_reference)
            + p.hba1c_per_strain * strain
            + p.hba1c_per_glucose_excess * shown
            + p.hba1c_per_bmi * (self.bmi - p.bmi_reference)
        )
        self.put("glucose_excess_mmol_l", excess)
        self.put("fasting_glucose_mmol_l", np.exp(ln_glucose) + shown)
        self.put("hba1c_percent", relax(self.hba1c_percent, target, p.hba1c_step))

    def inflame_and_scar(self, month: int, luck: SimpleNamespace) -> None:
        """Pass a month of injury, memory of weight, deposition and healing of scar."""
        p, fibrosis = self.p, self.fibrosis
        flare = p.injury_flare_persistence * self.injury_flare
        flare += p.injury_flare_noise * p.injury_flare_sd * luck.flare
        target = (
            self.lifelong_injury
            + p.injury_per_ln_liver_fat * (self.ln_liver_fat - p.ln_liver_fat_injury_reference)
            + p.injury_per_ln_homa * (self.ln_homa_ir - 1)
            + p.injury_per_bmi_departure * (self.bmi - self.habitual_bmi)
            + flare
            + self.effect_injury
        )
        injury = np.clip(relax(self.injury, target, p.injury_step), p.injury_min, p.injury_max)
        ln_rate = (
            p.fibrosis_frailty_sd * self.z_fibrosis
            - p.fibrosis_frailty_sd**2 / 2
            + p.deposition_per_injury * injury
            + p.deposition_diabetes * self.has(self.diabetes_month)
            + p.deposition_postmenopausal * self.sex * self.menopause
            - p.deposition_per_fibrosis * fibrosis
        )
        deposition = p.deposition_per_year * np.exp(ln_rate) * np.maximum(1 - fibrosis / p.fibrosis_max, 0)
        calm = 1 + np.exp(p.healing_steepness * (injury - p.healing_ln_half_injury))
        cirrhotic = logistic((fibrosis - p.cirrhosis_stage) / p.cirrhosis_width)
        capacity = fibrosis / (fibrosis + p.healing_half_fibrosis)
        capacity *= 1 - p.healing_lost_in_cirrhosis * cirrhotic
        healing = (p.healing_per_year / calm + self.effect_antifibrotic) * capacity
        fibrosis = np.clip(fibrosis + (deposition - healing) * p.years_per_step, 0, p.fibrosis_max)
        reaches = (self.cirrhosis_month >= NEVER) & (fibrosis >= p.cirrhosis_stage)
        self.put("injury_flare", flare)
        self.put("injury", injury)
        self.put("habitual_bmi", relax(self.habitual_bmi, self.bmi, p.habitual_bmi_step))
        self.put("fibrosis", fibrosis)
        self.put("cirrhosis_month", month, self.active & reaches)
