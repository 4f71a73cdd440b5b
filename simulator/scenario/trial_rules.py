"""What makes sense in a trial, what to be careful about, and the trial in plain English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, TypeGuard

from simulator.patient.columns import TRUTH
from simulator.scenario.conditions import quantities
from simulator.scenario.fields import Condition
from simulator.scenario.findings import Finding, Path, shown
from simulator.scenario.phrases import listed, share
from simulator.scenario.steps import DrugStep
from simulator.scenario.trial import StageMix, Trial
from simulator.scenario.vocabulary import ENDPOINT_WORDS, READ_BY_BIOPSY

STAGES = tuple(StageMix.model_fields)
ROUNDING = 0.011
"""Published shares are rounded to a percent, so their sum may be off by as much."""


def check_trial(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong with the trial of a scenario as written; other shapes are passed over."""
    trial = data.get("trial")
    if not isinstance(trial, Mapping):
        return
    yield from _check_months(trial, data.get("horizon_years"))
    yield from _check_places(data.get("strategies"))
    yield from _check_readings(trial)
    yield from _check_mix(trial.get("stage_mix"), data.get("population"))


def _is_whole(given: Any) -> TypeGuard[int]:
    return isinstance(given, int) and not isinstance(given, bool)


def _check_months(trial: Mapping[str, Any], horizon: Any) -> Iterator[Finding]:
    months = trial.get("months")
    if _is_whole(months) and _is_whole(horizon) and months > 12 * horizon > 0:
        yield Finding(
            ("trial", "months"),
            "a trial is read for the last time within the horizon",
            f"month {months} of {12 * horizon}",
            f"at most {12 * horizon}, or a horizon of {-(-months // 12)} years",
        )


def _check_places(strategies: Any) -> Iterator[Finding]:
    """Yield every limit of places: a trial treats everybody it has taken in."""
    for name, steps in strategies.items() if isinstance(strategies, Mapping) else ():
        for position, step in enumerate(steps) if isinstance(steps, list | tuple) else ():
            if isinstance(step, Mapping) and step.get("starts_per_month_per_1000") is not None:
                yield Finding(
                    ("strategies", name, position, "starts_per_month_per_1000"),
                    "nobody waits in a trial: its arms start together",
                    shown(step["starts_per_month_per_1000"]),
                    "no such key, or a scenario without a trial",
                )


def _check_readings(trial: Mapping[str, Any]) -> Iterator[Finding]:
    given, last = trial.get("readings"), trial.get("months")
    if not isinstance(given, list | tuple) or not given or not all(_is_whole(month) for month in given):
        return
    path: Path = ("trial", "readings")
    if any(after <= before for before, after in pairwise(given)):
        written = ", ".join(str(month) for month in given[:20])
        yield Finding(path, "readings are in the order of time, each once", written, "months that ascend")
    elif _is_whole(last) and given[-1] != last:
        rule = "the last reading is the end of the trial"
        yield Finding(path, rule, f"{given[-1]}, with months: {last}", f"a list that ends with {last}")


def _check_mix(mix: Any, population: Any) -> Iterator[Finding]:
    if not isinstance(mix, Mapping) or set(mix) - set(STAGES):
        return
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in mix.values()):
        return
    path: Path = ("trial", "stage_mix")
    if not abs(sum(mix.values()) - 1) <= ROUNDING:
        yield Finding(path, "shares of stages sum to 1", f"{sum(mix.values()):g}", "shares that sum to 1")
    low, high = _asked_stages(population)
    for stage, part in mix.items():
        if part > 0 and not low <= STAGES.index(stage) <= high:
            given = f"{stage.upper()} with a share of {part:g}"
            right = "stages that population.where lets in, or a wider observed_fibrosis_stage"
            yield Finding((*path, stage), "people are weighted to stages that can enter", given, right)


def _asked_stages(population: Any) -> tuple[float, float]:
    """Return the lowest and highest stage the entry criteria let in, as far as they can be read."""
    where = population.get("where") if isinstance(population, Mapping) else None
    asked = where.get("observed_fibrosis_stage") if isinstance(where, Mapping) else None
    if isinstance(asked, Mapping):
        low, high = (asked.get(end, asked.get("is")) for end in ("min", "max"))
    else:
        low = high = asked
    numbers = [
        float(end) if isinstance(end, int | float) and not isinstance(end, bool) else other
        for end, other in ((low, 0.0), (high, 4.0))
    ]
    return numbers[0], numbers[1]


def trial_sentences(trial: Trial) -> Iterator[str]:
    """Yield the trial in plain English."""
    months = trial.reading_months
    when = f"month{'s' if len(months) > 1 else ''} {listed(map(str, months))}"
    yield f"A trial: everybody has every test, liver biopsy included, at entry and at {when}."
    if trial.missing_fraction > 0:
        reached = (
            "count as not reached in shares that need a biopsy and are left out elsewhere"
            if trial.missing == "failure"
            else "are left out"
        )
        yield (
            f"{share(trial.missing_fraction)} have no last reading, whatever it would have shown; they, and "
            f"the dead, {reached}."
        )
    if trial.stage_mix is not None:
        mix = zip(STAGES, trial.stage_mix.shares(), strict=True)
        parts = (f"{stage.upper()} {share(part)}" for stage, part in mix if part > 0)
        yield f"People are weighted to the stages read at entry: {listed(parts)}."
    yield f"Endpoints: {listed(ENDPOINT_WORDS[name] for name in trial.endpoints)}."


def trial_defaults(trial: Trial) -> Iterator[str]:
    """Yield what the trial left out and takes."""
    if "endpoints" not in trial.model_fields_set:
        yield f"endpoints: {', '.join(trial.endpoints)}"
    if "missing_fraction" not in trial.model_fields_set:
        yield "missing_fraction: 0, everybody alive is read"
    elif "missing" not in trial.model_fields_set:
        yield f"missing: {trial.missing}"


def trial_doubts(
    trial: Trial, where: Mapping[str, Condition], strategies: Mapping[str, tuple[Any, ...]]
) -> Iterator[str]:
    """Yield what a reader of the trial should be warned about."""
    truths = [name for name in where if quantities()[name].kind == TRUTH]
    if truths:
        yield f"The trial chooses people by {listed(truths)}, the truth, which no trial can see."
    by_biopsy = [name for name in trial.endpoints if name in READ_BY_BIOPSY]
    if by_biopsy and not any(name in where for name in ("observed_nas", "observed_fibrosis_stage")):
        yield (
            f"Nobody is chosen by biopsy, and {shown(by_biopsy[0])} is read by biopsy: most people will "
            "have nothing to resolve."
        )
    for name, steps in strategies.items():
        if any(isinstance(step, DrugStep) and _stops_as_in_practice(step) for step in steps):
            yield (
                f"Strategy '{name}': people stop the drug as they do in practice; those in a trial stay on "
                "it longer (persistence: full, or stop_fraction_per_year)."
            )


def _stops_as_in_practice(step: DrugStep) -> bool:
    return step.persistence != "full" and step.stop_fraction_per_year is None
