"""Published numbers as data: what was seen, in whom, by whom, and how the model repeats it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictStr

from simulator.base.errors import InputError, Problem, input_error, nearest
from simulator.parameters.files import DataFile, read_file, validated
from simulator.parameters.library import load_parameters
from simulator.parameters.schema import Reference

DATA = Path(__file__).parent / "data"

Kind = Literal["proportion", "difference", "ratio", "rate", "level"]
Role = Literal["calibration", "validation", "context"]
IntervalFrom = Literal["print", "people", "p_value", "standard_errors"]
ROLES: tuple[str, ...] = get_args(Role)

_MEASURE = re.compile(r"[a-z]\w*\.[a-z]\w*\.[a-z]\w*")
_TEXTS = ("study", "population", "quantity", "unit", "emulation")
_EXPECTED = {
    "value": "a number",
    "low": "a number",
    "high": "a number",
    "source": "a list of reference keys",
    "measure": "module.study.quantity",
}

Number = Annotated[StrictFloat, Field(allow_inf_nan=False)]


class Target(BaseModel):
    """One published number and how the model is held beside it.

    Attributes
    ----------
    name : snake case, unique over all files.
    where : file and line it comes from.
    study : short name of the study or cohort.
    population : who was seen.
    quantity : what was seen, when, in which arms.
    value : the published number.
    low, high : published 95 % interval; None where none was published.
    interval_from : `print` where the interval stands in the source; else what it was computed from.
    unit : of the numbers, in words; a proportion is in per cent.
    kind : how the number is compared, see `verdict`; ratios are compared on the log scale.
    role : `calibration` may be fitted, `validation` is held back; `context` rests on a number that was
        recalled and not confirmed in its source: it is shown, counts nowhere and is never fitted.
    source : keys of `references.yaml`.
    measure : module.study.quantity, what the model is asked for.
    emulation : one sentence: who is selected, how it is read, when.
    note : what to know about the published number.
    why : why the model fails it, where that is known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: StrictStr
    where: StrictStr
    study: StrictStr
    population: StrictStr
    quantity: StrictStr
    value: Number
    low: Number | None = None
    high: Number | None = None
    interval_from: IntervalFrom = "print"
    unit: StrictStr
    kind: Kind
    role: Role
    source: tuple[StrictStr, ...]
    measure: StrictStr
    emulation: StrictStr
    note: StrictStr = ""
    why: StrictStr = ""

    @property
    def group(self) -> str:
        """Stem of the file the target stands in: the domain it belongs to."""
        return self.where.rpartition(":")[0].removesuffix(".yaml")

    @property
    def study_measured(self) -> str:
        """What the model repeats: module.study."""
        return self.measure.rpartition(".")[0]

    @property
    def interval(self) -> tuple[float, float] | None:
        """The published 95 % interval, or None."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def as_printed(self) -> Target:
        """The same target without an interval that was computed and not printed."""
        return self if self.interval_from == "print" else self.model_copy(update={"low": None, "high": None})


def load_targets(folder: Path | None = None) -> dict[str, Target]:
    """Return the targets of a folder (the shipped ones by default) by name, in the order of the files.

    Raises
    ------
    InputError : with every fault of every file, see `reading.read_entries` of the parameters.
    """
    references = load_parameters().references
    targets: dict[str, Target] = {}
    problems: list[Problem] = []
    for path in sorted((folder or DATA).glob("*.yaml")):
        file = read_file(path, "target")
        for name in file.content:
            if name in targets:
                right = f"another name ({targets[name].where} has it)"
                problems.append(file.problem(name, "", "a name is used once", name, right))
                continue
            target, faults = _target(file, name, references)
            problems += faults
            if target is not None:
                targets[name] = target
    if problems:
        raise InputError(*problems)
    return targets


def _target(
    file: DataFile, name: str, references: Mapping[str, Reference]
) -> tuple[Target | None, list[Problem]]:
    target, problems = validated(Target, file, name, "name", _EXPECTED)
    if target is None:
        return None, problems
    faults = [*_word_faults(target), *_interval_faults(target)]
    for key in target.source:
        if key not in references:
            faults.append(("source", "a source is a key of references.yaml", key, nearest(key, references)))
    return target, problems + [file.problem(name, *fault) for fault in faults]


def _word_faults(target: Target) -> Iterator[tuple[str, str, object, str]]:
    for key in _TEXTS:
        if not getattr(target, key).strip():
            yield key, f"every target has a {key}", "nothing", "a few words"
    if not target.source:
        yield "source", "a published number names its source", "no source", "keys of references.yaml"
    if len(set(target.source)) != len(target.source):
        yield "source", "a source is named once", ", ".join(target.source), "each key once"
    if target.role == "context" and not target.note.strip():
        rule = "a target for context says in a note why its number is no evidence"
        yield "note", rule, "no note", "what is not confirmed, or another role"
    if not _MEASURE.fullmatch(target.measure):
        rule = "a measure names module, study and quantity"
        yield "measure", rule, target.measure, "module.study.quantity, in snake case"


def _interval_faults(target: Target) -> Iterator[tuple[str, str, object, str]]:
    low, high = target.low, target.high
    given = f"{low}, {target.value:g}, {high}"
    if (low is None) != (high is None):
        missing = "low" if low is None else "high"
        yield missing, "an interval has both ends", f"no `{missing}`", "both of low and high, or neither"
        return
    if low is None and target.interval_from != "print":
        rule = "what an interval was computed from needs an interval"
        yield "interval_from", rule, "no low and high", "both beside it, or no interval_from"
    ends = [target.value] if low is None or high is None else [low, target.value, high]
    if low is not None and high is not None and not (low <= target.value <= high and low < high):
        yield "value", "low <= value <= high", given, "an interval around the value"
    if target.kind == "proportion" and not all(0 <= end <= 100 for end in ends):
        yield "value", "a proportion lies between 0 and 100 %", given, "per cent"
    if target.kind == "ratio" and not all(end > 0 for end in ends):
        yield "value", "a ratio and its interval are positive", given, "numbers above 0"
    if low is None and target.value == 0 and target.kind != "proportion":
        rule = "a target of zero has an interval, since a share of nothing is nothing"
        yield "value", rule, "0 alone", "low and high beside it"


def chosen(targets: Mapping[str, Target], only: Iterable[str] = (), role: str | None = None) -> list[Target]:
    """Return the targets that any of the names `only` means (all when there are none), with this role.

    A name may be that of a target, a study, a data file without its suffix, or the beginning of a
    measure up to one of its points.

    Raises
    ------
    InputError : for a name or role that means nothing, with the nearest one, and when nothing is left.
    """
    names = list(only)
    if role is not None and role not in ROLES:
        rule = "a target is fitted, held back or shown for context"
        raise input_error("role", rule, repr(role), nearest(role, ROLES))
    known = {name for target in targets.values() for name in _names(target)}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        rule = "a target, study, file of targets or measure has to exist"
        raise InputError(
            *(Problem("only", rule, repr(name), _near(name, targets, known)) for name in unknown)
        )
    wanted = {name.lower() for name in names}
    found = [
        target
        for target in targets.values()
        if (not wanted or wanted & _names(target)) and role in (None, target.role)
    ]
    if not found:
        given = ", ".join([*names, *([f"the role {role}"] if role else [])]) or "a folder without targets"
        raise input_error("targets", "at least one target is examined", given, "a wider choice")
    return found


def _names(target: Target) -> set[str]:
    """Return every name that means a target, in lower case."""
    parts = target.measure.split(".")
    prefixes = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
    return {name.lower() for name in (target.name, target.study, target.group, *prefixes)}


def _near(name: str, targets: Mapping[str, Target], known: set[str]) -> str:
    """Phrase what would be right: names of studies as they are written, files when nothing is near."""
    written = {spelled.lower(): spelled for t in targets.values() for spelled in (t.name, t.study, t.group)}
    found = nearest(name.lower(), known)
    if found.startswith("'"):
        close = found[1:].partition("'")[0]
        return f"'{written.get(close, close)}'"
    groups = sorted({target.group for target in targets.values()})
    return f"a target, a study, or one of: {', '.join(groups)}" if groups else "no name: there are no targets"
