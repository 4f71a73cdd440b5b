"""A scenario may start from another file: what is merged, replaced, removed and refused."""

from __future__ import annotations

import pytest

from simulator.base.errors import InputError
from simulator.scenario.files import MOST_PARENTS
from simulator.scenario.load import load_scenario


@pytest.fixture
def base(write, small):
    return write(small, "base.yaml")


def test_mappings_merge_and_the_rest_is_replaced(base, write):
    scenario = load_scenario(
        write(
            "extends: base.yaml\ntitle: Another\npopulation: {size: 2000}\n"
            "strategies: {treat: [{drug: vitamin_e}], operate: [{surgery: bariatric}]}\n"
        )
    )
    assert scenario.title == "Another"
    assert scenario.population.size == 2000
    assert scenario.population.profile == "us-adults-2018"
    assert list(scenario.strategies) == ["usual care", "treat", "operate"]
    assert [step.drug for step in scenario.strategies["treat"]] == ["vitamin_e"]


def test_a_key_set_to_nothing_is_removed(base, write):
    (write("x", "people.csv")).write_text("age_years\n50\n")
    scenario = load_scenario(
        write("extends: base.yaml\npopulation: {profile: , cohort: people.csv}\nstrategies:\n  treat:\n")
    )
    assert scenario.population.profile is None
    assert scenario.population.cohort.endswith("people.csv")
    assert list(scenario.strategies) == ["usual care"]


def test_an_inherited_fault_is_shown_where_it_stands(base, write, problems, small):
    write(small.replace("metformin", "metfromin"), "base.yaml")
    found = problems("extends: base.yaml\nhorizon_years: 0\n")
    assert [problem.where.split(",")[0] for problem in found] == ["base.yaml:7:13", "my.yaml:2:16"]
    assert found[0].source == "- drug: metfromin"


def test_files_that_extend_each_other_are_refused(write):
    write("extends: b.yaml\n", "a.yaml")
    path = write("extends: a.yaml\n", "b.yaml")
    with pytest.raises(InputError) as refused:
        load_scenario(path)
    (problem,) = refused.value.problems
    assert problem.rule == "a scenario does not extend itself"
    assert problem.given == "b.yaml extends a.yaml extends b.yaml"
    assert "a.yaml:1:10, extends" in problem.where


def test_a_file_that_extends_itself_is_refused(problems):
    (problem,) = problems("extends: my.yaml\n")
    assert problem.given == "my.yaml extends my.yaml"


def test_a_long_line_of_parents_is_refused(write, small):
    write(small, "0.yaml")
    for number in range(MOST_PARENTS + 1):
        path = write(f"extends: {number}.yaml\n", f"{number + 1}.yaml")
    with pytest.raises(InputError, match=f"at most {MOST_PARENTS} in a row"):
        load_scenario(path)
    assert load_scenario(path.parent / f"{MOST_PARENTS}.yaml").title == "A small question"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("extends: bse.yaml", "the file a scenario extends has to exist"),
        ("extends: [base.yaml]", "extends names another scenario file"),
        ("extends: ", "extends names another scenario file"),
        ("extends: 3", "extends names another scenario file"),
        (r'extends: "a\0b"', "the file a scenario extends has to exist"),
    ],
)
def test_extends_names_a_file(base, problems, line, rule):
    (problem,) = problems(line + "\n")
    assert problem.where.startswith("my.yaml:1:") and problem.where.endswith(", extends")
    assert problem.rule == rule


def test_a_cohort_is_found_beside_the_file_that_names_it(tmp_path, small):
    folder = tmp_path / "sub"
    folder.mkdir()
    (folder / "people.csv").write_text("age_years\n50\n")
    text = small.replace("profile: us-adults-2018, size: 1000", "cohort: people.csv")
    (folder / "base.yaml").write_text(text)
    (tmp_path / "my.yaml").write_text("extends: sub/base.yaml\n")
    scenario = load_scenario(tmp_path / "my.yaml")
    assert scenario.population.cohort == str(folder / "people.csv")
    assert scenario.population.size is None
