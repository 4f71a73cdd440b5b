"""Unfinished work on disk, so that the same command goes on where it was stopped.

Everything counted is an integer and adds, so what a run has done so far is which lots of people it
has finished and what they add up to. That is kept in a folder named by the digest of all that
decides the result (scenario, inputs, parameters, code, size, seed, draws), each file whole or not at
all, every few seconds and when the run is stopped. Work of another digest is left alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pandas as pd

from simulator.analysis.tables import FILES, read_table, write_table
from simulator.analysis.trial_sums import TrialSums
from simulator.base.errors import HepaticaError, InputError
from simulator.engine.recorder import Record

SECONDS = 5.0
"""Time between two writings, unless writing itself takes more than a twentieth of it."""

STATE = "state.json"
_PARTS = ("yearly", "monthly", "group_sizes")


class Interrupted(HepaticaError):
    """The run was stopped on purpose; says what is on disk and how to go on (exit code 130)."""


@dataclass
class Sums:
    """What the finished lots of one draw add up to.

    Attributes
    ----------
    draw : number of the draw, from 0.
    lots : numbers of the finished lots.
    records : strategy to its record, over the people of those lots.
    trial : the trial's sums over the same people; None for a scenario without one.
    """

    draw: int
    lots: set[int]
    records: dict[str, Record]
    trial: TrialSums | None = None

    @property
    def people(self) -> int:
        """People who have lived through every strategy."""
        return next(iter(self.records.values())).n_people

    def add(self, lot: int, records: Mapping[str, Record], trial: TrialSums | None = None) -> None:
        """Add what happened to the people of a lot."""
        for name, record in records.items():
            self.records[name].add(record)
        if self.trial is not None and trial is not None:
            self.trial.add(trial)
        self.lots.add(lot)


@dataclass
class Checkpoint:
    """The unfinished work of one run.

    Attributes
    ----------
    home : folder for unfinished work; None keeps nothing.
    digest : of all that decides the result.
    about : what `state.json` says of the run, for people who find the folder.
    seconds : time earlier processes spent on this run.
    trouble : why the last writing failed, empty when it did not.
    current : sums of the draw at work, which `save` writes.
    """

    home: Path | None
    digest: str
    about: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    trouble: str = ""
    current: Sums | None = None
    _started: float = field(default_factory=time.perf_counter)
    _written: float = field(default_factory=time.perf_counter)
    _cost: float = 0.0
    _is_first: bool = True

    def __post_init__(self) -> None:
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            self.seconds = float(json.loads((self.folder / STATE).read_text(encoding="utf-8"))["seconds"])

    @property
    def folder(self) -> Path:
        """Where this run's work is kept."""
        return (self.home or Path(os.devnull)) / self.digest[:16]

    def elapsed(self) -> float:
        """Return the seconds spent on this run, by earlier processes too."""
        return self.seconds + time.perf_counter() - self._started

    def begin(self, draw: int, strategies: Sequence[str], years: int, trial: TrialSums | None = None) -> Sums:
        """Make a draw the current one, with what is kept of it, and return its sums.

        `trial` holds the sums of nobody where the scenario has a trial.
        """
        empty = Sums(draw, set(), {name: Record.empty(years) for name in strategies}, trial)
        self.current = self._kept(draw, empty) or empty
        return self.current

    def _kept(self, draw: int, empty: Sums) -> Sums | None:
        """Return the sums kept of a draw; None where there are none, or none sound."""
        try:
            with np.load(self._file(draw), allow_pickle=False) as kept:
                records = {name: _record(kept, k) for k, name in enumerate(empty.records)}
                trial = None if empty.trial is None else _trial_sums(kept)
                found = Sums(draw, set(kept["lots"].tolist()), records, trial)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        sound = all(_alike(record, empty.records[name]) for name, record in records.items())
        return found if sound and _same_trial(found, empty) else None

    def is_resumed(self, draw: int) -> bool:
        """Whether this process goes on, from this draw, with work an earlier one did; true once."""
        sums, is_first = self.current, self._is_first
        self._is_first = False
        return is_first and sums is not None and (draw > 0 or sums.people > 0)

    def save_when_due(self) -> None:
        """Write the current sums if the last writing is long enough ago."""
        if time.perf_counter() - self._written > max(SECONDS, 20 * self._cost):
            self.save()

    def save(self) -> bool:
        """Write the current sums and return whether anything is kept; a run goes on when that failed."""
        sums = self.current
        if self.home is None or sums is None:
            return False
        if not sums.lots:
            return sums.draw > 0 and not self.trouble
        arrays: dict[str, Any] = {"lots": np.array(sorted(sums.lots))}
        for k, record in enumerate(sums.records.values()):
            arrays |= {f"{part}_{k}": getattr(record, part) for part in _PARTS}
            arrays[f"people_{k}"] = np.int64(record.n_people)
        if sums.trial is not None:
            arrays |= {f"trial_{name}": part for name, part in sums.trial.parts().items()}
        started = time.perf_counter()
        try:
            self._state(sums.draw, sums.people)
            _put(self._file(sums.draw), lambda file: np.savez(file, **arrays))
            self.trouble = ""
        except OSError as error:
            self.trouble = error.strerror or str(error)
        self._written = time.perf_counter()
        self._cost = self._written - started
        return not self.trouble

    def tables(self, draw: int) -> dict[str, pd.DataFrame] | None:
        """Return the tables of a finished draw; None where they are not kept, or not sound."""
        folder = self.folder / f"draw-{draw:04}"
        try:
            names = json.loads((folder / STATE).read_text(encoding="utf-8"))
            return {name: read_table(name, (folder / FILES[name]).with_suffix(".parquet")) for name in names}
        except (OSError, ValueError, KeyError, InputError):
            return None

    def keep(self, draw: int, tables: Mapping[str, pd.DataFrame]) -> None:
        """Write the tables of a finished draw and drop its sums."""
        if self.home is None:
            return
        folder = self.folder / f"draw-{draw:04}"
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for name, table in tables.items():
                write_table(table, (folder / FILES[name]).with_suffix(".parquet"))
            self._state(draw + 1, 0)
            # the list of tables comes last: a draw without it is not finished
            _put(folder / STATE, lambda file: file.write(json.dumps(list(tables)).encode()))
            self._file(draw).unlink(missing_ok=True)
            self.trouble = ""
        except OSError as error:
            self.trouble = error.strerror or str(error)

    def others(self) -> list[dict[str, Any]]:
        """Return what is known of unfinished runs with the same target and another digest."""
        found = []
        for path in sorted(self.home.glob(f"*/{STATE}")) if self.home is not None else ():
            with contextlib.suppress(OSError, ValueError):
                state = json.loads(path.read_text(encoding="utf-8"))
                if isinstance(state, dict) and path.parent != self.folder:
                    found.append(state)
        return found

    def clear(self) -> None:
        """Remove this run's work, and its home unless another run's work lies there."""
        if self.home is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            with contextlib.suppress(OSError):
                self.home.rmdir()

    def _file(self, draw: int) -> Path:
        return self.folder / f"draw-{draw:04}.npz"

    def _state(self, draw: int, people: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            **self.about,
            "draws_finished": draw,
            "people_in_this_draw": people,
            "seconds": self.elapsed(),
        }
        _put(self.folder / STATE, lambda file: file.write(json.dumps(state, indent=1).encode()))


