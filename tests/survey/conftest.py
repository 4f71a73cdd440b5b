"""Tests that need the survey's own file, which lies beside the checkout and not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from simulator.cohort.survey import survey_table

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2].parent / "shared/data/nhanes_2017_2018_adults.csv"


@pytest.fixture(scope="session")
def nhanes() -> pd.DataFrame:
    """Return the survey as a table like a cohort's; skip where its file is absent."""
    path = Path(os.environ.get("HEPATICA_SURVEY", BESIDE_THE_CHECKOUT))
    if not path.is_file():
        pytest.skip(f"the survey file is not here: {path} (name another with HEPATICA_SURVEY)")
    return survey_table(path)
