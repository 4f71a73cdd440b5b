"""What we do not know about parameters, joined to what chance leaves open: tables of many draws as one.

A probabilistic run repeats the whole run with parameters drawn anew. People share their luck across
draws, so the spread of results from draw to draw shows what we do not know, and hardly any chance;
the interval within a draw shows chance alone. The two are independent, and their distances from
the estimate are joined as roots of sums of squares, below and above apart (Zou and Donner 2008,
Stat Med 27:1693, who do so with the ends of any two intervals). Luck that treatment has parted
counts in both, so intervals are a little too wide rather than too narrow. The estimate is the mean
over draws, as decisions under uncertainty ask for (Claxton 1999, J Health Econ 18:341).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from simulator.analysis.compare import number_needed
from simulator.analysis.economics import frontier
from simulator.analysis.endpoints import ENDPOINTS
from simulator.analysis.intervals import COVERAGE, student_t_quantile
from simulator.analysis.outcomes import OUTCOMES
from simulator.analysis.tables import COLUMNS
from simulator.base.errors import RunFailed

ENOUGH_DRAWS = 40
"""From here on the 2.5 % and 97.5 % quantiles of draws lie inside what was drawn."""

VALUE = {"summary": "mean", "differences": "difference", "trajectories": "mean", "effects": "value"}
"""The estimate in each table; its interval is `low` to `high`."""

_SHARE_BOUNDS = {"mean": (0.0, 1.0), "difference": (-1.0, 1.0)}
_RATIOS = ("icer_usd_per_qaly", "comparator_icer_usd_per_qaly")
_ENDS = ("", "_low", "_high")

Ends = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Estimate, low and high."""


def wording_of_intervals(draws: int) -> str:
    """Return what an interval of a run with this many draws stands for, for captions."""
    if draws < 2:
        return "95 % intervals for chance in the people drawn, parameters held fixed"
    return f"95 % intervals over {draws:,} draws of the parameters, joined with chance in the people drawn"


