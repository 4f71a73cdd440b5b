"""Captions of figures (what is shown, how many people, what intervals mean) and text alternatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from simulator.analysis.endpoints import ENDPOINTS
from simulator.pictures.curves import INCIDENCE, MARKERS
from simulator.pictures.forest import LIVER_EVENTS
from simulator.pictures.labels import unit_text, wording
from simulator.pictures.plane import plane_points
from simulator.pictures.tables import (
    Facts,
    Tables,
    curve,
    difference,
    effect,
    last_reading,
    per_thousand,
    strata,
)
from simulator.pictures.wording import (
    clear_sign,
    count,
    interval,
    listed,
    number,
    percent,
    thousand_decimals,
    years,
)

_DIFFERENCES = (
    "Differences from {comparator} in year {horizon} per 1,000 people. n = {people} people in each "
    "strategy: the same people with the same luck, so differences are paired. An interval that "
    "includes zero is drawn hollow and means no clear difference. Number needed: people under the "
    "strategy per event averted, or caused where marked as harm. {bands}"
)

_CAPTIONS = {
    "trial_endpoints": (
        "Endpoints at the last reading, as biopsies and tests showed them, by arm, with the difference from "
        "{comparator}. The same people with the same luck live in every arm, so differences are paired and "
        "surer than those of a trial of this size. n is how many people an endpoint counts. {bands}"
    ),
    "stage_mix": (
        "What everyone who started has become, year by year: fibrosis stage F0 to F4, "
        "decompensated, with liver cancer, after a transplant, or dead by cause. Shares of all n = "
        "{people} people in each strategy. The widest 95 % interval of any share is written below "
        "the figure."
    ),
    "late_stages": (
        "The thin layers of the stage mix on a larger scale: cirrhosis, what follows it, and liver "
        "death. Shares of all n = {people} people in each strategy. The widest 95 % interval of any"
        " share is written below the figure."
    ),
    "cumulative_incidence": (
        "Share of the people free of each outcome at the start (n above each panel) to whom it has "
        "happened. People who died of something else stay in the denominator. {bands}"
    ),
    "differences_liver": _DIFFERENCES,
    "differences_life": _DIFFERENCES,
    "effect_trace": (
        "Every link from offer to outcome: people reached, accepting, tested and treated; changes "
        "of the body against {comparator}, averaged over the years, with intervals that are too "
        "wide rather than too narrow; events averted and QALYs gained per 1,000 people. Where the "
        "chain breaks, the effect ends. n = {people} people in each strategy. {bands}"
    ),
    "by_genotype": (
        "Cumulative cirrhosis (of people free of it at the start) and mean liver fat of the living,"
        " by PNPLA3 genotype: CC has no risk allele, CG one, GG two. The n of each genotype stands "
        "above the panels. {bands}"
    ),
    "markers": (
        "True means among the living, without measurement error, of n = {people} people in each "
        "strategy at the start; later the means describe the survivors. Scales do not start at "
        "zero. {bands}"
    ),
    "cost_effectiveness": (
        "Extra cost and QALYs gained per person against {comparator} over {span}, discounted; n = "
        "{people} people in each strategy. A cost per QALY is written only where both differences "
        "are clear. {bands}"
    ),
}


def caption(name: str, facts: Facts) -> str:
    """Return the caption of a figure: what it shows, n, and what its intervals mean."""
    return _CAPTIONS[name].format(
        comparator=facts.comparator,
        horizon=facts.horizon,
        people=count(facts.n_people),
        span=years(facts.horizon),
        bands=f"{facts.band[:1].upper()}{facts.band[1:]}.",
    )


def describe(name: str, tables: Tables, facts: Facts) -> str:
    """Return the text alternative of a figure, with its main numbers."""
    return _DESCRIPTIONS[name](tables, facts)


def _stage_mix(tables: Tables, facts: Facts) -> str:
    alive = _ends(tables, facts, "alive", _share)
    return f"Stacked areas, a panel per strategy, {years(facts.horizon)}. Alive at the end: {alive}."


def _late_stages(tables: Tables, facts: Facts) -> str:
    living = _ends(tables, facts, "stage_f4", _share)
    dead = _ends(tables, facts, "stage_death_liver", _share)
    return (
        f"Stacked areas, a panel per strategy. In year {facts.horizon}, living with cirrhosis: {living}; "
        f"died of liver disease: {dead}."
    )


def _cumulative_incidence(tables: Tables, facts: Facts) -> str:
    return _outcomes(tables, facts, INCIDENCE, _share)


def _markers(tables: Tables, facts: Facts) -> str:
    return _outcomes(tables, facts, MARKERS, _mean)


def _outcomes(tables: Tables, facts: Facts, names: Sequence[str], write: Callable[[pd.Series], str]) -> str:
    parts = [(wording(name).name, _ends(tables, facts, name, write)) for name in names]
    text = "; ".join(f"{name}: {ends}" for name, ends in parts if ends)
    return f"A line with a band per strategy. In year {facts.horizon}: {text}."


def _ends(tables: Tables, facts: Facts, quantity: str, write: Callable[[pd.Series], str]) -> str:
    """List the last value of a quantity under every strategy."""
    found = {strategy: curve(tables, quantity, strategy) for strategy in facts.strategies}
    return ", ".join(f"{strategy} {write(frame.iloc[-1])}" for strategy, frame in found.items() if len(frame))


def _share(row: pd.Series) -> str:
    return percent(row["mean"])


def _mean(row: pd.Series) -> str:
    return f"{number(row['mean'])} {unit_text(row['unit'])}"


def _differences_liver(tables: Tables, facts: Facts) -> str:
    return _differences(tables, facts, LIVER_EVENTS)


def _differences_life(tables: Tables, facts: Facts) -> str:
    return _differences(tables, facts, ("death", "life_years", "qaly"))


def _differences(tables: Tables, facts: Facts, outcomes: Sequence[str]) -> str:
    sentences = []
    for outcome in outcomes:
        found = {name: difference(tables, outcome, name, facts.horizon) for name in facts.others}
        parts = [f"{name} {_with_interval(row)}" for name, row in found.items() if row is not None]
        if parts:
            sentences.append(f"{wording(outcome).name}: {', '.join(parts)}.")
    return f"Differences from {facts.comparator} per 1,000 people. {' '.join(sentences)}"


def _with_interval(row: pd.Series) -> str:
    value, low, high = (per_thousand(row[key], row["unit"]) for key in ("difference", "low", "high"))
    places = thousand_decimals(max(abs(value), abs(low), abs(high)))
    between = interval(low, high, places, signed=True)
    clear = "" if clear_sign(low, high) else ", no clear difference"
    return f"{number(value, places, signed=True)} ({between or 'no interval'}{clear})"


def _effect_trace(tables: Tables, facts: Facts) -> str:
    found = {name: effect(tables, "treated", name) for name in facts.others or facts.strategies}
    parts = [f"{name} {percent(row['value'])}" for name, row in found.items() if row is not None]
    treated = f" Treated: {', '.join(parts)}." if parts else ""
    return f"Bars for every link from people reached to QALYs gained, a column per strategy.{treated}"


def _by_genotype(tables: Tables, facts: Facts) -> str:
    strategy, parts = facts.strategies[0], []
    for genotype in strata(tables, "pnpla3_g"):
        found = curve(tables, "cirrhosis", strategy, "pnpla3_g", genotype)
        if len(found):
            parts.append(f"{genotype} {_share(found.iloc[-1])}")
    found_text = f" Cirrhosis by year {facts.horizon} under {strategy}: {', '.join(parts)}." if parts else ""
    return f"A line with a band per PNPLA3 genotype, a panel per strategy.{found_text}"


def _cost_effectiveness(tables: Tables, facts: Facts) -> str:
    parts = [
        f"{point.strategy} {number(point.gain[0], signed=True)} QALYs"
        f" and {number(point.cost[0], 0, signed=True)}"
        for point in plane_points(tables, facts)
    ]
    return f"A point per strategy, QALYs and cost per person against {facts.comparator}: {listed(parts)}."


def _trial_endpoints(tables: Tables, facts: Facts) -> str:
    rows, sentences = last_reading(tables), []
    for endpoint, found in rows.groupby("endpoint", sort=False):
        arms = [f"{row['strategy']} {number(row['mean'])}" for _, row in found.iterrows()]
        entry = ENDPOINTS[str(endpoint)]
        sentences.append(f"{entry.label} ({entry.unit}): {', '.join(arms)}.")
    return f"A point with an interval per arm. {' '.join(sentences)}"


_DESCRIPTIONS: dict[str, Callable[[Tables, Facts], str]] = {
    "trial_endpoints": _trial_endpoints,
    "stage_mix": _stage_mix,
    "late_stages": _late_stages,
    "cumulative_incidence": _cumulative_incidence,
    "differences_liver": _differences_liver,
    "differences_life": _differences_life,
    "effect_trace": _effect_trace,
    "by_genotype": _by_genotype,
    "markers": _markers,
    "cost_effectiveness": _cost_effectiveness,
}
