"""Help comes at once: the public face and the command line load nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "cmaes",
    "dask",
    "ipyvuetify",
    "jinja2",
    "llvmlite",
    "matplotlib",
    "mesa",
    "networkx",
    "numba",
    "numpy",
    "optuna",
    "pandas",
    "pyarrow",
    "pydantic",
    "scipy",
    "solara",
)
FACE = "import simulator"
HELP = """
sys.argv = ["hepatica", "--help"]
from simulator.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
REPORT = "print('loaded:', *sorted({name.split('.')[0] for name in sys.modules}))"


@pytest.mark.parametrize("action", [FACE, HELP], ids=["import simulator", "hepatica --help"])
def test_nothing_heavy_is_loaded(action: str) -> None:
    program = f"import sys\n{action}\n{REPORT}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()[-1].removeprefix("loaded:").split()
    assert "simulator" in loaded
    assert not set(HEAVY) & set(loaded)
