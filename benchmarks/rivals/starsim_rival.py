"""The month as a Starsim module: a state a quantity, common random numbers, one step a month.

Run by a Python that has Starsim, which may be another than ours: it reads people and numbers from a file,
then answers each line of its input with a line of output (see `main`). The array expressions are
those of the NumPy rival, on the arrays of those alive; state, luck, time and death are Starsim's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import process_time
from types import SimpleNamespace

import numpy as np
import starsim as ss

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rivals.numpy_rival import NEVER, NORMALS, UNIFORMS, Population


class MetabolicLiver(ss.Module):
    """Genes, habits, weight, sugar and a liver; everybody's start is given.

    Parameters
    ----------
    numbers : the parameters of the laws.
    start : values at the start by quantity, (n,) each.
    lived : names of those that change.
    """

    def __init__(self, numbers: SimpleNamespace, start: dict[str, np.ndarray], lived: list[str]) -> None:
        super().__init__(name="metabolic_liver")
        self.numbers, self.start, self.lived = numbers, start, lived
        self.define_states(*(ss.FloatArr(name) for name in start))
        self.define_pars(
            **{name: ss.normal(loc=0.0, scale=1.0) for name in NORMALS},
            **{name: ss.random() for name in UNIFORMS},
        )

    def init_post(self) -> None:
        """Give everybody their start."""
        super().init_post()
        uids = self.sim.people.auids
        for name, values in self.start.items():
            self.state(name)[uids] = values

    def state(self, name: str) -> ss.FloatArr:
        """Return a state by its name."""
        return getattr(self, name)

    def step(self) -> None:
        """Let those alive live a month."""
        uids, month = self.sim.people.auids, self.ti + 1
        alive = Population(
            self.numbers, {name: self.state(name)[uids] for name in self.start}, ss.dtypes.float
        )
        luck = SimpleNamespace(**{name: self.pars[name].rvs(uids) for name in (*NORMALS, *UNIFORMS)})
        alive.live(month, luck, active=True)
        for name in self.lived:
            self.state(name)[uids] = getattr(alive, name)
        self.sim.people.request_death(uids[alive.death_month < NEVER])


def sim_of(given: dict[str, np.ndarray], months: int, seed: int) -> ss.Sim:
    """Return a simulation, ready to start, of everybody in a file."""
    numbers = SimpleNamespace(**json.loads(str(given["numbers"])))
    lived = json.loads(str(given["lived"]))
    start = {name: values for name, values in given.items() if name not in ("numbers", "lived")}
    sim = ss.Sim(
        n_agents=len(start["bmi"]),
        modules=MetabolicLiver(numbers, start, lived),
        start=2018,
        dur=ss.months(months),
        dt=ss.months(1),
        rand_seed=seed,
        verbose=0,
    )
    return sim.init()


def lived(sim: ss.Sim, months: int) -> float:
    """Let months pass and return the processor seconds they took."""
    before = process_time()
    for _ in range(months):
        sim.run_one_step()
    return process_time() - before


def main() -> None:
    """Answer `time FILE MONTHS`, and `live FILE MONTHS OUT` with columns in OUT, with processor seconds."""
    sys.stdout.write(f"{ss.__version__}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        what, file, months, *out = line.split()
        with np.load(file) as given:
            sim = sim_of(dict(given), int(months), seed=1)
        seconds = lived(sim, int(months))
        if what == "live":
            module = sim.get_module("metabolic_liver")
            np.savez(
                out[0], **{name: module.state(name).raw[: len(module.start["bmi"])] for name in module.lived}
            )
        sys.stdout.write(f"{seconds}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
