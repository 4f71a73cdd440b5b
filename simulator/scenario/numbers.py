"""Which numbers hold in a scenario: the library, its natural history, then what it sets itself."""

from __future__ import annotations

from simulator.parameters.library import ParameterSet, load_parameters
from simulator.parameters.natural_history import under
from simulator.scenario.schema import Scenario


def parameters_of(scenario: Scenario, library: ParameterSet | None = None) -> ParameterSet:
    """Return the numbers of a scenario.

    Parameters
    ----------
    scenario : a valid one; its `parameters` come after its `natural_history`, and so have the last word.
    library : what both change; the shipped one when None.
    """
    return under(library or load_parameters(), scenario.natural_history).override(scenario.parameters)
