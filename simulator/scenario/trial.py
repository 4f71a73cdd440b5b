"""A trial inside a scenario: when people are read again, who is missing then, which endpoints are reported.

Entry criteria are the population's conditions on what tests showed, arms are the strategies. What an
endpoint is, is defined where it is computed; here it has its name and its words.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from simulator.scenario.fields import Endpoint, Part, Share, choice, entries, months_of, number

DEFAULT_ENDPOINTS = (
    "resolution", "fibrosis_improved", "nas_change", "weight_change_percent", "liver_fat_change_percent",
    "alt_change_u_l",
)  # fmt: skip

MISSING_RULES = ("failure", "left_out")
MOST_READINGS = 12


class StageMix(Part):
    """Share of each stage read at entry; people are weighted to it."""

    f0: Share = Field(0.0, description="Share of people read as F0 at entry")
    f1: Share = Field(0.0, description="Share of people read as F1 at entry")
    f2: Share = Field(0.0, description="Share of people read as F2 at entry")
    f3: Share = Field(0.0, description="Share of people read as F3 at entry")
    f4: Share = Field(0.0, description="Share of people read as F4 at entry")

    def shares(self) -> tuple[float, ...]:
        """Return the shares of F0 to F4, scaled to sum to 1 exactly (published ones are rounded)."""
        given = (self.f0, self.f1, self.f2, self.f3, self.f4)
        return tuple(share / sum(given) for share in given)


class Trial(Part):
    """A trial: everybody has every test, biopsy included, at entry and at each reading."""

    months: months_of() = Field(description="Month of the last reading; within the horizon")
    readings: Annotated[tuple[months_of(), ...], entries(MOST_READINGS)] | None = Field(
        None, description="Months of the readings, ascending; left out, the last alone"
    )
    missing_fraction: number("", 0, 0.9) = Field(
        0.0,
        description="Share of people without a last reading, whatever it would have shown; "
        "they leave at a steady pace",
    )
    missing: choice("rule", MISSING_RULES) = Field(
        "failure",
        description="What a missing person counts as in shares that need a biopsy: not reached, or left out",
    )
    stage_mix: StageMix | None = Field(
        None, description="Published mix of stages read at entry; left out, people count alike"
    )
    endpoints: Annotated[tuple[Endpoint, ...], entries()] = Field(
        DEFAULT_ENDPOINTS, description="What is reported of each arm"
    )

    @model_validator(mode="after")
    def _take_last_reading(self) -> Trial:
        if self.readings is None:
            self.__dict__["readings"] = (self.months,)
        return self

    @property
    def reading_months(self) -> tuple[int, ...]:
        """Months of the readings, the last at the end."""
        months: Any = self.readings
        return tuple(months)
