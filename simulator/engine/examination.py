"""Carrying out tests: the one place where the clinic is handed truth, through `care.markers`."""

import numpy as np

from simulator.base import randomness
from simulator.base.jit import kernel, law, routine
from simulator.base.mathematics import ONE, ZERO, select
from simulator.care import markers, pathway
from simulator.engine.block import BLOCK, N_ROWS
from simulator.engine.loading import KEY_0, KEY_1, load, unload
from simulator.patient import columns as c

NEVER = np.float32(c.NEVER)
_MONTHS_PER_YEAR = np.float32(12)
(
    _GLUCOSE,
    _INSULIN,
    _HBA1C,
    _ALT,
    _AST,
    _PLATELETS,
    _ALBUMIN,
    _CAP,
    _LSM,
    _ULTRASOUND,
    _GENOTYPE,
    _PDFF,
    _BIOPSY,
) = (np.int64(position) for position in range(len(markers.TESTS)))
ALL_TESTS = np.int32((1 << len(markers.TESTS)) - 1)
"""Of the type of a strategy's request, so that measuring is compiled once."""


@law
def _wants(request, test):
    return (request >> test) & 1 == 1


@routine
def _noise(words, j, month, test):
    """Return two fresh standard normals of a person, month and test."""
    first, second = randomness.words(words[KEY_0 + j], words[KEY_1 + j], month, randomness.TESTS + test)
    return randomness.normal(first), randomness.normal(second)


@law
def _age(b, j, month):
    return (month - b[c.BIRTH_MONTH, j]) / _MONTHS_PER_YEAR


@routine
def measure(p, b, words, j, month, request, at_cost):
    """Do the requested tests on one person and write what they showed."""
    month = np.float32(month)
    measure_sugar(p, b, words, j, month, request)
    measure_enzymes(p, b, words, j, month, request)
    measure_platelets_and_albumin(p, b, words, j, month, request)
    measure_images(p, b, words, j, month, request)
    if _wants(request, _GENOTYPE):
        b[c.OBSERVED_PNPLA3_G, j] = b[c.PNPLA3_G, j]
        b[c.OBSERVED_TM6SF2_T, j] = b[c.TM6SF2_T, j]
    if _wants(request, _BIOPSY):
        take_biopsy(p, b, words, j, month)
    score(p, b, j, month)
    note_changes(b, j)
    if at_cost:
        for test in range(len(p.test_costs)):
            if _wants(request, test):
                b[c.N_TESTS, j] += ONE
                b[c.COST_USD, j] += p.test_costs[test]


@routine
def measure_sugar(p, b, words, j, month, request):
    """Measure fasting glucose, fasting insulin, HOMA-IR and HbA1c."""
    glucose = b[c.FASTING_GLUCOSE_MMOL_L, j]
    if _wants(request, _GLUCOSE):
        noise, _ = _noise(words, j, month, _GLUCOSE)
        b[c.OBSERVED_FASTING_GLUCOSE_MMOL_L, j] = markers.fasting_glucose(p, glucose, noise)
    if _wants(request, _INSULIN):
        noise, _ = _noise(words, j, month, _INSULIN)
        insulin = markers.fasting_insulin(p, b[c.LN_HOMA_IR, j], glucose, noise)
        b[c.OBSERVED_FASTING_INSULIN_MIU_L, j] = insulin
    if _wants(request, _GLUCOSE) and _wants(request, _INSULIN):
        b[c.OBSERVED_HOMA_IR, j] = markers.homa_ir(
            p, b[c.OBSERVED_FASTING_GLUCOSE_MMOL_L, j], b[c.OBSERVED_FASTING_INSULIN_MIU_L, j]
        )
    if _wants(request, _HBA1C):
        noise, _ = _noise(words, j, month, _HBA1C)
        ethnic = p.hba1c_ethnicity[int(b[c.ETHNICITY, j])]
        b[c.OBSERVED_HBA1C_PERCENT, j] = markers.hba1c(
            p, b[c.HBA1C_PERCENT, j], ethnic, b[c.Z_GLYCATION, j], noise
        )


