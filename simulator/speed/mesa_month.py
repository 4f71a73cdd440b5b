"""The month as an idiomatic Mesa model: one Python object a patient and `shuffle_do("step")`."""

from __future__ import annotations

from math import exp
from typing import Any

import mesa
import numpy as np

from simulator.speed.mesa_body import NEVER, Body, logistic
from simulator.speed.people import LIVED

LIVER, CARDIOVASCULAR, OTHER = 1.0, 2.0, 3.0


class Patient(Body):
    """A person who lives month by month, until death removes them from the model."""

    def step(self) -> None:
        """Live a month, in the engine's order."""
        p = self.model.p
        self.age = (self.model.steps - self.birth_month) / 12
        self.menopause = logistic((self.age - p.menopause_age) / p.menopause_years)
        self.live_habits()
        self.carry_weight()
        self.resist_insulin()
        self.store_liver_fat()
        self.spend_beta_cells()
        self.inflame_and_scar()
        self.complicate()
        dies = self.meets_death()
        self.be_recognised()
        self.weigh()
        if dies:
            self.remove()

    def complicate(self) -> None:
        """Pass a month of the risks of decompensation, liver cancer and transplant."""
        p, month = self.model.p, self.model.steps
        has_native_liver = self.transplant_month == NEVER
        diabetes, hazard = self.diabetes_month < NEVER, 0.0
        if self.fibrosis >= p.cirrhosis_stage:
            pressure = self.fibrosis + p.portal_pressure_lifelong_sd * self.z_portal_pressure
            beyond = min(pressure - p.cirrhosis_stage, p.decompensation_scar_max)
            ln_ratio = p.decompensation_per_scar * beyond
            ln_ratio += p.decompensation_diabetes * (diabetes - p.decompensation_diabetes_share)
            hazard = p.decompensation_per_year * exp(ln_ratio)
        if self.strikes(hazard) and has_native_liver and self.decompensation_month == NEVER:
            self.decompensation_month = month
        scar = min(self.fibrosis, p.hcc_scar_max)
        hazard = exp(
            p.ln_hcc_hazard
            + p.hcc_per_scar * scar
            + p.hcc_per_late_scar * max(scar - p.hcc_late_scar, 0)
            + p.hcc_per_year_of_age * (self.age - p.hcc_reference_age)
            + p.hcc_women * self.sex
            + p.hcc_diabetes * diabetes
            + p.hcc_per_pnpla3_g * self.pnpla3_g
            + p.hcc_decompensated * (self.decompensation_month < NEVER)
        )
        if self.strikes(hazard) and has_native_liver and self.hcc_month == NEVER:
            self.hcc_month = month
        hazard = 0.0
        if self.hcc_month < NEVER:
            hazard = p.transplant_hcc_per_year * logistic(p.transplant_hcc_age - self.age)
        elif self.decompensation_month < NEVER:
            hazard = p.transplant_decompensated_per_year * logistic(p.transplant_decompensated_age - self.age)
        if self.strikes(hazard) and has_native_liver:
            self.transplant_month, self.fibrosis = month, 0.0

    def meets_death(self) -> bool:
        """Pass a month of the risk of death; causes compete in proportion to their hazards."""
        p = self.model.p
        x = (min(self.age, p.life_table_last_age) - p.life_table_centre_age) / p.life_table_age_scale
        if self.sex > 0:
            modelled = p.liver_share_of_deaths_women
            a, b, c, d = (
                p.life_table_women_0, p.life_table_women_1, p.life_table_women_2, p.life_table_women_3,
            )  # fmt: skip
        else:
            modelled = p.liver_share_of_deaths_men
            a, b, c, d = p.life_table_men_0, p.life_table_men_1, p.life_table_men_2, p.life_table_men_3
        near = max(1 - ((self.age - p.liver_share_age) / p.liver_share_years) ** 2, 0)
        background = exp(a + x * (b + x * (c + x * d))) * (1 - modelled * near**2)
        more_fat = p.cardiovascular_death_ratio_steatosis - 1
        more_scar = p.cardiovascular_death_ratio_scar - 1
        ratio = 1 + more_scar * min(max(self.fibrosis - p.cardiovascular_late_scar, 0), 1)
        if self.ln_liver_fat >= p.ln_masld_threshold:
            ratio *= 1 + more_fat
        mean_ratio = (1 + more_fat * p.cardiovascular_steatosis_share) * (
            1 + more_scar * p.cardiovascular_scar_share
        )
        vascular = background * p.cardiovascular_share_of_deaths * ratio / mean_ratio
        vascular *= self.excess_of_diabetes(p.cardiovascular_death_ratio_diabetes)
        other = background * (1 - p.cardiovascular_share_of_deaths)
        other *= self.excess_of_diabetes(p.other_death_ratio_diabetes)
        hepatic = self.liver_mortality()
        total = vascular + other + hepatic
        dies = self.strikes(total)
        share = self.random.random() * total
        if dies:
            self.death_month = self.model.steps
            self.death_cause = (
                LIVER if share < hepatic else CARDIOVASCULAR if share < hepatic + vascular else OTHER
            )
        return dies

    def excess_of_diabetes(self, ratio: float) -> float:
        """Return how many times the life table's deaths somebody has, with or without diabetes."""
        p = self.model.p
        grown = min(max((self.age - p.adult_age) / p.diabetes_share_years, 0), 1)
        mean = 1 + (ratio - 1) * p.diabetes_share_of_old * grown
        return (ratio if self.diabetes_month < NEVER else 1) / mean

    def liver_mortality(self) -> float:
        """Return the yearly mortality of liver disease: high just after the event, then lower."""
        p = self.model.p
        if self.transplant_month < NEVER:
            since = self.transplant_month
            late, early = p.transplant_death_late_per_year, p.transplant_death_early_per_year
            memory = p.transplant_death_months
        elif self.hcc_month < NEVER:
            since = self.hcc_month
            late, early, memory = p.hcc_death_late_per_year, p.hcc_death_early_per_year, p.hcc_death_months
        elif self.decompensation_month < NEVER:
            since = self.decompensation_month
            late, early = p.decompensated_death_late_per_year, p.decompensated_death_early_per_year
            memory = p.decompensated_death_months
        else:
            return 0.0
        return late + early * exp(-(self.model.steps - since) / memory)

    def be_recognised(self) -> None:
        """Pass a month of usual care: diabetes and fatty livers are found, complications show."""
        p, month = self.model.p, self.model.steps
        has_diabetes, is_unknown = self.diabetes_month < NEVER, self.diagnosed_diabetes_month == NEVER
        if self.strikes(p.diabetes_recognition_per_year * has_diabetes) and is_unknown:
            self.diagnosed_diabetes_month = month
        is_found = self.strikes(p.masld_recognition_per_year * (self.ln_liver_fat >= p.ln_masld_threshold))
        presents = self.decompensation_month < NEVER or self.hcc_month < NEVER
        if (is_found or presents) and self.diagnosed_masld_month == NEVER:
            self.diagnosed_masld_month = month
        if presents and self.diagnosed_fibrosis_month == NEVER:
            self.diagnosed_fibrosis_month = month

    def weigh(self) -> None:
        """Add the month's cost and quality-adjusted time."""
        p = self.model.p
        worth = p.utility_norm + p.utility_women * self.sex - p.utility_per_year * (self.age - p.adult_age)
        worth -= p.utility_loss_per_bmi * max(0, self.bmi - p.utility_bmi_reference)
        cost = p.cost_background_usd_per_year
        if self.diabetes_month < NEVER:
            worth, cost = worth - p.utility_loss_diabetes, cost + p.cost_diabetes_usd_per_year
        if self.transplant_month < NEVER:
            worth, cost = worth - p.utility_loss_transplant, cost + p.cost_transplant_usd_per_year
        elif self.hcc_month < NEVER:
            worth, cost = worth - p.utility_loss_hcc, cost + p.cost_hcc_usd_per_year
        elif self.decompensation_month < NEVER:
            worth, cost = worth - p.utility_loss_decompensated, cost + p.cost_decompensated_usd_per_year
        elif self.fibrosis >= p.cirrhosis_stage:
            worth, cost = worth - p.utility_loss_cirrhosis, cost + p.cost_cirrhosis_usd_per_year
        self.qalys += min(max(worth, 0), 1) * p.years_per_step
        self.cost_usd += cost * p.years_per_step + self.treatment_cost_usd_per_month * p.months_per_step


class CohortModel(mesa.Model):
    """Patients of one cohort, each an agent."""

    def __init__(self, p: Any, quantities: dict[str, np.ndarray], seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.p = p
        names = list(quantities)
        rows = zip(*(values.tolist() for values in quantities.values()), strict=True)
        self.everyone = [Patient(self, dict(zip(names, row, strict=True))) for row in rows]

    def step(self) -> None:
        """Let everyone alive live a month, in random order."""
        self.agents.shuffle_do("step")

    def lived(self) -> dict[str, np.ndarray]:
        """Return the columns the month writes, of everyone, dead or alive."""
        return {name: np.array([getattr(one, name) for one in self.everyone]) for name in LIVED}
