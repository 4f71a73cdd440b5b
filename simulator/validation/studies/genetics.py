"""Genes beside the diseases they go with: alleles by ancestry, liver fat, MASH, cirrhosis, families."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.cohort.grown import GrownSource
from simulator.engine.people import People
from simulator.engine.simulation import in_threads
from simulator.patient import columns as c
from simulator.validation.accuracy import (
    correlation,
    logistic_odds_ratio,
    mixed_to,
    percent,
    quantile,
    weighted_mean,
)
from simulator.validation.liver_cohorts import FEMALE, cirrhotic, population, reads_mash, scaled, stage
from simulator.validation.metabolic_cohorts import geometric_change, paired, who
from simulator.validation.referred import (
    biopsied,
    drinks_little,
    published_mix,
    raised_alt,
    retested,
)
from simulator.validation.world import LOT, Estimate, World, difference

WHITE, BLACK, MEXICAN, HISPANIC = (
    c.ETHNICITIES.index(name) for name in ("white", "black", "mexican", "other_hispanic")
)
CIRRHOSIS_AGE, LEAN_BMI, OBESE_BMI, SEVERE_BMI = 40, 25, 30, 35
VETERAN_ALT, VETERAN_AGE = 40.0, 50
VETERAN_READINGS, VETERAN_MONTHS, VETERAN_READINGS_APART = 14, 6, 4
"""Blood tests of a veteran, months between them, and the most tests between two that count together."""
VETERAN_GROUPS = {WHITE: 77.2, BLACK: 13.5, MEXICAN: 9.3}
"""Self-reported race (%) of 199,348 genotyped veterans (gaziano_2016); all others stand under one code."""
HCC_MONTHS = 120
SIBLINGS_PER_ARM, LIKE_TWINS_YEARS = 3, 5
ADVANCED, KILOGRAMS_LOST = 3, 3.1


def _loci(people: People) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dosages of PNPLA3 G, TM6SF2 T and HSD17B13 TA."""
    pnpla3, tm6sf2, hsd17b13 = people.state[[c.PNPLA3_G, c.TM6SF2_T, c.HSD17B13_TA]]
    return pnpla3, tm6sf2, hsd17b13


def _frequency(dosage: np.ndarray, among: np.ndarray | None = None) -> Estimate:
    chosen = dosage if among is None else dosage[among]
    return scaled(weighted_mean(chosen), 50)


def _veterans_group(people: People) -> np.ndarray:
    """Return the group a count of veterans tells apart: white, black, or all others."""
    group = people.state[c.ETHNICITY].astype(int)
    return np.where(np.isin(group, (WHITE, BLACK)), group, MEXICAN)


def alleles(world: World) -> dict[str, Estimate]:
    """Return allele frequencies and shares of genotypes (%) by survey group."""
    people = population(world)
    group, (g, t, ta) = people.state[c.ETHNICITY], _loci(people)
    hispanic = (group == MEXICAN) | (group == HISPANIC)
    veterans = mixed_to(_veterans_group(people), VETERAN_GROUPS)
    said = {
        name: scaled(weighted_mean(dosage, veterans), 50)
        for name, dosage in (("pnpla3_g", g), ("tm6sf2_t", t), ("hsd17b13_ta", ta))
    }
    said |= {"pnpla3_g_hispanic": _frequency(g, hispanic), "pnpla3_g_black": _frequency(g, group == BLACK)}
    said |= {
        "pnpla3_g_white": _frequency(g, group == WHITE),
        "pnpla3_g_mexican": _frequency(g, group == MEXICAN),
    }
    said |= {
        f"tm6sf2_t_{name}": _frequency(t, group == code)
        for name, code in (("white", WHITE), ("black", BLACK))
    }
    said["hsd17b13_ta_white"] = _frequency(ta, group == WHITE)
    said["hsd17b13_carriers_mexican"] = percent(ta > 0, group == MEXICAN)
    said["pnpla3_carriers_mexican"] = percent(g > 0, group == MEXICAN)
    thirds = np.zeros(len(people))
    for code in (WHITE, BLACK, MEXICAN):
        thirds[group == code] = 1 / max((group == code).sum(), 1)
    said["cc_nhanes_iii"] = percent(g == 0, None, thirds)
    said["gg_nhanes_iii"] = percent(g == 2, None, thirds)
    risk = g + t + (2 - ta)
    for score in range(5):
        said[f"risk_score_{score}"] = percent(risk == score, group == WHITE)
    said["risk_score_5_6"] = percent(risk >= 5, group == WHITE)
    return said


