"""Decompensation, liver cancer and transplant: hazards per year."""

from simulator.base.jit import law
from simulator.base.mathematics import ZERO, exp, logistic, select


@law
def decompensation_hazard_per_year(p, fibrosis, diabetes):
    """Return the hazard of first decompensation; only cirrhosis decompensates, and portal pressure decides.

    Scar of 4.5 and more stands for clinically significant portal hypertension.
    """
    beyond = min(fibrosis - p.cirrhosis_stage, p.decompensation_scar_max)
    ln_ratio = p.decompensation_per_scar * beyond + p.decompensation_diabetes * (
        diabetes - p.decompensation_diabetes_share
    )
    return select(fibrosis >= p.cirrhosis_stage, p.decompensation_per_year * exp(ln_ratio), ZERO)


@law
def hcc_hazard_per_year(p, fibrosis, age_years, female, diabetes, pnpla3_g, is_decompensated):
    """Return the hazard of hepatocellular carcinoma, rising with scar and steeply beyond stage 2."""
    scar = min(fibrosis, p.hcc_scar_max)
    return exp(
        p.ln_hcc_hazard
        + p.hcc_per_scar * scar
        + p.hcc_per_late_scar * max(scar - p.hcc_late_scar, ZERO)
        + p.hcc_per_year_of_age * (age_years - p.hcc_reference_age)
        + p.hcc_women * female
        + p.hcc_diabetes * diabetes
        + p.hcc_per_pnpla3_g * pnpla3_g
        + p.hcc_decompensated * is_decompensated
    )


@law
def transplant_hazard_per_year(p, age_years, is_decompensated, has_hcc):
    """Return the hazard of liver transplant for decompensated disease or cancer; rare past 65 to 70."""
    rate = select(has_hcc > ZERO, p.transplant_hcc_per_year, p.transplant_decompensated_per_year)
    limit = select(has_hcc > ZERO, p.transplant_hcc_age, p.transplant_decompensated_age)
    return max(is_decompensated, has_hcc) * rate * logistic(limit - age_years)
