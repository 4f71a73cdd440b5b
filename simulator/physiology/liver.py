"""Liver fat, injury and scar: the cascade inside the liver.

Injury J is on a log scale, A = exp(J); 0 is the threshold of steatohepatitis. Scar F is
continuous; the stage is min(4, floor(F)).
"""

from simulator.base.jit import law
from simulator.base.mathematics import HALF, ONE, TWO, ZERO, clip, exp, inverse, log, logistic
from simulator.base.rates import relax


@law
def adiposity_amplifier(p, bmi):
    """Return how far adiposity lets the risk genes store fat: near 0 when lean, 1 when severely obese."""
    return logistic((bmi - p.gene_amplifier_bmi) * inverse(p.gene_amplifier_width))


@law
def pnpla3_fat(p, dosage, amplifier):
    """Return the term of PNPLA3 I148M in ln liver fat: the same diet, more fat kept."""
    return p.liver_fat_per_pnpla3_g * dosage * amplifier


@law
def tm6sf2_fat(p, dosage, amplifier):
    """Return the term of TM6SF2 E167K in ln liver fat: less fat exported in lipoproteins."""
    return p.liver_fat_per_tm6sf2_t * dosage * amplifier


@law
def ln_metabolic_fat(p, ln_fat, pnpla3_g, tm6sf2_t, amplifier):
    """Return ln of the liver fat that disturbs metabolism: part of what the risk genes store does not."""
    silent = p.pnpla3_silent_share * pnpla3_fat(p, pnpla3_g, amplifier)
    return ln_fat - silent - p.tm6sf2_silent_share * tm6sf2_fat(p, tm6sf2_t, amplifier)


@law
def lifelong_liver_fat(p, ethnic_term, z, alcohol_g_per_day):
    """Return the part of ln liver fat that stays the same for life."""
    drinks = min(alcohol_g_per_day / p.grams_per_drink, p.liver_fat_drinks_max)
    return p.liver_fat_intercept + ethnic_term + p.liver_fat_lifelong_sd * z + p.liver_fat_per_drink * drinks


@law
def liver_fat_by_age(p, age_years, female, menopause):
    """Return the terms of age, sex and menopause in ln liver fat."""
    ripening = ONE - exp((p.adult_age - age_years) * inverse(p.liver_fat_age_years))
    decline = p.liver_fat_decline_per_year * max(ZERO, age_years - p.liver_fat_decline_age)
    women = female * (p.liver_fat_women - p.liver_fat_menopause * menopause)
    return p.liver_fat_age_gain * ripening - decline - women


@law
def liver_fat_target(
    p, lifelong, by_age, ln_adiposity, ln_weight_kept, ln_homa, genes, wander, uptake, diet, diabetes, drug
):
    """Return the ln liver fat (%) towards which the liver moves.

    Hepatic insulin overload pushes fat in (`ln_homa`, without what metformin removes); weight acts
    beyond insulin; activity and diet take fat out.
    """
    return (
        lifelong
        + by_age
        + p.liver_fat_per_ln_adiposity * ln_adiposity
        + p.liver_fat_per_ln_weight * ln_weight_kept
        + p.liver_fat_per_ln_homa * (ln_homa - p.ln_homa_reference)
        + genes
        + p.liver_fat_wander_sd * wander
        - p.liver_fat_per_activity_uptake * uptake
        - p.liver_fat_per_diet_quality * (diet - p.diet_quality_mean)
        + p.liver_fat_diabetes * diabetes
        + drug
    )


@law
def liver_fat_held(p, demanded):
    """Return the ln liver fat (%) that a liver holds when its causes ask for `demanded` (ln %).

    A full liver exports and burns more, and nobody's is half fat: 1 / fat^2 = 1 / demanded^2 + 1 / ceiling^2.
    Below a third of the ceiling hardly anything is taken off.
    """
    return -HALF * log(exp(-TWO * demanded) + exp(-TWO * p.ln_liver_fat_ceiling))


