"""What a calibration found, as tables: numbers, what is left open about them, and what told us."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from simulator.parameters.draws import Z95
from simulator.parameters.ensembles import HEAD
from simulator.validation.calibration import Calibration
from simulator.validation.verdict import PASS, combined, verdict
from simulator.validation.world import Estimate

LOOSE = 0.8
"""A parameter whose posterior is wider than this share of its prior was not identified by the targets."""

TIED = 0.7
"""Correlations beyond this are told."""

FAR = 2.0
"""A best number further out in its prior than this is told: the prior, or the model, is in doubt."""

TELLING = 0.01
"""A target that tells less of a parameter than this share of what its prior tells is not named."""

NAMED = 5
"""Targets named for each parameter, at most."""

IDENTIFIED, NOT_IDENTIFIABLE = "identified", "not identifiable"


def numbers_table(found: Calibration) -> pd.DataFrame:
    """Return a row for every posterior draw: `draw` and the number of every free parameter."""
    rows = [found.definition.numbers(found.library, z.tolist()) for z in found.draws]
    table = pd.DataFrame(rows, columns=list(found.definition.free))
    table.insert(0, HEAD, range(len(table)))
    return table


def parameters_table(found: Calibration) -> pd.DataFrame:
    """Return a row for every free parameter: prior, best number, posterior, and whether it was identified.

    `posterior_sd` is in prior standard deviations, `shrinkage` the share of the prior variance that the
    targets took away, `best_z` how far out in its prior the best number lies.
    """
    best = found.definition.numbers(found.library, found.best.z.tolist())
    mean, sd = found.normal.mean, found.normal.sd
    prior, ends = (
        [found.definition.numbers(found.library, z) for z in pair]
        for pair in (
            [[-Z95] * len(mean), [Z95] * len(mean)],
            [(mean - Z95 * sd).tolist(), (mean + Z95 * sd).tolist()],
        )
    )
    leading = identified_table(found).query("rank == 1").set_index("parameter")["target"]
    rows = []
    for k, name in enumerate(found.definition.free):
        entry = found.library.entry(name)
        rows.append(
            {
                "parameter": name,
                "unit": entry.unit,
                "stands": found.library.value(name),
                "prior_low": prior[0][name],
                "prior_high": prior[1][name],
                "best": best[name],
                "posterior_low": ends[0][name],
                "posterior_high": ends[1][name],
                "best_z": found.best.z[k],
                "posterior_sd": sd[k],
                "shrinkage": 1 - sd[k] ** 2,
                "verdict": NOT_IDENTIFIABLE if sd[k] > LOOSE else IDENTIFIED,
                "far_from_prior": bool(abs(found.best.z[k]) > FAR),
                "correlated_with": "; ".join(_tied(found, k)),
                "identified_by": leading.get(name, ""),
            }
        )
    return pd.DataFrame(rows)


def _tied(found: Calibration, k: int) -> Iterator[str]:
    row = found.normal.correlations[k]
    for other, name in enumerate(found.definition.free):
        if other != k and abs(row[other]) > TIED:
            yield f"{name} ({row[other]:+.2f})"


def identified_table(found: Calibration) -> pd.DataFrame:
    """Return the targets that tell most of every parameter, at most `NAMED` for each.

    `share` is the target's share of all that the targets tell of the parameter by itself, `slope` the change
    of its residual, in published standard errors, per prior standard deviation of the parameter.
    """
    rows = []
    targets = found.definition.targets
    for k, name in enumerate(found.definition.free):
        told = found.normal.told[:, k]
        order = np.argsort(-told, kind="stable")[:NAMED]
        for rank, at in enumerate((int(at) for at in order if told[at] > TELLING), start=1):
            rows.append(
                {
                    "parameter": name,
                    "rank": rank,
                    "target": targets[at].name,
                    "study": targets[at].study,
                    "quantity": " ".join(targets[at].quantity.split()),
                    "share": told[at] / told.sum(),
                    "slope": found.local.slopes[at, k],
                }
            )
    columns = ("parameter", "rank", "target", "study", "quantity", "share", "slope")
    return pd.DataFrame(rows, columns=list(columns))


def targets_table(found: Calibration) -> pd.DataFrame:
    """Return a row for every target: what the model said at the start, at best and over posterior draws.

    `covered` says whether the published number lies in the 95 % interval of what the posterior predicts,
    published error and chance among people included.
    """
    rows = []
    for k, target in enumerate(found.definition.targets):
        drawn = [one.said[target.measure] for one in found.checked if target.measure in one.said]
        low, high, covered = _predicted(found, k, drawn)
        start, best = (
            verdict(target, [one.said.get(target.measure, Estimate(math.nan, math.nan))])
            for one in (found.start, found.best)
        )
        rows.append(
            {
                "target": target.name,
                "study": target.study,
                "quantity": " ".join(target.quantity.split()),
                "unit": target.unit,
                "weight": found.definition.weights[target.name],
                "published": target.value,
                "published_low": math.nan if target.low is None else target.low,
                "published_high": math.nan if target.high is None else target.high,
                "start": start.model,
                "best": best.model,
                "predicted_low": low,
                "predicted_high": high,
                "passes_at_start": start.verdict == PASS,
                "passes_at_best": best.verdict == PASS,
                "covered": covered,
                "residual_at_start": found.start.residuals[k],
                "residual_at_best": found.best.residuals[k],
            }
        )
    return pd.DataFrame(rows)


def _predicted(found: Calibration, k: int, drawn: list[Estimate]) -> tuple[float, float, bool]:
    """Return the 95 % interval of draws, and whether with the published error it covers the number."""
    target, measured = found.definition.targets[k], found.yardstick
    if not drawn:
        return math.nan, math.nan, False
    model = combined(target.kind, drawn)
    spread = Z95 * model.standard_error
    off = model.value - measured.published[k]
    error = measured.above[k] if off > 0 else measured.below[k]
    covered = bool(abs(off) <= Z95 * math.hypot(model.standard_error, error))
    ends = (model.value - spread, model.value + spread)
    low, high = (math.exp(end) for end in ends) if target.kind == "ratio" else ends
    return low, high, covered


def attempts_table(found: Calibration) -> pd.DataFrame:
    """Return a row for every attempt: stage, loss, how many targets pass, and the standard normals tried."""
    rows = []
    for number, one in enumerate(found.attempts):
        passed = [
            verdict(target, [one.said[target.measure]]).verdict == PASS
            for target in found.definition.targets
            if target.measure in one.said
        ]
        counts = {"number": number, "stage": one.stage, "loss": one.loss, "passed": sum(passed)}
        rows.append(counts | dict(zip(found.definition.free, one.z, strict=True)))
    return pd.DataFrame(rows)


def coverage(table: pd.DataFrame) -> float:
    """Return the share of targets that the posterior covers."""
    return float(table["covered"].mean())
