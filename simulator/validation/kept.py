"""Studies already repeated, on disk, so that an examination goes on where it was stopped.

What a study says depends on the code, the parameter files and numbers, the scenario files, who the
people are, how many and which luck. A digest of all that names the folder, so nothing else is ever
taken for it; which targets are examined does not matter.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.analysis.manifest import PACKAGE, code_digest, parameters_digest
from simulator.validation.world import Estimate, World


def world_digest(world: World) -> str:
    """Return the digest of all that decides what studies say in a world."""
    parts = (
        code_digest(),
        parameters_digest(),
        world.parameters.digest(),
        world.profile_name,
        str(world.size),
        str(world.seed),
        *_scenarios(),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _scenarios() -> Iterator[str]:
    """Yield the digests of the shipped scenario files, which studies may run."""
    for folder in (PACKAGE.parent / "scenarios", PACKAGE / "scenarios_shipped"):
        for path in sorted(folder.rglob("*.yaml")):
            text = path.read_bytes().replace(b"\r\n", b"\n")
            yield f"{path.relative_to(folder).as_posix()} {hashlib.sha256(text).hexdigest()}"


@dataclass
class Kept:
    """The finished studies of an examination.

    Attributes
    ----------
    home : folder for unfinished work; None keeps nothing.
    trouble : why the last writing failed, empty when it did not.
    """

    home: Path | None
    trouble: str = ""

    def read(self, digest: str, study: str) -> dict[str, Estimate] | None:
        """Return what a study said in the world of this digest; None where nothing sound is kept."""
        try:
            rows = json.loads(self._file(digest, study).read_text(encoding="utf-8"))
            return {name: Estimate(float(value), float(error)) for name, (value, error) in rows.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def write(self, digest: str, study: str, measured: Mapping[str, Estimate]) -> None:
        """Keep what a study said, whole or not at all; an examination goes on when that fails."""
        if self.home is None:
            return
        file = self._file(digest, study)
        unfinished = file.with_name(f".{file.name}.{os.getpid()}")
        rows = {name: [float(said.value), float(said.standard_error)] for name, said in measured.items()}
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(rows, indent=1), encoding="utf-8")
            unfinished.replace(file)
            self.trouble = ""
        except OSError as error:
            self.trouble = error.strerror or str(error)
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def clear(self, digests: Iterable[str]) -> None:
        """Remove the work of the worlds of these digests, and the home unless other work lies there."""
        if self.home is not None:
            for digest in digests:
                shutil.rmtree(self.home / digest[:16], ignore_errors=True)
            with contextlib.suppress(OSError):
                self.home.rmdir()

    def _file(self, digest: str, study: str) -> Path:
        return (self.home or Path(os.devnull)) / digest[:16] / f"{study}.json"
