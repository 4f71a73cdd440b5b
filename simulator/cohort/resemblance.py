"""Who resembles whom: the donors nearest to each person of a cohort.

Sex agrees exactly, and ethnicity where it was given. Among donors of about the same age the
distance is the root of the weighted mean of squared differences over age and everything
that was measured, each in standard deviations; what is skewed is compared on a log scale. What a
test showed is compared with what the same test showed in the donor, so noise is treated alike on
both sides and the donor's truth is a draw of what may lie behind such a measurement.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from simulator.base.jit import kernel, routine
from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.patient.derived import CODE, values

NEAREST = 5
"""Donors kept for each person; luck chooses among them, so what is imputed stays uncertain."""

AGE_WINDOW_YEARS = 3.0
FEWEST_CANDIDATES = 300
"""Donors within the window of age are compared, and more on both sides where they are fewer."""

FEWEST_OF_GROUP = 200
"""A group with fewer donors of a sex is matched among all donors of that sex."""

ROUNDED = 6
"""Decimals (SD) kept, so that machines whose libraries differ in the last bit find the same donors."""

STRANGERS = np.float32(2.0)
"""Mean squared difference of two strangers (SD^2): counted where a donor's test failed."""

_TABLE = """
age_years | plain | 5 | 2
bmi | log | sd | 2
pnpla3_g | plain | 1 | 2
tm6sf2_t | plain | 1 | 2
hsd17b13_ta | plain | 1 | 1
usual_activity_met_min_per_week | log1p | sd | 0.5
usual_diet_quality | plain | sd | 0.5
usual_sleep_hours | plain | sd | 0.5
usual_stress_z | plain | sd | 0.5
social_connectedness_z | plain | sd | 0.5
alcohol_g_per_day | log1p | sd | 0.5
observed_fasting_glucose_mmol_l | log_above_3 | sd | 1
observed_fasting_insulin_miu_l | log | sd | 1
observed_homa_ir | log | sd | 1
observed_hba1c_percent | log_above_3 | sd | 3
observed_alt_u_l | log | sd | 1
observed_ast_u_l | log | sd | 0.5
observed_platelets_10e9_l | log | sd | 0.5
observed_albumin_g_l | plain | sd | 0.25
observed_fib4 | log | sd | 0.5
observed_nfs | plain | sd | 0.5
observed_cap_db_per_m | plain | sd | 1
observed_lsm_kpa | log | sd | 2
observed_ultrasound_steatosis | plain | 1 | 1
diagnosed_diabetes | plain | 1 | 100
diagnosed_masld | plain | 1 | 1
diagnosed_fibrosis | plain | 1 | 1
has_diabetes | plain | 1 | 100
liver_fat_percent | log | sd | 3
fibrosis_stage | plain | 1 | 4
has_decompensation | plain | 1 | 1
has_hcc | plain | 1 | 1
"""
"""Column, scale, what counts as one standard deviation (`sd`: as found among donors), weight.

Weights are choices: two for what the laws start from (age, weight, genes) and for stiffness, three for HbA1c,
which tells who has diabetes, less for habits and for tests that say little beyond others, and a weight that
settles the match where diabetes, liver fat or scar is known. With them a grown cohort stripped to age, sex,
BMI, HbA1c, ALT and stiffness gets the rest back with its joint distribution.
"""

_SCALES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": np.asarray,
    "log": lambda x: np.log(np.maximum(x, 1e-3)),
    "log1p": np.log1p,
    "log_above_3": lambda x: np.log(np.maximum(x - 3, 0.1)),
}


@dataclass(frozen=True)
class Feature:
    """Something two people may resemble each other in: its column, scale, unit (0 for SD) and weight."""

    name: str
    scale: str
    unit: float
    weight: float

    def scaled(self, given: np.ndarray) -> np.ndarray:
        """Return values on the scale of comparison, in natural units of it."""
        return _SCALES[self.scale](np.asarray(given, float))


def _features() -> tuple[Feature, ...]:
    rows = [[part.strip() for part in line.split("|")] for line in _TABLE.strip().splitlines()]
    return tuple(Feature(n, s, 0.0 if unit == "sd" else float(unit), float(w)) for n, s, unit, w in rows)


FEATURES = _features()


@routine
def enter(found: np.ndarray, distance: np.ndarray, donor: int, square: np.float32) -> None:
    """Put a donor into a list kept in order of distance, letting the last one go."""
    place = len(found) - 1
    while place > 0 and square < distance[place - 1]:
        found[place], distance[place] = found[place - 1], distance[place - 1]
        place -= 1
    found[place], distance[place] = donor, square


