"""The examination: studies are repeated inside the model and held beside what was published.

Only the studies that the chosen targets need are repeated, each once in every parameter draw. What
is finished is kept, so the same examination goes on where it was stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from simulator.analysis.checkpoint import Interrupted
from simulator.analysis.work import Watch, compile_engine
from simulator.parameters.library import ParameterSet
from simulator.validation.kept import Kept, world_digest
from simulator.validation.registry import Study, check_measured
from simulator.validation.targets import Target
from simulator.validation.verdict import CONTEXT, PASS, SHARES_ASKED, accepted, verdict
from simulator.validation.world import Estimate, World

STAGE = "Studies repeated"

COLUMNS = (
    *("name", "group", "study", "population", "quantity", "unit", "kind", "role"),
    *("published", "published_low", "published_high", "accepted_low", "accepted_high"),
    *("model", "model_low", "model_high", "verdict", "verdict_as_printed", "standardised_difference"),
    *("measure", "emulation", "source", "note", "why"),
)
"""Columns of the result, a row a target."""


@dataclass(frozen=True)
class Sitting:
    """What is examined, and how.

    Attributes
    ----------
    targets : what the model is held beside.
    studies : those the targets need, by module.study.
    parameters : the numbers as they stand.
    size : people in an arm or cohort, unless a study asks for another number.
    seed : names the luck, of people and of draws.
    draws : probabilistic draws of the parameters; 1 takes the numbers as they stand.
    threads : workers; all cores by default. They do not change results.
    taken_out : the mechanism that `parameters` do without, for those who read the result; None when whole.
    """

    targets: Sequence[Target]
    studies: Mapping[str, Study]
    parameters: ParameterSet
    size: int = 20_000
    seed: int = 2018
    draws: int = 1
    threads: int | None = None
    taken_out: str | None = None

    def worlds(self) -> Iterator[World]:
        """Yield the world of every draw."""
        for draw in range(self.draws):
            numbers = self.parameters if self.draws == 1 else self.parameters.draw(self.seed, draw)
            yield World(numbers, self.size, self.seed, self.threads)

    def digests(self) -> list[str]:
        """Return what names the kept work of every draw."""
        return [world_digest(world) for world in self.worlds()]


def examine_model(sitting: Sitting, kept: Kept | None = None, watch: Watch | None = None) -> pd.DataFrame:
    """Return a row for every target with what the model says of it.

    Parameters
    ----------
    sitting : what is examined, and how.
    kept : finished studies on disk; nothing is kept when None.
    watch : told how it goes.

    Returns
    -------
    COLUMNS, in the order of the targets; `source` holds reference keys joined by "; ".

    Raises
    ------
    InputError
        When a study does not return a quantity that a target asks for; what is finished stays kept.
    Interrupted
        After Ctrl-C, with what is on disk and how to go on.
    """
    kept, watch = kept or Kept(None), watch or Watch()
    said: list[dict[str, dict[str, Estimate]]] = []
    total, done, is_told = sitting.draws * len(sitting.studies), 0, False
    try:
        compile_engine(sitting.parameters, watch)
        for world in sitting.worlds():
            measured: dict[str, dict[str, Estimate]] = {}
            digest = world_digest(world)
            for name, study in sitting.studies.items():
                watch.progress(STAGE, done, total)
                found = kept.read(digest, name)
                if found is not None and not is_told:
                    watch.say("Going on from the studies that were finished before.")
                    is_told = True
                if found is None:
                    found = study(world)
                    kept.write(digest, name, found)
                measured[name] = found
                done += 1
            said.append(measured)
        watch.progress(STAGE, done, total)
    except KeyboardInterrupt:
        raise Interrupted(_farewell(done, total, kept)) from None
    for measured in said:
        check_measured(sitting.targets, measured)
    return result_table(sitting.targets, said)


def _farewell(done: int, total: int, kept: Kept) -> str:
    if kept.trouble:
        return f"Stopped, and what was done could not be kept in {kept.home}: {kept.trouble}."
    if not done or kept.home is None:
        return "Stopped before anything was finished; nothing was kept and nothing was written."
    studies = f"{done} of {total} {'study' if total == 1 else 'studies'}"
    return f"Stopped: {studies} are done and kept in {kept.home}; the same command goes on from there."


def result_table(
    targets: Sequence[Target], said: Sequence[Mapping[str, Mapping[str, Estimate]]]
) -> pd.DataFrame:
    """Return a row for every target.

    Parameters
    ----------
    targets : what the model is held beside.
    said : for every parameter draw, module.study -> quantity -> what the model says.
    """
    return pd.DataFrame([_row(target, said) for target in targets], columns=list(COLUMNS))


def _row(target: Target, said: Sequence[Mapping[str, Mapping[str, Estimate]]]) -> dict[str, object]:
    study, _, quantity = target.measure.rpartition(".")
    answers = [measured[study][quantity] for measured in said]
    found = verdict(target, answers)
    texts = ("name", "group", "study", "population", "quantity", "unit", "kind", "role")
    more = ("measure", "emulation", "note", "why")
    least, most = accepted(target)
    return {
        **{key: " ".join(getattr(target, key).split()) for key in (*texts, *more)},
        "published": target.value,
        "published_low": float("nan") if target.low is None else target.low,
        "published_high": float("nan") if target.high is None else target.high,
        "accepted_low": least,
        "accepted_high": most,
        "model": found.model,
        "model_low": found.low,
        "model_high": found.high,
        "verdict": found.verdict,
        "verdict_as_printed": verdict(target.as_printed, answers).verdict,
        "standardised_difference": found.standardised_difference,
        "source": "; ".join(target.source),
    }


def totals(table: pd.DataFrame, column: str = "verdict") -> dict[str, tuple[int, int]]:
    """Return for each role that is judged how many targets pass, and how many there are.

    Parameters
    ----------
    table : what `examine_model` returned.
    column : `verdict`, or `verdict_as_printed`, by which an interval that was computed counts as none.
    """
    rows = {role: table[table.role == role] for role in SHARES_ASKED}
    return {role: (int((part[column] == PASS).sum()), len(part)) for role, part in rows.items()}


def unjudged(table: pd.DataFrame) -> int:
    """Return how many targets are shown for context only."""
    return int((table.verdict == CONTEXT).sum())
