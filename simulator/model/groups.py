"""What `groupby` returns: Mesa's groups, with columns aggregated as columns."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

try:
    from mesa.agentset import GroupBy
except ImportError:  # Mesa 3.3
    from mesa.agent import GroupBy

__all__ = ["GroupBy", "PatientGroups"]


class PatientGroups(GroupBy):
    """Groups of patients by a value they share, in ascending order of it.

    Attributes
    ----------
    groups : value -> `Patients`.
    """

    def agg(self, attr_name: str, func: Callable[[Any], Any]) -> dict[Hashable, Any]:
        """Return value -> `func` of the group's array of an attribute, see `Patients.agg`."""
        return {value: group.agg(attr_name, func) for value, group in self.groups.items()}
