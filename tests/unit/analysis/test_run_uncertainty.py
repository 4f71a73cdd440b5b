"""Draws of the parameters joined with chance: what the rule must give where the answer is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from simulator.analysis.compare import differences, summarise
from simulator.analysis.economics import cost_effectiveness
from simulator.analysis.uncertainty import ENOUGH_DRAWS, combined, joined, wording_of_intervals
from simulator.base.errors import RunFailed
from simulator.engine.recorder import Record

NORMAL_QUANTILE = 1.959964


def test_draws_that_agree_leave_chance_alone() -> None:
    value = np.full((50, 1), 3.0)
    mean, low, high = joined(value, value - 0.5, value + 0.25)
    assert (mean[0], low[0], high[0]) == pytest.approx((3.0, 2.5, 3.25))


def test_without_chance_draws_give_their_quantiles() -> None:
    value = np.random.default_rng(1).gamma(2.0, 1.0, (400, 1))
    mean, low, high = joined(value, value, value)
    assert mean[0] == pytest.approx(value.mean())
    assert (low[0], high[0]) == pytest.approx(
        tuple(np.quantile(value, (0.025, 0.975), method="median_unbiased"))
    )


def test_independent_parts_add_as_variances_do() -> None:
    value = np.random.default_rng(2).normal(10.0, 3.0, (20_000, 1))
    half = 4.0 * NORMAL_QUANTILE
    mean, low, high = joined(value, value - half, value + half)
    assert (mean[0] - low[0], high[0] - mean[0]) == pytest.approx((5.0 * NORMAL_QUANTILE,) * 2, rel=0.03)


@pytest.mark.parametrize("draws", [2, 5, 20, 39, 40, 200])
def test_intervals_of_draws_hold_the_truth_often_enough(draws: int) -> None:
    values = np.random.default_rng(draws).normal(0.0, 1.0, (draws, 4_000))
    _, low, high = joined(values, values, values)
    mean_of_width = (high - low).mean() / (2 * NORMAL_QUANTILE)
    assert mean_of_width > 0.9, "narrower than what parameters leave open"
    assert draws < ENOUGH_DRAWS or mean_of_width < 1.1


def test_few_draws_are_admitted_to_be_few() -> None:
    values = np.random.default_rng(3).normal(0.0, 1.0, (2, 1_000))
    _, low, high = joined(values, values, values)
    assert np.median(high - low) > 10


def test_a_value_missing_in_some_draws_counts_where_it_is() -> None:
    value = np.array([[1.0, np.nan], [3.0, np.nan]])
    mean, low, high = joined(value, value, value)
    assert mean[0] == 2.0 and np.isnan([mean[1], low[1], high[1]]).all()


def world(lived: Callable[..., object], seed: int) -> dict[str, Record]:
    return {
        "usual care": lived(seed=seed).record(),  # type: ignore[attr-defined]
        "drug": lived(seed=seed, benefit=0.6).record(),  # type: ignore[attr-defined]
        "nothing new": lived(seed=seed).record(),  # type: ignore[attr-defined]
    }


@pytest.fixture(scope="module")
def worlds(lived: Callable[..., object]) -> list[dict[str, Record]]:
    return [world(lived, seed) for seed in range(1, 6)]


@pytest.fixture(name="lived", scope="module")
def lived_for_module() -> Callable[..., object]:
    from tests.unit.analysis.conftest import lived

    return lived


def test_tables_keep_their_rows_and_bounds(worlds: list[dict[str, Record]]) -> None:
    parts = [
        {"summary": summarise(records), "differences": differences(records, "usual care")}
        for records in worlds
    ]
    tables = combined(parts)
    for name, table in tables.items():
        first = parts[0][name]
        keys = [key for key in ("strategy", "outcome", "year", "unit") if key in table]
        pd.testing.assert_frame_equal(table[keys], first[keys])
        assert list(table.columns) == list(first.columns)
    shares = tables["summary"].query("unit == 'share'")
    assert shares["low"].min() >= 0 and shares["high"].max() <= 1


def test_a_strategy_that_changes_nothing_still_differs_by_nothing(worlds: list[dict[str, Record]]) -> None:
    parts = [{"differences": differences(records, "usual care")} for records in worlds]
    rows = combined(parts)["differences"].query("strategy == 'nothing new'")
    assert (rows[["difference", "low", "high"]].fillna(0) == 0).all(axis=None)


def test_numbers_needed_follow_the_joined_interval(worlds: list[dict[str, Record]]) -> None:
    parts = [{"differences": differences(records, "usual care")} for records in worlds]
    table = combined(parts)["differences"]
    clear = (table["low"] > 0) | (table["high"] < 0)
    needed = table["number_needed"].notna()
    assert needed.any() and (clear | ~needed).all()
    assert (table["number_needed"] * table["difference"].abs())[needed].to_numpy() == pytest.approx(1.0)


def test_standing_follows_from_means(worlds: list[dict[str, Record]]) -> None:
    parts = [{"economics": cost_effectiveness(records, "usual care", 0.03, 1e5)} for records in worlds]
    table = combined(parts)["economics"].set_index("strategy")
    means = pd.concat([part["economics"] for part in parts]).groupby("strategy")[["cost_usd", "qalys"]].mean()
    drug = table.loc["drug"]
    assert drug["cost_usd"] == pytest.approx(means.loc["drug", "cost_usd"])
    change = means.loc["drug"] - means.loc["usual care"]
    if change["cost_usd"] * change["qalys"] > 0:
        assert drug["comparator_icer_usd_per_qaly"] == pytest.approx(change["cost_usd"] / change["qalys"])
    else:
        assert np.isnan(drug["comparator_icer_usd_per_qaly"])
    assert list(table["cost_usd"]) == sorted(table["cost_usd"])


def test_ratios_have_ends_only_where_every_draw_agrees(worlds: list[dict[str, Record]]) -> None:
    part = cost_effectiveness(worlds[0], "usual care", 0.03, 1e5)
    many = [{"economics": part.assign(qalys=part["qalys"] * (1 + k * 1e-6))} for k in range(ENOUGH_DRAWS)]
    row = combined(many)["economics"].set_index("strategy").loc["drug"]
    ends = row[["comparator_icer_usd_per_qaly_low", "comparator_icer_usd_per_qaly_high"]].to_numpy(float)
    assert np.isfinite(row["comparator_icer_usd_per_qaly"])
    assert ends[0] <= row["comparator_icer_usd_per_qaly"] <= ends[1]
    few = combined(many[:5])["economics"].set_index("strategy").loc["drug"]
    assert np.isnan(few["comparator_icer_usd_per_qaly_low"])


def test_draws_of_different_shape_are_refused(worlds: list[dict[str, Record]]) -> None:
    whole = summarise(worlds[0])
    with pytest.raises(RunFailed):
        combined([{"summary": whole}, {"summary": whole.iloc[1:]}])


def test_intervals_say_what_they_stand_for() -> None:
    assert "held fixed" in wording_of_intervals(1)
    assert "1,000 draws" in wording_of_intervals(1_000)
