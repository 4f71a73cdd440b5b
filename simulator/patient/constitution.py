"""What stays the same for life: the terms a person's sex, ancestry, generation and genes set.

Computed when people are loaded into the engine, so that the month reads one number for each.
"""

from simulator.base.jit import law
from simulator.base.mathematics import ZERO, exp, select


@law
def interpolate(knots, values, x):
    """Return the value at x between knots, flat outside them."""
    result = values[0]
    for k in range(len(knots) - 1):
        share = min(max((x - knots[k]) / (knots[k + 1] - knots[k]), ZERO), knots[0] / knots[0])
        result = result + share * (values[k + 1] - values[k])
    return result


@law
def excess_bmi_at_18(p, birth_year, female, drift_since):
    """Return the median excess BMI (kg/m2) at 18 of a generation.

    The survey gives medians by age in one year; the gain since 18 is taken off, because today's
    old were slim when young. `drift_since` is the gain up to the survey, from the drift law.
    """
    age = p.survey_year - birth_year
    men = interpolate(p.median_excess_bmi_men_knots, p.median_excess_bmi_men, age)
    women = interpolate(p.median_excess_bmi_women_knots, p.median_excess_bmi_women, age)
    return select(female > ZERO, women, men) - drift_since


@law
def ethnic_bmi_factor(p, ethnicity, female):
    """Return the factor of ancestry on the median excess BMI."""
    return exp(select(female > ZERO, p.ln_bmi_ethnicity_women[ethnicity], p.ln_bmi_ethnicity_men[ethnicity]))


@law
def bmi_spread_at_18(p, ethnicity, female):
    """Return the log-SD of excess BMI at 18."""
    return select(female > ZERO, p.bmi_spread_women, p.bmi_spread_men) * p.bmi_spread_ethnicity[ethnicity]
