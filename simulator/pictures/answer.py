"""The answer in one table and two sentences, computed from the numbers and claiming no more than they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from simulator.pictures.labels import better, is_event, unit_text, wording
from simulator.pictures.tables import Facts, Manifest, Tables, difference, has_trial, per_thousand, table
from simulator.pictures.trial_answer import trial_sentences
from simulator.pictures.wording import (
    clear_sign,
    count,
    decimals,
    interval,
    is_share,
    listed,
    number,
    percent,
    percent_decimals,
    thousand_decimals,
)

DEFAULT_OUTCOMES = ("cirrhosis", "decompensation", "hcc", "liver_death", "death", "qaly", "cost")
TOTALS = ("qaly", "life_years", "cost")


@dataclass(frozen=True)
class Cell:
    """One outcome of one strategy at the horizon, as text.

    Attributes
    ----------
    level, between : value and its 95 % interval.
    change, change_between : difference from the comparator and its interval; empty for the comparator.
    is_clear : whether the interval of the difference leaves out zero.
    n : people counted.
    """

    level: str
    between: str
    change: str
    change_between: str
    is_clear: bool
    n: str


@dataclass(frozen=True)
class AnswerRow:
    """One outcome under every strategy.

    Attributes
    ----------
    name, unit : of the outcome; the unit also says how differences are counted.
    n : people counted, where that is the same for all strategies.
    cells : by strategy, in the order of the facts.
    """

    name: str
    unit: str
    n: str
    cells: tuple[Cell | None, ...]


def answer_rows(tables: Tables, manifest: Manifest, facts: Facts) -> list[AnswerRow]:
    """Return levels at the horizon and differences from the comparator, headline outcomes first."""
    rows = []
    for outcome in headline_outcomes(tables, manifest):
        cells = tuple(_cell(tables, facts, strategy, outcome) for strategy in facts.strategies)
        people = {cell.n for cell in cells if cell is not None}
        n = people.pop() if len(people) == 1 else ""
        rows.append(AnswerRow(wording(outcome).name, _units(tables, outcome), n, cells))
    return rows


def headline_outcomes(tables: Tables, manifest: Manifest) -> list[str]:
    """Return the outcomes asked for that the summary holds: events, then totals, then the rest."""
    recorded = dict.fromkeys(str(name) for name in table(tables, "summary")["outcome"])
    wanted = _asked(manifest) or list(DEFAULT_OUTCOMES)
    found = [name for name in wanted if name in recorded] or list(recorded)
    return sorted(found, key=lambda name: (not is_event(name), name not in TOTALS))


def outcomes_left_out(tables: Tables, manifest: Manifest) -> list[str]:
    """Return the names of outcomes the scenario asks for and the summary does not hold."""
    recorded = set(table(tables, "summary")["outcome"])
    return [wording(name).name for name in _asked(manifest) if name not in recorded]


def _asked(manifest: Manifest) -> list[str]:
    scenario: Mapping[str, Sequence[str]] = manifest.get("scenario") or {}
    return [str(name) for name in scenario.get("outcomes") or ()]


def _row(tables: Tables, facts: Facts, strategy: str, outcome: str) -> pd.Series | None:
    frame = table(tables, "summary")
    found = frame[
        (frame["strategy"] == strategy) & (frame["outcome"] == outcome) & (frame["year"] == facts.horizon)
    ]
    return None if found.empty else found.iloc[0]


def _units(tables: Tables, outcome: str) -> str:
    frame = table(tables, "summary")
    unit = frame.loc[frame["outcome"] == outcome, "unit"].iloc[0]
    return "%; difference per 1,000" if is_share(unit) else unit_text(unit, outcome)


def _cell(tables: Tables, facts: Facts, strategy: str, outcome: str) -> Cell | None:
    row = _row(tables, facts, strategy, outcome)
    if row is None:
        return None
    level, between = _level(row)
    change, change_between, is_clear = "", "", False
    gap = difference(tables, outcome, strategy, facts.horizon)
    if gap is not None and gap["difference"] == gap["difference"]:
        change, change_between = _change(gap)
        is_clear = clear_sign(gap["low"], gap["high"]) != 0
        if gap["difference"] == gap["low"] == gap["high"] == 0:
            change, change_between = "0", "the same"
    return Cell(level, between, change, change_between, is_clear, count(row["n"]))


def _level(row: pd.Series) -> tuple[str, str]:
    if is_share(row["unit"]):
        places = percent_decimals(row["mean"])
        between = interval(100 * row["low"], 100 * row["high"], places or 1)
        return percent(row["mean"]), between
    places = decimals(row["mean"]) if row["mean"] >= 100 else max(2, decimals(row["mean"]))
    return number(row["mean"], places), interval(row["low"], row["high"], places)


def _change(gap: pd.Series) -> tuple[str, str]:
    value, low, high = (float(gap[key]) for key in ("difference", "low", "high"))
    places = decimals(value)
    if is_share(gap["unit"]):
        value, low, high = (per_thousand(end, gap["unit"]) for end in (value, low, high))
        places = thousand_decimals(value)
    return number(value, places, signed=True), interval(low, high, places, signed=True)


def answer_sentences(tables: Tables, manifest: Manifest, facts: Facts) -> tuple[str, str]:
    """Return two sentences: the level and the largest clear effect, then what the others did.

    An interval that includes zero is called no clear difference, whatever its middle. A trial answers with
    its endpoints.
    """
    if has_trial(tables):
        return trial_sentences(tables, manifest, facts)
    found = {
        name: row
        for name in headline_outcomes(tables, manifest)
        if (row := _row(tables, facts, facts.comparator, name)) is not None and row["mean"] == row["mean"]
    }
    if not found:
        return "This run recorded no outcome that could answer the question.", "Nothing is compared."
    outcome = next((name for name, row in found.items() if row["mean"] != 0), next(iter(found)))
    row = found[outcome]
    level = (
        f"In this model, by year {facts.horizon}, {_level_phrase(row, outcome)} under '{facts.comparator}'"
    )
    gaps = {
        name: gap
        for name in facts.others
        if (gap := difference(tables, outcome, name, facts.horizon)) is not None
    }
    if not gaps:
        return f"{level}.", "Only one strategy was run, so nothing is compared."
    best = _best(gaps, outcome)
    first = f"{level}; {_best_phrase(gaps, best, outcome)}."
    return first, _others_phrase(tables, facts, gaps, best, outcome)


def _level_phrase(row: pd.Series, outcome: str) -> str:
    level, between = _level(row)
    said = wording(outcome)
    brackets = f" (95 % interval {between})" if between else ""
    if not is_event(outcome):
        what = (
            said.name
            if said.name[:2].isupper() or "A1c" in said.name
            else said.name[:1].lower() + said.name[1:]
        )
        unit = "" if is_share(row["unit"]) else f" {unit_text(row['unit'], outcome)}"
        return f"{what} was {level}{unit}{brackets}"
    people = f"{count(row['n'])} people {said.free}"
    if row["mean"] == 0:
        return f"none of the {people} had {said.happened}"
    return f"{level}{brackets} of the {people} had {said.happened}"


def _direction(outcome: str) -> int:
    """Return 1 where more is better, -1 where less is better, 0 where neither is."""
    return {"higher": 1, "lower": -1}.get(better(outcome), 0)


def _sign(gap: pd.Series) -> int:
    return clear_sign(gap["low"], gap["high"])


def _best(gaps: Mapping[str, pd.Series], outcome: str) -> str | None:
    """Return the strategy with the largest clear difference in the better direction, or None."""
    wanted = _direction(outcome)
    signs = (wanted,) if wanted else (-1, 1)
    clear = {name: abs(gap["difference"]) for name, gap in gaps.items() if _sign(gap) in signs}
    return max(clear, key=lambda name: clear[name]) if clear else None


def _best_phrase(gaps: Mapping[str, pd.Series], best: str | None, outcome: str) -> str:
    if best is None:
        return (
            "no other strategy was clearly better"
            if _direction(outcome)
            else "no other strategy clearly differed"
        )
    gap = gaps[best]
    is_only = sum(_sign(other) == _sign(gap) for other in gaps.values()) == 1
    what = "improvement" if _direction(outcome) else "difference"
    start = f"the {'only' if is_only else 'largest'} clear {what} was under '{best}'"
    if not is_share(gap["unit"]):
        change, around = _change(gap)
        return f"{start}: {change} {unit_text(gap['unit'], outcome)} (95 % interval {around})"
    value, low, high = _sizes(gap)
    places = thousand_decimals(value)
    direction = "fewer" if gap["difference"] < 0 else "more"
    phrase = f"{start}, {number(value, places)} {direction} per 1,000 people ({interval(low, high, places)})"
    needed = gap["number_needed"]
    if is_event(outcome) and needed == needed and gap["difference"] < 0:
        phrase += f", one event averted for every {count(needed)} people"
    return phrase


def _sizes(gap: pd.Series) -> tuple[float, float, float]:
    """Return the size of a clear difference per 1,000 people, with the smaller and larger end."""
    value, low, high = (abs(per_thousand(gap[key], gap["unit"])) for key in ("difference", "low", "high"))
    return value, min(low, high), max(low, high)


def _quoted(names: Sequence[str]) -> str:
    """List strategies in quotes: their names may hold commas."""
    return listed([f"'{name}'" for name in names])


def _others_phrase(
    tables: Tables, facts: Facts, gaps: Mapping[str, pd.Series], best: str | None, outcome: str
) -> str:
    wanted = _direction(outcome)
    rest = {name: gap for name, gap in gaps.items() if name != best}
    better_ones = [name for name, gap in rest.items() if _sign(gap) and _sign(gap) == wanted]
    unclear = [name for name, gap in rest.items() if not _sign(gap)]
    others = [name for name in rest if name not in better_ones and name not in unclear]
    parts = []
    if better_ones:
        parts.append(f"{_quoted(better_ones)} also did clearly better than '{facts.comparator}'")
    if unclear:
        parts.append(f"{_quoted(unclear)} made no clear difference")
    if others:
        parts.append(f"{_quoted(others)} {'did clearly worse' if wanted else 'also clearly differed'}")
    on_life = "" if outcome == "qaly" else _qaly_phrase(tables, facts)
    if parts:
        return f"On the same outcome, {'; '.join(part for part in (listed(parts), on_life) if part)}."
    return f"{on_life[:1].upper()}{on_life[1:]}." if on_life else "There was no other strategy to compare."


def _qaly_phrase(tables: Tables, facts: Facts) -> str:
    """Say under which strategies QALYs clearly rose or fell."""
    groups: dict[int, list[str]] = {1: [], 0: [], -1: []}
    for name in facts.others:
        gap = difference(tables, "qaly", name, facts.horizon)
        if gap is not None:
            groups[clear_sign(gap["low"], gap["high"])].append(name)
    if not any(groups.values()):
        return ""
    if not groups[1] and not groups[-1]:
        return "no strategy made a clear difference to QALYs"
    said = {1: "QALYs clearly rose under", -1: "clearly fell under", 0: "did not clearly change under"}
    parts = [f"{said[sign]} {_quoted(groups[sign])}" for sign in (1, -1, 0) if groups[sign]]
    text = listed(parts)
    return text if text.startswith("QALYs") else f"QALYs {text}"
