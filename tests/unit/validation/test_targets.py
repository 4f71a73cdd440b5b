"""Each way a target can be wrong is refused in four parts, with its file and line; names choose targets."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.base.errors import InputError
from simulator.validation.targets import Target, chosen, load_targets
from tests.unit.validation.examples import COHORTS, TRIALS, written

BAD = [
    # old text, new text, key at fault, words the error must contain
    ("value: 26", "value: many", "value", "right type"),
    ("value: 26", "value: .nan", "value", "right type"),
    ("value: 26", "value: 50", "value", "low <= value <= high"),
    ("low: 11", "low: 41", "value", "low <= value <= high"),
    ("  low: 11\n", "", "low", "both ends"),
    ("  high: 41\n", "", "high", "both ends"),
    ("kind: difference", "kind: gap", "kind", "'difference'"),
    ("role: calibration", "role: training", "role", "'validation'"),
    ("source: [aithal_2008]", "source: [aithal_2009]", "source", "'aithal_2008'"),
    ("source: [aithal_2008]", "source: []", "source", "names its source"),
    ("source: [aithal_2008]", "source: aithal_2008", "source", "list of reference keys"),
    ("source: [aithal_2008]", "source: [aithal_2008, aithal_2008]", "source", "named once"),
    ("measure: trials.pivens.resolution", "measure: trials.resolution", "measure", "module.study.quantity"),
    ("measure: trials.pivens.resolution", "measure: trials.pivens.a-b", "measure", "module.study.quantity"),
    ("study: PIVENS", "study: ' '", "study", "has a study"),
    ("  emulation: Chosen", "  emulations: Chosen", "emulations", "'emulation'"),
    ("  emulation: Chosen", "  emulations: Chosen", "emulation", "every entry has `emulation`"),
    ("  note: Interval", "  where: here\n  note: Interval", "where", "no such key"),
    ("  note: Interval", "  why: [a]\n  note: Interval", "why", "right type"),
    ("pivens_resolution:", "Pivens:", "", "snake case"),
    ("pivens_resolution:", "pivens_weight:", "", "twice"),
    ("  study: PIVENS\n  population", "  study: PIVENS\n population", "", "valid YAML"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), BAD)
def test_a_bad_target_is_refused_with_its_line(tmp_path: Path, old, new, key, words) -> None:
    folder = written(tmp_path / "t", trials=TRIALS.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_targets(folder)
    problem = next(p for p in caught.value.problems if words in str(p))
    assert problem.rule and problem.given and problem.right
    file, line, *_ = problem.where.split(":")
    assert file == "trials.yaml" and 1 <= int(line) <= 15
    if key and "every entry" not in problem.rule and "both ends" not in problem.rule:
        assert problem.where.endswith(f".{key}") and problem.source.startswith(key)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value: 9.4", "value: 109.4", "between 0 and 100 %"),
        ("value: 1.7\n  low: 1.3", "value: 1.7\n  low: -1.3", "are positive"),
        ('value: 9.4\n  unit: "%"\n  kind: proportion', "value: 0\n  unit: kg\n  kind: level", "of zero"),
    ],
)
def test_numbers_that_cannot_be_compared_are_refused(tmp_path: Path, old, new, words) -> None:
    with pytest.raises(InputError, match=words):
        load_targets(written(tmp_path / "t", cohorts=COHORTS.replace(old, new)))


def test_every_problem_of_every_file_is_said_at_once(tmp_path: Path) -> None:
    folder = written(
        tmp_path / "t", TRIALS.replace("kind: ", "kind: un"), COHORTS.replace("role: ", "role: un")
    )
    with pytest.raises(InputError) as caught:
        load_targets(folder)
    assert len(caught.value.problems) == 4


def test_a_name_used_in_two_files_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "t", cohorts=COHORTS.replace("scar_share:", "pivens_weight:"))
    with pytest.raises(InputError, match=r"a name is used once.*cohorts.yaml:1 has it"):
        load_targets(folder)


def test_a_target_knows_where_it_belongs(targets) -> None:
    assert [target.group for target in targets.values()] == ["cohorts"] * 2 + ["trials"] * 2
    assert targets["pivens_weight"].study_measured == "trials.pivens"
    assert targets["pivens_weight"].interval is None and targets["pivens_resolution"].interval == (11, 41)


@pytest.mark.parametrize(
    ("only", "role", "names"),
    [
        ([], None, {"scar_share", "diabetes_hazard", "pivens_resolution", "pivens_weight"}),
        (["pivens_weight"], None, {"pivens_weight"}),
        (["pivens"], None, {"pivens_weight", "pivens_resolution"}),
        (["trials"], None, {"pivens_weight", "pivens_resolution"}),
        (["trials.pivens.weight"], None, {"pivens_weight"}),
        (["cohorts.survey", "PIVENS"], None, {"scar_share", "pivens_weight", "pivens_resolution"}),
        ([], "validation", {"scar_share", "diabetes_hazard"}),
        (["a registry"], "validation", {"diabetes_hazard"}),
    ],
)
def test_names_choose_targets(targets, only, role, names) -> None:
    assert {target.name for target in chosen(targets, only, role)} == names


@pytest.mark.parametrize(
    ("only", "role", "words"),
    [
        (["PIVEN"], None, "'PIVENS'"),
        (["pivens_wieght"], None, "'pivens_weight'"),
        (["zzzzzzzz"], None, "cohorts, trials"),
        (["PIVENS"], "validation", "at least one target"),
        ([], "fitted", "'calibration'|one of: calibration, context, validation"),
        ([], "context", "at least one target"),
    ],
)
def test_a_name_that_means_nothing_is_refused(targets, only, role, words) -> None:
    with pytest.raises(InputError, match=words):
        chosen(targets, only, role)


def test_the_shipped_targets_load() -> None:
    for target in load_targets().values():
        assert target.emulation.rstrip().endswith("."), target.name


def test_a_target_for_context_says_why(tmp_path: Path) -> None:
    """Without a note anything could be put out of the count."""
    recalled = TRIALS.replace("role: calibration", "role: context", 1)
    found = load_targets(written(tmp_path / "t", recalled))
    assert [target.name for target in chosen(found, role="context")] == ["pivens_resolution"]
    with pytest.raises(InputError, match=r"trials.yaml:.*pivens_resolution.note: .*says in a note why"):
        load_targets(
            written(tmp_path / "u", recalled.replace("  note: Interval from the sizes of the arms.\n", ""))
        )


def test_only_what_was_recalled_is_for_context() -> None:
    for target in chosen(load_targets(), role="context"):
        assert "ecalled" in target.note, target.name


def test_no_published_number_stands_in_two_files() -> None:
    seen: dict[tuple[object, ...], Target] = {}
    for target in load_targets().values():
        number = (frozenset(target.source), target.value, target.interval, target.kind)
        assert seen.setdefault(number, target).group == target.group, target.name