@routine
def _enzyme_levels(p, b, words, j, month):
    """Return where ALT and where AST alone stand this month (SD).

    The wandering part passes between knots of luck that lie a fixed time apart, so it needs no memory
    and is the same in whatever order and step a life is lived; each person has knots of their own phase.
    """
    key_0, key_1 = words[KEY_0 + j], words[KEY_1 + j]
    word, _ = randomness.words(key_0, key_1, ZERO, randomness.ENZYME_PHASE)
    place = month / p.enzyme_wander_months + randomness.uniform(word)
    knot = np.floor(place)
    both_before, own_before = randomness.words(key_0, key_1, knot, randomness.ENZYME_WANDER)
    both_after, own_after = randomness.words(key_0, key_1, knot + ONE, randomness.ENZYME_WANDER)
    both = markers.between_knots(randomness.normal(both_before), randomness.normal(both_after), place - knot)
    own = markers.between_knots(randomness.normal(own_before), randomness.normal(own_after), place - knot)
    return markers.enzyme_level(p, b[c.Z_ENZYMES, j], both), markers.enzyme_level(p, b[c.Z_AST, j], own)


@routine
def measure_enzymes(p, b, words, j, month, request):
    """Measure ALT and AST."""
    age, female, ln_fat = _age(b, j, month), b[c.SEX, j], b[c.LN_LIVER_FAT, j]
    leaking = markers.leaking_injury(p, b[c.INJURY, j])
    drinks = b[c.ALCOHOL_G_PER_DAY, j] / p.grams_per_drink
    fibrosis, ta = b[c.FIBROSIS, j], b[c.HSD17B13_TA, j]
    level, own_level = _enzyme_levels(p, b, words, j, month)
    alt_noise, ast_noise = _noise(words, j, month, _ALT)
    if _wants(request, _ALT):
        ethnic = p.alt_ethnicity[int(b[c.ETHNICITY, j])]
        b[c.OBSERVED_ALT_U_L, j] = markers.alt(
            p, ln_fat, b[c.LN_HOMA_IR, j], leaking, fibrosis, ta, age, female, ethnic, drinks,
            level, alt_noise,
        )  # fmt: skip
    if _wants(request, _AST):
        adiposity = markers.ln_adiposity_of_bmi(p, b[c.HABITUAL_BMI, j])
        b[c.OBSERVED_AST_U_L, j] = markers.ast(
            p, ln_fat, leaking, fibrosis, ta, age, female, adiposity, drinks,
            level, own_level, alt_noise, ast_noise,
        )  # fmt: skip


@routine
def measure_platelets_and_albumin(p, b, words, j, month, request):
    """Measure platelets, which a spleen under portal pressure keeps back, and albumin."""
    age, female = _age(b, j, month), b[c.SEX, j]
    if _wants(request, _PLATELETS):
        noise, _ = _noise(words, j, month, _PLATELETS)
        fibrosis = b[c.FIBROSIS, j]
        beyond = markers.pressure_beyond_scar(p, fibrosis, b[c.Z_PORTAL_PRESSURE, j])
        b[c.OBSERVED_PLATELETS_10E9_L, j] = markers.platelets(
            p, age, female, fibrosis, beyond, b[c.Z_PLATELETS, j], noise
        )
    if _wants(request, _ALBUMIN):
        noise, _ = _noise(words, j, month, _ALBUMIN)
        fails = b[c.DECOMPENSATION_MONTH, j] < NEVER and b[c.TRANSPLANT_MONTH, j] >= NEVER
        decompensated = select(fails, ONE, ZERO)
        b[c.OBSERVED_ALBUMIN_G_L, j] = markers.albumin(
            p, age, female, b[c.BMI, j], decompensated, b[c.Z_ALBUMIN, j], noise
        )


