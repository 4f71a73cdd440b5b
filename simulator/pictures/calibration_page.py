"""A calibration as a page of Markdown: what was fitted to what, what came out, what was not identifiable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from simulator.pictures.calibration import passes
from simulator.pictures.examination import with_interval
from simulator.pictures.style import DISCLAIMER
from simulator.pictures.wording import number
from simulator.validation.calibration import DRAWS, Calibration
from simulator.validation.identified import LOOSE, NOT_IDENTIFIABLE, TIED, coverage

Tables = Mapping[str, pd.DataFrame]


def calibration_page(found: Calibration, tables: Tables, pictures: Mapping[str, str]) -> str:
    """Return the page.

    Parameters
    ----------
    found : the calibration.
    tables : `parameters`, `identified` and `targets`, as `validation.identified` makes them.
    pictures : caption -> path as seen from the page.
    """
    parts = [
        f"# {found.definition.title}",
        " ".join(found.definition.meaning.split()),
        _in_short(found, tables["targets"]),
        *(f"![{caption}]({path})" for caption, path in pictures.items()),
        *_numbers(tables["parameters"]),
        *_open(tables["parameters"]),
        *_told(tables["identified"]),
        *_misses(tables["targets"]),
        DISCLAIMER,
    ]
    return "\n\n".join(parts) + "\n"


def _in_short(found: Calibration, targets: pd.DataFrame) -> str:
    asked, (before, after) = found.definition, passes(targets)
    failed = sum(not one.said for one in found.attempts)
    lost = f" With {failed} of them the model could not live." if failed else ""
    excess = found.normal.excess
    errors = (
        f"Squares of residuals are {excess:.1f} times what published errors explain, and the targets count "
        "for so much less in the posterior. "
        if excess > 1
        else ""
    )
    return (
        f"{len(asked.free)} numbers were fitted to {len(targets)} targets, all of the role calibration, "
        f"with {asked.size:,} people an arm and the seed {asked.seed}; {len(found.attempts):,} parameter "
        f"sets were tried.{lost} The loss fell from {found.start.loss:.1f} to {found.best.loss:.1f}, and "
        f"{after} targets pass, where {before} did before. {errors}Of the published numbers "
        f"{100 * coverage(targets):.0f} % lie in the 95 % interval of what {len(found.checked)} posterior "
        "draws predict."
    )


def _numbers(table: pd.DataFrame) -> Iterator[str]:
    yield "## The numbers"
    yield (
        "`best.yaml` holds the best numbers as overrides for a scenario, "
        f"`posterior.csv` {DRAWS} joint draws of what is left open. Known is the share of the prior's "
        "variance that the targets took away."
    )
    rows = []
    for row in table.to_dict("records"):
        best = with_interval(row["best"], row["posterior_low"], row["posterior_high"])
        stood = with_interval(row["stands"], row["prior_low"], row["prior_high"])
        mark = ", far out in its prior" if row["far_from_prior"] else ""
        known = f"{100 * max(row['shrinkage'], 0.0):.0f} %"
        rows.append((f"`{row['parameter']}`", stood, best, known, row["verdict"] + mark))
    yield _table(("number", "as it stood (prior)", "best (posterior)", "known", ""), rows)


def _open(table: pd.DataFrame) -> Iterator[str]:
    yield "## What was not identifiable"
    loose = table[table["verdict"] == NOT_IDENTIFIABLE]
    if len(loose):
        names = ", ".join(f"`{name}`" for name in loose["parameter"])
        yield (
            f"The posterior of these is wider than {LOOSE:g} of the prior: the targets say little of them, "
            f"and their values remain a judgement. {names}."
        )
    else:
        yield "Nothing: the targets narrow every prior."
    tied = table[table["correlated_with"] != ""]
    if len(tied):
        yield f"Correlations beyond {TIED:g}, where the targets tell of a combination rather than of each:"
        yield "\n".join(f"- `{row['parameter']}`: {row['correlated_with']}" for _, row in tied.iterrows())


def _told(table: pd.DataFrame) -> Iterator[str]:
    yield "## What identified each number"
    yield (
        "Share: of all that targets tell of the number by themselves. Slope: published standard errors by "
        "which the model moves per prior standard deviation of the number."
    )
    rows = [
        (f"`{row['parameter']}`", f"`{row['target']}`", row["study"], row["quantity"].replace("|", "/"),
         f"{100 * row['share']:.0f} %", number(row["slope"], 1, signed=True))
        for row in table.to_dict("records")
    ]  # fmt: skip
    yield _table(("number", "target", "study", "quantity", "share", "slope"), rows)


def _misses(table: pd.DataFrame) -> Iterator[str]:
    yield "## Targets missed at best"
    missed = table[~table["passes_at_best"]]
    if not len(missed):
        yield "None."
        return
    rows = [
        (f"`{row['target']}`", row["unit"],
         with_interval(row["published"], row["published_low"], row["published_high"]),
         number(row["start"], 2), with_interval(row["best"], row["predicted_low"], row["predicted_high"]),
         "yes" if row["covered"] else "no")
        for row in missed.to_dict("records")
    ]  # fmt: skip
    yield _table(("target", "unit", "published", "at the start", "at best (predicted)", "covered"), rows)


def _table(head: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *([str(cell).replace("|", "/") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
