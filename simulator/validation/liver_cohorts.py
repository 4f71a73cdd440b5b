"""Cohorts that several studies of the liver share, and how epidemiologists count in them.

One population is grown and everybody in it has had every test, biopsy included; cohorts are masks on
what those tests showed. Only the cirrhotic, one adult in a hundred, are grown apart.
"""

from __future__ import annotations

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.clinic import several_lives
from simulator.validation.world import Estimate, World

POPULATION_PER_ARM = 10
"""The population is so many times the world's size, because one referred adult in a hundred has cirrhosis."""
CIRRHOTIC_LIVES = 10
"""The cirrhotic are as many as an arm, and each lives so many futures: what follows cirrhosis is rare."""

RAISED_ALT_MEN, RAISED_ALT_WOMEN = 40.0, 33.0
STIFF_KPA = 8.0
"""What sends people with a fatty liver to biopsy: raised ALT (U/L), or stiffness."""
CIRRHOTIC_KPA = 13.6
"""Stiffness from which cirrhosis is taken for granted (kPa)."""
DIABETIC_HBA1C = 6.5
FATTY_PERCENT = 5.0
"""Liver fat by magnetic resonance from which it counts as steatosis (%)."""

FEMALE, LIVER, CARDIOVASCULAR = 1, 1, 2
MONTHS = 12
NEVER = np.float32(c.NEVER)


def population(world: World) -> People:
    """Return adults of the profile, tested; the same ones for every study."""
    return world.adults(POPULATION_PER_ARM * world.size)


def cirrhotic(world: World) -> People:
    """Return adults with true cirrhosis and no liver cancer, some of them decompensated."""
    people = world.adults(world.size, {"has_cirrhosis": True, "has_hcc": False})
    return several_lives(people, CIRRHOTIC_LIVES)


def is_spared(people: People, month: float = 0) -> np.ndarray:
    """Return who is alive without decompensation, liver cancer or transplant in a month, bool (n,)."""
    return (people.state[c.DEATH_MONTH] > month) & ~has_liver_event(people, month)


def biopsied(world: World, among: People | None = None) -> People:
    """Return people a clinic biopsies (raised ALT or stiffness) whose biopsy showed a fatty liver.

    They come from the shared population, or are those `among` other people.
    """
    everybody = population(world) if among is None else among
    return everybody.take(is_sent(everybody) & reads_fat(everybody) & is_spared(everybody))


def is_sent(people: People) -> np.ndarray:
    """Return whom a clinic sends to biopsy by the last tests: raised ALT or stiffness, bool (n,)."""
    limit = np.where(people.state[c.SEX] == FEMALE, RAISED_ALT_WOMEN, RAISED_ALT_MEN)
    with np.errstate(invalid="ignore"):
        raised = people.state[c.OBSERVED_ALT_U_L] >= limit
        return raised | (people.state[c.OBSERVED_LSM_KPA] >= STIFF_KPA)


def read_cirrhotic(world: World) -> People:
    """Return people trials of compensated MASH cirrhosis find: stage 4 and fat on biopsy, and stiff."""
    everybody = population(world)
    with np.errstate(invalid="ignore"):
        is_stiff = everybody.state[c.OBSERVED_LSM_KPA] >= CIRRHOTIC_KPA
    read = (stage(everybody) == 4) & reads_fat(everybody)
    return everybody.take(read & is_stiff & is_spared(everybody))


def at_least(people: People, row: int, limit: float) -> np.ndarray:
    """Return in whom a test showed a limit or more; what was not measured is not, bool (n,)."""
    with np.errstate(invalid="ignore"):
        return people.state[row] >= limit


def has_liver_event(people: People, month: float) -> np.ndarray:
    """Return who had decompensation, liver cancer or a transplant by a month, bool (n,)."""
    events = (c.DECOMPENSATION_MONTH, c.HCC_MONTH, c.TRANSPLANT_MONTH)
    return np.any(people.state[list(events)] <= month, axis=0)


def stage(people: People) -> np.ndarray:
    """Return the fibrosis stage read on the last biopsy, float32 (n,)."""
    return people.state[c.OBSERVED_FIBROSIS_STAGE]


def reads_fat(people: People) -> np.ndarray:
    """Return whose last biopsy showed steatosis, bool (n,)."""
    return people.state[c.OBSERVED_STEATOSIS_GRADE] >= 1


def reads_mash(people: People) -> np.ndarray:
    """Return whose last biopsy showed steatosis, ballooning and inflammation, bool (n,)."""
    rows = (c.OBSERVED_STEATOSIS_GRADE, c.OBSERVED_BALLOONING_GRADE, c.OBSERVED_INFLAMMATION_GRADE)
    return np.all(people.state[list(rows)] >= 1, axis=0)


def reads_definite_mash(people: People) -> np.ndarray:
    """Return whose last biopsy left no doubt of MASH: all features, many ballooned cells, bool (n,)."""
    return reads_mash(people) & (people.state[c.OBSERVED_BALLOONING_GRADE] >= 2)


def reads_simple_steatosis(people: People) -> np.ndarray:
    """Return whose last biopsy showed steatosis without ballooning and little inflammation, bool (n,).

    What lies between this and definite steatohepatitis is what the registry's pathologists call borderline.
    """
    ballooned = people.state[c.OBSERVED_BALLOONING_GRADE] >= 1
    inflamed = people.state[c.OBSERVED_INFLAMMATION_GRADE] >= 2
    return reads_fat(people) & ~ballooned & ~inflamed


