"""The forest plot of an examination and its page: legible, in step with the table, readable in grey."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from simulator.parameters.library import load_parameters
from simulator.pictures.examination import LOOKS, SHOWN, draw_examination, place_of, with_interval
from simulator.pictures.examination_page import examination_page
from simulator.pictures.style import luminance, svg_text
from simulator.validation.sitting import Sitting, result_table
from simulator.validation.world import Estimate
from tests.unit.pictures.test_figures import boxes_of, overlapping, texts_of
from tests.unit.validation.examples import target

LONG = "fibrosis better by a stage without worsening of MASH after 52 weeks, resmetirom 100 mg less placebo"
ROLES = (*["calibration", "validation"] * 4, "calibration", "context")
KINDS = ("level", "proportion", "ratio", "difference", "rate")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Give 120 targets of six files: some without interval, some far off, one without an estimate."""
    targets, said = [], {}
    for k in range(120):
        value = -2.5 if k % 5 == 3 else 0.4 + k / 3
        ends = {} if k % 3 == 0 else {"low": value - 0.3, "high": value + 0.3}
        targets.append(
            target(
                name=f"t{k}", where=f"some_trials_{k // 20}.yaml:3", kind=KINDS[k % 5], value=value, **ends,
                role=ROLES[k % 10], quantity=LONG if k % 7 == 0 else "fat | kg",
                unit="percentage points", measure=f"a.b.q{k}", study=f"A STUDY | {k}", note="A note.",
            )
        )  # fmt: skip
        said[f"q{k}"] = Estimate(math.nan if k == 11 else value + (k % 9 - 4) * 0.1 + 40 * (k == 50), 0.05)
    return result_table(targets, [{"a.b": said}])


def test_no_text_touches_another_or_leaves_the_figure(table) -> None:
    figure = draw_examination(table)
    boxes = boxes_of(figure)
    width, height = figure.get_size_inches()
    assert not [text for text, box in boxes if min(box.x0, box.y0, width - box.x1, height - box.y1) < -0.02]
    corners = np.array([box.extents for _, box in boxes])
    assert not [(boxes[one][0], boxes[other][0]) for one, other in overlapping(corners, 0.05)]


def test_every_target_and_count_is_written(table) -> None:
    texts = " ".join(" ".join(text.get_text().split()) for text in texts_of(draw_examination(table)))
    assert texts.count("percentage points") == 120
    assert LONG in texts and "not medical advice" in texts
    for name, part in table.groupby("group"):
        passed = (part.verdict == "pass").sum()
        assert f"{str(name).replace('_', ' ').capitalize()}: {passed} of 18 targets, 2 for context" in texts
    assert "12 for context: not confirmed, not judged" in texts
    assert f"{(table.verdict == 'pass').sum()} of 108 targets within what was published" in texts


def test_a_marker_between_the_lines_is_a_pass(table) -> None:
    for row in table.to_dict("records"):
        place = place_of(row)
        if row["verdict"] != "context":
            assert (abs(place.model) <= 1 + 1e-6) == (row["verdict"] == "pass"), row["name"]
        assert abs(place.published) <= 1


def test_the_scale_of_a_ratio_is_logarithmic() -> None:
    row = {
        "kind": "ratio", "accepted_low": 1.0, "accepted_high": 4.0, "published": 2.0, "published_low": 1.0,
        "model": 8.0, "model_low": 4.0, "model_high": 16.0,
    }  # fmt: skip
    place = place_of(row)
    assert (place.published, place.low, place.model, place.high) == pytest.approx((0, 1, 2, 3))


def test_verdicts_are_told_apart_in_grey() -> None:
    (circle, blue), (cross, orange) = LOOKS["pass"], LOOKS["fail"]
    assert circle != cross and abs(luminance(blue) - luminance(orange)) > 0.02
    assert LOOKS["context"][0] not in (circle, cross)


def test_what_is_for_context_is_grey_and_hollow(table) -> None:
    marker, colour = LOOKS["context"]
    (axes,) = draw_examination(table).axes
    marks = [line for line in axes.get_lines() if line.get_color() == colour and line.get_marker() == marker]
    shown = table[table.verdict == "context"].to_dict("records")
    assert len(marks) == sum(abs(place_of(row).model) <= SHOWN for row in shown) > 8
    assert {mark.get_markerfacecolor() for mark in marks} == {"white"}
    assert len(set(to_rgb(colour))) == 1


def test_a_picture_of_context_alone_counts_no_passes(table) -> None:
    alone = draw_examination(table[table.verdict == "context"])
    texts = [text.get_text() for text in texts_of(alone)]
    assert "12 for context" in texts and not [text for text in texts if " of " in text and "targets" in text]


def test_what_is_beyond_the_scale_is_an_arrow_at_its_edge(table) -> None:
    (axes,) = draw_examination(table).axes
    marks = [line for line in axes.get_lines() if line.get_marker() in ("<", ">")]
    beyond = [abs(place_of(row).model) > SHOWN for row in table.to_dict("records")]
    assert len(marks) == sum(beyond) > 0


def test_the_same_table_gives_the_same_bytes(table) -> None:
    assert svg_text(draw_examination(table)) == svg_text(draw_examination(table))


def test_numbers_share_their_decimals() -> None:
    assert with_interval(9.954, 6.97, 12.94) == "10.0 (7.0 to 12.9)"
    assert with_interval(0.5, math.nan, math.nan) == "0.50"
    assert with_interval(math.nan, math.nan, math.nan) == "–"


def test_the_page_says_what_fails_and_why(table) -> None:
    told = table.assign(why=["Known." if k == 5 else "" for k in range(120)])
    references = load_parameters().references
    page = examination_page(told, Sitting([], {}, load_parameters(), draws=5), references, "forest.svg")
    failed = told[told.verdict == "fail"]
    section = page.partition("## What fails, and why")[2].partition("\n## ")[0]
    assert section.count("\n- **") == len(failed)
    assert section.count("Not explained.") == (failed.why == "").sum()
    assert "over 5 draws of the parameters" in page and "![" in page
    assert all(f"- `t{k}` (p): e Source: aithal_2008. Note: A note." in page for k in range(120))
    rows = [line for line in page.splitlines() if line.startswith("| A STUDY")]
    assert len(rows) == 120 and {row.count("|") for row in rows} == {9}


def test_the_page_says_what_was_taken_out(table) -> None:
    told, references = table.assign(why=""), load_parameters().references
    whole = examination_page(told, Sitting([], {}, load_parameters()), references, "")
    without = examination_page(told, Sitting([], {}, load_parameters(), taken_out="genes"), references, "")
    assert "taken out" not in whole and whole.startswith("# The model beside")
    assert "`genes` was taken out" in without and "hepatica validate --without genes" in without