@law
def liver_fat_after_step(p, ln_fat, target):
    """Return ln liver fat (%) a step later, two-month clock, held below the ceiling and above 0.3 %."""
    held = liver_fat_held(p, target)
    return clip(relax(ln_fat, held, p.liver_fat_step), p.ln_liver_fat_min, p.ln_liver_fat_max)


@law
def lifelong_injury(p, female, pnpla3_g, tm6sf2_t, hsd17b13_ta, z):
    """Return the part of injury that stays the same for life: sex, genes beyond fat, and susceptibility."""
    return (
        p.injury_intercept
        + p.injury_women * female
        + p.injury_per_pnpla3_g * pnpla3_g
        + p.injury_per_tm6sf2_t * tm6sf2_t
        + p.injury_per_hsd17b13_ta * hsd17b13_ta
        + p.injury_lifelong_sd * z
    )


@law
def injury_flare_after_step(p, flare, normal_draw):
    """Return the wandering part of injury (ln units): AR(1) with a memory of months."""
    return p.injury_flare_persistence * flare + p.injury_flare_noise * p.injury_flare_sd * normal_draw


@law
def injury_target(p, lifelong, ln_fat, ln_homa, weight_departure, flare, drug_term):
    """Return the injury towards which the liver moves.

    Fat and insulin resistance inflame; weight below its habitual level calms beyond the fat lost,
    which is how losing 5 to 10 % reverses early inflammation.
    """
    return (
        lifelong
        + p.injury_per_ln_liver_fat * (ln_fat - p.ln_liver_fat_injury_reference)
        + p.injury_per_ln_homa * (ln_homa - ONE)
        + p.injury_per_bmi_departure * weight_departure
        + flare
        + drug_term
    )


@law
def injury_after_step(p, injury, target):
    """Return injury a step later, a clock of about half a year, kept within -6 and 6."""
    return clip(relax(injury, target, p.injury_step), p.injury_min, p.injury_max)


@law
def habitual_bmi_after_step(p, habitual, bmi):
    """Return the five-year memory of BMI (kg/m2)."""
    return relax(habitual, bmi, p.habitual_bmi_step)


@law
def scar_deposition_per_year(p, fibrosis, injury, z_frailty, diabetes, postmenopausal):
    """Return new scar in stages a year.

    Log-normal frailty makes slow and fast progressors; diabetes and, in women, age past the
    menopause speed it; deposition slows as scar fills the liver.
    """
    ln_rate = (
        p.fibrosis_frailty_sd * z_frailty
        - p.fibrosis_frailty_sd * p.fibrosis_frailty_sd / TWO
        + p.deposition_per_injury * injury
        + p.deposition_diabetes * diabetes
        + p.deposition_postmenopausal * postmenopausal
        - p.deposition_per_fibrosis * fibrosis
    )
    return p.deposition_per_year * exp(ln_rate) * max(ONE - fibrosis * inverse(p.fibrosis_max), ZERO)


@law
def scar_healing_per_year(p, fibrosis, injury, antifibrotic):
    """Return scar removed in stages a year: only well below the injury threshold, slowest at stage 4."""
    calm = ONE + exp(p.healing_steepness * (injury - p.healing_ln_half_injury))
    cirrhotic = logistic((fibrosis - p.cirrhosis_stage) * inverse(p.cirrhosis_width))
    capacity = (
        fibrosis / (fibrosis + p.healing_half_fibrosis) * (ONE - p.healing_lost_in_cirrhosis * cirrhotic)
    )
    return (p.healing_per_year / calm + antifibrotic) * capacity


@law
def fibrosis_after_step(p, fibrosis, deposition_per_year, healing_per_year):
    """Return continuous scar (stages, 0 to 6) a step later."""
    change = (deposition_per_year - healing_per_year) * p.years_per_step
    return clip(fibrosis + change, ZERO, p.fibrosis_max)
