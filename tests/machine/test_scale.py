"""How cost grows: every run is measured once, sorted into its panel, named for comparing, and drawn."""

from __future__ import annotations

import importlib
import xml.etree.ElementTree
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.architecture.sources import ROOT


@pytest.fixture
def scale(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("scale")


@pytest.fixture
def page(scale: ModuleType) -> ModuleType:
    return importlib.import_module("scale_page")


@pytest.fixture
def result(scale: ModuleType) -> dict[str, Any]:
    """Give a machine on which everything costs 40 ns a patient-month, and growing up as much as 30 years."""
    rows = []
    for run in scale.plan(10_000_000, 30, scale.FEW):
        seconds = run.people * 12 * (30 + run.years * run.strategies) * 40e-9
        taken = {"wall_seconds": seconds / 2, "processor_seconds": seconds, "peak_mib": 300.0}
        rows.append({**asdict(run), **taken})
    machine = {"processor": "A processor", "versions": {"numba": "1"}}
    return {
        "title": "How cost grows", "machine": machine, "created": "2026-01-01T00:00", "load_per_core": 0.1,
        "figures": scale.named(rows, 2), "rows": rows,
    }  # fmt: skip


def test_no_run_is_measured_twice(scale: ModuleType) -> None:
    runs = list(scale.plan(10_000_000, 20, 100_000))
    assert len(runs) == len(set(runs))
    assert max(run.people for run in scale.plan(50_000, 20, 100_000)) == 50_000


def test_every_panel_gets_its_runs(page: ModuleType, result: dict[str, Any]) -> None:
    rows = page.alone(result)
    assert [row["people"] for row in page.by_people(rows)] == [
        100_000, 300_000, 1_000_000, 3_000_000, 10_000_000,
    ]  # fmt: skip
    assert [row["years"] for row in page.by_years(rows)] == [5, 10, 15, 20, 25, 30]
    assert [row["strategies"] for row in page.by_strategies(rows)] == [1, 2, 3, 4, 5]


def test_every_figure_has_a_name_of_its_own(result: dict[str, Any]) -> None:
    assert len(result["figures"]) == 3 * len(result["rows"]) + 1


def test_growing_up_is_part_of_a_patient_month(page: ModuleType, result: dict[str, Any]) -> None:
    assert all(page.per_patient_month(row) == pytest.approx(80) for row in page.by_people(page.alone(result)))


def test_picture_and_table_are_written(page: ModuleType, result: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "speed.md").write_text("before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n")
    page.draw(result, tmp_path)
    text = (tmp_path / "speed.md").read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert "| 10,000,000 | 30 | 1 |" in text and "take it as rough" not in text
    drawn = (tmp_path / "img" / "scale.svg").read_text(encoding="utf-8")
    xml.etree.ElementTree.fromstring(drawn)
    for words in ("ns per patient-month (30 years)", "Peak memory, MiB", "10 M", "A processor, 2 threads"):
        assert words in drawn


def test_a_busy_machine_is_said(page: ModuleType, result: dict[str, Any]) -> None:
    assert "take it as rough" in page.table({**result, "load_per_core": 2.5})
