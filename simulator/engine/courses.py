"""Courses of treatment: how drugs, programmes and operations begin, run and end for one person."""

import numpy as np

from simulator.base import randomness
from simulator.base.jit import law, routine
from simulator.base.mathematics import ONE, ZERO, select
from simulator.care import treatment
from simulator.engine.loading import KEY_0, KEY_1
from simulator.patient import columns as c
from simulator.patient.derived import is_on
from simulator.scenario.plan import DRUG, SURGERY

NEVER = np.float32(c.NEVER)
_N_DRUGS = len(c.DRUGS)
_STOP, _ADHERENCE, _STEP = np.int64(1), np.int64(2), np.int64(3)


@law
def _row(drug):
    return c.FIRST_DRUG + c.DRUG_COLUMNS * drug


@law
def knows_diabetes(b, j, month):
    """Whether care knows of diabetes by this month."""
    return b[c.DIAGNOSED_DIABETES_MONTH, j] <= np.float32(month)


@routine
def begin(p, b, words, j, month, step, k):
    """Begin what step k gives, unless it is already under way."""
    b[c.TREATED_MONTH, j] = min(b[c.TREATED_MONTH, j], np.float32(month))
    if step.kind == DRUG:
        if not is_on(b, j, step.drug, month):
            begin_drug(p, b, words, j, month, step, k)
    elif step.kind == SURGERY:
        if b[c.SURGERY_MONTH, j] >= NEVER:
            operate(p, b, j, month)
    elif b[c.PROGRAMME_IS_ON, j] == ZERO:
        begin_programme(p, b, j, month, step)


@routine
def begin_drug(p, b, words, j, month, step, k):
    """Begin a course; when it will be given up is drawn now, and depends on diabetes known to care."""
    purpose = randomness.DISCONTINUATION + step.drug
    word, _ = randomness.words(words[KEY_0 + j], words[KEY_1 + j], month, purpose)
    lasts = NEVER
    hazard = select(knows_diabetes(b, j, month), step.stop_hazard_with_diabetes, step.stop_hazard_per_year)
    if hazard > ZERO:
        lasts = treatment.months_to_stop(hazard, randomness.uniform(word))
    if step.months > ZERO:
        lasts = min(lasts, step.months)
    row = _row(step.drug)
    b[row, j] = np.float32(month)
    b[row + _STOP, j] = min(np.float32(np.ceil(month + lasts)), NEVER)
    b[row + _ADHERENCE, j] = step.adherence
    b[row + _STEP, j] = np.float32(k)


@routine
def end_course(b, j, drug, month):
    """End a course now, and call off one that was to be taken up again."""
    row, now = _row(drug), np.float32(month)
    b[row, j] = select((b[row, j] > now) & (b[row, j] < NEVER), now, b[row, j])
    b[row + _STOP, j] = select(b[row, j] <= now, min(b[row + _STOP, j], now), b[row + _STOP, j])


@routine
def settle_drugs(p, b, words, j, month, plan):
    """End courses given up before their time; some people take the drug up again after a pause."""
    now = np.float32(month)
    for drug in range(_N_DRUGS):
        row = _row(drug)
        if b[row, j] >= NEVER:
            continue
        k = int(b[row + _STEP, j])
        step = plan[0][k]
        if b[row + _STOP, j] == now and b[row, j] < now and step.months == ZERO:
            purpose = randomness.DISCONTINUATION + drug
            _, word = randomness.words(words[KEY_0 + j], words[KEY_1 + j], month, purpose)
            known = knows_diabetes(b, j, month)
            if randomness.uniform(word) <= select(known, step.restart_with_diabetes, step.restart_fraction):
                b[row, j] = now + np.ceil(p.restart_pause_months)
                b[row + _STOP, j] = NEVER
        elif b[row, j] == now and b[row + _STOP, j] >= NEVER:
            begin_drug(p, b, words, j, month, step, k)


@routine
def response_of_weight(p, b, j):
    """Return how much of the average loss on a drug or programme this person has."""
    return treatment.weight_response(p, p.weight_response_sd, b[c.Z_WEIGHT_RESPONSE, j])


@routine
def operate(p, b, j, month):
    """Carry out bariatric surgery."""
    ramp = np.ceil(p.surgery_ramp_months)
    b[c.SURGERY_MONTH, j] = np.float32(month)
    response = treatment.weight_response(p, p.surgery_weight_response_sd, b[c.Z_WEIGHT_RESPONSE, j])
    b[c.PROGRAMME_LOSS_PER_MONTH, j] = p.surgery_weight_loss * response / ramp
    b[c.PROGRAMME_REGAIN_PER_MONTH, j] = ZERO
    b[c.PROGRAMME_RAMP_END_MONTH, j] = np.float32(month) + ramp
    b[c.REGAIN_AFTER_PER_MONTH, j] = p.surgery_regain_per_month
    b[c.COST_USD, j] += p.cost_surgery_usd


