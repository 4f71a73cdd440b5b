"""What a scenario is: who, for how long, under which strategies, and what is asked.

The models here and in `steps` check shape, type and range. What depends on more than one key, or
on the table of columns, is checked in `rules`. Reach a scenario through `load_scenario` or
`scenario_from_dict`: they collect everything that is wrong and say it in plain sentences.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any

from pydantic import Field, model_validator

from simulator.parameters.natural_history import DEFAULT as CALIBRATED
from simulator.scenario.fields import (
    LONGEST_YEARS,
    NaturalHistory,
    Outcome,
    Override,
    Part,
    Profile,
    When,
    entries,
    number,
    words,
)
from simulator.scenario.steps import Step
from simulator.scenario.trial import Trial
from simulator.scenario.vocabulary import DEFAULT_OUTCOMES, KINDS
from simulator.scenario.writing import yaml_text

LARGEST_POPULATION = 10_000_000
LARGEST_SEED = 2**53 - 1
"""Seeds stay exact in tools that read every number as a floating-point one."""

DEFAULT_SIZE = 10_000
LONGEST_NAME = 60
MOST_STRATEGIES = 24


class Population(Part):
    """Who is simulated: a grown profile or a cohort of the user's own."""

    profile: Profile | None = Field(None, description="A shipped population, grown from age 18 up to today")
    cohort: words(1000) | None = Field(
        None, description="A CSV file of people, relative to the scenario file"
    )
    size: number("people", 1, LARGEST_POPULATION, whole=True) | None = Field(
        None, description=f"How many people; left out, {DEFAULT_SIZE:,} of a profile or everybody in a cohort"
    )
    where: When = Field(
        default_factory=dict, description="Whom to include, by what is true of them at the start"
    )
    sibship_size: number("siblings", 1, 4, whole=True) = Field(
        1, description="People per family who share genes"
    )

    @model_validator(mode="after")
    def _take_default_size(self) -> Population:
        if self.size is None and self.profile is not None:
            self.__dict__["size"] = DEFAULT_SIZE
        return self


class Economics(Part):
    """How costs and health are weighed."""

    discount_rate_per_year: number("per year", 0, 0.2) = Field(
        0.03, description="Discount of costs and QALYs"
    )
    willingness_to_pay_per_qaly: number("USD per QALY", 0, 10_000_000) = Field(
        100_000.0, description="What a QALY is held to be worth"
    )


def _kind_first(step: dict[str, Any]) -> dict[str, Any]:
    """Return a step as a reader wants it: what is done first, what follows from it last."""
    first, last = [key for key in step if key in KINDS], [key for key in step if key == "respond"]
    between = [key for key in step if key not in first + last]
    return {key: step[key] for key in first + between + last}


def _shortest(plain: Any) -> Any:
    """Return plain data with whole numbers written without a decimal point."""
    if isinstance(plain, dict):
        return {key: _shortest(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_shortest(item) for item in plain]
    return int(plain) if isinstance(plain, float) and plain.is_integer() and abs(plain) < 1e15 else plain


@dataclass(frozen=True)
class Strategy:
    """A named list of steps."""

    name: str
    steps: tuple[Step, ...]


class Scenario(Part):
    """One question, ready to run.

    A comparator left out is the first strategy. Months and years count from the start of the run.
    """

    title: words(200) = Field(description="What the report is called")
    question: words(2000) | None = Field(None, description="What the scenario is to answer, as a sentence")
    population: Population = Field(description="Who is simulated")
    horizon_years: number("years", 1, LONGEST_YEARS, whole=True) = Field(
        description="How long people are followed"
    )
    seed: number("", 0, LARGEST_SEED, whole=True) = Field(1, description="Names the luck of this run")
    comparator: words(LONGEST_NAME) | None = Field(
        None, description="Strategy the others are compared with; left out, the first"
    )
    strategies: Annotated[dict[str, tuple[Step, ...]], entries(MOST_STRATEGIES)] = Field(
        description="Name -> steps; an empty list is care as usual"
    )
    outcomes: Annotated[tuple[Outcome, ...], entries()] = Field(
        DEFAULT_OUTCOMES, description="What the report compares"
    )
    natural_history: NaturalHistory = Field(
        CALIBRATED, description="How fast scar comes and goes: the library's values, or a published set"
    )
    parameters: dict[str, Override] = Field(
        default_factory=dict,
        description="Numbers of the library, or of the natural history, to change for this scenario",
    )
    economics: Economics = Field(
        default_factory=lambda: Economics.model_validate({}), description="How costs and health are weighed"
    )
    trial: Trial | None = Field(
        None, description="Makes the strategies arms of a trial: when people are read, and which endpoints"
    )

    @model_validator(mode="after")
    def _take_first_strategy(self) -> Scenario:
        if self.comparator is None:
            self.__dict__["comparator"] = next(iter(self.strategies))
        return self

    def strategy(self, name: str) -> Strategy:
        """Return one strategy by name."""
        return Strategy(name, self.strategies[name])

    def to_dict(self, *, with_defaults: bool = False) -> dict[str, Any]:
        """Return the scenario as plain data: what was written, or every key.

        `scenario_from_dict(scenario.to_dict())` equals the scenario.
        """
        plain = self.model_dump(
            mode="json", by_alias=True, exclude_unset=not with_defaults, exclude_none=True
        )
        plain["strategies"] = {
            name: [_kind_first(step) for step in steps] for name, steps in plain["strategies"].items()
        }
        return _shortest(plain)

    def to_yaml(self, *, with_defaults: bool = False) -> str:
        """Return the scenario as the text of a scenario file; loading it gives an equal scenario."""
        return yaml_text(self.to_dict(with_defaults=with_defaults))

    def digest(self) -> str:
        """Return the SHA-256 of the scenario with every default spelt out.

        Equal scenarios have equal digests on any machine. A cohort counts by its file's name: what
        the file holds is digested by those who read it.
        """
        plain = self.to_dict(with_defaults=True)
        if self.population.cohort is not None:
            plain["population"]["cohort"] = PurePath(self.population.cohort).name
        plain["strategies"] = list(plain["strategies"].items())
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
