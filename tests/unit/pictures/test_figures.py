"""Every figure builds for every kind of run, is legible, and has the same bytes for the same data."""

from __future__ import annotations

import functools
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from simulator.analysis.endpoints import ENDPOINTS
from simulator.base.errors import InputError
from simulator.pictures.captions import caption, describe
from simulator.pictures.figures import (
    FIGURES,
    draw_figure,
    draw_figures,
    figure_svgs,
    reasons_not_drawn,
    save_figures,
)
from simulator.pictures.stages import EVERYONE
from simulator.pictures.style import luminance, svg_text
from simulator.pictures.tables import facts_of

EIGHT = (
    "usual care",
    "a strategy whose name goes on for longer than any figure has room for",
    "lifestyle, 5 % weight loss, supported by a nurse every month",
    "lifestyle, 7 % weight loss, supported by a nurse every month",
    "metformin & <b>$x_2$</b>",
    "pioglitazone",
    "watch and step up",
    "Supercalifragilisticexpialidocious-programme",
)
CASES = {
    "four strategies": {},
    "one strategy": {"strategies": ["natural history"]},
    "two strategies": {"strategies": ["usual care", "pioglitazone"]},
    "eight strategies with long names": {"strategies": EIGHT},
    "a comparator with a long name": {
        "strategies": [
            "usual care as practised in primary care clinics of the region in the year 2018",
            "diet",
        ],
        "horizon": 5,
    },
    "one year": {"horizon": 1, "n": 400},
    "no events": {"events": False, "n": 300},
    "a trial": {"strategies": ["placebo", "drug"], "horizon": 2, "n": 400, "endpoints": [*ENDPOINTS][:3]},
    "a trial of everything": {"strategies": EIGHT, "horizon": 5, "n": 90, "endpoints": list(ENDPOINTS)},
    "a trial of one arm": {"strategies": ["drug"], "n": 1, "endpoints": ["nas_change"]},
    "one person for one year": {"horizon": 1, "n": 1, "strategies": ["natural history"]},
}


def texts_of(figure: Figure) -> list[Text]:
    """Return every text that is drawn: ticks beyond their axis and axes switched off are not."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            drawn = axis._update_ticks() if axes.axison else []
            labels = {label for tick in axis.get_major_ticks() for label in (tick.label1, tick.label2)}
            hidden |= labels - {label for tick in drawn for label in (tick.label1, tick.label2)}
    found = figure.findobj(Text)
    return [text for text in found if text.get_visible() and text.get_text().strip() and text not in hidden]


def boxes_of(figure: Figure) -> list[tuple[str, Bbox]]:
    """Draw a figure and return where every text stands, in inches."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in texts_of(figure)]
    return [(text, Bbox(box.get_points() / figure.dpi)) for text, box in boxes]


def overlapping(corners: np.ndarray, allowed: float) -> list[tuple[int, int]]:
    """Return pairs of boxes (rows of x0, y0, x1, y1) that run into each other by more than allowed."""
    x0, y0, x1, y1 = (column[:, None] for column in corners.T)
    across = np.minimum(x1, x1.T) - np.maximum(x0, x0.T)
    upward = np.minimum(y1, y1.T) - np.maximum(y0, y0.T)
    ones, others = np.nonzero(np.triu(np.minimum(across, upward) > allowed, k=1))
    return list(zip(ones.tolist(), others.tolist(), strict=True))


@pytest.fixture(scope="module")
def figures_of(make_run) -> Callable[[str], dict[str, Figure]]:
    """Return the figures of a case, drawn once."""
    return functools.cache(lambda case: draw_figures(*make_run(**CASES[case])))


@pytest.mark.parametrize("case", CASES)
def test_no_text_touches_another_or_leaves_the_figure(figures_of, case: str) -> None:
    for name, figure in figures_of(case).items():
        boxes = boxes_of(figure)
        width, height = figure.get_size_inches()
        outside = [
            text for text, box in boxes if min(box.x0, box.y0, width - box.x1, height - box.y1) < -0.02
        ]
        assert not outside, f"{name} writes outside itself: {outside}"
        corners = np.array([box.extents for _, box in boxes])
        hits = [(boxes[one][0], boxes[other][0]) for one, other in overlapping(corners, 0.05)]
        assert not hits, f"{name} writes texts over each other: {hits}"


@pytest.mark.parametrize("case", CASES)
def test_text_is_large_enough_for_a_projector(figures_of, case: str) -> None:
    for figure in figures_of(case).values():
        assert figure.get_size_inches()[0] == 10
        assert min(text.get_fontsize() for text in texts_of(figure)) >= 12


def test_the_usual_run_fits_a_projector(drawn) -> None:
    assert {name: tuple(figure.get_size_inches()) for name, figure in drawn.items()} == dict.fromkeys(
        FIGURES, (10.0, 5.625)
    )


