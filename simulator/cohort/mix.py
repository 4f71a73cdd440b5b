"""The mix of a cohort: a profile with the sexes, groups and ages of a user's own people.

Donors are grown from it, so that wherever the cohort has people there are donors to resemble them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.cohort.grown import ADULT_AGE_MONTHS
from simulator.cohort.profile import MONTHS_PER_YEAR, Profile

SMOOTHED_MONTHS = 24
"""Each person stands for the ages within two years, as files mostly hold completed years."""

EVEN_SHARE = 0.2
"""Share of donors dealt out evenly, so that a small group of the cohort has donors too."""


def profile_of(profile: Profile, age_years: np.ndarray, sex: np.ndarray, ethnicity: np.ndarray) -> Profile:
    """Return a profile with a cohort's own mix.

    Parameters
    ----------
    profile : fills in ethnicity where it was not given, by its share at that sex and age, and bounds ages.
    age_years, sex, ethnicity : float64 (n,), codes for the last two; ethnicity NaN where not given.
    """
    cells = _cells(profile)
    n_months = cells.shape[2]
    month = np.clip(np.round(age_years * MONTHS_PER_YEAR) - ADULT_AGE_MONTHS, 0, n_months - 1).astype(int)
    of_sex, is_given = sex.astype(int), np.isfinite(ethnicity)
    counts, ungiven = np.zeros(cells.shape), np.zeros(cells.shape[1:])
    np.add.at(counts, (ethnicity[is_given].astype(int), of_sex[is_given], month[is_given]), 1)
    np.add.at(ungiven, (of_sex[~is_given], month[~is_given]), 1)
    counts += ungiven * cells / cells.sum(axis=0)
    window = np.ones(2 * SMOOTHED_MONTHS + 1) / (2 * SMOOTHED_MONTHS + 1)
    ages = np.apply_along_axis(np.convolve, 2, counts, window, "same")
    shares = ages.sum(axis=2) / ages.sum()
    is_present = shares > 0
    shares = (1 - EVEN_SHARE) * shares + EVEN_SHARE * is_present / is_present.sum()
    groups = shares.sum(axis=1)
    ages[~is_present] = 1
    return replace(
        profile,
        ethnicity=np.cumsum(groups / groups.sum()),
        women=shares[:, 1] / np.where(groups > 0, groups, 1),
        age=np.cumsum(ages, axis=2) / ages.sum(axis=2, keepdims=True),
    )


def oldest_years(profile: Profile) -> float:
    """Return the greatest age of a profile (years)."""
    return (ADULT_AGE_MONTHS + profile.age.shape[2]) / MONTHS_PER_YEAR


def _cells(profile: Profile) -> np.ndarray:
    """Return the share of each (group, sex, month of age since 18)."""
    groups = np.diff(profile.ethnicity, prepend=0.0)
    by_sex = groups[:, None] * np.stack([1 - profile.women, profile.women], axis=1)
    return by_sex[:, :, None] * np.diff(profile.age, axis=2, prepend=0.0)
