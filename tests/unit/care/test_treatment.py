"""The terms of drugs, their clocks, and how long people stay on them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.care import treatment as t
from simulator.engine.numbers import parameter_record
from simulator.patient.columns import DRUGS
from tests.unit.engine.worlds import parameters, record, value


def test_a_drug_with_a_five_month_clock_covers_18_percent_of_its_way_a_month():
    assert value(t.step_of_months, record(), 5) == pytest.approx(1 - math.exp(-1 / 5), rel=1e-5)


def test_half_steps_cover_the_root():
    whole, half = value(t.step_of_months, record(), 5), value(t.step_of_months, record(24), 5)
    assert 1 - whole == pytest.approx((1 - half) ** 2, rel=1e-5)


def test_the_median_course_lasts_a_year_at_a_hazard_of_ln_two():
    assert value(t.months_to_stop, math.log(2), 0.5) == pytest.approx(12, rel=1e-5)
    assert value(t.months_to_stop, math.log(2), 1.0) == 0


def test_courses_are_exponential():
    uniforms = (np.arange(2000) + 0.5) / 2000
    months = np.array([value(t.months_to_stop, 0.5, u) for u in uniforms])
    assert months.mean() == pytest.approx(24, rel=0.01)
    assert (months > 12).mean() == pytest.approx(math.exp(-0.5), abs=0.002)


def test_every_drug_has_every_term_in_its_place():
    p = record()
    assert p.drug_terms.shape == (len(DRUGS), len(t.DRUG_TERMS))
    for k, drug in enumerate(DRUGS):
        for position, term in enumerate(t.DRUG_TERMS):
            assert p.drug_terms[k, position] == getattr(p, f"{drug}_{term}")


def test_a_changed_term_reaches_the_matrix():
    p = parameter_record(parameters(pioglitazone_liver_fat=-0.5))
    assert p.drug_terms[DRUGS.index("pioglitazone"), t.DRUG_TERMS.index("liver_fat")] == np.float32(-0.5)


def test_effects_come_first_then_clocks_then_cost():
    assert t.DRUG_TERMS[t.WEIGHT_MONTHS_ON] == "weight_months_on"
    assert t.DRUG_TERMS[t.WEIGHT_MONTHS_OFF] == "weight_months_off"
    assert t.DRUG_TERMS[t.COST] == "cost_usd_per_month"
    assert t.DRUG_TERMS.index("weight_months_on") == t.N_EFFECTS


def test_each_shipped_drug_acts_where_the_evidence_puts_it():
    """Metformin lowers glucose output without a fat term; pioglitazone clears fat while weight rises."""
    p = record()
    term = dict(zip(DRUGS, (dict(zip(t.DRUG_TERMS, row, strict=True)) for row in p.drug_terms), strict=True))
    assert term["metformin"]["hepatic_glucose_output"] < 0
    assert term["metformin"]["liver_fat"] == term["metformin"]["insulin_resistance"] == 0
    assert term["pioglitazone"]["weight_loss"] < 0
    assert term["pioglitazone"]["insulin_resistance"] < 0 > term["pioglitazone"]["liver_fat"]
    assert term["glp1_ra"]["weight_loss"] > 0.1
    assert term["glp1_ra"]["liver_fat"] == term["glp1_ra"]["injury"] == 0
    assert term["vitamin_e"]["injury"] < 0 > term["vitamin_e"]["liver_fat"]
    assert term["vitamin_e"]["weight_loss"] == 0
    assert term["fxr_agonist"]["antifibrotic_stages_per_year"] > 0


def test_weight_response_is_one_on_average_and_bounded():
    """The mean over people is 1, but for what the bound cuts off; without spread everybody is average."""
    p = record(weight_response_max=2.2)
    z = np.random.default_rng(1).standard_normal(4000)
    said = np.array([value(t.weight_response, p, 0.5, each) for each in z])
    assert said.mean() == pytest.approx(1, abs=0.04)
    assert said.max() == pytest.approx(2.2)
    assert value(t.weight_response, p, 0, 1.7) == 1
