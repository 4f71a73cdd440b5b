"""Print what a run adds up to, as digests, for the processor that this process was told to compile for.

python -m tests.machine.totals PEOPLE THREADS:LOT_SIZE [THREADS:LOT_SIZE ...]
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import numpy as np

from simulator.engine.recorder import Record
from simulator.engine.simulation import NO_PLAN, Course, simulate
from simulator.patient import columns as c
from tests.unit.engine.worlds import after, plan, shipped_record, source

SEED, YEARS = 61, 3
STEPS: tuple[dict[str, Any], ...] = (
    {
        "monitor": {"tests": ["fib4", "nfs", "cap", "lsm", "ultrasound", "hba1c"], "every_months": 6},
        "uptake": 0.8,
        "respond": [
            {"when": {"observed_lsm_kpa": {"min": 6}}, "do": {"add": "pioglitazone"}},
            {"when": {"observed_lsm_kpa": {"max": 5}, "on_pioglitazone": True}, "do": {"stop": "all"}},
        ],
    },
    {"drug": "metformin", "uptake": 0.6, "adherence": 0.8},
    {"lifestyle": {"weight_loss_percent": 7, "activity_met_min_per_week": 450, "months": 12}},
)


def digest(*arrays: np.ndarray) -> str:
    """Return the digest of the bits of some arrays."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:16]


def of_records(records: dict[str, Record]) -> dict[str, str]:
    """Return the digest of each strategy's totals."""
    return {name: digest(r.yearly, r.monthly, r.group_sizes) for name, r in records.items()}


def main() -> None:
    """Print totals by threads and lots, and every column of some people, so that a difference has a name."""
    size, *ways = sys.argv[1:]
    people, record = source(SEED), shipped_record()
    courses = {"usual care": Course(NO_PLAN, record), "treated": Course(plan(*STEPS), record)}
    totals = {}
    for way in ways:
        threads, lot_size = (int(number) for number in way.split(":"))
        totals[way] = of_records(simulate(people, courses, int(size), YEARS, threads, lot_size))
    some = people(0, 1024)
    state = after(some, 12 * YEARS, plan(*STEPS))
    columns = {column.name: digest(some.state[k], state[k]) for k, column in enumerate(c.COLUMNS)}
    sys.stdout.write(json.dumps({"totals": totals, "columns": columns}))


if __name__ == "__main__":
    main()
