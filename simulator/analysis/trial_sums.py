"""What a trial adds up: endpoints by arm, reading, stage read at entry and group of people.

Everything is an integer (values are scaled), so the order in which people are added does not matter.
Stages are kept apart because people may be weighted to a published mix of them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.analysis.endpoints import ENDPOINTS, Reading, endpoint_values, reading_of
from simulator.engine.examination import examine
from simulator.engine.missing import luck_of_missing
from simulator.engine.people import People
from simulator.engine.quantities import N_GROUPS
from simulator.engine.simulation import Course, live, scratch
from simulator.patient import columns as c
from simulator.patient.derived import CODE, values
from simulator.scenario.trial import Trial

N_STAGES = 5
SCALE = 10_000
"""Values are counted in parts of this; ten million people with changes of a million percent still fit."""

SQUARES_SCALE = 1_000

ENTRY = {
    "age": ("age_years", "years", 1),
    "women": ("sex", "%", 100),
    "bmi": ("bmi", "kg/m2", 1),
    "diabetes": ("has_diabetes", "%", 100),
    "alt": ("observed_alt_u_l", "U/L", 1),
    "ast": ("observed_ast_u_l", "U/L", 1),
    "liver_fat": ("observed_liver_fat_percent", "%", 1),
    "lsm": ("observed_lsm_kpa", "kPa", 1),
    "hba1c": ("observed_hba1c_percent", "%", 1),
    "nas": ("observed_nas", "points", 1),
}
"""Quantities of the table `entry`: the column or derived quantity, unit and factor; stages come after."""

_MEASURED = np.array([column.name.startswith(("observed_", "first_")) for column in c.COLUMNS])


@dataclass
class TrialSums:
    """What the people of a trial add up to.

    Attributes
    ----------
    sizes : int64 (N_STAGES, N_GROUPS), people who entered.
    entry : int64 (3, quantities, N_STAGES): people measured at entry, scaled sum, scaled sum of squares.
    counts : int64 (arms, readings, endpoints, N_STAGES, N_GROUPS), people an endpoint counts.
    totals : int64, shape of `counts`, scaled sums of the endpoint.
    """

    NAMES: ClassVar = ("sizes", "entry", "counts", "totals")

    sizes: np.ndarray
    entry: np.ndarray
    counts: np.ndarray
    totals: np.ndarray

    @staticmethod
    def empty(trial: Trial, n_arms: int) -> TrialSums:
        """Return the sums of nobody."""
        shape = (n_arms, len(trial.reading_months), len(trial.endpoints), N_STAGES, N_GROUPS)
        return TrialSums(
            np.zeros((N_STAGES, N_GROUPS), np.int64),
            np.zeros((3, len(ENTRY), N_STAGES), np.int64),
            np.zeros(shape, np.int64),
            np.zeros(shape, np.int64),
        )

    def add(self, other: TrialSums) -> None:
        """Add other people of the same trial, in place."""
        for name, part in self.parts().items():
            part += getattr(other, name)

    def parts(self) -> dict[str, np.ndarray]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in self.NAMES}


def tried(people: People, trial: Trial, courses: Mapping[str, Course]) -> TrialSums:
    """Return what the arms of a trial do to some people, who are left as they were.

    Parameters
    ----------
    people : at the start of the run. What their tests showed counts as read at entry; what is not known
        is measured with the same luck as when they were chosen, and care does not learn of it.
    trial : when people are read, and what is reported.
    courses : arm to its course.
    """
    sums = TrialSums.empty(trial, len(courses))
    record = next(iter(courses.values())).record
    entered = _entered(people, record)
    stage = entered.state[c.OBSERVED_FIBROSIS_STAGE].astype(np.int64)
    place = stage, people.family % N_GROUPS
    np.add.at(sums.sizes, place, 1)
    _add_entry(sums.entry, entered, stage, record)
    entry = reading_of(entered.state)
    for arm, course in enumerate(courses.values()):
        for number, (end, is_absent) in enumerate(_readings(people, trial, course)):
            for position, name in enumerate(trial.endpoints):
                value, counts = _endpoint(name, entry, end, is_absent, trial.missing == "failure")
                where = arm, number, position
                np.add.at(sums.counts[where], place, counts)
                np.add.at(sums.totals[where], place, value)
    return sums


def _entered(people: People, record: np.record) -> People:
    """Return people with every test done at entry; what was known of them before stays."""
    entered = read(people, record, 0)
    known = ~np.isnan(people.state) & _MEASURED[:, None]
    entered.state[known] = people.state[known]
    return entered


def _readings(people: People, trial: Trial, course: Course) -> Iterator[tuple[Reading, np.ndarray]]:
    """Yield what each visit of an arm shows, and who is not there to be read (bool (n,))."""
    luck, living, month = luck_of_missing(people.keys), people.copy(), 0
    for until in trial.reading_months:
        live(living, course, month, until)
        month = until
        has_left = luck <= trial.missing_fraction * month / trial.months
        is_dead = living.state[c.DEATH_MONTH] <= month
        yield reading_of(read(living, course.record, month).state), has_left | is_dead


def read(people: People, record: np.record, month: int) -> People:
    """Return the same people after every test has been done on them in a month, unknown to their care."""
    seen = people.copy()
    examine(record, seen.state, seen.keys, *scratch(), month)
    return seen


def _endpoint(
    name: str, entry: Reading, end: Reading, is_absent: np.ndarray, is_failure: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return an endpoint's scaled value of everybody and whom it counts, int64 (n,) each."""
    value = endpoint_values(name, entry, end)
    counts = np.isfinite(value) & ~is_absent
    endpoint = ENDPOINTS[name]
    scaled = np.zeros(len(value), np.int64)
    scaled[counts] = np.rint(SCALE * value[counts])
    if is_failure and endpoint.is_share and endpoint.needs_biopsy:
        counts |= is_absent
    return scaled, counts.astype(np.int64)


def _add_entry(sums: np.ndarray, entered: People, stage: np.ndarray, record: np.record) -> None:
    for position, (name, _, factor) in enumerate(ENTRY.values()):
        value = factor * values(record, entered.state, CODE[name], 0).astype(np.float64)
        known = np.isfinite(value)
        np.add.at(sums[0, position], stage[known], 1)
        np.add.at(sums[1, position], stage[known], np.rint(SCALE * value[known]).astype(np.int64))
        squares = np.rint(SQUARES_SCALE * value[known] ** 2).astype(np.int64)
        np.add.at(sums[2, position], stage[known], squares)
