"""What care finds out, and concludes, outside and inside a strategy."""

from simulator.base.jit import law
from simulator.base.mathematics import ONE, ZERO, clip, exp, select


@law
def diabetes_recognition_per_year(p, has_diabetes):
    """Return the hazard that usual care finds an undiagnosed diabetes."""
    return p.diabetes_recognition_per_year * has_diabetes


@law
def masld_recognition_per_year(p, has_masld):
    """Return the hazard that usual care comes upon a steatotic liver; about one in twenty ever knows."""
    return p.masld_recognition_per_year * has_masld


@law
def glucose_control(p, is_diagnosed, stress):
    """Return the share (0 to 1) of diabetic glucose excess that usual diabetes care removes.

    Most of that care is the patient's own work, which the stress (z) of the month takes time and heart from.
    """
    share = p.usual_glucose_control - p.self_care_loss_per_stress * stress
    return clip(share, ZERO, ONE) * is_diagnosed


@law
def concludes_diabetes(p, hba1c_percent, glucose_mmol_l):
    """Return 1 if a measured HbA1c or fasting glucose meets the diagnostic criterion; NaN never does."""
    return select(
        (hba1c_percent >= p.diagnosis_hba1c_percent) | (glucose_mmol_l >= p.diagnosis_glucose_mmol_l),
        ONE,
        ZERO,
    )


@law
def concludes_masld(p, cap_db_per_m, ultrasound_steatosis, fat_percent, steatosis_grade):
    """Return 1 if CAP, ultrasound, magnetic resonance or a biopsy shows a steatotic liver."""
    by_image = (cap_db_per_m >= p.diagnosis_cap_db_per_m) | (ultrasound_steatosis >= ONE)
    by_fat = (fat_percent >= exp(p.ln_masld_threshold)) | (steatosis_grade >= ONE)
    return select(by_image | by_fat, ONE, ZERO)


@law
def concludes_fibrosis(p, lsm_kpa, biopsy_stage):
    """Return 1 if liver stiffness or a biopsy points to significant fibrosis."""
    return select((lsm_kpa >= p.diagnosis_lsm_kpa) | (biopsy_stage >= p.significant_stage), ONE, ZERO)