def test_every_figure_says_that_it_is_no_medical_advice(drawn) -> None:
    for figure in drawn.values():
        written = " ".join(text.get_text() for text in texts_of(figure)).replace("\n", " ")
        assert "Teaching and research model, not medical advice." in written


@pytest.mark.parametrize("name", sorted(set(FIGURES) - {"effect_trace", "trial_endpoints"}))
def test_axes_have_units(drawn, name: str) -> None:
    panels = [axes for axes in drawn[name].axes if axes.axison]
    across = {axes.get_xlabel() for axes in panels} - {""}
    upward = {axes.get_ylabel() for axes in panels} - {""}
    assert all(re.search(r"[Yy]ears|per 1,000|per person", label) for label in across) and across
    assert all(re.search(r"\(.+\)", label) for label in upward)
    assert upward or name.startswith("differences")


def test_the_effect_trace_names_the_unit_of_every_row(drawn) -> None:
    written = "\n".join(text.get_text() for text in texts_of(drawn["effect_trace"]))
    for said in ("% of people", "BMI (kg/m²)", "Liver fat (%)", "Fibrosis (stages)", "averted per 1,000"):
        assert said in written


def test_the_trial_names_the_unit_of_every_endpoint_and_writes_level_and_difference(run) -> None:
    tables, manifest = run
    written = "\n".join(
        text.get_text() for text in texts_of(draw_figure("trial_endpoints", tables, manifest))
    )
    for said in (
        "MASH resolved (%)",
        "NAS change (points)",
        "month 22",
        "Differences from usual care",
        "+18.0",
    ):
        assert said in written
    assert written.count("25,000") == 8


def test_how_many_people_is_said(drawn) -> None:
    for name, figure in drawn.items():
        written = " ".join(text.get_text() for text in texts_of(figure))
        assert re.search(r"25,000|14,000", written), name


def test_the_comparator_is_dark_and_the_others_are_told_apart_without_colour(drawn) -> None:
    lines = [line for line in drawn["markers"].axes[0].lines if len(line.get_xdata()) == 21]
    assert lines[0].get_color() == "#1a1a1a"
    assert len({(line.get_marker(), str(line._unscaled_dash_pattern)) for line in lines}) == len(lines)


def test_bands_are_drawn_around_every_line(drawn) -> None:
    for panel in drawn["cumulative_incidence"].axes:
        assert len(panel.collections) == 4


def test_stages_grow_darker_with_scar(drawn) -> None:
    light = [luminance(layer.colour) for layer in EVERYONE[:5]]
    assert light == sorted(light, reverse=True)
    assert min(np.diff(light[::-1])) > 0.02


def test_names_cut_short_stay_different(make_run) -> None:
    figure = draw_figure("differences_liver", *make_run(strategies=EIGHT))
    names = [text.get_text() for text in texts_of(figure) if "% weig" in text.get_text()]
    assert len(names) == 8
    assert len(set(names)) == 2


def test_no_events_is_said_in_words(figures_of) -> None:
    figures = figures_of("no events")
    assert sum("No events" in text.get_text() for text in texts_of(figures["cumulative_incidence"])) == 4
    assert any("no difference" in text.get_text() for text in texts_of(figures["differences_liver"]))


def test_missing_tables_leave_figures_out_with_a_reason(run) -> None:
    tables, manifest = run
    assert draw_figures({}, manifest) == {}
    assert set(reasons_not_drawn({}, manifest)) == set(FIGURES)
    without = {"summary": tables["summary"], "effects": tables["effects"]}
    assert set(draw_figures(without, manifest)) == {"cumulative_incidence", "markers", "effect_trace"}
    assert "single strategy" not in reasons_not_drawn(without, manifest)["differences_liver"]


def test_missing_outcomes_are_named(run) -> None:
    tables, manifest = run
    kept = tables["trajectories"][tables["trajectories"]["quantity"] != "hcc"]
    summary = tables["summary"][tables["summary"]["outcome"] != "hcc"]
    figure = draw_figure("cumulative_incidence", {"trajectories": kept, "summary": summary}, manifest)
    written = " ".join(text.get_text() for text in texts_of(figure))
    assert len(figure.axes) == 3
    assert "Not recorded in this run: Liver cancer (HCC)." in written


def test_nobody_at_risk_is_said_in_words(run) -> None:
    tables, manifest = run
    everyone_has_it = tables["trajectories"].copy()
    everyone_has_it.loc[everyone_has_it["quantity"] == "cirrhosis", ["mean", "low", "high"]] = np.nan
    figure = draw_figure("cumulative_incidence", {**tables, "trajectories": everyone_has_it}, manifest)
    assert any("Nobody was free" in text.get_text() for text in texts_of(figure))