def _groups(people: People) -> list[np.ndarray]:
    """Return indicators of all survey groups but the first, to adjust for ancestry as studies did."""
    return [people.state[c.ETHNICITY] == code for code in range(1, len(c.ETHNICITIES))]


def _less_ancestry(amounts: np.ndarray, people: People, *further: np.ndarray) -> np.ndarray:
    """Return amounts less what survey group and further columns explain by least squares, (n,)."""
    design = np.stack([np.ones(len(people)), *_groups(people), *further], axis=1).astype(float)
    values = np.asarray(amounts, float)
    return values - design @ np.linalg.lstsq(design, values, rcond=None)[0]


def liver_fat(world: World) -> dict[str, Estimate]:
    """Return how liver fat (MRI-PDFF) goes with genes, as ratios of geometric means, medians and shares."""
    people = population(world)
    (g, t, _), bmi = _loci(people), people.state[c.BMI]
    ln_fat, fat = people.state[c.LN_LIVER_FAT], people.state[c.OBSERVED_LIVER_FAT_PERCENT]
    two = people.take(g != 1)
    gg = _less_ancestry(_loci(two)[0] == 2, two)
    apart = correlation(gg, _less_ancestry(two.state[c.LN_LIVER_FAT], two))
    per_unit = float(np.std(_less_ancestry(two.state[c.LN_LIVER_FAT], two)) / np.std(gg))
    ratio = float(np.exp(per_unit * apart.value))
    r = correlation(_less_ancestry(g, people), _less_ancestry(ln_fat, people))
    points = _less_ancestry(fat, people, g)
    return {
        "gg_over_cc": Estimate(ratio, ratio * per_unit * apart.standard_error),
        "variance_of_pnpla3": scaled(Estimate(r.value**2, 2 * abs(r.value) * r.standard_error), 100),
        "gg_lean_median": quantile(fat[(g == 2) & (bmi < LEAN_BMI)], 0.5),
        "gg_severe_median": quantile(fat[(g == 2) & (bmi > SEVERE_BMI)], 0.5),
        "cc_severe_median": quantile(fat[(g == 0) & (bmi > SEVERE_BMI)], 0.5),
        "t_carriers_points": difference(weighted_mean(points[t > 0]), weighted_mean(points[t == 0])),
        "t_carriers_steatosis": logistic_odds_ratio(fat >= 5, t > 0, _groups(people)),
    }


def losing_fat(world: World) -> dict[str, Estimate]:
    """Return the fall of liver fat (%) of fatty livers by PNPLA3 when 3.1 kg are lost within a month."""
    fatty = {
        "observed_liver_fat_percent": {"min": 5},
        "bmi": {"min": 27, "max": 40},
        "diagnosed_diabetes": False,
    }
    everybody = population(world)
    people = everybody.take(np.flatnonzero(who(world, everybody, fatty))[: 3 * world.size])
    percent_lost = 100 * KILOGRAMS_LOST / float(world.values(people, "weight_kg").mean())
    step = {"lifestyle": {"weight_loss_percent": percent_lost, "months": 1, "supported": True}}
    after, usual = paired(world, people, 1, [step])
    g = _loci(people)[0]
    fat = [world.values(arm, "liver_fat_percent") for arm in (after, usual)]
    return {
        name: geometric_change(fat[0][g == copies], fat[1][g == copies])
        for name, copies in (("cc", 0), ("gg", 2))
    }


def biopsy_and_healthy(world: World) -> dict[str, Estimate]:
    """Return odds ratios of simple steatosis and MASH against healthy people, and against each other.

    Cases are biopsied; controls have no steatosis on ultrasound, healthy ALT and drink little.
    """
    cases, _ = biopsied(world)
    everybody = population(world)
    well = (everybody.state[c.OBSERVED_ULTRASOUND_STEATOSIS] == 0) & ~raised_alt(everybody)
    controls = everybody.take(well & drinks_little(everybody))
    mash = reads_mash(cases)
    simple = ~mash & (cases.state[c.OBSERVED_STEATOSIS_GRADE] >= 1)
    said: dict[str, Estimate] = {}
    for name, chosen in (("simple", simple), ("mash", mash)):
        both = People.together([cases.take(chosen), controls])
        is_case = np.arange(len(both)) < chosen.sum()
        weights = np.concatenate([published_mix(cases)[chosen], np.ones(len(controls))])
        said |= {
            f"{name}_{genotype}": _against_cc(is_case, both, copies, weights)
            for copies, genotype in ((1, "cg"), (2, "gg"))
        }
    fatty = cases.take(mash | simple)
    said["mash_per_g"] = logistic_odds_ratio(
        reads_mash(fatty), _loci(fatty)[0], _groups(fatty), published_mix(fatty)
    )
    return said


