"""Hepatica: a population with genes, habits and livers lives through the choices you compare.

A teaching and research model, not medical advice. What users may import is named here and loaded when
first asked for:

* `load_scenario(path)` and `Scenario`: a question, read from a file and checked.
* `run(scenario, out=...)`: the whole answer, a folder of tables, figures and a report.
* `compare(scenario)`: paired differences between strategies, as a table in memory.
* `ParameterSet`, `load_parameters()`: every number with its source.
* `PatientModel`, `Patient`: the same engine as a Mesa model, a step a month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.analysis.run import compare
    from simulator.analysis.store import StoredRun
    from simulator.model import Patient, PatientModel
    from simulator.parameters.library import ParameterSet, load_parameters
    from simulator.scenario.load import load_scenario
    from simulator.scenario.schema import Scenario

__all__ = [
    "ParameterSet",
    "Patient",
    "PatientModel",
    "Scenario",
    "compare",
    "load_parameters",
    "load_scenario",
    "run",
]

_HOMES = {
    "ParameterSet": "simulator.parameters.library",
    "Patient": "simulator.model",
    "PatientModel": "simulator.model",
    "Scenario": "simulator.scenario.schema",
    "compare": "simulator.analysis.run",
    "load_parameters": "simulator.parameters.library",
    "load_scenario": "simulator.scenario.load",
}
"""Where each name is defined."""


def run(
    scenario: Scenario,
    *,
    out: Path | str | None = None,
    size: int | None = None,
    years: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    draws: int = 1,
) -> StoredRun:
    """Run a scenario and write its folder: tables, figures, report, complete or not at all.

    Parameters
    ----------
    scenario : from `load_scenario`.
    out : new or empty folder; results/<scenario>/<time>-<digest> when None.
    size, years, seed : take the place of the scenario's own.
    threads : workers, one a core by default; they do not change the result.
    draws : how often to draw the parameters from their uncertainty; 1 takes them as they are.

    Returns
    -------
    The run as it lies on disk: `folder`, `manifest`, `tables` (data frames by name), `figures`, `report`.

    Raises
    ------
    InputError
        Saying what is wrong with what was given.
    """
    from pathlib import Path

    from simulator.analysis.run import run_scenario
    from simulator.pictures.illustrate import illustrated

    folder = None if out is None else Path(out)
    return run_scenario(
        scenario,
        illustrate=illustrated,
        out=folder,
        size=size,
        years=years,
        seed=seed,
        threads=threads,
        draws=draws,
    )


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata

        try:
            return metadata.version("hepatica")
        except metadata.PackageNotFoundError:
            return "not installed"
    if name not in _HOMES:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, "__version__"])
