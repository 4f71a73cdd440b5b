"""95 % intervals: Wilson's for shares of people, the delete-a-group jackknife for all else.

People are dealt into groups. A statistic is computed again with each group left out, and the
spread of those values gives its standard error. Groups hold the same people in every strategy,
so the difference between two strategies, left out group by group, keeps their pairing.

Sources: Wilson 1927 (J Am Stat Assoc 22:209); Newcombe 1998 (Stat Med 17:873), method 10;
Busing, Meijer and van der Leeden 1999 (Stat Comput 9:3) for groups of unequal size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

COVERAGE = 0.95
FEWEST_GROUPS = 3
"""With fewer groups than this a spread says nothing, and the interval is nan."""

_DUST = 1e-12
"""Spread, relative to the size of the figures, below which it is rounding."""


@dataclass(frozen=True)
class Estimate:
    """A statistic, and the same statistic with each group left out.

    Attributes
    ----------
    value : shape (...); nan where the denominator is empty.
    left_out : shape (..., groups).
    """

    value: np.ndarray
    left_out: np.ndarray

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(self.value - other.value, self.left_out - other.left_out)

    def __mul__(self, factor: float) -> Estimate:
        return Estimate(self.value * factor, self.left_out * factor)


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> Estimate:
    """Return the ratio of two sums over groups (last axis), whole and with each group left out."""
    top, bottom = numerator.sum(axis=-1), denominator.sum(axis=-1)
    left_out = _divide(top[..., None] - numerator, bottom[..., None] - denominator)
    return Estimate(_divide(top, bottom), left_out)


def covariance(first: Estimate, second: Estimate, sizes: np.ndarray) -> np.ndarray:
    """Return the jackknife covariance of two estimates.

    Parameters
    ----------
    sizes : people per group, shape broadcastable to (..., groups); empty groups do not count.

    Returns
    -------
    Shape (...). nan with fewer than three filled groups, or where an estimate cannot be computed
    without some filled group.
    """
    n_groups = np.broadcast_to(np.asarray(sizes) > 0, first.left_out.shape).sum(axis=-1)
    total = _divide((_distances(first, sizes) * _distances(second, sizes)).sum(axis=-1), n_groups)
    return np.where(n_groups >= FEWEST_GROUPS, total, np.nan)


def scatter(estimate: Estimate, sizes: np.ndarray) -> np.ndarray:
    """Return one point per group around the value, spread as the estimate itself is.

    The mean square distance of the points of filled groups from the value is the variance of the
    estimate, and the mean product of two scatters' distances their covariance. Empty groups lie on
    the value.

    Returns
    -------
    Shape (..., groups).
    """
    return estimate.value[..., None] + _distances(estimate, sizes)


def _distances(estimate: Estimate, sizes: np.ndarray) -> np.ndarray:
    """Return each group's pseudo-value less their weighted mean, scaled to the spread of the whole."""
    sizes = np.broadcast_to(sizes, estimate.left_out.shape).astype(np.float64)
    filled = sizes > 0
    whole = sizes.sum(axis=-1, keepdims=True)
    # how many times the group's size the whole is: h in Busing et al.
    times = np.divide(whole, sizes, out=np.ones(sizes.shape), where=filled)
    # pseudo-values less the value of the whole, so that equal figures cancel without rounding
    pseudo = (times - 1) * np.where(filled, estimate.value[..., None] - estimate.left_out, 0.0)
    mean = np.sum(pseudo / times, axis=-1, keepdims=True)
    return np.divide(pseudo - mean, np.sqrt(times - 1), out=np.zeros(sizes.shape), where=filled & (times > 1))


