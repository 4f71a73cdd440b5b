"""How well a test tells people apart, and how strongly a gene goes with a disease: what studies report.

Everything takes weights, because a published study saw another mix of people than the model grows.
Whoever was not measured (NaN) counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.cohort.weighted import weighted_quantiles
from simulator.validation.world import Estimate

MOST_NEWTON_STEPS = 40
SETTLED, LARGEST_LOGIT = 1e-9, 30.0
QUANTILE_STEP = 0.02
"""Half-width, in probability, over which the slope of a quantile is taken."""


def effective_number(weights: np.ndarray) -> float:
    """Return how many people of equal weight say as much as these."""
    total = float((weights**2).sum())
    return float(weights.sum()) ** 2 / total if total > 0 else 0.0


def weighted_mean(amounts: np.ndarray, weights: np.ndarray | None = None) -> Estimate:
    """Return the mean of what is known with its standard error; NaN where nobody counts."""
    values = np.asarray(amounts, float)
    known, w = _counted(values, weights)
    if effective_number(w) <= 1:
        return Estimate(float("nan"), float("nan"))
    centre = float(np.average(values[known], weights=w))
    variance = float(np.average((values[known] - centre) ** 2, weights=w))
    return Estimate(centre, float(np.sqrt(variance / (effective_number(w) - 1))))


def percent(
    happened: np.ndarray, among: np.ndarray | None = None, weights: np.ndarray | None = None
) -> Estimate:
    """Return the share (%) of those `among` for whom something holds."""
    chosen = np.ones(len(happened), bool) if among is None else among
    w = np.ones(int(chosen.sum())) if weights is None else np.asarray(weights, float)[chosen]
    n = effective_number(w)
    if n == 0:
        return Estimate(float("nan"), float("nan"))
    share = float(np.average(happened[chosen], weights=w))
    return Estimate(100 * share, 100 * float(np.sqrt(max(share * (1 - share), 0.25 / n) / n)))


def quantile(amounts: np.ndarray, probability: float, weights: np.ndarray | None = None) -> Estimate:
    """Return a quantile of what is known; its error comes from the slope of the quantiles around it."""
    values = np.asarray(amounts, float)
    known, w = _counted(values, weights)
    around = np.clip(probability + QUANTILE_STEP * np.array([-1, 0, 1]), 0, 1)
    low, middle, high = weighted_quantiles(values[known], w, around)
    slope = (high - low) / (around[2] - around[0])
    error = slope * np.sqrt(probability * (1 - probability) / effective_number(w))
    return Estimate(float(middle), float(error))


def _counted(values: np.ndarray, weights: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    w = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    known = ~np.isnan(values) & (w > 0)
    return known, w[known]


def auroc(marker: np.ndarray, diseased: np.ndarray, weights: np.ndarray | None = None) -> Estimate:
    """Return the area under the ROC curve of a marker that rises with disease (Hanley-McNeil error)."""
    values = np.asarray(marker, float)
    known, w = _counted(values, weights)
    values, ill = values[known], diseased[known]
    _, place = np.unique(values, return_inverse=True)
    healthy_at = np.bincount(place, w * ~ill)
    below = np.cumsum(healthy_at) - healthy_at / 2
    area = float((w * ill * below[place]).sum() / ((w * ill).sum() * (w * ~ill).sum()))
    n_ill, n_healthy = effective_number(w[ill]), effective_number(w[~ill])
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (n_ill - 1) * (one - area**2) + (n_healthy - 1) * (two - area**2)
    return Estimate(area, float(np.sqrt(variance / (n_ill * n_healthy))))


def sensitivity(positive: np.ndarray, diseased: np.ndarray, weights: np.ndarray | None = None) -> Estimate:
    """Return the share (%) of the diseased whose test is positive."""
    return percent(positive, diseased, weights)


def specificity(positive: np.ndarray, diseased: np.ndarray, weights: np.ndarray | None = None) -> Estimate:
    """Return the share (%) of those without the disease whose test is negative."""
    return percent(~positive, ~diseased, weights)


def correlation(first: np.ndarray, second: np.ndarray, weights: np.ndarray | None = None) -> Estimate:
    """Return the Pearson correlation of two measures."""
    both = np.asarray(first, float) + np.asarray(second, float)
    known, w = _counted(both, weights)
    table = np.cov(np.stack([first[known], second[known]]).astype(float), aweights=w)
    r = float(table[0, 1] / np.sqrt(table[0, 0] * table[1, 1]))
    return Estimate(r, (1 - r * r) / float(np.sqrt(effective_number(w) - 1)))


def within_person_cv(first: np.ndarray, second: np.ndarray) -> Estimate:
    """Return the coefficient of variation (%) within people of two readings of each, on the log scale."""
    squares = 0.5 * np.log(np.asarray(first, float) / np.asarray(second, float)) ** 2
    variance = weighted_mean(squares)
    slope = np.exp(variance.value) / (2 * np.sqrt(np.expm1(variance.value)))
    return Estimate(
        100 * float(np.sqrt(np.expm1(variance.value))), 100 * float(slope * variance.standard_error)
    )


def mixed_to(groups: np.ndarray, mix: Mapping[int, float]) -> np.ndarray:
    """Return weights under which `groups` have the published mix; groups outside it weigh nothing.

    Parameters
    ----------
    groups : (n,), for instance the stage read on a biopsy.
    mix : share of each group, in any unit.

    Returns
    -------
    (n,) weights with mean 1 over those who count.
    """
    weights = np.zeros(len(groups))
    for group, share in mix.items():
        members = groups == group
        weights[members] = share / max(int(members.sum()), 1)
    return weights * (weights > 0).sum() / max(weights.sum(), np.finfo(float).tiny)


def like_published(
    columns: Sequence[np.ndarray], means: Sequence[float], weights: np.ndarray | None = None
) -> np.ndarray:
    """Return weights under which columns have published means, as near to the given weights as can be.

    The weights are exponential in the columns (entropy balancing, Hainmueller 2012). A column in which
    people do not differ is left as it is.

    Parameters
    ----------
    columns : what is published, each (n,) and known of everybody.
    means : the published mean of each.
    weights : (n,) to start from; everybody alike when None.

    Returns
    -------
    (n,) weights with the sum of those given.

    Raises
    ------
    ValueError : when no weights give these means, as where nobody has so high a value.
    """
    start = np.ones(len(columns[0])) if weights is None else np.asarray(weights, float)
    table = np.stack([np.asarray(column, float) for column in columns], axis=1)
    spread = table[start > 0].std(axis=0)
    differ = spread > 0
    away = (table[:, differ] - np.asarray(means, float)[differ]) / spread[differ]
    tilt = np.zeros(away.shape[1])
    for _ in range(MOST_NEWTON_STEPS):
        share = start * np.exp(np.clip(away @ tilt, -LARGEST_LOGIT, LARGEST_LOGIT))
        share /= share.sum()
        gap = share @ away
        if np.abs(gap).max(initial=0.0) < SETTLED:
            return share * start.sum()
        spreads = (away * share[:, None]).T @ away - np.outer(gap, gap)
        tilt -= np.linalg.pinv(spreads, hermitian=True) @ gap
    raise ValueError(f"no weights give means of {', '.join(f'{mean:g}' for mean in means)}")


def logistic_odds_ratio(
    case: np.ndarray,
    exposure: np.ndarray,
    adjusted_for: Sequence[np.ndarray] = (),
    weights: np.ndarray | None = None,
) -> Estimate:
    """Return the odds ratio of `case` for one unit of `exposure` from a logistic regression.

    Parameters
    ----------
    case : bool (n,).
    exposure : (n,), for instance the number of alleles.
    adjusted_for : further columns, each (n,).
    weights : (n,); everybody alike when None.

    Returns
    -------
    The ratio with its standard error on the ratio scale; NaN without a case or a control.
    """
    w = np.ones(len(case)) if weights is None else np.asarray(weights, float)
    design = np.stack([np.ones(len(case)), exposure, *adjusted_for], axis=1).astype(float)
    share = float(np.average(case, weights=w))
    if not 0 < share < 1:
        return Estimate(float("nan"), float("nan"))
    slopes = np.zeros(design.shape[1])
    slopes[0] = np.log(share / (1 - share))
    for _ in range(MOST_NEWTON_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(design @ slopes, -LARGEST_LOGIT, LARGEST_LOGIT)))
        information = design.T @ (design * (w * expected * (1 - expected))[:, None])
        bread = np.linalg.pinv(information, hermitian=True)
        step = bread @ (design.T @ (w * (case - expected)))
        slopes += step
        if np.abs(step).max() < SETTLED:
            break
    spread = design.T @ (design * ((w * (case - expected)) ** 2)[:, None])
    ratio = float(np.exp(np.clip(slopes[1], -LARGEST_LOGIT, LARGEST_LOGIT)))
    return Estimate(ratio, ratio * float(np.sqrt((bread @ spread @ bread)[1, 1])))
