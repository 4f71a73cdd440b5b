"""Hypothesis strategies for valid scenarios as plain data."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from simulator.patient.columns import CODES, DRUGS, NEVER
from simulator.scenario.conditions import care_quantities, quantities
from simulator.scenario.rules import SHARED_BY_FAMILIES
from simulator.scenario.vocabulary import DIAGNOSES, ENDPOINT_WORDS, OUTCOMES, TESTS

shares = st.floats(0, 1)
names = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30).filter(
    lambda name: name == name.strip() and name.isprintable()
)
texts = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=200).filter(
    lambda text: text.strip() and text.isprintable()
)
tests = st.lists(st.sampled_from(TESTS), min_size=1, max_size=4, unique=True)


def maybe(**keys: st.SearchStrategy) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings that hold any of the keys."""
    return st.fixed_dictionaries({}, optional=keys)


@st.composite
def conditions(draw: st.DrawFn, care: bool) -> dict[str, Any]:
    """Draw up to three conditions that care, or the population, may make."""
    known = care_quantities() if care else quantities()
    return {
        name: _condition(draw, known[name])
        for name in draw(st.sets(st.sampled_from(list(known)), max_size=3))
    }


def _condition(draw: st.DrawFn, column: Any) -> Any:
    if column.name in CODES:
        value: Any = draw(st.sampled_from(CODES[column.name]))
    elif column.unit == "0/1":
        value = draw(st.booleans())
    else:
        bounds = st.floats(column.low, min(column.high, NEVER))
        low, high = sorted((draw(bounds), draw(bounds)))
        return draw(
            st.sampled_from([{"min": low}, {"max": high}, {"min": low, "max": high}, low, {"is": high}])
        )
    return draw(st.sampled_from([value, {"is": value}]))


lifestyles = st.builds(
    lambda habits, habit, rest: {**habits, **habit, **rest},
    maybe(diet_quality=st.floats(-1, 1), sleep_hours=st.floats(-4, 4), supported=st.booleans()),
    st.sampled_from([{"weight_loss_percent": 7}, {"stress_z": -0.5}, {"activity_met_min_per_week": 450.5}]),
    st.fixed_dictionaries({"months": st.integers(1, 720)}),
)
persistence = st.one_of(
    st.just({}),
    st.just({"persistence": "full"}),
    maybe(stop_fraction_per_year=st.floats(0, 0.99), restart_fraction=shares),
)
courses = st.builds(
    lambda drug, rest, stopping: {"drug": drug, **rest, **stopping},
    st.sampled_from(DRUGS),
    maybe(months=st.integers(1, 720), uptake=shares, adherence=shares),
    persistence,
)
actions = st.one_of(
    st.fixed_dictionaries({"add": st.one_of(st.sampled_from(DRUGS), courses)}),
    st.fixed_dictionaries({"stop": st.sampled_from([*DRUGS, "all"])}),
    st.fixed_dictionaries({"test": tests}),
    st.fixed_dictionaries({"diagnose": st.sampled_from(DIAGNOSES)}),
    st.fixed_dictionaries({"lifestyle": lifestyles}, optional={"uptake": shares, "adherence": shares}),
    st.fixed_dictionaries({"surgery": st.just("bariatric")}, optional={"uptake": shares}),
)
responses = st.lists(
    st.fixed_dictionaries({"do": actions}, optional={"when": conditions(care=True)}), max_size=3
)
offers = maybe(
    when=conditions(care=True), uptake=shares, start_year=st.floats(0, 0.9), until_year=st.floats(1, 60)
)
steps = st.builds(
    lambda kind, offer: kind | offer,
    st.one_of(
        courses,
        st.fixed_dictionaries({"lifestyle": lifestyles}, optional={"adherence": shares}),
        st.just({"surgery": "bariatric"}),
        st.fixed_dictionaries(
            {"screen": st.fixed_dictionaries({"tests": tests})}, optional={"respond": responses}
        ),
        st.fixed_dictionaries(
            {"monitor": st.fixed_dictionaries({"tests": tests, "every_months": st.integers(1, 120)})},
            optional={"respond": responses},
        ),
    ),
    offers,
)
trials = st.builds(
    lambda readings, rest: {"months": readings[-1], "readings": readings, **rest},
    st.sets(st.integers(1, 12), min_size=1, max_size=4).map(sorted),
    maybe(
        missing_fraction=st.floats(0, 0.9),
        missing=st.sampled_from(["failure", "left_out"]),
        endpoints=st.lists(st.sampled_from(list(ENDPOINT_WORDS)), min_size=1, max_size=5, unique=True),
    ),
)
scenarios = st.fixed_dictionaries(
    {
        "title": texts,
        "population": st.fixed_dictionaries(
            {"profile": st.just("us-adults-2018")},
            optional={
                "size": st.integers(1, 10**7),
                "where": conditions(care=False),
                "sibship_size": st.integers(1, 4),
            },
        ).filter(
            lambda people: (
                people.get("sibship_size", 1) == 1
                or not set(SHARED_BY_FAMILIES) & set(people.get("where", {}))
            )
        ),
        "horizon_years": st.integers(1, 60),
        "strategies": st.dictionaries(names, st.lists(steps, max_size=4), min_size=1, max_size=3),
    },
    optional={
        "question": texts,
        "seed": st.integers(0, 2**53 - 1),
        "outcomes": st.lists(st.sampled_from(OUTCOMES), min_size=1, unique=True),
        "parameters": maybe(stress_sd=st.floats(0, 5)),
        "economics": maybe(discount_rate_per_year=st.floats(0, 0.2)),
        "trial": trials,
    },
)
"""Any valid scenario, up to the sizes above."""
