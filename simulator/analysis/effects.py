"""The effect trace: from being reached to the years of life gained, link by link.

A strategy can fail at any link: nobody is eligible, few accept, weight falls but fat does not,
fat falls but scar has no time to heal. The trace shows where, so that a null result explains itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.analysis.compare import difference, level
from simulator.analysis.outcomes import TRAJECTORIES, Outcome, Tally, tallies
from simulator.analysis.tables import frame
from simulator.engine.quantities import QUANTITY_INDEX

if TYPE_CHECKING:
    import pandas as pd

    from simulator.engine.recorder import Record

PER = 1000
"""Events averted and QALYs gained are counted per this many people who started."""


@dataclass(frozen=True)
class Link:
    """One link of the chain.

    Attributes
    ----------
    id : identifier.
    kind : "care" (a level), "body" (change against the comparator), "event" (averted) or "gain".
    outcome : what is measured.
    label : what a table or an axis calls it.
    """

    id: str
    kind: str
    outcome: Outcome
    label: str

    @property
    def unit(self) -> str:
        """Unit of the reported value."""
        return {"event": f"events per {PER} people", "gain": f"QALYs per {PER} people"}.get(
            self.kind, self.outcome.unit
        )


_LINKS = """
reached | care | reached | Were offered a step
waiting | care | waiting | Wait for a place
accepted | care | accepted | Accepted a step
tested | care | tested | Were tested
treated | care | treated | Were treated
change_in_bmi | body | bmi | Body mass index
change_in_homa_ir | body | homa_ir | HOMA-IR
change_in_liver_fat | body | liver_fat | Liver fat
change_in_injury | body | injury | Liver injury
change_in_fibrosis | body | fibrosis | Fibrosis
averted_cirrhosis | event | new_cirrhosis | Cirrhosis averted
averted_decompensation | event | new_decompensation | Decompensation averted
averted_hcc | event | new_hcc | Liver cancer averted
averted_liver_death | event | liver_death | Liver deaths averted
averted_death | event | death | Deaths averted
gained_qaly | gain | qaly | QALYs gained
"""


def _parse() -> dict[str, Link]:
    table = {}
    for line in _LINKS.strip().splitlines():
        name, kind, measured, label = (part.strip() for part in line.split("|"))
        outcome = TRAJECTORIES.get(measured) or Outcome(
            measured, "cumulative_incidence", (measured,), "started", "share", "neither", label
        )
        table[name] = Link(name, kind, outcome, label)
    return table


LINKS = _parse()
"""The chain in order. Care counts shares of all who started (waiting: of the living); body, of the living."""

WAITING = "waiting"
"""The link that is there only where a step has limited places and somebody waits."""


def effects(
    records: Mapping[str, Record], comparator: str, discount_rate_per_year: float = 0.0
) -> pd.DataFrame:
    """Return the table `effects`: the chain of every strategy in every year.

    The comparator has only its links of care, to read the others' against.

    Raises
    ------
    RunFailed
        If two strategies did not start with the same people.
    """
    all_sums = tallies(records)
    usual = all_sums[comparator]
    somebody_waits = any(record.yearly[..., QUANTITY_INDEX[WAITING]].any() for record in records.values())
    chain = [link for link in LINKS.values() if link.id != WAITING or somebody_waits]
    parts = []
    for strategy, sums in all_sums.items():
        for link in chain:
            if link.kind != "care" and strategy == comparator:
                continue
            value, low, high, people = _measured(link, sums, usual, discount_rate_per_year)
            parts.append(
                {"strategy": strategy, "link": link.id, "year": np.arange(len(value)), "value": value,
                 "low": low, "high": high, "unit": link.unit, "n": people}
            )  # fmt: skip
    return frame("effects", parts)


def _measured(link: Link, sums: Tally, usual: Tally, rate: float) -> tuple[np.ndarray, ...]:
    mean, low, high, people = (part[:, 0] for part in level(sums, link.outcome, rate))
    if link.kind == "care":
        return mean, low, high, people
    if link.kind == "event":
        value, low, high = (part[:, 0] * PER for part in difference(usual, sums, link.outcome, rate))
    else:
        factor = PER if link.kind == "gain" else 1
        value, low, high = (part[:, 0] * factor for part in difference(sums, usual, link.outcome, rate))
    return value, low, high, people


def explain(table: pd.DataFrame, strategy: str) -> str:
    """Return one sentence that says how far a strategy's effect got by the last year.

    Parameters
    ----------
    table : the table `effects`.
    strategy : a strategy other than the comparator.
    """
    last = table[(table["strategy"] == strategy) & (table["year"] == table["year"].max())].set_index("link")
    share = last["value"]
    if not share["reached"] > 0:
        return f"'{strategy}' changed nothing: no one met the conditions of any of its steps."
    reached = f"'{strategy}' reached {_percent(share['reached'])} of people"
    if share.get(WAITING, 0) > 0:
        reached += f" ({_percent(share[WAITING])} still wait)"
    if not share["accepted"] > 0:
        return f"{reached}, but no one accepted: look at the uptake of its steps."
    if not share["treated"] > 0:
        tested = f"{_percent(share['tested'])} were tested" if share["tested"] > 0 else "no one was tested"
        return f"{reached}; {tested} and no one was treated, so nothing could change."
    treated = f"{reached} and treated {_percent(share['treated'])}"
    changed = {kind: _clear(last, kind) for kind in ("body", "event", "gain")}
    if not changed["body"] and not changed["event"]:
        return f"{treated}, but no change in the body stands out from chance: too few, too short or too weak."
    moved = _listed(changed["body"]) or "events but no measured average"
    if not changed["event"]:
        return f"{treated}; it changed {moved}, but averted no events beyond chance by then."
    end = f"it changed {moved} and the number of events: {_listed(changed['event'])}"
    doubt = "" if changed["gain"] else "; QALYs gained do not stand out from chance"
    return f"{treated}; {end}{doubt}."


def _clear(last: pd.DataFrame, kind: str) -> list[str]:
    names = [link.id for link in LINKS.values() if link.kind == kind and link.id in last.index]
    rows = last.loc[names]
    return list(rows.index[(rows["low"] > 0) | (rows["high"] < 0)])


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _listed(names: list[str]) -> str:
    labels = [LINKS[name].label for name in names]
    return ", ".join(label if label[:2].isupper() else label[0].lower() + label[1:] for label in labels)
