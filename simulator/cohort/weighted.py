"""Statistics of a weighted sample: quantiles, rank correlations, slopes and their standard errors.

Survey values are rounded (ALT to 1 U/L, HbA1c to 0.1 %) and simulated ones are not. Quantiles and
ranks are therefore mid-distribution ones: a value stands at the middle of the weight it carries,
so rounding neither shifts nor steps them.
"""

from __future__ import annotations

import numpy as np


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return quantiles of a weighted sample.

    Each distinct value is placed at the weight below it plus half its own, as a share of all
    weight, and quantiles are interpolated linearly between these points. With equal weights and
    no ties this is Hazen's definition.

    Parameters
    ----------
    values : shape (n,), finite.
    weights : shape (n,), not negative.
    probabilities : between 0 and 1.

    Returns
    -------
    Quantiles in the unit of `values`; NaN when there is no weight at all.
    """
    values, weights = values[weights > 0], weights[weights > 0]
    if values.size == 0:
        return np.full(np.shape(probabilities), np.nan)
    distinct, position = np.unique(values, return_inverse=True)
    carried = np.bincount(position, weights)
    middle = (np.cumsum(carried) - carried / 2) / carried.sum()
    return np.interp(probabilities, middle, distinct)


def weighted_share(condition: np.ndarray, weights: np.ndarray) -> float:
    """Return the share (0..1) of the weight that belongs to `condition`; NaN without weight."""
    total = weights.sum()
    return float(weights[condition].sum() / total) if total > 0 else np.nan


def weighted_rank_correlation(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted Spearman correlation of two columns, between -1 and 1.

    Ranks are cumulative weights with ties at their middle; the correlation is the weighted
    Pearson correlation of these ranks. NaN when a column does not vary or nothing has weight.
    """
    if weights.sum() <= 0:
        return np.nan
    ranks = [_mid_ranks(column, weights) for column in (first, second)]
    centred = [rank - np.average(rank, weights=weights) for rank in ranks]
    spread = np.sqrt(np.prod([(weights * rank * rank).sum() for rank in centred]))
    return float((weights * centred[0] * centred[1]).sum() / spread) if spread > 0 else np.nan


def weighted_slope(
    outcome: np.ndarray, exposure: np.ndarray, others: np.ndarray, weights: np.ndarray
) -> float:
    """Return the slope of an outcome on an exposure at equal values of others, by weighted least squares.

    Parameters
    ----------
    outcome, exposure, weights : shape (n,), finite.
    others : what is held equal, shape (columns, n).

    Returns
    -------
    Units of the outcome per unit of the exposure; NaN when nobody carries weight.
    """
    if not np.any(weights > 0):
        return float("nan")
    design = np.stack([exposure, np.ones(len(exposure)), *others], axis=1)
    root = np.sqrt(weights)
    return float(np.linalg.lstsq(design * root[:, None], outcome * root, rcond=None)[0][0])


def _mid_ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    _, position = np.unique(values, return_inverse=True)
    carried = np.bincount(position, weights)
    return (np.cumsum(carried) - carried / 2)[position]


def jackknife_factors(stratum: np.ndarray, psu: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the replicate weights of a stratified delete-one-cluster jackknife.

    Each replicate leaves out one primary sampling unit and gives its weight to the others of the
    same stratum, so clustering and stratification both enter the standard error.

    Parameters
    ----------
    stratum, psu : shape (n,), codes of the stratum and of the sampling unit within it.

    Returns
    -------
    Factors of shape (replicates, n) that multiply the weights, and coefficients of shape
    (replicates,) that multiply the squared departures of the replicates' estimates.
    """
    factors, coefficients = [], []
    for one_stratum in np.unique(stratum):
        inside = stratum == one_stratum
        units = np.unique(psu[inside])
        for unit in units if units.size > 1 else ():
            left_out = inside & (psu == unit)
            factors.append(np.where(left_out, 0.0, np.where(inside, units.size / (units.size - 1), 1.0)))
            coefficients.append((units.size - 1) / units.size)
    return np.array(factors), np.array(coefficients)


def jackknife_standard_error(
    estimate: np.ndarray, replicates: np.ndarray, coefficients: np.ndarray
) -> np.ndarray:
    """Return standard errors of `estimate` (shape (k,)) from `replicates` (shape (replicates, k))."""
    return np.sqrt((coefficients[:, None] * (replicates - estimate) ** 2).sum(axis=0))
