"""The people liver clinics see, and their second reading.

The profile's adults stand for everybody; a clinic sees those whom a test in ordinary care sent there.
Accuracy is then judged on new readings, never on those that chose the people.
"""

from __future__ import annotations

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.accuracy import mixed_to
from simulator.validation.liver_cohorts import FEMALE, STIFF_KPA, is_spared, population, stage
from simulator.validation.world import World

HEALTHY_ALT_MEN, HEALTHY_ALT_WOMEN = 33.0, 25.0
"""Upper limits of healthy ALT (U/L), American College of Gastroenterology 2017."""
OLDEST_BIOPSIED = 75
MOST_GRAMS_MEN, MOST_GRAMS_WOMEN = 30.0, 20.0

BIOPSIED_STAGES = {0: 35.8, 1: 32.5, 2: 16.7, 3: 9.3, 4: 5.7}
"""Stages (%) of 411 adults of eleven paired-biopsy cohorts (singh_2015)."""

_MEASURED = np.array([column.name.startswith(("observed_", "first_")) for column in c.COLUMNS])


def retested(world: World, people: People, month: int) -> People:
    """Return the same people with every test done anew in a month they have not lived to.

    A month without living is another reading of the same day: the body is the same, the noise is new.
    Earlier results are wiped first, so an elastography that fails leaves no value.
    """
    wiped = people.copy()
    wiped.state[_MEASURED] = np.nan
    return world.tested(wiped, month)


def raised_alt(people: People) -> np.ndarray:
    """Return whose last ALT was above the healthy limit of their sex, bool (n,)."""
    limit = np.where(people.state[c.SEX] == FEMALE, HEALTHY_ALT_WOMEN, HEALTHY_ALT_MEN)
    return people.state[c.OBSERVED_ALT_U_L] > limit


def drinks_little(people: People) -> np.ndarray:
    """Return who drinks no more than a diagnosis of MASLD allows (30 g a day in men, 20 g in women)."""
    limit = np.where(people.state[c.SEX] == FEMALE, MOST_GRAMS_WOMEN, MOST_GRAMS_MEN)
    return people.state[c.ALCOHOL_G_PER_DAY] <= limit


def biopsied(world: World) -> tuple[People, People]:
    """Return people of a liver clinic as two cores of one session show them.

    They are adults up to 75 with steatosis on ultrasound and either raised ALT or stiffness of 8 kPa or
    more, without decompensation, liver cancer or transplant. All are biopsied.
    """
    people = population(world)
    s = people.state
    with np.errstate(invalid="ignore"):
        is_stiff = s[c.OBSERVED_LSM_KPA] >= STIFF_KPA
    sent = (s[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0) & (raised_alt(people) | is_stiff)
    young = world.values(people, "age_years") <= OLDEST_BIOPSIED
    chosen = people.take(sent & is_spared(people) & young)
    return retested(world, chosen, 1), retested(world, chosen, 2)


def published_mix(people: People) -> np.ndarray:
    """Return weights that give people the stages, as read, of published biopsy cohorts."""
    return mixed_to(stage(people), BIOPSIED_STAGES)


def advanced_mix(people: People, share: float) -> np.ndarray:
    """Return weights with the published stages among F0-F2 and among F3-F4, and a share (0 to 1) of F3-F4."""
    early = sum(BIOPSIED_STAGES[k] for k in (0, 1, 2))
    late = sum(BIOPSIED_STAGES[k] for k in (3, 4))
    mix = {k: v / (early if k < 3 else late) * ((1 - share) if k < 3 else share)
           for k, v in BIOPSIED_STAGES.items()}  # fmt: skip
    return mixed_to(stage(people), mix)
