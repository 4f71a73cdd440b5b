"""Weight, insulin resistance, beta cell, glucose and diabetes.

Glucose is in mmol/L, insulin in mIU/L and HOMA-IR = glucose x insulin / 22.5 holds exactly.
"""

import numpy as np

from simulator.base.jit import law
from simulator.base.mathematics import HALF, ONE, TWO, ZERO, clip, exp, inverse, log, logistic, select
from simulator.base.rates import relax

_M_PER_CM = np.float32(0.01)


@law
def wander_after_step(wander, persistence, noise, normal_draw):
    """Return a slow standard-normal AR(1) wandering one step later."""
    return persistence * wander + noise * normal_draw


@law
def kilograms_gained(p, age_years, female):
    """Return the weight (kg) that the median man or woman gains from 18 at today's pace.

    The gain a year is constant to the early thirties, then falls linearly to nothing, later in women;
    closed in age, so nothing accumulates.
    """
    peak = select(female > ZERO, p.weight_gain_peak_kg_per_year_women, p.weight_gain_peak_kg_per_year_men)
    fade = select(female > ZERO, p.weight_gain_fade_years_women, p.weight_gain_fade_years_men)
    slowing = select(
        female > ZERO,
        inverse(TWO * p.weight_gain_fade_years_women),
        inverse(TWO * p.weight_gain_fade_years_men),
    )
    early = min(age_years, p.weight_gain_peak_age) - p.adult_age
    later = clip(age_years - p.weight_gain_peak_age, ZERO, fade)
    return p.weight_gain_young_kg_per_year * early + peak * (later - later * later * slowing)


@law
def excess_bmi_drift(p, age_years, female, birth_year):
    """Return the gain of median excess BMI (kg/m2) of a generation since 18.

    Gains of the years before the epidemic of obesity count in part: about half of what young adults
    gained in the late eighties came of the time and not of their age (Lewis 1997), and mean BMI of
    US adults stood still from 1960 to 1980 (Ogden 2004).
    """
    then = clip(p.weight_gain_epidemic_year - birth_year, p.adult_age, max(age_years, p.adult_age))
    missing = p.weight_gain_missing_before * kilograms_gained(p, then, female)
    kilograms = kilograms_gained(p, age_years, female) - missing
    women, men = p.height_mean_women_cm * _M_PER_CM, p.height_mean_men_cm * _M_PER_CM
    return kilograms * select(female > ZERO, inverse(women * women), inverse(men * men))


@law
def median_excess_bmi(p, excess_at_18, ethnic_factor, age_years, female, birth_year):
    """Return the median BMI above the floor (kg/m2) of people of this generation, group, sex and age."""
    return ethnic_factor * (excess_at_18 + excess_bmi_drift(p, age_years, female, birth_year))


@law
def adiposity_spread(p, spread_at_18, age_years, female):
    """Return the log-SD of excess BMI, which narrows after fifty."""
    slope = select(female > ZERO, p.bmi_spread_fall_women, p.bmi_spread_fall_men)
    return spread_at_18 * exp(-slope * clip(age_years - p.bmi_spread_fall_age, ZERO, p.bmi_spread_fall_years))


@law
def ln_relative_adiposity(p, median_excess, spread, z_lifelong, wander):
    """Return ln of natural excess BMI relative to the reference excess: the long-run level of adiposity."""
    z = p.adiposity_lifelong_loading * z_lifelong + p.adiposity_wander_loading * wander
    return log(median_excess * inverse(p.bmi_reference_excess)) + spread * z


@law
def natural_bmi(p, ln_adiposity):
    """Return BMI (kg/m2) before programmes and drugs: excess over a floor is log-normal."""
    return p.bmi_floor + p.bmi_reference_excess * exp(ln_adiposity)


@law
def programme_loss_after_step(p, loss, gained_per_month, regain_per_month):
    """Return the share of natural weight lost through programmes and surgery (-0.5 to 0.5)."""
    grown = loss + gained_per_month * p.months_per_step
    return clip(grown * (ONE - regain_per_month * p.months_per_step), -HALF, HALF)


@law
def weight_kept(p, programme_loss, drug_loss):
    """Return current weight as a share of natural weight (0.4 to 1.16)."""
    return clip(ONE - programme_loss - drug_loss, p.weight_kept_min, p.weight_kept_max)


@law
def activity_uptake(p, activity):
    """Return the saturating glucose uptake by working muscle, which needs no insulin, against the mean."""
    return ONE - exp(-activity * inverse(p.activity_saturation_met_min)) - p.activity_uptake_mean


@law
def lifelong_insulin_resistance(p, female, ethnic_term, z, usual_stress):
    """Return the part of ln HOMA-IR that stays the same for life."""
    return (
        p.homa_intercept
        + p.homa_women * female
        + ethnic_term
        + p.homa_lifelong_sd * (z + p.homa_lifelong_skew * (z * z - ONE))
        + p.homa_per_stress * usual_stress
    )


@law
def insulin_resistance_by_weight(p, ln_adiposity, ln_weight_kept):
    """Return the terms of weight in ln HOMA-IR: shallow between people, steep within a person."""
    return p.homa_per_ln_adiposity * ln_adiposity + p.homa_per_ln_weight * ln_weight_kept


