"""Growing people: founded at 18, they live up to the start of the run under the model's own laws.

Person i of a seed has a sequence of cells (sex, group, age) of their own, and in each cell a sequence
of lives. The first life that reaches the start alive stands for the cell, so the living have the
ages of the profile; the first cell that fits the question is the person. Nothing of this depends on how
many others are asked for, on lots or on threads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.base import randomness
from simulator.base.errors import input_error
from simulator.base.jit import kernel
from simulator.cohort.profile import Profile
from simulator.cohort.tries import Tries
from simulator.engine.people import People
from simulator.engine.simulation import NO_PLAN, Course, examine_at_entry, live
from simulator.patient import columns as c
from simulator.patient import founders
from simulator.patient.derived import CODE, DERIVED, matching
from simulator.scenario.plan import CONDITION

ADULT_AGE_MONTHS = 216
OLDEST_MONTHS = 1300
MOST_CELLS = 4000
"""Cells tried for a person before giving up: conditions met by fewer than one in a thousand fail."""

_CELL_CODES = {CODE[name] for name in ("sex", "ethnicity", "age_years", "birth_month", "birth_year")}
_GENE_CODES = {CODE[name] for name in ("pnpla3_g", "tm6sf2_t", "hsd17b13_ta")}
_CELL_SALT, _ETHNICITY_SALT = np.uint32(2**28), np.uint32(2**29)
_MONTHS_PER_YEAR = np.float32(12)


@kernel
def draw_cells(seed0, seed1, index, family, attempts, families_attempts, ethnicity, women, age, year, state):
    """Write sex, ethnicity, birth month and birth year of people, addressed by number and attempt."""
    for i in range(len(index)):
        key = randomness.derived_key(seed0 ^ _ETHNICITY_SALT, seed1, family[i], families_attempts[i])
        word, _ = randomness.words(key[0], key[1], 0, randomness.CELL)
        place = np.searchsorted(ethnicity, np.float64(randomness.uniform(word)))
        group = min(int(place), len(ethnicity) - 1)
        key = randomness.derived_key(seed0 ^ _CELL_SALT, seed1, index[i], attempts[i])
        for_sex, for_age = randomness.words(key[0], key[1], 0, randomness.CELL)
        sex = 1 if randomness.uniform(for_sex) <= women[group] else 0
        place = np.searchsorted(age[group, sex], np.float64(randomness.uniform(for_age)))
        months = min(int(place), age.shape[2] - 1) + ADULT_AGE_MONTHS
        state[c.SEX, i] = sex
        state[c.ETHNICITY, i] = group
        state[c.BIRTH_MONTH, i] = -months
        state[c.BIRTH_YEAR, i] = np.float32(year) - np.float32(months) / _MONTHS_PER_YEAR


@dataclass
class GrownSource:
    """People of a profile who meet conditions at the start of the run; see `engine.simulation.Source`.

    Attributes
    ----------
    profile : who lives in the population.
    record : the parameter record they live under.
    seed : names their luck.
    conditions : CONDITION (n,), what must be true at the start; empty for everybody.
    sibship : people per family who share parents (1 for unrelated people).
    steps_per_year : steps the record was made for.
    examined : whether every marker is measured at the start.
    remembers : whether care keeps those results; otherwise it knows only what the conditions looked at.
    """

    profile: Profile
    record: np.record
    seed: int
    conditions: np.ndarray = field(default_factory=lambda: np.zeros(0, CONDITION))
    sibship: int = 1
    steps_per_year: int = 12
    examined: bool = True
    remembers: bool = True

    def __call__(self, first: int, last: int) -> People:
        """Return people number first .. last - 1 at the start of the run.

        Raises
        ------
        InputError : when hardly anybody meets the conditions.
        """
        if self.sibship == 1:
            people = self._grown_up(first, last)
            self._forget(people)
            return people
        before, beyond = first % self.sibship, -last % self.sibship
        families = self._grown_up(first - before, last + beyond)
        note_family_history(families)
        self._forget(families)
        return families.take(np.arange(before, last - first + before))

    def _grown_up(self, first: int, last: int) -> People:
        """Return people by their numbers, before they know of each other."""
        people = People.nobody(np.arange(first, last), self.sibship)
        chosen: list[People] = []
        place, n_chosen = np.zeros(len(people), np.int64), 0
        at_18 = self._settled_at_18()
        tries = Tries(
            last - first,
            every_cell_fits=len(self.conditions) == 0,
            lives_are_alike=not _GENE_CODES & set(at_18["code"].tolist()),
        )
        while len(tries):
            tries.side_by_side()
            part = self._found(people.index[tries.person], tries)
            if len(at_18):
                settled = matching(self.record, part.state, at_18, 0)
                tries.drop(settled)
                part = part.take(settled)
            part = self._grow(part)
            kept = tries.first_lives(part.state[c.DEATH_MONTH] >= c.NEVER)
            part = part if len(kept) == len(part) else part.take(kept)
            is_alive = part.state[c.DEATH_MONTH] >= c.NEVER
            fits = is_alive & matching(self.record, part.state, self.conditions, 0)
            rows = np.flatnonzero(fits)[tries.are_best(fits)]
            chosen.append(part.take(rows))
            place[tries.person[rows]] = np.arange(n_chosen, n_chosen + len(rows))
            n_chosen += len(rows)
            tries.go_on(is_alive, fits)
            if tries.most_cells() > MOST_CELLS:
                raise self._too_rare()
        found = People.together(chosen).take(place)
        return People(found.state, found.keys, people.index, people.family)

    def _forget(self, people: People) -> None:
        """Take away results nobody has asked for: care starts with what selection looked at."""
        if self.remembers:
            return
        looked_at = set(self.conditions["code"])
        for position, column in enumerate(c.COLUMNS):
            if column.name.startswith(("observed_", "first_")) and position not in looked_at:
                people.state[position] = np.nan

    def _settled_at_18(self) -> np.ndarray:
        """Return the conditions on what is settled at 18, which need nobody to grow."""
        settled = [row["code"] in _CELL_CODES | _GENE_CODES for row in self.conditions]
        return self.conditions[np.array(settled, bool)]

    def _found(self, index: np.ndarray, tries: Tries) -> People:
        """Return founders, one a try: cell, then genes, tendencies and habits."""
        batch = People.nobody(index, self.sibship)
        seed, profile = randomness.seed_key(self.seed), self.profile
        index, family = batch.index.astype(np.uint32), batch.family.astype(np.uint32)
        of_family = tries.cell if self.sibship == 1 else np.zeros_like(tries.cell)
        draw_cells(
            *seed, index, family, tries.cell, of_family,
            profile.ethnicity, profile.women, profile.age, profile.calendar_year, batch.state,
        )  # fmt: skip
        mothers, fathers = np.empty_like(batch.keys), np.empty_like(batch.keys)
        founders.draw_keys(*seed, index, tries.life_number(), self.sibship, batch.keys, mothers, fathers)
        founders.found(self.record, batch.state, batch.keys, mothers, fathers)
        return batch

    def _grow(self, part: People) -> People:
        """Let founders live up to the start, the oldest side by side so that blocks start together."""
        order = np.argsort(part.state[c.BIRTH_MONTH], kind="stable")
        grown = part.take(order)
        course = Course(NO_PLAN, self.record, self.steps_per_year)
        live(grown, course, -OLDEST_MONTHS * self.steps_per_year // 12, 0)
        if self.examined:
            examine_at_entry(grown, self.record)
        grown.state[c.COST_USD] = 0
        grown.state[c.QALYS] = 0
        return grown.take(np.argsort(order, kind="stable"))

    def _too_rare(self) -> Exception:
        names = [*c.INDEX, *DERIVED]
        said = ", ".join(f"{names[r['code']]} from {r['low']:g} to {r['high']:g}" for r in self.conditions)
        return input_error(
            "population.where",
            f"enough people of {self.profile.name} must meet the conditions",
            f"{said}, which none of {MOST_CELLS} lives of a person met",
            "wider conditions",
        )


def note_family_history(people: People) -> None:
    """Mark who has a brother or sister with diabetes or cirrhosis; families must be side by side."""
    for month, column in (
        (c.DIABETES_MONTH, c.FAMILY_HISTORY_DIABETES),
        (c.CIRRHOSIS_MONTH, c.FAMILY_HISTORY_CIRRHOSIS),
    ):
        has = people.state[month] <= 0
        _, family = np.unique(people.family, return_inverse=True)
        in_family = np.bincount(family, weights=has)
        people.state[column] = (in_family[family] - has) > 0
