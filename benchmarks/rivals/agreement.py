"""Whether the rivals do the engine's work: same luck, same lives; own luck, same averages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rivals.c_rival import CMonth
from rivals.mesa_rival import CohortModel
from rivals.numpy_rival import Population, named
from rivals.people import LIVED, N_DRAWS, N_NORMALS, engine_draws, numbers, quantities
from simulator.engine.people import People
from simulator.engine.simulation import NO_PLAN, Course, live
from simulator.patient import columns as c

TOLERANCE = 2e-5
"""Largest departure, relative to 1 + the size of the number, that double precision may cause."""

PARTED = 0.002
"""Largest share of people who may depart further: a threshold can fall between two roundings."""

Z_LIMIT = 4.5
"""Largest difference of means in standard errors; some thirty quantities are compared in each rival."""

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


def numpy_lives(p: Any, people: People, months: int) -> dict[str, np.ndarray]:
    """Return the columns after some months in the NumPy rival with the engine's luck."""
    population = Population(p, quantities(p, people))
    for month, draws in months_of_draws(people, months):
        population.live(month, named(draws[:N_NORMALS], draws[N_NORMALS:]))
    return {name: getattr(population, name) for name in LIVED}


def mesa_lives(p: Any, people: People, months: int) -> dict[str, np.ndarray]:
    """Return the columns after some months in the Mesa rival with the engine's luck."""
    model, replay = CohortModel(p, quantities(p, people)), Replay()
    model.random = replay
    for month, draws in months_of_draws(people, months):
        model.steps = month
        for patient, luck in zip(model.everyone, draws[list(_DRAWN_BY_A_PATIENT)].T.tolist(), strict=True):
            if patient.death_month >= c.NEVER:
                replay.draws = iter(luck)
                patient.step()
    return model.lived()


def check_bits(c_month: CMonth, people: People, months: int) -> None:
    """Check that C gives the engine's bits.

    Raises
    ------
    AssertionError : when any column of anybody differs.
    """
    people = in_every_state(people)
    ours, theirs = engine_lives(c_month.record, people, months), people.copy()
    c_month.live(theirs, 0, months)
    differ = (ours.state.view(np.uint32) != theirs.state.view(np.uint32)).any(axis=1)
    assert not differ.any(), f"C differs in {[c.COLUMNS[row].name for row in np.flatnonzero(differ)]}"


def check_lives(what: str, lived: dict[str, np.ndarray], engine: People) -> None:
    """Check that a rival with the engine's luck led everybody to the same place.

    Raises
    ------
    AssertionError : when a column departs by more than double precision explains.
    """
    for name in LIVED:
        ours = engine.state[c.INDEX[name]].astype(float)
        departs = ~(np.abs(lived[name] - ours) <= TOLERANCE * (1 + np.abs(ours)))
        assert departs.mean() <= PARTED, f"{what}: {name} departs from the engine in {departs.sum()} people"


def check_means(what: str, lived: dict[str, np.ndarray], engine: People) -> dict[str, float]:
    """Check that a rival with its own luck agrees with the engine on average; return the z scores.

    Both started from the same people, so the standard error is that of each person's difference.

    Raises
    ------
    AssertionError : when a mean, or the share to whom something happened, is beyond Monte-Carlo error.
    """
    scores = {}
    for name in LIVED:
        ours, theirs = engine.state[c.INDEX[name]].astype(float), lived[name].astype(float)
        if c.BY_NAME[name].is_month:
            ours, theirs = ours < c.NEVER, theirs < c.NEVER
        difference = theirs.astype(float) - ours
        error = difference.std() / np.sqrt(len(difference))
        scores[name] = difference.mean() / error if error > 0 else 0.0
        assert abs(scores[name]) < Z_LIMIT, (
            f"{what}: mean {name} is {scores[name]:.1f} errors off the engine's"
        )
    return scores


def check_same_luck(record: np.record, people: People, months: int) -> None:
    """Check the NumPy and Mesa rivals person by person with the engine's luck; see `check_lives`."""
    people, p = in_every_state(people), numbers(record)
    engine = engine_lives(record, people, months)
    check_lives("NumPy", numpy_lives(p, people, months), engine)
    check_lives("Mesa", mesa_lives(p, people, months), engine)
