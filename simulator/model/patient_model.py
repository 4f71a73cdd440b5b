"""The population as a Mesa model: one step is one month of the engine."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NoReturn

import mesa
import numpy as np

from simulator.base.errors import input_error
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import MONTHS_PER_YEAR, Course, live
from simulator.model.attributes import ATTRIBUTES
from simulator.model.case import Case, Steps, grow, luck, scenario_of
from simulator.model.patient import Patient
from simulator.model.patients import Patients
from simulator.model.reporters import MODEL_REPORTERS
from simulator.patient.columns import DEATH_MONTH, N_COLUMNS
from simulator.patient.derived import values
from simulator.scenario.numbers import parameters_of
from simulator.scenario.plan import compile_strategy


class PatientModel(mesa.Model):
    """People with genes, habits and livers who live month by month under one strategy.

    Parameters
    ----------
    size : people; left out, as the case says, or 1,000.
    seed, rng : one of Mesa's two names for the luck, see Mesa. A whole number grows the same people and
        brings the same months as `hepatica run` with this seed. Left out: the case's seed, or new
        luck every time when there is no case.
    case : a scenario: path of its file, `Scenario`, or plain data. (Mesa keeps the name `scenario`.)
    strategy : the case's strategy to live under, its comparator when left out; or a list of steps as
        scenario files have them, such as `[{"drug": "pioglitazone", "uptake": 0.5}]`.
    profile : a shipped population in place of the case's.
    parameters : numbers of the library to change, name -> number.

    Attributes
    ----------
    case : the scenario lived, `Scenario`.
    strategy : name of the strategy followed.
    seed : the number that names the luck.
    parameters : the numbers that hold, `ParameterSet`.
    people : the columns, `engine.people.People`.
    datacollector : Mesa's collector; `step` lets it collect, and it has collected the start (step 0).
    running : whether anybody lives in the model. `run_model` stops at the case's horizon, `step` does not.

    Raises
    ------
    InputError : with everything wrong about the arguments.
    """

    patient_type: ClassVar[type[Patient]] = Patient
    model_reporters: ClassVar[Mapping[str, Any]] = MODEL_REPORTERS
    agent_reporters: ClassVar[Mapping[str, Any]] = {}

    def __init__(
        self,
        *,
        size: int | None = None,
        seed: float | None = None,
        rng: Any = None,
        case: Case = None,
        strategy: str | Steps | None = None,
        profile: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        number, generator = luck(seed, rng)
        if number is None and case is None:
            number = int(np.random.default_rng().integers(2**32))
        scenario, name = scenario_of(case, size, number, profile, strategy, parameters)
        super().__init__(rng=scenario.seed if generator is None else generator)
        self._seed = scenario.seed  # Mesa 3.3 forgets a number given as rng; `reset_randomizer` needs it.
        self.case, self.strategy, self.seed = scenario, name, scenario.seed
        self.parameters = parameters_of(self.case)
        self.course = self._course()
        self.people: People = grow(self.case, self.course.record, surveyed=case is None)
        self._month = 0
        self._ahead: set[int] = set()
        self._left: set[int] = set()
        self._handles: weakref.WeakValueDictionary[int, Patient] = weakref.WeakValueDictionary()
        self._patients = Patients(self)
        self.datacollector = mesa.DataCollector(dict(self.model_reporters), dict(self.agent_reporters))
        self.datacollector.collect(self)

    def _course(self) -> Course:
        plan = compile_strategy(self.case.strategy(self.strategy), self.parameters)
        return Course(plan, parameter_record(self.parameters))

    @property
    def month(self) -> int:
        """Months lived since the start."""
        return self._month

    @property
    def agents(self) -> Patients:
        """Every patient who has not left, dead or alive; nothing is made until somebody is asked for."""
        return self._patients

    @property
    def living(self) -> Patients:
        """The patients who live."""
        has_died = self._patients.array("death_month") <= self._month  # False for NaN, who never did
        return self._patients.select(~has_died)

    @property
    def agents_by_type(self) -> dict[type, Patients]:
        """The patients under their class, as Mesa has it."""
        return {self.patient_type: self._patients}

    @property
    def agent_types(self) -> list[type]:
        """The class of patients."""
        return [self.patient_type]

    @property
    def n_patients(self) -> int:
        """Rows of the columns, whoever has left included."""
        return len(self.people)

    def step(self) -> None:
        """Let a month pass for everybody, then collect."""
        excused = sorted(self._ahead | self._left)
        kept = self.people.state[:, excused]
        self.people.state[DEATH_MONTH, excused] = self._month  # they take nobody's place
        live(self.people, self.course, self._month, self._month + 1)
        self.people.state[:, excused] = kept
        self._ahead.clear()
        self._month += 1
        self.running = len(self.living) > 0
        self.datacollector.collect(self)

    def run_model(self) -> None:
        """Step until the horizon of the case, or until nobody lives."""
        while self.running and self._month < self.case.horizon_years * MONTHS_PER_YEAR:
            self.step()

    def patient(self, row: int) -> Patient:
        """Return the handle of a row, the same one as long as anybody holds it."""
        handle = self._handles.get(row)
        if handle is None:
            handle = self._handles[row] = self.patient_type(self, row)
        return handle

    def read(self, name: str, rows: np.ndarray | None = None) -> np.ndarray:
        """Return an attribute as stored, float32, of some rows or of all; not a copy for all of a column."""
        code = ATTRIBUTES[name].code
        if code < N_COLUMNS:
            column: np.ndarray = self.people.state[code]
            return column if rows is None else column[rows]
        # Copying every column of a few people is cheaper than deriving a quantity of everybody.
        if rows is not None and len(rows) * N_COLUMNS < self.n_patients:
            few = np.ascontiguousarray(self.people.state[:, rows])
            return values(self.course.record, few, code, self._month)
        everybody = values(self.course.record, self.people.state, code, self._month)
        return everybody if rows is None else everybody[rows]

    def read_one(self, name: str, row: int) -> float:
        """Return an attribute of one row as stored."""
        code = ATTRIBUTES[name].code
        if code < N_COLUMNS:
            return float(self.people.state[code, row])
        one = np.ascontiguousarray(self.people.state[:, row : row + 1])
        return float(values(self.course.record, one, code, self._month)[0])

    def write(self, name: str, rows: np.ndarray | list[int] | None, given: Any) -> None:
        """Set a column of some rows, or of all, to one value or to one for each.

        Raises
        ------
        InputError : see `Attribute.stored`; or an array of another length.
        """
        stored = ATTRIBUTES[name].stored(given)
        n = self.n_patients if rows is None else len(rows)
        if np.ndim(stored) and np.shape(stored) != (n,):
            right = f"one value, or {n} of them"
            raise input_error(f"attribute {name}", "an array has a value for each", np.shape(stored), right)
        self.people.state[ATTRIBUTES[name].code, slice(None) if rows is None else rows] = stored

    def live_ahead(self, rows: Iterable[int]) -> None:
        """Let some rows live the coming month before the others; `step` will pass them over.

        Raises
        ------
        InputError : for rows who have left, or who live ahead already; under a strategy with limited places.
        """
        going = list(rows)
        if self.course.plan.is_limited:
            given = f"starts_per_month_per_1000 in {self.strategy!r}"
            right = "model.step(), which takes everybody into the next month"
            raise input_error("patient.step", "people who wait for each other step together", given, right)
        if not self._ahead.isdisjoint(going) or not self._left.isdisjoint(going):
            given = f"a second step in month {self._month}, or one after leaving"
            right = "model.step(), which takes everybody into the next month"
            raise input_error("patient.step", "a patient lives the coming month once", given, right)
        part = self.people.take(np.array(going, np.int64))
        live(part, self.course, self._month, self._month + 1)
        self.people.state[:, going] = part.state
        self._ahead.update(going)

    def has_left(self, row: int) -> bool:
        """Whether the patient of a row has left the model."""
        return row in self._left

    def register_agent(self, agent: mesa.Agent) -> NoReturn:
        """Refuse: the people are the only agents.

        Raises
        ------
        InputError : always.
        """
        right = "a mesa.Model of your own that holds your agents and a PatientModel"
        raise input_error("PatientModel", "patients are its only agents", type(agent).__name__, right)

    def deregister_agent(self, agent: Patient) -> None:
        """Let a patient leave: out of `agents`, the columns of the row as they are today."""
        self._patients.discard(agent)
        self._left.add(agent.row)

    def remove_all_agents(self) -> None:
        """Let everybody leave."""
        self._left.update(self._patients.rows.tolist())
        self._patients.select(at_most=0, inplace=True)
        super().remove_all_agents()

    def __getstate__(self) -> dict[str, Any]:
        """Leave out handles, which are made when asked for, and what follows from the case."""
        return {name: kept for name, kept in self.__dict__.items() if name not in ("_handles", "course")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._handles = weakref.WeakValueDictionary()
        self.course = self._course()