def _record(kept: Mapping[str, np.ndarray], position: int) -> Record:
    yearly, monthly, sizes = (kept[f"{part}_{position}"] for part in _PARTS)
    return Record(yearly, monthly, int(kept[f"people_{position}"]), sizes)


def _alike(found: Record, empty: Record) -> bool:
    """Whether a record has the shape of this run and counts everyone who started."""
    return all(getattr(found, part).shape == getattr(empty, part).shape for part in _PARTS) and (
        found.n_people == found.group_sizes.sum() == found.monthly[0].sum()
    )


def _trial_sums(kept: Mapping[str, np.ndarray]) -> TrialSums:
    return TrialSums(*(kept[f"trial_{name}"] for name in TrialSums.NAMES))


def _same_trial(found: Sums, empty: Sums) -> bool:
    """Whether the sums of a trial have the shape of this run and count everyone who started."""
    if found.trial is None or empty.trial is None:
        return found.trial is empty.trial
    shapes = (
        {name: part.shape for name, part in sums.parts().items()} for sums in (found.trial, empty.trial)
    )
    return next(shapes) == next(shapes) and int(found.trial.sizes.sum()) == found.people


def _put(path: Path, write: Callable[[Any], object]) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def held_interrupts() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back, so that nothing is stopped half added; calling what is yielded lets it through.

    A second Ctrl-C is not held. Where there is no Ctrl-C to hold (another thread, a program that has its
    own way with it) nothing changes.
    """
    pressed: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    def let_through() -> None:
        if pressed:
            raise KeyboardInterrupt

    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield let_through
        return
    signal.signal(signal.SIGINT, hold)
    try:
        yield let_through
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
