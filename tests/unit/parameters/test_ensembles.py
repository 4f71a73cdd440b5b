"""What was calibrated together is drawn together, and never what is set by hand."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from simulator.base.errors import InputError
from simulator.parameters.draws import row_of_draw
from simulator.parameters.library import load_parameters
from simulator.parameters.natural_history import natural_history, under

CLOCK, ETHNIC = "relaxation_time_constant_months", "effect_by_ethnicity"
ROWS = [(1.0 + k / 10, 0.9 - k / 20) for k in range(12)]
TEXT = f"draw,{CLOCK},follower\n" + "".join(f"{k},{a:g},{b:g}\n" for k, (a, b) in enumerate(ROWS))


@pytest.fixture
def folder(library) -> Path:
    """The small library with an ensemble of twelve rows."""
    return with_ensemble(library(), TEXT)


def with_ensemble(folder: Path, text: str, name: str = "pair.csv") -> Path:
    (folder / "posterior").mkdir(exist_ok=True)
    (folder / "posterior" / name).write_text(text)
    return folder


def pair(drawn) -> tuple[float, float]:
    return drawn.value(CLOCK), drawn.value("follower")


def test_parameters_of_an_ensemble_are_drawn_together(folder) -> None:
    parameters = load_parameters(folder)
    drawn = [pair(parameters.draw(3, number)) for number in range(12)]
    assert np.allclose(sorted(drawn), ROWS) and drawn != sorted(drawn)
    assert [pair(parameters.draw(3, number)) for number in range(12, 24)] == drawn
    assert [pair(parameters.draw(4, number)) for number in range(12)] != drawn


def test_the_others_are_drawn_as_without_an_ensemble(library, folder) -> None:
    joint = load_parameters(folder).draw(3, 5)
    (folder / "posterior" / "pair.csv").unlink()
    alone = load_parameters(folder).draw(3, 5)
    others = {entry.name for entry in joint} - {CLOCK, "follower"}
    assert all(joint.value(name) == alone.value(name) for name in others) and ETHNIC in others
    assert pair(joint) != pair(alone) and load_parameters(library()).ensembles == ()


def test_what_is_set_by_hand_keeps_its_number(folder) -> None:
    parameters = load_parameters(folder)
    drawn = parameters.override({CLOCK: 3.5}).draw(3, 5)
    assert drawn.value(CLOCK) == 3.5
    assert drawn.value("follower") == parameters.draw(3, 5).value("follower")


def test_the_numbers_as_they_stand_do_not_change(library, folder) -> None:
    joint = load_parameters(folder)
    (folder / "posterior" / "pair.csv").unlink()
    assert joint.digest() == load_parameters(folder).digest()


def test_ensembles_survive_pickling(folder) -> None:
    parameters = load_parameters(folder)
    assert pickle.loads(pickle.dumps(parameters)).draw(1, 2) == parameters.draw(1, 2)


@pytest.mark.parametrize("count", [1, 7, 200])
def test_any_draws_in_succession_take_every_row_once(count) -> None:
    rows = [row_of_draw(9, number, "x", count) for number in range(3, 3 + count)]
    assert sorted(rows) == list(range(count))


def test_rows_do_not_follow_the_number() -> None:
    rows = np.array([[row_of_draw(seed, number, "x", 50) for number in range(50)] for seed in range(40)])
    spread = 4 * np.arange(50).std() / np.sqrt(40)
    assert np.all(np.abs(rows.mean(axis=0) - 24.5) < spread)
    assert row_of_draw(1, 0, "x", 10**6) != row_of_draw(1, 0, "y", 10**6)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("follower", "folower", r"pair.csv:1: a parameter has to exist; given: folower; .*'follower'"),
        ("draw,", "row,", r"pair.csv:1: the head is `draw`"),
        (",follower", ",exponent", "exponent, which is fixed"),
        (",follower", f",{ETHNIC}", "a table by ethnicity"),
        ("3,1.3,0.75", "3,1.3", r"pair.csv:5: a row has a cell for every column; given: 2 cells"),
        ("3,1.3,", "3,x,", rf"pair.csv:5: {CLOCK}: a finite number is needed; given: x"),
        ("3,1.3,", "3,-1,", rf"pair.csv:5: {CLOCK}: a number has to be possible; given: -1"),
        (",follower", f",{CLOCK}", "a parameter is named once"),
    ],
)
def test_a_malformed_ensemble_is_refused(library, old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(InputError, match=words):
        load_parameters(with_ensemble(library(), TEXT.replace(old, new, 1)))


def test_shared_luck_is_not_torn_apart(library) -> None:
    with pytest.raises(InputError, match=f"given: follower without {CLOCK}"):
        load_parameters(with_ensemble(library(), "draw,follower\n0,0.4\n"))


def test_an_empty_ensemble_and_a_parameter_in_two_are_refused(library) -> None:
    with pytest.raises(InputError, match="an ensemble holds draws"):
        load_parameters(with_ensemble(library(), f"draw,{CLOCK},follower\n"))
    with_ensemble(library(), TEXT)
    with pytest.raises(
        InputError, match=f"second.csv:1: a parameter is in one ensemble only; given: {CLOCK}"
    ):
        load_parameters(with_ensemble(library(), TEXT, "second.csv"))


def test_a_natural_history_set_is_drawn_by_what_it_states(monkeypatch) -> None:
    from dataclasses import replace

    from simulator.parameters.ensembles import Ensemble

    name = next(iter(natural_history("singh-2015-net").entries))
    other = "biopsy_steatosis_sd"
    library = replace(load_parameters(), ensembles=(Ensemble("two", (name, other), ((0.123, 0.321),)),))
    drawn = under(library, "singh-2015-net").draw(1, 0)
    assert (library.draw(1, 0).value(name), library.draw(1, 0).value(other)) == (0.123, 0.321)
    assert drawn.value(name) != 0.123 and drawn.value(other) == 0.321


def test_the_shipped_ensembles_surround_the_numbers_as_they_stand() -> None:
    parameters = load_parameters()
    for ensemble in parameters.ensembles:
        columns = np.array(ensemble.rows).T
        for name, column in zip(ensemble.parameters, columns, strict=True):
            assert column.min() <= parameters.value(name) <= column.max(), name
