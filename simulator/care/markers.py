"""What a test shows, given the truth, the person's lifelong offset and the noise of the day.

Every `noise` is a fresh standard normal; offsets are lifelong standard normals of the person.
"""

import numpy as np

from simulator.base.jit import law
from simulator.base.mathematics import ONE, ZERO, clip, exp, log, logistic, select
from simulator.base.mathematics import sqrt as square_root

_PERCENT = np.float32(100)

TESTS = (
    "fasting_glucose",
    "fasting_insulin",
    "hba1c",
    "alt",
    "ast",
    "platelets",
    "albumin",
    "cap",
    "lsm",
    "ultrasound",
    "genotype",
    "mri_pdff",
    "biopsy",
)
"""Tests in the order of their bits in a request."""

PANELS = {
    "fib4": ("alt", "ast", "platelets"),
    "nfs": ("alt", "ast", "platelets", "albumin", "fasting_glucose"),
}
"""Scores and the tests they are computed from."""


@law
def fasting_glucose(p, true_mmol_l, noise):
    """Return measured fasting glucose (mmol/L)."""
    return true_mmol_l * exp(p.glucose_test_log_sd * noise)


@law
def fasting_insulin(p, ln_homa, true_glucose_mmol_l, noise):
    """Return measured fasting insulin (mIU/L); the truth is 22.5 HOMA-IR / glucose."""
    return p.homa_constant * exp(ln_homa + p.insulin_test_log_sd * noise) / true_glucose_mmol_l


@law
def homa_ir(p, glucose_mmol_l, insulin_miu_l):
    """Return HOMA-IR from measured glucose and insulin (Matthews 1985)."""
    return glucose_mmol_l * insulin_miu_l / p.homa_constant


@law
def hba1c(p, true_percent, ethnic_term, z_glycation, noise):
    """Return measured HbA1c (%): the truth, the person's glycation gap and noise."""
    return true_percent + p.hba1c_gap_sd * z_glycation + ethnic_term + p.hba1c_test_sd * noise


@law
def leaking_injury(p, injury):
    """Return injury above the level from which hepatocytes leak their enzymes (ln units, 0 or more)."""
    return max(ZERO, injury - p.enzyme_injury_threshold)


@law
def between_knots(before, after, along):
    """Return a standard normal that passes from one knot of luck to the next (`along` from 0 to 1)."""
    return square_root(ONE - along) * before + square_root(along) * after


@law
def enzyme_level(p, lifelong, wandering):
    """Return where a person's enzymes stand (SD): partly for life, partly for some months."""
    return p.enzyme_lifelong_loading * lifelong + p.enzyme_wander_loading * wandering


@law
def alt(p, ln_fat, ln_homa, leaking, fibrosis, ta, age_years, female, ethnic_term, drinks, level, noise):
    """Return measured ALT (U/L): a shifted log-normal, rising with fat and injury, falling past 45.

    At equal fat it rises with insulin resistance, as fat passes through the liver faster. Scarred livers
    have fewer cells to leak from; loss of HSD17B13 (`ta` alleles) makes them leak less.
    """
    older = clip(age_years - p.reference_age, ZERO, p.alt_older_years_max)
    younger = clip(p.reference_age - age_years, ZERO, p.alt_younger_years_max)
    ln_alt = (
        p.ln_alt_intercept
        + p.alt_women * female
        + p.alt_per_ln_liver_fat * (ln_fat - p.ln_liver_fat_reference)
        + p.alt_per_ln_homa * (ln_homa - p.ln_homa_reference)
        + p.alt_per_injury * leaking
        - p.alt_per_scar * fibrosis
        - p.enzymes_per_hsd17b13_ta * ta
        - p.alt_per_year_older * older
        - p.alt_per_year_younger * younger
        + ethnic_term
        + p.alt_per_drink * min(drinks, p.enzyme_drinks_max)
        + p.alt_level_sd * level
        + p.alt_test_log_sd * noise
    )
    return p.alt_floor_u_l + exp(ln_alt)


@law
def ast(
    p, ln_fat, leaking, fibrosis, ta, age_years, female, ln_adiposity, drinks, level, own, alt_noise, noise
):
    """Return measured AST (U/L); it shares person and part of the noise with ALT: a steady ratio."""
    person = p.ast_level_sd * (p.ast_alt_loading * level + p.ast_own_loading * own)
    day = p.ast_test_log_sd * (p.ast_alt_noise_loading * alt_noise + p.ast_own_noise_loading * noise)
    ln_ast = (
        p.ln_ast_intercept
        + p.ast_women * female
        + p.ast_per_ln_liver_fat * (ln_fat - p.ln_liver_fat_reference)
        + p.ast_per_injury * leaking
        - p.ast_per_scar * fibrosis
        - p.enzymes_per_hsd17b13_ta * ta
        + p.ast_per_year * (age_years - p.reference_age)
        + p.ast_per_ln_adiposity * ln_adiposity
        + p.ast_per_drink * min(drinks, p.enzyme_drinks_max)
        + person
        + day
    )
    return p.ast_floor_u_l + exp(ln_ast)


