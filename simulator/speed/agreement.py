"""Whether another version of the month does what the engine does: the same luck leads to the same lives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator.engine.people import People
from simulator.engine.simulation import NO_PLAN, Course, live
from simulator.patient import columns as c
from simulator.speed.mesa_month import CohortModel
from simulator.speed.people import LIVED, N_DRAWS, engine_draws, numbers, quantities

TOLERANCE = 2e-5
"""Largest departure, relative to 1 + the size of the number, that double precision may cause."""

PARTED = 0.002
"""Largest share of people who may depart further: a threshold can fall between two roundings."""

_DRAWN_BY_A_PATIENT = (2, 0, 1, 4, 3, 8, 9, 7, 10, 11, 5, 6)
"""Rows of the engine's draws in the order in which a Mesa patient asks for them."""


class Replay:
    """Stands in for a model's random numbers and answers with given ones."""

    def __init__(self) -> None:
        self.draws: Iterator[float] = iter(())

    def gauss(self, mu: float, sigma: float) -> float:
        """Return the next number; the patient asks for a standard normal."""
        return mu + sigma * next(self.draws)

    def random(self) -> float:
        """Return the next number; the patient asks for a uniform."""
        return next(self.draws)


def in_every_state(people: People) -> People:
    """Return the people with treatments, harms and disease at random, so that every term counts."""
    mixed, rng, n = people.copy(), np.random.default_rng(1), len(people)
    for name, low, high in (
        ("programme_weight_loss", -0.1, 0.1), ("drug_weight_loss", -0.1, 0.1),
        ("programme_activity_met_min_per_week", -500, 500), ("programme_diet_quality", -0.2, 0.2),
        ("programme_sleep_hours", -1, 1), ("programme_stress_z", -1, 1),
        ("programme_loss_per_month", -0.005, 0.005), ("programme_regain_per_month", 0, 0.02),
        ("effect_weight_loss_target", -0.1, 0.1), ("effect_weight_step", 0, 0.3),
        ("effect_insulin_resistance", -0.3, 0.3), ("effect_hepatic_glucose_output", -0.3, 0.3),
        ("effect_glucose", -0.1, 0.1), ("effect_glucose_control", 0, 0.5), ("effect_liver_fat", -0.3, 0.3),
        ("effect_injury", -0.5, 0.5), ("effect_antifibrotic", 0, 0.1),
        ("treatment_cost_usd_per_month", 0, 500),
    ):  # fmt: skip
        mixed.state[c.INDEX[name]] = rng.uniform(low, high, n)
    mixed.state[c.PROGRAMME_IS_ON] = rng.random(n) < 0.5
    mixed.state[c.Z_BETA_CELL] -= rng.uniform(0, 2, n)
    is_scarred = rng.random(n) < 0.7
    mixed.state[c.FIBROSIS, is_scarred] = rng.uniform(0, 6, is_scarred.sum())
    for column, share in ((c.DECOMPENSATION_MONTH, 0.2), (c.HCC_MONTH, 0.1), (c.TRANSPLANT_MONTH, 0.1)):
        is_ill = rng.random(n) < share
        mixed.state[column, is_ill] = -rng.integers(0, 60, is_ill.sum())
    return mixed


def eventful(record: np.record) -> np.record:
    """Return the numbers with rare events made frequent, so that a few people meet them all."""
    more = record.copy()
    more["ln_hcc_hazard"] += 5
    for name in ("decompensation_per_year", "masld_recognition_per_year", "diabetes_recognition_per_year"):
        more[name] *= 5
    return more


def engine_lives(record: np.record, people: People, months: int) -> People:
    """Return the people after some months in the engine."""
    lived = people.copy()
    live(lived, Course(NO_PLAN, record), 0, months)
    return lived


def months_of_draws(people: People, months: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each month with the engine's draws of it, float64 (12, n)."""
    draws = np.empty((N_DRAWS, len(people)), np.float32)
    for month in range(1, months + 1):
        engine_draws(people.keys, month, draws)
        yield month, draws.astype(float)


def mesa_lives(p: Any, people: People, months: int) -> dict[str, np.ndarray]:
    """Return the columns after some months in the Mesa version with the engine's luck."""
    model, replay = CohortModel(p, quantities(p, people)), Replay()
    model.random = replay
    for month, draws in months_of_draws(people, months):
        model.steps = month
        for patient, luck in zip(model.everyone, draws[list(_DRAWN_BY_A_PATIENT)].T.tolist(), strict=True):
            if patient.death_month >= c.NEVER:
                replay.draws = iter(luck)
                patient.step()
    return model.lived()


def departures(lived: dict[str, np.ndarray], engine: People) -> dict[str, int]:
    """Return the columns in which more people depart from the engine than rounding explains, and how many."""
    found = {}
    for name in LIVED:
        ours = engine.state[c.INDEX[name]].astype(float)
        departs = ~(np.abs(lived[name] - ours) <= TOLERANCE * (1 + np.abs(ours)))
        if departs.mean() > PARTED:
            found[name] = int(departs.sum())
    return found


def mesa_departures(record: np.record, people: People, months: int) -> dict[str, int]:
    """Return `departures` of the Mesa version after some eventful months, from people in every state."""
    people, record = in_every_state(people), eventful(record)
    return departures(mesa_lives(numbers(record), people, months), engine_lives(record, people, months))
