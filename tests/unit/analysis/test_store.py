"""A run folder is there as a whole or not at all, and damage to it is noticed."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator.analysis import store
from simulator.analysis.compare import differences, summarise, trajectories
from simulator.analysis.economics import cost_effectiveness
from simulator.analysis.effects import effects
from simulator.analysis.manifest import build_manifest
from simulator.base.errors import InputError, RunFailed

FIGURES = {"stage_mix": "<svg>mix</svg>", "effect-trace": "<svg>trace é</svg>"}
FILES = (
    "manifest.json",
    "summary.csv",
    "differences.csv",
    "trajectories.parquet",
    "effects.csv",
    "economics.csv",
    "report.html",
    "figures/stage_mix.svg",
)
REPORT = "<!doctype html><title>é</title>"


@pytest.fixture(scope="module")
def made(records):
    """Give the tables of a short run, made once."""
    return {
        "summary": summarise(records),
        "differences": differences(records, "usual care"),
        "trajectories": trajectories(records),
        "effects": effects(records, "usual care"),
        "economics": cost_effectiveness(records, "usual care", 0.03, 50_000),
    }


@pytest.fixture
def tables(made):
    """Give the tables in a mapping a test may change."""
    return dict(made)


@pytest.fixture(scope="module")
def manifest():
    """Give the manifest of a short run."""
    return build_manifest({"title": "T", "seed": np.int64(3)}, seed=3, n_people=2000, wall_seconds=1.5)


@pytest.fixture(scope="module")
def written(tmp_path_factory, made, manifest):
    """Give a run that has been written, not to be touched."""
    return store.write_run(tmp_path_factory.mktemp("run") / "run", made, manifest, FIGURES, REPORT)


@pytest.fixture
def folder(tmp_path, written):
    """Give the folder of a run that a test may damage."""
    return shutil.copytree(written, tmp_path / "results" / "run")


def problems(folder):
    with pytest.raises(InputError) as error:
        store.read_run(folder)
    return error.value.problems


def hidden(parent: Path) -> list[str]:
    return [path.name for path in parent.iterdir() if path.name.startswith(".")]


def test_the_folder_holds_every_file(folder):
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert found == sorted([*FILES, "figures/effect-trace.svg"])
    assert (folder / "report.html").read_text(encoding="utf-8") == REPORT
    assert not hidden(folder.parent)


def test_what_was_written_is_read_back(folder, tables, manifest):
    run = store.read_run(folder)
    assert set(run.tables) == set(tables)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(run.tables[name], table, rtol=1e-5, check_exact=False)
    assert {key: run.manifest[key] for key in manifest} == json.loads(json.dumps(manifest, default=int))
    assert run.figures["stage_mix"].read_text() == FIGURES["stage_mix"] and run.report.is_file()


def test_economics_may_be_missing(tmp_path, tables, manifest):
    del tables["economics"]
    folder = store.write_run(tmp_path / "run", tables, manifest, {}, REPORT)
    assert not (folder / "economics.csv").exists() and not store.read_run(folder).figures


def test_the_same_tables_give_the_same_bytes(tmp_path, folder, tables, manifest):
    other = store.write_run(tmp_path / "again", tables, manifest, FIGURES, REPORT)
    for name in ("summary.csv", "differences.csv", "effects.csv", "economics.csv", "trajectories.parquet"):
        assert (folder / name).read_bytes() == (other / name).read_bytes()


def test_an_empty_folder_is_filled(tmp_path, tables, manifest):
    (tmp_path / "run").mkdir()
    store.write_run(tmp_path / "run", tables, manifest, FIGURES, REPORT)
    assert store.read_run(tmp_path / "run")


def test_a_relative_folder_and_a_link_are_followed(tmp_path, tables, manifest, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert store.write_run(Path("run"), tables, manifest, FIGURES, REPORT) == Path("run")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    store.write_run(Path("link"), tables, manifest, FIGURES, REPORT)
    assert store.read_run(tmp_path / "elsewhere") and (tmp_path / "link").is_symlink()


def test_results_are_never_written_over(folder, tables, manifest):
    before = (folder / "summary.csv").read_bytes()
    for check in (store.check_folder, lambda it: store.write_run(it, tables, manifest, {}, "")):
        with pytest.raises(InputError, match="results are never written over"):
            check(folder)
    assert (folder / "summary.csv").read_bytes() == before


def test_places_that_cannot_hold_a_folder_are_refused_before_the_run(tmp_path):
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "run", tmp_path / ("x" * 300), Path("/")):
        with pytest.raises(InputError) as error:
            store.check_folder(place)
        assert error.value.problems[0].right.startswith("a folder that does not exist yet")
    store.check_folder(tmp_path / "new" / "deep")
    assert not (tmp_path / "new").exists()


def test_a_place_without_the_right_to_write_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(InputError, match="no right to write"):
        store.check_folder(tmp_path / "run")


@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("bug")]
)
@pytest.mark.parametrize("moment", ["write_table", "file_digest", "_to_disk", "_put_in_place"])
def test_a_run_that_cannot_be_finished_leaves_nothing(
    tmp_path, tables, manifest, monkeypatch, failure, moment
):
    def fail(*_):
        raise failure

    monkeypatch.setattr(store, moment, fail)
    expected = RunFailed if isinstance(failure, OSError) else type(failure)
    with pytest.raises(expected):
        store.write_run(tmp_path / "new" / "deep" / "run", tables, manifest, FIGURES, REPORT)
    assert not list(tmp_path.iterdir())


def test_a_value_without_a_place_in_json_leaves_nothing(tmp_path, tables, manifest):
    for wrong in (float("nan"), object()):
        with pytest.raises((ValueError, TypeError)):
            store.write_run(tmp_path / "run", tables, manifest | {"wall_seconds": wrong}, FIGURES, REPORT)
    assert not list(tmp_path.iterdir())


def test_old_leftovers_are_cleaned_and_young_ones_kept(tmp_path, tables, manifest):
    for name, age in (("old", 2 * store.STALE_SECONDS), ("young", 0)):
        left = tmp_path / f"{store.UNFINISHED}{name}"
        left.mkdir()
        (left / "summary.csv").write_text("half")
        for path in (left / "summary.csv", left):
            os.utime(path, (path.stat().st_mtime - age,) * 2)
    store.write_run(tmp_path / "run", tables, manifest, FIGURES, REPORT)
    assert hidden(tmp_path) == [f"{store.UNFINISHED}young"]


@pytest.mark.parametrize(
    ("name", "damage"),
    [(name, damage) for name in FILES for damage in ("missing", "empty")]
    + [(name, damage) for name in FILES[:6] for damage in ("half", "a row less")],
)
def test_damage_to_any_file_is_noticed(folder, name, damage):
    path = folder / name
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        cut = len(content) // 2 if damage == "half" else content[:-1].rfind(b"\n") + 1
        path.write_bytes(content[:cut])
    found = problems(folder)
    assert found and all(name in one.where for one in found)
    assert all(one.where and one.rule and one.given and one.right for one in found)


def test_a_changed_number_is_noticed(folder):
    path = folder / "effects.csv"
    path.write_text(path.read_text().replace(",2000\n", ",2001\n", 1))
    (problem,) = problems(folder)
    assert problem.rule == "the file is as the run wrote it"


def test_all_damage_is_reported_at_once(folder):
    (folder / "summary.csv").unlink()
    (folder / "effects.csv").write_text("junk")
    (folder / "report.html").unlink()
    assert len(problems(folder)) == 3


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "this is a JSON file"),
        ("{'a': 1}", "this is a JSON file"),
        ("[1, 2]", "the manifest is an object"),
        ("[" * 100_000, "this is a JSON file"),
        ('{"seed": ' + "9" * 5000 + "}", "this is a JSON file"),
        ("\ud800", "this is a JSON file"),
        ("{}", "the manifest has 'notice'"),
    ],
)
def test_a_damaged_manifest_is_refused(folder, text, rule):
    (folder / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert problems(folder)[0].rule == rule


@pytest.mark.parametrize(
    ("key", "value"),
    [("seed", "3"), ("seed", True), ("tables", []), ("figures", ["../../x"]), ("figures", [3])],
)
def test_a_manifest_of_other_types_is_refused(folder, key, value):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    (problem,) = problems(folder)
    assert f"'{key}'" in problem.rule


@pytest.mark.parametrize("key", ["scenario", "digests", "notice", "n_people", "digest_of_the_rest"])
def test_a_manifest_somebody_wrote_in_is_refused(folder, key):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    changed = {"scenario": {"population": -1}, "digests": {}, "notice": "", "n_people": 0}.get(key, "0" * 64)
    path.write_text(json.dumps(manifest | {key: changed}))
    (problem,) = problems(folder)
    assert problem.rule == "the manifest is as the run wrote it"


def test_a_manifest_may_be_laid_out_anew(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items()))))
    assert store.read_run(folder).manifest["notice"]


def test_a_folder_that_is_not_a_run_is_refused(tmp_path):
    assert problems(tmp_path)[0].given == "no such file"
    assert problems(tmp_path / "none")[0].rule == "a run is a folder"


def test_the_default_folder_says_what_and_when(tmp_path):
    now = datetime(2026, 1, 2, 3, 4, 5)
    folder = store.default_folder("Lifestyle, a drug, or both?", "0123456789ab", tmp_path, now)
    assert folder == tmp_path / "lifestyle-a-drug-or-both" / "2026-01-02-030405-01234567"
    folder.mkdir(parents=True)
    assert store.default_folder("Lifestyle, a drug, or both?", "0123456789ab", tmp_path, now).name.endswith(
        "-2"
    )
    assert store.default_folder("???", "ab", tmp_path, now).parent.name == "scenario"
    assert store.default_folder("../../etc", "ab", tmp_path, now).parent == tmp_path / "etc"
