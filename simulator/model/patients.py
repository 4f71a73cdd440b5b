"""A set of patients as Mesa sees one: rows of the columns, in an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import Any

import numpy as np
from mesa.agent import AgentSet

from simulator.base.errors import input_error
from simulator.model.attributes import ATTRIBUTES, unknown
from simulator.model.groups import GroupBy, PatientGroups
from simulator.model.patient import Home, Patient


class Patients(AgentSet):
    """An ordered set of patients of one model; it does all that Mesa's `AgentSet` does.

    Reading, choosing, grouping and sorting by the name of an attribute work on the columns and make
    no handles. A set holds its people by row, so they stay in it whether or not anybody holds a handle;
    patients who leave the model leave `model.agents`, while other sets keep them but no longer
    call them in `do`, `shuffle_do` and `map`.
    """

    def __init__(self, model: Home, rows: np.ndarray | None = None) -> None:
        self.model = model
        self._rows = rows
        self._is_member: np.ndarray | None = None

    @property
    def rows(self) -> np.ndarray:
        """Rows of the members in their order, int64 (n,)."""
        return np.arange(self.model.n_patients) if self._rows is None else self._rows

    @property
    def random(self) -> Random:
        """The model's random numbers."""
        return self.model.random

    def __len__(self) -> int:
        return self.model.n_patients if self._rows is None else len(self._rows)

    def __iter__(self) -> Iterator[Patient]:
        # A range takes no memory, and a model's own set is everybody in order until somebody leaves.
        rows = range(self.model.n_patients) if self._rows is None else self._rows.tolist()
        return (self.model.patient(row) for row in rows)

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, Patient) or agent.model is not self.model:
            return False
        if self._rows is None:
            return 0 <= agent.row < self.model.n_patients
        if self._is_member is None:
            self._is_member = np.zeros(self.model.n_patients, bool)
            self._is_member[self._rows] = True
        return bool(self._is_member[agent.row])

    def __getitem__(self, item: int | slice) -> Patient | list[Patient]:
        rows: Any = range(self.model.n_patients) if self._rows is None else self._rows
        chosen = rows[item]
        if isinstance(item, slice):
            return [self.model.patient(int(row)) for row in chosen]
        return self.model.patient(int(chosen))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self):,} patients>"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.model, self._rows)

    def __copy__(self) -> Patients:
        return Patients(self.model, self._rows)

    def copy(self) -> Patients:
        """Return a set of the same patients in the same order."""
        return self.__copy__()

    def to_list(self) -> list[Patient]:
        """Return the handles of all members, in order."""
        return list(self)

    def _from_iterable(self, agents: Iterable[Patient]) -> Patients:
        """Return the set of some patients; Python's set operators (`&`, `|`, `-`, `^`) call this."""
        return Patients(self.model, self._rows_of(agents))

    def _rows_of(self, agents: Iterable[Patient]) -> np.ndarray:
        return np.fromiter(
            dict.fromkeys(agent.row for agent in (self._own(each) for each in agents)), np.int64
        )

    def _own(self, agent: Any) -> Patient:
        if isinstance(agent, Patient) and agent.model is self.model:
            return agent
        right = "a patient of the same model"
        raise input_error("patients", "a set holds patients of one model", repr(agent), right)

    def _update(self, agents: Iterable[Patient]) -> Patients:
        return self._now(self._rows_of(agents), inplace=True)

    def _now(self, rows: np.ndarray, inplace: bool) -> Patients:
        """Return this set with other rows, or a new one."""
        if not inplace:
            return Patients(self.model, rows)
        self._rows, self._is_member = rows, None
        return self

    def add(self, agent: Patient) -> None:
        """Put a patient at the end, unless already there."""
        if self._own(agent) not in self:
            self._now(np.append(self.rows, agent.row), inplace=True)

    def discard(self, agent: Patient) -> None:
        """Take a patient out, if there."""
        if agent in self:
            self._now(self.rows[self.rows != agent.row], inplace=True)

    def remove(self, agent: Patient) -> None:
        """Take a patient out; KeyError when not there."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def _is_column(self, name: str) -> bool:
        """Whether an attribute is read off the columns: a subclass of `Patient` may define its own."""
        return name in ATTRIBUTES and not hasattr(self.model.patient_type, name)

    def _is_known(self, name: str) -> bool:
        is_on_handle = name in ("unique_id", "row", "pos", "model")
        return is_on_handle or name in ATTRIBUTES or hasattr(self.model.patient_type, name)

    def _values(self, name: str) -> list[Any]:
        """Return an attribute of every member, as the handles show it."""
        if self._is_column(name):
            return ATTRIBUTES[name].several(self.model.read(name, self._rows))
        if name in ("unique_id", "row"):
            return (self.rows + (name == "unique_id")).tolist()
        if not self._is_known(name):
            raise unknown(name)
        return [getattr(agent, name) for agent in self]

    def array(self, name: str) -> np.ndarray:
        """Return an attribute of every member as an array.

        Labels are text, 0/1 quantities booleans; what never happened or was never measured is NaN.
        """
        if self._is_column(name):
            return ATTRIBUTES[name].array(self.model.read(name, self._rows))
        return np.array(self._values(name))

    def get(
        self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None
    ) -> list[Any]:
        """Return an attribute of every member, or a list of several for each.

        Parameters
        ----------
        attr_names : one name, or several.
        handle_missing : "error" for an AttributeError, "default" for `default_value`.
        default_value : stands for a name that is no attribute.
        """
        if handle_missing not in ("error", "default"):
            right = "'error' or 'default'"
            raise input_error("handle_missing", "it is one of two words", handle_missing, right)
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(values) for values in zip(*columns, strict=True)]
        if handle_missing == "default" and not self._is_known(attr_names):
            return [default_value] * len(self)
        return self._values(attr_names)

    def set(self, attr_name: str, value: Any) -> Patients:
        """Set a column of every member to a value, or to an array with one value for each.

        Raises
        ------
        InputError : out of bounds, wrong type, a derived quantity, or an array of another length.
        """
        if not self._is_column(attr_name):
            for agent in self:
                setattr(agent, attr_name, value)
        else:
            self.model.write(attr_name, self._rows, value)
        return self

    def agg(
        self, attribute: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]
    ) -> Any | list[Any]:
        """Return a function, or several, of an attribute's array, see `array`.

        `agg("bmi", np.mean)` is a mean, `agg("has_masld", np.mean)` a share, `agg("death_month", np.nanmin)`
        passes over the living.
        """
        values = self.array(attribute)
        if callable(func):
            return _plain(func(values))
        return [_plain(each(values)) for each in func]

    def select(
        self,
        filter_func: Callable[[Patient], bool] | str | np.ndarray | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> Patients:
        """Return the members who pass, or keep only these.

        Parameters
        ----------
        filter_func : called with each patient; or, without making handles, a boolean for each member, or
            the name of a 0/1 quantity ("has_masld").
        at_most : stop after so many, or after this share of the set when a float up to 1.
        inplace : change this set instead of returning a new one.
        agent_type : patients of this class only.
        """
        limit = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1 else at_most
        if agent_type is not None and not issubclass(self.model.patient_type, agent_type):
            limit = 0
        if isinstance(filter_func, str) or hasattr(filter_func, "__len__"):
            chosen = self.rows[self._mask(filter_func)]
        elif filter_func is not None:
            chosen = np.fromiter(self._passing(filter_func, limit), np.int64)
        else:
            chosen = self.rows
        return self._now(chosen[: int(min(limit, len(self)))], inplace)

    def _passing(self, test: Callable[[Patient], bool], limit: float) -> Iterator[int]:
        count = 0
        for agent in self:
            if count >= limit:
                return
            if test(agent):
                count += 1
                yield agent.row

    def _mask(self, given: Any) -> np.ndarray:
        mask = self.array(given) if isinstance(given, str) else np.asarray(given)
        if mask.dtype != bool or mask.shape != (len(self),):
            shown = given if isinstance(given, str) else f"{mask.dtype} of shape {mask.shape}"
            right = f"a function, the name of a 0/1 quantity, or {len(self)} booleans"
            raise input_error("select", "the filter says yes or no of every member", shown, right)
        return mask

    def shuffle(self, inplace: bool = False) -> Patients:
        """Return the members in a random order, or put them in one."""
        luck = np.random.default_rng(self.random.getrandbits(64))
        return self._now(luck.permutation(self.rows), inplace)

    def sort(
        self, key: Callable[[Patient], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> Patients:
        """Return the members by an attribute or function, or put them in this order.

        Ties keep their order; those without a value of an attribute come last.
        """
        if not callable(key) and self._is_column(key):
            return self._now(
                self.rows[ATTRIBUTES[key].order(self.model.read(key, self._rows), ascending)], inplace
            )
        values = [key(agent) for agent in self] if callable(key) else self._values(key)
        order = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
        return self._now(self.rows[np.array(order, np.int64)], inplace)

    def groupby(
        self, by: Callable[[Patient], Any] | str, result_type: str = "agentset"
    ) -> GroupBy | PatientGroups:
        """Return groups of members by a value they share: sets, or lists when `result_type` is "list"."""
        groups: dict[Any, Any] = {}
        if not callable(by) and self._is_column(by):
            groups = ATTRIBUTES[by].groups(self.model.read(by, self._rows))
        else:
            for place, value in enumerate(map(by, self) if callable(by) else self._values(by)):
                groups.setdefault(value, []).append(place)
        sets = {value: Patients(self.model, self.rows[places]) for value, places in groups.items()}
        if result_type == "agentset":
            return PatientGroups(sets)
        return GroupBy({value: group.to_list() for value, group in sets.items()})

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Patients:
        """Call a method, by its name, or a function on every member; `do("step")` is one engine pass."""
        self._called(self.rows, method, args, kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Patients:
        """Call a method or function on every member in a random order."""
        self._called(self.shuffle().rows, method, args, kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a method or function returns for every member."""
        return self._called(self.rows, method, args, kwargs)

    def _called(
        self, rows: np.ndarray, method: str | Callable[..., Any], args: tuple, kwargs: Mapping[str, Any]
    ) -> list[Any]:
        is_month = method == "step" and self.model.patient_type.step is Patient.step
        if is_month:
            here = [row for row in rows.tolist() if not self.model.has_left(row)]
            self.model.live_ahead(here)
            return [None] * len(here)
        results = []
        for row in rows.tolist():
            if not self.model.has_left(row):
                agent = self.model.patient(row)
                call = getattr(agent, method) if isinstance(method, str) else method
                results.append(
                    call(*args, **kwargs) if isinstance(method, str) else call(agent, *args, **kwargs)
                )
        return results


def _plain(result: Any) -> Any:
    return result.item() if isinstance(result, np.generic) else result
