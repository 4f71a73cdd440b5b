"""Intervals against published examples, against scipy, and where there is nothing to go by."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulator.analysis import intervals
from simulator.analysis.intervals import (
    Estimate,
    covariance,
    interval,
    newcombe,
    paired_difference,
    ratio,
    wilson,
)


def filled(*values):
    return np.array(values, dtype=float)


def test_student_t_quantiles_agree_with_scipy():
    degrees = np.arange(1, 400)
    assert intervals.student_t_quantile(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=1e-12)
    assert np.isnan(intervals.student_t_quantile(np.array([0, -1]))).all()


@pytest.mark.parametrize(
    ("events", "people", "low", "high"),
    # the four examples of Newcombe 1998 (Stat Med 17:857), table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(events, people, low, high):
    assert np.array(wilson(events, people)) == pytest.approx([low, high], abs=5e-5)


def test_wilson_agrees_with_scipy():
    for events, people in [(0, 1), (1, 1), (3, 7), (500, 1000), (2, 100_000), (99_999, 100_000)]:
        ends = stats.binomtest(events, people).proportion_ci(method="wilson")
        assert np.array(wilson(events, people)) == pytest.approx([ends.low, ends.high], rel=1e-9, abs=1e-15)


def test_wilson_says_nothing_about_nobody():
    assert np.isnan(wilson(0, 0)).all()


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # examples of Newcombe 1998 (Stat Med 17:873), table II, method 10
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_gives_the_published_intervals(first, second, low, high):
    assert np.array(newcombe(*first, *second)) == pytest.approx([low, high], abs=5e-5)


def test_equal_groups_give_the_plain_t_interval_of_their_means():
    means = np.random.default_rng(3).normal(5, 2, 32)
    estimate = ratio(means * 50, np.full(32, 50.0))
    expected = stats.t.interval(0.95, 31, means.mean(), stats.sem(means))
    assert np.array(interval(estimate, np.full(32, 50))) == pytest.approx(expected, rel=1e-10)


def test_unequal_groups_are_weighted_as_published():
    """The variance of a ratio is that of Busing et al. 1999, written out group by group."""
    rng = np.random.default_rng(4)
    sizes = rng.integers(5, 200, 9).astype(float)
    alive = np.floor(sizes * rng.uniform(0.1, 1, 9))
    sums = rng.normal(3, 1, 9) * alive
    whole, n = sums.sum() / alive.sum(), sizes.sum()
    without = [(sums.sum() - s) / (alive.sum() - a) for s, a in zip(sums, alive, strict=True)]
    mean = 9 * whole - sum((1 - m / n) * w for w, m in zip(without, sizes, strict=True))
    variance = 0.0
    for w, m in zip(without, sizes, strict=True):
        h = n / m
        variance += (h * whole - (h - 1) * w - mean) ** 2 / (h - 1) / 9
    estimate = ratio(sums, alive)
    assert covariance(estimate, estimate, sizes) == pytest.approx(variance, rel=1e-10)


def test_empty_groups_change_nothing():
    sums, sizes = filled(3, 5, 9, 4), filled(10, 11, 12, 9)
    padded = np.array([*sums, 0, 0]), np.array([*sizes, 0, 0])
    assert interval(ratio(*padded), padded[1]) == pytest.approx(interval(ratio(sums, sizes), sizes))


@pytest.mark.parametrize("sizes", [[5, 0, 0], [5, 6, 0], [0, 0, 0]])
def test_fewer_than_three_filled_groups_give_no_interval(sizes):
    sums = filled(1, 2, 0) * (np.array(sizes) > 0)
    low, high = interval(ratio(sums, filled(*sizes)), np.array(sizes))
    assert np.isnan(low) and np.isnan(high)


def test_a_mean_that_one_group_alone_carries_has_no_interval():
    alive = filled(4, 0, 0, 0)
    estimate = ratio(filled(8, 0, 0, 0), alive)
    assert estimate.value == 2
    assert np.isnan(interval(estimate, np.full(4, 10))).all()


def test_the_scatter_spreads_as_the_estimate_does():
    rng = np.random.default_rng(5)
    sizes = rng.integers(20, 90, 32).astype(float)
    first = ratio(rng.normal(2, 1, 32) * sizes, sizes)
    second = Estimate(first.value * 3, first.left_out * 3) - ratio(rng.normal(1, 1, 32) * sizes, sizes)
    clouds = [intervals.scatter(one, sizes) - one.value for one in (first, second)]
    assert np.mean(clouds[0] * clouds[1]) == pytest.approx(covariance(first, second, sizes), rel=1e-10)


class TestPairedDifference:
    people = np.full(8, 100.0)

    def test_known_answer(self):
        # per group of 100: 12, 9, 15, ... events against 10, 9, 12, ...; the differences of shares are
        # 0.02, 0, 0.03, 0.01, -0.01, 0.02, 0, 0.01 with mean 0.01 and standard deviation 0.0130931
        first, second = filled(12, 9, 15, 8, 10, 11, 7, 9), filled(10, 9, 12, 7, 11, 9, 7, 8)
        value, low, high = paired_difference((first, self.people), (second, self.people), self.people, True)
        half = 2.364624 * 0.0130931 / np.sqrt(8)
        assert [value, low, high] == pytest.approx([0.01, 0.01 - half, 0.01 + half], abs=1e-7)

    def test_pairing_narrows(self):
        luck = np.random.default_rng(6).integers(5, 40, 8).astype(float)
        _, low, high = paired_difference((luck + 1, self.people), (luck, self.people), self.people, False)
        alone = intervals.margin(ratio(luck, self.people), self.people)
        assert high - low < 0.01 * alone

    def test_identical_groups_differ_by_exactly_nothing(self):
        events = filled(3, 0, 1, 2, 0, 0, 5, 1)
        found = paired_difference((events, self.people), (events, self.people), self.people, True)
        assert np.array(found).tolist() == [0, 0, 0]

    def test_no_events_anywhere_are_identical_groups(self):
        none = np.zeros(8)
        assert paired_difference((none, self.people), (none, self.people), self.people, True)[1:] == (0, 0)

    def test_a_sum_of_zero_from_different_groups_is_not_certain(self):
        first, second = filled(3, 2, 1, 2, 0, 0, 5, 1), filled(2, 3, 1, 2, 0, 1, 4, 1)
        value, low, high = paired_difference((first, self.people), (second, self.people), self.people, True)
        assert value == 0 and low < 0 < high

    def test_shares_of_different_people_that_agree_are_not_certain(self):
        """No events under either strategy, but not the same number alive."""
        none, fewer = np.zeros(8), self.people - 1
        value, low, high = paired_difference((none, fewer), (none, self.people), self.people, True)
        assert value == 0
        assert [low, high] == pytest.approx(newcombe(0, 792, 0, 800))

    def test_one_event_averted_in_every_group_is_not_certain(self):
        found = paired_difference((np.ones(8), self.people), (2 * np.ones(8), self.people), self.people, True)
        assert found[0] == pytest.approx(-0.01)
        assert found[1:] == pytest.approx(newcombe(8, 800, 16, 800))

    def test_means_of_different_people_that_agree_have_no_interval(self):
        alive = self.people - 1
        found = paired_difference((3 * alive, alive), (3 * self.people, self.people), self.people, False)
        assert found[0] == 0 and np.isnan(found[1:]).all()

    def test_a_mean_that_differs_alike_for_everyone_is_certain(self):
        found = paired_difference(
            (self.people * 5, self.people), (self.people, self.people), self.people, False
        )
        assert found == pytest.approx((4, 4, 4))

    def test_nobody_at_risk_gives_nothing(self):
        none = np.zeros(8)
        assert np.isnan(paired_difference((none, none), (none, none), none, True)).all()


def unequal_groups(rng, n_people=2000, n_groups=32):
    """Return everybody's group and the sizes of the groups."""
    chances = rng.dirichlet(np.full(n_groups, 5.0))
    groups = rng.choice(n_groups, n_people, p=chances)
    return groups, np.bincount(groups, minlength=n_groups).astype(float)


