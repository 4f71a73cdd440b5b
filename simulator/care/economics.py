"""What a month costs and what it is worth, before discounting."""

from simulator.base.jit import law
from simulator.base.mathematics import ONE, ZERO, clip


@law
def utility(p, age_years, female, bmi, diabetes, has_cirrhosis, is_decompensated, has_hcc, has_transplant):
    """Return the health utility of this month (0 to 1): the population's norm less decrements.

    Liver states exclude each other in the order transplant, cancer, decompensated, cirrhosis.
    """
    norm = p.utility_norm + p.utility_women * female - p.utility_per_year * (age_years - p.adult_age)
    metabolic = p.utility_loss_diabetes * diabetes + p.utility_loss_per_bmi * max(
        ZERO, bmi - p.utility_bmi_reference
    )
    liver = (
        p.utility_loss_cirrhosis * has_cirrhosis
        + p.utility_loss_decompensated * is_decompensated
        + p.utility_loss_hcc * has_hcc
        + p.utility_loss_transplant * has_transplant
    )
    return clip(norm - metabolic - liver, ZERO, ONE)


@law
def care_cost_usd_per_year(p, diabetes, has_cirrhosis, is_decompensated, has_hcc, has_transplant):
    """Return the health-care cost of a year in this state (USD), treatments of the strategy apart."""
    return (
        p.cost_background_usd_per_year
        + p.cost_diabetes_usd_per_year * diabetes
        + p.cost_cirrhosis_usd_per_year * has_cirrhosis
        + p.cost_decompensated_usd_per_year * is_decompensated
        + p.cost_hcc_usd_per_year * has_hcc
        + p.cost_transplant_usd_per_year * has_transplant
    )