@kernel
def find_nearest(
    wanted: np.ndarray,
    age: np.ndarray,
    donors: np.ndarray,
    donor_age: np.ndarray,
    weights: np.ndarray,
    window: float,
    fewest: int,
    found: np.ndarray,
    distance: np.ndarray,
) -> None:
    """Write the nearest donors of people.

    Parameters
    ----------
    wanted : float32 (n, features), NaN where not measured.
    age : float64 (n,), years.
    donors : float32 (donors, features), in the order of `donor_age`, which rises.
    weights : float32 (features,).
    window, fewest : half-width in years, and the fewest donors to compare.
    found : int32 (n, k), positions of the nearest donors, nearest first; -1 where there are too few.
    distance : float32 (n, k), root weighted mean square difference (SD).
    """
    n_donors, k = len(donor_age), found.shape[1]
    measured = np.empty(wanted.shape[1], np.int64)
    for i in range(len(age)):
        m, total = 0, np.float32(0)
        for feature in range(wanted.shape[1]):
            if not np.isnan(wanted[i, feature]):
                measured[m] = feature
                m, total = m + 1, total + weights[feature]
        first = np.searchsorted(donor_age, age[i] - window)
        last = np.searchsorted(donor_age, age[i] + window)
        while last - first < min(fewest, n_donors):
            below = age[i] - donor_age[first - 1] if first > 0 else np.inf
            above = donor_age[last] - age[i] if last < n_donors else np.inf
            if below < above:
                first -= 1
            else:
                last += 1
        found[i], distance[i] = -1, np.inf
        for donor in range(first, last):
            square = np.float32(0)
            for position in range(m):
                feature = measured[position]
                gap = wanted[i, feature] - donors[donor, feature]
                square += weights[feature] * (STRANGERS if np.isnan(gap) else gap * gap)
                if square >= distance[i, k - 1]:
                    break
            if square < distance[i, k - 1]:
                enter(found[i], distance[i], donor, square)
        distance[i] = np.sqrt(distance[i] / total)


def nearest(
    cohort: dict[str, np.ndarray], donors: People, record: np.record
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest donors of each person.

    Parameters
    ----------
    cohort : float64 (n,) by column, NaN where not measured; `age_years` and `sex` of everybody.
    donors : examined people at the start of the run.
    record : the parameter record.

    Returns
    -------
    Positions among the donors, int32 (n, NEAREST), and distances in SD, float32 (n, NEAREST).
    """
    used = [f for f in FEATURES if f.name in cohort and np.isfinite(cohort[f.name]).any()]
    wanted, offered = _standardised(used, cohort, donors, record)
    weights = np.array([f.weight for f in used], np.float32)
    age = values(record, donors.state, CODE["age_years"], 0).astype(float)
    n = len(wanted)
    found, distance = np.zeros((n, NEAREST), np.int32), np.zeros((n, NEAREST), np.float32)

    def work(group: tuple[np.ndarray, np.ndarray]) -> None:
        rows, pool = group
        pool = pool[np.argsort(age[pool], kind="stable")]
        near, far = np.zeros((len(rows), NEAREST), np.int32), np.zeros((len(rows), NEAREST), np.float32)
        find_nearest(
            wanted[rows], cohort["age_years"][rows], offered[pool], age[pool], weights,
            AGE_WINDOW_YEARS, FEWEST_CANDIDATES, near, far,
        )  # fmt: skip
        near = np.where(near < 0, near[:, :1], near)
        found[rows], distance[rows] = pool[near], np.where(np.isfinite(far), far, far[:, :1])

    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        list(threads.map(work, _groups(cohort, donors)))
    return found, distance


def _standardised(
    used: list[Feature], cohort: dict[str, np.ndarray], donors: People, record: np.record
) -> tuple[np.ndarray, np.ndarray]:
    """Return features of people and of donors in SD, float32 (n, features) each."""
    of_people, of_donors = [], []
    for feature in used:
        theirs = feature.scaled(values(record, donors.state, CODE[feature.name], 0))
        unit = feature.unit or _spread(theirs)
        of_people.append(feature.scaled(cohort[feature.name]) / unit)
        of_donors.append(theirs / unit)
    parts = (np.round(np.stack(part, axis=1), ROUNDED) for part in (of_people, of_donors))
    people, others = (part.astype(np.float32) for part in parts)
    return people, others


def _spread(x: np.ndarray) -> float:
    """Return a standard deviation that outliers do not move: half the width of the middle 68 %."""
    low, high = np.nanpercentile(x, (16, 84))
    return float(max((high - low) / 2, 1e-6))


def _groups(cohort: dict[str, np.ndarray], donors: People) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return people and the donors they are compared with: the same sex, and the same group if given."""
    ethnicity = cohort.get("ethnicity", np.full(len(cohort["sex"]), np.nan))
    groups: list[tuple[np.ndarray, np.ndarray]] = []
    for sex in range(len(c.SEXES)):
        of_sex = donors.state[c.SEX] == sex
        for group in (*range(len(c.ETHNICITIES)), None):
            is_group = np.isnan(ethnicity) if group is None else ethnicity == group
            rows = np.flatnonzero((cohort["sex"] == sex) & is_group)
            pool = np.flatnonzero(of_sex & (donors.state[c.ETHNICITY] == (-1 if group is None else group)))
            if len(pool) < FEWEST_OF_GROUP:
                pool = np.flatnonzero(of_sex)
            for part in np.array_split(rows, max(1, len(rows) // 4096)):
                if len(part):
                    groups.append((part, pool))
    return groups
