"""Time the month: nanoseconds per patient-month, the dead counted in, on one and on all cores."""

from __future__ import annotations

import os

import numpy as np
from machine import options, report

from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.recorder import Record, cells
from simulator.engine.simulation import LOT_SIZE, NO_PLAN, Course, live, simulate
from simulator.parameters.library import load_parameters
from simulator.speed.clock import alternated

PEOPLE, YEARS = 2 * LOT_SIZE, 20
PATIENT_MONTHS = PEOPLE * YEARS * 12


def main() -> None:
    """Grow a population once, then time its future in several ways."""
    chosen = options(__doc__)
    record = parameter_record(load_parameters())
    course = Course(NO_PLAN, record)
    people = GrownSource(load_profile("us-adults-2018"), record, seed=1)(0, PEOPLE)

    def lived(step: int, counted: bool) -> None:
        mine = people.copy()
        total = Record.of(mine.family, cells(mine.state), YEARS) if counted else None
        for first in range(0, 12 * YEARS, step):
            live(mine, course, first, first + step, total)

    def lot(first: int, last: int) -> People:
        return people.take(np.arange(first, last))

    times = alternated(
        {
            "nothing counted": lambda: lived(12 * YEARS, False),
            "every year counted": lambda: lived(12 * YEARS, True),
            "stopping every year": lambda: lived(12, True),
            "stopping every month": lambda: lived(1, True),
            "all cores": lambda: simulate(lot, {"usual care": course}, PEOPLE, YEARS),
        },
        chosen.repeats,
    )
    figures: dict[str, object] = {
        f"ns per patient-month, {name}": times[name].processor / PATIENT_MONTHS * 1e9
        for name in list(times)[:-1]
    }
    wall = times["all cores"].wall
    figures["million patient-months a second, all cores"] = PATIENT_MONTHS / wall / 1e6
    figures["speed-up of all cores over one"] = times["every year counted"].wall / wall
    figures["cores"] = os.cpu_count()
    figures["bytes a person"] = people.state.nbytes // PEOPLE + people.keys.nbytes // PEOPLE
    report("The month of usual care, processor time", figures, chosen)


if __name__ == "__main__":
    main()
