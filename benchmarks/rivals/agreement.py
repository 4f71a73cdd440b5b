"""Whether the rivals do the engine's work: same luck, same lives; own luck, same averages."""

from __future__ import annotations

from typing import Any

import numpy as np

from rivals.c_rival import CMonth
from rivals.numpy_rival import Population, named
from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.speed.agreement import (
    departures,
    engine_lives,
    eventful,
    in_every_state,
    mesa_departures,
    months_of_draws,
)
from simulator.speed.people import LIVED, N_NORMALS, numbers, quantities

Z_LIMIT = 4.5
"""Largest difference of means in standard errors; some thirty quantities are compared in each rival."""


def numpy_lives(p: Any, people: People, months: int) -> dict[str, np.ndarray]:
    """Return the columns after some months in the NumPy rival with the engine's luck."""
    population = Population(p, quantities(p, people))
    for month, draws in months_of_draws(people, months):
        population.live(month, named(draws[:N_NORMALS], draws[N_NORMALS:]))
    return {name: getattr(population, name) for name in LIVED}


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
    """Check the NumPy and Mesa rivals person by person with the engine's luck.

    Raises
    ------
    AssertionError : when a column departs by more than double precision explains.
    """
    mixed, often = in_every_state(people), eventful(record)
    engine = engine_lives(often, mixed, months)
    found = {
        "NumPy": departures(numpy_lives(numbers(often), mixed, months), engine),
        "Mesa": mesa_departures(record, people, months),
    }
    assert not any(found.values()), f"people who depart from the engine, by column: {found}"
