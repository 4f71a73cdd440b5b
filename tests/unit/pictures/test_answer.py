"""The answer claims what the numbers say, and no more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.analysis.tables import COLUMNS
from simulator.pictures.answer import answer_rows, answer_sentences, headline_outcomes, outcomes_left_out
from simulator.pictures.tables import facts_of


def summary(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS["summary"]))


def differences(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS["differences"]))


CIRRHOSIS = summary(
    ("usual", "cirrhosis", 10, 0.08, 0.075, 0.085, "share", 1000),
    ("drug", "cirrhosis", 10, 0.05, 0.045, 0.055, "share", 1000),
    ("diet", "cirrhosis", 10, 0.078, 0.073, 0.083, "share", 1000),
)


def told(frame: pd.DataFrame, gaps: pd.DataFrame, **scenario: object) -> tuple[str, str]:
    tables = {"summary": frame, "differences": gaps}
    manifest = {"scenario": {"comparator": "usual", **scenario}}
    return answer_sentences(tables, manifest, facts_of(tables, manifest))


def test_a_clear_gain_is_told_with_its_interval_and_number_needed() -> None:
    # 0.05 - 0.08 = -0.03: 30 fewer per 1,000, one for every 33.3 people
    first, second = told(
        CIRRHOSIS,
        differences(
            ("drug", "usual", "cirrhosis", 10, -0.03, -0.035, -0.025, "share", 33.3),
            ("diet", "usual", "cirrhosis", 10, -0.002, -0.006, 0.002, "share", np.nan),
        ),
    )
    assert first == (
        "In this model, by year 10, 8.0\u00a0% (95 % interval 7.5 to 8.5) of the 1,000 people free of "
        "cirrhosis at the start had reached cirrhosis under 'usual'; the only clear improvement was under "
        "'drug', 30.0 fewer per 1,000 people (25.0 to 35.0), one event averted for every 33 people."
    )
    assert second == "On the same outcome, 'diet' made no clear difference."


def test_an_interval_that_touches_zero_is_no_clear_difference() -> None:
    first, second = told(
        CIRRHOSIS,
        differences(
            ("drug", "usual", "cirrhosis", 10, -0.03, -0.06, 0.0, "share", np.nan),
            ("diet", "usual", "cirrhosis", 10, -0.002, -0.006, 0.002, "share", np.nan),
        ),
    )
    assert first.endswith("under 'usual'; no other strategy was clearly better.")
    assert second == "On the same outcome, 'drug' and 'diet' made no clear difference."


def test_harm_is_called_worse() -> None:
    first, second = told(
        CIRRHOSIS,
        differences(
            ("drug", "usual", "cirrhosis", 10, 0.03, 0.025, 0.035, "share", 33.3),
            ("diet", "usual", "cirrhosis", 10, -0.01, -0.012, -0.008, "share", 100.0),
        ),
    )
    assert "the only clear improvement was under 'diet', 10.0 fewer per 1,000" in first
    assert second == "On the same outcome, 'drug' did clearly worse."


def test_a_single_strategy_is_not_compared() -> None:
    first, second = told(CIRRHOSIS[CIRRHOSIS["strategy"] == "usual"], differences())
    assert first.endswith("had reached cirrhosis under 'usual'.")
    assert second == "Only one strategy was run, so nothing is compared."


def test_no_events_are_none_of_the_people() -> None:
    frame = summary(("usual", "hcc", 5, 0.0, 0.0, 0.004, "share", 900))
    first, _ = told(frame, differences())
    assert first == (
        "In this model, by year 5, none of the 900 people free of liver cancer at the start had developed "
        "liver cancer under 'usual'."
    )


def test_a_mean_is_told_in_its_unit() -> None:
    frame = summary(
        ("usual", "bmi", 3, 34.12, 34.0, 34.3, "kg/m2", 500),
        ("diet", "bmi", 3, 32.0, 31.8, 32.2, "kg/m2", 500),
    )
    gaps = differences(("diet", "usual", "bmi", 3, -2.12, -2.3, -1.9, "kg/m2", np.nan))
    first, _ = told(frame, gaps, outcomes=["bmi"])
    assert "BMI was 34.12 kg/m² (95 % interval 34.00 to 34.30) under 'usual'" in first
    assert "under 'diet': −2.12 kg/m² (95 % interval −2.30 to −1.90)" in first


def test_an_outcome_nobody_was_at_risk_of_is_passed_over() -> None:
    frame = pd.concat(
        [summary(("usual", "diabetes", 10, np.nan, np.nan, np.nan, "share", 0)), CIRRHOSIS], ignore_index=True
    )
    first, _ = told(frame, differences(), outcomes=["diabetes", "cirrhosis"])
    assert "free of cirrhosis" in first


def test_qalys_are_said_where_they_are_clear() -> None:
    gaps = differences(
        ("drug", "usual", "cirrhosis", 10, -0.03, -0.035, -0.025, "share", 33.3),
        ("drug", "usual", "qaly", 10, 0.02, -0.01, 0.05, "QALYs per person", np.nan),
        ("diet", "usual", "qaly", 10, 0.02, 0.01, 0.05, "QALYs per person", np.nan),
    )
    _, second = told(CIRRHOSIS, gaps)
    assert second == "QALYs clearly rose under 'diet' and did not clearly change under 'drug'."


def test_nothing_recorded_is_admitted() -> None:
    assert told(summary(), differences())[0] == "This run recorded no outcome that could answer the question."


def test_the_table_has_levels_differences_and_people(run) -> None:
    tables, manifest = run
    row = answer_rows(tables, manifest, facts_of(tables, manifest))[0]
    usual, _, pioglitazone, _ = row.cells
    assert (row.name, row.unit, row.n) == ("Cirrhosis", "%; difference per 1,000", "24,525")
    assert (pioglitazone.level, pioglitazone.between) == ("6.5\u00a0%", "6.2 to 6.8")
    assert (pioglitazone.change, pioglitazone.change_between) == ("−26.5", "−28.7 to −24.4")
    assert pioglitazone.is_clear
    assert usual.change == ""


def test_events_come_first_and_what_is_missing_is_named(run) -> None:
    tables, manifest = run
    asked = {"scenario": {**manifest["scenario"], "outcomes": ["bmi", "qaly", "masld", "hcc", "cirrhosis"]}}
    assert headline_outcomes(tables, asked) == ["hcc", "cirrhosis", "qaly", "bmi"]
    assert outcomes_left_out(tables, asked) == ["MASLD"]
