"""The errors of the validation library, said in this project's sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args, get_origin

from pydantic_core import ErrorDetails

from simulator.base.errors import nearest
from simulator.scenario.fields import REFUSED, Part
from simulator.scenario.findings import Finding, Path, shown
from simulator.scenario.schema import Scenario
from simulator.scenario.steps import STEP_MODELS
from simulator.scenario.vocabulary import KINDS

_MAPPING = ("a mapping of keys is needed", "lines of the form 'key: value'")
_SHAPES = {
    "model_type": _MAPPING,
    "dict_type": _MAPPING,
    "tuple_type": ("a list is needed", "items that begin with '- ', or [a, b]; [] is an empty list"),
    "bool_type": ("true or false is needed", "true or false"),
}
"""Rule, and what would be right, for values of the wrong shape."""


def translate(errors: Iterable[ErrorDetails]) -> list[Finding]:
    """Return the errors as findings.

    A missing key is left out when an unknown key beside it was clearly meant for it.
    """
    found, missing, meant = [], [], set()
    for error in errors:
        if error["type"] == "extra_forbidden" and _is_second_kind(error["loc"]):
            continue
        finding = _translate(error)
        if error["type"] == "missing":
            missing.append(finding)
            continue
        found.append(finding)
        if error["type"] == "extra_forbidden" and finding.right.startswith("'"):
            meant.add((*finding.path[:-1], finding.right.split("'")[1]))
    return found + [finding for finding in missing if finding.path not in meant]


def plain_path(location: Path) -> Path:
    """Return the scenario's own keys, without the library's tag for the kind of step.

    >>> plain_path(("strategies", "usual care", 0, "drug", "uptake"))
    ('strategies', 'usual care', 0, 'uptake')
    """
    return location[:3] + location[4:] if _is_in_step(location) else location


def _is_second_kind(location: Path) -> bool:
    """Whether an unknown key makes a step do two things, which has a rule of its own."""
    return _is_in_step(location) and len(location) == 5 and location[4] in KINDS


def _is_in_step(location: Path) -> bool:
    return len(location) > 3 and location[0] == "strategies" and isinstance(location[2], int)


def _translate(error: ErrorDetails) -> Finding:
    path, kind, given = plain_path(error["loc"]), error["type"], error["input"]
    if kind == REFUSED:
        words = error["ctx"]
        return Finding(path, words["rule"], words["given"] or shown(given), words["right"])
    if kind == "missing":
        meaning = _keys(_model_at(error["loc"][:-1]))[str(path[-1])]
        return Finding(
            path, f"the key '{path[-1]}' is needed", "no such key", f"'{path[-1]}: ...': {meaning}"
        )
    if kind == "extra_forbidden":
        right = nearest(str(path[-1]), _keys(_model_at(error["loc"][:-1])))
        return Finding(
            path, "a key has to be one that is known here", shown(str(path[-1])), right, at_key=True
        )
    if kind == "no_kind":
        return Finding(
            path, f"a step is one of {', '.join(KINDS)}", shown(given), "for example '- drug: metformin'"
        )
    rule, right = _SHAPES.get(kind, ("the value has to be of another kind", "what the reference describes"))
    return Finding(path, rule, shown(given), right)


def _keys(model: type[Part]) -> dict[str, str]:
    """Return the keys of a model as a file writes them, with their meanings."""
    return {
        field.alias or name: field.description
        or (_parts_in(field.annotation)[0].__doc__ or "").split("\n")[0]
        for name, field in model.model_fields.items()
    }


def _model_at(location: Path) -> type[Part]:
    """Return the model that checks the mapping at `location`, which leads through valid keys only."""
    in_step = _is_in_step(location)
    model, rest = (STEP_MODELS[str(location[3])], location[4:]) if in_step else (Scenario, location)
    is_name = False
    for part in rest:
        if is_name or isinstance(part, int):
            is_name = False
            continue
        field = next(f for name, f in model.model_fields.items() if part in (name, f.alias))
        is_name = get_origin(field.annotation) is dict
        model = _parts_in(field.annotation)[0]
    return model


def _parts_in(annotation: Any) -> list[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return [annotation]
    return [part for argument in get_args(annotation) for part in _parts_in(argument)]
