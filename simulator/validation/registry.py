"""Which studies the model can repeat: what the modules of `studies` list, by module.study."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType

from simulator.base.errors import InputError, Problem, nearest
from simulator.validation import studies
from simulator.validation.targets import Target
from simulator.validation.world import Estimate, World

Study = Callable[[World], dict[str, Estimate]]
LIST = "STUDIES"
"""Name under which a module lists its studies; a module without it only helps others."""


def find_studies(package: ModuleType = studies) -> dict[str, Study]:
    """Return every study of a package of modules by its name, module.study."""
    found: dict[str, Study] = {}
    for module in pkgutil.iter_modules(package.__path__):
        listed = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), LIST, {})
        found |= {f"{module.name}.{name}": study for name, study in listed.items()}
    return found


def studies_for(targets: Iterable[Target], found: Mapping[str, Study]) -> dict[str, Study]:
    """Return the studies that targets ask for, each once, in the order in which they are found.

    Raises
    ------
    InputError : naming every target whose study does not exist.
    """
    wanted = list(targets)
    problems = [
        Problem(
            f"{target.where}: {target.name}.measure",
            "a measure names a study that the model can repeat",
            target.study_measured,
            nearest(target.study_measured, found) if found else "no studies are there to be repeated",
        )
        for target in wanted
        if target.study_measured not in found
    ]
    if problems:
        raise InputError(*problems)
    names = {target.study_measured for target in wanted}
    return {name: study for name, study in found.items() if name in names}


def check_measured(targets: Iterable[Target], measured: Mapping[str, Mapping[str, Estimate]]) -> None:
    """Raise an `InputError` naming every target whose quantity its study has not returned.

    Parameters
    ----------
    targets : what was asked.
    measured : module.study -> quantity -> what the model says.
    """
    problems = []
    for target in targets:
        study, _, quantity = target.measure.rpartition(".")
        if quantity not in measured[study]:
            rule = f"a measure names a quantity that {study} returns"
            right = nearest(quantity, measured[study])
            problems.append(Problem(f"{target.where}: {target.name}.measure", rule, quantity, right))
    if problems:
        raise InputError(*problems)
