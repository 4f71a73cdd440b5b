"""What a run rests on: the parameters its people and strategies use, assumptions first, and their sources.

Nearly every law is used by every run. Left out is only what belongs to drugs, tests, programmes and
operations that no strategy of the scenario mentions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.analysis.movers import movers
from simulator.care.markers import TESTS
from simulator.parameters.library import ParameterSet, load_parameters
from simulator.parameters.natural_history import NaturalHistory, natural_history
from simulator.parameters.schema import EVIDENCE, Entry
from simulator.patient.columns import DRUGS
from simulator.scenario.plan import DRUG, LIFESTYLE, SURGERY, TEST, Plan, compile_scenario
from simulator.scenario.schema import Scenario

_BY_KIND = {LIFESTYLE: ("programme_", "cost_programme_"), SURGERY: ("surgery_", "cost_surgery_")}
"""Beginnings of the names of parameters that only one kind of step reads."""

_OF_ANY_DRUG = "restart_pause_months"


@dataclass(frozen=True)
class Foundations:
    """What a run rests on, as plain data.

    Attributes
    ----------
    assumptions : name, meaning, value, unit and note of each number that rests on judgement, and `moves`,
        a sentence where it is among those that move the demonstration most. First those that the scenario
        sets itself, then those of its natural history, then those that move results most.
    sources : key, citation, doi and what each source is used for.
    counts : kind of evidence to the number of parameters, strongest first.
    natural_history : name, title, meaning, source keys and changed parameters of the set that holds.
    """

    assumptions: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    counts: dict[str, int]
    natural_history: dict[str, Any]


def foundations(scenario: Scenario, parameters: ParameterSet) -> Foundations:
    """Return what a run of the scenario rests on.

    Parameters
    ----------
    scenario : a valid one.
    parameters : the library with the scenario's natural history and own numbers in place.
    """
    names, chosen = names_behind(scenario, parameters), natural_history(scenario.natural_history)
    first = list(dict.fromkeys([*scenario.parameters, *chosen.entries]))
    assumed = [entry for entry in parameters.assumptions(names) if entry.name not in first]
    rank = {name: place for place, name in enumerate(movers())}
    assumed.sort(key=lambda entry: rank.get(entry.name, len(rank)))
    evidence = [parameters.entry(name).evidence for name in names]
    return Foundations(
        assumptions=[
            *(_row(parameters.entry(name), parameters, chosen) for name in first),
            *(_row(entry, parameters, chosen) for entry in assumed),
        ],
        sources=_sources(names, parameters),
        counts={kind: evidence.count(kind) for kind in EVIDENCE if kind in evidence},
        natural_history={
            **{key: getattr(chosen, key) for key in ("name", "title", "meaning")},
            "source": list(chosen.source),
            "changes": list(chosen.entries),
        },
    )


def _row(entry: Entry, parameters: ParameterSet, chosen: NaturalHistory) -> dict[str, Any]:
    note, is_of_set = entry.note, entry.name in chosen.entries
    if entry.name in parameters.overridden:
        stated, whose = value_text(entry.value), chosen.name if is_of_set else "The library"
        note = f"Set by the scenario. {whose} has {stated} ({entry.evidence})."
    elif is_of_set:
        usual = value_text(load_parameters().entry(entry.name).value)
        note = f"Set by the natural history {chosen.name}. The library has {usual}. {note}"
    number = parameters.value(entry.name)
    value = (
        number if isinstance(number, int | float) else {str(label): cell for label, cell in number.items()}
    )
    return {"name": entry.name, "meaning": entry.meaning, "value": value, "unit": entry.unit, "note": note,
            "moves": movers().get(entry.name, "")}  # fmt: skip


def value_text(value: Any) -> str:
    """Write a parameter's value: a number, or label and number pairs.

    >>> value_text({"male": 0.25, "female": 1.0}), value_text(0.5)
    ('male 0.25, female 1', '0.5')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{label} {cell:.6g}" for label, cell in value.items())
    return f"{value:.6g}"


def names_behind(scenario: Scenario, parameters: ParameterSet) -> list[str]:
    """Return the names of the parameters a run of the scenario reads, in the order of the library."""
    plans = compile_scenario(scenario, parameters)
    kinds = {int(kind) for plan in plans for kind in plan.steps["kind"]}
    drugs = {DRUGS[drug] for plan in plans for drug in plan.steps["drug"] if drug >= 0}
    idle = [f"{drug}_" for drug in DRUGS if drug not in drugs]
    idle += [f"cost_test_{test}_usd" for test in TESTS if test not in _tests(plans)]
    idle += [start for kind, starts in _BY_KIND.items() if kind not in kinds for start in starts]
    idle += [] if DRUG in kinds else [_OF_ANY_DRUG]
    return [name for name in parameters.entries if not name.startswith(tuple(idle))]


def _tests(plans: Iterable[Plan]) -> set[str]:
    """Return the single tests that some step or response asks for."""
    mask = 0
    for plan in plans:
        asked = plan.responses[plan.responses["action"] == TEST]["argument"]
        for bits in (*plan.steps["tests"], *asked):
            mask |= int(bits)
    return {test for position, test in enumerate(TESTS) if mask >> position & 1}


def _sources(names: Sequence[str], parameters: ParameterSet) -> list[dict[str, Any]]:
    used: dict[str, list[str]] = {}
    for name in names:
        for key in parameters.entry(name).source:
            used.setdefault(key, []).append(name)
    return [
        {
            "key": reference.key,
            "citation": str(reference.model_copy(update={"doi": ""})),
            "doi": reference.doi,
            "used_for": used[reference.key],
        }
        for reference in parameters.sources(names)
    ]
