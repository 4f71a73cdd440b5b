"""Costs against health: incremental cost-effectiveness, dominance, net monetary benefit.

Costs and QALYs per person are discounted from the middle of the year in which they fall.
Strategies that cost more for no more health are dominated; those that a mixture of two others
beats are dominated by extension; each of the rest is held against the next cheaper one of them.
Net monetary benefit is QALYs times the willingness to pay, less cost.

Sources: Drummond et al. 2015 (Methods for the Economic Evaluation of Health Care Programmes,
4th ed., ch. 4); Willan and O'Brien 1996 (Health Econ 5:297) for Fieller's interval of an ICER.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulator.analysis.intervals import (
    COVERAGE,
    Estimate,
    covariance,
    interval,
    ratio,
    scatter,
    student_t_quantile,
)
from simulator.analysis.outcomes import OUTCOMES, Tally, denominator, numerator, tallies
from simulator.analysis.tables import COLUMNS, frame

if TYPE_CHECKING:
    from simulator.engine.recorder import Record

FRONTIER = "on the frontier"
DOMINATED = "dominated"
EXTENDED = "dominated by extension"
SAME = "same as another"
"""What a strategy can be: the last has the very cost and QALYs of one listed before it."""

ELLIPSE_POINTS = 73


@dataclass(frozen=True)
class Place:
    """Where a strategy stands among all.

    Attributes
    ----------
    standing : FRONTIER, DOMINATED, EXTENDED or SAME.
    versus : position of the next cheaper strategy on the frontier; None off it and for the cheapest.
    icer : extra cost per extra QALY against `versus`; nan without one.
    """

    standing: str
    versus: int | None = None
    icer: float = np.nan


def frontier(costs: Sequence[float], qalys: Sequence[float]) -> list[Place]:
    """Return the standing of every strategy, in the order given.

    Parameters
    ----------
    costs, qalys : per person, one of each per strategy.
    """
    order = sorted(range(len(costs)), key=lambda one: (costs[one], -qalys[one], one))
    places = [Place(DOMINATED)] * len(order)
    efficient: list[int] = []
    for one in order:
        if not efficient or qalys[one] > qalys[efficient[-1]]:
            efficient.append(one)
        elif any(costs[one] == costs[other] and qalys[one] == qalys[other] for other in efficient):
            places[one] = Place(SAME)

    def slope(cheaper: int, dearer: int) -> float:
        return (costs[dearer] - costs[cheaper]) / (qalys[dearer] - qalys[cheaper])

    kept: list[int] = []
    for one in efficient:
        while len(kept) > 1 and slope(kept[-2], kept[-1]) > slope(kept[-1], one):
            places[kept.pop()] = Place(EXTENDED)
        kept.append(one)
    places[kept[0]] = Place(FRONTIER)
    for cheaper, one in pairwise(kept):
        places[one] = Place(FRONTIER, cheaper, slope(cheaper, one))
    return places


def icer(cost: Estimate, qaly: Estimate, sizes: np.ndarray) -> tuple[float, float, float]:
    """Return a ratio of differences in cost and QALYs with Fieller's interval, scalars.

    Returns
    -------
    Value, low, high. With fewer QALYs at less cost the value is what is saved per QALY given up.
    It is nan where one strategy is no dearer and no worse than the other, for the ratio then says
    nothing. The interval is nan where the difference in QALYs may be zero, for it then has no ends.
    """
    if not cost.value * qaly.value > 0:
        return np.nan, np.nan, np.nan
    squared_t = student_t_quantile(int(np.count_nonzero(sizes)) - 1) ** 2
    spread = [covariance(*pair, sizes) * squared_t for pair in ((qaly, qaly), (qaly, cost), (cost, cost))]
    a = qaly.value**2 - spread[0]
    b = qaly.value * cost.value - spread[1]
    c = cost.value**2 - spread[2]
    value = float(cost.value / qaly.value)
    if not (a > 0 and b * b >= a * c):
        return value, np.nan, np.nan
    half = np.sqrt(b * b - a * c)
    return value, float((b - half) / a), float((b + half) / a)


def cost_effectiveness(
    records: Mapping[str, Record],
    comparator: str,
    discount_rate_per_year: float,
    willingness_to_pay_per_qaly: float,
) -> pd.DataFrame:
    """Return the table `economics`, cheapest strategy first, over the whole horizon.

    `icer_usd_per_qaly` is against `versus`, the next cheaper strategy on the frontier; columns with
    `difference`, `comparator_icer` and `inmb` are against the comparator, paired by person.

    Raises
    ------
    RunFailed
        If two strategies did not start with the same people.
    """
    all_sums = tallies(records)
    totals = {name: _totals(sums, discount_rate_per_year) for name, sums in all_sums.items()}
    names = list(totals)
    sizes = all_sums[comparator].sizes[0]
    people = int(sizes.sum())
    places = frontier(*([float(totals[name][kind].value) for name in names] for kind in (0, 1)))
    rows = []
    for name, place in zip(names, places, strict=True):
        cost, qaly = totals[name]
        versus = "" if place.versus is None else names[place.versus]
        more_cost, more_qaly = cost - totals[comparator][0], qaly - totals[comparator][1]
        benefit = qaly * willingness_to_pay_per_qaly - cost
        row: dict[str, Any] = {"strategy": name, "standing": place.standing, "n": people, "versus": versus}
        row |= {"comparator": comparator, "willingness_to_pay_usd_per_qaly": willingness_to_pay_per_qaly}
        row |= _with_ends("cost_usd", cost, sizes) | _with_ends("qalys", qaly, sizes)
        row |= _with_ends("cost_difference_usd", more_cost, sizes)
        row |= _with_ends("qaly_difference", more_qaly, sizes) | _with_ends("nmb_usd", benefit, sizes)
        row |= _with_ends("inmb_usd", more_qaly * willingness_to_pay_per_qaly - more_cost, sizes)
        row |= _ends("comparator_icer_usd_per_qaly", icer(more_cost, more_qaly, sizes))
        against = totals[versus] if versus else (cost, qaly)
        row |= _ends("icer_usd_per_qaly", icer(cost - against[0], qaly - against[1], sizes))
        rows.append(row)
    rows.sort(key=lambda row: row["cost_usd"])
    return frame("economics", [{column: row[column] for column in COLUMNS["economics"]} for row in rows])


def plane(
    records: Mapping[str, Record], comparator: str, discount_rate_per_year: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what a cost-effectiveness plane shows: estimates with a cloud, and 95 % ellipses.

    The cloud of a strategy has a point per filled group and spreads as the estimate of the mean
    does, not as groups do.

    Returns
    -------
    Points (strategy, group, qaly_difference, cost_difference_usd; group -1 is the estimate) and
    ellipses (strategy, qaly_difference, cost_difference_usd; closed curves, left out with fewer
    than three filled groups).
    """
    all_sums = tallies(records)
    totals = {name: _totals(sums, discount_rate_per_year) for name, sums in all_sums.items()}
    sizes = all_sums[comparator].sizes[0]
    points, ellipses = [], []
    for name in (name for name in totals if name != comparator):
        cost, qaly = (ours - usual for ours, usual in zip(totals[name], totals[comparator], strict=True))
        points.append(_points(name, cost, qaly, sizes))
        ellipses.append(_ellipse(name, cost, qaly, sizes))
    columns = ["strategy", "group", "qaly_difference", "cost_difference_usd"]
    empty = pd.DataFrame(columns=columns)
    return (
        pd.concat(points, ignore_index=True) if points else empty,
        pd.concat(ellipses, ignore_index=True) if ellipses else empty.drop(columns="group"),
    )


