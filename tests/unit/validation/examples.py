"""Two files of targets, and studies that only pretend to ask the model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from simulator.validation.registry import Study
from simulator.validation.targets import Target
from simulator.validation.world import Estimate, World

TRIALS = """\
pivens_resolution:
  study: PIVENS
  population: adults with MASH, no diabetes
  quantity: MASH resolved after 96 weeks, pioglitazone less placebo
  value: 26
  low: 11
  high: 41
  unit: percentage points
  kind: difference
  role: calibration
  source: [aithal_2008]
  measure: trials.pivens.resolution
  emulation: Chosen by an observed biopsy, read again after 24 months.
  note: Interval from the sizes of the arms.
pivens_weight:
  study: PIVENS
  population: adults with MASH, no diabetes
  quantity: weight change on pioglitazone
  value: 4.7
  unit: kg
  kind: level
  role: calibration
  source: [aithal_2008]
  measure: trials.pivens.weight
  emulation: Weight after 24 months less weight at entry.
  why: The appetite of the treated is not modelled.
"""

COHORTS = """\
scar_share:
  study: A survey
  population: adults
  quantity: stiffness of 8 kPa or more
  value: 9.4
  unit: "%"
  kind: proportion
  role: validation
  source: [allen_2022, aithal_2008]
  measure: cohorts.survey.stiff
  emulation: Adults with elastography.
diabetes_hazard:
  study: A registry
  population: adults with MASLD
  quantity: cirrhosis with diabetes against without
  value: 1.7
  low: 1.3
  high: 2.2
  unit: hazard ratio
  kind: ratio
  role: validation
  source: [allen_2022]
  measure: cohorts.registry.diabetes
  emulation: Everybody with fat at the start.
"""

SAID = {
    "trials.pivens": {"resolution": Estimate(20.0, 2.0), "weight": Estimate(2.0, 0.1)},
    "cohorts.survey": {"stiff": Estimate(8.0, 0.2)},
    "cohorts.registry": {"diabetes": Estimate(1.5, 0.1)},
}


def written(folder: Path, trials: str = TRIALS, cohorts: str = COHORTS) -> Path:
    """Write the files of targets and return their folder."""
    folder.mkdir(exist_ok=True)
    (folder / "trials.yaml").write_text(trials, encoding="utf-8")
    (folder / "cohorts.yaml").write_text(cohorts, encoding="utf-8")
    return folder


def pretended(asked: list[str]) -> dict[str, Study]:
    """Return the studies, which note in `asked` that they were asked."""

    def study_of(name: str) -> Callable[[World], dict[str, Estimate]]:
        def study(world: World) -> dict[str, Estimate]:
            asked.append(name)
            return SAID[name]

        return study

    return {name: study_of(name) for name in SAID}


def target(**changes: object) -> Target:
    """Return a target with some of its keys changed."""
    plain: dict[str, object] = {
        "name": "x", "where": "f.yaml:1", "study": "S", "population": "p", "quantity": "q", "value": 10.0,
        "unit": "kPa", "kind": "level", "role": "calibration", "source": ("aithal_2008",),
        "measure": "a.b.c", "emulation": "e",
    }  # fmt: skip
    return Target.model_validate(plain | changes)
