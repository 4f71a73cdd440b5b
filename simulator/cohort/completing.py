"""Making a person of the cohort out of a grown one: the measured body, lived in for the last five years.

The donor's life is taken up five years before the start, with the person's own sex, age, height, genes
and habits, and with adiposity moved so that BMI is exactly what was measured. It is lived again up to the
start by the very kernel that runs the future. What a test showed beyond what the donor then shows moves
what is hidden (see `offsets`), and the five years are lived once more. Fat, sugar and inflammation
have settled in the person's own body by then, so nothing jumps in month one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.base.jit import kernel
from simulator.base.mathematics import ZERO, log
from simulator.cohort import known, offsets
from simulator.cohort.grown import OLDEST_MONTHS
from simulator.engine.examination import note_changes, score
from simulator.engine.people import People
from simulator.engine.simulation import MONTHS_PER_YEAR, NO_PLAN, Course, examine_at_entry, live
from simulator.patient import columns as c
from simulator.patient import constitution, founders
from simulator.patient.derived import CODE, values
from simulator.physiology import metabolism

PAST_MONTHS = 60
"""Months lived again: several times the clocks of sugar, fat and inflammation."""

YOUNGEST_LIVED = 19.0
"""Years. Who is younger lives the past as if this old: at eighteen a body has not settled yet."""

_NEVER = np.float32(c.NEVER)
_NOT_MEASURED = np.float32(np.nan)
_ADULT = np.float32(18)
_LN_NEVER_DIES = np.float32(-60)
_ALL_MONTHS_PER_YEAR = np.float32(12)
_LATER = np.array(
    [i for i, column in enumerate(c.COLUMNS) if column.owner != "founders" and column.unit != "month"],
    np.int64,
)
_MONTHS = np.array([i for i, column in enumerate(c.COLUMNS) if column.unit == "month"], np.int64)
_MEASURED = np.array(
    [i for i, column in enumerate(c.COLUMNS) if column.name.startswith(("observed_", "first_"))], np.int64
)
_FIRSTS = np.array([i for i, column in enumerate(c.COLUMNS) if column.name.startswith("first_")], np.int64)


@kernel
def back_to_eighteen(p: np.record, state: np.ndarray, keys: np.ndarray) -> None:
    """Take grown people back to eighteen, in place: who they are stays, what they became goes."""
    for i in range(state.shape[1]):
        height = state[c.HEIGHT_CM, i]
        for column in _LATER:
            state[column, i] = ZERO
        for column in _MONTHS:
            state[column, i] = _NEVER
        for column in _MEASURED:
            state[column, i] = _NOT_MEASURED
        founders.start_adult_life(p, state, i, (keys[0, i], keys[1, i]))
        state[c.HEIGHT_CM, i] = height


@kernel
def measure_standing(
    p: np.record, state: np.ndarray, bmi: np.ndarray, level: np.ndarray, spread: np.ndarray
) -> None:
    """Write what adiposity (z) a BMI at the start means for each person, and the log-SD of their excess BMI.

    Parameters
    ----------
    p : the parameter record.
    state : float32 (N_COLUMNS, n).
    bmi : float32 (n,), kg/m2.
    level, spread : float32 (n,), written.
    """
    for i in range(len(bmi)):
        female, ethnicity = state[c.SEX, i], int(state[c.ETHNICITY, i])
        birth_year = state[c.BIRTH_YEAR, i]
        age = max(-state[c.BIRTH_MONTH, i] / _ALL_MONTHS_PER_YEAR, _ADULT)
        survey_age = max(p.survey_year - birth_year, p.adult_age)
        drift = metabolism.excess_bmi_drift(p, survey_age, female, birth_year)
        excess = constitution.excess_bmi_at_18(p, birth_year, female, drift)
        factor = constitution.ethnic_bmi_factor(p, ethnicity, female)
        median = metabolism.median_excess_bmi(p, excess, factor, age, female, birth_year)
        at_18 = constitution.bmi_spread_at_18(p, ethnicity, female)
        spread[i] = metabolism.adiposity_spread(p, at_18, age, female)
        usual = metabolism.ln_relative_adiposity(p, median, spread[i], ZERO, ZERO)
        level[i] = (log((bmi[i] - p.bmi_floor) / p.bmi_reference_excess) - usual) / spread[i]


@kernel
def score_again(p: np.record, state: np.ndarray) -> None:
    """Compute the scores of measured components, and take the measurements as the first of the run."""
    for i in range(state.shape[1]):
        for column in _FIRSTS:
            state[column, i] = _NOT_MEASURED
        score(p, state, i, 0)
        note_changes(state, i)


def deathless(record: np.record) -> np.record:
    """Return the same numbers without mortality, for years that a person is known to have survived."""
    copy = record.copy()
    copy["life_table_men_0"] = copy["life_table_women_0"] = _LN_NEVER_DIES
    for name in record.dtype.names or ():
        if name.endswith(("_death_early_per_year", "_death_late_per_year")):
            copy[name] = 0
    return copy


def past_of(people: People, record: np.record, steps_per_year: int) -> People:
    """Return grown people as they were five years before the start, by living up to then again."""
    order = np.argsort(people.state[c.BIRTH_MONTH], kind="stable")
    past = people.take(order)
    back_to_eighteen(record, past.state, past.keys)
    course, per_month = Course(NO_PLAN, record, steps_per_year), steps_per_year // MONTHS_PER_YEAR
    live(past, course, -OLDEST_MONTHS * per_month, -PAST_MONTHS * per_month)
    return past.take(np.argsort(order, kind="stable"))


@dataclass(frozen=True)
class Completion:
    """How people are completed.

    Attributes
    ----------
    record : the parameter record, made for `steps_per_year`.
    steps_per_year : steps the engine takes a year.
    calendar_year : year in which the run starts.
    """

    record: np.record
    steps_per_year: int
    calendar_year: int

    def complete(
        self, given: dict[str, np.ndarray], past: People, now: np.ndarray, keys: np.ndarray
    ) -> People:
        """Return people with what was measured, and everything else from their donors.

        Parameters
        ----------
        given : float64 (n,) by column, NaN where not measured; age and sex of everybody, BMI at least as NaN.
        past : their donors five years before the start; changed and handed back.
        now : float32 (N_COLUMNS, n), the donors at the start.
        keys : uint32 (2, n), the people's own keys, used from the start on.
        """
        p, compared = self.record, known.independent(given)
        lived = given | {"age_years": np.maximum(given["age_years"], YOUNGEST_LIVED)}
        known.write_for_life(past.state, lived, self.calendar_year)
        expected = now.copy()
        known.write_for_life(expected, lived, self.calendar_year)
        moved_weight = self._move_weight(past.state, expected, given["bmi"])
        first = past.copy()
        self._live_again(first)
        examine_at_entry(first, p)
        moved_weight += self._move_weight(past.state, first.state, given["bmi"])
        moved = offsets.shifts(p, first.state, self._gaps(first.state, compared))
        offsets.move_lifelong(p, past.state, moved)
        known.keep_diabetes(past.state, first.state, now, given)
        self._live_again(past)
        self._share_weight(past.state, moved_weight)
        offsets.move_passing(p, past.state, moved[-1])
        past.keys = keys
        self._finish(past, given)
        return past

    def _move_weight(self, past: np.ndarray, seen: np.ndarray, bmi: np.ndarray) -> np.ndarray:
        """Move lifelong adiposity so that BMI at the start is what was measured, in place.

        Parameters
        ----------
        past : float32 (N_COLUMNS, n), changed.
        seen : float32 (N_COLUMNS, n), the same people at the start, lived or expected.
        bmi : float64 (n,), wanted at the start; NaN where not measured.

        Returns
        -------
        How far adiposity moved (z), float32 (n,).
        """
        gap, spread = self._adiposity_gap(seen, np.where(np.isnan(bmi), seen[c.BMI], bmi))
        gap = np.where(np.isnan(bmi), 0, gap).astype(np.float32)
        past[c.Z_ADIPOSITY] += gap / self.record.adiposity_lifelong_loading
        for row in (c.BMI, c.HABITUAL_BMI):
            excess = (past[row] - self.record.bmi_floor) * np.exp((spread * gap).astype(float))
            past[row] = np.round(self.record.bmi_floor + excess, offsets.ROUNDED)
        return gap

    def _adiposity_gap(self, state: np.ndarray, bmi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how far adiposity (z) is from what a BMI means, and the log-SD of excess BMI."""
        level, spread = np.empty(len(bmi), np.float32), np.empty(len(bmi), np.float32)
        measure_standing(self.record, state, bmi.astype(np.float32), level, spread)
        lifelong, passing = self.record.adiposity_lifelong_loading, self.record.adiposity_wander_loading
        return level - lifelong * state[c.Z_ADIPOSITY] - passing * state[c.ADIPOSITY_WANDER], spread

    def _share_weight(self, state: np.ndarray, moved: np.ndarray) -> None:
        """Share what adiposity was moved by between its lifelong and its passing part, in place.

        They share it by their loadings, which is where a departure most likely comes from; BMI stays.
        """
        lifelong, passing = self.record.adiposity_lifelong_loading, self.record.adiposity_wander_loading
        state[c.Z_ADIPOSITY] += moved * (lifelong - 1 / lifelong)
        state[c.ADIPOSITY_WANDER] += moved * passing

    def _live_again(self, past: People) -> None:
        """Live the last five years, in place. Nobody dies in them: the people of the file are alive."""
        first = -PAST_MONTHS * self.steps_per_year // MONTHS_PER_YEAR
        live(past, Course(NO_PLAN, deathless(self.record), self.steps_per_year), first, 0)

    def _gaps(self, state: np.ndarray, given: dict[str, np.ndarray]) -> np.ndarray:
        """Return what was measured less what the donor shows, on the scale of each test."""
        gaps = np.full((len(offsets.TESTS), state.shape[1]), np.nan)
        for row, name in enumerate(offsets.TESTS):
            if name in given:
                shown = values(self.record, state, CODE[name], 0).astype(float)
                measured, donors = (offsets.on_test_scale(self.record, name, x) for x in (given[name], shown))
                gaps[row] = measured - donors
        return gaps

    def _finish(self, people: People, given: dict[str, np.ndarray]) -> None:
        """Write at the start what is known exactly, test everybody, and show what was measured."""
        state = people.state
        state[c.COST_USD] = state[c.QALYS] = 0
        known.write(state, c.BMI, given["bmi"])
        known.write_birth(state, given["age_years"], self.calendar_year)
        gap, _ = self._adiposity_gap(state, state[c.BMI])
        state[c.Z_ADIPOSITY] += gap / self.record.adiposity_lifelong_loading
        if "liver_fat_percent" in given:
            offsets.move_fat_to(self.record, state, given["liver_fat_percent"])
        known.write_liver(state, given)
        known.write_diagnoses(self.record, state, given)
        examine_at_entry(people, self.record)
        known.write_results(self.record, state, given)
        score_again(self.record, state)
        for name in ("observed_fib4", "observed_nfs"):
            if name in given:
                known.write(state, c.INDEX[name], given[name])
