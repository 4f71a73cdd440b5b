"""What scar leads to: portal hypertension, decompensation, liver cancer, transplant, and life after each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.accuracy import like_published
from simulator.validation.clinic import several_lives
from simulator.validation.liver_cohorts import (
    CIRRHOTIC_KPA,
    FEMALE,
    LIVER,
    cirrhotic,
    has_liver_event,
    is_spared,
    population,
    read_cirrhotic,
    scaled,
    survival,
    time_until,
)
from simulator.validation.world import Estimate, World, rate, share

MONTHS = 12
HORIZON = 240
"""Months the cirrhotic are followed: long enough to see what comes after an event."""
LAST_EVENT = 180
"""Events after this month are left out of survival, so that all have five years to be seen."""
STEATOTIC_LIVES = 5
FIB4_HIGH, FIB4_VERY_HIGH = 2.67, 3.65
MEDICARE_AGE = 65
FEW_PLATELETS = 150
"""10^9/L: the lower limit of normal, the sign by which cirrhosis came into records before elastography."""
HVPG_TEN_IN_TRIALS = 0.68
VETERANS_MEAN_AGE = 62.7
"""Mean age (years) of US veterans with the disease, 2010 to 2022 (yeoh_2023)."""
AGE_TRANSPLANTED, CANCER_TRANSPLANTED, WOMEN_TRANSPLANTED = 58.5, 0.12, 0.47
"""Mean age (years) and shares of US recipients of 2001 to 2009 (charlton_2011)."""


def _percent(happened: np.ndarray) -> Estimate:
    return scaled(share(happened), 100)


def _compensated(world: World) -> People:
    people = cirrhotic(world)
    return people.take(is_spared(people))


def _in_records(world: World) -> People:
    """Return the cirrhotic whose records say so without stiffness: after decompensation, or by platelets."""
    people = cirrhotic(world)
    is_told = people.state[c.OBSERVED_PLATELETS_10E9_L] < FEW_PLATELETS
    return people.take(is_told | (people.state[c.DECOMPENSATION_MONTH] <= 0))


def _decompensating(people: People, months: int) -> tuple[np.ndarray, np.ndarray]:
    return time_until(people, people.state[c.DECOMPENSATION_MONTH], months)


def olmsted(world: World) -> dict[str, Estimate]:
    """Compensated cirrhosis in the records followed for four years."""
    people = _in_records(world)
    later = world.follow(people.take(is_spared(people)), 48)
    happened, _ = _decompensating(later, 48)
    first = np.minimum(later.state[c.DECOMPENSATION_MONTH], later.state[c.DEATH_MONTH])
    either = first <= 48
    return {
        "decompensated_4_years": _percent(happened),
        "decompensation_or_death": rate(either, np.minimum(first, 48) / MONTHS),
    }


def medicare(world: World) -> dict[str, Estimate]:
    """Compensated cirrhosis in the records of people of 65 and over, followed for eight years."""
    people = _in_records(world)
    is_old = world.values(people, "age_years") >= MEDICARE_AGE
    later = world.follow(people.take(is_spared(people) & is_old), 96)
    happened, _ = _decompensating(later, 96)
    return {"decompensated_8_years": _percent(happened)}


def damico(world: World) -> dict[str, Estimate]:
    """Compensated cirrhosis until decompensation, and decompensated until death."""
    later = world.follow(_compensated(world), HORIZON)
    happened, years = _decompensating(later, HORIZON)
    without = survival(np.round(years * MONTHS), happened, 120)
    months, died = _until_death(_after(world, c.DECOMPENSATION_MONTH), c.DECOMPENSATION_MONTH)
    return {
        "decompensated_10_years": Estimate(100 * (1 - without.value), 100 * without.standard_error),
        "median_survival_years": _median_years(months, died),
    }


def stages_of_cirrhosis(world: World) -> dict[str, Estimate]:
    """One year of compensated cirrhosis, with and without clinically significant portal hypertension."""
    people = _compensated(world)
    pressure = world.values(people, "has_portal_hypertension") > 0
    later = world.follow(people, 12)
    happened, years = _decompensating(later, 12)
    alive = later.state[c.DEATH_MONTH] > 12
    rises = world.values(later, "has_portal_hypertension", 12) > 0
    transplant = _after(world, c.TRANSPLANT_MONTH)
    months, died = _until_death(transplant, c.TRANSPLANT_MONTH)
    return {
        "decompensation_without_pressure": rate(happened[~pressure], years[~pressure]),
        "decompensation_with_pressure": rate(happened[pressure], years[pressure]),
        "new_pressure": _percent(rises[~pressure & alive]),
        "death_after_transplant_year_1": _dying(months, died, 0, 12),
        "death_after_transplant_later": scaled(_dying(months, died, 12, 60), 1 / 4),
    }


def simtuzumab_f4(world: World) -> dict[str, Estimate]:
    """Compensated cirrhosis as trials find it: pressure at entry, liver events within 31 months."""
    people = read_cirrhotic(world)
    pressure = world.values(people, "has_portal_hypertension") > 0
    event = has_liver_event(world.follow(people, 31), 31)
    high, low = _percent(event[pressure]), _percent(event[~pressure])
    p = HVPG_TEN_IN_TRIALS
    error = float(np.hypot(p * high.standard_error, (1 - p) * low.standard_error))
    return {
        "portal_hypertension": _percent(pressure),
        "liver_event": Estimate(p * high.value + (1 - p) * low.value, error),
    }


def _cancer(people: People, months: int, censor: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return liver cancers and years at risk, until a transplant and until `censor` where given."""
    end = np.minimum(people.state[c.TRANSPLANT_MONTH], people.state[c.DEATH_MONTH])
    end = np.minimum(end if censor is None else np.minimum(end, censor), months)
    cancer = people.state[c.HCC_MONTH]
    return cancer <= end, np.clip(np.minimum(cancer, end), 0, None) / MONTHS


