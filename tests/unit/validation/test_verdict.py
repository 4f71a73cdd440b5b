"""The rule, worked by hand."""

from __future__ import annotations

import math

import pytest

from simulator.validation.verdict import accepted, combined, verdict
from simulator.validation.world import Estimate
from tests.unit.validation.examples import target


@pytest.mark.parametrize(
    ("changes", "least", "most"),
    [
        ({"value": 10.0, "low": 3.0, "high": 30.0}, 3.0, 30.0),
        ({"value": 10.0}, 8.0, 12.0),
        ({"value": -10.0, "kind": "difference"}, -12.0, -8.0),
        ({"value": 40.0, "kind": "proportion"}, 35.0, 45.0),
        ({"value": 2.0, "kind": "proportion"}, 0.0, 7.0),
        ({"value": 98.0, "kind": "proportion"}, 93.0, 100.0),
        ({"value": 40.0, "low": 39.0, "high": 41.0, "kind": "proportion"}, 39.0, 41.0),
        ({"value": 2.0, "kind": "ratio"}, 1.6, 2.4),
    ],
)
def test_what_is_accepted(changes, least: float, most: float) -> None:
    assert accepted(target(**changes)) == pytest.approx((least, most))


@pytest.mark.parametrize(
    ("model", "said"), [(8.0, "pass"), (12.0, "pass"), (7.99, "fail"), (12.01, "fail"), (math.nan, "fail")]
)
def test_limits_belong_to_what_is_accepted(model: float, said: str) -> None:
    assert verdict(target(), [Estimate(model, 0.5)]).verdict == said


def test_a_limit_is_not_lost_to_the_last_bit() -> None:
    assert verdict(target(value=20.1, kind="proportion"), [Estimate(25.1, 0.1)]).verdict == "pass"
    assert verdict(target(value=0.3), [Estimate(0.36, 0.1)]).verdict == "pass"


def test_the_standardised_difference() -> None:
    # half the published interval is 1.96 standard errors: 3 / 1.96; the model adds 2 in quadrature
    found = verdict(target(low=7.0, high=13.0), [Estimate(14.0, 2.0)])
    assert found.standardised_difference == pytest.approx(4.0 / math.hypot(3 / 1.959964, 2.0), rel=1e-6)
    assert (found.low, found.high) == pytest.approx((14 - 1.96 * 2, 14 + 1.96 * 2), rel=1e-4)
    assert math.isnan(verdict(target(), [Estimate(10.0, 2.0)]).standardised_difference)


def test_ratios_are_compared_on_the_log_scale() -> None:
    wanted = target(value=2.0, low=1.0, high=4.0, kind="ratio")
    found = verdict(wanted, [Estimate(4.0, 0.4)])
    published, model = math.log(4) / (2 * 1.959964), 0.4 / 4.0
    assert found.standardised_difference == pytest.approx(
        math.log(2) / math.hypot(published, model), rel=1e-6
    )
    assert found.low * found.high == pytest.approx(16.0)
    assert found.verdict == "pass"
    nothing = verdict(wanted, [Estimate(0.0, 0.1)])
    assert nothing.verdict == "fail" and math.isnan(nothing.standardised_difference)


def test_draws_and_chance_are_joined() -> None:
    joined = combined("level", [Estimate(8.0, 1.0), Estimate(12.0, 1.0)])
    assert joined.value == 10.0
    assert joined.standard_error == pytest.approx(math.sqrt(8.0 + 1.0))
    ratio = combined("ratio", [Estimate(1.0, 0.0), Estimate(4.0, 0.0)])
    assert ratio.value == pytest.approx(math.log(2))


@pytest.mark.parametrize("model", [10.0, 90.0, math.nan])
def test_a_target_for_context_is_measured_and_not_judged(model: float) -> None:
    found = verdict(target(role="context", note="Recalled."), [Estimate(model, 0.5)])
    assert found.verdict == "context"
    assert found.model == pytest.approx(model, nan_ok=True)