def _against_cc(ill: np.ndarray, people: People, copies: int, weights: np.ndarray | None = None) -> Estimate:
    """Return the odds ratio of illness with so many PNPLA3 G alleles against none, adjusted for ancestry."""
    g = _loci(people)[0]
    w = np.ones(len(people)) if weights is None else weights
    seen = ((g == copies) | (g == 0)) & (w > 0)
    groups = [group[seen] for group in _groups(people)]
    return logistic_odds_ratio(ill[seen], g[seen] == copies, groups, w[seen])


def biopsied_only(world: World) -> dict[str, Estimate]:
    """Return what PNPLA3 and TM6SF2 do among biopsied people: MASH and fibrosis."""
    people, _ = biopsied(world)
    w, (g, t, _), groups = published_mix(people), _loci(people), _groups(people)
    mash, stages = reads_mash(people), stage(people)
    return {
        "mash_gg": _against_cc(mash, people, 2, w),
        "fibrosis_gg": _against_cc(stages >= 1, people, 2, w),
        "fibrosis_per_g": logistic_odds_ratio(stages >= 2, g, groups, w),
        "mash_t_carriers": logistic_odds_ratio(mash, t > 0, [g, *groups], w),
        "advanced_t_carriers": logistic_odds_ratio(stages >= ADVANCED, t > 0, [g, *groups], w),
        "t_carriers": percent(t > 0, people.state[c.ETHNICITY] == WHITE, w),
    }


def cirrhosis(world: World) -> dict[str, Estimate]:
    """Return odds ratios of true cirrhosis from the age of 40 by PNPLA3, also by BMI, and by HSD17B13."""
    everybody = population(world)
    people = everybody.take(world.values(everybody, "age_years") >= CIRRHOSIS_AGE)
    ill, bmi = world.values(people, "has_cirrhosis") > 0, people.state[c.BMI]
    obese, lean, white = bmi >= OBESE_BMI, bmi < LEAN_BMI, people.state[c.ETHNICITY] == WHITE
    ta, of_white = _loci(people)[2], ill[white]
    return {
        "cg": _against_cc(ill, people, 1),
        "gg": _against_cc(ill, people, 2),
        "per_g": logistic_odds_ratio(ill, _loci(people)[0], _groups(people)),
        "gg_obese": _against_cc(ill[obese], people.take(obese), 2),
        "gg_lean": _against_cc(ill[lean], people.take(lean), 2),
        "per_ta": logistic_odds_ratio(of_white, ta[white]),
        "ta_one": logistic_odds_ratio(of_white[ta[white] < 2], ta[white & (ta < 2)]),
        "ta_two": logistic_odds_ratio(of_white[ta[white] != 1], ta[white & (ta != 1)] == 2),
    }


def cancer_in_cirrhosis(world: World) -> dict[str, Estimate]:
    """Return the odds ratio of liver cancer within ten years of cirrhosis, PNPLA3 GG against CC."""
    people = cirrhotic(world)
    later = world.follow(people, HCC_MONTHS)
    return {"gg": _against_cc(later.state[c.HCC_MONTH] <= HCC_MONTHS, people, 2)}


