"""A trial answers with its endpoints, and claims what their intervals say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.analysis.tables import COLUMNS
from simulator.pictures.answer import answer_sentences
from simulator.pictures.tables import facts_of

SUMMARY = pd.DataFrame(
    [(arm, "mash", 1, 0.9, 0.88, 0.92, "share", 400) for arm in ("placebo", "drug", "diet")],
    columns=list(COLUMNS["summary"]),
)


def row(arm: str, endpoint: str, month: int, mean: float, unit: str, gap: float = np.nan) -> tuple:
    """Return a row of `endpoints` with an interval of 2 about the level and of 1 about the difference."""
    return (arm, endpoint, month, mean, 1.0, mean - 2, mean + 2, gap, gap - 1, gap + 1, 0.5, unit, 400)


ENDPOINTS = pd.DataFrame(
    [
        row("placebo", "resolution", 6, 5, "%"),
        row("placebo", "nas_change", 12, -0.5, "points"),
        row("drug", "nas_change", 12, -2.5, "points", -2.0),
        row("placebo", "resolution", 12, 10, "%"),
        row("drug", "resolution", 12, 35, "%", 25.0),
        row("diet", "resolution", 12, 10.5, "%", 0.5),
        row("placebo", "fibrosis_up", 12, 8, "%"),
    ],
    columns=list(COLUMNS["endpoints"]),
)


def told(endpoints: pd.DataFrame, *asked: str) -> tuple[str, str]:
    tables = {"summary": SUMMARY, "endpoints": endpoints}
    manifest = {"scenario": {"comparator": "placebo", "trial": {"endpoints": list(asked)}}}
    return answer_sentences(tables, manifest, facts_of(tables, manifest))


def test_the_first_two_endpoints_asked_for_are_told_at_the_last_reading() -> None:
    first, second = told(ENDPOINTS, "resolution", "nas_change", "fibrosis_up")
    assert first == (
        "As readers and tests showed it at month 12, MASH resolved: 10.0 % (95 % interval 8.0 to 12.0) of "
        "400 people under 'placebo'; against it 'drug' +25.0 percentage points (+24.0 to +26.0); no clear "
        "difference under 'diet'."
    )
    assert second == (
        "NAS change: −0.50 points (95 % interval −2.50 to 1.50) of 400 people under 'placebo'; against it "
        "'drug' −2.00 (−3.00 to −1.00); 1 more endpoint is in the report."
    )


def test_one_endpoint_leaves_nothing_else_to_tell() -> None:
    first, second = told(ENDPOINTS[ENDPOINTS.endpoint == "fibrosis_up"], "fibrosis_up")
    assert first.endswith("at month 12, fibrosis up a stage: 8.00 % (95 % interval 6.00 to 10.00) of 400 "
                          "people under 'placebo'.")  # fmt: skip
    assert second == "No other endpoint was asked for."


def test_without_a_list_the_endpoints_recorded_are_told_in_their_order() -> None:
    first, second = told(ENDPOINTS)
    assert "month 12, NAS change" in first and second.startswith("MASH resolved")


def test_an_endpoint_that_nobody_could_be_read_for_is_a_dash() -> None:
    unread = ENDPOINTS[ENDPOINTS.endpoint == "fibrosis_up"].assign(n=0, mean=np.nan, low=np.nan, high=np.nan)
    assert told(unread)[0].endswith("fibrosis up a stage: – % of 0 people under 'placebo'.")
