"""The grown population against the survey it stands for, quantile by quantile and group by group."""

import pytest

from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile
from simulator.cohort.survey import compare
from simulator.cohort.table import cohort_table
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import in_threads
from simulator.parameters.library import load_parameters

SIZE, LOT = 60_000, 4096


@pytest.fixture(scope="module")
def comparison():
    record = parameter_record(load_parameters())
    source = GrownSource(load_profile("us-adults-2018"), record, seed=2018)
    bounds = [(first, min(first + LOT, SIZE)) for first in range(0, SIZE, LOT)]
    lots = dict(in_threads(lambda bound: source(*bound), bounds))
    people = People.together([lots[bound] for bound in bounds])
    return compare(cohort_table(people, record))


@pytest.mark.validation
@pytest.mark.parametrize(
    "kind",
    ["bmi_q", "homa_ir_q", "hba1c_q", "alt_q", "cap_q", "lsm_q", "cap_at_least", "lsm_at_least", "rank_corr"],
)
def test_grown_adults_match_the_survey(comparison, kind):
    rows = comparison[comparison.statistic.str.startswith(kind) & comparison.tolerance.notna()]
    failed = rows[~rows.passes.astype(bool)]
    assert len(rows) >= 5
    assert failed.empty, failed[["statistic", "group", "survey", "model", "tolerance"]].to_string()