def _steatotic(world: World, months: int, men_of: tuple[float, float] | None = None) -> People:
    """Return adults with steatosis on ultrasound and no cirrhosis, after some months of usual care.

    Cancer without cirrhosis is so rare that each lives several futures.
    """
    people = population(world)
    free = people.state[c.CIRRHOSIS_MONTH] > 0
    chosen = (people.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0) & free & is_spared(people)
    if men_of is not None:
        chosen &= _men(world, people, *men_of)
    people = people.take(chosen)
    lives = several_lives(people, STEATOTIC_LIVES)
    return world.follow(lives, months)


def _men(world: World, people: People, youngest: float, oldest: float) -> np.ndarray:
    age = world.values(people, "age_years")
    return (people.state[c.SEX] != FEMALE) & (age >= youngest) & (age <= oldest)


def veterans(world: World) -> dict[str, Estimate]:
    """Liver cancer in men of 40 to 75, with and without cirrhosis, by FIB-4."""
    people = _in_records(world)
    people = people.take(_men(world, people, 40, 75))
    fib4 = people.state[c.OBSERVED_FIB4]
    found, years = _cancer(world.follow(people, 60), 60)
    high = fib4 >= FIB4_HIGH
    later = _steatotic(world, 108, (40, 75))
    early, at_risk = _cancer(later, 108, later.state[c.CIRRHOSIS_MONTH])
    return {
        "cancer_no_cirrhosis_per_1000": rate(early, at_risk, 1000),
        "cancer_cirrhosis_per_1000": rate(found, years, 1000),
        "cancer_cirrhosis_high_fib4_per_1000": rate(found[high], years[high], 1000),
    }


def veterans_with_cirrhosis(world: World) -> dict[str, Estimate]:
    """Liver cancer in men with cirrhosis over 3.7 years, as old as veterans with the disease are."""
    people = _in_records(world)
    people = people.take(_men(world, people, 40, 90))
    weights = like_published([world.values(people, "age_years")], [VETERANS_MEAN_AGE])
    found, years = _cancer(world.follow(people, 44), 44)
    high = people.state[c.OBSERVED_FIB4] > FIB4_VERY_HIGH
    return {
        "cancer_per_100": _weighted_rate(found, years, weights),
        "cancer_very_high_fib4_per_100": _weighted_rate(found, years, weights * high),
    }


def _weighted_rate(events: np.ndarray, years: np.ndarray, weights: np.ndarray) -> Estimate:
    """Return events per 100 person-years of people who count unlike; the error is that of the events."""
    time, count = float((weights * years).sum()), float((weights * events).sum())
    spread = float(np.sqrt((weights**2 * events).sum()))
    return Estimate(100 * count / time, 100 * spread / time)


def orci(world: World) -> dict[str, Estimate]:
    """Liver cancer over five years before cirrhosis, with it, and with it where stiffness has told."""
    later = _steatotic(world, 60)
    early, at_risk = _cancer(later, 60, later.state[c.CIRRHOSIS_MONTH])
    people = cirrhotic(world)
    found, years = _cancer(world.follow(people, 60), 60)
    with np.errstate(invalid="ignore"):
        watched = people.state[c.OBSERVED_LSM_KPA] >= CIRRHOTIC_KPA
    return {
        "cancer_no_cirrhosis": rate(early, at_risk),
        "cancer_cirrhosis": rate(found, years),
        "cancer_cirrhosis_watched": rate(found[watched], years[watched]),
    }


def _after(world: World, event: int) -> People:
    """Return the cirrhotic in whom an event happened early enough for five years to be seen after it."""
    people = cirrhotic(world)
    later = world.follow(people.take(people.state[event] > 0), HORIZON)
    return later.take(later.state[event] <= np.minimum(LAST_EVENT, later.state[c.DEATH_MONTH]))


