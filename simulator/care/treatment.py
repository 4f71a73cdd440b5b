"""What treatments do: their terms, how they add up, and how long people stay on them.

A drug acts on its measured target and histology follows through the cascade; a direct liver term
stands only where trials show a gap. Terms add over drugs and scale with adherence.
"""

import numpy as np

from simulator.base.jit import law
from simulator.base.mathematics import ONE, TWO, exp, log

_MONTHS_PER_YEAR = np.float32(12)

DRUG_TERMS = (
    "weight_loss",
    "insulin_resistance",
    "hepatic_glucose_output",
    "glucose",
    "liver_fat",
    "injury",
    "antifibrotic_stages_per_year",
    "glucose_control",
    "weight_months_on",
    "weight_months_off",
    "cost_usd_per_month",
)
"""Parameters every drug class has, as `<drug>_<term>`; the record holds them as one matrix."""

N_EFFECTS = 8
"""The first terms are effects on the body, summed over the drugs a person takes."""

GLUCOSE_CONTROL, WEIGHT_MONTHS_ON, WEIGHT_MONTHS_OFF, COST = 7, 8, 9, 10
"""Positions in `DRUG_TERMS` of glucose control, whose shares multiply, of the clocks and of the cost."""


@law
def step_of_months(p, months):
    """Return the share of the way covered in a step by a process with this time constant (months)."""
    return ONE - exp(-p.months_per_step / months)


@law
def weight_response(p, log_sd, z):
    """Return how much of the average weight loss of a treatment this person has (1 on average).

    The same treatment takes little off some and much off others, and so it does again the next time.
    """
    return min(exp(log_sd * z - log_sd * log_sd / TWO), p.weight_response_max)


@law
def months_to_stop(hazard_per_year, uniform_draw):
    """Return the months until a course is given up, for a constant hazard a year and a uniform in (0, 1]."""
    return -log(uniform_draw) / hazard_per_year * _MONTHS_PER_YEAR
