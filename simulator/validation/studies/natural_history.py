"""Untreated livers: fat that comes and goes, MASH, and the stages of scar between two biopsies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.accuracy import like_published, percent
from simulator.validation.liver_cohorts import (
    FATTY_PERCENT,
    FEMALE,
    biopsied,
    by_age_and_sex,
    has_liver_event,
    is_sent,
    knows_diabetes,
    population,
    rate_ratio,
    read_cirrhotic,
    reads_definite_mash,
    reads_fat,
    reads_mash,
    reads_simple_steatosis,
    rebiopsied,
    risk_ratio,
    scaled,
    sent_again,
    stage,
    survival,
    time_until,
)
from simulator.validation.world import Estimate, World, rate, share

MONTHS = 12
MIDLIFE = (30, 70)
"""Ages (years) of people who are looked at twice: check-ups and community cohorts have a mean age near 50."""
FATTY_IN_HONG_KONG, WOMEN_OF_HONG_KONG = 0.286, 0.627
"""Share of the city's adults with 5 % fat and more, and of women among those followed without (0 to 1)."""

GROUPS, FURTHER_YEARS, FURTHER_SHAPE = 64, 20.3, 0.681
"""Groups by the time of the second biopsy in the registry: a year and a further time of this scale (years)
and shape (Weibull), cut by its end, for the published median of 3.3 and quartiles of 1.8 and 6.1 years."""
REGISTRY_YEARS, RECRUITING_YEARS = 14, 9
"""The registry recruited from October 2004 to September 2013; its biopsies were counted to October 2018."""
REGISTRY_AGE, REGISTRY_BMI, REGISTRY_WOMEN = 50.9, 34.7, 0.64
"""Mean age (years) and BMI and share of women of its people with two biopsies (huang_2023)."""


def _percent(happened: np.ndarray) -> Estimate:
    return scaled(share(happened), 100)


def _per_100_years(happened: np.ndarray, months: int) -> Estimate:
    """Return events per 100 person-years of people all seen again after `months`."""
    return rate(happened, np.full(len(happened), months / MONTHS))


def _seen_again(world: World, people: People, months: int) -> tuple[People, People]:
    """Return those alive after some months of usual care: as they were, and tested again."""
    later = world.follow(people, months)
    alive = later.state[c.DEATH_MONTH] > months
    return people.take(alive), world.tested(later.take(alive), months)


def _resonance(people: People) -> np.ndarray:
    return people.state[c.OBSERVED_LIVER_FAT_PERCENT] >= FATTY_PERCENT


def _ultrasound(people: People) -> np.ndarray:
    return people.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0


def _asian(world: World) -> People:
    everybody = population(world)
    return everybody.take(everybody.state[c.ETHNICITY] == c.ETHNICITIES.index("asian"))


def _in_midlife(world: World, people: People) -> People:
    age = world.values(people, "age_years")
    return people.take((age >= MIDLIFE[0]) & (age < MIDLIFE[1]))