def blood(world: World) -> dict[str, Estimate]:
    """Return what genes do to ALT: in white adults (U/L), and among those with steatosis (%)."""
    everybody = population(world)
    white, ta = everybody.state[c.ETHNICITY] == WHITE, _loci(everybody)[2]
    alt = everybody.state[c.OBSERVED_ALT_U_L]
    apart = difference(weighted_mean(alt[white & (ta == 2)]), weighted_mean(alt[white & (ta == 0)]))
    fatty = everybody.take(everybody.state[c.OBSERVED_ULTRASOUND_STEATOSIS] > 0)
    g = _loci(fatty)[0]
    ln_alt = _less_ancestry(np.log(fatty.state[c.OBSERVED_ALT_U_L]), fatty)
    further = difference(weighted_mean(ln_alt[g == 2]), weighted_mean(ln_alt[g == 0]))
    more = float(np.expm1(further.value))
    return {
        "alt_ta_ta": apart,
        "alt_gg_percent": Estimate(100 * more, 100 * (1 + more) * further.standard_error),
    }


def _raised_for_long(raised: np.ndarray) -> np.ndarray:
    """Return whose ALT was raised twice, half a year to two years apart; `raised` is bool (readings, n)."""
    apart = range(1, VETERAN_READINGS_APART + 1)
    return np.any([np.any(raised[k:] & raised[:-k], axis=0) for k in apart], axis=0)


def veterans(world: World) -> dict[str, Estimate]:
    """Return odds ratios of chronically raised ALT per allele in men of 50 and over, as records show it.

    Records reach back seven years with a blood test every half year, so that about as many are cases as
    among the veterans. Cases had ALT above 40 U/L twice within two years, at least half a year apart;
    controls never had it. Adjusted for survey group and alcohol.
    """
    everybody = population(world)
    old = world.values(everybody, "age_years") >= VETERAN_AGE
    men = everybody.take((everybody.state[c.SEX] != FEMALE) & old)
    months = range(0, -VETERAN_READINGS * VETERAN_MONTHS, -VETERAN_MONTHS)
    readings = [retested(world, men, month).state[c.OBSERVED_ALT_U_L] for month in months]
    raised = np.stack(readings) > VETERAN_ALT
    case = _raised_for_long(raised)
    seen = case | ~raised.any(axis=0)
    judged = men.take(seen)
    g, t, protective = _loci(judged)
    exposures = {"per_g": g, "per_t": t, "per_hsd17b13_t": 2 - protective}
    others = [*_groups(judged), judged.state[c.ALCOHOL_G_PER_DAY] / 10]
    return {name: logistic_odds_ratio(case[seen], dose, others) for name, dose in exposures.items()}


def diabetes(world: World) -> dict[str, Estimate]:
    """Return odds ratios of type 2 diabetes per allele in white adults of 40 and over."""
    people = population(world)
    white = (people.state[c.ETHNICITY] == WHITE) & (world.values(people, "age_years") >= CIRRHOSIS_AGE)
    ill, (g, t, _) = (world.values(people, "has_diabetes") > 0)[white], _loci(people)
    return {"per_g": logistic_odds_ratio(ill, g[white]), "per_t": logistic_odds_ratio(ill, t[white])}


def pairs_of_siblings(world: World) -> People:
    """Return adults three times the world's size, brothers and sisters two by two, tested."""
    size = SIBLINGS_PER_ARM * world.size // 2 * 2
    source = GrownSource(world.profile, world.record, world.seed, sibship=2)
    bounds = [(first, min(first + LOT, size)) for first in range(0, size, LOT)]
    lots = dict(in_threads(lambda bound: source(*bound), bounds, world.threads))
    return People.together([lots[bound] for bound in bounds])


def families(world: World) -> dict[str, Estimate]:
    """Return the heritability (%) of liver fat: twice the correlation of siblings within five years of age.

    Twins are of one age and one generation; siblings far apart have lived under other weights.
    """
    people = pairs_of_siblings(world)
    age, sex = world.values(people, "age_years").astype(float), people.state[c.SEX]
    rest = _less_ancestry(people.state[c.LN_LIVER_FAT], people, age, age**2, sex)
    near = np.abs(age[::2] - age[1::2]) < LIKE_TWINS_YEARS
    r = correlation(rest[::2][near], rest[1::2][near])
    return {"heritability": Estimate(200 * r.value, 200 * r.standard_error)}


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {
    "alleles": alleles,
    "liver_fat": liver_fat,
    "losing_fat": losing_fat,
    "biopsy_and_healthy": biopsy_and_healthy,
    "biopsied_only": biopsied_only,
    "cirrhosis": cirrhosis,
    "cancer_in_cirrhosis": cancer_in_cirrhosis,
    "blood": blood,
    "veterans": veterans,
    "diabetes": diabetes,
    "families": families,
}
