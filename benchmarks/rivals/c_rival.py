"""The month in C: built here from `c_rival.c`, loaded with ctypes."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from simulator.engine.people import People
from simulator.patient import columns as c

HERE = Path(__file__).resolve().parent
COMPILER = "gcc"
FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")
"""Neither `-fno` changes a value: they say that nobody reads errno or the flags of floating point."""

UNFUSED, FUSED = "-ffp-contract=off", "-ffp-contract=fast"
WIDE = "-mprefer-vector-width=512"
BUILDS = {
    "C": (UNFUSED, WIDE),
    "C at the compiler's width": (UNFUSED,),
    "C with fused arithmetic": (FUSED, WIDE),
}
"""The first has the engine's arithmetic and width; the others show what either is worth."""


def header(record: np.record) -> str:
    """Return the C text of the columns, of the lowest BMI, and of the parameters in the record's order.

    The record is packed single precision, so its bytes are the structure.
    """
    names = ", ".join(column.name.upper() for column in c.COLUMNS)
    dtype = record.dtype
    assert dtype.names is not None
    sizes = {name: "".join(f"[{n}]" for n in dtype[name].shape) for name in dtype.names}
    assert all(dtype[name].base == np.float32 for name in dtype.names)
    fields = "\n".join(f"    float {name}{size};" for name, size in sizes.items())
    least = f"#define LEAST_BMI {c.COLUMNS[c.BMI].low}f\n"
    return f"{least}enum {{ {names}, N_COLUMNS }};\ntypedef struct {{\n{fields}\n}} Parameters;\n"


def is_available() -> bool:
    """Whether there is a C compiler."""
    return shutil.which(COMPILER) is not None


@dataclass
class CMonth:
    """The C month, compiled with some flags for one parameter record."""

    record: np.record
    flags: tuple[str, ...] = (UNFUSED, WIDE)
    folder: tempfile.TemporaryDirectory[str] = field(default_factory=tempfile.TemporaryDirectory)

    def __post_init__(self) -> None:
        folder = Path(self.folder.name)
        (folder / "generated.h").write_text(header(self.record), encoding="utf-8")
        self.library = folder / "month.so"
        command = [
            COMPILER,
            *FLAGS,
            *self.flags,
            f"-I{folder}",
            "-o",
            str(self.library),
            str(HERE / "c_rival.c"),
        ]
        subprocess.run([*command, "-lm"], check=True)
        self._advance = ctypes.CDLL(str(self.library)).advance
        pointer = ctypes.c_void_p
        self._advance.argtypes = [pointer, pointer, pointer, ctypes.c_long, ctypes.c_int, ctypes.c_int]
        self._advance.restype = None
        self._numbers = np.frombuffer(self.record.tobytes(), np.float32).copy()

    def live(self, people: People, first_step: int, last_step: int) -> None:
        """Let people live the months after `first_step` up to `last_step`, in place."""
        state, keys = people.state, people.keys
        assert state.flags.c_contiguous and keys.flags.c_contiguous
        self._advance(
            self._numbers.ctypes.data, state.ctypes.data, keys.ctypes.data, len(people), first_step, last_step
        )