def interval(estimate: Estimate, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high ends: estimate -+ Student t times the jackknife standard error."""
    half = margin(estimate, sizes)
    return estimate.value - half, estimate.value + half


def margin(estimate: Estimate, sizes: np.ndarray) -> np.ndarray:
    """Return half the width of the jackknife interval, shape of the estimate."""
    filled = np.broadcast_to(np.asarray(sizes) > 0, estimate.left_out.shape)
    return student_t_quantile(filled.sum(axis=-1) - 1) * np.sqrt(covariance(estimate, estimate, sizes))


def paired_difference(
    first: tuple[np.ndarray, np.ndarray],
    second: tuple[np.ndarray, np.ndarray],
    sizes: np.ndarray,
    is_proportion: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the difference of two ratios over the same groups of people, with its interval.

    An interval has no width where every group is the same in both. Where the groups differ and the
    jackknife still sees no spread, a difference of shares falls back to Newcombe's interval, which
    ignores the pairing and so is too wide rather than too narrow; a difference of exactly zero
    between other ratios gets no interval.

    Parameters
    ----------
    first, second : numerators and denominators by group, each of shape (..., groups).
    sizes : people who started in each group.
    is_proportion : whether numerators count some of the people in the denominators.

    Returns
    -------
    Difference (first less second), low, high.
    """
    estimates = ratio(*first), ratio(*second)
    difference = estimates[0] - estimates[1]
    half = margin(difference, sizes)
    low, high = difference.value - half, difference.value + half
    same = np.all((first[0] == second[0]) & (first[1] == second[1]), axis=-1)
    unseen = ~same & (half <= _DUST * (np.abs(estimates[0].value) + np.abs(estimates[1].value)))
    if is_proportion:
        wide = newcombe(*(part.sum(axis=-1) for part in (*first, *second)))
    else:
        hidden = np.where(difference.value == 0, np.nan, 0.0)
        wide = difference.value + hidden, difference.value + hidden
    return difference.value, np.where(unseen, wide[0], low), np.where(unseen, wide[1], high)


def wilson(events: np.ndarray, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's score interval of a share of independent people; nan without people."""
    events, people = np.asarray(events, dtype=np.float64), np.asarray(people, dtype=np.float64)
    z = NormalDist().inv_cdf((1 + COVERAGE) / 2)
    share = _divide(events, people)
    scale = _divide(np.ones_like(people), 1 + _divide(z * z, people))
    centre = scale * (share + _divide(z * z, 2 * people))
    half = scale * z * np.sqrt(_divide(share * (1 - share), people) + _divide(z * z, 4 * people * people))
    low = np.where(events == 0, 0.0 * share, np.clip(centre - half, 0.0, share))
    high = np.where(events == people, share, np.clip(centre + half, share, 1.0))
    return low, high


def newcombe(
    events: np.ndarray, people: np.ndarray, other_events: np.ndarray, other_people: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return Newcombe's score interval of the difference of two shares, ignoring any pairing."""
    share, other = _divide(events, people), _divide(other_events, other_people)
    (low, high), (other_low, other_high) = wilson(events, people), wilson(other_events, other_people)
    below = np.hypot(share - low, other_high - other)
    above = np.hypot(high - share, other - other_low)
    return share - other - below, share - other + above


def student_t_quantile(degrees: np.ndarray | int) -> np.ndarray:
    """Return the 97.5 % quantile of Student's t for whole degrees of freedom, nan below 1."""
    values, positions = np.unique(degrees, return_inverse=True)
    quantiles = np.array([_student_t_quantile(int(value)) for value in values])
    return quantiles[positions].reshape(np.shape(degrees))


@lru_cache(maxsize=256)
def _student_t_quantile(degrees: int) -> float:
    if degrees < 1:
        return math.nan
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _central_share(middle, degrees) > COVERAGE else (middle, high)
    return math.sqrt(degrees) * math.tan((low + high) / 2)


def _central_share(angle: float, degrees: int) -> float:
    """Return P(|T| < sqrt(degrees) tan(angle)), a finite sum (Abramowitz and Stegun 26.7.3-4)."""
    odd = degrees % 2
    cosine = math.cos(angle)
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for power in range(odd, degrees - 1, 2):
        total += term
        term *= cosine * cosine * (power + 1) / (power + 2)
    if odd:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total


def _divide(top: np.ndarray | float, bottom: np.ndarray) -> np.ndarray:
    """Divide, nan where the denominator is zero."""
    top, bottom = np.broadcast_arrays(np.asarray(top, np.float64), np.asarray(bottom, np.float64))
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)
