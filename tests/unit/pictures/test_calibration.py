"""The pictures and the page of a calibration: legible, in step with the tables, the same bytes each time."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.pictures.calibration import draw_identifiability, draw_trace, passes
from simulator.pictures.calibration_page import calibration_page
from simulator.pictures.style import svg_text
from simulator.validation.calibration import Calibration, calibrate
from simulator.validation.identified import attempts_table, identified_table, parameters_table, targets_table
from tests.unit.pictures.test_figures import boxes_of, overlapping, texts_of
from tests.unit.validation.fitted import NAMES, answers, definition, model, published, small_library


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    """A calibration with one target out of reach."""
    values = answers(np.array([0.8, -0.5, 0.4, 0.0]))
    values[3] += 40
    library = small_library(tmp_path_factory.mktemp("library"))
    return calibrate(definition(targets=published(values)), library, model([]))


@pytest.fixture(scope="module")
def tables(found) -> dict:
    return {
        "parameters": parameters_table(found),
        "identified": identified_table(found),
        "targets": targets_table(found),
        "attempts": attempts_table(found),
    }


@pytest.mark.parametrize("copies", [1, 10])
def test_no_text_touches_another_or_leaves_the_figure(tables, copies: int) -> None:
    many = [
        tables["parameters"].assign(parameter=lambda t, k=k: t["parameter"] + f"_{k}" * 9)
        for k in range(copies)
    ]
    import pandas as pd

    figures = (draw_trace(tables["attempts"], 4), draw_identifiability(pd.concat(many)))
    for figure in figures:
        boxes = boxes_of(figure)
        width, height = figure.get_size_inches()
        assert not [
            text for text, box in boxes if min(box.x0, box.y0, width - box.x1, height - box.y1) < -0.02
        ]
        corners = np.array([box.extents for _, box in boxes])
        assert not [(boxes[one][0], boxes[other][0]) for one, other in overlapping(corners, 0.05)]


def test_every_number_and_its_target_is_written(tables) -> None:
    texts = [text.get_text() for text in texts_of(draw_identifiability(tables["parameters"]))]
    assert set(NAMES) <= set(texts) and {"q0", "q1", "q2"} <= set(texts)
    assert any("so for 1 of 4" in " ".join(text.split()) for text in texts)


def test_the_same_tables_give_the_same_bytes(tables) -> None:
    for draw in (
        lambda: draw_trace(tables["attempts"], 4),
        lambda: draw_identifiability(tables["parameters"]),
    ):
        assert svg_text(draw()) == svg_text(draw())


def test_the_page_says_what_was_found_and_what_was_not(found, tables) -> None:
    page = calibration_page(found, tables, {"A picture": "trace.svg"})
    before, after = passes(tables["targets"])
    assert f"{after} targets pass, where {before} did before" in " ".join(page.split())
    assert "4 numbers were fitted to 4 targets" in page and "![A picture](trace.svg)" in page
    section = page.partition("## What was not identifiable")[2].partition("\n## ")[0]
    assert "`idle`" in section and "`slope`" not in section.partition("Correlations")[0]
    assert "`q3`" in page.partition("## Targets missed at best")[2]
    assert "times what published errors explain" in page and "not medical advice" in page
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert all(line.count("|") in (6, 7) for line in rows)
