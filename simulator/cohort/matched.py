"""A user's own people, completed: what was measured is kept, the rest comes from grown people like them.

Donors are grown with the cohort's mix of sex, group and age (`mix`). Each person's nearest donors are
found (`resemblance`), luck addressed by the person's number picks one of them, and the person takes
up the donor's life with the measured body (`completing`). A person depends on the file, the seed and the
own number alone, so lots and threads change nothing.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.base import randomness
from simulator.base.errors import input_error
from simulator.base.jit import kernel
from simulator.cohort import known
from simulator.cohort.completing import Completion, past_of
from simulator.cohort.grown import GrownSource
from simulator.cohort.match_report import MatchReport, report_of
from simulator.cohort.mix import profile_of
from simulator.cohort.profile import Profile, load_profile
from simulator.cohort.read import Cohort, read_cohort
from simulator.cohort.resemblance import NEAREST, nearest
from simulator.engine.people import People
from simulator.engine.simulation import LOT_SIZE, Source
from simulator.patient.derived import CODE, matching
from simulator.scenario.plan import CONDITION

DONORS = 40_000
"""Grown people among whom each person's like is looked for."""

DIABETIC_DONORS = 10_000
"""More of them, all with diabetes, when the file says who has it."""

FEWEST_DONORS = 0.25
"""Least share of the donors grown for a part of the file that is matched apart."""

MOST_TRIED = 50_000
"""Completed people tried before giving up on conditions that nobody meets."""

_DONOR_SEED = 0x5EED_D0 << 32
_COHORT_SALT = np.uint32(2**28)


@dataclass(frozen=True)
class MatchedSource:
    """People of a cohort at the start of a run; see `engine.simulation.Source`.

    Attributes
    ----------
    given : float64 (rows,) by column, NaN where not measured.
    donors, past : the donors in use, at the start and five years before.
    found : int32 (rows, NEAREST), each row's nearest donors.
    numbers : int64 (people,), number of each person among all people of the seed; the first ones are
        the rows of the file, the others rows drawn with replacement.
    completion : how people are completed.
    seed : names their luck.
    """

    given: dict[str, np.ndarray]
    donors: People
    past: People
    found: np.ndarray
    numbers: np.ndarray
    completion: Completion
    seed: int

    @property
    def record(self) -> np.record:
        """The parameter record people live under."""
        return self.completion.record

    def __len__(self) -> int:
        return len(self.numbers)

    def __call__(self, first: int, last: int) -> People:
        """Return people number first .. last - 1 at the start of the run."""
        people = self.complete(self.numbers[first:last])
        people.index = people.family = np.arange(first, first + len(people), dtype=np.int64)
        return people

    def complete(self, numbers: np.ndarray) -> People:
        """Return people by their numbers of the seed, whether or not they meet conditions."""
        keys, rows, ranks = own_luck(self.seed, numbers, len(self.found))
        chosen = self.found[rows, ranks]
        past = self.past.take(chosen)
        given = {name: column[rows] for name, column in self.given.items()}
        return self.completion.complete(given, past, self.donors.state[:, chosen], keys)


def matched_source(
    path: Path | str,
    *,
    profile_name: str = "us-adults-2018",
    record: np.record,
    seed: int,
    conditions: np.ndarray | None = None,
    size: int | None = None,
    steps_per_year: int = 12,
    donors: int = DONORS,
) -> tuple[MatchedSource, MatchReport]:
    """Return the people of a CSV file as a source, and how they were completed.

    Parameters
    ----------
    path : see `read_cohort`.
    profile_name : profile whose laws of descent fill in what the file leaves out.
    record : the parameter record, made for `steps_per_year`.
    seed : names the luck of donors and people.
    conditions : CONDITION (n,), what must be true of a completed person at the start.
    size : people wanted. None for everybody who meets the conditions; fewer than those takes the
        first; beyond them rows are drawn again with replacement and completed with luck of their own.
    donors : people grown to be matched with.

    Raises
    ------
    InputError : when the file cannot be used, or hardly anybody meets the conditions.
    """
    cohort, profile = read_cohort(path), load_profile(profile_name)
    given = _with_implied(cohort)
    pool, groups = _grow_donors(given, profile, record, seed, steps_per_year, donors)
    found, distance = np.zeros((len(cohort), NEAREST), np.int32), np.zeros((len(cohort), NEAREST))
    compared = known.independent(given)
    for rows, members in groups:
        near, distance[rows] = nearest({k: v[rows] for k, v in compared.items()}, pool.take(members), record)
        found[rows] = members[near]
    used, where = np.unique(found, return_inverse=True)
    in_use = pool.take(used)
    past = _past(in_use, record, steps_per_year)
    completion = Completion(record, steps_per_year, profile.calendar_year)
    everybody = np.zeros(0, np.int64)
    source = MatchedSource(
        given, in_use, past, where.reshape(found.shape).astype(np.int32), everybody, completion, seed
    )
    wanted = np.zeros(0, CONDITION) if conditions is None else conditions
    numbers, n_fitting = _choose(source, cohort, wanted, size)
    source = MatchedSource(given, in_use, past, source.found, numbers, completion, seed)
    report = report_of(cohort, profile, pool, record, source.found, distance, numbers, n_fitting)
    return source, report


