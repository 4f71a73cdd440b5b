"""What was measured of a cohort, what was imputed and how well: a table, sentences and warnings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulator.cohort.csv_fields import EVENTS, FIELDS, REQUIRED
from simulator.cohort.mix import oldest_years
from simulator.cohort.profile import Profile
from simulator.cohort.read import Cohort
from simulator.cohort.resemblance import FEATURES
from simulator.engine.people import People
from simulator.patient.columns import BY_NAME
from simulator.patient.derived import CODE, DERIVED, values

FAR = 1.0
"""Distance (SD) from which a match is called far: about that of people who share only age and sex."""

MANY = 0.05
FEW_ROWS = 100
PERCENTILES = (5, 25, 50, 75, 95)

_HOW = {
    "ethnicity": "of a matched person of the same sex and age, in the profile's proportions",
    "height_cm": "of the matched person",
    "bmi": "of the matched person",
    "liver_fat_percent": "lived by the matched person, then five years in the person's own body",
    "fibrosis_stage": "lived by the matched person, then five years in the person's own body",
}
_BY_TEST = "what the test shows of the completed person, with its noise"
_BY_CARE = "what usual care has found out about the matched person"


@dataclass(frozen=True)
class MatchReport:
    """How the people of a file were completed.

    Attributes
    ----------
    n_rows : people in the file.
    n_fitting : those of them who meet the conditions on the population.
    n_people : people simulated.
    n_donors : grown people they were matched with; `n_used` is how many lives were taken up.
    table : `column, label, unit, measured, imputed, how`: shares of the file's people (0 to 1).
    distances : `percentile, distance`: root mean square difference from the nearest donors, in SD.
    share_far : share of the file's people with a distance above `FAR`.
    sentences : the same in words.
    warnings : what to know before trusting the result.
    """

    n_rows: int
    n_fitting: int
    n_people: int
    n_donors: int
    n_used: int
    table: pd.DataFrame
    distances: pd.DataFrame
    share_far: float
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for a manifest."""
        counts = {
            name: getattr(self, name)
            for name in ("n_rows", "n_fitting", "n_people", "n_donors", "n_used", "share_far")
        }
        return counts | {
            "columns": self.table.to_dict("records"),
            "distances": self.distances.to_dict("records"),
            "sentences": list(self.sentences),
            "warnings": list(self.warnings),
        }


def report_of(
    cohort: Cohort,
    profile: Profile,
    donors: People,
    record: np.record,
    found: np.ndarray,
    distance: np.ndarray,
    numbers: np.ndarray,
    n_fitting: int,
) -> MatchReport:
    """Return the report of a match.

    Parameters
    ----------
    cohort, profile, donors, record : what was matched.
    found : int (rows, k), donors in use by row.
    distance : float (rows, k), distances from them in SD.
    numbers : int64 (people,), numbers of the people simulated.
    n_fitting : rows that meet the conditions.
    """
    table = _table(cohort)
    typical = distance.mean(axis=1)
    distances = pd.DataFrame(
        {"percentile": PERCENTILES, "distance": np.percentile(typical, PERCENTILES).round(4)}
    )
    share_far = float((typical > FAR).mean())
    n_used = len(np.unique(found))
    sentences = tuple(_sentences(cohort, table, len(donors), float(np.median(typical)), numbers, n_fitting))
    warnings = tuple(_warnings(cohort, profile, donors, record, share_far))
    n_rows, n_people = len(cohort), len(numbers)
    return MatchReport(
        n_rows, n_fitting, n_people, len(donors), n_used, table, distances, share_far, sentences, warnings
    )


def _table(cohort: Cohort) -> pd.DataFrame:
    rows = []
    for name in FIELDS:
        if name in ("id", "weight_kg") or (name in EVENTS and name not in cohort.values):
            continue
        column = BY_NAME.get(name) or DERIVED[name]
        measured = float(np.isfinite(cohort.given(name)).mean())
        rows.append((name, column.label, column.unit, measured, 1 - measured, _how(name, measured)))
    return pd.DataFrame(rows, columns=["column", "label", "unit", "measured", "imputed", "how"])


def _how(name: str, measured: float) -> str:
    if measured == 1:
        return "as given" if name in REQUIRED else "as measured"
    by_kind = _BY_TEST if name.startswith("observed_") else _BY_CARE if name.startswith("diagnosed_") else ""
    return _HOW.get(name) or by_kind or "of the matched person"


def _sentences(
    cohort: Cohort, table: pd.DataFrame, n_donors: int, distance: float, numbers: np.ndarray, n_fitting: int
) -> list[str]:
    shares = zip(map(str, table["label"]), table["measured"].to_numpy(float), strict=True)
    listed = ", ".join(f"{name} ({share:.0%})" if share < 1 else name for name, share in shares if share)
    said = [
        f"{cohort.path.name} holds {_people(len(cohort))}. Measured: {listed}.",
        f"Everything else about a person comes from one of the five nearest of {n_donors:,} grown people of "
        "the same sex and about the same age, and of the same ethnic group where it is given. They were "
        f"compared on everything that was measured; the typical distance is {distance:.2f} SD.",
        "Each person then lived the last five years again in the measured body. What a test showed beyond "
        "that was shared between the person's lifelong level and the noise of the day.",
    ]
    if n_fitting < len(cohort):
        said.append(f"{n_fitting:,} of the file's people meet the conditions on the population.")
    again = int((numbers >= len(cohort)).sum())
    if again:
        said.append(
            f"{again:,} of {len(numbers):,} people are rows of the file drawn again, with replacement; each "
            "is completed and lives with luck of its own."
        )
    return said


def _warnings(
    cohort: Cohort, profile: Profile, donors: People, record: np.record, share_far: float
) -> list[str]:
    said = []
    n, n_old = len(cohort), int((cohort.values["age_years"] > oldest_years(profile)).sum())
    if n_old:
        said.append(
            f"Older than {oldest_years(profile):g} years, beyond {profile.title}: {_people(n_old)}, "
            "matched with its oldest."
        )
    if share_far > MANY:
        said.append(
            f"{share_far:.0%} of people are far (over {FAR:g} SD) from anybody grown: what was imputed for "
            "them is an extrapolation."
        )
    for name, count in _beyond(cohort, donors, record).items():
        said.append(f"{name} of {_people(count)} lies beyond that of every grown person.")
    if not np.isfinite(cohort.given("ethnicity")).all():
        said.append(
            "Where ethnicity is blank it was imputed in the profile's proportions at that sex and age."
        )
    if not np.isfinite(cohort.given("bmi")).all():
        said.append("Where BMI is blank it was imputed, and with it much of what decides about the liver.")
    if cohort.passed_over:
        said.append(f"Not used, as a file cannot set it: {', '.join(cohort.passed_over)}.")
    if n < FEW_ROWS:
        said.append(f"A file of {_people(n)} describes a population loosely; intervals do not show that.")
    return said


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _beyond(cohort: Cohort, donors: People, record: np.record) -> dict[str, int]:
    """Return how many people lie outside the range of all donors, by the label of what was measured."""
    found = {}
    for feature in FEATURES:
        if feature.name in cohort.values and feature.name != "age_years":
            theirs = values(record, donors.state, CODE[feature.name], 0)
            given = cohort.values[feature.name]
            count = int(((given < np.nanmin(theirs)) | (given > np.nanmax(theirs))).sum())
            if count:
                found[(BY_NAME.get(feature.name) or DERIVED[feature.name]).label] = count
    return found
