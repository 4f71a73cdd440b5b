"""Completed people: what was measured is true of them, the rest fits, and nothing jumps."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator.base.errors import InputError
from simulator.cohort.completing import PAST_MONTHS, past_of
from simulator.cohort.grown import GrownSource
from simulator.cohort.match_report import MatchReport
from simulator.cohort.matched import MatchedSource, matched_source
from simulator.cohort.profile import load_profile
from simulator.cohort.table import cohort_table
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import NO_PLAN, Course, examine_at_entry, live, simulate
from simulator.parameters.library import load_parameters
from simulator.patient import columns as c
from simulator.patient.derived import CODE, values
from simulator.scenario.plan import CONDITION

DONORS = 6000
N = 2500
MEASURED = ["age_years", "sex", "bmi", "observed_hba1c_percent", "observed_alt_u_l", "observed_lsm_kpa"]


@functools.cache
def record() -> np.record:
    return parameter_record(load_parameters())


@functools.cache
def grown() -> People:
    return GrownSource(load_profile("us-adults-2018"), record(), 77)(0, N)


@functools.cache
def whole_table() -> pd.DataFrame:
    return cohort_table(grown(), record(), truth=True)


@pytest.fixture(scope="module")
def stripped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A grown cohort with only what a clinic would have measured."""
    path = tmp_path_factory.mktemp("cohort") / "stripped.csv"
    whole_table()[MEASURED].to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def matched(stripped: Path) -> tuple[MatchedSource, MatchReport]:
    return matched_source(stripped, record=record(), seed=1, donors=DONORS)


def of_text(
    folder: Path, text: str, donors: int = 2000, **more: object
) -> tuple[MatchedSource, MatchReport, pd.DataFrame]:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    source, report = matched_source(path, record=record(), seed=1, donors=donors, **more)  # type: ignore[arg-type]
    return source, report, cohort_table(source(0, len(source)), record(), truth=True)


def quantity(people: People, name: str) -> np.ndarray:
    return values(record(), people.state, CODE[name], 0).astype(float)


def rank_correlation(x: np.ndarray, y: np.ndarray) -> float:
    known = np.isfinite(x) & np.isfinite(y)
    ranks = [pd.Series(z[known]).rank().to_numpy() for z in (x, y)]
    return float(np.corrcoef(*ranks)[0, 1])


