"""Mesa's tools at work on the model: DataCollector, batch_run, spaces, the SolaraViz page."""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Iterator
from typing import Any, ClassVar

import mesa
import numpy as np
import pytest
from mesa.batchrunner import batch_run
from mesa.space import MultiGrid

from simulator.base.errors import InputError
from simulator.model import Patient, PatientModel
from simulator.model.page import developer_page

STEPS = [{"drug": "pioglitazone", "persistence": "full"}]


@pytest.fixture(autouse=True)
def start_method() -> Iterator[None]:
    """Mesa sets how processes start for the whole program; other tests get back what they had."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


def share_of(model: PatientModel, name: str) -> float:
    return float(np.mean(model.agents.get(name)))


def body_mass(patient: Patient, digits: int) -> float:
    return round(patient.bmi, digits)


class Followed(PatientModel):
    """A model that also collects its people."""

    agent_reporters: ClassVar = {"bmi": "bmi", "stage": "fibrosis_stage"}


def test_the_start_and_every_month_are_collected() -> None:
    model = PatientModel(size=30, seed=7)
    for _ in range(3):
        model.step()
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == 4 and table["alive"].iloc[0] == 30
    living = model.agents.select("is_alive")
    assert table["alive"].iloc[3] == len(living)
    assert table["mean_bmi"].iloc[3] == pytest.approx(np.mean(living.get("bmi")))
    assert table["share_masld"].iloc[3] == pytest.approx(np.mean(living.get("has_masld")))


def test_a_collector_of_ones_own() -> None:
    model = PatientModel(size=30, seed=7)
    model.datacollector = mesa.DataCollector(
        model_reporters={
            "month": "month",
            "people": lambda m: len(m.agents),
            "diabetes": [share_of, [model, "has_diabetes"]],
        },
        agent_reporters={
            "sex": "sex",
            "rounded": [body_mass, [1]],
            "cirrhosis": "cirrhosis_month",
            "own": lambda patient: patient.unique_id * 2,
        },
        agenttype_reporters={Patient: {"fat": "liver_fat_percent"}},
    )
    model.datacollector.collect(model)
    for _ in range(2):
        model.step()
    by_month = model.datacollector.get_model_vars_dataframe()
    assert by_month["month"].tolist() == [0, 1, 2] and (by_month["people"] == 30).all()
    by_person = model.datacollector.get_agent_vars_dataframe()
    assert by_person.index.names == ["Step", "AgentID"] and len(by_person) == 90
    assert by_person.loc[2, "sex"].tolist() == model.agents.get("sex")
    assert by_person.loc[(2, 7), "own"] == 14
    assert by_person.loc[2, "rounded"].tolist() == [round(bmi, 1) for bmi in model.agents.get("bmi")]
    fat = model.datacollector.get_agenttype_vars_dataframe(Patient)
    assert fat.loc[2, "fat"].tolist() == model.agents.get("liver_fat_percent")
    assert fat.loc[0, "fat"].tolist() != fat.loc[2, "fat"].tolist()


def batch(
    model_class: type[PatientModel], processes: int, months: int, **parameters: Any
) -> list[dict[str, Any]]:
    """Run Mesa's batch; luck goes in as `rng`, which every release passes on untouched."""
    rows = batch_run(
        model_class,
        parameters={"size": 25, **parameters},
        number_processes=processes,
        max_steps=months,
        data_collection_period=-1,
        display_progress=False,
    )
    return sorted(rows, key=lambda row: (row["RunId"], row.get("AgentID", 0)))


def test_batch_run() -> None:
    rows = batch(PatientModel, 1, 6, rng=[1, 2], strategy=["usual care"])
    assert [row["rng"] for row in rows] == [1, 2]
    assert all(row["Step"] == 6 for row in rows)
    for row in rows:
        model = PatientModel(size=25, rng=row["rng"])
        for _ in range(6):
            model.step()
        assert row["mean_bmi"] == model.datacollector.model_vars["mean_bmi"][6]


def test_batch_run_collects_people() -> None:
    rows = batch(Followed, 1, 3, rng=5, strategy=[STEPS])
    model = PatientModel(size=25, rng=5, strategy=STEPS)
    for _ in range(3):
        model.step()
    assert [row["AgentID"] for row in rows] == list(range(1, 26)) and rows[0]["Step"] == 3
    assert [row["bmi"] for row in rows] == model.agents.get("bmi")


def test_batch_run_in_two_processes_brings_the_same() -> None:
    alone = batch(PatientModel, 1, 3, rng=[1, 2])
    together = batch(PatientModel, 2, 3, rng=[1, 2])
    assert together == alone


def test_repetitions_differ() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        rows = batch_run(PatientModel, {"size": 25}, iterations=2, max_steps=1, display_progress=False)
    assert len(rows) == 2 and rows[0]["mean_bmi"] != rows[1]["mean_bmi"]


def test_patients_stand_in_a_space() -> None:
    model = PatientModel(size=30, seed=7)
    grid = MultiGrid(5, 5, torus=True)
    for patient in model.agents:
        grid.place_agent(patient, (patient.row % 5, patient.row // 5 % 5))
    model.step()
    assert model.agents[7].pos == (2, 1)
    assert sorted(patient.row for patient in grid.get_cell_list_contents([(2, 0)])) == [2, 27]
    grid.move_agent(model.agents[2], (2, 1))
    assert {patient.row for patient in grid.get_neighbors((2, 0), moore=True)} >= {2, 7}


def test_the_page_needs_solara() -> None:
    try:
        import solara  # noqa: F401
    except ImportError:
        with pytest.raises(InputError, match="teach"):
            developer_page(size=20, seed=7)
    else:
        pytest.skip("Solara is installed")


class Remembered(PatientModel):
    """A model that can be found again."""

    made: ClassVar[list[PatientModel]] = []

    def __init__(self, *, size: int = 100, seed: int = 1, strategy: Any = None) -> None:
        super().__init__(size=size, seed=seed, strategy=strategy)
        self.made.append(self)


@pytest.mark.filterwarnings("ignore")
def test_mesas_page_shows_the_model_steps_it_and_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    solara, vue = pytest.importorskip("solara"), pytest.importorskip("ipyvuetify")
    widgets = pytest.importorskip("ipywidgets")
    monkeypatch.setattr("simulator.model.page.PatientModel", Remembered)
    page = developer_page(size=120, seed=7, strategy=STEPS)
    _, context = solara.render(solara.AppLayout(children=[page]), handle_error=False)
    try:
        sliders = {slider.label: slider.v_model for slider in context.find(vue.Slider).widgets}
        assert (sliders["People"], sliders["Luck"]) == (120, 7)
        assert len(context.find(widgets.Image).widgets) == 4
        before = context.find(widgets.Image).widgets[0].value
        context.find(vue.Btn, children=["Step"]).widget.click()
        context.find(vue.Btn, children=["Step"]).widget.click()
        assert Remembered.made[0].month == 2
        assert context.find(widgets.Image).widgets[0].value != before
        context.find(vue.Btn, children=["Reset"]).widget.click()
        assert len(Remembered.made) == 2 and Remembered.made[1].month == 0
        assert (len(Remembered.made[1].people), Remembered.made[1].strategy) == (120, "strategy")
    finally:
        context.close()
        Remembered.made.clear()
