"""The polynomials stand for exp, log, logistic and the normal quantile, as closely as their page says."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import ndtri

from simulator.base import mathematics as m
from simulator.base.jit import kernel

F = np.float32


@kernel
def exp_of(x, result):
    for i in range(len(x)):
        result[i] = m.exp(x[i])


@kernel
def log_of(x, result):
    for i in range(len(x)):
        result[i] = m.log(x[i])


@kernel
def logistic_of(x, result):
    for i in range(len(x)):
        result[i] = m.logistic(x[i])


@kernel
def quantile_of(x, result):
    for i in range(len(x)):
        result[i] = m.normal_quantile_of_lower_half(x[i])


@kernel
def multiplied_and_added(a, b, c):
    return m.fma(a, b, c)


def over(function: Callable[..., None], x: np.ndarray) -> np.ndarray:
    """Return a function of many float32 numbers, in double precision."""
    result = np.empty(len(x), F)
    function(x, result)
    return result.astype(float)


def test_exp_is_right_to_three_in_ten_million_over_its_whole_range():
    x = np.linspace(-86, 87, 40_001).astype(F)
    assert np.abs(over(exp_of, x) / np.exp(x.astype(float)) - 1).max() < 3e-7


def test_exp_of_zero_is_one_exactly():
    assert over(exp_of, np.zeros(1, F))[0] == 1.0


def test_exp_stays_at_the_ends_of_its_range():
    ends = over(exp_of, np.array([-1e6, -86.0, 87.0, 1e6], F))
    assert ends[0] == ends[1] > 0
    assert ends[2] == ends[3] < math.inf


def test_exp_never_falls():
    x = np.linspace(-20, 20, 40_001).astype(F)
    assert (np.diff(over(exp_of, x)) >= -1e-7 * over(exp_of, x)[1:]).all()


def test_log_is_right_to_three_in_ten_million_over_the_normal_numbers():
    x = np.exp(np.linspace(math.log(1.2e-38), math.log(3.3e38), 40_001)).astype(F)
    exact = np.log(x.astype(float))
    assert (np.abs(over(log_of, x) - exact) <= 3e-7 * np.maximum(np.abs(exact), 0.5)).all()


def test_log_keeps_its_relative_precision_where_the_answer_is_near_zero():
    x = (1 + np.linspace(-0.01, 0.01, 20_001)).astype(F)
    exact = np.log(x.astype(float))
    away = exact != 0
    assert np.abs(over(log_of, x)[away] / exact[away] - 1).max() < 3e-7
    assert over(log_of, np.ones(1, F))[0] == 0.0


def test_log_undoes_exp():
    x = np.linspace(-80, 80, 10_001).astype(F)
    back = over(log_of, over(exp_of, x).astype(F))
    assert np.abs(back - x).max() < 8e-6


def test_logistic_is_right_and_symmetric():
    x = np.linspace(-80, 80, 20_001).astype(F)
    exact = 1 / (1 + np.exp(-x.astype(float)))
    assert np.abs(over(logistic_of, x) / exact - 1).max() < 5e-7
    assert np.abs(over(logistic_of, x) + over(logistic_of, -x) - 1).max() < 2e-7


@pytest.mark.parametrize(("z", "bound"), [(4.0, 2e-6), (5.4, 2e-6), (6.4, 5e-3)])
def test_normal_quantile_is_right_to_two_in_a_million_except_in_the_last_tail(z: float, bound: float):
    """Beyond 5.4 standard deviations lies one draw in fifteen million; there it is right to 0.005."""
    lowest = math.erfc(z / math.sqrt(2)) / 2
    u = np.concatenate([np.geomspace(lowest, 0.5, 30_001), np.linspace(lowest, 0.5, 30_001)]).astype(F)
    u = np.minimum(u, F(0.5))
    assert np.abs(over(quantile_of, u) + ndtri(u.astype(float))).max() < bound


def test_normal_quantile_of_one_half_is_zero():
    assert over(quantile_of, np.array([0.5], F))[0] == 0.0


def test_the_smallest_uniform_of_a_normal_still_has_a_finite_quantile():
    """The smallest u a normal is made of is half of 2^-32, more than six standard deviations out."""
    assert 6.2 < over(quantile_of, np.array([2.0**-33], F))[0] < 6.5


def test_clip_and_select_choose():
    assert [m.clip(F(x), F(0), F(1)) for x in (-1, 0.25, 3)] == [0, 0.25, 1]
    assert m.select(True, F(1), F(2)) == 1
    assert m.select(False, F(1), F(2)) == 2


def test_multiply_add_is_rounded_once():
    """(1 + e)(1 - e) - 1 is -e^2, which a rounded product loses."""
    e = F(2.0**-13)
    assert multiplied_and_added(F(1) + e, F(1) - e, F(-1)) == -(2.0**-26)
    assert (F(1) + e) * (F(1) - e) - F(1) == 0