class TestWhatWasMeasured:
    @pytest.mark.parametrize("name", MEASURED)
    def test_is_kept(self, matched: tuple[MatchedSource, MatchReport], stripped: Path, name: str) -> None:
        people = cohort_table(matched[0](0, N), record())
        given = pd.read_csv(stripped)[name]
        if name == "sex":
            assert people[name].tolist() == given.tolist()
            return
        is_given = given.notna().to_numpy()
        assert is_given.mean() > 0.9
        kept, wanted = people[name].to_numpy(float)[is_given], given.to_numpy(float)[is_given]
        assert kept == pytest.approx(wanted, rel=1e-6)

    def test_everything_a_file_may_say_of_a_body_is_true_of_the_person(self, tmp_path: Path) -> None:
        header = "age,sex,ethnicity,height_cm,bmi,pnpla3,tm6sf2,hsd17b13,sleep_hours,alcohol_g_per_day"
        _, _, people = of_text(tmp_path, f"{header}\n50.5,f,asian,151,38.2,2,1,0,5.5,12\n")
        person = people.iloc[0]
        assert person[["sex", "ethnicity"]].tolist() == ["female", "asian"]
        wanted = {"age_years": 50.5, "height_cm": 151, "bmi": 38.2, "pnpla3_g": 2, "tm6sf2_t": 1,
                  "hsd17b13_ta": 0, "usual_sleep_hours": 5.5, "alcohol_g_per_day": 12}  # fmt: skip
        assert {name: float(person[name]) for name in wanted} == pytest.approx(wanted)
        assert person["weight_kg"] == pytest.approx(38.2 * 1.51**2, rel=1e-4)

    def test_results_that_belong_together_agree(self, tmp_path: Path) -> None:
        text = "age,sex,homa_ir,fasting_glucose_mmol_l,alt,ast,platelets\n60,m,4.5,6,40,30,200\n"
        person = of_text(tmp_path, text)[2].iloc[0]
        assert person["observed_fasting_insulin_miu_l"] == pytest.approx(22.5 * 4.5 / 6, rel=1e-5)
        assert person["observed_fib4"] == pytest.approx(60 * 30 / (200 * np.sqrt(40)), rel=1e-5)

    def test_followed_markers_start_at_what_was_measured(self, tmp_path: Path) -> None:
        source, _, _ = of_text(tmp_path, "age,sex,alt,lsm\n60,m,77,9\n")
        state = source(0, 1).state
        assert state[c.FIRST_ALT_U_L, 0] == 77 and state[c.OBSERVED_ALT_CHANGE_PERCENT, 0] == 0
        assert state[c.FIRST_LSM_KPA, 0] == 9

    def test_known_diagnoses(self, tmp_path: Path) -> None:
        rows = "".join(f"{40 + n},{'mf'[n % 2]},{flag}\n" for n in range(20) for flag in (0, 1))
        _, _, people = of_text(tmp_path, "age,sex,diagnosed_diabetes\n" + rows, donors=4000)
        assert people["diagnosed_diabetes"].tolist() == [0, 1] * 20
        assert people.loc[people["diagnosed_diabetes"] == 1, "has_diabetes"].all()
        means = people.groupby("diagnosed_diabetes")["observed_hba1c_percent"].mean()
        assert means[1] > means[0] + 0.5

    def test_a_group_left_blank_does_not_take_after_those_who_gave_it(self, tmp_path: Path) -> None:
        rows = "".join(f"{30 + n % 40},m,{group}\n" for n in range(600) for group in ("asian", ""))
        people = of_text(tmp_path, "age,sex,ethnicity\n" + rows, donors=4000)[2]
        assert (people["ethnicity"][::2] == "asian").all()
        imputed = people["ethnicity"][1::2].value_counts(normalize=True)
        assert 0.02 < imputed["asian"] < 0.11 and 0.5 < imputed["white"] < 0.75

    def test_liver_fat_and_stage_seen_directly(self, tmp_path: Path) -> None:
        rows = "".join(f"55,m,{fat},{stage}\n" for fat in (2, 12, 30) for stage in range(5))
        _, _, people = of_text(tmp_path, "age,sex,mri_pdff_percent,fibrosis_stage\n" + rows, donors=4000)
        assert people["fibrosis_stage"].tolist() == list(range(5)) * 3
        assert people["liver_fat_percent"].to_numpy() == pytest.approx(np.repeat([2, 12, 30], 5), rel=1e-3)
        assert people.loc[people["fibrosis_stage"] == 4, "has_cirrhosis"].all()

    def test_complications(self, tmp_path: Path) -> None:
        _, _, people = of_text(tmp_path, "age,sex,has_decompensation,has_hcc\n60,m,1,0\n60,f,0,1\n60,f,0,0\n")
        assert people["has_decompensation"].tolist() == [1, 0, 0]
        assert people["has_hcc"].tolist() == [0, 1, 0]
        assert people["fibrosis_stage"][0] == 4

    @pytest.mark.parametrize(("age", "bmi"), [(18, 17), (18.04, 45), (23, 12), (40, 95), (104, 30)])
    def test_bodies_at_the_edge(self, tmp_path: Path, age: float, bmi: float) -> None:
        source, _, people = of_text(tmp_path, f"age,sex,bmi\n{age},f,{bmi}\n{age},m,{bmi}\n")
        assert people["bmi"].to_numpy() == pytest.approx([bmi, bmi])
        later = source(0, 2)
        live(later, Course(NO_PLAN, record()), 0, 1)
        assert np.isfinite(later.state[c.BMI]).all()
        assert later.state[c.BMI] == pytest.approx([bmi, bmi], rel=0.1)


