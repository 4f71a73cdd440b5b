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
"""Share of donors dealt out evenly over groups compared apart, so that a few people have donors too."""


def profile_of(profile: Profile, age_years: np.ndarray, sex: np.ndarray, ethnicity: np.ndarray) -> Profile:
    """Return a profile with a cohort's own mix.

    Parameters
    ----------
    profile : gives the groups their proportions at each sex and age where they were not given.
    age_years, sex : float64 (n,), years and code; ages beyond the profile's count as its oldest.
    ethnicity : float64 (n,), codes, or NaN of everybody.
    """
    cells = _cells(profile)
    month = np.clip(np.round(age_years * MONTHS_PER_YEAR) - ADULT_AGE_MONTHS, 0, cells.shape[2] - 1).astype(
        int
    )
    window = np.ones(2 * SMOOTHED_MONTHS + 1) / (2 * SMOOTHED_MONTHS + 1)
    is_given = bool(np.isfinite(ethnicity).all())
    counts = np.zeros(cells.shape)
    if is_given:
        np.add.at(counts, (ethnicity.astype(int), sex.astype(int), month), 1)
    else:
        by_sex = np.zeros(cells.shape[1:])
        np.add.at(by_sex, (sex.astype(int), month), 1)
        counts += by_sex * cells / cells.sum(axis=0)
    ages = np.apply_along_axis(np.convolve, 2, counts, window, "same")
    shares = ages.sum(axis=2) / ages.sum()
    compared = shares if is_given else shares.sum(axis=0)
    evenly = (compared > 0) / (compared > 0).sum() / np.where(compared > 0, compared, 1)
    shares = shares * ((1 - EVEN_SHARE) + EVEN_SHARE * evenly)
    groups = shares.sum(axis=1)
    ages[shares == 0] = 1
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
