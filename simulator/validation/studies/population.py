"""The population beside surveys: what tests show in adults of today, and how often livers are ill."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.cohort.survey import survey_statistics
from simulator.cohort.table import cohort_table
from simulator.patient import columns as c
from simulator.validation.accuracy import percent, quantile, weighted_mean
from simulator.validation.liver_cohorts import FEMALE, at_least, population, scaled
from simulator.validation.metabolic_cohorts import counts_as_diabetic
from simulator.validation.world import Estimate, World, share

PERCENT_OF = 100
TYPE_1 = 0.55
"""Known type 1 diabetes of US adults (%): Bullard 2018."""
OLDEST_DECADE = 70
"""Whoever is older counts in it."""


def survey_key(statistic: str, group: str) -> str:
    """Return the name under which a statistic of the survey stands among the quantities of `survey`."""
    name = statistic if group == "all" else f"{statistic}_{group}"
    for old, new in ((".", "_"), (" ", "_"), ("-", "_"), ("+", "_up")):
        name = name.replace(old, new)
    return name


def is_share(statistic: str) -> bool:
    """Return whether a statistic of the survey is a share, which targets give in percent."""
    return "_quantile_" not in statistic and not statistic.startswith(("rank_correlation", "slope_"))


def survey(world: World) -> dict[str, Estimate]:
    """Return every statistic of NHANES 2017-2018 in the grown population, counted by the same functions.

    Shares are in percent. Standard errors come from ten tenths of the population.
    """
    table = cohort_table(population(world), world.record)
    whole = survey_statistics(table)
    tenths = np.stack([survey_statistics(table.iloc[k::10])["value"].to_numpy(float) for k in range(10)])
    errors = np.nanstd(tenths, axis=0, ddof=1) / np.sqrt(10)
    said: dict[str, Estimate] = {}
    columns = (whole[name].tolist() for name in ("statistic", "group", "value"))
    for statistic, group, value, error in zip(*columns, errors, strict=True):
        unit = PERCENT_OF if is_share(statistic) else 1
        said[survey_key(statistic, group)] = Estimate(unit * value, unit * float(error))
    return said


def diabetes_report(world: World) -> dict[str, Estimate]:
    """Return diabetes, known or shown by a blood sample, by age (%), and how much of it is unknown.

    Type 1 diabetes, which the report counts and the model has not, is added.
    """
    people = population(world)
    age, has = world.values(people, "age_years"), counts_as_diabetic(world, people)
    unknown = has & (world.values(people, "diagnosed_diabetes") == 0)
    ages = {
        "all": age > 0,
        "age_18_44": age < 45,
        "age_45_64": (age >= 45) & (age < 65),
        "age_65_up": age >= 65,
    }
    type_2 = {name: percent(has, among) for name, among in ages.items()}
    said = {name: Estimate(seen.value + TYPE_1, seen.standard_error) for name, seen in type_2.items()}
    everybody = said["all"].value / 100
    return said | {"undiagnosed": scaled(share(unknown), 100 / everybody)}


def body_size(world: World) -> dict[str, Estimate]:
    """Return obesity by age, severe obesity (%, BMI of 30 and 40) and men's mean BMI (kg/m2) from 20 on."""
    people = population(world)
    age = world.values(people, "age_years")
    adult, obese, severe = age >= 20, people.state[c.BMI] >= 30, people.state[c.BMI] >= 40
    women = people.state[c.SEX] == FEMALE
    return {
        "obese_20_39": percent(obese, adult & (age < 40)),
        "obese_40_59": percent(obese, (age >= 40) & (age < 60)),
        "obese_60_up": percent(obese, age >= 60),
        "severe": percent(severe, adult),
        "severe_women": percent(severe, adult & women),
        "severe_men": percent(severe, adult & ~women),
        "mean_men": weighted_mean(people.state[c.BMI][adult & ~women]),
    }


def insulin_resistance(world: World) -> dict[str, Estimate]:
    """Return raised HOMA-IR (%) without diabetes, from 18 to 44 and from 20."""
    people = population(world)
    age = world.values(people, "age_years")
    free = ~counts_as_diabetic(world, people)
    return {
        "homa_2_5": percent(at_least(people, c.OBSERVED_HOMA_IR, 2.5), free & (age < 45)),
        "homa_2_6": percent(at_least(people, c.OBSERVED_HOMA_IR, 2.6), free & (age >= 20)),
    }


def insulin_by_age(world: World) -> dict[str, Estimate]:
    """Return median HOMA-IR of men and women from their twenties to their seventies, diabetes included."""
    people = population(world)
    age, sex = world.values(people, "age_years"), people.state[c.SEX]
    homa, said = people.state[c.OBSERVED_HOMA_IR], {}
    for decade in (20, 30, 40, 50, 60, OLDEST_DECADE):
        end = decade + 10 if decade < OLDEST_DECADE else np.inf
        for name, code in (("men", 1 - FEMALE), ("women", FEMALE)):
            among = (age >= decade) & (age < end) & (sex == code)
            said[f"{name}_{decade}"] = quantile(homa[among], 0.5)
    return said


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    "survey": survey,
    "diabetes_report": diabetes_report,
    "body_size": body_size,
    "insulin_resistance": insulin_resistance,
    "insulin_by_age": insulin_by_age,
}