def sums_by_group(values, groups, n_groups=32):
    return np.stack([np.bincount(groups, row, n_groups) for row in values])


@pytest.mark.statistical
def test_jackknife_intervals_cover_a_skewed_ratio(seed):
    """Cost per person alive: skewed, correlated with its denominator, in groups of unequal size."""
    rng = np.random.default_rng(seed)
    n_trials = 1500
    groups, sizes = unequal_groups(rng)
    alive = rng.random((n_trials, len(groups))) < 0.7
    cost = rng.lognormal(0, 1, alive.shape) * alive
    estimate = ratio(sums_by_group(cost, groups), sums_by_group(alive, groups))
    low, high = interval(estimate, sizes)
    covered = np.mean((low <= np.exp(0.5)) & (np.exp(0.5) <= high))
    # 1,500 trials: the standard error of a share of 0.95 is 0.0056
    assert 0.93 < covered < 0.97


@pytest.mark.statistical
def test_jackknife_intervals_cover_a_paired_difference_of_shares(seed):
    """A fifth of 10 % events averted, the rest shared between the strategies."""
    rng = np.random.default_rng(seed + 1)
    n_trials = 1500
    groups, sizes = unequal_groups(rng)
    luck = rng.random((n_trials, len(groups)))
    usual, drug = (sums_by_group(luck < risk, groups) for risk in (0.10, 0.08))
    people = np.broadcast_to(sizes, usual.shape)
    _, low, high = paired_difference((drug, people), (usual, people), sizes, True)
    assert 0.93 < np.mean((low <= -0.02) & (high >= -0.02)) < 0.97
    unpaired = newcombe(drug.sum(-1), sizes.sum(), usual.sum(-1), sizes.sum())
    assert np.mean(high - low) < 0.6 * np.mean(unpaired[1] - unpaired[0])


@pytest.mark.statistical
def test_wilson_intervals_cover_a_rare_share(seed):
    events = np.random.default_rng(seed + 2).binomial(2000, 0.004, 20_000)
    low, high = wilson(events, np.full(events.shape, 2000))
    assert 0.93 < np.mean((low <= 0.004) & (high >= 0.004)) < 0.975
