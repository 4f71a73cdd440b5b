"""Economics against an example worked by hand, and against the definitions."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from simulator.analysis import economics
from simulator.analysis.economics import DOMINATED, EXTENDED, FRONTIER, SAME, Place, frontier
from simulator.analysis.intervals import ratio
from simulator.analysis.tables import COLUMNS

EIGHT = [100] * 8


class TestFrontier:
    """Five strategies, in the manner of a textbook.

    ======  ======  =====  ==========================================================
    name    cost    QALYs  against the one before
    ======  ======  =====  ==========================================================
    none     1,000  10.00
    B        3,000  10.10  2,000 / 0.10 = 20,000 per QALY
    C        4,000  10.30  1,000 / 0.20 =  5,000 < 20,000: B is dominated by extension
    D       10,000  10.40  6,000 / 0.10 = 60,000
    E       11,000  10.35  dearer and worse than D: dominated
    ======  ======  =====  ==========================================================

    Without B, C costs 3,000 / 0.30 = 10,000 per QALY against none.
    """

    costs = (1000.0, 3000.0, 4000.0, 10_000.0, 11_000.0)
    qalys = (10.0, 10.1, 10.3, 10.4, 10.35)

    def test_worked_by_hand(self):
        places = frontier(self.costs, self.qalys)
        assert [place.standing for place in places] == [FRONTIER, EXTENDED, FRONTIER, FRONTIER, DOMINATED]
        assert [place.versus for place in places] == [None, None, 0, 2, None]
        assert places[2].icer == pytest.approx(10_000) and places[3].icer == pytest.approx(60_000)

    def test_the_order_given_does_not_matter(self):
        order = [3, 1, 4, 0, 2]
        places = frontier([self.costs[one] for one in order], [self.qalys[one] for one in order])
        assert [place.standing for place in places] == [FRONTIER, EXTENDED, DOMINATED, FRONTIER, FRONTIER]
        assert places[0].versus == 4 and places[4].versus == 3

    def test_removing_one_can_condemn_the_one_before(self):
        # ICERs 10, 12 and, last, 2: the third is dominated by extension, and without it so is the second
        places = frontier([0, 10, 22, 24], [0, 1, 2, 3])
        assert [place.standing for place in places] == [FRONTIER, EXTENDED, EXTENDED, FRONTIER]
        assert places[3] == Place(FRONTIER, 0, 8.0)

    def test_cheaper_and_better_than_all(self):
        assert [place.standing for place in frontier([5, 1, 3], [1, 2, 1.5])] == [
            DOMINATED,
            FRONTIER,
            DOMINATED,
        ]

    def test_same_health_at_more_cost_is_dominated(self):
        assert [place.standing for place in frontier([1, 2], [1, 1])] == [FRONTIER, DOMINATED]
        assert [place.standing for place in frontier([1, 1], [1, 2])] == [DOMINATED, FRONTIER]

    def test_a_copy_is_called_a_copy(self):
        places = frontier([1, 1, 4], [1, 1, 2])
        assert [place.standing for place in places] == [FRONTIER, SAME, FRONTIER]
        assert places[2].versus == 0

    def test_one_strategy_alone(self):
        (place,) = frontier([3], [4])
        assert place.standing == FRONTIER and place.versus is None and np.isnan(place.icer)

    def test_the_frontier_is_what_some_willingness_to_pay_would_choose(self):
        rng = np.random.default_rng(7)
        for _ in range(200):
            costs, qalys = rng.uniform(0, 100, 7), rng.uniform(0, 1, 7)
            kept = {one for one, place in enumerate(frontier(costs, qalys)) if place.standing == FRONTIER}
            pays = np.append(np.geomspace(1e-3, 1e7, 4000), 0)
            best = set(np.argmax(pays[:, None] * qalys - costs, axis=1).tolist())
            assert best <= kept
            icers = sorted(place.icer for place in frontier(costs, qalys) if place.versus is not None)
            between = [0.0, *[(a + b) / 2 for a, b in pairwise(icers)], 1e12]
            assert kept == best | {int(np.argmax(pay * qalys - costs)) for pay in between}


def arm(by_group, cost, qaly):
    """Return a one-year record with these totals in each of eight groups of 100."""
    return by_group(people=EIGHT, cost_usd=[[0] * 8, cost], qalys=[[0] * 8, qaly])


@pytest.fixture
def two(by_group):
    """Give two strategies that differ by 200 USD and 0.01 QALYs per person, a little unevenly."""
    usual = arm(by_group, [100_000, 110_000, 90_000, 100_000] * 2, [80, 79, 81, 80] * 2)
    extra_cost, extra_qaly = [20_000, 22_000, 18_000, 20_000] * 2, [1.25, 1.0, 0.75, 1.0] * 2
    drug = arm(
        by_group,
        [a + b for a, b in zip([100_000, 110_000, 90_000, 100_000] * 2, extra_cost, strict=True)],
        [a + b for a, b in zip([80, 79, 81, 80] * 2, extra_qaly, strict=True)],
    )
    return {"usual care": usual, "drug": drug}


def test_the_table_worked_by_hand(two):
    table = economics.cost_effectiveness(two, "usual care", 0.0, 50_000).set_index("strategy")
    drug = table.loc["drug"]
    assert tuple(table.reset_index().columns) == COLUMNS["economics"]
    assert table.index.tolist() == ["usual care", "drug"] and drug["n"] == 800
    assert drug["cost_usd"] == 1200 and drug["qalys"] == pytest.approx(0.81)
    assert drug["cost_difference_usd"] == pytest.approx(200) and drug["qaly_difference"] == pytest.approx(
        0.01
    )
    assert drug["icer_usd_per_qaly"] == pytest.approx(20_000) and drug["versus"] == "usual care"
    assert drug["nmb_usd"] == pytest.approx(0.81 * 50_000 - 1200)
    assert drug["inmb_usd"] == pytest.approx(0.01 * 50_000 - 200)
    # groups' differences are 200, 220, 180, 200 twice: standard deviation 15.1186 over 8 groups
    half = stats.t.ppf(0.975, 7) * 15.118579 / np.sqrt(8)
    assert drug["cost_difference_usd_high"] == pytest.approx(200 + half)
    # and of net benefit 425, 280, 195, 300 twice
    benefit = np.array([425, 280, 195, 300] * 2)
    ends = stats.t.interval(0.95, 7, benefit.mean(), stats.sem(benefit))
    assert [drug["inmb_usd_low"], drug["inmb_usd_high"]] == pytest.approx(ends)


def test_the_comparator_does_not_differ_from_itself(two):
    usual = (
        economics.cost_effectiveness(two, "usual care", 0.03, 50_000).set_index("strategy").loc["usual care"]
    )
    for name in ("cost_difference_usd", "qaly_difference", "inmb_usd"):
        assert (usual[[name, f"{name}_low", f"{name}_high"]] == 0).all()
    assert usual["versus"] == "" and np.isnan(usual["icer_usd_per_qaly"])
    assert np.isnan(usual["comparator_icer_usd_per_qaly"])


def test_dominated_strategies_have_no_icer_of_their_own(two, by_group):
    worse = arm(by_group, [130_000] * 8, [79, 78, 80, 79] * 2)
    table = economics.cost_effectiveness(two | {"worse": worse}, "usual care", 0.0, 50_000).set_index(
        "strategy"
    )
    assert table.loc["worse", "standing"] == DOMINATED
    assert np.isnan(table.loc["worse", "icer_usd_per_qaly"]) and table.loc["worse", "inmb_usd_high"] < 0
    assert np.isnan(table.loc["worse", "comparator_icer_usd_per_qaly"])


def test_fieller_ends_are_where_net_benefit_may_be_zero(two):
    """At an end of the ICER's interval as willingness to pay, an end of the net benefit's is zero."""
    drug = economics.cost_effectiveness(two, "usual care", 0.0, 1.0).set_index("strategy").loc["drug"]
    low, high = drug["comparator_icer_usd_per_qaly_low"], drug["comparator_icer_usd_per_qaly_high"]
    assert low < 20_000 < high
    at_low = economics.cost_effectiveness(two, "usual care", 0.0, low).set_index("strategy").loc["drug"]
    at_high = economics.cost_effectiveness(two, "usual care", 0.0, high).set_index("strategy").loc["drug"]
    assert at_low["inmb_usd_high"] == pytest.approx(0, abs=1e-6)
    assert at_high["inmb_usd_low"] == pytest.approx(0, abs=1e-6)


def test_an_icer_without_a_clear_gain_has_no_interval():
    cost = ratio(np.array([5.0, 6, 5, 6]), np.ones(4))
    gain = ratio(np.array([0.5, -0.4, 0.3, -0.2]), np.ones(4))
    value, low, high = economics.icer(cost, gain, np.ones(4))
    assert value == pytest.approx(5.5 / 0.05) and np.isnan([low, high]).all()


def test_saving_at_a_loss_of_health_gives_what_is_saved_per_qaly(by_group, two):
    less = economics.cost_effectiveness(two, "drug", 0.0, 50_000).set_index("strategy").loc["usual care"]
    assert less["cost_difference_usd"] == pytest.approx(-200)
    assert less["comparator_icer_usd_per_qaly"] == pytest.approx(20_000)


def test_discounting_reaches_costs_and_qalys(two):
    table = economics.cost_effectiveness(two, "usual care", 0.03, 50_000).set_index("strategy")
    assert table.loc["drug", "cost_usd"] == pytest.approx(1200 / 1.03**0.5)
    assert table.loc["drug", "qalys"] == pytest.approx(0.81 / 1.03**0.5)
    assert table.loc["drug", "icer_usd_per_qaly"] == pytest.approx(20_000)


def test_too_few_groups_leave_the_intervals_blank(by_group):
    them = {
        name: by_group(people=[50, 50], cost_usd=[[0, 0], cost], qalys=[[0, 0], qaly])
        for name, cost, qaly in (("a", [10, 20], [1, 2]), ("b", [20, 40], [2, 4]))
    }
    row = economics.cost_effectiveness(them, "a", 0.0, 100).set_index("strategy").loc["b"]
    assert row["icer_usd_per_qaly"] == pytest.approx(10) and np.isnan(row["inmb_usd_low"])
    points, ellipses = economics.plane(them, "a", 0.0)
    assert len(points) == 3 and ellipses.empty


def test_the_plane_shows_estimate_cloud_and_ellipse(records):
    points, ellipses = economics.plane(records, "usual care", 0.03)
    table = economics.cost_effectiveness(records, "usual care", 0.03, 50_000).set_index("strategy")
    drug = points[points["strategy"] == "drug"].set_index("group")
    assert drug.index.tolist() == list(range(-1, 32))
    assert drug.loc[-1, "cost_difference_usd"] == pytest.approx(table.loc["drug", "cost_difference_usd"])
    cloud = drug.drop(index=-1)
    margin = table.loc["drug", "qaly_difference_high"] - table.loc["drug", "qaly_difference"]
    assert stats.t.ppf(0.975, 31) * cloud["qaly_difference"].std(ddof=0) == pytest.approx(margin)
    curve = ellipses[ellipses["strategy"] == "drug"]
    assert np.allclose(curve.iloc[0, 1:].astype(float), curve.iloc[-1, 1:].astype(float))
    # half its width is Hotelling's reach, sqrt(2 (G - 1) / (G - 2) F(0.95; 2, G - 2)), of standard errors
    reach = np.sqrt(2 * 31 / 30 * stats.f.ppf(0.95, 2, 30))
    width = (curve["qaly_difference"].max() - curve["qaly_difference"].min()) / 2
    assert width == pytest.approx(reach * cloud["qaly_difference"].std(ddof=0), rel=1e-3)


def test_the_ellipse_leans_as_the_cloud_does(records):
    points, ellipses = economics.plane(records, "usual care", 0.03)
    cloud = points[(points["strategy"] == "drug") & (points["group"] >= 0)]
    curve = ellipses[ellipses["strategy"] == "drug"].iloc[1:]
    kinds = ["qaly_difference", "cost_difference_usd"]
    assert cloud[kinds].corr().iloc[0, 1] == pytest.approx(curve[kinds].corr().iloc[0, 1], abs=1e-6)


def test_a_strategy_that_changes_nothing_is_a_point(records):
    _, ellipses = economics.plane(records, "usual care", 0.03)
    nothing = ellipses[ellipses["strategy"] == "nothing new"]
    assert (nothing[["qaly_difference", "cost_difference_usd"]] == 0).all(axis=None)


def test_a_copy_of_the_comparator_stands_as_a_copy(records):
    copy = {**records, "nothing new": dataclasses.replace(records["usual care"])}
    table = economics.cost_effectiveness(copy, "usual care", 0.03, 50_000).set_index("strategy")
    assert table.loc["nothing new", "standing"] == SAME
