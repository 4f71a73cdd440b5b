"""What the command line says of itself, and of a command line that is wrong."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from simulator.analysis.checkpoint import Interrupted
from simulator.base.errors import RunFailed
from simulator.cli.commands import EXAMPLES
from simulator.cli.options import Numbers
from simulator.cli.running import DEMO, shipped
from tests.doors.command_line import ROOT, SCENARIO, hepatica, process, written

COMMANDS = [function.__name__ for function in EXAMPLES]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str) -> None:
    said = hepatica(command, "--help")
    assert said.code == 0
    assert f"Example: hepatica {command}" in " ".join(said.out.split())


@pytest.mark.parametrize("words", [(), ("--help",)])
def test_help_lists_every_command(words: tuple[str, ...]) -> None:
    said = hepatica(*words)
    assert said.code == 0
    assert all(f" {command} " in said.out for command in COMMANDS)


def test_version() -> None:
    said = hepatica("--version")
    assert said.code == 0 and said.out.startswith("hepatica ")


@pytest.mark.parametrize(
    ("words", "where", "right"),
    [
        (["rn"], "hepatica", "'run'"),
        (["run", "x.yaml", "--sise", "3"], "hepatica run", "'--size'"),
        (["run", "x.yaml", "--size"], "hepatica run", "--size VALUE"),
        (["run", "x.yaml", "--json=yes"], "hepatica run", "--json"),
        (["run"], "hepatica run", "'hepatica run SCENARIO'"),
        (["cohort"], "hepatica cohort", "--out"),
        (["schema", "x"], "hepatica schema", "--help"),
        (["--bogus"], "hepatica", "--version"),
    ],
)
def test_a_wrong_command_line_is_said_in_four_parts(words: list[str], where: str, right: str) -> None:
    said = hepatica(*words)
    assert said.code == 2
    (problem,) = said.problems
    assert problem["where"] == where
    assert right in problem["right"]


def test_every_wrong_number_is_said_at_once() -> None:
    options = ["--size", "0", "--threads", "-1", "--years", "1.5", "--seed", "abc", "--draws", "1e9"]
    said = hepatica("run", "x.yaml", *options)
    assert said.code == 2
    assert {problem["where"] for problem in said.problems} == set(options[::2])
    assert "1 to 10,000,000" in said.err


@pytest.mark.parametrize("text", ["100000", "100_000", "100,000", "1e5", " 100000 "])
def test_numbers_in_any_common_spelling(text: str) -> None:
    numbers = Numbers()
    assert numbers.whole("--size", text, 1, 1_000_000) == 100_000
    numbers.check()


@pytest.mark.parametrize("text", ["", "nan", "inf", "1.5", "ten", "0x10", "1e400"])
def test_what_is_no_whole_number(text: str) -> None:
    numbers = Numbers()
    numbers.whole("--size", text, 1, 10)
    assert len(numbers.problems) == 1


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (RunFailed("the disk is full"), 1, "The run failed: the disk is full."),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "refused: No space left on device."),
        (MemoryError(), 1, "--size"),
        (KeyError("x"), 1, "KeyError: 'x'"),
        (Interrupted("Stopped: half is done."), 130, "Stopped: half is done."),
        (KeyboardInterrupt(), 130, "nothing was written"),
    ],
)
def test_what_goes_wrong_becomes_a_sentence(
    error: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr("simulator.scenario.load.load_scenario", fail)
    said = hepatica("check", written(tmp_path))
    assert said.code == code
    assert words in said.err and "Traceback" not in said.err


def test_debug_shows_where_it_happened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("simulator.scenario.load.load_scenario", lambda path: {}["x"])
    said = hepatica("check", written(tmp_path), "--debug")
    assert said.code == 1
    assert "Traceback" in said.err and "KeyError" in said.err


def test_check_says_the_scenario_in_english(tmp_path: Path) -> None:
    said = hepatica("check", written(tmp_path))
    assert said.code == 0
    assert "800 adults aged 40 or more" in said.out and "Be careful:" in said.out
    assert '"warnings"' in hepatica("check", written(tmp_path), "--json").out


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\xff\xfe" * 500, b"title: [", SCENARIO.replace("size: 800", "size: many").encode()],
    ids=["empty", "binary", "no YAML", "wrong type"],
)
def test_a_file_that_is_no_scenario(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_bytes(content)
    for command in ("check", "run", "sources"):
        said = hepatica(command, path)
        assert said.code == 2
        assert all(problem["where"].startswith(str(path)) for problem in said.problems)


def test_a_scenario_that_is_not_there(tmp_path: Path) -> None:
    written(tmp_path, name="mine.yaml")
    for path in (tmp_path, tmp_path / "mime.yaml"):
        said = hepatica("run", path)
        assert said.code == 2 and len(said.problems) == 1
    assert "mine.yaml" in said.err


def test_schema_is_json_for_editors() -> None:
    said = hepatica("schema")
    schema = json.loads(said.out)
    assert said.code == 0 and schema["$schema"].startswith("https://json-schema.org/")
    assert {"population", "strategies", "extends"} < schema["properties"].keys()


def test_sources_name_what_the_scenario_sets_itself_first(tmp_path: Path) -> None:
    text = SCENARIO + "parameters: {deposition_per_year: 0.1}\n"
    said = hepatica("sources", written(tmp_path, text))
    assert said.code == 0
    first = said.out.index("deposition_per_year = 0.1 stage per year")
    assert said.out.index("Assumptions (") < first < said.out.index("Sources (")
    assert "metformin_" not in said.out


def test_the_demonstration_is_shipped() -> None:
    assert shipped(DEMO) == ROOT / "scenarios" / DEMO
    assert shipped(DEMO).is_file()


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    running = process("sources", written(tmp_path), cwd=tmp_path)
    assert running.stdout is not None and running.stderr is not None
    assert running.stdout.readline()
    running.stdout.close()
    complaint = running.stderr.read()
    running.stderr.close()
    assert running.wait(30) in (0, 1)
    assert complaint == ""
