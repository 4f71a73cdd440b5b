"""The body's month of one Mesa agent: float attributes and plain `math`.

What cannot happen to a patient is skipped with an `if`, as one would write it; every draw is made.
"""

from __future__ import annotations

from math import exp, expm1, log, log1p

import mesa

NEVER = 1e6


def clip(x: float, low: float, high: float) -> float:
    """Return x kept within [low, high]."""
    return min(max(x, low), high)


def logistic(x: float) -> float:
    """Return 1 / (1 + e^-x)."""
    return 1 / (1 + exp(-x))


class Body(mesa.Agent):
    """Genes, habits, weight, sugar and a liver; one attribute a quantity."""

    def __init__(self, model: mesa.Model, quantities: dict[str, float]) -> None:
        super().__init__(model)
        for name, value in quantities.items():
            setattr(self, name, value)

    def normal(self) -> float:
        """Draw a standard normal."""
        return self.random.gauss(0, 1)

    def strikes(self, hazard_per_year: float) -> bool:
        """Draw whether an event with this hazard happens this month."""
        return self.random.random() < -expm1(-hazard_per_year * self.model.p.years_per_step)

    def live_habits(self) -> None:
        """Pass a month of stress, sleep, diet and activity."""
        p = self.model.p
        noise = p.stress_noise * p.stress_sd * self.normal()
        self.stress_state = p.stress_persistence * self.stress_state + noise
        if self.programme_is_on == 0:
            self.programme_stress_z *= p.programme_habit_persistence
            self.programme_sleep_hours *= p.programme_habit_persistence
            self.programme_diet_quality *= p.programme_habit_persistence
            self.programme_activity_met_min_per_week *= p.programme_habit_persistence
        stress = self.stress_state + self.programme_stress_z
        now = self.usual_stress_z + stress
        care = clip(p.usual_glucose_control - p.self_care_loss_per_stress * now, 0, 1)
        self.glucose_control = care * (self.diagnosed_diabetes_month < NEVER)
        self.chronic_stress += p.chronic_stress_step * (stress - self.chronic_stress)
        leverage = 1 - p.social_buffering * self.social_connectedness_z
        strain = self.chronic_stress * clip(leverage, p.stress_leverage_min, p.stress_leverage_max)
        sleep = self.usual_sleep_hours - p.sleep_loss_per_stress * strain + self.programme_sleep_hours
        self.sleep_hours = clip(sleep, p.sleep_min, p.sleep_max)
        diet = self.usual_diet_quality - p.diet_loss_per_stress * strain + self.programme_diet_quality
        self.diet_quality = clip(diet, 0, 1)
        activity = self.usual_activity_met_min_per_week * exp(-p.activity_loss_per_stress * strain)
        activity = clip(activity + self.programme_activity_met_min_per_week, 0, p.activity_max)
        self.activity_met_min_per_week = activity
        self.uptake = 1 - exp(-activity / p.activity_saturation_met_min) - p.activity_uptake_mean

    def kilograms_gained(self, age: float) -> float:
        """Return the weight (kg) gained from 18 at today's pace."""
        p = self.model.p
        if self.sex > 0:
            pace, fade = p.weight_gain_peak_kg_per_year_women, p.weight_gain_fade_years_women
        else:
            pace, fade = p.weight_gain_peak_kg_per_year_men, p.weight_gain_fade_years_men
        later = clip(age - p.weight_gain_peak_age, 0, fade)
        early = min(age, p.weight_gain_peak_age) - p.adult_age
        return p.weight_gain_young_kg_per_year * early + pace * (later - later * later / (2 * fade))

    def carry_weight(self) -> None:
        """Pass a month of natural weight, and of what programmes and drugs take off it."""
        p, age = self.model.p, self.age
        noise = p.adiposity_wander_noise * self.normal()
        self.adiposity_wander = p.adiposity_wander_persistence * self.adiposity_wander + noise
        then = clip(p.weight_gain_epidemic_year - self.birth_year, p.adult_age, max(age, p.adult_age))
        gained = self.kilograms_gained(age) - p.weight_gain_missing_before * self.kilograms_gained(then)
        if self.sex > 0:
            metres, slope = p.height_mean_women_cm / 100, p.bmi_spread_fall_women
        else:
            metres, slope = p.height_mean_men_cm / 100, p.bmi_spread_fall_men
        median = self.ethnic_bmi * (self.excess_at_18 + gained / (metres * metres))
        spread = self.spread_at_18 * exp(
            -slope * clip(age - p.bmi_spread_fall_age, 0, p.bmi_spread_fall_years)
        )
        z = (
            p.adiposity_lifelong_loading * self.z_adiposity
            + p.adiposity_wander_loading * self.adiposity_wander
        )
        self.ln_adiposity = log(median / p.bmi_reference_excess) + spread * z
        lost = self.programme_weight_loss + self.programme_loss_per_month * p.months_per_step
        lost *= 1 - self.programme_regain_per_month * p.months_per_step
        self.programme_weight_loss = clip(lost, -0.5, 0.5)
        self.drug_weight_loss += self.effect_weight_step * (
            self.effect_weight_loss_target - self.drug_weight_loss
        )
        kept = 1 - self.programme_weight_loss - self.drug_weight_loss
        natural = p.bmi_floor + p.bmi_reference_excess * exp(self.ln_adiposity)
        kept = max(clip(kept, p.weight_kept_min, p.weight_kept_max), p.least_bmi / natural)
        self.ln_weight_kept = log(kept)
        self.bmi = natural * kept
        self.amplifier = logistic((self.bmi - p.gene_amplifier_bmi) / p.gene_amplifier_width)

    def metabolic_fat(self) -> float:
        """Return ln of the liver fat that disturbs metabolism, against its reference."""
        p = self.model.p
        silent = p.pnpla3_silent_share * p.liver_fat_per_pnpla3_g * self.pnpla3_g
        silent += p.tm6sf2_silent_share * p.liver_fat_per_tm6sf2_t * self.tm6sf2_t
        return self.ln_liver_fat - silent * self.amplifier - p.ln_liver_fat_reference

    def shown_glucose_excess(self) -> float:
        """Return what usual care and drugs leave of the glucose excess of diabetes (mmol/L)."""
        return self.glucose_excess_mmol_l * (1 - self.glucose_control) * (1 - self.effect_glucose_control)

    def resist_insulin(self) -> None:
        """Pass a month of insulin resistance."""
        p = self.model.p
        youth = clip((p.homa_young_women_age - self.age) / p.homa_young_women_years, 0, 1)
        target = (
            self.lifelong_insulin
            + p.homa_per_year_of_age * (self.age - p.reference_age)
            + p.homa_young_women * self.sex * youth
            + p.homa_per_ln_adiposity * self.ln_adiposity
            + p.homa_per_ln_weight * self.ln_weight_kept
            + p.homa_per_hour_short_sleep * max(0, p.sleep_needed_hours - self.sleep_hours)
            + p.homa_per_stress * self.chronic_stress
            - p.homa_per_activity_uptake * self.uptake
            - p.homa_per_diet_quality * (self.diet_quality - p.diet_quality_mean)
            + p.homa_per_ln_liver_fat * self.metabolic_fat()
            + p.homa_per_glucotoxicity * log1p(self.shown_glucose_excess() / p.glucotoxicity_scale_mmol_l)
            + self.effect_insulin_resistance
            + self.effect_hepatic_glucose_output
        )
        self.ln_homa_ir += p.homa_step * (target - self.ln_homa_ir)

    def store_liver_fat(self) -> None:
        """Pass a month of liver fat."""
        p = self.model.p
        noise = p.liver_fat_wander_noise * self.normal()
        self.liver_fat_wander = p.liver_fat_wander_persistence * self.liver_fat_wander + noise
        genes = p.liver_fat_per_pnpla3_g * self.pnpla3_g + p.liver_fat_per_tm6sf2_t * self.tm6sf2_t
        ripening = 1 - exp(-(self.age - p.adult_age) / p.liver_fat_age_years)
        target = (
            self.lifelong_fat
            + p.liver_fat_age_gain * ripening
            - p.liver_fat_decline_per_year * max(0, self.age - p.liver_fat_decline_age)
            - self.sex * (p.liver_fat_women - p.liver_fat_menopause * self.menopause)
            + p.liver_fat_per_ln_adiposity * self.ln_adiposity
            + p.liver_fat_per_ln_weight * self.ln_weight_kept
            + p.liver_fat_per_ln_homa
            * (self.ln_homa_ir - self.effect_hepatic_glucose_output - p.ln_homa_reference)
            + genes * self.amplifier
            + p.liver_fat_wander_sd * self.liver_fat_wander
            - p.liver_fat_per_activity_uptake * self.uptake
            - p.liver_fat_per_diet_quality * (self.diet_quality - p.diet_quality_mean)
            + p.liver_fat_diabetes * (self.diabetes_month < NEVER)
            + self.effect_liver_fat
        )
        held = -0.5 * log(exp(-2 * target) + exp(-2 * p.ln_liver_fat_ceiling))
        fat = self.ln_liver_fat + p.liver_fat_step * (held - self.ln_liver_fat)
        self.ln_liver_fat = clip(fat, p.ln_liver_fat_min, p.ln_liver_fat_max)

    def beta_cell_margin(self) -> float:
        """Return what the beta cell can do beyond what insulin resistance asks of it."""
        p, homa, age = self.model.p, self.ln_homa_ir, self.age - self.model.p.reference_age
        demand = (
            self.ethnic_demand
            + p.demand_per_ln_homa * (homa - p.ln_homa_reference)
            + p.demand_per_ln_liver_fat * self.metabolic_fat()
            + p.demand_per_ln_adiposity * self.ln_adiposity
            + p.demand_per_ln_weight * self.ln_weight_kept
            + p.demand_per_fibrosis_stage * self.fibrosis
            + p.demand_per_stress * (self.usual_stress_z + self.chronic_stress)
        )
        ageing = clip(age, p.beta_cell_ageing_min_years, p.beta_cell_ageing_max_years)
        margin = self.z_beta_cell - p.beta_cell_loss_per_year * ageing - demand / p.reserve_scale
        return clip(margin, p.beta_cell_margin_min, p.beta_cell_margin_max)

    def spend_beta_cells(self) -> None:
        """Pass a month of beta cell, glucose, HbA1c and the onset of diabetes."""
        p, homa, age = self.model.p, self.ln_homa_ir, self.age - self.model.p.reference_age
        margin = self.beta_cell_margin()
        ln_hazard = min(p.ln_diabetes_hazard - p.reserve_scale * margin, p.ln_diabetes_hazard_max)
        if self.strikes(exp(ln_hazard)) and self.diabetes_month == NEVER:
            self.diabetes_month = self.model.steps
        strain = exp(-p.strain_per_margin * margin)
        ln_glucose = (
            p.ln_glucose_intercept
            + p.glucose_women * self.sex
            + p.glucose_per_year_of_age * age
            + p.glucose_per_ln_homa * (homa - p.ln_homa_reference)
            + p.glucose_per_strain * strain
            + p.glucose_lifelong_sd * self.z_glucose
            + self.effect_glucose
        )
        level = 0.0
        if self.diabetes_month < NEVER:
            severity = p.ln_glucose_excess + p.glucose_excess_sd * self.z_hyperglycaemia
            level = exp(severity + p.glucose_excess_per_ln_homa * (homa - p.ln_homa_diabetic))
            level = clip(level, 0, p.glucose_excess_max)
        self.glucose_excess_mmol_l += p.glucose_excess_step * (level - self.glucose_excess_mmol_l)
        target = (
            p.hba1c_intercept
            + p.hba1c_per_year_of_age * age
            + p.hba1c_per_ln_glucose * (ln_glucose - p.ln_glucose_reference)
            + p.hba1c_per_strain * strain
            + p.hba1c_per_glucose_excess * self.shown_glucose_excess()
            + p.hba1c_per_bmi * (self.bmi - p.bmi_reference)
        )
        self.fasting_glucose_mmol_l = exp(ln_glucose) + self.shown_glucose_excess()
        self.hba1c_percent += p.hba1c_step * (target - self.hba1c_percent)

    def inflame_and_scar(self) -> None:
        """Pass a month of injury, memory of weight, deposition and healing of scar."""
        p, fibrosis = self.model.p, self.fibrosis
        noise = p.injury_flare_noise * p.injury_flare_sd * self.normal()
        self.injury_flare = p.injury_flare_persistence * self.injury_flare + noise
        target = (
            self.lifelong_injury
            + p.injury_per_ln_liver_fat * (self.ln_liver_fat - p.ln_liver_fat_injury_reference)
            + p.injury_per_ln_homa * (self.ln_homa_ir - 1)
            + p.injury_per_bmi_departure * (self.bmi - self.habitual_bmi)
            + self.injury_flare
            + self.effect_injury
        )
        injury = self.injury + p.injury_step * (target - self.injury)
        self.injury = injury = clip(injury, p.injury_min, p.injury_max)
        self.habitual_bmi += p.habitual_bmi_step * (self.bmi - self.habitual_bmi)
        ln_rate = (
            p.fibrosis_frailty_sd * self.z_fibrosis
            - p.fibrosis_frailty_sd * p.fibrosis_frailty_sd / 2
            + p.deposition_per_injury * injury
            + p.deposition_diabetes * (self.diabetes_month < NEVER)
            + p.deposition_postmenopausal * self.sex * self.menopause
            - p.deposition_per_fibrosis * fibrosis
        )
        deposition = p.deposition_per_year * exp(ln_rate) * max(1 - fibrosis / p.fibrosis_max, 0)
        calm = 1 + exp(p.healing_steepness * (injury - p.healing_ln_half_injury))
        cirrhotic = logistic((fibrosis - p.cirrhosis_stage) / p.cirrhosis_width)
        capacity = fibrosis / (fibrosis + p.healing_half_fibrosis)
        capacity *= 1 - p.healing_lost_in_cirrhosis * cirrhotic
        healing = (p.healing_per_year / calm + self.effect_antifibrotic) * capacity
        self.fibrosis = clip(fibrosis + (deposition - healing) * p.years_per_step, 0, p.fibrosis_max)
        if self.cirrhosis_month == NEVER and self.fibrosis >= p.cirrhosis_stage:
            self.cirrhosis_month = self.model.steps
