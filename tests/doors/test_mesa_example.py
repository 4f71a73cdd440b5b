"""The walk-through for Mesa users runs as it stands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "mesa-example.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Run every block, one after the other, as a reader would; return where and what there is afterwards."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    names: dict[str, Any] = {"__name__": "walk_through"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for number, block in enumerate(BLOCK.findall(PAGE.read_text(encoding="utf-8")), start=1):
            exec(compile(block, f"{PAGE.name}, block {number}", "exec"), names)
    plt.close("all")
    return folder, names


def test_the_page_is_read() -> None:
    assert len(BLOCK.findall(PAGE.read_text(encoding="utf-8"))) > 8


def test_what_the_page_says_of_people_is_so(lived: tuple[Path, dict[str, Any]]) -> None:
    _, names = lived
    assert names["model"].month == 24 and names["table"].shape[0] == 25
    assert names["story"].shape[1] == 4 and names["story"].index.is_monotonic_increasing
    assert (lived[0] / "one-liver.png").stat().st_size > 10_000
    fat = names["living"].groupby("pnpla3_g").agg("liver_fat_percent", np.mean)
    assert fat[0] < fat[2]
    assert 0 < len(names["unseen"]) < len(names["living"])


def test_what_the_page_says_of_strategies_is_so(lived: tuple[Path, dict[str, Any]]) -> None:
    folder, names = lived
    untouched = np.isnan(names["treated"].agents.array("treated_month"))
    assert names["change"][names["taking"]].mean() < -0.5
    assert not names["change"][untouched].any()
    assert names["demo"].strategy == "lifestyle programme" and len(names["demo"].agents) == 200
    assert (folder / "liver-fat.png").stat().st_size > 10_000


def test_what_the_page_says_of_runs_is_so(lived: tuple[Path, dict[str, Any]]) -> None:
    _, names = lived
    rows = names["rows"]
    assert [(row["rng"], row["Step"]) for row in rows] == [(1, 12), (1, 12), (2, 12), (2, 12)]
    assert rows[0]["treated"] == 0 < rows[1]["treated"]
    assert names["town"].month == 1
