"""What a strategy is made of: steps that are offered, and responses to what tests show."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag

from simulator.scenario.fields import (
    LONGEST_YEARS,
    Diagnosis,
    Drug,
    Operation,
    Part,
    Persistence,
    Share,
    Stoppable,
    Tests,
    When,
    bounded_like,
    months_of,
    number,
)
from simulator.scenario.vocabulary import KINDS

Year = number("years", 0, LONGEST_YEARS)


class Lifestyle(Part):
    """A programme that changes habits, for better or (as a harmful exposure) for worse."""

    weight_loss_percent: number("% of weight", 0, 40) | None = Field(
        None, description="Weight lost while it ramps up"
    )
    activity_met_min_per_week: bounded_like("programme_activity_met_min_per_week") | None = Field(
        None, description="Moderate-to-vigorous activity added"
    )
    diet_quality: bounded_like("programme_diet_quality") | None = Field(
        None, description="Share of full Mediterranean adherence added"
    )
    sleep_hours: bounded_like("programme_sleep_hours") | None = Field(None, description="Sleep added")
    stress_z: bounded_like("programme_stress_z") | None = Field(
        None, description="Change of stress; negative is less"
    )
    months: months_of() = Field(description="How long the programme lasts")
    supported: bool = Field(
        False, description="Whether support goes on, so that lost weight comes back more slowly"
    )


class _Offered(Part):
    uptake: Share = Field(1.0, description="Share of those offered who accept")
    adherence: Share = Field(1.0, description="Share of the treatment taken")


class _Planned(Part):
    when: When = Field(default_factory=dict, description="Whom it concerns; left out, everybody")
    start_year: Year = Field(0.0, description="When it is first offered, from the start of the run")
    until_year: Year | None = Field(None, description="When it is no longer offered; left out, never")
    starts_per_month_per_1000: number("", 0, 1000) | None = Field(
        None,
        description="How many of 1000 people can start it each month; others wait. Left out, no limit",
    )


class _Taken(_Offered):
    drug: Drug = Field(description="Drug class")
    months: months_of() | None = Field(None, description="Length of the course; left out, it goes on")
    persistence: Persistence = Field(
        "real_world", description="full: nobody stops; real_world: as in practice"
    )
    stop_fraction_per_year: number("", 0, 0.99) | None = Field(
        None, description="Share who stop within a year; left out, the library's value"
    )
    restart_fraction: Share | None = Field(
        None, description="Share of those who stopped who start again; left out, the library's value"
    )


class Course(_Taken):
    """A drug started by a response, and how long people stay on it."""


class LifestyleStep(_Planned, _Offered):
    """A programme offered to those it concerns."""

    lifestyle: Lifestyle = Field(description="The programme")


class DrugStep(_Planned, _Taken):
    """A drug offered to those it concerns."""


class SurgeryStep(_Planned):
    """An operation offered once to those it concerns."""

    surgery: Operation = Field(description="The operation")
    uptake: Share = Field(1.0, description="Share of those offered who accept")


def _drug_as_course(given: Any) -> Any:
    return {"drug": given} if isinstance(given, str) else given


class Action(Part):
    """What a response does: exactly one thing. `uptake` and `adherence` go with lifestyle and surgery."""

    add: Annotated[Course, BeforeValidator(_drug_as_course)] | None = Field(None, description="Drug to start")
    stop: Stoppable | None = Field(None, description="Drug to stop, or all")
    test: Tests | None = Field(None, description="Tests to do at once")
    diagnose: Diagnosis | None = Field(None, description="What care concludes")
    lifestyle: Lifestyle | None = Field(None, description="Programme to start")
    surgery: Operation | None = Field(None, description="Operation to offer")
    uptake: Share | None = Field(
        None, description="Share who accept the programme or operation; left out, all"
    )
    adherence: Share | None = Field(None, description="Share of the programme followed; left out, all of it")


class Response(Part):
    """A rule of care: when the results look so, do that."""

    when: When = Field(default_factory=dict, description="What the results must look like; left out, always")
    do: Action = Field(description="What care does")


class _Visits(_Planned):
    uptake: Share = Field(1.0, description="Share of those invited who come")
    respond: tuple[Response, ...] = Field((), description="What care does with the results, in order")


class Screen(Part):
    """Tests done once."""

    tests: Tests = Field(description="Which tests are done")


class Monitor(Part):
    """Tests done again and again."""

    tests: Tests = Field(description="Which tests are done")
    every_months: months_of(1, 120) = Field(description="Months between visits")


class ScreenStep(_Visits):
    """Tests done once, when a person is first eligible."""

    screen: Screen = Field(description="What is tested")


class MonitorStep(_Visits):
    """Tests done again and again, with a response to what they show."""

    monitor: Monitor = Field(description="What is tested, and how often")


STEP_MODELS: dict[str, type[Part]] = dict(
    zip(KINDS, (LifestyleStep, DrugStep, SurgeryStep, ScreenStep, MonitorStep), strict=True)
)
_COMMON = {name for model in STEP_MODELS.values() for name in model.model_fields} - set(KINDS)


def kind_of(given: Any) -> str | None:
    """Return which kind of step a mapping means: one it names, else the nearest to one of its keys.

    >>> kind_of({"drgu": "metformin"})
    'drug'
    """
    if isinstance(given, BaseModel):
        return next((kind for kind, model in STEP_MODELS.items() if type(given) is model), None)
    keys = [str(key) for key in given] if isinstance(given, Mapping) else []
    named = [kind for kind in KINDS if kind in keys]
    close = [difflib.get_close_matches(key, KINDS, n=1, cutoff=0.6) for key in keys if key not in _COMMON]
    return next(iter(named + [match[0] for match in close if match]), None)


Step = Annotated[
    Annotated[LifestyleStep, Tag("lifestyle")]
    | Annotated[DrugStep, Tag("drug")]
    | Annotated[SurgeryStep, Tag("surgery")]
    | Annotated[ScreenStep, Tag("screen")]
    | Annotated[MonitorStep, Tag("monitor")],
    Discriminator(kind_of, custom_error_type="no_kind", custom_error_message="no kind"),
]
