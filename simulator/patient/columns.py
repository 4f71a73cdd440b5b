"""The table of columns: what is known about every person, in one place.

The state of a population is one float32 matrix with a row per column of this table and a
position per person. Allocation, bound checks, Mesa attributes, the data dictionary, conditions
in scenario files and axis labels all come from here. `owner` is the only module that writes a
column; everybody else reads. Months count from the start of the run (negative before it) and a
thing that never happened carries `NEVER`.

`columns.FIBROSIS` is the position of the column `fibrosis` in the matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEVER = 1_000_000.0
"""Month of a thing that has not happened: later than any horizon and exact in float32."""

SEXES = ("male", "female")
ETHNICITIES = ("white", "black", "mexican", "other_hispanic", "asian", "other")
CAUSES_OF_DEATH = ("none", "liver", "cardiovascular", "other")
DRUGS = (
    "metformin",
    "pioglitazone",
    "glp1_ra",
    "sglt2_inhibitor",
    "vitamin_e",
    "thr_beta_agonist",
    "fgf21_analogue",
    "fxr_agonist",
)
"""Drug classes in the order of their columns; add a new one at the end."""

CODES = {"sex": SEXES, "ethnicity": ETHNICITIES, "death_cause": CAUSES_OF_DEATH}
"""Columns that hold a small integer code, with the label of each code."""

TRUTH, OBSERVED, KNOWN = "truth", "observed", "known"
"""What a body is, what a test showed, what care knows: care decides on the last two only."""


@dataclass(frozen=True)
class Column:
    """One column: `name`, `unit`, inclusive bounds, `owner` module, `kind`, `label`, `meaning`."""

    name: str
    unit: str
    low: float
    high: float
    owner: str
    kind: str
    label: str
    meaning: str

    @property
    def is_month(self) -> bool:
        """Whether the value is a month in which something first happened, or `NEVER`."""
        return self.unit == "month"

    @property
    def axis_label(self) -> str:
        """Label with its unit, as an axis shows it."""
        return f"{self.label} ({self.unit})" if self.unit not in ("", "code", "0/1") else self.label


_TABLE = """
sex | code | 0 1 | founders | known | Sex | 0 male, 1 female
ethnicity | code | 0 5 | founders | known | Ethnic group | Survey group, in the order of ETHNICITIES
birth_month | months | -1400 -200 | founders | known | Month of birth | Month of birth; age is (month - birth_month) / 12
birth_year | year | 1900 2020 | founders | known | Year of birth | Calendar year of birth, which sets the weight of the generation
height_cm | cm | 120 220 | founders | known | Height | Standing height
pnpla3_g | alleles | 0 2 | founders | truth | PNPLA3 G alleles | Dosage of PNPLA3 I148M (rs738409 G)
tm6sf2_t | alleles | 0 2 | founders | truth | TM6SF2 T alleles | Dosage of TM6SF2 E167K (rs58542926 T)
hsd17b13_ta | alleles | 0 2 | founders | truth | HSD17B13 TA alleles | Dosage of the protective HSD17B13 rs72613567 TA
z_adiposity | z | -7 7 | founders | truth | Adiposity, lifelong | Standing in the adiposity distribution, partly inherited
z_insulin_resistance | z | -7 7 | founders | truth | Insulin resistance, lifelong | Polygenic and other lifelong tendency to insulin resistance
z_beta_cell | z | -7 7 | founders | truth | Beta-cell reserve | Lifelong reserve of insulin secretion
z_liver_fat | z | -7 7 | founders | truth | Liver fat, lifelong | Polygenic remainder of liver fat beyond the named loci
z_glucose | z | -7 7 | founders | truth | Fasting glucose, lifelong | Personal set point of fasting glucose
z_hyperglycaemia | z | -7 7 | founders | truth | Severity once diabetic | Personal severity of hyperglycaemia after diabetes onset
z_injury | z | -7 7 | founders | truth | Injury susceptibility | Personal inflammation for a given liver fat
z_fibrosis | z | -7 7 | founders | truth | Progression frailty | Fast and slow progressors: log-normal frailty of scarring
z_glycation | z | -7 7 | founders | truth | Glycation gap | Personal offset of measured HbA1c
z_enzymes | z | -7 7 | founders | truth | Enzyme level | Personal offset of ALT and AST
z_ast | z | -7 7 | founders | truth | AST offset | Personal offset of AST alone
z_platelets | z | -7 7 | founders | truth | Platelet offset | Personal offset of the platelet count
z_albumin | z | -7 7 | founders | truth | Albumin offset | Personal offset of albumin
z_cap | z | -7 7 | founders | truth | CAP offset | Personal offset of the attenuation reading
z_lsm | z | -7 7 | founders | truth | Stiffness offset | Personal offset of the stiffness reading
z_weight_response | z | -7 7 | founders | truth | Weight response | How much of the weight a treatment takes off on average it takes off here
z_portal_pressure | z | -7 7 | founders | truth | Portal pressure, lifelong | How far portal pressure stands above what scar alone would raise it to
usual_activity_met_min_per_week | MET-min/week | 0 6000 | founders | truth | Usual activity | Habitual moderate-to-vigorous activity
usual_diet_quality | 0..1 | 0 1 | founders | truth | Usual diet quality | Share of full Mediterranean adherence
usual_sleep_hours | h/night | 4 11 | founders | truth | Usual sleep | Habitual sleep duration
usual_stress_z | z | -7 7 | founders | truth | Usual stress | Lifelong level of perceived stress
social_connectedness_z | z | -7 7 | founders | truth | Social connectedness | Company: buffers the effect of stress on habits
alcohol_g_per_day | g/day | 0 170 | founders | truth | Alcohol | Habitual alcohol
stress_state | z | -7 7 | behaviour | truth | Stress of the moment | Monthly departure from usual stress, AR(1)
chronic_stress | z | -7 7 | behaviour | truth | Chronic stress | Twelve-month memory of departures from usual stress
activity_met_min_per_week | MET-min/week | 0 9000 | behaviour | truth | Activity | Moderate-to-vigorous activity this month
diet_quality | 0..1 | 0 1 | behaviour | truth | Diet quality | Share of full Mediterranean adherence this month
sleep_hours | h/night | 3 12 | behaviour | truth | Sleep | Sleep duration this month
adiposity_wander | z | -7 7 | metabolism | truth | Adiposity drift | Slow wandering of the adiposity percentile, AR(1)
programme_weight_loss | fraction | -0.5 0.5 | metabolism | truth | Programme weight loss | Share of natural weight lost through behaviour or surgery
drug_weight_loss | fraction | -0.2 0.5 | metabolism | truth | Drug weight loss | Share of natural weight lost through drugs; negative is gain
bmi | kg/m2 | 12 160 | metabolism | known | Body mass index | Body mass index this month
ln_homa_ir | ln | -3 7 | metabolism | truth | Insulin resistance (ln HOMA-IR) | Natural logarithm of true HOMA-IR
glucose_excess_mmol_l | mmol/L | 0 20 | metabolism | truth | Diabetic glucose excess | Excess fasting glucose that diabetes would show untreated
fasting_glucose_mmol_l | mmol/L | 2.5 30 | metabolism | truth | Fasting glucose | True fasting plasma glucose
hba1c_percent | % | 3.5 18 | metabolism | truth | HbA1c | True HbA1c without the personal glycation gap
diabetes_month | month | -1400 1e6 | metabolism | truth | Diabetes onset | Month of onset of type 2 diabetes
liver_fat_wander | z | -7 7 | liver | truth | Liver fat drift | Slow wandering of liver fat, AR(1)
ln_liver_fat | ln | -1.21 3.91 | liver | truth | Liver fat (ln %) | Natural logarithm of true liver fat (MRI-PDFF, %)
injury_flare | ln | -2 2 | liver | truth | Injury flare | Wandering part of injury, AR(1)
injury | ln | -6 6 | liver | truth | Liver injury | Inflammation and ballooning activity; 0 is the MASH threshold
habitual_bmi | kg/m2 | 12 160 | liver | truth | Habitual BMI | Five-year memory of BMI
fibrosis | stages | 0 6 | liver | truth | Fibrosis | Continuous true scar; stage is min(4, floor)
cirrhosis_month | month | -1400 1e6 | liver | truth | Cirrhosis | Month in which true scar first reached stage 4
decompensation_month | month | -1400 1e6 | complications | truth | Decompensation | Month of first decompensation
hcc_month | month | -1400 1e6 | complications | truth | Liver cancer | Month of hepatocellular carcinoma
transplant_month | month | -1400 1e6 | complications | truth | Transplant | Month of liver transplant
death_month | month | -1400 1e6 | mortality | known | Death | Month of death
death_cause | code | 0 3 | mortality | known | Cause of death | Cause of death, in the order of CAUSES_OF_DEATH
diagnosed_diabetes_month | month | -1400 1e6 | pathway | known | Diabetes diagnosed | Month in which care learned of diabetes
diagnosed_masld_month | month | -1400 1e6 | pathway | known | MASLD diagnosed | Month in which care learned of steatotic liver disease
diagnosed_fibrosis_month | month | -1400 1e6 | pathway | known | Fibrosis diagnosed | Month in which care concluded on significant fibrosis
glucose_control | 0..1 | 0 1 | treatment | known | Glucose control | Share of diabetic glucose excess removed by usual diabetes care
programme_is_on | 0/1 | 0 1 | treatment | known | In a programme | Whether a lifestyle, stress or sleep programme is running
programme_activity_met_min_per_week | MET-min/week | -3000 3000 | treatment | truth | Programme activity | Activity added by programmes
programme_diet_quality | 0..1 | -1 1 | treatment | truth | Programme diet | Diet quality added by programmes
programme_sleep_hours | h/night | -4 4 | treatment | truth | Programme sleep | Sleep added by programmes
programme_stress_z | z | -4 4 | treatment | truth | Programme stress | Change of stress by programmes
programme_loss_per_month | fraction/month | -0.2 0.2 | treatment | truth | Programme loss rate | Share of weight a programme takes off a month while it ramps
programme_regain_per_month | 1/month | 0 0.1 | treatment | truth | Programme regain rate | Monthly decay of programme weight loss
effect_weight_loss_target | fraction | -0.2 0.5 | treatment | truth | Drug weight target | Weight loss the current drugs lead to
effect_weight_step | 1/month | 0 1 | treatment | truth | Drug weight pace | Monthly share of the way to the drug weight target
effect_insulin_resistance | ln | -3 1 | treatment | truth | Drug insulin effect | Drugs' term in ln HOMA-IR that also reaches the liver
effect_hepatic_glucose_output | ln | -3 1 | treatment | truth | Drug glucose-output effect | Drugs' term in ln HOMA-IR that does not reach liver fat
effect_glucose | ln | -1 1 | treatment | truth | Drug glucose effect | Drugs' term in ln fasting glucose
effect_liver_fat | ln | -3 1 | treatment | truth | Drug liver fat effect | Drugs' direct term in ln liver fat
effect_injury | ln | -5 1 | treatment | truth | Drug injury effect | Drugs' direct term in injury
effect_antifibrotic | stages/year | 0 3 | treatment | truth | Drug antifibrotic effect | Drugs' direct term in healing of scar
effect_glucose_control | 0..1 | 0 1 | treatment | truth | Drug glucose control | Share of diabetic glucose excess that drugs remove beyond usual care
treatment_cost_usd_per_month | USD/month | 0 1e5 | treatment | known | Treatment cost | Current monthly cost of drugs and programmes
cost_usd | USD | 0 1e8 | economics | known | Cost | Undiscounted health-care cost since the start of the run
qalys | years | -5 90 | economics | truth | QALYs | Undiscounted quality-adjusted life-years since the start of the run
"""

_COLD = """
offers_made | bits | 0 16777215 | treatment | known | Offers made | Bit k is set when step k of the strategy has been offered
offers_accepted | bits | 0 16777215 | treatment | known | Offers accepted | Bit k is set when step k of the strategy has been accepted
regain_after_per_month | 1/month | 0 0.1 | treatment | truth | Regain to come | Monthly decay of weight loss once the ramp of a programme or operation ends
programme_ramp_end_month | month | -1400 1e6 | treatment | known | Programme ramp end | Month in which the programme stops taking weight off
programme_end_month | month | -1400 1e6 | treatment | known | Programme end | Month in which the programme ends
treated_month | month | -1400 1e6 | treatment | known | First treated | Month of the first drug, programme or operation under the strategy
surgery_month | month | -1400 1e6 | treatment | known | Surgery | Month of bariatric surgery
next_visit_month | month | -1400 1e6 | pathway | known | Next visit | Month of the next planned visit
waiting_since_month | month | -1400 1e6 | pathway | known | Waiting since | Month since which a person waits to start a step that is full
next_due_month | month | -1400 1e6 | pathway | known | Next due | Month in which care must look at this person again
n_visits | visits | 0 5000 | pathway | known | Visits | Number of visits under the strategy
n_tests | tests | 0 20000 | markers | known | Tests | Number of tests under the strategy
family_history_diabetes | 0/1 | 0 1 | founders | known | Family history of diabetes | A sibling has diabetes
family_history_cirrhosis | 0/1 | 0 1 | founders | known | Family history of cirrhosis | A sibling has cirrhosis
observed_fasting_glucose_mmol_l | mmol/L | 1.5 40 | markers | observed | Fasting glucose, measured | Last measured fasting glucose
observed_fasting_insulin_miu_l | mIU/L | 0.1 9000 | markers | observed | Fasting insulin, measured | Last measured fasting insulin
observed_homa_ir | index | 0.02 3000 | markers | observed | HOMA-IR, measured | Last measured glucose x insulin / 22.5
observed_hba1c_percent | % | 3 22 | markers | observed | HbA1c, measured | Last measured HbA1c
observed_alt_u_l | U/L | 3 3000 | markers | observed | ALT, measured | Last measured alanine aminotransferase
observed_ast_u_l | U/L | 3 3000 | markers | observed | AST, measured | Last measured aspartate aminotransferase
observed_platelets_10e9_l | 10^9/L | 10 1000 | markers | observed | Platelets, measured | Last measured platelet count
observed_albumin_g_l | g/L | 10 60 | markers | observed | Albumin, measured | Last measured serum albumin
observed_fib4 | index | 0.01 100 | markers | observed | FIB-4 | FIB-4 of the last measured AST, ALT and platelets
observed_nfs | index | -15 15 | markers | observed | NAFLD fibrosis score | Score of the last measured components
observed_cap_db_per_m | dB/m | 100 400 | markers | observed | CAP, measured | Last controlled attenuation parameter
observed_lsm_kpa | kPa | 1 75 | markers | observed | Liver stiffness, measured | Last valid liver stiffness measurement
observed_ultrasound_steatosis | 0/1 | 0 1 | markers | observed | Steatosis on ultrasound | Whether the last ultrasound showed steatosis
observed_ultrasound_marked_steatosis | 0/1 | 0 1 | markers | observed | Marked steatosis on ultrasound | Whether the last ultrasound showed moderate to severe steatosis
observed_alt_change_percent | % | -100 20000 | markers | observed | ALT change | Change of measured ALT since the first measurement of the run
observed_fasting_insulin_change_percent | % | -100 20000 | markers | observed | Insulin change | Change of measured insulin since the first measurement of the run
observed_lsm_change_percent | % | -100 20000 | markers | observed | Stiffness change | Change of measured stiffness since the first measurement of the run
observed_weight_change_percent | % | -70 200 | markers | observed | Weight change | Change of BMI since the first visit of the run
observed_pnpla3_g | alleles | 0 2 | markers | observed | PNPLA3 G alleles, tested | Dosage reported by a genetic test
observed_tm6sf2_t | alleles | 0 2 | markers | observed | TM6SF2 T alleles, tested | Dosage reported by a genetic test
observed_liver_fat_percent | % | 0 60 | markers | observed | Liver fat on MRI-PDFF | Last liver fat measured by magnetic resonance
observed_fibrosis_stage | stage | 0 4 | markers | observed | Fibrosis stage on biopsy | Stage read on the last biopsy
observed_steatosis_grade | grade | 0 3 | markers | observed | Steatosis on biopsy | Steatosis grade of the last biopsy
observed_ballooning_grade | grade | 0 2 | markers | observed | Ballooning on biopsy | Hepatocyte ballooning grade of the last biopsy
observed_inflammation_grade | grade | 0 3 | markers | observed | Inflammation on biopsy | Lobular inflammation grade of the last biopsy
observed_nas | index | 0 8 | markers | observed | NAFLD activity score | Sum of steatosis, ballooning and inflammation of the last biopsy
first_alt_u_l | U/L | 3 3000 | markers | observed | First ALT | First measured ALT of the run
first_fasting_insulin_miu_l | mIU/L | 0.1 9000 | markers | observed | First insulin | First measured insulin of the run
first_lsm_kpa | kPa | 1 75 | markers | observed | First stiffness | First valid stiffness of the run
first_bmi | kg/m2 | 12 160 | markers | observed | First BMI | BMI at the first visit of the run
"""


def _parse(text: str) -> tuple[Column, ...]:
    rows = []
    for line in text.strip().splitlines():
        name, unit, bounds, owner, kind, label, meaning = (part.strip() for part in line.split("|"))
        low, high = (float(bound) for bound in bounds.split())
        rows.append(Column(name, unit, low, high, owner, kind, label, meaning))
    return tuple(rows)


def _drug_columns() -> tuple[Column, ...]:
    rows = []
    for drug in DRUGS:
        words = drug.replace("_", " ")
        for event in ("start", "stop"):
            rows.append(
                Column(
                    f"{drug}_{event}_month", "month", -1400, NEVER, "treatment", KNOWN,
                    f"{words} {event}", f"Month in which the last course of {words} {event}s",
                )
            )  # fmt: skip
        rows.append(
            Column(
                f"{drug}_adherence", "0..1", 0, 1, "treatment", KNOWN,
                f"{words} adherence", f"Share of {words} taken while on it",
            )
        )  # fmt: skip
        rows.append(
            Column(
                f"{drug}_step", "index", -1, 30, "treatment", KNOWN,
                f"{words} step", f"Step of the strategy that began the last course of {words}",
            )
        )  # fmt: skip
    return tuple(rows)


HOT = _parse(_TABLE)
"""Columns that change, or are read, every month."""

COLUMNS = HOT + _parse(_COLD) + _drug_columns()
"""Every stored column, hot ones first, in the order of the state matrix."""

N_COLUMNS = np.int64(len(COLUMNS))
BY_NAME = {column.name: column for column in COLUMNS}
INDEX = {column.name: position for position, column in enumerate(COLUMNS)}
FIRST_DRUG = INDEX[f"{DRUGS[0]}_start_month"]
DRUG_COLUMNS = 4
"""Drug k has columns FIRST_DRUG + 4 k and on: start, stop, adherence and the step that began it."""

globals().update({name.upper(): np.int64(position) for name, position in INDEX.items()})


def __getattr__(name: str) -> int:
    raise AttributeError(f"simulator.patient.columns has no column {name.lower()!r}")
