"""Two stored benchmarks side by side: ratios, marks, and sentences about files that are none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT
from tests.doors.command_line import FOUR_PARTS

MACHINE = {"processor": "a processor", "cores": 2, "versions": {"numba": "0.68.1", "numpy": "2.4.6"}}


def stored(path: Path, figures: Any, title: Any = "The month", machine: Any = MACHINE) -> Path:
    content = {"title": title, "machine": machine, "figures": figures}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def compare(before: Path, after: Path, *more: str) -> tuple[int, list[str], str]:
    command = [sys.executable, str(ROOT / "benchmarks" / "compare.py"), str(before), str(after), *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    return said.returncode, said.stdout.splitlines(), said.stderr


def row(lines: list[str], name: str) -> list[str]:
    return next(line for line in lines if line.startswith(name)).removeprefix(name).split()


@pytest.fixture
def before(tmp_path: Path) -> Path:
    figures = {"ns, one core": 40.0, "ns, all cores": 20.0, "bytes": 400, "gone": 1.0, "compiler": "some"}
    return stored(tmp_path / "before.json", figures)


def test_every_shared_figure_has_its_ratio_and_large_changes_are_marked(before: Path, tmp_path: Path):
    figures = {"ns, one core": 30.0, "ns, all cores": 21.9, "bytes": 400, "new": 2.0, "compiler": "other"}
    code, lines, complaint = compare(before, stored(tmp_path / "after.json", figures))
    assert code == 0 and complaint == ""
    assert lines[0] == "The month"
    assert row(lines, "ns, one core") == ["40", "30", "0.750", "changed", "by", "-25%"]
    assert row(lines, "ns, all cores") == ["20", "21.9", "1.095"]
    assert row(lines, "bytes") == ["400", "400", "1.000"]
    assert "only before: gone" in lines and "only after: new" in lines
    assert not any("compiler" in line or "machines" in line for line in lines)


@pytest.mark.parametrize(("limit", "marked"), [("9", True), ("10", False), ("0", True)])
def test_the_limit_can_be_set(before: Path, tmp_path: Path, limit: str, marked: bool):
    after = stored(tmp_path / "after.json", {"ns, all cores": 21.9})
    _, lines, _ = compare(before, after, "--limit", limit)
    assert ("changed" in row(lines, "ns, all cores")) is marked


def test_a_figure_that_was_nothing_has_no_ratio(tmp_path: Path):
    before, after = (stored(tmp_path / f"{x}.json", {"idle": x, "still": 0}) for x in (0, 3))
    _, lines, _ = compare(before, after)
    assert row(lines, "idle") == ["0", "3", "inf", "changed", "by", "+inf%"]
    assert row(lines, "still") == ["0", "0", "1.000"]


def test_another_machine_is_pointed_out(before: Path, tmp_path: Path):
    machine = {**MACHINE, "cores": 8, "versions": {"numba": "0.69", "numpy": "2.4.6"}}
    _, lines, _ = compare(before, stored(tmp_path / "after.json", {"bytes": 400}, machine=machine))
    start = next(k for k, line in enumerate(lines) if line.startswith("The machines differ"))
    assert lines[start + 1 :] == ["  cores: 2, then 8", "  versions numba: 0.68.1, then 0.69"]


@pytest.mark.parametrize(
    ("text", "where", "given"),
    [
        (None, "after.json", "No such file or directory"),
        (b"\xff\xfe", "after.json", "bytes that are none"),
        (b'{\n "title": oh', "after.json, line 2", "Expecting value"),
        (b"[]", "after.json", "a list"),
        (b"{}", "after.json, title", "nothing"),
        (b'{"title": 3, "machine": {}, "figures": {}}', "after.json, title", "the number 3"),
        (b'{"title": "The month", "machine": {}, "figures": []}', "after.json, figures", "a list"),
        (
            b'{"title": "The month", "machine": {}, "figures": {"x": NaN}}',
            "after.json, figures",
            "no finite number",
        ),
        (b'{"title": "Another", "machine": {}, "figures": {"x": 1}}', "after.json, title", "Another"),
    ],
)
def test_a_bad_file_is_explained_in_four_parts(
    before: Path, tmp_path: Path, text: bytes | None, where: str, given: str
):
    after = tmp_path / "after.json"
    if text is not None:
        after.write_bytes(text)
    code, lines, complaint = compare(before, after)
    assert code == 2 and not lines
    found = FOUR_PARTS.match(complaint.splitlines()[0])
    assert found, complaint
    assert found["where"].endswith(where) and found["given"].startswith(given)


@pytest.mark.parametrize("limit", ["-1", "nan", "inf"])
def test_a_limit_that_marks_nothing_is_explained(before: Path, limit: str):
    code, _, complaint = compare(before, before, "--limit", limit)
    assert code == 2 and FOUR_PARTS.match(complaint.splitlines()[0])
