"""Live without the compiler, in a process of its own: `python -m` this module, folder, months, block."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

STEPS: tuple[dict[str, Any], ...] = (
    {
        "monitor": {
            "tests": [
                "nfs",
                "cap",
                "lsm",
                "hba1c",
                "fasting_insulin",
                "fasting_glucose",
                "ultrasound",
                "genotype",
            ],
            "every_months": 6,
        },
        "respond": [
            {"when": {"observed_alt_u_l": {"min": 3}, "n_visits": {"max": 2}}, "do": {"add": "pioglitazone"}},
            {"when": {"n_visits": {"min": 3}}, "do": {"stop": "pioglitazone"}},
            {"when": {"observed_cap_db_per_m": {"min": 200}}, "do": {"diagnose": "masld"}},
        ],
    },
    {"drug": "metformin", "adherence": 0.8, "stop_fraction_per_year": 0.5},
    {"lifestyle": {"weight_loss_percent": 7, "sleep_hours": 1, "stress_z": -0.5, "months": 9}},
    {"surgery": "bariatric", "start_year": 1},
)
"""Something of everything the clinic can do."""


def live_plainly(folder: Path, months: int, people_in_a_block: int) -> None:
    """Read people from the folder and write what the months made of them.

    Blocks are made small before anything else is imported: plain Python would waste time on place-holders.
    """
    from simulator.engine import block

    block.BLOCK = people_in_a_block
    import numpy as np

    from simulator.base.jit import IS_COMPILED
    from simulator.engine.people import People
    from tests.unit.engine.worlds import after, counted, plan

    assert not IS_COMPILED
    given = np.load(folder / "people.npz")
    people = People(given["state"], given["keys"], given["index"], given["family"])
    record = counted(people, months // 12, plan(*STEPS))
    state = after(people, months, plan(*STEPS))
    np.savez(folder / "plain.npz", state=state, yearly=record.yearly, monthly=record.monthly)


if __name__ == "__main__":
    live_plainly(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
