"""The grown population beside the survey it stands for: a picture and a page.

`python -m simulator.pictures.population docs` grows 100,000 adults and writes `population.md` and
`img/population.png` into that folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.cohort.survey import PERCENTILES, compare
from simulator.pictures import style
from simulator.pictures.layout import add_axes, framed

SHARES = {"cap_at_least_274": "CAP of 274 dB/m or more", "lsm_at_least_8": "Stiffness of 8 kPa or more"}
_UNITS = {"bmi": "kg/m2", "homa_ir": "index", "hba1c": "%", "alt": "U/L", "cap": "dB/m", "lsm": "kPa"}
_LABELS = {"bmi": "BMI", "homa_ir": "HOMA-IR", "hba1c": "HbA1c", "alt": "ALT", "cap": "CAP", "lsm": "LSM"}
_SIZE, _SEED, _LOT = 100_000, 2018, 4096
_NORMAL_95 = 1.96


@style.styled
def draw_prevalences(comparison: pd.DataFrame, size: int) -> Figure:
    """Draw the share over each threshold by group: survey with its 95 % interval, model beside it.

    Parameters
    ----------
    comparison : what `cohort.survey.compare` returns.
    size : people grown.
    """
    frame = framed(
        "Grown adults beside the survey, by sex, age and ethnic group",
        "Grey: survey of 2017-2018, n = 3,018 complete exams, with its 95 % interval. "
        f"Blue: {size:,} grown people.",
        "Dotted: what the model is asked to stay within.",
        body=5.2,
    )
    for k, (statistic, title) in enumerate(SHARES.items()):
        axes = add_axes(frame, 1.55 + 4.45 * k, frame.bottom + 0.55, 3.75, frame.top - frame.bottom - 0.95)
        rows = comparison[(comparison.statistic == statistic) & comparison.tolerance.notna()]
        _draw_groups(axes, rows, with_labels=k == 0)
        axes.set_title(title)
        axes.set_xlabel("Share of adults over 20 (%)")
    return frame.figure


def _draw_groups(axes: Axes, rows: pd.DataFrame, with_labels: bool) -> None:
    """Draw one line a group, from the top down."""
    places = np.arange(len(rows))
    survey, model = 100 * rows.survey.to_numpy(float), 100 * rows.model.to_numpy(float)
    spread = 100 * _NORMAL_95 * rows.survey_standard_error.to_numpy(float)
    asked = 100 * rows.tolerance.to_numpy(float)
    axes.hlines(places, survey - spread, survey + spread, color="#9a9a9a", linewidth=5)
    axes.hlines(places, survey - asked, survey + asked, color=style.INK, linestyle=":", zorder=3)
    axes.plot(survey, places, "|", color=style.INK, markersize=13, markeredgewidth=2, zorder=4)
    axes.plot(model, places, "o", color=style.STRATEGY_LOOKS[0].colour, markersize=7, zorder=5)
    labels = [str(group).replace("_", " ") for group in rows.group] if with_labels else [""] * len(rows)
    axes.set_yticks(places, labels)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")


def page(comparison: pd.DataFrame, size: int) -> str:
    """Return the page that sets the population against the survey, as Markdown."""
    asked = comparison[comparison.tolerance.notna()]
    passed = int(asked.passes.astype(bool).sum())
    lines = [
        "# The grown population beside the survey",
        "",
        f"{size:,} people of `us-adults-2018`, grown from age 18 under the model's laws (seed {_SEED}),",
        "beside the US National Health and Nutrition Examination Survey 2017-2018 (adults over 20, weighted;",
        f"elastography from complete exams). Of {len(asked)} statistics with a stated tolerance, {passed}",
        "lie within it. Regenerate with `python -m simulator.pictures.population docs`.",
        "",
        "![Shares of adults over two thresholds, survey and model, by group](img/population.png)",
        "",
        *_quantile_table(comparison),
        "",
        *_share_table(asked[~asked.statistic.str.contains("_quantile_")]),
    ]
    return "\n".join(lines) + "\n"


def _quantile_table(comparison: pd.DataFrame) -> list[str]:
    lines = ["## Quantiles: survey / model", ""]
    lines.append("| marker | " + " | ".join(f"{percentile} %" for percentile in PERCENTILES) + " |")
    lines.append("|---|" + "---|" * len(PERCENTILES))
    of_all = comparison[comparison.group == "all"].set_index("statistic")
    for marker, unit in _UNITS.items():
        names = [f"{marker}_quantile_{percentile:02d}" for percentile in PERCENTILES]
        survey, model = of_all.loc[names, "survey"], of_all.loc[names, "model"]
        cells = [f"{one:.3g} / {other:.3g}" for one, other in zip(survey, model, strict=True)]
        lines.append(f"| {_LABELS[marker]} ({unit}) | " + " | ".join(cells) + " |")
    return lines


def _share_table(rows: pd.DataFrame) -> list[str]:
    lines = ["## Shares and rank correlations", ""]
    lines += ["| statistic | group | survey | its SE | model | asked within |", "|---|---|---|---|---|---|"]
    for row in rows.to_dict("records"):
        name, group = str(row["statistic"]).replace("_", " "), str(row["group"]).replace("_", " ")
        numbers = f"{row['survey']:.3f} | {row['survey_standard_error']:.3f} | {row['model']:.3f}"
        lines.append(f"| {name} | {group} | {numbers} | {row['tolerance']:g} |")
    return lines


def grown_comparison(size: int = _SIZE, seed: int = _SEED) -> pd.DataFrame:
    """Grow a population and compare it with the survey."""
    from simulator.cohort.grown import GrownSource
    from simulator.cohort.profile import load_profile
    from simulator.cohort.table import cohort_table
    from simulator.engine.numbers import parameter_record
    from simulator.parameters.library import load_parameters

    record = parameter_record(load_parameters())
    source = GrownSource(load_profile("us-adults-2018"), record, seed)
    lots = [source(first, min(first + _LOT, size)) for first in range(0, size, _LOT)]
    return compare(pd.concat([cohort_table(lot, record) for lot in lots], ignore_index=True))


def main(folder: Path) -> None:
    """Write the page and its picture."""
    comparison = grown_comparison()
    (folder / "img").mkdir(parents=True, exist_ok=True)
    (folder / "population.md").write_text(page(comparison, _SIZE), encoding="utf-8")
    picture = style.picture_bytes(draw_prevalences(comparison, _SIZE), "png")
    (folder / "img" / "population.png").write_bytes(picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
