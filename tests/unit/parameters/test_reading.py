"""Each way an entry can be wrong is refused, in four parts, with its file and line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.base.errors import InputError, Problem
from simulator.parameters.library import load_parameters
from simulator.parameters.schema import UNITS, Entry, interval_faults, is_unit

BAD = [
    # old text, new text, key at fault, words the error must contain
    ("value: 2.0", "value: 5.0", "value", "low <= value <= high"),
    ("value: 2.0", "value: '2.0'", "value", "right type"),
    ("value: 2.0", "value: true", "value", "right type"),
    ("value: 2.0", "value: .nan", "value", "right type"),
    ("value: 2.0", "value: .inf", "value", "right type"),
    ("value: 2.0", "value: [2.0]", "value", "right type"),
    ("low: 1.0", "low: 0.0", "low", "lognormal quantity is positive"),
    ("low: 1.0", "low: {male: 1.0, female: 1.0}", "low", "its interval is too"),
    ("  low: 1.0\n", "", "low", "every entry has `low`"),
    ("  meaning: Time constant of something.\n", "", "meaning", "every entry has `meaning`"),
    ("meaning: Time constant of something.", "meaning: ' '", "meaning", "says what it means"),
    ("unit: month", "unit: fortnight", "unit", "closed list"),
    ("unit: month", "unit: month per furlong", "unit", "closed list"),
    ("unit: month", "unit: month per year per year", "unit", "closed list"),
    ("distribution: lognormal", "distribution: triangular", "distribution", "'uniform'"),
    ("low: 1.0\n  high: 4.0", "low: 2.0\n  high: 2.0", "distribution", "low < high, or fixed"),
    ("evidence: measured", "evidence: hearsay", "evidence", "'meta-analysis'"),
    ("source: [someone_2020]", "source: [someone_2021]", "source", "'someone_2020'"),
    ("source: [someone_2020]", "source: [someone_2020, someone_2020]", "source", "named once"),
    ("source: [someone_2020]", "source: someone_2020", "source", "a list of reference keys"),
    ("  source: [someone_2020]\n", "", "source", "names its source"),
    ("evidence: measured\n  source: [someone_2020]", "evidence: assumed", "note", "says why"),
    ("  note: Fitted to a survey.\n", "", "note", "says why"),
    ("unit: month", "unit: month\n  units: month", "units", "'unit'"),
    ("unit: month", "unit: month\n  name: another", "name", "no such key"),
    ("unit: month", "unit: month\n  where: elsewhere", "where", "no such key"),
    ("by: ethnicity", "by: postcode", "by", "'ethnicity'"),
    ("  by: ethnicity\n", "", "by", "keyed by"),
    ("value: {white: 0.0, black", "value: {white: 0.0, blakc", "value", "white, black, mexican"),
    ("low: {white: 0.0, ", "low: {", "low", "every label once"),
    ("low: {white: 0.0, black: -0.6", "low: {white: 0.0, black: -0.3", "value", "at black"),
    ("value: {1940: 10, 1980: 12", "value: {1980: 10, 1940: 12", "value", "ascending"),
    ("value: {1940: 10, 1980: 12", "value: {early: 10, 1980: 12", "value", "ascending"),
    ("low: {1940: 9, 1980: 11", "low: {1940: 9, 1981: 11", "low", "knots of the value"),
    ("by: birth_year\n", "by: birth_year\n  by: sex\n", "", "key 'by' twice"),
    ("value: 0.5\n  low: 0.2", "value: 0.5\n  low: -0.2", "low", "between 0 and 1"),
    ("low: 0.2\n  high: 0.8", "low: 0.0\n  high: 1.0\n  population: x", "", ""),
    ("-relaxation_time_constant_months", "-exponent", "drawn_with", "luck"),
    ("-relaxation_time_constant_months", "nothing", "drawn_with", "luck"),
    ("-relaxation_time_constant_months", "follower", "drawn_with", "luck"),
    ("exponent:", "Exponent:", "", "snake case"),
    ("exponent:", "3:", "", "snake case"),
    ("exponent:", "follower:", "", "key 'follower' twice"),
    ("  unit: month", " unit: month", "", "valid YAML"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), [case for case in BAD if case[3]])
def test_a_bad_entry_is_refused_with_its_line(library, old, new, key, words):
    folder = library(old, new)
    with pytest.raises(InputError) as caught:
        load_parameters(folder)
    problem = next(p for p in caught.value.problems if words in str(p))
    assert problem.rule and problem.given and problem.right
    file, line, *_ = problem.where.split(":")
    assert file == "things.yaml"
    text = (folder / "things.yaml").read_text().splitlines()[int(line) - 1]
    if key and f"{key}:" in (folder / "things.yaml").read_text() and "every entry has" not in problem.rule:
        assert problem.where.endswith(f".{key}")
        assert text.strip() == problem.source


def test_a_wide_beta_that_still_fits_is_accepted(library):
    old, new, _, _ = next(case for case in BAD if not case[3])
    assert "follower" in load_parameters(library(old, new))


def test_every_problem_is_reported_at_once(library):
    folder = library("unit: month", "unit: fortnight\n  colour: red", extra="broken: 3\n")
    with pytest.raises(InputError) as caught:
        load_parameters(folder)
    assert len(caught.value.problems) == 3


def test_a_name_used_in_two_files_is_refused(library):
    folder = library()
    (folder / "more.yaml").write_text((folder / "things.yaml").read_text())
    with pytest.raises(InputError, match="a name is used once"):
        load_parameters(folder)


@pytest.mark.parametrize("text", ["", "- a list", "just words", "42"])
def test_a_file_that_is_no_mapping_is_refused(library, text):
    folder = library()
    (folder / "things.yaml").write_text(text)
    with pytest.raises(InputError, match="maps names to entries"):
        load_parameters(folder)


def test_missing_references_are_refused(tmp_path):
    with pytest.raises(InputError, match="readable"):
        load_parameters(tmp_path)


@pytest.mark.parametrize(
    "line", ["  authors: Someone A et al.\n", "  taken: table 1\n", "  journal: J Things 2020;1:1-2\n"]
)
def test_a_reference_says_who_where_and_what_was_taken(library, line):
    folder = library()
    path = folder / "references.yaml"
    path.write_text(path.read_text().replace(line, ""))
    with pytest.raises(InputError, match=line.split(":")[0].strip()):
        load_parameters(folder)


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.text(max_size=20))
def test_only_listed_units_and_their_ratios_are_units(one, other, word):
    assert is_unit(one)
    assert is_unit(f"{one} per {other}")
    assert not is_unit(f"{one} per {other} per {one}")
    assert not is_unit(f"{one} per ")
    assert is_unit(word) == (word in UNITS)


@given(*[st.floats(-1e6, 1e6) for _ in range(3)], st.sampled_from(["fixed", "normal", "uniform"]))
def test_an_interval_holds_its_value(value, low, high, distribution):
    entry = Entry(
        name="x", where="f:1", meaning="m", value=value, low=low, high=high,
        distribution=distribution, unit="1", evidence="assumed", note="n",
    )  # fmt: skip
    legal = low <= value <= high and (distribution == "fixed" or low < high)
    assert (not list(interval_faults(entry))) == legal


def test_a_problem_survives_as_text():
    problem = Problem("file:1: x.low", "rule", "given", "right", "low: 3")
    assert "file:1: x.low: rule; given: given; right would be: right." in str(problem)
