"""Death: background by cause, and of liver disease. Hazards per year."""

from simulator.base.jit import law
from simulator.base.mathematics import ONE, ZERO, clip, exp, inverse, select


@law
def modelled_liver_share(p, age_years, female):
    """Return the share of deaths at an age that are of the liver disease modelled here, a bell over age.

    Women lose a larger share, as they die less of everything else.
    """
    away = (age_years - p.liver_share_age) * inverse(p.liver_share_years)
    near = max(ONE - away * away, ZERO)
    highest = select(female > ZERO, p.liver_share_of_deaths_women, p.liver_share_of_deaths_men)
    return highest * near * near


@law
def background_mortality_per_year(p, age_years, female):
    """Return mortality of the life table (cubic in age on the log scale) less the modelled liver deaths."""
    x = (min(age_years, p.life_table_last_age) - p.life_table_centre_age) * inverse(p.life_table_age_scale)
    men = p.life_table_men_0 + x * (p.life_table_men_1 + x * (p.life_table_men_2 + x * p.life_table_men_3))
    women = p.life_table_women_0 + x * (
        p.life_table_women_1 + x * (p.life_table_women_2 + x * p.life_table_women_3)
    )
    return exp(select(female > ZERO, women, men)) * (ONE - modelled_liver_share(p, age_years, female))


@law
def excess_of_diabetes(p, ratio, age_years, has_diabetes):
    """Return how many times the life table's deaths somebody has, with or without diabetes.

    The life table holds a share with diabetes, which rises with age; the mean over both is 1.
    """
    grown = clip((age_years - p.adult_age) * inverse(p.diabetes_share_years), ZERO, ONE)
    more = ratio - ONE
    return (ONE + more * has_diabetes) * inverse(ONE + more * p.diabetes_share_of_old * grown)


@law
def cardiovascular_mortality_per_year(p, background, age_years, has_diabetes, has_steatosis, fibrosis):
    """Return cardiovascular mortality: a share of background deaths, by diabetes, steatosis and late scar.

    The ratio of late scar is reached over the stage before stage 3. The means keep the life table.
    """
    more_fat = p.cardiovascular_death_ratio_steatosis - ONE
    more_scar = p.cardiovascular_death_ratio_scar - ONE
    late_scar = clip(fibrosis - p.cardiovascular_late_scar, ZERO, ONE)
    ratio = (ONE + more_fat * has_steatosis) * (ONE + more_scar * late_scar)
    mean_ratio = (ONE + more_fat * p.cardiovascular_steatosis_share) * (
        ONE + more_scar * p.cardiovascular_scar_share
    )
    with_diabetes = excess_of_diabetes(p, p.cardiovascular_death_ratio_diabetes, age_years, has_diabetes)
    return background * (p.cardiovascular_share_of_deaths * inverse(mean_ratio)) * ratio * with_diabetes


@law
def other_mortality_per_year(p, background, age_years, has_diabetes):
    """Return mortality from causes other than liver and cardiovascular disease, more in diabetes."""
    with_diabetes = excess_of_diabetes(p, p.other_death_ratio_diabetes, age_years, has_diabetes)
    return background * (ONE - p.cardiovascular_share_of_deaths) * with_diabetes


@law
def liver_mortality_per_year(p, months_since_worst_event, is_decompensated, has_hcc, has_transplant):
    """Return mortality of liver disease: high just after the event, then lower.

    States exclude each other (transplant, then cancer, then decompensation); a compensated liver
    does not kill.
    """
    late = select(has_hcc > ZERO, p.hcc_death_late_per_year, p.decompensated_death_late_per_year)
    early = select(has_hcc > ZERO, p.hcc_death_early_per_year, p.decompensated_death_early_per_year)
    fading = select(has_hcc > ZERO, inverse(p.hcc_death_months), inverse(p.decompensated_death_months))
    late = select(has_transplant > ZERO, p.transplant_death_late_per_year, late)
    early = select(has_transplant > ZERO, p.transplant_death_early_per_year, early)
    fading = select(has_transplant > ZERO, inverse(p.transplant_death_months), fading)
    is_at_risk = max(is_decompensated, max(has_hcc, has_transplant))
    return is_at_risk * (late + early * exp(-months_since_worst_event * fading))
