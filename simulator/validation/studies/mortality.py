"""Who dies, when and of what: the life table, steatosis, and the stage that was read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.clinic import several_lives
from simulator.validation.liver_cohorts import (
    CARDIOVASCULAR,
    FATTY_PERCENT,
    FEMALE,
    LIVER,
    biopsied,
    by_age_and_sex,
    is_spared,
    knows_diabetes,
    population,
    rate_ratio,
    scaled,
    stage,
)
from simulator.validation.world import Estimate, World, rate, share

MONTHS = 12
YEARS_OF_LIFE_TABLE = 20
YEARS_OF_COHORTS = 10
YEARS_IN_SWEDEN = 14
MONTHS_IN_OLMSTED = 77
"""The published median (allen_2022)."""
YEARS_OF_BIOPSIED = 20
"""Long, because people read at stage 0 hardly die of the liver before."""
LIVES_BY_STAGE = 6
"""Futures that each of them lives, for the same reason."""
YOUNGER, OLDER = 2, 3
"""Years of age around an age of the life table that are counted for it."""
YOUNG, YOUNG_YEARS = 30, 5
"""Below this age, where few die, years on both sides are counted instead."""
AGES = (25, 40, 50, 60, 70, 80, 90)
OTHER_LIVER_DEATHS = 39_722 / (2_797_265 - 33_702)
"""Share of US deaths without this disease that are written as deaths of the liver (paik_2020): of 73,424,
this disease accounts for 48.9 % of 60,111 of cirrhosis and for 35.4 % of 12,169 of cancer."""


def _aged(people: People, first: float, last: float, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Return deaths and years lived between two ages within the follow-up, (n,) each."""
    birth, death = people.state[c.BIRTH_MONTH], people.state[c.DEATH_MONTH]
    start = np.maximum(birth + first * MONTHS, 0)
    end = np.minimum(np.minimum(birth + last * MONTHS, months), death)
    return (death > start) & (death <= end), np.clip(end - start, 0, None) / MONTHS


def life_table(world: World) -> dict[str, Estimate]:
    """Adults followed for twenty years: chance of dying within a year, per 1000, by age and sex."""
    months = YEARS_OF_LIFE_TABLE * MONTHS
    later = world.follow(population(world), months)
    female = later.state[c.SEX] == FEMALE
    found = {}
    for age in AGES:
        before, after = (YOUNG_YEARS, YOUNG_YEARS) if age < YOUNG else (YOUNGER, OLDER)
        died, years = _aged(later, age - before, age + after, months)
        for name, who in {"men": ~female, "women": female}.items():
            hazard = rate(died[who], years[who], 1)
            chance = 1000 * -np.expm1(-hazard.value)
            found[f"{name}_{age}"] = Estimate(float(chance), 1000 * hazard.standard_error)
    return found


def _lived(people: People, years: float) -> np.ndarray:
    return np.minimum(people.state[c.DEATH_MONTH], years * MONTHS) / MONTHS


def _died(people: People, years: float, cause: int | None = None) -> np.ndarray:
    died = people.state[c.DEATH_MONTH] <= years * MONTHS
    return died if cause is None else died & (people.state[c.DEATH_CAUSE] == cause)


def _written_as(people: People, years: float, cause: int | None) -> np.ndarray:
    """Return deaths as a registry writes them: some of any cause are put down to the liver, (n,) floats.

    The model knows no drink or virus that kills by the liver, but those who follow people up do.
    """
    died = _died(people, years, cause).astype(float)
    if cause != LIVER:
        return died
    return died + OTHER_LIVER_DEATHS * (_died(people, years) - died)


def steatotic(world: World) -> dict[str, Estimate]:
    """Adults with steatosis on ultrasound, followed for ten years: deaths by cause."""
    people = population(world)
    later = world.follow(people.take(people.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0), 120)
    years = _lived(later, YEARS_OF_COHORTS)
    causes = {"all_per_1000": None, "cardiovascular_per_1000": CARDIOVASCULAR, "liver_per_1000": LIVER}
    return {
        name: rate(_written_as(later, YEARS_OF_COHORTS, cause), years, 1000) for name, cause in causes.items()
    }


def olmsted(world: World) -> dict[str, Estimate]:
    """Adults with steatosis on ultrasound and no event of the liver: deaths written as of the liver."""
    people = population(world)
    is_fatty = people.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0
    later = world.follow(people.take(is_fatty & is_spared(people)), MONTHS_IN_OLMSTED)
    years = MONTHS_IN_OLMSTED / MONTHS
    liver = share(_written_as(later, years, LIVER), _died(later, years))
    return {"liver_share_of_deaths": scaled(liver, 100)}


def national(world: World) -> dict[str, Estimate]:
    """Adults of the profile over two years: deaths of the liver among deaths."""
    later = world.follow(population(world), 2 * MONTHS)
    return {"liver_deaths_per_1000": scaled(share(_died(later, 2, LIVER), _died(later, 2)), 1000)}


def sweden(world: World) -> dict[str, Estimate]:
    """Biopsied people with steatosis against adults without it on resonance: cardiovascular death.

    Like the source, it asks what is left beside age, sex and diabetes.
    """
    everybody = population(world)
    lean_liver = everybody.state[c.OBSERVED_LIVER_FAT_PERCENT] < FATTY_PERCENT
    healthy = everybody.take(lean_liver & is_spared(everybody))
    cases = biopsied(world, everybody)
    people = People.together([cases, healthy])
    later = world.follow(people, YEARS_IN_SWEDEN * MONTHS)
    died, years = _died(later, YEARS_IN_SWEDEN, CARDIOVASCULAR), _lived(later, YEARS_IN_SWEDEN)
    strata = 2 * by_age_and_sex(world, people) + knows_diabetes(world, people)
    ratio = rate_ratio(died, years, np.arange(len(people)) < len(cases), strata)
    return {"cardiovascular_ratio": ratio}


def by_stage(world: World) -> dict[str, Estimate]:
    """Biopsied people followed for twenty years: death by the stage read at entry, for age and sex."""
    people = biopsied(world, population(world))
    people = several_lives(people, LIVES_BY_STAGE)
    read, strata = stage(people), by_age_and_sex(world, people, 10)
    later = world.follow(people, YEARS_OF_BIOPSIED * MONTHS)
    years = _lived(later, YEARS_OF_BIOPSIED)
    pairs = [(2, 0), (3, 0), (4, 0), (4, 3)]
    found = {}
    for name, cause in {"all": None, "liver": LIVER}.items():
        died = _written_as(later, YEARS_OF_BIOPSIED, cause)
        for high, low in pairs:
            two = (read == high) | (read == low)
            found[f"{name}_f{high}_to_f{low}"] = rate_ratio(
                died[two], years[two], read[two] == high, strata[two]
            )
    return found


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    study.__name__: study for study in (life_table, steatotic, olmsted, national, sweden, by_stage)
}
"""Name in `measure` of a target to the study that gives its quantities."""
