"""A run of a trial: its folder holds the trial's tables, whoever stopped it and however often it is drawn."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator.analysis import run
from simulator.analysis.checkpoint import Interrupted
from simulator.analysis.store import StoredRun
from simulator.analysis.tables import as_written
from simulator.analysis.trial import run_trial
from simulator.analysis.uncertainty import combined
from simulator.analysis.work import Watch
from simulator.parameters.library import load_parameters
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.schema import Scenario

TABLES = ("summary.csv", "differences.csv", "endpoints.csv", "entry.csv")


def scenario(size: int = 1_600, **changes: Any) -> Scenario:
    plain = {
        "title": "A small trial",
        "population": {"profile": "us-adults-2018", "size": size},
        "horizon_years": 1,
        "strategies": {"placebo": [], "surgery": [{"surgery": "bariatric"}]},
        "outcomes": ["bmi"],
        "trial": {"months": 9, "endpoints": ["weight_change_percent", "resolution", "nas_change"]},
    }
    return scenario_from_dict(plain | changes)


def drawn(tables: object, manifest: object) -> tuple[dict[str, str], str]:
    """Stand for the pictures, which are not asked here."""
    return {"mix": "<svg/>"}, "<html/>"


def go(out: Path, **options: Any) -> StoredRun:
    asked = options.pop("scenario", scenario())
    return run.run_scenario(asked, illustrate=drawn, out=out, **options)


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    return go(tmp_path_factory.mktemp("trial") / "out", threads=2)


def test_the_folder_holds_what_the_trial_found(whole: StoredRun) -> None:
    found = run_trial(scenario(), load_parameters())
    for name, table in (("endpoints", found.endpoints), ("entry", found.entry)):
        pd.testing.assert_frame_equal(whole.tables[name], as_written(name, table), check_exact=True)
        assert f"{name}.csv" in whole.manifest["tables"]
    gain = whole.tables["endpoints"].set_index(["strategy", "endpoint"]).loc[("surgery", slice(None))]
    assert gain.loc["weight_change_percent", "difference_high"] < -5


def test_a_scenario_without_a_trial_writes_no_table_of_it(tmp_path: Path) -> None:
    plain = {key: value for key, value in scenario(100).to_dict().items() if key != "trial"}
    found = go(tmp_path / "out", scenario=scenario_from_dict(plain))
    assert not {"endpoints", "entry"} & set(found.tables)
    assert not (found.folder / "endpoints.csv").exists()


@pytest.mark.parametrize("after", [1, 800])
def test_stopped_anywhere_it_goes_on_to_the_same_bytes(after: int, whole: StoredRun, tmp_path: Path) -> None:
    def progress(stage: str, done: int, total: int) -> None:
        if stage == "People living" and done >= after:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted, match=r"of 1,600 people are done"):
        go(tmp_path / "out", threads=1, watch=Watch(progress))
    said: list[str] = []
    again = go(tmp_path / "out", threads=2, watch=Watch(say=said.append))
    assert said[-1].startswith("Going on from what was done before: ")
    for table in TABLES:
        assert (again.folder / table).read_bytes() == (whole.folder / table).read_bytes(), table


def test_kept_work_that_lost_its_trial_is_done_again(whole: StoredRun, tmp_path: Path) -> None:
    def progress(stage: str, done: int, total: int) -> None:
        if stage == "People living" and done:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted):
        go(tmp_path / "out", threads=1, watch=Watch(progress))
    (kept,) = tmp_path.glob("out.partial/*/draw-0000.npz")
    with np.load(kept) as arrays:
        rest = {name: part for name, part in arrays.items() if not name.startswith("trial_")}
    np.savez(kept, **rest)
    again = go(tmp_path / "out")
    assert (again.folder / "endpoints.csv").read_bytes() == (whole.folder / "endpoints.csv").read_bytes()


def test_draws_are_joined_and_say_what_is_not_known(whole: StoredRun, tmp_path: Path) -> None:
    found = go(tmp_path / "out", size=400, draws=3).tables["endpoints"]
    assert list(found["endpoint"]) == list(whole.tables["endpoints"]["endpoint"])
    shares = found[found["endpoint"] == "resolution"]
    assert shares["low"].between(0, 100).all() and shares["high"].between(0, 100).all()
    assert (found["low"] <= found["mean"]).all() and (found["mean"] <= found["high"]).all()


def test_the_error_over_draws_holds_chance_and_their_spread() -> None:
    rows = []
    for mean in (10.0, 14.0):
        row = {
            "strategy": "a", "endpoint": "nas_change", "month": 12, "mean": mean, "standard_error": 3.0,
            "low": mean - 6, "high": mean + 6, "difference": np.nan, "difference_low": np.nan,
            "difference_high": np.nan, "difference_standard_error": np.nan, "unit": "points", "n": 100,
        }  # fmt: skip
        rows.append({"endpoints": pd.DataFrame([row])})
    joined = combined(rows)["endpoints"].iloc[0]
    assert joined["mean"] == 12 and joined["standard_error"] == pytest.approx(np.sqrt(9 + 8))
    assert np.isnan(joined["difference"]) and joined["low"] < 12 - 6
