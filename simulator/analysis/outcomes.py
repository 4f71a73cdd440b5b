"""What is reported: a table of outcomes, each a ratio of recorded sums.

Kinds of outcome:

* cumulative_incidence: share of those free of it at the start who have had it by the year's end.
  Death is part of the denominator: this is what happened, not what would have without dying.
* prevalence: share of those alive (or of all who started) to whom something applies at the year's end.
* mean: mean among those alive at the year's end.
* per_person_total: accumulated since the start, per person who started.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from simulator.base.errors import InputError, Problem, RunFailed, nearest
from simulator.engine.quantities import QUANTITIES, QUANTITY_INDEX, STRATA
from simulator.patient.columns import DRUGS

if TYPE_CHECKING:
    from simulator.engine.recorder import Record

PROPORTIONS = ("cumulative_incidence", "prevalence")
"""Kinds that count people, and so carry Wilson intervals."""


@dataclass(frozen=True)
class Outcome:
    """One reported quantity.

    Attributes
    ----------
    id : identifier in scenario files and tables.
    kind : cumulative_incidence | prevalence | mean | per_person_total.
    numerator : recorded quantities, added up.
    denominator : "started", "alive", or the `had_...` quantity whose people are left out.
    unit : unit of the reported value.
    better : "lower", "higher" or "neither".
    label : what a table or an axis calls it.
    discounted : whether what falls in later years counts less.
    """

    id: str
    kind: str
    numerator: tuple[str, ...]
    denominator: str
    unit: str
    better: str
    label: str
    discounted: bool = False

    @property
    def is_proportion(self) -> bool:
        """Whether it is a share of people."""
        return self.kind in PROPORTIONS

    @property
    def is_event(self) -> bool:
        """Whether it happens to a person once, so that a number needed to treat makes sense."""
        return self.kind == "cumulative_incidence"


_EVENTS = """
diabetes | new_diabetes | had_diabetes | share | lower | Type 2 diabetes
cirrhosis | new_cirrhosis | had_cirrhosis | share | lower | Cirrhosis
decompensation | new_decompensation | had_decompensation | share | lower | Decompensation
hcc | new_hcc | had_hcc | share | lower | Liver cancer
transplant | new_transplant | started | share | neither | Liver transplant
liver_death | death_liver | started | share | lower | Death from liver disease
cardiovascular_death | death_cardiovascular | started | share | lower | Cardiovascular death
death | death_liver + death_cardiovascular + death_other | started | share | lower | Death from any cause
"""

_SHARES = """
masld | masld | alive | share | lower | MASLD
mash | mash | alive | share | lower | MASH
f0 | f0 | alive | share | higher | Fibrosis stage F0
f1 | f1 | alive | share | neither | Fibrosis stage F1
f2 | f2 | alive | share | lower | Fibrosis stage F2
f3 | f3 | alive | share | lower | Fibrosis stage F3
f4 | f4 | alive | share | lower | Compensated cirrhosis (F4)
advanced_fibrosis | f3 + f4 + decompensated + hcc | alive | share | lower | Advanced fibrosis or worse
"""

_MEANS = """
bmi | sum_bmi | alive | kg/m2 | lower | Body mass index
homa_ir | sum_homa_ir | alive | index | lower | HOMA-IR
hba1c | sum_hba1c | alive | % | lower | HbA1c
liver_fat | sum_liver_fat | alive | % | lower | Liver fat
fibrosis | sum_fibrosis | alive | stages | lower | Fibrosis
"""

_TOTALS = """
life_years | life_years | started | years per person | higher | Life-years
qaly | qalys | started | QALYs per person | higher | Quality-adjusted life-years, discounted
cost | cost_usd | started | USD per person | lower | Health-care cost, discounted
"""

_STAGE_MIX = """
stage_f0 | f0 | started | share | higher | F0
stage_f1 | f1 | started | share | neither | F1
stage_f2 | f2 | started | share | lower | F2
stage_f3 | f3 | started | share | lower | F3
stage_f4 | f4 | started | share | lower | F4, compensated
stage_decompensated | decompensated | started | share | lower | Decompensated
stage_hcc | hcc | started | share | lower | Liver cancer
stage_transplanted | transplanted | started | share | neither | Transplanted
stage_death_liver | death_liver | started | share | lower | Died of liver disease
stage_death_cardiovascular | death_cardiovascular | started | share | lower | Died of cardiovascular disease
stage_death_other | death_other | started | share | lower | Died of another cause
"""

_CARE_SHARES = """
alive | alive | started | share | higher | Alive
reached | offered | started | share | neither | Were offered a step
accepted | accepted | started | share | neither | Accepted a step
tested | tested | started | share | neither | Were tested
treated | treated | started | share | neither | Were treated
diabetes_prevalence | diabetes | alive | share | lower | Living with diabetes
diagnosed_diabetes | diagnosed_diabetes | alive | share | neither | Diabetes known to care
diagnosed_masld | diagnosed_masld | alive | share | neither | MASLD known to care
diagnosed_fibrosis | diagnosed_fibrosis | alive | share | neither | Significant fibrosis known to care
in_programme | in_programme | alive | share | neither | In a programme
waiting | waiting | alive | share | neither | Waiting for a place
"""

_INJURY = "injury | sum_injury | alive | ln units | lower | Liver injury"

_CARE_TOTALS = """
visits | visits | started | visits per person | neither | Visits
tests | tests | started | tests per person | neither | Tests
"""


def _parse(kind: str, text: str) -> dict[str, Outcome]:
    table = {}
    for line in text.strip().splitlines():
        name, numerator, denominator, unit, better, label = (part.strip() for part in line.split("|"))
        quantities = tuple(part.strip() for part in numerator.split("+"))
        discounted = label.endswith(", discounted")
        table[name] = Outcome(name, kind, quantities, denominator, unit, better, label, discounted)
    return table


def _drugs() -> dict[str, Outcome]:
    names = {f"on_{drug}": f"On {drug.replace('_', ' ')}" for drug in DRUGS}
    return {
        name: Outcome(name, "prevalence", (name,), "alive", "share", "neither", label)
        for name, label in names.items()
    }


OUTCOMES = (
    _parse("cumulative_incidence", _EVENTS)
    | _parse("prevalence", _SHARES)
    | _parse("mean", _MEANS)
    | _parse("per_person_total", _TOTALS)
)
"""What a scenario may ask for, in the order of the tables."""

STAGE_MIX = _parse("prevalence", _STAGE_MIX)
"""Where everyone who started is now: the shares add up to 1 in every year."""

TRAJECTORIES = (
    OUTCOMES
    | STAGE_MIX
    | _parse("prevalence", _CARE_SHARES)
    | _parse("mean", _INJURY)
    | _parse("per_person_total", _CARE_TOTALS)
    | _drugs()
)
"""Everything followed from year to year."""

_SCALES = np.array([quantity.scale for quantity in QUANTITIES], dtype=np.float64)


def chosen(outcomes: Iterable[str] | None = None) -> list[Outcome]:
    """Return the outcomes of these names, each once, in the order asked for; all when None.

    Raises
    ------
    InputError
        Naming every unknown outcome and its nearest valid name.
    """
    names = list(OUTCOMES if outcomes is None else dict.fromkeys(outcomes))
    problems = [
        Problem("outcomes", "every outcome is one of the table", repr(name), nearest(name, OUTCOMES))
        for name in names
        if name not in OUTCOMES
    ]
    if problems:
        raise InputError(*problems)
    return [OUTCOMES[name] for name in names]


@dataclass(frozen=True)
class Tally:
    """Recorded sums by stratum and group.

    Attributes
    ----------
    labels : label of each stratum.
    sums : int64, shape (years + 1, strata, groups, quantities).
    sizes : int64, shape (strata, groups), people who started.
    """

    labels: tuple[str, ...]
    sums: np.ndarray
    sizes: np.ndarray


def tally(record: Record, stratified_by: str = "all") -> Tally:
    """Add the cells of a record up to one stratum ("all") or to those of a baseline characteristic."""
    shape = tuple(len(labels) for labels in STRATA.values())
    years, groups, _, quantities = record.yearly.shape
    sums = record.yearly.reshape(years, groups, *shape, quantities)
    sizes = record.group_sizes.reshape(groups, *shape)
    names = list(STRATA)
    kept = names.index(stratified_by) if stratified_by != "all" else None
    others = tuple(position for position in range(len(names)) if position != kept)
    sums = sums.sum(axis=tuple(position + 2 for position in others))
    sizes = sizes.sum(axis=tuple(position + 1 for position in others))
    if kept is None:
        return Tally(("all",), sums[:, None], sizes[None])
    return Tally(STRATA[stratified_by], np.swapaxes(sums, 1, 2), sizes.T)


def tallies(records: Mapping[str, Record], stratified_by: str = "all") -> dict[str, Tally]:
    """Tally the records of several strategies for the same people.

    Raises
    ------
    RunFailed
        If two strategies did not start with the same people: no comparison would be true.
    """
    for before, after in pairwise(records):
        if not np.array_equal(records[before].group_sizes, records[after].group_sizes):
            raise RunFailed(f"strategies '{before}' and '{after}' did not start with the same people")
    return {strategy: tally(record, stratified_by) for strategy, record in records.items()}


def numerator(sums: Tally, outcome: Outcome, discount_rate_per_year: float = 0.0) -> np.ndarray:
    """Return the sum an outcome counts, in its unit, shape (years + 1, strata, groups)."""
    positions = [QUANTITY_INDEX[name] for name in outcome.numerator]
    total = (sums.sums[..., positions] / _SCALES[positions]).sum(axis=-1)
    return discounted(total, discount_rate_per_year) if outcome.discounted else total


def denominator(sums: Tally, outcome: Outcome) -> np.ndarray:
    """Return the people an outcome is a share of or a mean over, shape (years + 1, strata, groups)."""
    if outcome.denominator == "alive":
        return sums.sums[..., QUANTITY_INDEX["alive"]].astype(np.float64)
    people = sums.sizes
    if outcome.denominator != "started":
        people = people - sums.sums[0, ..., QUANTITY_INDEX[outcome.denominator]]
    return np.broadcast_to(people.astype(np.float64), sums.sums.shape[:3])


def discounted(cumulative: np.ndarray, rate_per_year: float) -> np.ndarray:
    """Discount what accrued in each year from the middle of that year, and accumulate again.

    Parameters
    ----------
    cumulative : totals since the start by year, years first; year 0 is not discounted.
    rate_per_year : discount rate, as a fraction above -1.
    """
    accrued = np.diff(cumulative, axis=0, prepend=0.0)
    factors = _discount_factors(len(cumulative), float(rate_per_year))
    return np.cumsum(accrued * factors.reshape(-1, *[1] * (cumulative.ndim - 1)), axis=0)


@lru_cache(maxsize=16)
def _discount_factors(n_years: int, rate_per_year: float) -> np.ndarray:
    middles = np.maximum(np.arange(n_years) - 1 / 2, 0.0)
    return (1.0 + rate_per_year) ** -middles
