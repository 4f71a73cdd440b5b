"""From a scenario back to a file: what was written comes back equal."""

from __future__ import annotations

import os
from pathlib import Path

from simulator.scenario.schema import Scenario
from simulator.scenario.writing import yaml_text


def dump_scenario(scenario: Scenario, path: str | os.PathLike[str], *, with_defaults: bool = False) -> None:
    """Write a scenario as a file that loads as an equal scenario; a cohort is named relative to it."""
    target = Path(path)
    data = scenario.to_dict(with_defaults=with_defaults)
    if scenario.population.cohort is not None:
        data["population"]["cohort"] = os.path.relpath(scenario.population.cohort, target.parent)
    target.write_text(yaml_text(data), encoding="utf-8")
