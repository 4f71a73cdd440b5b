"""The tornado: which parameters are moved, what that changes, and who is named in a report."""

from __future__ import annotations

import pandas as pd
import pytest

from simulator.analysis import tornado as room
from simulator.analysis.checkpoint import Interrupted
from simulator.analysis.foundations import foundations
from simulator.analysis.movers import FILE, movers
from simulator.analysis.tornado import COLUMNS, movable, tornado
from simulator.analysis.work import Watch
from simulator.base.errors import InputError
from simulator.parameters.library import load_parameters
from simulator.pictures.tornado import draw_tornado
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.numbers import parameters_of

PLAIN = {
    "title": "T",
    "population": {"profile": "us-adults-2018", "size": 600, "where": {"has_masld": True}},
    "horizon_years": 3,
    "strategies": {"usual care": [], "programme": [{"lifestyle": {"weight_loss_percent": 10, "months": 12}}]},
}


def names(outcomes=("cirrhosis",), only=("assumed",), **more):
    asked = scenario_from_dict(PLAIN | more)
    return {entry.name for entry in movable(asked, parameters_of(asked), outcomes, only)}


def moved(monkeypatch: pytest.MonkeyPatch, *some: str, **more) -> pd.DataFrame:
    library = load_parameters()
    monkeypatch.setattr(room, "movable", lambda *_: [library.entry(name) for name in some])
    return tornado(scenario_from_dict(PLAIN), outcomes=("fibrosis", "bmi"), size=600, years=2, **more)


def test_only_what_has_an_interval_and_is_reached_is_moved() -> None:
    assert {"habitual_bmi_time_constant_months", "liver_fat_per_drink"} <= names()
    assert not names() & {"injury_min", "metformin_glucose_control", "cost_visit_usd", "deposition_per_year"}
    assert "cost_visit_usd" in names(outcomes=("cost",))
    assert "metformin_glucose_control" in names(strategies={"drug": [{"drug": "metformin"}]})
    assert "liver_fat_per_drink" not in names(parameters={"liver_fat_per_drink": 0.1})
    assert "deposition_per_year" in names(only=("calibrated",))


def test_what_is_moved_moves_what_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    table = moved(monkeypatch, "lsm_failure_logit", "deposition_per_year", "programme_ramp_months")
    assert tuple(table.columns) == COLUMNS and len(table) == 3 * 2 * 2
    rows = table.set_index(["parameter", "outcome", "result"])
    scar = rows.loc[("deposition_per_year", "fibrosis", "level")]
    assert scar["at_low"] < scar["base"] < scar["at_high"] and scar["swing"] > 0.02
    assert scar["swing"] == max(scar["base"] - scar["at_low"], scar["at_high"] - scar["base"])
    assert rows.loc[("deposition_per_year", "bmi", "level"), "swing"] < 0.3  # other people live to be asked
    assert rows.loc["lsm_failure_logit"]["swing"].max() == 0
    ramp = rows.loc["programme_ramp_months"]["swing"]
    assert ramp[("bmi", "level")] == 0 < ramp[("bmi", "difference")]
    assert table["parameter"].iat[-1] == "lsm_failure_logit"
    again = moved(monkeypatch, "lsm_failure_logit", "deposition_per_year", "programme_ramp_months", threads=1)
    pd.testing.assert_frame_equal(table, again)


def test_the_picture_names_the_largest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    table = moved(monkeypatch, "lsm_failure_logit", "deposition_per_year")
    figure = draw_tornado(table, "fibrosis", top=2)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words[0] == "deposition per year" and words[2] == "lsm failure logit"
    assert len(figure.axes) == 2


def test_a_wrong_question_is_refused() -> None:
    asked = scenario_from_dict(PLAIN)
    with pytest.raises(InputError, match="'assumed'"):
        tornado(asked, only=("assummed",))
    with pytest.raises(InputError, match="'cirrhosis'"):
        tornado(asked, outcomes=("cirrhos",))


def test_stopping_says_how_far_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def press(stage: str, done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="1 of 2 parameters"):
        moved(monkeypatch, "lsm_failure_logit", "deposition_per_year", watch=Watch(press))


def test_the_shipped_table_names_what_moves_the_demonstration() -> None:
    table = pd.read_csv(FILE)
    assert tuple(table.columns) == COLUMNS and set(table["evidence"]) == {"assumed"}
    library = load_parameters()
    assert set(table["parameter"]) <= set(library.entries)
    assert set(table.loc[table["beyond_chance"], "parameter"]) <= set(movers())
    asked = scenario_from_dict(PLAIN)
    rows = foundations(asked, library).assumptions
    named = [row["name"] for row in rows if row["moves"]]
    assert named == [row["name"] for row in rows[: len(named)]]
    assert named and set(named) == set(movers()) & {row["name"] for row in rows}
    assert all("goes from" in row["moves"] for row in rows[: len(named)])