def _as_rarely_fatty_as(bmi: np.ndarray, fatty: np.ndarray, published: float) -> np.ndarray:
    """Return weights falling exponentially with BMI under which a published share (0 to 1) is `fatty`."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        weights = np.exp(-middle * (bmi - bmi.mean()))
        low, high = (middle, high) if np.average(fatty, weights=weights) > published else (low, middle)
    return weights


def hong_kong(world: World) -> dict[str, Estimate]:
    """Adults without fat on magnetic resonance, looked at again after 47 months."""
    before, later = _seen_again(world, _in_midlife(world, _asian(world)), 47)
    had, female = _resonance(before), before.state[c.SEX] == FEMALE
    weights = _as_rarely_fatty_as(before.state[c.BMI].astype(float), had, FATTY_IN_HONG_KONG)
    for sex, part in ((female, WOMEN_OF_HONG_KONG), (~female, 1 - WOMEN_OF_HONG_KONG)):
        weights[sex] *= part / weights[sex & ~had].sum()
    return {"incident_steatosis": percent(_resonance(later), ~had, weights)}


def jilin(world: World) -> dict[str, Estimate]:
    """Adults of 20 to 75 seen by ultrasound, and again after six years."""
    people = _asian(world)
    age = world.values(people, "age_years")
    before, later = _seen_again(world, people.take((age >= 20) & (age <= 75)), 72)
    had, has = _ultrasound(before), _ultrasound(later)
    return {"incident_steatosis": _percent(has[~had]), "remission": _percent(~has[had])}


def le_steatosis(world: World) -> dict[str, Estimate]:
    """Adults in midlife seen by ultrasound, and again after 4.5 years."""
    before, later = _seen_again(world, _in_midlife(world, population(world)), 54)
    had, has = _ultrasound(before), _ultrasound(later)
    return {
        "onset": _percent(has[~had]),
        "onset_per_100_years": _per_100_years(has[~had], 54),
        "resolution": _percent(~has[had]),
        "resolution_per_100_years": _per_100_years(~has[had], 54),
    }


def worldwide_incidence(world: World) -> dict[str, Estimate]:
    """Asian adults in midlife without steatosis on ultrasound, looked at again after five years."""
    before, later = _seen_again(world, _in_midlife(world, _asian(world)), 60)
    free, female = ~_ultrasound(before), before.state[c.SEX] == FEMALE
    has = _ultrasound(later)
    groups = {"all": free, "men": free & ~female, "women": free & female}
    return {name: scaled(_per_100_years(has[who], 60), 10) for name, who in groups.items()}


def le_mash(world: World) -> dict[str, Estimate]:
    """Biopsied people without MASH read again after 4.7 years, those with MASH after 3.5 years."""
    before, later = sent_again(world, 56)
    onset = reads_mash(later)[~reads_mash(before)]
    before, later = sent_again(world, 42)
    resolved = ~reads_mash(later)[reads_mash(before)]
    return {
        "onset": _percent(onset),
        "onset_per_100_years": _per_100_years(onset, 56),
        "resolution": _percent(resolved),
        "resolution_per_100_years": _per_100_years(resolved, 42),
    }


def le_stages(world: World) -> dict[str, Estimate]:
    """Biopsied people by the stage first read: how many are read higher or lower after 4.7 years."""
    before, later = sent_again(world, 56)
    first, second = stage(before), stage(later)
    found = {f"progression_f{k}": _per_100_years((second > first)[first == k], 56) for k in range(4)}
    lower = {f"regression_f{k}": _per_100_years((second < first)[first == k], 56) for k in range(1, 5)}
    return found | lower


def singh(world: World) -> dict[str, Estimate]:
    """Biopsied people: stages at entry, and at a second biopsy after 5.2 years."""
    entry = stage(biopsied(world))
    before, later = sent_again(world, 62)
    first, second, mash = stage(before), stage(later), reads_mash(before)
    found = {f"entry_f{k}": _percent(entry == k) for k in range(5)}
    found["progressed"] = _percent(second > first)
    found["stable"] = _percent(second == first)
    found["regressed"] = _percent(second < first)
    for name, who in {"without_mash": ~mash, "with_mash": mash}.items():
        moved = (second - first)[who & (first == 0)]
        found[f"net_stages_per_year_{name}"] = Estimate(
            float(moved.mean()) * MONTHS / 62, float(moved.std() / np.sqrt(len(moved))) * MONTHS / 62
        )
    found["rapid_progressors"] = _rapid(world)
    return found


def _rapid(world: World) -> Estimate:
    """Return of those read 0 and then higher after 5.9 years how many are read 3 or 4."""
    before, later = sent_again(world, 71)
    second = stage(later)[stage(before) == 0]
    return _percent(second[second > 0] >= 3)


def kleiner(world: World) -> dict[str, Estimate]:
    """Registry adults biopsied twice, 4.9 years apart."""
    before, later = sent_again(world, 59)
    definite, simple = reads_definite_mash(before), reads_simple_steatosis(before)
    has = reads_fat(later) & ~reads_simple_steatosis(later)
    first, second = stage(before), stage(later)
    return {
        "steatosis_resolved": _percent(~reads_fat(later)[simple]),
        "mash_onset": _percent(has[simple]),
        "borderline_resolved": _percent(~has[~definite & ~simple]),
        "mash_resolved": _percent(~has[definite]),
        "progressed": _percent(second > first),
        "regressed": _percent(second < first),
    }


def huang(world: World) -> dict[str, Estimate]:
    """Biopsied people with and without diabetes: who is read higher at the second biopsy."""
    before, later = sent_again(world, 40)
    open_ended = stage(before) < 4
    before, later = before.take(open_ended), later.take(open_ended)
    strata = 5 * by_age_and_sex(world, before, 15) + stage(before).astype(np.int64)
    higher = stage(later) > stage(before)
    found = {"ratio": rate_ratio(higher, np.ones(len(before)), knows_diabetes(world, before), strata)}
    months, higher, people = _biopsied_when_it_suited(world)
    described = [world.values(people, "age_years"), people.state[c.BMI], people.state[c.SEX] == FEMALE]
    weights = like_published(described, [REGISTRY_AGE, REGISTRY_BMI, REGISTRY_WOMEN])
    diabetes = knows_diabetes(world, people)
    for year in (4, 8, 12):
        for name, among in {"diabetes": diabetes, "no_diabetes": ~diabetes}.items():
            spared = survival(months[among], higher[among], year * MONTHS, weights[among])
            found[f"year_{year}_{name}"] = Estimate(100 * (1 - spared.value), 100 * spared.standard_error)
    return found


def _biopsied_when_it_suited(world: World) -> tuple[np.ndarray, np.ndarray, People]:
    """Return the month of the second biopsy and who was read higher then, (n,) each, and the people at first.

    Everybody has one second biopsy, after a year or later; a curve of them counts as progression at the
    second biopsy whatever came before, so it climbs as the few with a late one are left.
    """
    everybody = biopsied(world, population(world))
    everybody = everybody.take(stage(everybody) < 4)
    months, higher, first = [], [], []
    for number, month in enumerate(_second_biopsies()):
        before, later = rebiopsied(world, everybody.take(np.arange(number, len(everybody), GROUPS)), month)
        sent = is_sent(later)
        before, later = before.take(sent), later.take(sent)
        months.append(np.full(len(before), month))
        higher.append(stage(later) > stage(before))
        first.append(before)
    return np.concatenate(months), np.concatenate(higher), People.together(first)


def _second_biopsies() -> list[int]:
    """Return the month of the second biopsy of each group, the registry's end being nearer for the late."""
    years = np.linspace(1, REGISTRY_YEARS, 100 * REGISTRY_YEARS)
    not_yet = np.exp(-(((years - 1) / FURTHER_YEARS) ** FURTHER_SHAPE))
    still_open = np.clip((REGISTRY_YEARS - years) / RECRUITING_YEARS, 0, 1)
    passed = np.concatenate([[0], np.cumsum(-np.diff(not_yet) * still_open[1:])])
    middles = (np.arange(GROUPS) + 0.5) / GROUPS
    return [round(MONTHS * year) for year in np.interp(middles * passed[-1], passed, years)]