def knows_diabetes(world: World, people: People) -> np.ndarray:
    """Return who has diabetes by history or by HbA1c at the visit, bool (n,)."""
    known = world.values(people, "diagnosed_diabetes") > 0
    return known | (people.state[c.OBSERVED_HBA1C_PERCENT] >= DIABETIC_HBA1C)


def rebiopsied(world: World, people: People, months: int) -> tuple[People, People]:
    """Return those fit for a second biopsy after some months of usual care: as they were, as they are.

    The dead and those with decompensation, liver cancer or a transplant are not biopsied again.
    """
    later = world.follow(people, months)
    fit = is_spared(later, months)
    return people.take(fit), world.tested(later.take(fit), months)


def sent_again(world: World, months: int) -> tuple[People, People]:
    """Return the biopsied whom the clinic sends to a second biopsy: as they were, as they are.

    Cohorts with two biopsies are of people still in care for their liver: whoever no longer has raised ALT
    or stiffness is not biopsied again.
    """
    before, later = rebiopsied(world, biopsied(world), months)
    sent = is_sent(later)
    return before.take(sent), later.take(sent)


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate in another unit, for instance a share in percent."""
    return Estimate(factor * estimate.value, factor * estimate.standard_error)


def time_until(people: People, event: np.ndarray, months: float) -> tuple[np.ndarray, np.ndarray]:
    """Return whose event comes before death and the horizon, and everybody's time at risk.

    Parameters
    ----------
    people : as they are at the horizon.
    event : month of the event or `NEVER`, (n,).
    months : horizon in months since the start.

    Returns
    -------
    happened : bool (n,).
    years : time at risk in years, (n,).
    """
    end = np.minimum(people.state[c.DEATH_MONTH], months)
    return event <= end, np.minimum(event, end) / MONTHS


def risk_ratio(happened: np.ndarray, exposed: np.ndarray) -> Estimate:
    """Return the ratio of the shares for whom something holds, those `exposed` to the others."""
    first, second = (np.asarray(happened[who], float) for who in (exposed, ~exposed))
    ratio = float(first.mean() / second.mean())
    spread = sum((1 - part.mean()) / max(part.sum(), 1) for part in (first, second))
    return Estimate(ratio, ratio * float(np.sqrt(spread)))


def rate_ratio(events: np.ndarray, years: np.ndarray, exposed: np.ndarray, strata: np.ndarray) -> Estimate:
    """Return the Mantel-Haenszel ratio of rates of those `exposed` to the others over strata.

    When one side had no event the strata say nothing, and the crude ratio with half an event is given.

    Parameters
    ----------
    events : bool (n,).
    years : time at risk, (n,).
    exposed : bool (n,).
    strata : int (n,), numbers from zero.
    """
    n = int(strata.max()) + 1

    def total(amount: np.ndarray, who: np.ndarray) -> np.ndarray:
        return np.bincount(strata[who], weights=np.asarray(amount, float)[who], minlength=n)

    cases, others = total(events, exposed), total(events, ~exposed)
    time, time_others = total(years, exposed), total(years, ~exposed)
    everybody = np.maximum(time + time_others, 1e-9)
    above = float(np.sum(cases * time_others / everybody))
    below = float(np.sum(others * time / everybody))
    if above == 0 or below == 0:
        return _crude_ratio(float(cases.sum()), float(others.sum()), float(time.sum() / time_others.sum()))
    spread = float(np.sum((cases + others) * time * time_others / everybody**2))
    return Estimate(above / below, above / below * float(np.sqrt(spread / (above * below))))


def _crude_ratio(cases: float, others: float, times: float) -> Estimate:
    """Return the ratio of two rates without strata, half an event added to each count."""
    ratio = (cases + 0.5) / (others + 0.5) / times
    return Estimate(ratio, ratio * float(np.sqrt(1 / (cases + 0.5) + 1 / (others + 0.5))))


def by_age_and_sex(world: World, people: People, years: float = 5) -> np.ndarray:
    """Return strata of sex and age at the start, int (n,)."""
    age = world.values(people, "age_years") // years
    return (2 * age + people.state[c.SEX]).astype(np.int64)


def survival(months: np.ndarray, died: np.ndarray, at: int, weights: np.ndarray | None = None) -> Estimate:
    """Return the Kaplan-Meier share (0 to 1) without the event `at` months after the start.

    Parameters
    ----------
    months : time to the event or to the end of observation, (n,).
    died : whether it ended with the event, bool (n,).
    at : months since the start.
    weights : (n,) how much each counts; everybody as one when None. The error is as if they were numbers
        of people.
    """
    counts = np.ones(len(months)) if weights is None else weights
    alive, spread = 1.0, 0.0
    for month in np.unique(months[died & (months <= at)]):
        at_risk = float(counts[months >= month].sum())
        deaths = float(counts[died & (months == month)].sum())
        alive *= 1 - deaths / at_risk
        spread += deaths / (at_risk * max(at_risk - deaths, 1))
    return Estimate(alive, alive * float(np.sqrt(spread)))
