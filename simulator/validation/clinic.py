"""Where trials find their people: a large population, screened again and again until enough are eligible.

Eligible people are rare (one adult in a hundred), and growing a hundred lives for each is wasteful when a
dozen trials look for much the same person. So one population is grown, those who could ever be eligible
are kept, and every trial screens them in rounds. In every round a person has new luck: other noise in
the tests, another future. Someone enrolled in two rounds counts as one family for intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.base import randomness
from simulator.base.errors import input_error
from simulator.base.jit import kernel
from simulator.engine.examination import examine
from simulator.engine.people import People
from simulator.engine.simulation import in_threads, scratch
from simulator.patient.columns import COLUMNS
from simulator.patient.derived import matching

LOT = 4096
MOST_ROUNDS = 60
_MEASURED = np.array([column.name.startswith(("observed_", "first_")) for column in COLUMNS])


@kernel
def renew_keys(keys: np.ndarray, number: int, renewed: np.ndarray) -> None:
    """Write the keys of the `number`-th renewed luck of people (uint32 (2, n) each)."""
    for i in range(keys.shape[1]):
        renewed[0, i], renewed[1, i] = randomness.derived_key(keys[0, i], keys[1, i], i, number)


def with_new_luck(people: People, number: int) -> People:
    """Return the same people with another future, the `number`-th."""
    other = people.copy()
    keys = np.empty_like(people.keys)
    renew_keys(people.keys, number, keys)
    other.keys = keys
    return other


def several_lives(people: People, lives: int) -> People:
    """Return the same people so many times over, each time with another future."""
    return People.together([with_new_luck(people, number) for number in range(lives)])


@dataclass
class ClinicSource:
    """People of a pool who meet entry criteria, as `engine.simulation.Source` gives them.

    Attributes
    ----------
    pool : people who could be eligible, untested or tested.
    record : the parameter record.
    conditions : CONDITION (n,), the criteria, on what tests show.
    size : people wanted.
    threads : workers; all cores by default.
    """

    pool: People
    record: np.record
    conditions: np.ndarray
    size: int
    threads: int | None = None

    def __call__(self, first: int, last: int) -> People:
        """Return people number first .. last - 1; the same ones whenever asked.

        Raises
        ------
        InputError : when hardly anybody of the pool is eligible.
        """
        return self._enrolled.take(np.arange(first, last))

    @cached_property
    def _enrolled(self) -> People:
        rounds, found = [], 0
        for number in range(MOST_ROUNDS):
            part = People.together(list(self._screened(number)))
            rounds.append(part)
            found += len(part)
            if found >= self.size:
                everybody = People.together(rounds).take(np.arange(self.size))
                everybody.index = np.arange(self.size, dtype=np.int64)
                return everybody
        raise input_error(
            "entry criteria",
            f"a trial finds its {self.size:,} people in {MOST_ROUNDS} rounds of screening",
            f"{found:,} of {len(self.pool):,} screened in every round",
            "wider criteria, or a smaller trial",
        )

    def _screened(self, number: int) -> Iterator[People]:
        """Yield those of the pool who are eligible in a round, lot by lot in order."""
        bounds = [(first, min(first + LOT, len(self.pool))) for first in range(0, len(self.pool), LOT)]

        def work(bound: tuple[int, int]) -> People:
            part = self.pool.take(np.arange(*bound))
            part.state[_MEASURED] = np.nan
            keys = np.empty_like(part.keys)
            renew_keys(part.keys, number, keys)
            part.keys = keys
            examine(self.record, part.state, part.keys, *scratch(), 0)
            return part.take(matching(self.record, part.state, self.conditions, 0))

        lots = dict(in_threads(work, bounds, self.threads))
        return iter([lots[bound] for bound in bounds])
