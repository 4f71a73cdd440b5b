"""Timing jobs in turn, so that whatever else the machine does is shared among them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(frozen=True)
class Taken:
    """Medians over the repeats of a job.

    Attributes
    ----------
    wall : seconds on the clock.
    processor : seconds of this process's threads together, which other processes lengthen little.
    """

    wall: float
    processor: float


def alternated(
    jobs: Mapping[str, Callable[[], object]], repeats: int, tick: Callable[[], None] = lambda: None
) -> dict[str, Taken]:
    """Return what each job takes: all are run once to warm up, then in turn, `repeats` times.

    `tick` is called after every run, (repeats + 1) times the number of jobs in all.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for turn in range(repeats + 1):
        for name, job in jobs.items():
            wall, processor = perf_counter(), process_time()
            job()
            if turn > 0:
                times[name].append((perf_counter() - wall, process_time() - processor))
            tick()
    return {
        name: Taken(
            statistics.median(wall for wall, _ in taken),
            statistics.median(processor for _, processor in taken),
        )
        for name, taken in times.items()
    }
