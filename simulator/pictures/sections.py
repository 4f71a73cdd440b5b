"""What the report's sections show, prepared as text: trace, economics, assumptions, sources, repeating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from simulator.analysis.effects import LINKS, WAITING, explain
from simulator.pictures.labels import LINK_GROUPS
from simulator.pictures.links import cells_of, recorded_links, row_text, traced_strategies
from simulator.pictures.plane import ends_of
from simulator.pictures.tables import Facts, Manifest, Tables, table
from simulator.pictures.wording import MINUS, count, decimals, interval, number

SHOWN_ELSEWHERE = ("scenario", "command", "warnings", "imputed", "notice", "tables", "figures", "interval")
"""Entries of the manifest that have a place of their own in the report."""

RUN_FACTS = {
    "created": "Run at",
    "n_people": "People in each strategy",
    "wall_seconds": "Time taken, seconds",
    "peak_memory_mib": "Peak memory, MiB",
}
ECONOMIC_COLUMNS = {
    "cost_usd": "Cost, USD",
    "qalys": "QALYs",
    "cost_difference_usd": "Extra cost, USD",
    "qaly_difference": "QALYs gained",
    "comparator_icer_usd_per_qaly": "USD per QALY gained",
}


def trace_table(tables: Tables, facts: Facts) -> dict[str, Any] | None:
    """Return the rows of the effect trace by group, or None when the run kept none."""
    if not len(table(tables, "effects")):
        return None
    strategies = traced_strategies(facts)
    groups = []
    for kind, title in LINK_GROUPS.items():
        links = recorded_links(tables, facts, kind)
        rows = [
            {"name": row_text(tables, link, strategies), "cells": cells_of(tables, link, strategies)}
            for link in links
        ]
        if rows:
            groups.append({"title": title, "rows": rows})
    return {"strategies": strategies, "groups": groups, "sentences": _explanations(tables, facts)}


def _explanations(tables: Tables, facts: Facts) -> list[str]:
    """Return a sentence per strategy on how far its effect got, where every link was recorded."""
    frame = table(tables, "effects")
    last = frame[frame["year"] == frame["year"].max()]
    complete = [
        name
        for name in facts.others
        if set(LINKS) - {WAITING} <= set(last.loc[last["strategy"] == name, "link"])
    ]
    return [explain(frame, name) for name in complete]


def economics_table(tables: Tables) -> dict[str, Any] | None:
    """Return cost and QALYs per strategy with intervals, or None when the scenario did not ask for them."""
    frame = tables.get("economics")
    if frame is None or frame.empty:
        return None
    rows = [
        {
            "strategy": row["strategy"],
            "cells": [_economic_cell(row, name) for name in ECONOMIC_COLUMNS],
            "standing": _standing(row),
        }
        for _, row in frame.iterrows()
    ]
    pays = float(frame["willingness_to_pay_usd_per_qaly"].iloc[0])
    return {
        "headers": list(ECONOMIC_COLUMNS.values()),
        "rows": rows,
        "n": count(frame["n"].iloc[0]),
        "note": "Extra cost, QALYs gained and their ratio are against "
        f"{frame['comparator'].iloc[0]}; no ratio is written where it would say nothing. "
        f"Willingness to pay in this scenario: USD {number(pays, 0)} per QALY.",
    }


def _economic_cell(row: pd.Series, name: str) -> tuple[str, str]:
    is_comparator = row["strategy"] == row["comparator"]
    if is_comparator and name not in ("cost_usd", "qalys"):
        return "", ""
    value, low, high = ends_of(row, name)
    places = 0 if "usd" in name else max(2, decimals(value))
    signed = "difference" in name
    return number(value, places, signed), interval(low, high, places, signed)


def _standing(row: pd.Series) -> str:
    versus = row["versus"]
    value, low, high = ends_of(row, "icer_usd_per_qaly")
    if not isinstance(versus, str) or not versus or value != value:
        return str(row["standing"])
    between = interval(low, high, 0)
    brackets = f" ({between})" if between else ""
    return f"{row['standing']}: USD {number(value, 0)}{brackets} per QALY against {versus}"


def assumption_rows(assumptions: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the assumptions as text; values by label become "label value" pairs."""
    keys = ("name", "meaning", "unit", "note", "moves")
    return [
        {key: str(row.get(key) or "") for key in keys} | {"value": value_text(row.get("value"))}
        for row in assumptions
    ]


def value_text(value: Any) -> str:
    """Write a parameter's value: a number, or a table of numbers by label.

    >>> value_text({"male": 0.25, "female": 1}), value_text(-0.5), value_text(None)
    ('male 0.25, female 1', '−0.5', '')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{label} {value_text(inner)}" for label, inner in value.items())
    if isinstance(value, float):
        text = f"{value:.6g}"
        return MINUS + text[1:] if text.startswith("-") else text
    return "" if value is None else str(value)


def source_rows(sources: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the sources as text, with a bare DOI and what each was used for."""
    rows = []
    for source in sources:
        used = source.get("used_for") or ""
        used = used if isinstance(used, str) else ", ".join(str(name) for name in used)
        doi = str(source.get("doi") or "").removeprefix("https://doi.org/")
        citation = str(source.get("citation") or source.get("key") or "")
        rows.append({"citation": citation, "doi": doi, "used_for": used})
    return rows


def imputed_block(imputed: Any) -> dict[str, Any] | None:
    """Return what was filled in, as a table (from mappings with the same keys) or as lines.

    Parameters
    ----------
    imputed : a list of mappings, a list of texts, a mapping of name to text, or nothing.
    """
    if not imputed:
        return None
    if isinstance(imputed, str):
        return {"headers": [], "rows": [], "lines": [imputed]}
    if isinstance(imputed, Mapping):
        lines = [f"{name}: {_plain(value)}" for name, value in imputed.items()]
        return {"headers": [], "rows": [], "lines": lines}
    rows = [item for item in imputed if isinstance(item, Mapping)]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return {
        "headers": [str(key).replace("_", " ").capitalize() for key in keys],
        "rows": [[_plain(row.get(key, "")) for key in keys] for row in rows],
        "lines": [_plain(item) for item in imputed if not isinstance(item, Mapping)],
    }


def repeat_block(manifest: Manifest) -> dict[str, Any]:
    """Return the command that repeats a run, and everything else the manifest knows, as pairs of text."""
    pairs: list[tuple[str, str]] = []
    for name, value in manifest.items():
        if name not in SHOWN_ELSEWHERE:
            pairs += _pairs(RUN_FACTS.get(name, str(name).replace("_", " ").capitalize()), value)
    return {"command": _command(manifest), "facts_of_run": pairs}


def _command(manifest: Manifest) -> str:
    if manifest.get("command"):
        return str(manifest["command"])
    inputs = (manifest.get("digests") or {}).get("inputs") or {}
    file = next((name for name in inputs if str(name).endswith((".yaml", ".yml"))), "SCENARIO.yaml")
    options = {"size": manifest.get("n_people"), "seed": manifest.get("seed"), "draws": manifest.get("draws")}
    given = " ".join(f"--{name} {value}" for name, value in options.items() if value is not None)
    return f"hepatica run {file} {given}".strip()


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, inner in value.items() for pair in _pairs(f"{name}: {key}", inner)]
    return [] if value is None else [(name, _plain(value))]


def _plain(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ", ".join(_plain(item) for item in value) if isinstance(value, list | tuple) else str(value)
    return str(value) if isinstance(value, int) else f"{value:.6g}"
