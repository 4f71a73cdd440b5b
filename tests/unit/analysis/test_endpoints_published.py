"""Endpoints as published trials defined them, on readings made up by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.analysis.endpoints import ENDPOINTS, endpoint_values, reading_of
from simulator.patient import columns as c
from simulator.scenario.vocabulary import ENDPOINT_WORDS

ENTRY = {
    "fibrosis_stage": 3, "steatosis_grade": 2, "ballooning_grade": 2, "inflammation_grade": 2, "nas": 6,
    "bmi": 40.0, "weight_kg": 120.0, "ast_u_l": 40.0, "homa_ir": 6.0,
}  # fmt: skip


def value(name, entry=None, **end):
    """Return an endpoint of one person, entry and end as in ENTRY except for what is given."""
    first = ENTRY | (entry or {})
    last = first | end
    return float(
        endpoint_values(
            name, *({k: np.array([v], np.float32) for k, v in seen.items()} for seen in (first, last))
        )[0]
    )


@pytest.mark.parametrize(
    ("end", "reached"),
    [
        ({"fibrosis_stage": 2}, 1),
        ({"fibrosis_stage": 2, "steatosis_grade": 3, "ballooning_grade": 1}, 1),
        ({"fibrosis_stage": 2, "steatosis_grade": 3, "nas": 7}, 0),
        ({"fibrosis_stage": 3, "nas": 2}, 0),
    ],
)
def test_fibrosis_improved_with_nas_not_up_looks_at_the_sum_alone(end, reached):
    assert value("fibrosis_improved_nas_not_up", **end) == reached


@pytest.mark.parametrize(
    ("entry", "end", "reached"),
    [
        ({}, {"ballooning_grade": 1, "nas": 4}, 1),
        ({}, {"ballooning_grade": 1, "nas": 5}, 0),
        ({}, {"ballooning_grade": 2, "nas": 4}, 0),
        ({}, {"ballooning_grade": 1, "nas": 4, "fibrosis_stage": 4}, 0),
        ({"nas": 4, "ballooning_grade": 1}, {"ballooning_grade": 0, "nas": 3}, 1),
    ],
)
def test_histological_improvement(entry, end, reached):
    assert value("histological_improvement", entry, **end) == reached


@pytest.mark.parametrize(("bmi", "reached"), [(38.0, 1), (38.1, 0), (30.0, 1)])
def test_weight_down_five_percent(bmi, reached):
    assert value("weight_down_5_percent", bmi=bmi) == reached


@pytest.mark.parametrize(
    ("name", "end", "change"),
    [
        ("weight_change_kg", {"weight_kg": 117.0}, -3),
        ("bmi_change", {"bmi": 41.5}, 1.5),
        ("ast_change_percent", {"ast_u_l": 30.0}, -25),
        ("homa_ir_change", {"homa_ir": 4.5}, -1.5),
    ],
)
def test_changes_are_end_less_entry(name, end, change):
    assert value(name, **end) == pytest.approx(change)


def test_weight_follows_from_bmi_and_height():
    state = np.zeros((c.N_COLUMNS, 1), np.float32)
    state[c.BMI], state[c.HEIGHT_CM] = 25, 200
    assert reading_of(state)["weight_kg"][0] == pytest.approx(100)


def test_scenarios_may_ask_for_every_endpoint():
    assert set(ENDPOINT_WORDS) == set(ENDPOINTS)
