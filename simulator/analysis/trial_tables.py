"""The tables of a trial: every endpoint of every arm, its difference from the comparator, who entered.

People are weighted to the mix of stages the trial asks for, if it asks. Errors come from leaving out
one group of people at a time, as everywhere (`intervals`): arms hold the same people with the same
luck, and differences keep their pairing. A published trial compares different people, so its interval
is wider than the model's with as many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulator.analysis.endpoints import ENDPOINTS
from simulator.analysis.intervals import Estimate, covariance, margin, newcombe, ratio, wilson
from simulator.analysis.tables import frame
from simulator.analysis.trial_sums import ENTRY, SCALE, SQUARES_SCALE, TrialSums
from simulator.scenario.schema import Scenario
from simulator.scenario.trial import Trial

_DUST = 1e-12


@dataclass(frozen=True)
class Level:
    """One endpoint of one arm at one reading.

    Attributes
    ----------
    estimate : its mean, whole and with each group left out.
    n : people it counts.
    effective : people who, counted alike, would leave the same chance as the weighted ones (Kish 1965).
    counted : weighted sums and numbers of people by group, shape (2, groups).
    """

    estimate: Estimate
    n: int
    effective: float
    counted: np.ndarray


def weights(sums: TrialSums, trial: Trial) -> np.ndarray:
    """Return how much a person of each stage read at entry counts, shape (N_STAGES,).

    Stages nobody entered with count nothing, so the others take their share.
    """
    people = sums.sizes.sum(axis=1).astype(np.float64)
    if trial.stage_mix is None:
        return np.ones(len(people))
    wanted = np.array(trial.stage_mix.shares()) * people.sum()
    return np.divide(wanted, people, out=np.zeros(len(people)), where=people > 0)


def endpoint_table(sums: TrialSums, trial: Trial, strategies: Sequence[str], comparator: str) -> pd.DataFrame:
    """Return the table `endpoints`.

    Parameters
    ----------
    sums : of everybody who entered.
    trial : what was asked.
    strategies : names of the arms, in the order of the sums.
    comparator : the arm the others are compared with; its own differences are blank.

    Returns
    -------
    A row an arm, endpoint and month; shares in percent, differences of them in percentage points.
    """
    weight, usual = weights(sums, trial), list(strategies).index(comparator)
    groups = sums.sizes.sum(axis=0)
    parts = []
    for arm, strategy in enumerate(strategies):
        for position, name in enumerate(trial.endpoints):
            for number, month in enumerate(trial.reading_months):
                mine, other = (_level(sums, weight, (k, number, position)) for k in (arm, usual))
                row: dict[str, Any] = {
                    "strategy": strategy, "endpoint": name, "month": month,
                    "unit": ENDPOINTS[name].unit, "n": mine.n,
                }  # fmt: skip
                is_share = ENDPOINTS[name].is_share
                row |= _mean(mine, groups, is_share)
                row |= _difference(mine, other, groups, is_share, arm == usual)
                parts.append(row)
    return frame("endpoints", parts)


def _level(sums: TrialSums, weight: np.ndarray, where: tuple[int, int, int]) -> Level:
    counts, totals = sums.counts[where], sums.totals[where]
    counted = np.stack([weight @ totals / SCALE, weight @ counts])
    people = counts.sum(axis=1)
    squares = float(weight**2 @ people)
    effective = float(weight @ people) ** 2 / squares if squares > 0 else 0.0
    return Level(ratio(*counted), int(people.sum()), effective, counted)


def _mean(level: Level, groups: np.ndarray, is_share: bool) -> dict[str, float]:
    """Return mean, standard error and interval; a share without any spread takes Wilson's interval."""
    factor = 100 if is_share else 1
    value, half = float(level.estimate.value), float(margin(level.estimate, groups))
    low, high = value - half, value + half
    if is_share:
        low, high = max(low, 0.0), min(high, 1.0)
        if not half > _DUST:
            low, high = (float(end) for end in wilson(*_people(level)))
    error = float(np.sqrt(covariance(level.estimate, level.estimate, groups)))
    names = ("mean", "standard_error", "low", "high")
    return dict(zip(names, (factor * number for number in (value, error, low, high)), strict=True))


def _difference(
    mine: Level, other: Level, groups: np.ndarray, is_share: bool, is_comparator: bool
) -> dict[str, float]:
    """Return the difference, its interval and its standard error, keeping the pairing of people."""
    names = ("difference", "difference_low", "difference_high", "difference_standard_error")
    if is_comparator:
        return dict.fromkeys(names, float("nan"))
    gap = mine.estimate - other.estimate
    value, half = float(gap.value), float(margin(gap, groups))
    low, high = value - half, value + half
    same = np.array_equal(mine.counted, other.counted)
    if is_share and not same and not half > _DUST:
        low, high = (float(end) for end in newcombe(*_people(mine), *_people(other)))
    factor = 100 if is_share else 1
    numbers = value, low, high, float(np.sqrt(covariance(gap, gap, groups)))
    return dict(zip(names, (factor * number for number in numbers), strict=True))


def _people(level: Level) -> tuple[np.ndarray, np.ndarray]:
    """Return events and people of a share, as if the people were counted alike."""
    share = np.nan_to_num(level.estimate.value)
    return np.asarray(share * level.effective), np.asarray(level.effective)


def entry_table(sums: TrialSums, trial: Trial) -> pd.DataFrame:
    """Return the table `entry`: mean and standard deviation of who entered, weighted as the endpoints are."""
    weight = weights(sums, trial)
    parts = []
    for position, (name, (_, unit, _)) in enumerate(ENTRY.items()):
        known, total, squares = sums.entry[:, position]
        people = float(weight @ known)
        mean = float(weight @ total) / SCALE / people if people else float("nan")
        mean_square = float(weight @ squares) / SQUARES_SCALE / people if people else float("nan")
        sd = float(np.sqrt(max(mean_square - mean**2, 0.0)))
        parts.append({"quantity": name, "mean": mean, "sd": sd, "unit": unit, "n": int(known.sum())})
    people_of = sums.sizes.sum(axis=1)
    shares = weight * people_of / max(float(weight @ people_of), 1.0)
    for stage, share in enumerate(shares):
        sd = float(100 * np.sqrt(share * (1 - share)))
        parts.append(
            {"quantity": f"stage_f{stage}", "mean": 100 * float(share), "sd": sd, "unit": "%",
             "n": int(people_of.sum())}
        )  # fmt: skip
    return frame("entry", parts)


def trial_tables(scenario: Scenario, sums: TrialSums) -> Mapping[str, pd.DataFrame]:
    """Return the tables of a scenario's trial, `endpoints` and `entry`."""
    trial = scenario.trial
    assert trial is not None, "asked of trials only"
    arms = list(scenario.strategies)
    return {
        "endpoints": endpoint_table(sums, trial, arms, str(scenario.comparator)),
        "entry": entry_table(sums, trial),
    }
