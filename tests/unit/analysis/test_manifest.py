"""The manifest says what was run, with what, and changes when any of it changes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from importlib import metadata

import pytest

from simulator.analysis import manifest
from simulator.analysis.manifest import FIELDS, build_manifest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Give a small package in the place of the real one."""
    (tmp_path / "engine").mkdir()
    (tmp_path / "parameters" / "data" / "profiles").mkdir(parents=True)
    (tmp_path / "engine" / "kernel.py").write_bytes(b"a = 1\nb = 2\n")
    (tmp_path / "parameters" / "data" / "profiles" / "adults.yaml").write_bytes(b"a: 1\n")
    monkeypatch.setattr(manifest, "PACKAGE", tmp_path)
    return tmp_path


def code():
    return manifest.code_digest.__wrapped__()


def parameters():
    return manifest.parameters_digest.__wrapped__()


def test_a_manifest_has_every_field(tmp_path):
    path = tmp_path / "cohort.csv"
    path.write_bytes(b"id\n1\n")
    made = build_manifest(
        {"title": "T"}, seed=5, n_people=10, wall_seconds=2.00049, inputs=[path], more={"draws": 3}
    )
    json.dumps(made, allow_nan=False)
    assert set(made) == {*FIELDS, "draws"}
    assert all(isinstance(made[key], kind) for key, kind in FIELDS.items())
    assert made["digests"]["inputs"] == {"cohort.csv": hashlib.sha256(b"id\n1\n").hexdigest()}
    assert made["seed"] == 5 and made["wall_seconds"] == 2.0 and "not medical advice" in made["notice"]
    assert 10 < made["peak_memory_mib"] < 100_000


def test_versions_are_those_installed():
    found = manifest.versions()
    assert found["numpy"] == metadata.version("numpy") and found["python"] == sys.version.split()[0]
    assert set(found) == {"python", "hepatica", "numpy", "numba", "mesa", "pandas"}


def test_asking_for_versions_imports_none_of_the_libraries():
    program = (
        "import sys; from simulator.analysis.manifest import versions; versions();"
        "assert not {'numpy', 'numba', 'mesa', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_changed_law_changes_the_code_digest_alone(package):
    before = code(), parameters()
    (package / "engine" / "kernel.py").write_bytes(b"a = 1\nb = 3\n")
    assert code() != before[0] and parameters() == before[1]


def test_a_moved_file_changes_the_code_digest(package):
    before = code()
    (package / "engine" / "kernel.py").rename(package / "engine" / "month.py")
    assert code() != before


def test_a_changed_number_changes_the_parameter_digest_alone(package):
    before = code(), parameters()
    (package / "parameters" / "data" / "profiles" / "adults.yaml").write_bytes(b"a: 2\n")
    assert code() == before[0] and parameters() != before[1]


def test_line_ends_of_the_checkout_do_not_matter(package):
    before = code()
    (package / "engine" / "kernel.py").write_bytes(b"a = 1\r\nb = 2\r\n")
    assert code() == before


def test_a_run_is_known_by_scenario_inputs_and_code():
    one = manifest.run_digest(b"scenario", b"cohort")
    assert one == manifest.run_digest(b"scenario", b"cohort") and len(one) == 64
    assert len({one, manifest.run_digest(b"scenari", b"ocohort"), manifest.run_digest(b"scenario")}) == 3


def test_an_ensemble_of_draws_belongs_to_the_parameters(package):
    before = parameters()
    (package / "parameters" / "data" / "posterior").mkdir()
    (package / "parameters" / "data" / "posterior" / "liver.csv").write_bytes(b"draw,a\n0,1\n")
    assert parameters() != before
