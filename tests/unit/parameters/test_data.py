"""The shipped numbers: all used, all there, all sourced, and possible in every draw."""

from __future__ import annotations

import ast
import math
import re

import pytest

from simulator.care.markers import TESTS
from simulator.care.treatment import DRUG_TERMS
from simulator.engine.numbers import parameter_record
from simulator.parameters.library import DATA, load_parameters
from simulator.parameters.schema import LABELS, UNITS
from simulator.patient import columns
from simulator.validation.targets import load_targets

PACKAGE = DATA.parents[1]
LAWFUL = ("physiology", "care", "patient", "engine")
"""Packages in which `p` is the parameter record."""

ASSEMBLED = (
    {f"{drug}_{term}" for drug in columns.DRUGS for term in DRUG_TERMS}
    | {f"{drug}_stop_probability_year_one" for drug in columns.DRUGS}
    | {f"{drug}_restart_fraction" for drug in columns.DRUGS}
    | {"glp1_ra_stop_probability_year_one_with_diabetes", "glp1_ra_restart_fraction_with_diabetes"}
    | {f"cost_test_{test}_usd" for test in TESTS}
)
"""Names put together from a drug or a test, by the record of numbers and the compiler of plans."""

# Death probabilities at ages 20, 30, .. 90 of the life table of 2023 (men, women).
LIFE_TABLE = {
    20: (0.001235, 0.000441),
    30: (0.002085, 0.000878),
    40: (0.003115, 0.001643),
    50: (0.005126, 0.003030),
    60: (0.011337, 0.006923),
    70: (0.022903, 0.014769),
    80: (0.055633, 0.041183),
    90: (0.159458, 0.129176),
}


@pytest.fixture(scope="module")
def parameters():
    """The shipped library."""
    return load_parameters()


