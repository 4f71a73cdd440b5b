"""An error is a sentence in four parts, and survives the trip between processes."""

from __future__ import annotations

import pickle

import pytest

from simulator.base.errors import HepaticaError, InputError, Problem, RunFailed, input_error, nearest


def test_a_problem_says_where_which_rule_what_was_given_and_what_would_be_right():
    problem = Problem("a.yaml:3:5", "sizes are positive", "-1", "1 or more")
    assert str(problem) == "a.yaml:3:5: sizes are positive; given: -1; right would be: 1 or more."


def test_a_problem_shows_the_line_at_fault():
    assert str(Problem("w", "r", "g", "x", "size: -1")).endswith("\n    | size: -1")


def test_problems_are_reported_together():
    problems = [Problem("here", "r1", "g", "x"), Problem("there", "r2", "g", "x")]
    with pytest.raises(InputError) as caught:
        raise InputError(*problems)
    assert str(caught.value).splitlines() == [str(problem) for problem in problems]
    assert caught.value.problems == tuple(problems)


def test_an_input_error_can_be_sent_to_another_process():
    error = pickle.loads(pickle.dumps(input_error("here", "rule", 3, "4")))
    assert isinstance(error, InputError)
    assert error.problems == (Problem("here", "rule", "3", "4"),)


def test_both_kinds_of_error_are_ours():
    assert issubclass(InputError, HepaticaError)
    assert issubclass(RunFailed, HepaticaError)


def test_the_nearest_name_is_offered_first():
    assert nearest("metfromin", ["pioglitazone", "metformin"]).startswith("'metformin'")


def test_without_a_near_name_all_are_listed():
    assert nearest("xyz", ["b", "a"]) == "one of: a, b"


def test_a_long_list_of_names_is_cut():
    assert nearest("?", [f"name_{k:03d}" for k in range(50)]).endswith("and 10 more")