def simtuzumab_f3(world: World) -> dict[str, Estimate]:
    """MASH read at stage 3: read as 4 at week 96, or an event of the liver within 29 months."""
    people = biopsied(world)
    people = people.take((stage(people) == 3) & reads_mash(people))
    later = world.follow(people, 22)
    read_higher = stage(world.tested(later, 22)) >= 4
    event = has_liver_event(world.follow(later, 29, begin=22), 29)
    seen = event | (later.state[c.DEATH_MONTH] > 22)
    return {"to_cirrhosis": _percent((read_higher | event)[seen])}


def trial_cirrhosis(world: World) -> dict[str, Estimate]:
    """Compensated MASH read at stage 4 in people known to be stiff: who is read lower at week 48."""
    before, later = rebiopsied(world, read_cirrhotic(world), 11)
    return {"read_lower": _percent(stage(later) < stage(before))}


def women_and_men(world: World) -> dict[str, Estimate]:
    """Women against men: steatosis on ultrasound, then MASH and advanced fibrosis on biopsy."""
    everybody, people = population(world), biopsied(world)
    female = people.state[c.SEX] == FEMALE
    older = world.values(people, "age_years") >= 40
    mash, advanced = reads_mash(people), stage(people) >= 3
    return {
        "steatosis": risk_ratio(_ultrasound(everybody), everybody.state[c.SEX] == FEMALE),
        "mash": risk_ratio(mash, female),
        "mash_mean_age_over_50": risk_ratio(mash[older], female[older]),
        "advanced": risk_ratio(advanced, female),
        "advanced_mean_age_over_50": risk_ratio(advanced[older], female[older]),
    }


def cirrhosis_in_the_population(world: World) -> dict[str, Estimate]:
    """Adults with steatosis on ultrasound and no cirrhosis, followed for ten and for fifteen years."""
    everybody = population(world)
    people = everybody.take(_ultrasound(everybody) & (everybody.state[c.CIRRHOSIS_MONTH] > 0))
    later = world.follow(people, 180)
    happened, years = time_until(later, later.state[c.CIRRHOSIS_MONTH], 120)
    by_then, _ = time_until(later, later.state[c.CIRRHOSIS_MONTH], 180)
    return {"per_100_years": rate(happened, years), "within_15_years": _percent(by_then)}


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    study.__name__: study
    for study in (
        hong_kong, jilin, le_steatosis, worldwide_incidence, le_mash, le_stages, singh, kleiner, huang,
        simtuzumab_f3, trial_cirrhosis, women_and_men, cirrhosis_in_the_population,
    )
}  # fmt: skip
"""Name in `measure` of a target to the study that gives its quantities."""