def _is_name(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _read_by(tree: ast.AST, is_lawful: bool) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if is_lawful and isinstance(node, ast.Attribute) and _is_name(node.value, "p"):
            names.add(node.attr)
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
        if is_call and node.func.attr in ("value", "entry") and isinstance(node.args[0], ast.Constant):
            owner = node.func.value
            if _is_name(owner, "parameters", "library") or getattr(owner, "attr", "") == "parameters":
                names.add(node.args[0].value)
    return names


@pytest.fixture(scope="module")
def names_read() -> set[str]:
    """Every name the code asks the record or the library for."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        package = path.relative_to(PACKAGE).parts[0]
        found |= _read_by(ast.parse(path.read_text(encoding="utf-8")), package in LAWFUL)
    return found | ASSEMBLED


def _derived(name: str) -> set[str]:
    """Fields of the record that follow from an entry."""
    stem = name.removesuffix("_time_constant_months")
    clock = {f"{stem}_{kind}" for kind in ("step", "persistence", "noise")} if stem != name else set()
    return {name, f"{name}_knots"} | clock


def test_every_name_the_code_reads_exists(parameters, names_read):
    fields = set(parameter_record(parameters).dtype.names)
    assert names_read - fields - set(parameters.entries) == set()
    assert len(names_read) > 400


def test_every_entry_is_read(parameters, names_read):
    assert [name for name in parameters.entries if not _derived(name) & names_read] == []


def test_every_source_is_cited(parameters):
    by_entries = {key for entry in parameters for key in entry.source}
    by_targets = {key for target in load_targets().values() for key in target.source}
    assert by_entries | by_targets == set(parameters.references)
    assert {reference.key for reference in parameters.sources()} == by_entries


def test_every_unit_on_the_list_is_used(parameters):
    assert {part for entry in parameters for part in entry.unit.split(" per ")} == set(UNITS)


def test_labels_stand_in_the_order_of_the_codes():
    assert LABELS["sex"] == columns.SEXES
    assert LABELS["ethnicity"] == columns.ETHNICITIES


def test_meanings_and_notes_are_sentences(parameters):
    for entry in parameters:
        assert re.fullmatch(r"[A-Za-z1].*\.", entry.meaning, re.DOTALL), entry.name
        assert not entry.note or entry.note.rstrip().endswith((".", ")")), entry.name


def test_the_files_cite_papers_and_nothing_else():
    for path in DATA.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(NH|GT|MM)\d{3}\b|https?://", text), path.name


def test_assumptions_come_uncertain_ones_first(parameters):
    kinds = [entry.distribution == "fixed" for entry in parameters.assumptions()]
    assert kinds == sorted(kinds) and not all(kinds)


@pytest.mark.parametrize("number", range(25))
def test_every_draw_is_possible(parameters, number):
    drawn = parameters.draw(2018, number)
    for entry in drawn:
        value = drawn.value(entry.name)
        for cell in value.values() if entry.is_table else [value]:
            assert math.isfinite(cell)
            assert cell > 0 or entry.distribution not in ("lognormal", "gamma")
            assert 0 < cell < 1 or entry.distribution != "beta"
            assert cell > 0 or not entry.name.endswith("_time_constant_months")
    knots = list(drawn.value("median_excess_bmi_men").values())
    assert max(knots) == drawn.value("median_excess_bmi_men")[50.0]


def test_draws_differ_and_reproduce(parameters):
    assert parameters.draw(1, 1).digest() == load_parameters(DATA).draw(1, 1).digest()
    assert parameters.draw(1, 1).digest() != parameters.draw(1, 2).digest()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("adiposity_lifelong_loading", "adiposity_wander_loading"),
        ("ast_alt_loading", "ast_own_loading"),
        ("ast_alt_noise_loading", "ast_own_noise_loading"),
    ],
)
def test_loadings_keep_a_standard_normal(parameters, first, second):
    assert parameters.value(first) ** 2 + parameters.value(second) ** 2 == pytest.approx(1, abs=1e-3)
    assert parameters.entry(first).distribution == parameters.entry(second).distribution == "fixed"


@pytest.mark.parametrize("number", range(25))
def test_correlations_of_habits_leave_room_for_chance(parameters, number):
    value = parameters.draw(7, number).value
    a, d, s = (value(f"{habit}_with_adiposity") for habit in ("activity", "diet", "stress"))
    active, stressed, heavy = (
        value(name) for name in ("diet_with_activity", "sleep_with_stress", "sleep_with_adiposity")
    )
    assert d * d + active**2 + 2 * d * active * a < 1
    assert stressed**2 + heavy**2 + 2 * stressed * heavy * s < 1


def test_glucose_was_converted_from_mg_per_dl(parameters):
    # 18.016 mg/dL per mmol/L: a man of 45 without strain has exp(4.618) = 101.3 mg/dL = 5.62 mmol/L
    mg_per_dl = 18.016
    value = parameters.value
    assert math.exp(value("ln_glucose_intercept")) * mg_per_dl == pytest.approx(math.exp(4.618))
    assert math.exp(value("ln_glucose_reference")) * mg_per_dl == pytest.approx(math.exp(4.62))
    assert value("glucotoxicity_scale_mmol_l") * mg_per_dl == pytest.approx(60)
    assert value("glucose_excess_max") * mg_per_dl == pytest.approx(350)
    assert value("diagnosis_glucose_mmol_l") * mg_per_dl == pytest.approx(126, abs=0.5)
    assert value("homa_constant") * mg_per_dl == pytest.approx(405, rel=1e-3)


@pytest.mark.parametrize("age", LIFE_TABLE)
def test_the_cubic_meets_the_life_table_within_eight_percent(parameters, age):
    x = (age - parameters.value("life_table_centre_age")) / parameters.value("life_table_age_scale")
    for sex, probability in zip(("men", "women"), LIFE_TABLE[age], strict=True):
        ln_hazard = sum(parameters.value(f"life_table_{sex}_{k}") * x**k for k in range(4))
        assert math.exp(ln_hazard) == pytest.approx(-math.log1p(-probability), rel=0.085)


def test_shares_of_a_cell_stay_below_one_half_per_allele(parameters):
    for gene in ("allele_pnpla3_g", "allele_tm6sf2_t", "allele_hsd17b13_ta"):
        assert all(0.02 < frequency < 0.6 for frequency in parameters.value(gene).values())
