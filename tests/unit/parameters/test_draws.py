"""Draws keep to the support, meet the stated interval, and depend on seed, number and name alone."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.parameters.draws import Z95, luck, quantile

NORMALS = st.floats(-8, 8)
SUPPORT = {
    "normal": (-math.inf, math.inf),
    "lognormal": (0, math.inf),
    "gamma": (0, math.inf),
    "beta": (0, 1),
    "uniform": (0.2, 0.5),
}


@pytest.mark.parametrize("distribution", SUPPORT)
@given(z=NORMALS)
def test_a_draw_stays_in_its_support(distribution, z):
    low, high = SUPPORT[distribution]
    assert low <= quantile(distribution, 0.3, 0.2, 0.5, z) <= high


@pytest.mark.parametrize("distribution", SUPPORT)
@given(z=st.lists(NORMALS, min_size=2, max_size=6))
def test_a_draw_rises_with_its_luck(distribution, z):
    drawn = [quantile(distribution, 0.3, 0.2, 0.5, one) for one in sorted(z)]
    assert all(a <= b + 1e-12 for a, b in pairwise(drawn))


@pytest.mark.parametrize("distribution", ["normal", "lognormal"])
@given(value=st.floats(0.5, 2), below=st.floats(0.01, 0.4), above=st.floats(0.01, 5))
def test_normal_and_lognormal_meet_value_and_interval(distribution, value, below, above):
    low, high = value - below, value + above
    assert quantile(distribution, value, low, high, 0.0) == value
    assert quantile(distribution, value, low, high, -Z95) == pytest.approx(low)
    assert quantile(distribution, value, low, high, Z95) == pytest.approx(high)


@pytest.mark.parametrize(
    ("distribution", "value", "low", "high"), [("beta", 0.3, 0.2, 0.4), ("gamma", 20.0, 14.0, 26.0)]
)
def test_beta_and_gamma_have_the_stated_mean_and_spread(distribution, value, low, high):
    # midpoints of 4,000 equal slices of luck integrate the quantile function
    from statistics import NormalDist, fmean, pstdev

    slices = [NormalDist().inv_cdf((k + 0.5) / 4000) for k in range(4000)]
    drawn = [quantile(distribution, value, low, high, z) for z in slices]
    assert fmean(drawn) == pytest.approx(value, rel=1e-3)
    assert pstdev(drawn) == pytest.approx((high - low) / (2 * Z95), rel=1e-2)


def test_uniform_reaches_its_limits_and_fixed_never_moves():
    assert quantile("uniform", 0.3, 0.2, 0.5, -40.0) == 0.2
    assert quantile("uniform", 0.3, 0.2, 0.5, 40.0) == 0.5
    assert quantile("fixed", 0.3, 0.2, 0.5, 3.0) == 0.3
    assert quantile("normal", 0.3, 0.3, 0.3, 3.0) == 0.3


@given(st.integers(0, 2**40), st.integers(0, 10**6), st.text(max_size=30))
def test_luck_is_addressed_by_seed_number_and_name(seed, number, name):
    assert luck(seed, number, name) == luck(seed, number, name)
    assert luck(seed, number, name) != luck(seed + 1, number, name)
    assert luck(seed, number, name) != luck(seed, number + 1, name)
    assert luck(seed, number, name) != luck(seed, number, name + "x")


def test_luck_is_standard_normal_and_uncorrelated_between_names():
    n = 4000
    a = [luck(1, k, "a") for k in range(n)]
    b = [luck(1, k, "b") for k in range(n)]
    within = 4 / math.sqrt(n)
    assert abs(sum(a) / n) < within
    assert abs(sum(x * x for x in a) / n - 1) < within * math.sqrt(2)
    assert abs(sum(x * y for x, y in zip(a, b, strict=True)) / n) < within
    assert abs(sum(x * y for x, y in pairwise(a)) / n) < within
