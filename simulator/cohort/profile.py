"""A profile: the ancestry, sex and age of a population, read from its file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from simulator.base.errors import input_error, nearest
from simulator.patient.columns import ETHNICITIES, SEXES

FOLDER = Path(__file__).resolve().parents[1] / "parameters" / "data" / "profiles"
MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class Profile:
    """Who lives in a population.

    Attributes
    ----------
    name : name of the profile.
    title, source : for reports.
    calendar_year : year the profile describes.
    ethnicity : float64 (6,), cumulative shares.
    women : float64 (6,), share of women in each group.
    age : float64 (6, 2, months), cumulative shares of ages in months since 18, by group and sex.
    """

    name: str
    title: str
    source: str
    calendar_year: int
    ethnicity: np.ndarray
    women: np.ndarray
    age: np.ndarray


def profile_names() -> list[str]:
    """Return the names of the shipped profiles."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml") if not path.stem.endswith("-targets"))


def load_profile(name: str) -> Profile:
    """Return a shipped profile.

    Raises
    ------
    InputError : when there is none of that name.
    """
    if name not in profile_names():
        raise input_error(
            "population.profile", "a profile has to be shipped", name, nearest(name, profile_names())
        )
    with (FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        content = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    groups = [content["ethnicities"][group] for group in ETHNICITIES]
    shares = np.array([group["share"] for group in groups], float)
    ages = np.array([[_by_month(content, group["ages"][sex]) for sex in SEXES] for group in groups])
    return Profile(
        name,
        content["title"],
        content["source"],
        int(content["calendar_year"]),
        np.cumsum(shares / shares.sum()),
        np.array([group["share_of_women"] for group in groups], float),
        ages,
    )


def _by_month(content: dict, band_shares: list[float]) -> np.ndarray:
    """Return cumulative shares by month of age since 18: even within a band, falling in the oldest."""
    starts, oldest = content["band_starts"], content["oldest_band"]
    last = oldest["ages"][1] + 1
    edges = [*starts, last]
    density = []
    for start, end, share in zip(edges[:-1], edges[1:], band_shares, strict=True):
        weights = np.ones((end - start) * MONTHS_PER_YEAR)
        if start == oldest["ages"][0]:
            weights = oldest["ratio_per_year"] ** (np.arange(len(weights)) // MONTHS_PER_YEAR)
        density.append(share * weights / weights.sum())
    shares = np.concatenate(density)
    return np.cumsum(shares / shares.sum())
