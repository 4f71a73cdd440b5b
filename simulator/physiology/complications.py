"""Decompensation, liver cancer and transplant: hazards per year."""

from simulator.base.jit import law
from simulator.base.mathematics import ZERO, exp, logistic, select


@law
def portal_pressure(p, fibrosis, z_portal_pressure):
    """Return portal pressure on the scale of scar (stages): the scar that raises it so far in most people.

    Livers of one stage differ in pressure several times over (D'Amico 2006 splits cirrhosis by what the
    pressure does), so every person keeps an own distance from what scar alone would do.
    """
    return fibrosis + p.portal_pressure_lifelong_sd * z_portal_pressure


@law
def has_portal_hypertension(p, fibrosis, z_portal_pressure):
    """Return whether portal hypertension is clinically significant (a condition); only cirrhosis has it."""
    is_high = portal_pressure(p, fibrosis, z_portal_pressure) >= p.portal_hypertension_scar
    return (fibrosis >= p.cirrhosis_stage) & is_high


@law
def decompensation_hazard_per_year(p, fibrosis, z_portal_pressure, diabetes):
    """Return the hazard of first decompensation: none without cirrhosis, then by portal pressure."""
    pressure = portal_pressure(p, fibrosis, z_portal_pressure)
    beyond = min(pressure - p.cirrhosis_stage, p.decompensation_scar_max)
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
