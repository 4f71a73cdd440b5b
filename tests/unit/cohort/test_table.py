"""People as a table and a CSV: complete or not at all, the same bytes every time, read back as a cohort."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator.base.errors import InputError, RunFailed
from simulator.cohort.csv_fields import FIELDS
from simulator.cohort.grown import GrownSource
from simulator.cohort.matched import matched_source
from simulator.cohort.profile import load_profile
from simulator.cohort.read import read_cohort
from simulator.cohort.survey import COLUMNS as SURVEY_COLUMNS
from simulator.cohort.table import COLUMNS, TRUTHS, cohort_table, write_cohort
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import LOT_SIZE
from simulator.parameters.library import load_parameters
from simulator.patient import columns as c
from simulator.patient.columns import ETHNICITIES, SEXES

N = 700


@functools.cache
def source() -> GrownSource:
    record = parameter_record(load_parameters())
    return GrownSource(load_profile("us-adults-2018"), record, 3)


@functools.cache
def people() -> People:
    return source()(0, N)


def table(truth: bool = False) -> pd.DataFrame:
    return cohort_table(people(), source().record, truth)


class TestTable:
    def test_columns(self) -> None:
        assert tuple(table()) == COLUMNS
        assert tuple(table(truth=True)) == (*COLUMNS, *TRUTHS)
        assert {"liver_fat_percent", "fibrosis_stage", "has_cirrhosis", "homa_ir"} <= set(TRUTHS)

    def test_what_the_survey_is_compared_on_is_there(self) -> None:
        assert set(SURVEY_COLUMNS) <= set(COLUMNS)

    def test_labels_and_whole_numbers(self) -> None:
        frame = table(truth=True)
        assert set(frame["sex"]) == set(SEXES) and set(frame["ethnicity"]) == set(ETHNICITIES)
        whole = ("id", "pnpla3_g", "diagnosed_diabetes", "fibrosis_stage", "has_masld")
        assert all(pd.api.types.is_integer_dtype(frame[name]) for name in whole)
        assert frame["id"].tolist() == list(range(1, N + 1))

    def test_values_are_those_of_the_people(self) -> None:
        frame, state = table(truth=True), people().state
        assert frame["bmi"].to_numpy() == pytest.approx(state[c.BMI])
        assert frame["age_years"].to_numpy() == pytest.approx(-state[c.BIRTH_MONTH] / 12)
        assert frame["liver_fat_percent"].to_numpy() == pytest.approx(np.exp(state[c.LN_LIVER_FAT]), rel=1e-5)
        metres = frame["height_cm"] / 100
        assert frame["weight_kg"].to_numpy() == pytest.approx((frame["bmi"] * metres**2).to_numpy(), rel=1e-5)
        assert frame["observed_lsm_kpa"].isna().tolist() == np.isnan(state[c.OBSERVED_LSM_KPA]).tolist()


class TestFile:
    @pytest.mark.parametrize("truth", [False, True])
    def test_it_is_read_back_as_a_cohort(self, tmp_path: Path, truth: bool) -> None:
        path = write_cohort(source(), N, tmp_path / "people.csv", truth)
        cohort, frame = read_cohort(path), table(truth)
        assert len(cohort) == N
        assert set(cohort.values) == (set(COLUMNS) | set(TRUTHS if truth else ())) & set(FIELDS) - {"id"}
        for name, found in cohort.values.items():
            labels = {"sex": SEXES, "ethnicity": ETHNICITIES}.get(name)
            written = frame[name].map(labels.index) if labels else frame[name]
            assert found == pytest.approx(written.to_numpy(float), rel=1e-5, abs=1e-6, nan_ok=True), name

    def test_completed_again_it_has_the_same_measurements(self, tmp_path: Path) -> None:
        path = write_cohort(source(), N, tmp_path / "people.csv")
        matched, _ = matched_source(path, record=source().record, seed=4, donors=2000)
        again = write_cohort(matched, N, tmp_path / "again.csv")
        first, second = pd.read_csv(path), pd.read_csv(again)
        measured = first.notna() & (first.columns != "weight_kg")
        numbers = first.select_dtypes("number").columns
        for name in numbers:
            where = measured[name].to_numpy()
            assert second[name].to_numpy()[where] == pytest.approx(first[name].to_numpy()[where], rel=2e-6), (
                name
            )
        assert second[["sex", "ethnicity"]].equals(first[["sex", "ethnicity"]])

    def test_the_bytes_do_not_depend_on_lots_and_progress_counts_everybody(self, tmp_path: Path) -> None:
        n, done = LOT_SIZE + 17, []
        path = write_cohort(source(), n, tmp_path / "many.csv", progress=done.append)
        assert sum(done) == n and len(done) == 2
        assert [line.count(",") for line in path.read_text().splitlines()] == [len(COLUMNS) - 1] * (n + 1)
        few = write_cohort(source(), N, tmp_path / "few.csv").read_bytes()
        assert path.read_bytes().startswith(few)

    def test_line_ends_and_digits_are_the_same_everywhere(self, tmp_path: Path) -> None:
        content = write_cohort(source(), 50, tmp_path / "people.csv").read_bytes()
        assert b"\r" not in content
        cells = [cell for line in content.decode().splitlines()[1:] for cell in line.split(",")]
        digits = [cell.partition("e")[0].replace(".", "").lstrip("-0") for cell in cells]
        assert max(len(text) for text in digits if text.isdigit()) <= 6


class TestPlace:
    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="the folder of the file exists"):
            write_cohort(source(), 10, tmp_path / "nowhere" / "people.csv")

    def test_a_folder_of_that_name(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="written to a file"):
            write_cohort(source(), 10, tmp_path)

    def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text("the old one")

        class Failing:
            record = source().record

            def __call__(self, first: int, last: int) -> People:
                if first:
                    raise MemoryError
                return source()(first, last)

        with pytest.raises(MemoryError):
            write_cohort(Failing(), 3 * LOT_SIZE, path)
        assert path.read_text() == "the old one"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_disk_that_refuses(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*arguments: object, **more: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(pd.DataFrame, "to_csv", refuse)
        with pytest.raises(RunFailed, match="No space left on device"):
            write_cohort(source(), 10, tmp_path / "people.csv")
        assert not list(tmp_path.iterdir())
