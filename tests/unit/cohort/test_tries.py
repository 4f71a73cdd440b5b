"""Whatever is tried beside it, the first surviving life decides a cell and the first fitting cell wins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.cohort.tries import MOST_AHEAD, Tries
from simulator.engine.block import BLOCK

Fate = Callable[[int, int, int], bool]


def by_chance(seed: int, share: float) -> Fate:
    """Return fates that depend on person, cell and life alone."""
    return lambda person, cell, life: np.random.default_rng([seed, person, cell, life]).random() < share


def one_by_one(person: int, survives: Fate, fits: Fate) -> tuple[int, int]:
    """Return the cell and the life of a person, found without any haste."""
    for cell in range(10_000):
        life = next(life for life in range(10_000) if survives(person, cell, life))
        if fits(person, cell, life):
            return cell, life
    raise AssertionError("nobody fits")


def searched(tries: Tries, n_people: int, survives: Fate, fits: Fate) -> tuple[list[tuple[int, int]], int]:
    """Return cell and life of everybody, and how many rounds it took, as `grown` searches."""
    found: dict[int, tuple[int, int]] = {}
    rounds = 0
    while len(tries):
        rounds += 1
        tries.side_by_side()
        lives = list(zip(*(x.tolist() for x in (tries.person, tries.cell, tries.life)), strict=True))
        alive = np.array([survives(*life) for life in lives])
        kept = tries.first_lives(alive)
        is_alive = alive[kept]
        is_fit = is_alive & np.array([fits(*lives[row]) for row in kept])
        for row in np.flatnonzero(is_fit)[tries.are_best(is_fit)]:
            found[int(tries.person[row])] = (int(tries.cell[row]), int(tries.life[row]))
        tries.go_on(is_alive, is_fit)
    return [found[person] for person in range(n_people)], rounds


@pytest.mark.parametrize("lives_are_alike", [True, False])
@pytest.mark.parametrize(("surviving", "fitting"), [(0.9, 0.5), (0.3, 0.9), (0.2, 0.1)])
def test_haste_changes_nobody(lives_are_alike: bool, surviving: float, fitting: float) -> None:
    survives, fits = by_chance(1, surviving), by_chance(2, fitting)
    tries = Tries(40, lives_are_alike=lives_are_alike)
    people, _ = searched(tries, 40, survives, fits)
    assert people == [one_by_one(person, survives, fits) for person in range(40)]


def test_where_everybody_fits_the_first_cell_is_kept_and_no_other_is_opened() -> None:
    survives, anybody = by_chance(3, 0.2), by_chance(4, 1.1)
    tries = Tries(40, every_cell_fits=True)
    people, _ = searched(tries, 40, survives, anybody)
    assert people == [one_by_one(person, survives, anybody) for person in range(40)]
    assert {cell for cell, _ in people} == {0} and tries.most_cells() <= 1


def test_many_lives_at_once_take_few_rounds() -> None:
    survives, anybody = by_chance(5, 0.1), by_chance(4, 1.1)
    _, quick = searched(Tries(40, every_cell_fits=True), 40, survives, anybody)
    _, slow = searched(Tries(40, every_cell_fits=True, lives_are_alike=False), 40, survives, anybody)
    assert quick <= 8 < slow


def test_tries_fill_a_block_and_no_more() -> None:
    for n_people in (1, 3, 100, BLOCK, 1_000):
        tries = Tries(n_people, every_cell_fits=True)
        tries.side_by_side()
        assert len(tries.person) <= max(BLOCK, n_people)
        assert len(tries.person) == n_people * min(max(BLOCK // n_people, 1), MOST_AHEAD)
        assert len(set(zip(tries.person.tolist(), tries.life.tolist(), strict=True))) == len(tries.person)


def test_nothing_left_is_nothing_kept() -> None:
    tries = Tries(3)
    tries.drop(np.zeros(len(tries.person), bool))
    assert len(tries.first_lives(np.zeros(0, bool))) == 0
