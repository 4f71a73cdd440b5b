"""Files that are not a scenario at all: each is refused in a sentence that says where and what."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.base.errors import InputError
from simulator.scenario.files import LARGEST_FILE
from simulator.scenario.load import load_scenario
from simulator.scenario.nodes import scalar
from simulator.scenario.reading import MOST_LEVELS, MOST_VALUES, read_tree


@pytest.mark.parametrize(
    ("text", "where", "rule", "given"),
    [
        ("title: a: b\n", "my.yaml:1:9", "a line holds one 'key: value'", "'title: a: b'"),
        ("title: x\n seed: 3\n", "my.yaml:2:6", "a line holds one 'key: value'", "'seed: 3'"),
        ("title: [1, 2\n", "my.yaml:2:1", "a list that opens with [ closes with ]", "the end of the file"),
        ("title: {a: 1\n", "my.yaml:2:1", "a mapping that opens with { closes with }", "the end of the file"),
        ("title: 'x\n", "my.yaml:2:1", "a quote that opens has to close", "the end of the file"),
        ("title: @x\n", "my.yaml:1:8", "text that begins with a special character is quoted", "'title: @x'"),
        ("\ttitle: x\n", "my.yaml:1:1", "text that begins with a special character is quoted", "'title: x'"),
        ("- a\nb: 1\n", "my.yaml:2:1", "the items of one list begin in the same column", "'b: 1'"),
        (
            "title: *x\n",
            "my.yaml:1:8",
            "an alias (*name) repeats an anchor (&name) set before it",
            "'title: *x'",
        ),
        ("title: x\n---\ntitle: y\n", "my.yaml:2:1", "a file holds one scenario", "'---'"),
        ("", "my.yaml:1:1", "a scenario has a title, people and strategies", "an empty file"),
        (
            "# only a comment\n",
            "my.yaml:1:1",
            "a scenario has a title, people and strategies",
            "an empty file",
        ),
        ("- title: x\n", "my.yaml:1:1", "a scenario is a mapping of keys", "a list of 1"),
        ("just words\n", "my.yaml:1:1", "a scenario is a mapping of keys", "'just words'"),
    ],
)
def test_text_that_is_not_a_mapping_is_refused(problems, text, where, rule, given):
    (problem,) = problems(text)
    assert (problem.where, problem.rule, problem.given) == (where, rule, given)
    assert problem.right


def test_the_offending_line_is_shown(problems):
    (problem,) = problems("horizon_years: 5\ntitle: a: b   # why not\n")
    assert problem.source == "title: a: b   # why not"


def test_a_long_line_is_shown_around_its_fault(problems):
    filler = ", ".join(f"e{number}: 1" for number in range(100))
    (problem, *_) = problems(f"parameters: {{{filler}, stress_sd: yes, more: 2}}\n")
    assert problem.where.startswith("my.yaml:1:")
    assert len(problem.source) < 170


@pytest.mark.parametrize(
    ("content", "where", "given"),
    [
        (b"title: caf\xe9\n", "my.yaml:1:11", "the byte 0xE9"),
        (b"title: x\nquestion: \xc3\xa9t\xe9?\n", "my.yaml:2:13", "the byte 0xE9"),
        ("title: x\n".encode("utf-16"), "my.yaml:1:1", "the byte 0xFF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "my.yaml:1:1", "the byte 0x89"),
    ],
)
def test_text_in_another_encoding_is_refused(problems, content, where, given):
    (problem,) = problems(content)
    assert (problem.where, problem.rule, problem.given) == (where, "a scenario is text in UTF-8", given)
    assert problem.right == "the file saved again as UTF-8"
    assert problem.source.isprintable()


@pytest.mark.parametrize(("character", "name"), [("\x00", "U+0000"), ("\x1b", "U+001B"), ("\x7f", "U+007F")])
def test_control_characters_are_refused(problems, character, name):
    (problem,) = problems(f"title: x\nquestion: a{character}b\n")
    assert problem.where == "my.yaml:2:12"
    assert problem.given == f"the control character {name}"
    assert problem.source == "question: a?b"


def test_a_byte_order_mark_is_no_fault(write, small):
    assert load_scenario(write(b"\xef\xbb\xbf" + small.encode())).title == "A small question"


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_lines_may_end_as_on_other_systems(load, problems, small, ending):
    assert load(small.replace("\n", ending)).horizon_years == 5
    (problem,) = problems(small.replace("horizon_years: 5", "horizon_years: 0").replace("\n", ending))
    assert problem.where == "my.yaml:3:16, horizon_years"


def test_a_missing_file_names_its_nearest_neighbour(tmp_path):
    (tmp_path / "stress-and-sleep.yaml").write_text("title: x")
    with pytest.raises(InputError) as refused:
        load_scenario(tmp_path / "stress-and-slep.yaml")
    (problem,) = refused.value.problems
    assert problem.rule == "the scenario file has to exist"
    assert problem.right.startswith("'stress-and-sleep.yaml'")


def test_hidden_files_are_nobodys_scenario(tmp_path):
    (tmp_path / ".linter-config.yaml").write_text("x: 1")
    with pytest.raises(InputError) as refused:
        load_scenario(tmp_path / "mine.yaml")
    assert refused.value.problems[0].right == "the path of a .yaml file that exists"


@pytest.mark.parametrize("name", ["", "no/such/folder/x.yaml", "x" * 5000, "a\x00b"])
def test_paths_that_lead_nowhere_are_refused(tmp_path, name):
    with pytest.raises(InputError):
        load_scenario(tmp_path / name)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="a scenario is a file; given: a folder or device"):
        load_scenario(tmp_path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless device here")
def test_an_endless_device_is_refused():
    with pytest.raises(InputError, match="a scenario is a file"):
        load_scenario("/dev/zero")


def test_a_file_that_may_not_be_read_is_refused(write, small, monkeypatch):
    path = write(small)

    def refuse(*_args, **_options):
        raise PermissionError("Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="has to be readable; given: Permission denied"):
        load_scenario(path)


def test_a_huge_file_is_refused_unread(problems):
    (problem,) = problems(b"#" * (LARGEST_FILE + 1))
    assert problem.rule == "a scenario is a page of text"
    assert problem.given == "5,000,001 bytes"
    assert "5 MB" in problem.right


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000])
def test_nesting_without_end_is_refused(problems, text):
    (problem,) = problems(text)
    assert problem.given == "deeper nesting"
    assert problem.right == f"at most {MOST_LEVELS} levels"


def test_more_values_than_a_scenario_has_are_refused(problems):
    (problem,) = problems("- a\n" * (MOST_VALUES + 10))
    assert problem.given == "more values"


def test_aliases_that_multiply_are_refused(problems):
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 8)}]")
    (problem,) = problems("\n".join(lines))
    assert problem.given == "more values"


@pytest.mark.parametrize("text", ["title: &a [*a]\n", "title: &a {b: *a}\n"])
def test_an_anchor_that_holds_itself_is_refused(problems, text):
    (problem,) = problems(text)
    assert problem.rule == "a scenario has a size that a reader could follow"


def test_anchors_repeat_a_part(load):
    scenario = load(
        "title: x\npopulation: {profile: us-adults-2018}\nhorizon_years: 1\n"
        "strategies:\n  a: [{drug: metformin, when: &who {bmi: {min: 30}}}]\n"
        "  b: [{surgery: bariatric, when: *who}]"
    )
    assert scenario.strategies["a"][0].when == scenario.strategies["b"][0].when


@pytest.mark.parametrize(
    ("line", "rule", "given"),
    [
        ("seed: !!python/object:os.system x", "values are written without tags", "python/object"),
        ("seed: !mine 3", "values are written without tags", "'!mine'"),
        ("<<: {seed: 3}", "files are merged by 'extends'", "a merge key '<<'"),
        ("? [a, b]\n: 3", "a key is a word", "a list or mapping as a key"),
        ("seed: 3\nseed: 4", "a key appears once in its mapping", "'seed' again, first on line 9"),
    ],
)
def test_yaml_beyond_plain_mappings_is_refused(problems, small, line, rule, given):
    found = problems(small + line + "\n")
    assert any(problem.rule == rule and given in problem.given for problem in found)


def test_repeated_keys_deep_inside_are_found(problems, small):
    text = small.replace("size: 1000", "size: 1000, size: 2000")
    (problem,) = problems(text)
    assert problem.where == "my.yaml:2:51"
    assert problem.given == "'size' again, first on line 2"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("+450", 450),
        ("-17", -17),
        ("100_000", 100_000),
        ("1e5", 100_000),
        ("1.5e-3", 0.0015),
        (".5", 0.5),
        ("5.", 5.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("", None),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("2018-01-01", "2018-01-01"),
        ("1_", "1_"),
        ("e5", "e5"),
        (".", "."),
    ],
)
def test_words_are_read_as_a_reader_would(text, value):
    read = scalar(text)
    assert read == value and type(read) is type(value)


def test_every_value_knows_its_place():
    root, problems = read_tree("a:\n  b: [1, 22]\nc: 'x'\n", "f")
    assert not problems
    assert root.plain() == {"a": {"b": (1, 22)}, "c": "x"}
    second = root.value["a"].value["b"].value[1]
    assert (str(second.place), second.place.source) == ("f:2:10", "b: [1, 22]")
    assert str(root.value["c"].key) == "f:3:1"
