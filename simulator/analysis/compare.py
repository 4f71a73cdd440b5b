"""Strategies side by side: levels, paired differences, trajectories by stratum.

Every table is built from the recorded sums alone and in a fixed order: strategies as the
scenario lists them, outcomes as asked for, then years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulator.analysis.intervals import interval, paired_difference, ratio, wilson
from simulator.analysis.outcomes import (
    TRAJECTORIES,
    Outcome,
    Tally,
    chosen,
    denominator,
    numerator,
    tallies,
)
from simulator.analysis.tables import frame
from simulator.engine.quantities import STRATA

if TYPE_CHECKING:
    from simulator.engine.recorder import Record

Level = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Mean, low, high and number of people, each of shape (years + 1, strata)."""


def level(sums: Tally, outcome: Outcome, discount_rate_per_year: float = 0.0) -> Level:
    """Return an outcome's value with its interval in every year and stratum.

    Returns
    -------
    Mean, low, high and the number of people behind them, each of shape (years + 1, strata); nan
    where nobody is at risk.
    """
    top = numerator(sums, outcome, discount_rate_per_year)
    bottom = denominator(sums, outcome)
    estimate = ratio(top, bottom)
    people = bottom.sum(axis=-1)
    if outcome.is_proportion:
        low, high = wilson(top.sum(axis=-1), people)
    else:
        low, high = interval(estimate, sums.sizes)
    return estimate.value, low, high, people.astype(np.int64)


def difference(
    sums: Tally, other: Tally, outcome: Outcome, discount_rate_per_year: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return an outcome's difference between two strategies for the same people.

    Returns
    -------
    Difference (first less second), low and high, each of shape (years + 1, strata).
    """
    first, second = (
        (numerator(part, outcome, discount_rate_per_year), denominator(part, outcome))
        for part in (sums, other)
    )
    return paired_difference(first, second, sums.sizes, outcome.is_proportion)


def number_needed(outcome: Outcome, change: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return how many people must be offered the strategy for one event more or less.

    The sign of the difference says which. nan for what is not an event, and where the interval of
    the difference includes zero.
    """
    clear = (low > 0) | (high < 0)
    if not outcome.is_event:
        clear = np.zeros_like(clear)
    return np.divide(1.0, np.abs(change), out=np.full(change.shape, np.nan), where=clear & (change != 0))


def summarise(
    records: Mapping[str, Record],
    outcomes: Iterable[str] | None = None,
    discount_rate_per_year: float = 0.0,
) -> pd.DataFrame:
    """Return the table `summary`: every outcome of every strategy in every year.

    Parameters
    ----------
    records : what happened under each strategy.
    outcomes : ids of `OUTCOMES`; all when None.
    discount_rate_per_year : for discounted outcomes.

    Raises
    ------
    InputError
        For an outcome that does not exist.
    RunFailed
        If two strategies did not start with the same people.
    """
    wanted = chosen(outcomes)
    parts = []
    for strategy, sums in tallies(records).items():
        for outcome in wanted:
            mean, low, high, people = (part[:, 0] for part in level(sums, outcome, discount_rate_per_year))
            parts.append(
                {"strategy": strategy, "outcome": outcome.id, "year": np.arange(len(mean)), "mean": mean,
                 "low": low, "high": high, "unit": outcome.unit, "n": people}
            )  # fmt: skip
    return frame("summary", parts)


def differences(
    records: Mapping[str, Record],
    comparator: str,
    outcomes: Iterable[str] | None = None,
    discount_rate_per_year: float = 0.0,
) -> pd.DataFrame:
    """Return the table `differences`: every other strategy less the comparator, paired by person.

    Raises
    ------
    InputError
        For an outcome that does not exist.
    RunFailed
        If two strategies did not start with the same people.
    """
    wanted = chosen(outcomes)
    all_sums = tallies(records)
    usual = all_sums[comparator]
    parts = []
    for strategy, sums in all_sums.items():
        if strategy == comparator:
            continue
        for outcome in wanted:
            change, low, high = (
                part[:, 0] for part in difference(sums, usual, outcome, discount_rate_per_year)
            )
            parts.append(
                {"strategy": strategy, "comparator": comparator, "outcome": outcome.id,
                 "year": np.arange(len(change)), "difference": change, "low": low, "high": high,
                 "unit": outcome.unit, "number_needed": number_needed(outcome, change, low, high)}
            )  # fmt: skip
    return frame("differences", parts)


def trajectories(records: Mapping[str, Record], discount_rate_per_year: float = 0.0) -> pd.DataFrame:
    """Return the table `trajectories`: everything followed, for all and by baseline stratum.

    Raises
    ------
    RunFailed
        If two strategies did not start with the same people.
    """
    all_sums = {stratified_by: tallies(records, stratified_by) for stratified_by in ("all", *STRATA)}
    parts = []
    for strategy in records:
        for stratified_by, by_strategy in all_sums.items():
            sums = by_strategy[strategy]
            for quantity in TRAJECTORIES.values():
                values = level(sums, quantity, discount_rate_per_year)
                n_years = len(values[0])
                mean, low, high, people = (part.T.ravel() for part in values)
                parts.append(
                    {"strategy": strategy, "stratified_by": stratified_by,
                     "stratum": np.repeat(sums.labels, n_years),
                     "year": np.tile(np.arange(n_years), len(sums.labels)), "quantity": quantity.id,
                     "mean": mean, "low": low, "high": high, "unit": quantity.unit, "n": people}
                )  # fmt: skip
    return frame("trajectories", parts)


def differences_by_stratum(
    records: Mapping[str, Record],
    comparator: str,
    outcome: str,
    stratified_by: str,
    discount_rate_per_year: float = 0.0,
) -> pd.DataFrame:
    """Return one outcome's paired differences in each stratum: who gains.

    Returns
    -------
    Columns strategy, stratum, year, difference, low, high, unit, n (people who started).
    """
    (wanted,) = chosen([outcome])
    all_sums = tallies(records, stratified_by)
    usual = all_sums[comparator]
    parts = []
    for strategy in (name for name in records if name != comparator):
        sums = all_sums[strategy]
        change = difference(sums, usual, wanted, discount_rate_per_year)
        n_years = len(change[0])
        value, low, high = (part.T.ravel() for part in change)
        parts.append(
            pd.DataFrame(
                {
                    "strategy": strategy,
                    "stratum": np.repeat(sums.labels, n_years),
                    "year": np.tile(np.arange(n_years), len(sums.labels)),
                    "difference": value,
                    "low": low,
                    "high": high,
                    "unit": wanted.unit,
                    "n": np.repeat(sums.sizes.sum(axis=-1), n_years),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