def test_missing_intervals_do_not_stop_a_figure(run) -> None:
    tables, manifest = run
    bare = {name: frame.copy() for name, frame in tables.items()}
    for frame in bare.values():
        frame[["low", "high"]] = np.nan
    for figure in draw_figures(bare, manifest).values():
        boxes_of(figure)


def test_a_table_without_a_column_is_an_input_error(run) -> None:
    tables, manifest = run
    with pytest.raises(InputError, match="no column n"):
        draw_figures({**tables, "summary": tables["summary"].drop(columns="n")}, manifest)


def test_an_unknown_or_impossible_figure_is_an_input_error(run, make_run) -> None:
    with pytest.raises(InputError, match="stage_mix"):
        draw_figure("stagemix", *run)
    with pytest.raises(InputError, match="single strategy"):
        draw_figure("differences_liver", *make_run(strategies=["natural history"]))


def test_the_same_data_give_the_same_bytes(run, drawn) -> None:
    assert figure_svgs(drawn) == figure_svgs(draw_figures(*run))


def test_svg_is_the_same_in_another_process_and_carries_no_date(run, drawn, tmp_path) -> None:
    tables, manifest = run
    tables["summary"].to_pickle(tmp_path / "summary.pickle")
    program = (
        "import sys, pandas, hashlib; from simulator.pictures.figures import draw_figure; "
        "from simulator.pictures.style import svg_text; "
        f"tables = {{'summary': pandas.read_pickle({str(tmp_path / 'summary.pickle')!r})}}; "
        f"figure = draw_figure('markers', tables, {manifest!r}); "
        "print(hashlib.sha256(svg_text(figure).encode()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    here = svg_text(draw_figure("markers", {"summary": tables["summary"]}, manifest))
    assert done.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()
    assert "<dc:date>" not in here


def test_text_stays_text_in_svg_and_mathematics_is_not_read_into_names(make_run) -> None:
    svg = figure_svgs({"trace": draw_figure("markers", *make_run(strategies=EIGHT))})["trace"]
    written = re.sub("<!--.*?-->", "", svg, flags=re.DOTALL)
    assert "watch and step up" in written
    assert "&lt;b&gt;$x_2$&lt;/b&gt;" in written


def test_a_change_that_wears_off_is_still_in_the_trace(run) -> None:
    tables, manifest = run
    effects = tables["effects"].copy()
    fat = (effects["link"] == "change_in_liver_fat") & (effects["strategy"] == "pioglitazone")
    for column in ("value", "low", "high"):
        effects.loc[fat, column] = np.where(effects.loc[fat, "year"] <= 10, -4.0, 0.0)
    figure = draw_figure("effect_trace", {**tables, "effects": effects}, manifest)
    # ten years of -4 and ten of 0 average -2
    assert any(text.get_text() == "−2.00" for text in texts_of(figure))


def test_bars_of_the_effect_trace_have_room_beside_many_strategies(figures_of) -> None:
    bars = figures_of("eight strategies with long names")["effect_trace"].axes[0].patches
    assert max(bar.get_width() for bar in bars) > 0.6


def test_matplotlib_is_left_as_it_was(run) -> None:
    before = dict(matplotlib.rcParams)
    draw_figure("markers", *run)
    assert dict(matplotlib.rcParams) == before
    program = "import sys, simulator.pictures.figures; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_caller_s_own_style_changes_nothing(run) -> None:
    plain = figure_svgs({"markers": draw_figure("markers", *run)})
    with matplotlib.rc_context({"font.size": 5, "lines.linewidth": 9, "axes.facecolor": "red"}):
        assert figure_svgs({"markers": draw_figure("markers", *run)}) == plain


def test_figures_are_saved_in_every_format(drawn, tmp_path) -> None:
    one = {"markers": drawn["markers"]}
    paths = save_figures(one, tmp_path / "new", ("svg", "png", "pdf"))
    assert [path.name for path in paths] == ["markers.svg", "markers.png", "markers.pdf"]
    starts = [path.read_bytes()[:5] for path in paths]
    assert starts == [b"<?xml", b"\x89PNG\r", b"%PDF-"]
    with pytest.raises(InputError, match="svg"):
        save_figures(one, tmp_path, ("svgg",))


def test_every_figure_has_a_caption_and_a_text_alternative(run) -> None:
    tables, manifest = run
    facts = facts_of(tables, manifest)
    for name in FIGURES:
        assert re.search(r"\bn\b", caption(name, facts)), name
        assert "interval" in caption(name, facts), name
        assert len(describe(name, tables, facts)) > 60, name
    assert "usual care 9.2" in describe("cumulative_incidence", tables, facts)
