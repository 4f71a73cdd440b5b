"""A small valid library on disk, for tests that break it one way at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

ENTRIES = """\
relaxation_time_constant_months:
  meaning: Time constant of something.
  value: 2.0
  low: 1.0
  high: 4.0
  distribution: lognormal
  unit: month
  evidence: measured
  source: [someone_2020]
effect_by_ethnicity:
  meaning: Something that differs by ancestry.
  by: ethnicity
  value: {white: 0.0, black: -0.4, mexican: 0.2, other_hispanic: 0.1, asian: 0.3, other: 0.05}
  low: {white: 0.0, black: -0.6, mexican: 0.0, other_hispanic: -0.1, asian: 0.1, other: -0.15}
  high: {white: 0.0, black: -0.2, mexican: 0.4, other_hispanic: 0.3, asian: 0.5, other: 0.25}
  distribution: normal
  unit: ln
  evidence: calibrated
  source: [someone_2020]
  note: Fitted to a survey.
follower:
  meaning: Moves against the time constant.
  value: 0.5
  low: 0.2
  high: 0.8
  distribution: beta
  drawn_with: -relaxation_time_constant_months
  unit: fraction
  evidence: assumed
  note: Nobody has measured it.
median_by_generation:
  meaning: Something that differs by birth year.
  by: birth_year
  value: {1940: 10, 1980: 12, 2000: 15}
  low: {1940: 9, 1980: 11, 2000: 14}
  high: {1940: 11, 1980: 13, 2000: 16}
  distribution: uniform
  unit: kg/m2
  evidence: derived
  source: [someone_2020]
exponent:
  meaning: A definition, never drawn.
  value: 3
  low: 3
  high: 3
  distribution: fixed
  unit: "1"
  evidence: measured
  source: [someone_2020]
"""

REFERENCES = """\
someone_2020:
  authors: Someone A et al.
  year: 2020
  title: Something measured
  journal: J Things 2020;1:1-2
  doi: 10.1000/1
  taken: table 1
"""

Library = Callable[..., Path]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Write the small library, with text replaced or added, and return its folder."""

    def write(old: str = "", new: str = "", extra: str = "") -> Path:
        assert old in ENTRIES
        (tmp_path / "things.yaml").write_text(
            ENTRIES.replace(old, new, 1) + extra if old else ENTRIES + extra
        )
        (tmp_path / "references.yaml").write_text(REFERENCES)
        return tmp_path

    return write