def joined(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> Ends:
    """Return the mean over draws and its interval.

    Parameters
    ----------
    value, low, high : shape (draws, ...), estimate and interval of chance in each draw; nan where a draw
        has none.

    Returns
    -------
    Each of shape (...). What we do not know is told by the quantiles of draws; fewer than `ENOUGH_DRAWS`
    have no such quantiles, and Student's t times their standard deviation takes their place.
    """
    mean = _mean(value)
    chance = [np.sqrt(_mean((value - end) ** 2)) for end in (low, high)]
    below, above = _spread(value, mean)
    return mean, mean - np.hypot(below, chance[0]), mean + np.hypot(above, chance[1])


def _mean(values: np.ndarray) -> np.ndarray:
    """Return the mean over draws that have a value, nan where none has."""
    counted = np.isfinite(values).sum(axis=0)
    total = np.nansum(values, axis=0)
    return np.divide(total, counted, out=np.full(total.shape, np.nan), where=counted > 0)


def _spread(value: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far draws reach below and above their mean."""
    filled = np.where(np.isfinite(value), value, mean)
    n_draws = len(value)
    if n_draws < ENOUGH_DRAWS:
        half = float(student_t_quantile(n_draws - 1)) * filled.std(axis=0, ddof=1)
        return half, half
    low, high = _quantiles(filled)
    return np.maximum(mean - low, 0.0), np.maximum(high - mean, 0.0)


def _quantiles(values: np.ndarray) -> np.ndarray:
    """Return the 2.5 % and 97.5 % quantiles over draws, shape (2, ...)."""
    return np.quantile(values, ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2), axis=0, method="median_unbiased")


def combined(draws: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """Return the tables of several draws of the same scenario as one set of tables.

    Counts of people (`n`) are means over draws. Numbers needed follow from the joined differences.

    Raises
    ------
    RunFailed
        If the tables of two draws have other rows.
    """
    result = {}
    for name, first in draws[0].items():
        parts = [tables[name] for tables in draws]
        if any(len(part) != len(first) for part in parts):
            raise RunFailed(f"the table '{name}' of two draws does not have the same rows")
        join = _JOINED.get(name)
        result[name] = join(parts) if join is not None else _combined(VALUE[name], first, parts)
    return result


def _combined(key: str, first: pd.DataFrame, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    value, low, high = joined(*(_stack(parts, column) for column in (key, "low", "high")))
    is_share = (first["unit"] == "share").to_numpy()
    floor, ceiling = _SHARE_BOUNDS.get(key, (-np.inf, np.inf))
    low = np.where(is_share, np.maximum(low, floor), low)
    high = np.where(is_share, np.minimum(high, ceiling), high)
    table = first.assign(**{key: value, "low": low, "high": high})
    if "n" in table:
        table["n"] = np.rint(_stack(parts, "n").mean(axis=0)).astype(np.int64)
    if "number_needed" in table:
        table["number_needed"] = _numbers_needed(table)
    return table


def _stack(parts: Sequence[pd.DataFrame], column: str) -> np.ndarray:
    return np.stack([part[column].to_numpy(np.float64) for part in parts])


def _numbers_needed(table: pd.DataFrame) -> np.ndarray:
    needed = np.full(len(table), np.nan)
    for outcome in table["outcome"].unique():
        rows = (table["outcome"] == outcome).to_numpy()
        ends = (table.loc[rows, column].to_numpy() for column in ("difference", "low", "high"))
        needed[rows] = number_needed(OUTCOMES[outcome], *ends)
    return needed


def _economics(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the tables `economics`: strategies by mean cost, their standing from mean cost and QALYs."""
    names = list(parts[0]["strategy"])
    parts = [part.set_index("strategy").loc[names] for part in parts]
    columns = [name for name in COLUMNS["economics"] if f"{name}_low" in COLUMNS["economics"]]
    table = parts[0].copy()
    for column in (name for name in columns if name not in _RATIOS):
        _write(table, column, joined(*(_stack(parts, f"{column}{end}") for end in _ENDS)))
    places = frontier(table["cost_usd"].to_list(), table["qalys"].to_list())
    table["standing"] = [place.standing for place in places]
    table["versus"] = ["" if place.versus is None else names[place.versus] for place in places]
    usual = names.index(str(table["comparator"].iloc[0]))
    against = [usual if place.versus is None else place.versus for place in places]
    costs, qalys = _stack(parts, "cost_usd"), _stack(parts, "qalys")
    for column, others in zip(_RATIOS, (against, [usual] * len(names)), strict=True):
        ends = _ratios(costs - costs[:, others], qalys - qalys[:, others])
        _write(table, column, ends)
    table.loc[table["versus"] == "", [f"{_RATIOS[0]}{end}" for end in _ENDS]] = np.nan
    whole = table.reset_index().sort_values("cost_usd", kind="stable", ignore_index=True)
    return whole[list(COLUMNS["economics"])]


def _write(table: pd.DataFrame, column: str, ends: Ends) -> None:
    for end, values in zip(_ENDS, ends, strict=True):
        table[f"{column}{end}"] = values


def _ratios(costs: np.ndarray, qalys: np.ndarray) -> Ends:
    """Return extra cost per extra QALY, shape (strategies,), from differences by draw.

    The ratio of means, where both point the same way; its ends are quantiles of the draws' ratios
    where there are enough draws and every one has the same sign of the difference in QALYs.
    """
    cost, qaly = costs.mean(axis=0), qalys.mean(axis=0)
    value = np.divide(cost, qaly, out=np.full(cost.shape, np.nan), where=cost * qaly > 0)
    if len(costs) < ENOUGH_DRAWS:
        return value, np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    one_sided = np.all(qalys > 0, axis=0) | np.all(qalys < 0, axis=0)
    has_ends = one_sided & np.isfinite(value)
    ratios = np.divide(
        costs, qalys, out=np.full(costs.shape, np.nan), where=np.broadcast_to(has_ends, costs.shape)
    )
    low, high = _quantiles(ratios)
    return value, low, high


def _endpoints(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the tables `endpoints`: means and differences alike, errors as roots of sums of squares."""
    table = parts[0].copy()
    for value, low, high, error in (
        ("mean", "low", "high", "standard_error"),
        ("difference", "difference_low", "difference_high", "difference_standard_error"),
    ):
        stacked = _stack(parts, value)
        ends = joined(stacked, _stack(parts, low), _stack(parts, high))
        for column, numbers in zip((value, low, high), ends, strict=True):
            table[column] = numbers
        chance = _mean(_stack(parts, error) ** 2)
        table[error] = np.sqrt(chance + stacked.std(axis=0, ddof=1) ** 2)
    is_share = np.array([ENDPOINTS[name].is_share for name in table["endpoint"]])
    table["low"] = np.where(is_share, table["low"].clip(lower=0.0), table["low"])
    table["high"] = np.where(is_share, table["high"].clip(upper=100.0), table["high"])
    table["n"] = np.rint(_stack(parts, "n").mean(axis=0)).astype(np.int64)
    return table


def _entry(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the tables `entry`: means over draws, and the mean of the variance between people."""
    table = parts[0].copy()
    table["mean"] = _mean(_stack(parts, "mean"))
    table["sd"] = np.sqrt(_mean(_stack(parts, "sd") ** 2))
    table["n"] = np.rint(_stack(parts, "n").mean(axis=0)).astype(np.int64)
    return table


_JOINED = {"economics": _economics, "endpoints": _endpoints, "entry": _entry}
"""Tables with a way of their own of being joined."""
