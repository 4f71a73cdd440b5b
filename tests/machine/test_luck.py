"""The checks and the streams of `benchmarks/random`: few words here, billions in `docs/random-numbers.md`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.base import randomness
from tests.architecture.sources import ROOT

HERE = ROOT / "benchmarks" / "random"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
OLDEST = -1300
SEED = 2018

LEAST = 1e-5
"""An honest generator has a smaller p-value among its hundred once in a thousand seeds."""


def key(person: int, seed: int = SEED, life: int = 0) -> tuple[np.uint32, np.uint32]:
    return randomness.derived_key(*randomness.seed_key(seed), np.uint32(person), np.uint32(life))


def stream(order: str, n_words: int) -> np.ndarray:
    """Return the first words that a battery is fed in an order."""
    command = [sys.executable, str(HERE / "stream.py"), order, "--seed", str(SEED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as writer:
        assert writer.stdout is not None and writer.stderr is not None
        read = writer.stdout.read(4 * n_words)
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode == 0
    return np.frombuffer(read, "<u4").reshape(-1, 2)


@pytest.mark.parametrize(
    ("order", "addresses"),
    [
        ("life", [(SEED, 0, OLDEST, 0), (SEED, 0, OLDEST, 1)]),
        ("months", [(SEED, 0, OLDEST, 0), (SEED, 0, OLDEST + 1, 0)]),
        ("people", [(SEED, 0, OLDEST, 0), (SEED, 1, OLDEST, 0)]),
        ("seeds", [(SEED, 0, OLDEST, 0), (SEED + 1, 0, OLDEST, 0)]),
    ],
)
def test_a_battery_is_fed_the_models_words_in_the_order_it_is_told(
    order: str, addresses: list[tuple[int, int, int, int]]
) -> None:
    expected = [randomness.words(*key(person, seed), month, k) for seed, person, month, k in addresses]
    assert stream(order, 4).tolist() == np.array(expected).tolist()


def test_a_battery_is_fed_the_keys_too() -> None:
    assert stream("keys", 6).tolist() == [list(map(int, key(person))) for person in range(3)]


def test_the_control_repeats_no_word() -> None:
    """That is what a battery finds fault with: 2^20 honest words have about 128 pairs of equal ones."""
    words = stream("control", 1 << 20).ravel()
    assert len(np.unique(words)) == len(words)


@pytest.mark.statistical
def test_neighbouring_addresses_know_nothing_of_each_other(tmp_path: Path, seed: int) -> None:
    out = tmp_path / "p.json"
    command = [
        sys.executable,
        str(HERE / "checks.py"),
        "--people",
        "8192",
        "--seed",
        str(seed),
        "--json",
        str(out),
    ]
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    found = json.loads(out.read_text(encoding="utf-8"))["p"]
    assert len(found) > 100
    assert {name: p for name, p in found.items() if p < LEAST} == {}
