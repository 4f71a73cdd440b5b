"""Compiled code is kept under a digest of every source that can reach a kernel."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from simulator.base import jit


@pytest.fixture
def copied_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the compiled rooms in which a test may change a law."""
    for room in jit.COMPILED_ROOMS:
        folder = tmp_path / "simulator" / room
        folder.mkdir(parents=True)
        for path in (jit.PACKAGE / room).glob("*.py"):
            shutil.copy(path, folder)
    monkeypatch.setattr(jit, "PACKAGE", tmp_path / "simulator")
    return tmp_path / "simulator"


def test_equal_sources_have_equal_digests(copied_house: Path):
    digest = jit.source_digest()
    assert len(digest) == 16
    assert digest == jit.source_digest()


@pytest.mark.parametrize("room", jit.COMPILED_ROOMS)
def test_touching_any_compiled_room_changes_the_digest(copied_house: Path, room: str):
    before = jit.source_digest()
    law = next(path for path in sorted((copied_house / room).glob("*.py")) if path.name != "__init__.py")
    law.write_text(law.read_text(encoding="utf-8") + "\n# another number\n", encoding="utf-8")
    assert jit.source_digest() != before


def test_a_renamed_file_changes_the_digest(copied_house: Path):
    before = jit.source_digest()
    (copied_house / "physiology" / "liver.py").rename(copied_house / "physiology" / "lungs.py")
    assert jit.source_digest() != before


def test_the_cache_lies_where_it_is_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "here"))
    assert jit.cache_folder() == tmp_path / "here" / jit.source_digest()
