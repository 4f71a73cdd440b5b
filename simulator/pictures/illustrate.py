"""A run's figures and report, from its tables and its manifest and nothing else."""

from __future__ import annotations

from simulator.pictures.figures import draw_figures, figure_svgs
from simulator.pictures.report import render_report
from simulator.pictures.tables import Manifest, Tables

_TOLD_ELSEWHERE = ("explanation", "assumptions", "sources", "cohort")
"""Entries of the manifest that have sections of their own."""


def illustrated(tables: Tables, manifest: Manifest) -> tuple[dict[str, str], str]:
    """Return every figure the tables allow, as SVG by name, and the report.

    Parameters
    ----------
    tables : data frames by name, see `analysis.tables`.
    manifest : with `explanation`, `assumptions` and `sources`, as a run writes it.
    """
    figures = figure_svgs(draw_figures(tables, manifest))
    facts = {name: value for name, value in manifest.items() if name not in _TOLD_ELSEWHERE}
    report = render_report(
        tables,
        facts,
        str(manifest.get("explanation") or ""),
        manifest.get("assumptions") or [],
        manifest.get("sources") or [],
        figures,
    )
    return figures, report