@law
def pressure_beyond_scar(p, fibrosis, z_portal_pressure):
    """Return how far portal pressure stands above what scar alone gives (stages), as tests can show it.

    What scar does to the flow of blood differs between people, and shows only as scar becomes late.
    """
    lateness = min(fibrosis / p.cirrhosis_stage, ONE)
    return p.portal_pressure_lifelong_sd * z_portal_pressure * lateness * lateness * lateness


@law
def platelets(p, age_years, female, fibrosis, beyond_scar, z_platelets, noise):
    """Return the measured platelet count (10^9/L), which falls as late scar raises portal pressure.

    `beyond_scar` is what `pressure_beyond_scar` returns: a spleen under pressure keeps platelets back.
    """
    ln_count = (
        p.ln_platelets_intercept
        + p.platelets_women * female
        + p.platelets_per_year * (age_years - p.reference_age)
        - p.platelets_per_late_scar * max(ZERO, fibrosis - p.platelets_late_scar)
        - p.platelets_per_portal_pressure * beyond_scar
        + p.platelets_lifelong_sd * z_platelets
        + p.platelets_test_log_sd * noise
    )
    return exp(ln_count)


@law
def albumin(p, age_years, female, bmi, is_decompensated, z_albumin, noise):
    """Return measured serum albumin (g/L)."""
    return (
        p.albumin_intercept_g_l
        + p.albumin_women * female
        + p.albumin_per_year * (age_years - p.reference_age)
        + p.albumin_per_bmi * (bmi - p.bmi_reference)
        + p.albumin_decompensated * is_decompensated
        + p.albumin_lifelong_sd * z_albumin
        + p.albumin_test_sd * noise
    )


@law
def fib4(p, age_years, ast_u_l, alt_u_l, platelets_10e9_l):
    """Return FIB-4 = age x AST / (platelets x sqrt(ALT)) (Sterling 2006)."""
    return age_years * ast_u_l / (platelets_10e9_l * square_root(alt_u_l))


@law
def nfs(p, age_years, bmi, has_raised_glucose, ast_u_l, alt_u_l, platelets_10e9_l, albumin_g_l):
    """Return the fibrosis score of Angulo 2007 from its measured components."""
    return (
        p.nfs_intercept
        + p.nfs_per_year * age_years
        + p.nfs_per_bmi * bmi
        + p.nfs_raised_glucose * has_raised_glucose
        + p.nfs_per_ast_alt_ratio * ast_u_l / alt_u_l
        + p.nfs_per_platelet * platelets_10e9_l
        + p.nfs_per_albumin * albumin_g_l
    )


@law
def cap(p, ln_fat, ln_current_adiposity, z_cap, noise):
    """Return the controlled attenuation parameter (dB/m, 100 to 400), which levels off in fat livers."""
    reading = (
        p.cap_intercept
        + p.cap_rise * logistic((ln_fat - p.cap_ln_fat_half) / p.cap_width)
        + p.cap_per_ln_adiposity * ln_current_adiposity
        + p.cap_lifelong_sd * z_cap
        + p.cap_test_sd * noise
    )
    return clip(reading, p.cap_min, p.cap_max)


@law
def lsm(p, fibrosis, beyond_scar, injury, bmi, female, ethnic_term, z_lsm, noise):
    """Return liver stiffness (kPa, 1.5 to 75) of a valid exam.

    Scar stiffens, steeply when late, and so does the portal pressure `beyond_scar` (as
    `pressure_beyond_scar` returns it): stiffness tells more of what will happen than scar does. So do
    inflammation and obesity itself; women's livers are softer. Bodies differ by a skewed lifelong
    offset: a few read far too high.
    """
    scar = min(fibrosis, p.lsm_scar_max)
    ln_kpa = (
        p.ln_lsm_intercept
        + p.lsm_per_fibrosis * fibrosis
        + p.lsm_per_fibrosis_cubed * scar * scar * scar
        + p.lsm_per_portal_pressure * beyond_scar
        + p.lsm_per_injury * (injury - p.injury_usual)
        - p.lsm_women * female
        + ethnic_term
        + p.lsm_per_bmi * (bmi - p.lsm_bmi_reference)
        + p.lsm_per_high_bmi * max(ZERO, bmi - p.lsm_high_bmi)
        + p.lsm_lifelong_sd * (z_lsm + p.lsm_lifelong_skew * (z_lsm * z_lsm - ONE))
        + p.lsm_test_log_sd * noise
    )
    return clip(exp(ln_kpa), p.lsm_min_kpa, p.lsm_max_kpa)