@routine
def begin_programme(p, b, j, month, step):
    """Begin a lifestyle, stress or sleep programme; after surgery it changes habits but not weight."""
    share = step.adherence
    b[c.PROGRAMME_IS_ON, j] = ONE
    b[c.PROGRAMME_ACTIVITY_MET_MIN_PER_WEEK, j] = step.activity * share
    b[c.PROGRAMME_DIET_QUALITY, j] = step.diet * share
    b[c.PROGRAMME_SLEEP_HOURS, j] = step.sleep * share
    b[c.PROGRAMME_STRESS_Z, j] = step.stress * share
    b[c.PROGRAMME_END_MONTH, j] = np.float32(month) + step.months
    if b[c.SURGERY_MONTH, j] >= NEVER and step.weight_loss != ZERO:
        ramp = min(np.ceil(p.programme_ramp_months), step.months)
        b[c.PROGRAMME_LOSS_PER_MONTH, j] = step.weight_loss * share * response_of_weight(p, b, j) / ramp
        b[c.PROGRAMME_REGAIN_PER_MONTH, j] = ZERO
        b[c.PROGRAMME_RAMP_END_MONTH, j] = np.float32(month) + ramp
        b[c.REGAIN_AFTER_PER_MONTH, j] = select(
            step.supported > ZERO, p.programme_regain_supported_per_month, p.programme_regain_per_month
        )


@routine
def settle_programme(b, j, month):
    """End the weight loss of a programme, then the programme."""
    if b[c.PROGRAMME_RAMP_END_MONTH, j] <= month:
        b[c.PROGRAMME_LOSS_PER_MONTH, j] = ZERO
        b[c.PROGRAMME_REGAIN_PER_MONTH, j] = b[c.REGAIN_AFTER_PER_MONTH, j]
        b[c.PROGRAMME_RAMP_END_MONTH, j] = NEVER
    if b[c.PROGRAMME_END_MONTH, j] <= month:
        b[c.PROGRAMME_IS_ON, j] = ZERO
        b[c.PROGRAMME_END_MONTH, j] = NEVER


@routine
def set_drug_terms(p, b, j, month):
    """Add up the terms of the drugs taken, each scaled by its adherence, and the cost of treatment."""
    effects = np.zeros(treatment.N_EFFECTS, np.float32)
    cost = b[c.PROGRAMME_IS_ON, j] * p.cost_programme_usd_per_month
    uncontrolled = ONE
    for drug in range(_N_DRUGS):
        if is_on(b, j, drug, month):
            terms, share = p.drug_terms[drug], b[_row(drug) + _ADHERENCE, j]
            for effect in range(treatment.N_EFFECTS):
                effects[effect] += terms[effect] * share
            uncontrolled *= ONE - terms[treatment.GLUCOSE_CONTROL] * share
            cost += terms[treatment.COST]
    b[c.EFFECT_WEIGHT_LOSS_TARGET, j] = effects[0] * response_of_weight(p, b, j)
    b[c.EFFECT_WEIGHT_STEP, j] = weight_step(p, b, j, month)
    b[c.EFFECT_INSULIN_RESISTANCE, j] = effects[1]
    b[c.EFFECT_HEPATIC_GLUCOSE_OUTPUT, j] = effects[2]
    b[c.EFFECT_GLUCOSE, j] = effects[3]
    b[c.EFFECT_LIVER_FAT, j] = effects[4]
    b[c.EFFECT_INJURY, j] = effects[5]
    b[c.EFFECT_ANTIFIBROTIC, j] = effects[6]
    b[c.EFFECT_GLUCOSE_CONTROL, j] = ONE - uncontrolled
    b[c.TREATMENT_COST_USD_PER_MONTH, j] = cost


@routine
def weight_step(p, b, j, month):
    """Return the pace of drug weight: the clock of the drug that moves weight most, taken or given up."""
    strongest, months, off_strongest, off_months = ZERO, ZERO, ZERO, ZERO
    for drug in range(_N_DRUGS):
        terms = p.drug_terms[drug]
        size = abs(terms[0])
        if is_on(b, j, drug, month):
            if size > strongest:
                strongest, months = size, terms[treatment.WEIGHT_MONTHS_ON]
        elif b[_row(drug), j] < NEVER and size > off_strongest:
            off_strongest, off_months = size, terms[treatment.WEIGHT_MONTHS_OFF]
    if months == ZERO:
        months = off_months
    return treatment.step_of_months(p, months) if months > ZERO else ZERO