class TestWhatWasNot:
    def test_comes_back_with_its_distribution(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        """Half of both sets of people are the same bodies: quantiles and correlations must agree."""
        people = matched[0](0, N)
        for name in ("observed_cap_db_per_m", "observed_homa_ir", "liver_fat_percent", "hba1c_percent"):
            truth, imputed = quantity(grown(), name), quantity(people, name)
            for percentile in (25, 50, 75):
                wanted = np.nanpercentile(truth, percentile)
                assert np.nanpercentile(imputed, percentile) == pytest.approx(wanted, rel=0.08), name
            for other in ("bmi", "observed_alt_u_l", "observed_hba1c_percent"):
                expected = rank_correlation(truth, quantity(grown(), other))
                found = rank_correlation(imputed, quantity(people, other))
                assert found == pytest.approx(expected, abs=0.08), (name, other)

    def test_resembles_the_person_it_was_taken_from(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        people = matched[0](0, N)
        for name, at_least in (("observed_cap_db_per_m", 0.3), ("homa_ir", 0.35), ("has_diabetes", 0.6)):
            assert rank_correlation(quantity(grown(), name), quantity(people, name)) > at_least

    def test_tendencies_stay_standard_normal(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        state = matched[0](0, N).state
        for name in ("z_adiposity", "adiposity_wander", "z_enzymes", "z_lsm", "z_liver_fat", "z_cap"):
            z = state[c.INDEX[name]]
            assert abs(z.mean()) < 0.12 and 0.85 < z.std() < 1.15, name

    def test_a_high_alt_is_partly_the_person_and_partly_the_day(self, tmp_path: Path) -> None:
        """Two fifths of the spread beside the liver last for life, and what the liver does comes on top."""
        rows = "".join(f"{30 + n % 40},m,30,{alt}\n" for n in range(200) for alt in (20, 60))
        source, _, _ = of_text(tmp_path, "age,sex,bmi,alt\n" + rows, donors=4000)
        people = source(0, len(source))
        examine_at_entry(people, record())
        again = np.log(people.state[c.OBSERVED_ALT_U_L])
        gap = again[1::2].mean() - again[::2].mean()
        assert gap / np.log(60 / 20) == pytest.approx(0.56, abs=0.06)


class TestNothingJumps:
    def test_the_donors_past_is_the_life_they_lived(self) -> None:
        """Taken up five years before the start and lived again, a donor is who they were, bit for bit."""
        people = GrownSource(load_profile("us-adults-2018"), record(), 5, examined=False)(0, 300)
        again = past_of(people, record(), 12)
        live(again, Course(NO_PLAN, record()), -PAST_MONTHS, 0)
        again.state[[c.COST_USD, c.QALYS]] = 0
        assert np.array_equal(again.state, people.state, equal_nan=True)

    def test_month_one_goes_on_from_month_zero(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        """Means move in the first month as they do in grown people, whose month is a hundredth of an SD."""
        for name in ("bmi", "ln_homa_ir", "ln_liver_fat", "hba1c_percent", "injury", "fibrosis"):
            row = c.INDEX[name]
            steps = []
            for people in (matched[0](0, N), grown().copy()):
                later = people.copy()
                live(later, Course(NO_PLAN, record()), 0, 1)
                steps.append(later.state[row].astype(float) - people.state[row])
            spread = float(grown().state[row].std())
            assert abs(steps[0].mean() - steps[1].mean()) < 0.01 * spread, name
            assert steps[0].std() < 1.3 * steps[1].std() + 0.005 * spread, name

    def test_neither_does_the_first_year_drift(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        drifts = {}
        for which, people in (("matched", matched[0](0, N)), ("grown", grown().copy())):
            before = people.copy()
            live(people, Course(NO_PLAN, record()), 0, 12)
            lsm = [quantity(_tested(x), "observed_lsm_kpa") for x in (before, people)]
            drifts[which] = [
                float(np.nanmean(people.state[row] - before.state[row]) / grown().state[row].std())
                for row in (c.BMI, c.LN_HOMA_IR, c.LN_LIVER_FAT, c.HBA1C_PERCENT)
            ] + [float(np.nanmean(np.log(lsm[1])) - np.nanmean(np.log(lsm[0])))]
        assert drifts["matched"] == pytest.approx(drifts["grown"], abs=0.05)

    def test_they_live_for_twenty_years(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        counts = simulate(matched[0], {"usual care": Course(NO_PLAN, record())}, N, 20)["usual care"]
        dead = counts.monthly[-1, 1:].sum()
        assert counts.monthly[-1].sum() == N and 0.05 * N < dead < 0.6 * N


def _tested(people: People) -> People:
    again = people.copy()
    again.state[c.OBSERVED_LSM_KPA] = np.nan
    examine_at_entry(again, record())
    return again


class TestWhoIsSimulated:
    def test_people_do_not_depend_on_lots(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        whole = matched[0](0, 700)
        parts = People.together([matched[0](a, b) for a, b in ((0, 1), (1, 333), (333, 700))])
        assert np.array_equal(whole.state, parts.state, equal_nan=True)
        assert np.array_equal(whole.keys, parts.keys) and np.array_equal(whole.index, parts.index)

    def test_the_same_seed_gives_the_same_people(self, stripped: Path) -> None:
        first, second = (matched_source(stripped, record=record(), seed=9, donors=2000)[0] for _ in range(2))
        assert np.array_equal(first(0, 300).state, second(0, 300).state, equal_nan=True)

    def test_another_seed_gives_others_with_the_same_measurements(self, stripped: Path) -> None:
        first, second = (matched_source(stripped, record=record(), seed=s, donors=2000)[0] for s in (1, 2))
        a, b = first(0, 300).state, second(0, 300).state
        assert np.array_equal(a[c.BMI], b[c.BMI])
        assert not np.array_equal(a[c.LN_LIVER_FAT], b[c.LN_LIVER_FAT])

    def test_fewer_than_the_file_are_its_first(self, tmp_path: Path) -> None:
        source, report, people = of_text(tmp_path, "age,sex\n20,m\n30,m\n40,m\n", size=2)
        assert people["age_years"].tolist() == [20, 30] and report.n_people == len(source) == 2

    def test_more_than_the_file_are_drawn_again_with_luck_of_their_own(self, tmp_path: Path) -> None:
        source, report, people = of_text(tmp_path, "age,sex\n20,m\n30,m\n40,m\n", size=600)
        assert people["age_years"][:3].tolist() == [20, 30, 40]
        shares = people["age_years"].value_counts(normalize=True)
        assert shares[[20.0, 30.0, 40.0]].to_numpy() == pytest.approx(np.full(3, 1 / 3), abs=0.08)
        assert len(np.unique(source(0, 600).keys[0])) == 600
        assert any("drawn again, with replacement" in sentence for sentence in report.sentences)

    def test_conditions_choose_among_completed_people(self, tmp_path: Path) -> None:
        conditions = np.array([(CODE["age_years"], 30, 99), (CODE["has_masld"], 1, 1)], CONDITION)
        rows = "".join(f"{20 + n % 40},m\n" for n in range(200))
        _, report, people = of_text(tmp_path, "age,sex\n" + rows, conditions=conditions)
        assert people["age_years"].min() >= 30 and people["has_masld"].all()
        assert 0 < report.n_fitting == len(people) < 150

    def test_conditions_and_a_size_draw_until_enough_meet_them(self, tmp_path: Path) -> None:
        conditions = np.array([(CODE["has_masld"], 1, 1)], CONDITION)
        _, _, people = of_text(tmp_path, "age,sex\n50,m\n60,f\n", conditions=conditions, size=300)
        assert len(people) == 300 and people["has_masld"].all()

    @pytest.mark.parametrize("size", [None, 10])
    def test_conditions_that_nobody_meets(self, tmp_path: Path, size: int | None) -> None:
        conditions = np.array([(CODE["age_years"], 80, 99)], CONDITION)
        with pytest.raises(InputError, match=r"where: enough people of people\.csv meet it; given: 0 of"):
            of_text(tmp_path, "age,sex\n50,m\n60,f\n", conditions=conditions, size=size)


class TestReport:
    def test_shares_of_what_was_measured(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        table = matched[1].table.set_index("column")
        assert table.loc["bmi", "measured"] == 1 and table.loc["bmi", "how"] == "as measured"
        assert table.loc["observed_cap_db_per_m", "imputed"] == 1
        assert 0.9 < table.loc["observed_lsm_kpa", "measured"] < 1
        assert (table["measured"] + table["imputed"]).to_numpy() == pytest.approx(1)

    def test_distances_are_those_of_close_matches(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        report = matched[1]
        assert report.distances["distance"].is_monotonic_increasing
        assert report.distances["distance"].iloc[2] < 0.45 and report.share_far < 0.05

    def test_more_donors_are_nearer(self, stripped: Path, matched: tuple[MatchedSource, MatchReport]) -> None:
        few = matched_source(stripped, record=record(), seed=1, donors=1000)[1]
        assert few.distances["distance"].iloc[2] > 1.2 * matched[1].distances["distance"].iloc[2]

    def test_warnings(self, tmp_path: Path) -> None:
        text = "age,sex,bmi,alt,z_cap\n100,m,30,2500,1\n50,f,,20,1\n"
        warnings = " ".join(of_text(tmp_path, text)[1].warnings)
        for part in (
            "Older than 90 years",
            "ALT, measured of 1 person lies beyond",
            "z_cap",
            "Where BMI",
        ):
            assert part in warnings

    def test_plain_data_for_the_manifest(self, matched: tuple[MatchedSource, MatchReport]) -> None:
        import json

        plain = matched[1].as_dict()
        assert json.loads(json.dumps(plain)) == plain
