"""The finished library: immutable, overridable, reproducible, able to cite itself."""

from __future__ import annotations

import dataclasses
import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.base.errors import InputError
from simulator.parameters.library import load_parameters

ETHNIC = "effect_by_ethnicity"
CLOCK = "relaxation_time_constant_months"


@pytest.fixture
def parameters(library):
    """The small library, loaded."""
    return load_parameters(library())


def test_numbers_and_tables_come_back_as_stated_in_canonical_order(parameters):
    assert parameters.value(CLOCK) == 2.0
    assert list(parameters.value(ETHNIC)) == ["white", "black", "mexican", "other_hispanic", "asian", "other"]
    assert parameters.value("median_by_generation") == {1940.0: 10.0, 1980.0: 12.0, 2000.0: 15.0}
    assert parameters.record_values()[ETHNIC] == [0.0, -0.4, 0.2, 0.1, 0.3, 0.05]
    assert parameters.record_values()["exponent"] == 3.0
    assert list(parameters.record_values()) == [entry.name for entry in parameters]
    assert len(parameters) == 5 and CLOCK in parameters


def test_the_order_of_labels_in_the_file_does_not_matter(library, parameters):
    old = "value: {white: 0.0, black: -0.4,"
    shuffled = load_parameters(library(old, "value: {black: -0.4, white: 0.0,"))
    assert shuffled.record_values() == parameters.record_values()
    assert shuffled.digest() == parameters.digest()


def test_nothing_in_a_set_can_be_changed(parameters):
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameters.numbers = {}
    with pytest.raises(TypeError):
        parameters.numbers[CLOCK] = 1.0
    with pytest.raises(TypeError):
        parameters.value(ETHNIC)["white"] = 1.0
    with pytest.raises(ValueError, match="frozen"):
        parameters.entry(CLOCK).value = 1.0


def test_an_unknown_name_is_answered_with_the_nearest(parameters):
    with pytest.raises(InputError, match="'exponent'"):
        parameters.value("exponant")


def test_an_override_changes_its_own_numbers_only(parameters):
    changed = parameters.override({CLOCK: 3, ETHNIC: {"asian": 0.4}, "median_by_generation": {1980: 12.5}})
    assert changed.value(CLOCK) == 3.0
    assert changed.value(ETHNIC) == {**parameters.value(ETHNIC), "asian": 0.4}
    assert list(changed.value(ETHNIC)) == list(parameters.value(ETHNIC))
    assert changed.value("median_by_generation")[1980.0] == 12.5
    assert changed.value("exponent") == parameters.value("exponent")
    assert parameters.value(CLOCK) == 2.0
    assert changed.warnings == ()
    assert changed.digest() != parameters.digest()
    assert changed != parameters


def test_an_override_outside_the_interval_is_accepted_with_a_warning(parameters):
    changed = parameters.override({CLOCK: 9.0, ETHNIC: {"black": 1.0}})
    assert changed.value(CLOCK) == 9.0
    assert len(changed.warnings) == 2
    assert "9 lies outside its 95 % interval, 1 to 4 month" in changed.warnings[0]
    assert "at black" in changed.warnings[1]


@pytest.mark.parametrize(
    ("name", "given_value", "words"),
    [
        ("relaxation_time", 3.0, CLOCK),
        (CLOCK, "3", "finite number"),
        (CLOCK, True, "finite number"),
        (CLOCK, float("nan"), "finite number"),
        (CLOCK, float("inf"), "finite number"),
        (CLOCK, None, "finite number"),
        (CLOCK, {"white": 1.0}, "the value is a number"),
        (CLOCK, 0.0, "more than 0 months"),
        (CLOCK, -1.0, "more than 0 months"),
        ("follower", 1.5, "between 0 and 1"),
        (ETHNIC, 0.3, "the value is a table"),
        (ETHNIC, {"martian": 0.3}, "mexican"),
        (ETHNIC, {"white": "0.3"}, "finite number"),
        ("median_by_generation", {1975: 12.0}, "1980"),
    ],
)
def test_a_wrong_override_is_refused(parameters, name, given_value, words):
    with pytest.raises(InputError, match=words):
        parameters.override({name: given_value})


def test_every_wrong_override_is_reported_at_once(parameters):
    with pytest.raises(InputError) as caught:
        parameters.override({"a": 1, "b": 2, CLOCK: "x"})
    assert len(caught.value.problems) == 3


def test_a_draw_reproduces_and_differs_by_seed_and_number(parameters):
    assert parameters.draw(1, 2).record_values() == parameters.draw(1, 2).record_values()
    assert parameters.draw(1, 2) != parameters.draw(1, 3)
    assert parameters.draw(1, 2) != parameters.draw(2, 2)
    assert parameters.draw(1, 2).value("exponent") == 3.0


def test_a_draw_does_not_depend_on_other_entries_or_their_order(library, parameters):
    before = parameters.draw(7, 1).record_values()
    blocks = library().joinpath("things.yaml").read_text()
    first, rest = blocks.split("effect_by_ethnicity:")
    extra = first.replace(CLOCK, "another")
    folder = library()
    (folder / "things.yaml").write_text("effect_by_ethnicity:" + rest + first + extra)
    after = load_parameters(folder).draw(7, 1).record_values()
    assert {name: after[name] for name in before} == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(number=st.integers(0, 10**6))
def test_draws_stay_in_support_and_cells_keep_their_order(parameters, number):
    drawn = parameters.draw(3, number)
    assert drawn.value(CLOCK) > 0
    assert 0 < drawn.value("follower") < 1
    generations = list(drawn.value("median_by_generation").values())
    assert generations == sorted(generations)
    ethnic = drawn.value(ETHNIC)
    assert ethnic["black"] < ethnic["other"] < ethnic["other_hispanic"] < ethnic["mexican"] < ethnic["asian"]
    assert ethnic["white"] == 0.0


@pytest.mark.parametrize("number", range(20))
def test_shared_luck_moves_two_entries_together(parameters, number):
    drawn = parameters.draw(5, number)
    assert (drawn.value(CLOCK) > 2.0) == (drawn.value("follower") < 0.5)


def test_an_overridden_number_is_not_drawn(parameters):
    drawn = parameters.override({CLOCK: 3.5}).draw(1, 1)
    assert drawn.value(CLOCK) == 3.5
    assert drawn.value(ETHNIC) == parameters.draw(1, 1).value(ETHNIC)


def test_negative_seeds_are_refused(parameters):
    with pytest.raises(InputError, match="not negative"):
        parameters.draw(-1, 0)


def test_a_set_cites_itself(parameters):
    assert [str(reference) for reference in parameters.sources()] == [
        "Someone A et al. 2020. Something measured. J Things 2020;1:1-2. doi:10.1000/1."
    ]
    assert parameters.sources(["follower"]) == []
    assert [entry.name for entry in parameters.assumptions()] == ["follower"]
    assert parameters.assumptions([CLOCK]) == []
    with pytest.raises(InputError):
        parameters.sources(["nobody"])


def test_a_set_survives_pickling(parameters):
    changed = parameters.override({CLOCK: 9.0})
    copy = pickle.loads(pickle.dumps(changed))
    assert copy == changed and hash(copy) == hash(changed)
    assert copy.warnings == changed.warnings and copy.overridden == changed.overridden
    assert copy.entry(ETHNIC) == changed.entry(ETHNIC)