def _totals(sums: Tally, rate: float) -> tuple[Estimate, Estimate]:
    """Return discounted cost and QALYs per person over the horizon."""
    cost, qaly = (
        ratio(numerator(sums, OUTCOMES[name], rate)[-1, 0], denominator(sums, OUTCOMES[name])[-1, 0])
        for name in ("cost", "qaly")
    )
    return cost, qaly


def _with_ends(name: str, estimate: Estimate, sizes: np.ndarray) -> dict[str, float]:
    return _ends(name, (estimate.value, *interval(estimate, sizes)))


def _ends(name: str, values: Sequence[float | np.ndarray]) -> dict[str, float]:
    return {f"{name}{end}": float(value) for end, value in zip(("", "_low", "_high"), values, strict=True)}


def _points(name: str, cost: Estimate, qaly: Estimate, sizes: np.ndarray) -> pd.DataFrame:
    filled = np.flatnonzero(sizes)
    cloud = {
        "qaly_difference": np.append(qaly.value, scatter(qaly, sizes)[filled]),
        "cost_difference_usd": np.append(cost.value, scatter(cost, sizes)[filled]),
    }
    return pd.DataFrame({"strategy": name, "group": np.append(-1, filled), **cloud})


def _ellipse(name: str, cost: Estimate, qaly: Estimate, sizes: np.ndarray) -> pd.DataFrame:
    """Trace Hotelling's 95 % region; its F quantile on 2 degrees of freedom has a closed form."""
    degrees = np.count_nonzero(sizes) - 2
    columns = ["strategy", "qaly_difference", "cost_difference_usd"]
    if degrees < 1:
        return pd.DataFrame(columns=columns)
    f_quantile = degrees / 2 * ((1 - COVERAGE) ** (-2 / degrees) - 1)
    reach = np.sqrt(2 * (degrees + 1) / degrees * f_quantile)
    width, height = (np.sqrt(covariance(one, one, sizes)) for one in (qaly, cost))
    product = width * height
    tilt = covariance(qaly, cost, sizes) / product if product > 0 else 0.0
    angle = np.linspace(0, 2 * np.pi, ELLIPSE_POINTS)
    upright = tilt * np.cos(angle) + np.sqrt(max(0.0, 1 - tilt * tilt)) * np.sin(angle)
    right = qaly.value + reach * width * np.cos(angle)
    return pd.DataFrame(dict(zip(columns, (name, right, cost.value + reach * height * upright), strict=True)))