@law
def elastography_failure_probability(p, bmi):
    """Return the probability that elastography fails or is unreliable, rising with BMI."""
    return logistic(p.lsm_failure_logit + p.lsm_failure_per_bmi * (bmi - p.lsm_failure_bmi))


@law
def ultrasound_positive_probability(p, ln_fat, own):
    """Return the probability that ultrasound calls the liver steatotic.

    Part of the error is the person's `own` for life (standard normal): bodies carry sound differently,
    and a second look finds what the first has found.
    """
    seen = ln_fat + p.ultrasound_lifelong_sd * own
    return logistic((seen - p.ultrasound_ln_fat_half) / p.ultrasound_width)


@law
def ultrasound_marked_probability(p, ln_fat, own):
    """Return the probability that ultrasound calls the liver moderately or severely steatotic.

    The same eye and the same body as for any steatosis, with a higher limit.
    """
    seen = ln_fat + p.ultrasound_lifelong_sd * own
    return logistic((seen - p.ultrasound_ln_fat_marked_half) / p.ultrasound_width)


@law
def mri_pdff(p, ln_fat, noise):
    """Return liver fat by magnetic resonance (proton density fat fraction, %)."""
    return clip(exp(ln_fat + p.pdff_test_log_sd * noise), exp(p.ln_liver_fat_min), p.pdff_max)


@law
def biopsy_stage(p, fibrosis, injury, sampling, reading, tail):
    """Return the fibrosis stage (0 to 4) that is read on a biopsy.

    A needle samples a fifty-thousandth of the liver and readers differ; most pairs of cores agree or
    differ by one stage and a few by two, hence the heavy tail. An inflamed scar is read as more scar,
    and the first fine scar around the central veins is seen before it fills a stage. Cirrhosis changes the
    build of the liver: it is agreed upon better, and seldom seen where it is not.
    """
    error = (
        p.biopsy_stage_sampling_sd * sampling + p.biopsy_reading_factor * p.biopsy_stage_reading_sd * reading
    )
    rebuilt = logistic((fibrosis - p.cirrhosis_stage) / p.cirrhosis_width)
    error = error * exp(p.biopsy_stage_error_tail * tail) * (ONE - p.biopsy_cirrhosis_agreement * rebuilt)
    seen = fibrosis + p.biopsy_stage_per_injury * injury + error
    called_cirrhotic = p.cirrhosis_stage + p.biopsy_cirrhosis_margin * (ONE - rebuilt)
    most = select(seen >= called_cirrhotic, p.cirrhosis_stage, p.cirrhosis_stage - ONE)
    first = select(seen >= p.biopsy_stage_1_threshold, ONE, ZERO)
    return clip(max(first, np.floor(seen)), ZERO, most)


@law
def exceeds(amount, threshold):
    """Return 1 above a threshold, else 0."""
    return select(amount > threshold, ONE, ZERO)


@law
def biopsy_steatosis(p, ln_fat, noise):
    """Return the steatosis grade (0 to 3) of a biopsy."""
    seen = ln_fat + p.biopsy_steatosis_sd * noise
    return (
        exceeds(seen, p.biopsy_ln_fat_grade_1)
        + exceeds(seen, p.biopsy_ln_fat_grade_2)
        + exceeds(seen, p.biopsy_ln_fat_grade_3)
    )


@law
def activity_seen(p, injury, core, own):
    """Return injury (ln) as one core and one reader show it; `own` is the error of the feature read."""
    return (
        injury
        + p.biopsy_activity_sampling_sd * core
        + p.biopsy_reading_factor * p.biopsy_activity_reading_sd * own
    )


@law
def biopsy_ballooning(p, injury, core, own):
    """Return the ballooning grade (0 to 2); the error of the core is shared with inflammation."""
    seen = activity_seen(p, injury, core, own)
    return exceeds(seen, p.biopsy_ballooning_grade_1) + exceeds(seen, p.biopsy_ballooning_grade_2)


@law
def biopsy_inflammation(p, injury, core, own):
    """Return the lobular inflammation grade (0 to 3); the error of the core is shared with ballooning."""
    seen = activity_seen(p, injury, core, own)
    return (
        exceeds(seen, p.biopsy_inflammation_grade_1)
        + exceeds(seen, p.biopsy_inflammation_grade_2)
        + exceeds(seen, p.biopsy_inflammation_grade_3)
    )


@law
def change_percent(now, first):
    """Return the change since the first measurement (%)."""
    return (now / first - ONE) * _PERCENT


@law
def ln_adiposity_of_bmi(p, bmi):
    """Return ln of excess BMI relative to the reference, guarded near the floor."""
    return log(max(bmi - p.bmi_floor, p.bmi_excess_min) / p.bmi_reference_excess)
