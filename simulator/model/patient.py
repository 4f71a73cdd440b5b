"""A patient as Mesa sees one: a handle on a row of the columns."""

from __future__ import annotations

from typing import Any, NoReturn, Protocol

from mesa import Agent

from simulator.base.errors import input_error
from simulator.model.attributes import ATTRIBUTES, SETTABLE, unknown


class Home(Protocol):
    """What a patient and a set of patients need of their model."""

    patient_type: type[Patient]
    random: Any

    @property
    def n_patients(self) -> int:
        """Rows, whoever has left included."""

    def patient(self, row: int) -> Patient:
        """Return the handle of a row."""

    def read(self, name: str, rows: Any) -> Any:
        """Return an attribute of some rows (None for all) as stored."""

    def read_one(self, name: str, row: int) -> float:
        """Return an attribute of one row as stored."""

    def write(self, name: str, rows: Any, given: Any) -> None:
        """Set a column of some rows (None for all)."""

    def has_left(self, row: int) -> bool:
        """Whether the patient of a row has left the model."""

    def live_ahead(self, rows: Any) -> None:
        """Let some rows live the coming month before the others."""

    def deregister_agent(self, agent: Patient) -> None:
        """Let a patient leave the model."""


def rebuilt(model: Home, row: int) -> Patient:
    """Return the handle of a row, also of a model that pickle has not filled yet."""
    if "people" in model.__dict__:
        return model.patient(row)
    return model.patient_type(model, row)


class Patient(Agent):
    """A handle on one person: every column and derived quantity of the population is an attribute.

    Codes read as labels (`sex` is "female"), 0/1 quantities as booleans, months as whole numbers; what
    never happened or was never measured is None. A column can be set, within its bounds; what the
    month computes anew (`bmi`, `ln_liver_fat`, ...) goes on from there. Handles are made by the
    model and equal when they stand for the same row of the same model; nothing is kept on them
    but `pos`, which Mesa's spaces need.

    Attributes
    ----------
    model : the `PatientModel`.
    row : position in the columns, from 0.
    unique_id : `row` + 1, as Mesa counts.
    pos : place in a space, for as long as somebody holds this handle.
    """

    row: int

    def __init__(self, model: Home, row: int) -> None:
        # Mesa's own constructor would register every handle, and in Mesa 3.3 keep its model for ever.
        self.__dict__.update(model=model, row=row, unique_id=row + 1, pos=None)

    def __getattr__(self, name: str) -> Any:
        if name not in ATTRIBUTES:
            raise AttributeError(name) if name.startswith("_") else unknown(name)
        return ATTRIBUTES[name].one(self.model.read_one(name, self.row))

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "pos":
            self.__dict__["pos"] = value
        elif name in ("model", "row", "unique_id"):
            raise AttributeError(f"{name} says who a patient is and cannot be set", name=name)
        elif name in ATTRIBUTES:
            self.model.write(name, [self.row], value)
        elif hasattr(type(self), name):
            object.__setattr__(self, name, value)
        else:
            raise unknown(name, SETTABLE)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *ATTRIBUTES})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Patient) and other.row == self.row and other.model is self.model

    def __hash__(self) -> int:
        return hash(self.row)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.unique_id}: {self.sex}, {self.age_years:.0f} years, "
            f"BMI {self.bmi:.1f}, F{self.fibrosis_stage}{'' if self.is_alive else ', dead'}>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        state = {"pos": self.pos} if self.pos is not None else None
        return rebuilt, (self.model, self.row), state

    def step(self) -> None:
        """Live the coming month before the others; `model.step()` then takes everybody else there.

        People do not touch each other, so the order changes nothing: whoever lives ahead has the very
        month that `model.step()` would have brought. Dates and ages go by the model's month.

        Raises
        ------
        InputError : on a second step before the model's next, or after leaving the model; under a
            strategy with limited places, where people wait for each other.
        """
        self.model.live_ahead([self.row])

    def remove(self) -> None:
        """Leave the model: out of `model.agents` for good, the columns as they are today."""
        if not self.model.has_left(self.row):
            self.model.deregister_agent(self)

    @classmethod
    def create_agents(cls, model: Any, n: int, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: patients come with their model.

        Raises
        ------
        InputError : always.
        """
        raise _not_made_here(f"{n} of them")

    @classmethod
    def from_dataframe(cls, model: Any, df: Any, **kwargs: Any) -> NoReturn:
        """Refuse: patients come with their model.

        Raises
        ------
        InputError : always.
        """
        raise _not_made_here("a table of them")


def _not_made_here(given: str) -> Exception:
    right = "PatientModel(size=...), and model.agents to reach them"
    return input_error("Patient", "people are grown together with their model", given, right)
