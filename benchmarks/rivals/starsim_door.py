"""A door to the Starsim rival in a process of its own, which need not be the Python that runs the engine."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from simulator.speed.people import LIVED

PYTHON = "STARSIM_PYTHON"
HOW = f"install starsim, or name a Python that has it in the environment variable {PYTHON}"
SCRIPT = Path(__file__).resolve().parent / "starsim_rival.py"


class StarsimDoor:
    """The running process.

    Attributes
    ----------
    seconds : processor seconds the process has reported, one for each timing.
    version : of Starsim.
    """

    def __init__(self, python: str, folder: Path, numbers: Any, start: dict[str, np.ndarray]) -> None:
        self.folder = folder
        plain = {name: x for name, x in dataclasses.asdict(numbers).items() if isinstance(x, float)}
        np.savez(folder / "start.npz", numbers=json.dumps(plain), lived=json.dumps(LIVED), **start)
        environment = os.environ | {"STARSIM_INSTALL_FONTS": "0", "MPLBACKEND": "agg"}
        self._process = subprocess.Popen(
            [python, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.seconds: list[float] = []
        self.version = self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the Starsim process ended with code {self._process.wait()}")
        return line.strip()

    def _ask(self, *words: object) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._line()

    def time(self, months: int) -> None:
        """Let everybody live some months, and note the processor seconds."""
        self.seconds.append(float(self._ask("time", self.folder / "start.npz", months)))

    def live(self, months: int) -> dict[str, np.ndarray]:
        """Return the columns of everybody after some months."""
        out = self.folder / "lived.npz"
        self._ask("live", self.folder / "start.npz", months, out)
        with np.load(out) as lived:
            return dict(lived)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def door(folder: Path, numbers: Any, start: dict[str, np.ndarray]) -> StarsimDoor | None:
    """Return a running Starsim with everybody in it, or None where there is no Starsim."""
    python = os.environ.get(PYTHON) or (sys.executable if find_spec("starsim") else None)
    return StarsimDoor(python, folder, numbers, start) if python else None
