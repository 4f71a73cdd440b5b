"""Rules that every interval keeps, whatever the data."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis import intervals
from simulator.analysis.intervals import interval, paired_difference, ratio, wilson

N_GROUPS = 6
amounts = st.lists(st.integers(0, 10_000), min_size=N_GROUPS, max_size=N_GROUPS).map(
    lambda x: np.array(x, float)
)
sizes_of = st.lists(st.integers(0, 500), min_size=N_GROUPS, max_size=N_GROUPS).map(
    lambda x: np.array(x, float)
)
factors = st.floats(0.01, 100)


@st.composite
def shares(draw, people=None):
    """Events and people of every group."""
    people = draw(sizes_of) if people is None else people
    return np.array([draw(st.integers(0, int(one))) for one in people], float), people


@given(st.integers(0, 1_000_000), st.data())
def test_wilson_holds_the_share_and_stays_within_bounds(people, data):
    events = data.draw(st.integers(0, people))
    low, high = wilson(events, people)
    if people == 0:
        assert np.isnan(low) and np.isnan(high)
        return
    assert 0 <= low <= events / people <= high <= 1
    assert low < high
    assert (low == 0) == (events == 0) and (high == 1) == (events == people)


@given(st.integers(1, 100_000), st.data())
def test_wilson_is_the_same_read_from_either_side(people, data):
    events = data.draw(st.integers(0, people))
    low, high = wilson(events, people)
    other_low, other_high = wilson(people - events, people)
    np.testing.assert_allclose([low, high], [1 - other_high, 1 - other_low], atol=1e-12)


@given(st.integers(1, 1000), st.integers(2, 50), st.data())
def test_more_people_give_a_narrower_wilson_interval(people, times, data):
    events = data.draw(st.integers(0, people))
    (low, high), (more_low, more_high) = wilson(events, people), wilson(events * times, people * times)
    assert more_high - more_low < high - low


@given(amounts, sizes_of)
def test_the_interval_holds_the_estimate(sums, sizes):
    estimate = ratio(sums * (sizes > 0), sizes)
    low, high = interval(estimate, sizes)
    if np.count_nonzero(sizes) < intervals.FEWEST_GROUPS:
        assert np.isnan(low) and np.isnan(high)
    else:
        assert low <= estimate.value <= high


@given(amounts, sizes_of, factors, factors)
def test_the_interval_follows_the_unit(sums, sizes, factor, shift):
    sums = sums * (sizes > 0)
    plain = interval(ratio(sums, sizes), sizes)
    changed = interval(ratio(factor * sums + shift * sizes, sizes), sizes)
    tolerance = 1e-9 * (factor * sums.sum() + shift * sizes.sum())
    np.testing.assert_allclose(changed, np.array(plain) * factor + shift, rtol=1e-7, atol=tolerance)


@given(amounts, sizes_of, st.permutations(range(N_GROUPS)))
def test_the_order_of_groups_does_not_matter(sums, sizes, order):
    sums = sums * (sizes > 0)
    plain = interval(ratio(sums, sizes), sizes)
    shuffled = interval(ratio(sums[order], sizes[order]), sizes[order])
    np.testing.assert_allclose(shuffled, plain, rtol=1e-9, atol=1e-9 * (1 + sums.sum()))


@given(shares(), st.booleans())
def test_a_strategy_does_not_differ_from_itself(one, is_proportion):
    events, people = one
    found = np.array(paired_difference((events, people), (events, people), people, is_proportion))
    if people.sum() == 0:
        assert np.isnan(found).all()
    elif np.count_nonzero(people) >= intervals.FEWEST_GROUPS:
        assert (found == 0).all()


@given(st.data())
def test_a_difference_read_backwards_changes_its_sign(data):
    events, people = data.draw(shares())
    other, _ = data.draw(shares(people))
    value, low, high = paired_difference((events, people), (other, people), people, True)
    back = paired_difference((other, people), (events, people), people, True)
    np.testing.assert_allclose([value, low, high], [-back[0], -back[2], -back[1]], atol=1e-12)


@given(st.data())
def test_only_the_very_same_groups_differ_by_nothing_for_certain(data):
    events, people = data.draw(shares())
    other, _ = data.draw(shares(people))
    _, low, high = paired_difference((events, people), (other, people), people, True)
    if np.array_equal(events, other) or np.count_nonzero(people) < intervals.FEWEST_GROUPS:
        return
    assert low < high


@given(amounts, sizes_of, amounts)
def test_covariances_are_those_of_a_product(sums, sizes, others):
    first, second = ratio(sums * (sizes > 0), sizes), ratio(others * (sizes > 0), sizes)
    spread = [
        intervals.covariance(*pair, sizes) for pair in ((first, first), (first, second), (second, second))
    ]
    if np.count_nonzero(sizes) < intervals.FEWEST_GROUPS:
        assert np.isnan(spread).all()
        return
    assert spread[0] >= 0 and spread[2] >= 0
    assert spread[1] ** 2 <= spread[0] * spread[2] * (1 + 1e-9) + 1e-12