@law
def insulin_resistance_by_habits(p, sleep, chronic_stress, uptake, diet):
    """Return the terms of sleep, stress, activity and diet in ln HOMA-IR."""
    return (
        p.homa_per_hour_short_sleep * max(ZERO, p.sleep_needed_hours - sleep)
        + p.homa_per_stress * chronic_stress
        - p.homa_per_activity_uptake * uptake
        - p.homa_per_diet_quality * (diet - p.diet_quality_mean)
    )


@law
def insulin_resistance_by_age(p, age_years, female):
    """Return the terms of age in ln HOMA-IR, with the excess of young women."""
    youth = clip((p.homa_young_women_age - age_years) * inverse(p.homa_young_women_years), ZERO, ONE)
    return p.homa_per_year_of_age * (age_years - p.reference_age) + p.homa_young_women * female * youth


@law
def insulin_resistance_by_fat_and_glucose(p, ln_metabolic_fat, glucose_excess):
    """Return the feedback of liver fat and of glucotoxicity on ln HOMA-IR."""
    glucotoxicity = log(ONE + glucose_excess * inverse(p.glucotoxicity_scale_mmol_l))
    return (
        p.homa_per_ln_liver_fat * (ln_metabolic_fat - p.ln_liver_fat_reference)
        + p.homa_per_glucotoxicity * glucotoxicity
    )


@law
def insulin_resistance_after_step(p, ln_homa, target):
    """Return ln HOMA-IR a step later: insulin resistance follows its causes within about a month."""
    return relax(ln_homa, target, p.homa_step)


@law
def beta_cell_margin(
    p, z, age_years, ethnic_term, ln_homa, ln_metabolic_fat, ln_adiposity, ln_weight_kept, fibrosis, stress
):
    """Return the margin of insulin secretion over demand, in SD of reserve (-2.2 to 4).

    Reserve falls with age; demand grows with insulin resistance, metabolically active liver fat,
    long-run adiposity, recent weight, liver scar (stages, 0 to 4) and lasting stress (z), whose hormones
    make the liver give off glucose.
    """
    ageing = p.beta_cell_loss_per_year * clip(
        age_years - p.reference_age, p.beta_cell_ageing_min_years, p.beta_cell_ageing_max_years
    )
    demand = (
        ethnic_term
        + p.demand_per_ln_homa * (ln_homa - p.ln_homa_reference)
        + p.demand_per_ln_liver_fat * (ln_metabolic_fat - p.ln_liver_fat_reference)
        + p.demand_per_ln_adiposity * ln_adiposity
        + p.demand_per_ln_weight * ln_weight_kept
        + p.demand_per_fibrosis_stage * fibrosis
        + p.demand_per_stress * stress
    )
    return clip(
        z - ageing - demand * inverse(p.reserve_scale), p.beta_cell_margin_min, p.beta_cell_margin_max
    )


@law
def beta_cell_strain(p, margin):
    """Return the strain on the beta cell, e^(-k margin): 1 at no margin, small with plenty."""
    return exp(-p.strain_per_margin * margin)


@law
def ln_basal_glucose(p, female, age_years, ln_homa, strain, z, drug_term):
    """Return ln of fasting glucose (mmol/L) before the excess of diabetes."""
    return (
        p.ln_glucose_intercept
        + p.glucose_women * female
        + p.glucose_per_year_of_age * (age_years - p.reference_age)
        + p.glucose_per_ln_homa * (ln_homa - p.ln_homa_reference)
        + p.glucose_per_strain * strain
        + p.glucose_lifelong_sd * z
        + drug_term
    )


@law
def diabetes_hazard_per_year(p, margin):
    """Return the hazard of type 2 diabetes; log-linear in the margin, so frailty does the rest."""
    return exp(min(p.ln_diabetes_hazard - p.reserve_scale * margin, p.ln_diabetes_hazard_max))


@law
def glucose_excess_after_step(p, excess, has_diabetes, z_severity, ln_homa):
    """Return the excess fasting glucose (mmol/L) that diabetes would show untreated, a step later.

    The disease grows slowly; what holds it down acts at once, see `uncontrolled_share`.
    """
    severity = p.ln_glucose_excess + p.glucose_excess_sd * z_severity
    level = exp(severity + p.glucose_excess_per_ln_homa * (ln_homa - p.ln_homa_diabetic))
    return relax(excess, clip(has_diabetes * level, ZERO, p.glucose_excess_max), p.glucose_excess_step)


@law
def uncontrolled_share(control, drug_control):
    """Return the share (0 to 1) of the glucose excess that neither usual care nor drugs remove."""
    return (ONE - control) * (ONE - drug_control)


@law
def hba1c_after_step(p, hba1c, age_years, ln_glucose, strain, excess, bmi):
    """Return true HbA1c (%) a step later, on a two-month clock."""
    target = (
        p.hba1c_intercept
        + p.hba1c_per_year_of_age * (age_years - p.reference_age)
        + p.hba1c_per_ln_glucose * (ln_glucose - p.ln_glucose_reference)
        + p.hba1c_per_strain * strain
        + p.hba1c_per_glucose_excess * excess
        + p.hba1c_per_bmi * (bmi - p.bmi_reference)
    )
    return relax(hba1c, target, p.hba1c_step)


@law
def after_menopause(p, age_years):
    """Return the share of women past the menopause at this age (0 to 1)."""
    return logistic((age_years - p.menopause_age) * inverse(p.menopause_years))