def _until_death(people: People, event: int, cause: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return months from an event to death (of a cause) or to a later transplant, and who died of it."""
    s = people.state
    transplant = np.where(s[c.TRANSPLANT_MONTH] > s[event], s[c.TRANSPLANT_MONTH], c.NEVER)
    end = np.minimum(np.minimum(s[c.DEATH_MONTH], transplant), HORIZON)
    died = s[c.DEATH_MONTH] <= end
    if cause is not None:
        died &= s[c.DEATH_CAUSE] == cause
    return end - s[event], died


def _dying(months: np.ndarray, died: np.ndarray, first: int, last: int) -> Estimate:
    """Return the share (%) of those alive at month `first` who die by month `last`."""
    there = months > first
    alive = survival(months[there], died[there], last)
    return Estimate(100 * (1 - alive.value), 100 * alive.standard_error)


def _living(months: np.ndarray, died: np.ndarray, at: int) -> Estimate:
    return scaled(survival(months, died, at), 100)


def _median_years(months: np.ndarray, died: np.ndarray) -> Estimate:
    """Return the time by which half have died, in years."""
    half = next((at for at in range(1, HORIZON) if survival(months, died, at).value <= 0.5), HORIZON)
    return Estimate(half / MONTHS, float(months.std() / np.sqrt(len(months))) / MONTHS)


def decompensated(world: World) -> dict[str, Estimate]:
    """From first decompensation: death, liver death, liver cancer, transplant."""
    people = _after(world, c.DECOMPENSATION_MONTH)
    months, died = _until_death(people, c.DECOMPENSATION_MONTH)
    months_liver, died_liver = _until_death(people, c.DECOMPENSATION_MONTH, LIVER)
    start = people.state[c.DECOMPENSATION_MONTH]
    end = start + months
    cancer = people.state[c.HCC_MONTH]
    free = cancer > start
    found = (cancer <= end)[free]
    years = ((np.minimum(cancer, end) - start) / MONTHS)[free]
    return {
        "death_year_1": _dying(months, died, 0, 12),
        "liver_death_year_1": _dying(months_liver, died_liver, 0, 12),
        "liver_death_year_2": _dying(months_liver, died_liver, 12, 24),
        "cancer_per_100": rate(found, years),
        "transplant_per_100": _transplants(world, people, c.DECOMPENSATION_MONTH, 70),
    }


def _transplants(world: World, people: People, event: int, youth: float) -> Estimate:
    """Return transplants per 100 person-years after an event, up to an age."""
    s = people.state
    start = s[event]
    limit = s[c.BIRTH_MONTH] + youth * MONTHS
    end = np.minimum(np.minimum(s[c.DEATH_MONTH], limit), HORIZON)
    at_risk = (start < end) & (s[c.TRANSPLANT_MONTH] > start)
    if event == c.DECOMPENSATION_MONTH:
        end = np.minimum(end, s[c.HCC_MONTH])
        at_risk &= start < end
    happened = (s[c.TRANSPLANT_MONTH] <= end)[at_risk]
    return rate(happened, ((np.minimum(s[c.TRANSPLANT_MONTH], end) - start) / MONTHS)[at_risk])


def liver_cancer(world: World) -> dict[str, Estimate]:
    """From liver cancer: death year by year, and transplant."""
    people = _after(world, c.HCC_MONTH)
    months, died = _until_death(people, c.HCC_MONTH)
    found = {f"death_year_{k}": _dying(months, died, 12 * (k - 1), 12 * k) for k in range(1, 5)}
    found["transplant_per_100"] = _transplants(world, people, c.HCC_MONTH, 65)
    return found


def _like_recipients(people: People) -> np.ndarray:
    """Return weights, (n,), that make people at transplant like a registry's; too few count as they are."""
    s = people.state
    age = (s[c.TRANSPLANT_MONTH] - s[c.BIRTH_MONTH]) / MONTHS
    described = [age, s[c.HCC_MONTH] <= s[c.TRANSPLANT_MONTH], s[c.SEX] == FEMALE]
    try:
        return like_published(described, [AGE_TRANSPLANTED, CANCER_TRANSPLANTED, WOMEN_TRANSPLANTED])
    except ValueError:
        return np.ones(len(people))


def transplanted(world: World) -> dict[str, Estimate]:
    """From transplant: survival at one, three, five and ten years; and of people like a registry's."""
    people = _after(world, c.TRANSPLANT_MONTH)
    months, died = _until_death(people, c.TRANSPLANT_MONTH)
    found = {f"alive_year_{years}": _living(months, died, 12 * years) for years in (1, 3, 5, 10)}
    weights = _like_recipients(people)
    for years in (1, 3):
        found[f"registry_alive_year_{years}"] = scaled(survival(months, died, 12 * years, weights), 100)
    return found


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    study.__name__: study
    for study in (
        olmsted, medicare, damico, stages_of_cirrhosis, simtuzumab_f4, veterans, veterans_with_cirrhosis,
        orci, decompensated, liver_cancer, transplanted,
    )
}  # fmt: skip
"""Name in `measure` of a target to the study that gives its quantities."""
