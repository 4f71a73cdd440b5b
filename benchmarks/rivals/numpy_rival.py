"""The month in NumPy: luck, the body, what it may end in, and what it costs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from rivals.numpy_body import NEVER, Body, chance, logistic

NORMALS = ("adiposity", "liver_fat", "stress", "flare")
UNIFORMS = (
    "diabetes", "diabetes_found", "masld_found", "transplant", "decompensation", "hcc", "death", "cause",
)  # fmt: skip
LIVER_STATES = ("transplant", "hcc", "decompensated")


class Population(Body):
    """Everybody, who live month by month."""

    def draw(self, rng: np.random.Generator) -> SimpleNamespace:
        """Return this month's luck, an array for each name of NORMALS and UNIFORMS."""
        n = len(self.bmi)
        normals = rng.standard_normal((len(NORMALS), n), self.dtype)
        uniforms = rng.random((len(UNIFORMS), n), self.dtype)
        return named(normals, uniforms)

    def live(self, month: int, luck: SimpleNamespace, active: Any = None) -> None:
        """Pass a month, in the engine's order; `active` says who lives, by default whoever has not died."""
        self.active = self.death_month >= NEVER if active is None else active
        self.age = (month - self.birth_month) / 12
        self.menopause = logistic((self.age - self.p.menopause_age) / self.p.menopause_years)
        self.live_habits(luck)
        self.carry_weight(luck)
        self.resist_insulin()
        self.store_liver_fat(luck)
        self.spend_beta_cells(month, luck)
        self.inflame_and_scar(month, luck)
        self.complicate(month, luck)
        self.die(month, luck)
        self.be_recognised(month, luck)
        self.weigh()

    def choose(self, states: list[np.ndarray], numbers: list[float], otherwise: float = 0) -> np.ndarray:
        """Return the number of the first state a person is in."""
        return np.select(states, [self.dtype(number) for number in numbers], self.dtype(otherwise))

    def complicate(self, month: int, luck: SimpleNamespace) -> None:
        """Pass a month of the risks of decompensation, liver cancer and transplant."""
        p, fibrosis, years = self.p, self.fibrosis, self.p.years_per_step
        may = self.active & (self.transplant_month >= NEVER)
        diabetes = self.has(self.diabetes_month)
        pressure = fibrosis + p.portal_pressure_lifelong_sd * self.z_portal_pressure
        beyond = np.minimum(pressure - p.cirrhosis_stage, p.decompensation_scar_max)
        ln_ratio = p.decompensation_per_scar * beyond
        ln_ratio += p.decompensation_diabetes * (diabetes - p.decompensation_diabetes_share)
        hazard = p.decompensation_per_year * np.exp(ln_ratio) * (fibrosis >= p.cirrhosis_stage)
        strikes = (self.decompensation_month >= NEVER) & (luck.decompensation < chance(hazard, years))
        self.put("decompensation_month", month, may & strikes)
        failing = self.has(self.decompensation_month)
        scar = np.minimum(fibrosis, p.hcc_scar_max)
        hazard = np.exp(
            p.ln_hcc_hazard
            + p.hcc_per_scar * scar
            + p.hcc_per_late_scar * np.maximum(scar - p.hcc_late_scar, 0)
            + p.hcc_per_year_of_age * (self.age - p.hcc_reference_age)
            + p.hcc_women * self.sex
            + p.hcc_diabetes * diabetes
            + p.hcc_per_pnpla3_g * self.pnpla3_g
            + p.hcc_decompensated * failing
        )
        strikes = (self.hcc_month >= NEVER) & (luck.hcc < chance(hazard, years))
        self.put("hcc_month", month, may & strikes)
        cancer = self.hcc_month < NEVER
        rate = self.choose([cancer], [p.transplant_hcc_per_year], p.transplant_decompensated_per_year)
        limit = self.choose([cancer], [p.transplant_hcc_age], p.transplant_decompensated_age)
        hazard = np.maximum(failing, cancer) * rate * logistic(limit - self.age)
        strikes = may & (luck.transplant < chance(hazard, years))
        self.put("transplant_month", month, strikes)
        self.put("fibrosis", 0, strikes)

    def die(self, month: int, luck: SimpleNamespace) -> None:
        """Pass a month of the risk of death; causes compete in proportion to their hazards."""
        p = self.p
        x = (np.minimum(self.age, p.life_table_last_age) - p.life_table_centre_age) / p.life_table_age_scale
        men = p.life_table_men_0 + x * (
            p.life_table_men_1 + x * (p.life_table_men_2 + x * p.life_table_men_3)
        )
        women = p.life_table_women_0 + x * (
            p.life_table_women_1 + x * (p.life_table_women_2 + x * p.life_table_women_3)
        )
        near = np.maximum(1 - ((self.age - p.liver_share_age) / p.liver_share_years) ** 2, 0)
        modelled = np.where(self.sex > 0, p.liver_share_of_deaths_women, p.liver_share_of_deaths_men)
        background = np.exp(np.where(self.sex > 0, women, men)) * (1 - modelled * near**2)
        more_fat = p.cardiovascular_death_ratio_steatosis - 1
        more_scar = p.cardiovascular_death_ratio_scar - 1
        late_scar = np.clip(self.fibrosis - p.cardiovascular_late_scar, 0, 1)
        ratio = self.choose([self.ln_liver_fat >= p.ln_masld_threshold], [1 + more_fat], 1)
        ratio = ratio * (1 + more_scar * late_scar)
        mean_ratio = (1 + more_fat * p.cardiovascular_steatosis_share) * (
            1 + more_scar * p.cardiovascular_scar_share
        )
        vascular = background * p.cardiovascular_share_of_deaths * ratio / mean_ratio
        vascular = vascular * self.excess_of_diabetes(p.cardiovascular_death_ratio_diabetes)
        other = background * (1 - p.cardiovascular_share_of_deaths)
        other = other * self.excess_of_diabetes(p.other_death_ratio_diabetes)
        hepatic = self.liver_mortality(month)
        total = vascular + other + hepatic
        dies = self.active & (luck.death < chance(total, p.years_per_step))
        share = luck.cause * total
        cause = np.where(share < hepatic, 1, np.where(share < hepatic + vascular, 2, 3))
        self.put("death_month", month, dies)
        self.put("death_cause", cause, dies)

    def excess_of_diabetes(self, ratio: float) -> np.ndarray:
        """Return how many times the life table's deaths people have, with or without diabetes."""
        p = self.p
        grown = np.clip((self.age - p.adult_age) / p.diabetes_share_years, 0, 1)
        mean = 1 + (ratio - 1) * p.diabetes_share_of_old * grown
        return self.choose([self.has(self.diabetes_month) > 0], [ratio], 1) / mean

    def liver_mortality(self, month: int) -> np.ndarray:
        """Return the yearly mortality of liver disease."""
        p = self.p
        states = [self.transplant_month < NEVER, self.hcc_month < NEVER, self.decompensation_month < NEVER]
        since = np.select(states, [self.transplant_month, self.hcc_month, self.decompensation_month], 0)
        late, early, memory = (
            self.choose(states, [getattr(p, f"{state}_death_{what}") for state in LIVER_STATES], 1)
            for what in ("late_per_year", "early_per_year", "months")
        )
        is_at_risk = states[0] | states[1] | states[2]
        return is_at_risk * (late + early * np.exp(-np.maximum(0, month - since) / memory))

    def be_recognised(self, month: int, luck: SimpleNamespace) -> None:
        """Pass a month of usual care: diabetes and fatty livers are found, complications show."""
        p, years = self.p, self.p.years_per_step
        hazard = p.diabetes_recognition_per_year * self.has(self.diabetes_month)
        found = (self.diagnosed_diabetes_month >= NEVER) & (luck.diabetes_found < chance(hazard, years))
        self.put("diagnosed_diabetes_month", month, self.active & found)
        is_fatty = self.ln_liver_fat >= p.ln_masld_threshold
        hazard = self.choose([is_fatty], [p.masld_recognition_per_year])
        presents = (self.decompensation_month <= month) | (self.hcc_month <= month)
        found = (luck.masld_found < chance(hazard, years)) | presents
        unknown = self.diagnosed_masld_month >= NEVER
        self.put("diagnosed_masld_month", month, self.active & unknown & found)
        unknown = self.diagnosed_fibrosis_month >= NEVER
        self.put("diagnosed_fibrosis_month", month, self.active & unknown & presents)

    def weigh(self) -> None:
        """Add the month's cost and quality-adjusted time of those alive at its start."""
        p = self.p
        diabetes = self.has(self.diabetes_month)
        states = [
            self.transplant_month < NEVER,
            self.hcc_month < NEVER,
            self.decompensation_month < NEVER,
            self.fibrosis >= p.cirrhosis_stage,
        ]
        names = (*LIVER_STATES, "cirrhosis")
        loss = self.choose(states, [getattr(p, f"utility_loss_{state}") for state in names])
        cost = self.choose(states, [getattr(p, f"cost_{state}_usd_per_year") for state in names])
        norm = p.utility_norm + p.utility_women * self.sex - p.utility_per_year * (self.age - p.adult_age)
        loss = loss + p.utility_loss_diabetes * diabetes
        loss += p.utility_loss_per_bmi * np.maximum(0, self.bmi - p.utility_bmi_reference)
        cost = p.cost_background_usd_per_year + p.cost_diabetes_usd_per_year * diabetes + cost
        cost = cost * p.years_per_step + self.treatment_cost_usd_per_month * p.months_per_step
        self.put("qalys", self.qalys + np.clip(norm - loss, 0, 1) * p.years_per_step)
        self.put("cost_usd", self.cost_usd + cost)


def named(normals: np.ndarray, uniforms: np.ndarray) -> SimpleNamespace:
    """Return draws by name: normals (4, n) and uniforms (8, n)."""
    names = (*NORMALS, *UNIFORMS)
    return SimpleNamespace(**dict(zip(names, (*normals, *uniforms), strict=True)))