def _with_implied(cohort: Cohort) -> dict[str, np.ndarray]:
    """Return what the file gives and what follows from it: who has decompensated is cirrhotic."""
    given = {name: column for name, column in cohort.values.items() if name != "weight_kg"}
    given.setdefault("bmi", np.full(len(cohort), np.nan))
    is_late = cohort.given("has_decompensation") == 1
    if is_late.any():
        stage = cohort.given("fibrosis_stage")
        given["fibrosis_stage"] = np.where(is_late & np.isnan(stage), 4, stage)
    return given


def _grow_donors(
    given: dict[str, np.ndarray], profile: Profile, record: np.record, seed: int, steps_per_year: int, n: int
) -> tuple[People, list[tuple[np.ndarray, np.ndarray]]]:
    """Return donors, and which rows of the file are matched with which of them.

    People known to have diabetes are matched among donors who have it, who would otherwise be few,
    and people whose group is not given among donors in the profile's proportions.
    """
    n_rows = len(given["sex"])
    is_diabetic = np.zeros(n_rows, bool)
    for name in ("diagnosed_diabetes", "has_diabetes"):
        is_diabetic |= given[name] == 1 if name in given else False
    ethnicity = given.get("ethnicity", np.full(n_rows, np.nan))
    has_diabetes = np.array([(CODE["has_diabetes"], 1, 1)], CONDITION)
    pools, groups, first = [], [], 0
    for of_diabetes, most, conditions in (
        (~is_diabetic, n, has_diabetes[:0]),
        (is_diabetic, max(1, n * DIABETIC_DONORS // DONORS), has_diabetes),
    ):
        for of_group in (np.isfinite(ethnicity), np.isnan(ethnicity)):
            rows = np.flatnonzero(of_diabetes & of_group)
            if len(rows):
                size = max(1, int(most * max(len(rows) / of_diabetes.sum(), FEWEST_DONORS)))
                mix = profile_of(profile, given["age_years"][rows], given["sex"][rows], ethnicity[rows])
                source = GrownSource(
                    mix, record, seed ^ _DONOR_SEED, conditions, steps_per_year=steps_per_year
                )
                pools.append(_grown(source, size))
                groups.append((rows, np.arange(first, first + size)))
                first += size
    return People.together(pools), groups


def _grown(source: Source, size: int) -> People:
    bounds = [(first, min(first + LOT_SIZE, size)) for first in range(0, size, LOT_SIZE)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        return People.together(list(threads.map(lambda bound: source(*bound), bounds)))


def _past(donors: People, record: np.record, steps_per_year: int) -> People:
    lots = np.array_split(np.arange(len(donors)), max(1, len(donors) // LOT_SIZE))
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        parts = threads.map(lambda rows: past_of(donors.take(rows), record, steps_per_year), lots)
        return People.together(list(parts))


def _choose(
    source: MatchedSource, cohort: Cohort, conditions: np.ndarray, size: int | None
) -> tuple[np.ndarray, int]:
    """Return the numbers of the people simulated, and how many rows of the file meet the conditions."""
    n_rows = len(cohort)
    if not len(conditions):
        return np.arange(n_rows if size is None else size, dtype=np.int64), n_rows
    chosen: list[np.ndarray] = []
    count = n_fitting = first = 0
    while first < n_rows or (size is not None and count < size):
        numbers = np.arange(first, min(first + LOT_SIZE, n_rows) if first < n_rows else first + LOT_SIZE)
        fits = matching(source.record, source.complete(numbers).state, conditions, 0)
        n_fitting += int(fits.sum()) if first < n_rows else 0
        chosen.append(numbers[fits])
        count, first = count + int(fits.sum()), int(numbers[-1]) + 1
        if first >= n_rows and first > MOST_TRIED and count * 1000 < first:
            break
    if count < (1 if size is None else size):
        given = f"{count:,} of {first:,} completed people meet them"
        right = "wider conditions, or people of the file who meet them"
        raise input_error("population.where", f"enough people of {cohort.path.name} meet it", given, right)
    return np.concatenate(chosen)[: count if size is None else size], n_fitting


def own_luck(seed: int, numbers: np.ndarray, n_rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what luck gives people by their numbers.

    Returns
    -------
    Keys, uint32 (2, n); rows of the file, int64 (n,): the first `n_rows` people are the rows themselves,
    whoever comes after is a row drawn with replacement; and which of the nearest donors each takes
    after, int64 (n,).
    """
    keys, rows = np.empty((2, len(numbers)), np.uint32), np.empty(len(numbers), np.int64)
    ranks = np.empty(len(numbers), np.int64)
    draw_people(*randomness.seed_key(seed), numbers, n_rows, keys, rows, ranks)
    return keys, rows, ranks


@kernel
def draw_people(
    seed0: np.uint32,
    seed1: np.uint32,
    numbers: np.ndarray,
    n_rows: int,
    keys: np.ndarray,
    rows: np.ndarray,
    ranks: np.ndarray,
) -> None:
    """Write keys, rows and ranks of people; see `own_luck`."""
    for i in range(len(numbers)):
        key = randomness.derived_key(seed0 ^ _COHORT_SALT, seed1, numbers[i], 0)
        keys[0, i], keys[1, i] = key[0], key[1]
        for_row, for_donor = randomness.words(key[0], key[1], 0, randomness.CELL)
        ranks[i] = min(int(randomness.uniform(for_donor) * np.float32(NEAREST)), NEAREST - 1)
        rows[i] = numbers[i]
        if numbers[i] >= n_rows:
            rows[i] = min(int(np.float64(randomness.uniform(for_row)) * n_rows), n_rows - 1)
