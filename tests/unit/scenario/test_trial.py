"""The trial of a scenario: every fault has its place, everything is said in plain English."""

from __future__ import annotations

import pytest

from simulator.base.errors import InputError
from simulator.scenario.explain import explain
from simulator.scenario.load import scenario_from_dict, with_changes
from simulator.scenario.trial import DEFAULT_ENDPOINTS, StageMix

TEXT = """\
title: A small trial
population:
  profile: us-adults-2018
  where: {{{where}}}
horizon_years: 2
strategies:
  placebo: []
  treat: [{{drug: pioglitazone, persistence: {persistence}}}]
trial:
{trial}
"""
WHERE = "observed_nas: {min: 4}, observed_fibrosis_stage: {min: 1, max: 3}"
TRIAL = """\
  months: 22
  readings: [12, 22]
  missing_fraction: 0.12
  stage_mix: {f1: 0.05, f2: 0.33, f3: 0.62}
  endpoints: [resolution, weight_change_percent]
"""


def written(trial: str = TRIAL, where: str = WHERE, persistence: str = "full") -> str:
    return TEXT.format(trial=trial, where=where, persistence=persistence)


@pytest.mark.parametrize(
    ("trial", "sentence"),
    [
        ("  months: 25", "10:11, trial > months: a trial is read for the last time within the horizon; "
         "given: month 25 of 24; right would be: at most 24, or a horizon of 3 years."),
        ("  months: 0", "10:11, trial > months: the number has to lie in its range; given: 0 months;"),
        ("  endpoints: [resolution]", "9:1, trial > months: the key 'months' is needed; given: no such key;"),
        ("  months: 22\n  readings: [22, 12]", "11:3, trial > readings: readings are in the order of time, "
         "each once; given: 22, 12;"),
        ("  months: 22\n  readings: [12, 12, 22]", "11:3, trial > readings: readings are in the order of"),
        ("  months: 22\n  readings: [12]", "11:3, trial > readings: the last reading is the end of the "
         "trial; given: 12, with months: 22; right would be: a list that ends with 22."),
        ("  months: 22\n  readings: []", "11:3, trial > readings: the number of entries has to lie in"),
        ("  months: 22\n  readings: [12.5, 22]", "11:14, trial > readings > reading 1: a whole number of"),
        ("  months: 22\n  missing_fraction: 12 %", "11:21, trial > missing_fraction: a number is needed; "
         "given: '12 %'; right would be: 0.12,"),
        ("  months: 22\n  missing: dropped", "11:12, trial > missing: a rule has to come from its list;"),
        ("  months: 22\n  stage_mix: {f1: 0.5, f2: 0.4}", "11:3, trial > stage_mix: shares of stages sum to "
         "1; given: 0.9;"),
        ("  months: 22\n  stage_mix: {}", "11:3, trial > stage_mix: shares of stages sum to 1; given: 0;"),
        ("  months: 22\n  stage_mix: {f2: 0.5, f4: 0.5}", "11:28, trial > stage_mix > f4: people are "
         "weighted to stages that can enter; given: F4 with a share of 0.5;"),
        ("  months: 22\n  stage_mix: {f5: 1}", "11:15, trial > stage_mix > f5: a key has to be one"),
        ("  months: 22\n  endpoints: [resolved]", "11:15, trial > endpoints > endpoint 1: an endpoint has to "
         "come from its list; given: 'resolved'; right would be: 'resolution'"),
        ("  months: 22\n  endpoints: [nas_change, nas_change]", "11:27, trial > endpoints > endpoint 2: a "
         "list names each thing once; given: 'nas_change' again;"),
        ("  months: 22\n  duration: 3", "11:3, trial > duration: a key has to be one that is known here;"),
    ],
)  # fmt: skip
def test_each_fault_has_its_place_and_its_sentence(problems, trial, sentence):
    (problem,) = problems(written(trial))
    assert str(problem).startswith(f"my.yaml:{sentence}")


def test_a_trial_that_is_no_mapping_is_one_problem(problems):
    (problem,) = problems(written("  - 22"))
    assert problem.rule == "a mapping of keys is needed"


@pytest.mark.parametrize("mix", ["{f1: 0.05, f2: 0.33, f3: 0.63}", "{f1: 0.33, f2: 0.33, f3: 0.33}"])
def test_published_shares_may_be_rounded(load, mix):
    found = load(written(f"  months: 22\n  stage_mix: {mix}")).trial
    assert sum(found.stage_mix.shares()) == pytest.approx(1, abs=1e-12)


def test_shares_are_scaled_to_one():
    assert StageMix(f1=0.33, f2=0.33, f3=0.33).shares() == pytest.approx((0, 1 / 3, 1 / 3, 1 / 3, 0))


def test_what_is_left_out_is_taken_and_said(load):
    scenario = load(written("  months: 22"))
    trial = scenario.trial
    assert trial.reading_months == (22,) and trial.endpoints == DEFAULT_ENDPOINTS
    assert trial.missing_fraction == 0 and trial.missing == "failure" and trial.stage_mix is None
    defaults = explain(scenario).defaults
    assert f"endpoints: {', '.join(DEFAULT_ENDPOINTS)}" in defaults
    assert "missing_fraction: 0, everybody alive is read" in defaults


def test_the_trial_is_said_in_plain_english(load):
    told = explain(load(written()))
    text = " ".join(told.sentences)
    for sentence in (
        "everybody has every test, liver biopsy included, at entry and at months 12 and 22.",
        "12 % have no last reading, whatever it would have shown; they, and the dead, count as not reached",
        "People are weighted to the stages read at entry: F1 5 %, F2 33 % and F3 62 %.",
        "Endpoints: MASH resolved without more fibrosis and change of weight.",
        "They are chosen by what is known and what the tests at entry showed.",
    ):
        assert sentence in text
    left_out = explain(load(written(TRIAL + "  missing: left_out")))
    assert "they, and the dead, are left out." in " ".join(left_out.sentences)
    doubts = ("The trial", "Nobody is chosen", "Strategy")
    assert not [warning for warning in told.warnings if warning.startswith(doubts)]


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        (
            {"where": "has_mash: true, observed_nas: {min: 4}"},
            "The trial chooses people by has_mash, the truth",
        ),
        ({"where": "bmi: {min: 30}"}, "Nobody is chosen by biopsy, and 'resolution' is read by biopsy"),
        ({"persistence": "real_world"}, "Strategy 'treat': people stop the drug as they do in practice"),
    ],
)
def test_doubts_of_a_trial(load, changes, warning):
    trial = "  months: 22\n  endpoints: [resolution]"
    assert any(found.startswith(warning) for found in explain(load(written(trial, **changes))).warnings)
    assert not any(found.startswith(warning) for found in explain(load(written(trial))).warnings)


def test_a_trial_comes_back_from_its_file(load, write):
    scenario = load(written())
    for with_defaults in (False, True):
        assert scenario_from_dict(scenario.to_dict(with_defaults=with_defaults)) == scenario
        assert load(scenario.to_yaml(with_defaults=with_defaults)) == scenario


def test_a_trial_counts_in_the_digest(load):
    assert load(written()).digest() != load(written(TRIAL.replace("0.12", "0.13"))).digest()


def test_a_shorter_horizon_than_the_trial_is_refused(load):
    with pytest.raises(InputError, match="within the horizon"):
        with_changes(load(written()), horizon_years=1)