@routine
def measure_images(p, b, words, j, month, request):
    """Measure CAP and stiffness (which fail together) and fat by resonance, and look with ultrasound."""
    bmi, ln_fat = b[c.BMI, j], b[c.LN_LIVER_FAT, j]
    if _wants(request, _CAP) or _wants(request, _LSM):
        cap_noise, lsm_noise = _noise(words, j, month, _CAP)
        word, _ = randomness.words(words[KEY_0 + j], words[KEY_1 + j], month, randomness.TESTS + _LSM)
        is_valid = randomness.uniform(word) > markers.elastography_failure_probability(p, bmi)
        if is_valid and _wants(request, _CAP):
            adiposity = markers.ln_adiposity_of_bmi(p, bmi)
            b[c.OBSERVED_CAP_DB_PER_M, j] = markers.cap(p, ln_fat, adiposity, b[c.Z_CAP, j], cap_noise)
        if is_valid and _wants(request, _LSM):
            ethnic = p.lsm_ethnicity[int(b[c.ETHNICITY, j])]
            fibrosis, injury = b[c.FIBROSIS, j], b[c.INJURY, j]
            beyond = markers.pressure_beyond_scar(p, fibrosis, b[c.Z_PORTAL_PRESSURE, j])
            b[c.OBSERVED_LSM_KPA, j] = markers.lsm(
                p, fibrosis, beyond, injury, bmi, b[c.SEX, j], ethnic, b[c.Z_LSM, j], lsm_noise
            )
    if _wants(request, _ULTRASOUND):
        key_0, key_1 = words[KEY_0 + j], words[KEY_1 + j]
        word, _ = randomness.words(key_0, key_1, month, randomness.TESTS + _ULTRASOUND)
        lifelong, _ = randomness.words(key_0, key_1, ZERO, randomness.ULTRASOUND_BODY)
        luck, own = randomness.uniform(word), randomness.normal(lifelong)
        seen = luck <= markers.ultrasound_positive_probability(p, ln_fat, own)
        marked = luck <= markers.ultrasound_marked_probability(p, ln_fat, own)
        b[c.OBSERVED_ULTRASOUND_STEATOSIS, j] = select(seen, ONE, ZERO)
        b[c.OBSERVED_ULTRASOUND_MARKED_STEATOSIS, j] = select(marked, ONE, ZERO)
    if _wants(request, _PDFF):
        noise, _ = _noise(words, j, month, _PDFF)
        b[c.OBSERVED_LIVER_FAT_PERCENT, j] = markers.mri_pdff(p, ln_fat, noise)


@routine
def _biopsy_luck(words, j, month, k):
    """Return the k-th pair of fresh standard normals of a biopsy."""
    first, second = randomness.words(words[KEY_0 + j], words[KEY_1 + j], month, randomness.BIOPSY + k)
    return randomness.normal(first), randomness.normal(second)


@routine
def take_biopsy(p, b, words, j, month):
    """Take a liver biopsy and read it: stage, steatosis, ballooning, inflammation and their score."""
    injury = b[c.INJURY, j]
    sampling, reading = _biopsy_luck(words, j, month, 0)
    tail, fat_noise = _biopsy_luck(words, j, month, 1)
    core, _ = _biopsy_luck(words, j, month, 2)
    for_ballooning, for_inflammation = _biopsy_luck(words, j, month, 3)
    steatosis = markers.biopsy_steatosis(p, b[c.LN_LIVER_FAT, j], fat_noise)
    ballooning = markers.biopsy_ballooning(p, injury, core, for_ballooning)
    inflammation = markers.biopsy_inflammation(p, injury, core, for_inflammation)
    b[c.OBSERVED_FIBROSIS_STAGE, j] = markers.biopsy_stage(
        p, b[c.FIBROSIS, j], injury, sampling, reading, tail
    )
    b[c.OBSERVED_STEATOSIS_GRADE, j] = steatosis
    b[c.OBSERVED_BALLOONING_GRADE, j] = ballooning
    b[c.OBSERVED_INFLAMMATION_GRADE, j] = inflammation
    b[c.OBSERVED_NAS, j] = steatosis + ballooning + inflammation


