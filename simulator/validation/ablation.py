"""Taking one mechanism at a time out of the model, and whether the targets break that should break.

A mechanism earns its place by what fails without it. `ablations.yaml` says for each which parameters
are set and which targets should then fail; here they are examined with and without it, under the same luck.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, StrictFloat, StrictStr

from simulator.analysis.work import Watch
from simulator.base.errors import InputError, input_error, nearest
from simulator.parameters.files import all_validated, read_file
from simulator.parameters.library import ParameterSet, load_parameters
from simulator.validation.kept import Kept
from simulator.validation.registry import find_studies, studies_for
from simulator.validation.sitting import Sitting, examine_model
from simulator.validation.targets import Target, chosen, load_targets
from simulator.validation.verdict import PASS, SHARES_ASKED

FILE = Path(__file__).parent / "ablations.yaml"
COLUMNS = (
    *("mechanism", "target", "quantity", "unit", "published", "accepted_low", "accepted_high"),
    *("with_it", "without_it", "passes_with_it", "passes_without_it", "outcome"),
)
"""Columns of the result, a row for a mechanism and a target."""

BREAKS, WORSE, HOLDS = "breaks", "fails already, and further off", "holds"
CROSSES = "fails already, and on the other side"
_EXPECTED = {
    "set": "parameter: number",
    "breaks": "a list of targets, studies, files or measures",
    "spared": "target: why it holds all the same",
}


class Ablation(BaseModel):
    """A mechanism and how it is taken out.

    Attributes
    ----------
    name : snake case.
    where : file and line it comes from.
    meaning : what the model is without it.
    set : parameter -> number that takes it out.
    breaks : what should fail then, named as `targets.chosen` takes it.
    spared : target that holds all the same -> why, in half a sentence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: StrictStr
    where: StrictStr
    meaning: StrictStr
    set: dict[StrictStr, StrictFloat]
    breaks: tuple[StrictStr, ...]
    spared: dict[StrictStr, StrictStr] = {}


@functools.cache
def mechanisms() -> Mapping[str, Ablation]:
    """Return every mechanism that can be taken out, by name.

    Raises
    ------
    InputError : with every fault of the file.
    """
    return all_validated(Ablation, read_file(FILE, "ablation"), "name", _EXPECTED)


def without(name: str, parameters: ParameterSet | None = None) -> ParameterSet:
    """Return the parameters with a mechanism taken out.

    Parameters
    ----------
    name : of a mechanism.
    parameters : the shipped library when None.

    Raises
    ------
    InputError : for a name that is none, with the nearest.
    """
    return (parameters or load_parameters()).override(ablation(name).set)


def ablation(name: str) -> Ablation:
    """Return a mechanism by its name; an `InputError` names the nearest."""
    if name not in mechanisms():
        rule = "a mechanism has to be one that can be taken out"
        raise input_error("without", rule, repr(name), nearest(name, mechanisms()))
    return mechanisms()[name]


def targets_of(name: str, targets: Mapping[str, Target]) -> list[Target]:
    """Return the judged targets that should break without a mechanism; names of none are passed over."""
    found: dict[str, Target] = {}
    for wanted in ablation(name).breaks:
        try:
            found |= {target.name: target for target in chosen(targets, [wanted])}
        except InputError:
            continue
    return [target for target in found.values() if target.role in SHARES_ASKED]


def ablation_table(
    names: Iterable[str] = (),
    *,
    parameters: ParameterSet | None = None,
    size: int = 20_000,
    seed: int = 2018,
    threads: int | None = None,
    kept: Kept | None = None,
    watch: Watch | None = None,
) -> pd.DataFrame:
    """Return what becomes of the targets that should break when a mechanism is taken out.

    Parameters
    ----------
    names : mechanisms; all when none is named.
    parameters : the model as it stands; the shipped library when None.
    size, seed, threads : of the worlds, see `sitting.Sitting`.
    kept, watch : as for `sitting.examine_model`.

    Returns
    -------
    COLUMNS; `outcome` is BREAKS where the model passes with and fails without it, WORSE where it fails
    either way but is further off without, CROSSES where it fails either way but on two sides, else HOLDS.
    Empty where no target is there.
    """
    library, targets = parameters or load_parameters(), load_targets()
    asked = {name: targets_of(name, targets) for name in [*names] or mechanisms()}
    every = {target.name: target for found in asked.values() for target in found}
    if not every:
        return pd.DataFrame(columns=list(COLUMNS))

    def examined(some: Sequence[Target], numbers: ParameterSet) -> dict[str, dict[str, Any]]:
        studies = studies_for(some, find_studies())
        sitting = Sitting(some, studies, numbers, size, seed, threads=threads)
        return {str(row["name"]): dict(row) for _, row in examine_model(sitting, kept, watch).iterrows()}

    usual = examined(list(every.values()), library)
    rows = []
    for name, found in asked.items():
        if found:
            bare = examined(found, without(name, library))
            rows += [_row(name, usual[target.name], bare[target.name]) for target in found]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(mechanism: str, usual: Mapping[str, Any], bare: Mapping[str, Any]) -> dict[str, object]:
    same = ("quantity", "unit", "published", "accepted_low", "accepted_high")
    passes_with, passes_without = usual["verdict"] == PASS, bare["verdict"] == PASS
    is_further = abs(bare["model"] - bare["published"]) > abs(usual["model"] - usual["published"])
    is_across = (bare["model"] > bare["published"]) != (usual["model"] > usual["published"])
    if passes_without:
        outcome = HOLDS
    elif passes_with:
        outcome = BREAKS
    elif is_across:
        outcome = CROSSES
    else:
        outcome = WORSE if is_further else HOLDS
    return {
        "mechanism": mechanism,
        "target": usual["name"],
        **{key: usual[key] for key in same},
        "with_it": usual["model"],
        "without_it": bare["model"],
        "passes_with_it": passes_with,
        "passes_without_it": passes_without,
        "outcome": outcome,
    }


def ablation_markdown(table: pd.DataFrame) -> str:
    """Return the result as Markdown, a heading and a table for every mechanism."""
    lines: list[str] = []
    for name, rows in table.groupby("mechanism", sort=False):
        broken = int((rows["outcome"] != HOLDS).sum())
        lines += [
            f"### Without {str(name).replace('_', ' ')}",
            "",
            f"{ablation(str(name)).meaning} {broken} of {len(rows)} targets that should break do.",
            "",
            "| target | published (accepted) | with it | without it | |",
            "|---|---|---|---|---|",
        ]
        for _, row in rows.iterrows():
            accepted = f"{row['published']:.3g} ({row['accepted_low']:.3g} to {row['accepted_high']:.3g})"
            model = f"{row['with_it']:.3g} | {row['without_it']:.3g}"
            why = ablation(str(name)).spared.get(row["target"]) if row["outcome"] == HOLDS else None
            said = f"{row['outcome']}: {why}" if why else row["outcome"]
            lines.append(f"| {row['quantity']} ({row['unit']}) | {accepted} | {model} | {said} |")
        lines.append("")
    return "\n".join(lines)