@routine
def score(p, b, j, month):
    """Compute FIB-4 and the fibrosis score where all their components have been measured."""
    age, alt, ast = _age(b, j, month), b[c.OBSERVED_ALT_U_L, j], b[c.OBSERVED_AST_U_L, j]
    platelets, glucose = b[c.OBSERVED_PLATELETS_10E9_L, j], b[c.OBSERVED_FASTING_GLUCOSE_MMOL_L, j]
    fib4 = markers.fib4(p, age, ast, alt, platelets)
    is_raised = glucose >= p.raised_glucose_mmol_l or b[c.DIAGNOSED_DIABETES_MONTH, j] <= month
    raised, albumin = select(is_raised, ONE, ZERO), b[c.OBSERVED_ALBUMIN_G_L, j]
    nfs = markers.nfs(p, age, b[c.BMI, j], raised, ast, alt, platelets, albumin)
    b[c.OBSERVED_FIB4, j] = select(np.isnan(fib4), b[c.OBSERVED_FIB4, j], fib4)
    b[c.OBSERVED_NFS, j] = select(np.isnan(nfs), b[c.OBSERVED_NFS, j], nfs)


@routine
def _follow(b, j, now, first, change):
    if np.isnan(b[first, j]):
        b[first, j] = b[now, j]
    b[change, j] = markers.change_percent(b[now, j], b[first, j])


@routine
def note_changes(b, j):
    """Write the change of the followed markers since their first measurement."""
    _follow(b, j, c.OBSERVED_ALT_U_L, c.FIRST_ALT_U_L, c.OBSERVED_ALT_CHANGE_PERCENT)
    _follow(
        b, j, c.OBSERVED_FASTING_INSULIN_MIU_L, c.FIRST_FASTING_INSULIN_MIU_L,
        c.OBSERVED_FASTING_INSULIN_CHANGE_PERCENT,
    )  # fmt: skip
    _follow(b, j, c.OBSERVED_LSM_KPA, c.FIRST_LSM_KPA, c.OBSERVED_LSM_CHANGE_PERCENT)
    _follow(b, j, c.BMI, c.FIRST_BMI, c.OBSERVED_WEIGHT_CHANGE_PERCENT)


@routine
def _learn(b, j, row, is_concluded, month):
    b[row, j] = min(b[row, j], select(is_concluded > ZERO, month, NEVER))


@routine
def conclude(p, b, j, month):
    """Write what care concludes from the last results: diabetes, steatotic liver disease, fibrosis."""
    month = np.float32(month)
    diabetes = pathway.concludes_diabetes(
        p, b[c.OBSERVED_HBA1C_PERCENT, j], b[c.OBSERVED_FASTING_GLUCOSE_MMOL_L, j]
    )
    masld = pathway.concludes_masld(
        p,
        b[c.OBSERVED_CAP_DB_PER_M, j],
        b[c.OBSERVED_ULTRASOUND_STEATOSIS, j],
        b[c.OBSERVED_LIVER_FAT_PERCENT, j],
        b[c.OBSERVED_STEATOSIS_GRADE, j],
    )
    fibrosis = pathway.concludes_fibrosis(p, b[c.OBSERVED_LSM_KPA, j], b[c.OBSERVED_FIBROSIS_STAGE, j])
    _learn(b, j, c.DIAGNOSED_DIABETES_MONTH, diabetes, month)
    _learn(b, j, c.DIAGNOSED_MASLD_MONTH, masld, month)
    _learn(b, j, c.DIAGNOSED_FIBROSIS_MONTH, fibrosis, month)


@kernel
def examine(p, state, keys, scratch, words, month):
    """Do every test on everybody, as a survey would, at no cost and drawing no conclusions.

    Parameters
    ----------
    p : the parameter record.
    state : float32 (N_COLUMNS, n); the observed and first columns are written.
    keys : uint32 (2, n).
    scratch, words : the thread's scratch.
    month : current month.
    """
    people, words = scratch[0].reshape(N_ROWS, BLOCK), words[0]
    for first in range(0, state.shape[1], BLOCK):
        n = min(BLOCK, state.shape[1] - first)
        load(p, state, keys, people, words, first, n)
        for j in range(n):
            measure(p, people, words, j, month, ALL_TESTS, False)
        unload(state, people, first, n)
