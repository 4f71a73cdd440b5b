"""The clinic: what care does for the few who are due this month.

Care decides on observed and known columns alone: conditions reach a person only through
`derived.all_hold`, and scenarios admit no other names. Draws are addressed by what is offered rather than
by its place in the strategy, so two strategies that offer the same drug share who accepts it.
"""

import numpy as np

from simulator.base import randomness
from simulator.base.jit import law, routine
from simulator.base.mathematics import ONE, ZERO, select
from simulator.care import treatment
from simulator.engine.examination import conclude, measure
from simulator.engine.loading import KEY_0, KEY_1
from simulator.patient import columns as c
from simulator.patient.derived import all_hold, is_on
from simulator.scenario.plan import ADD, DRUG, MONITOR, SCREEN, STOP, SURGERY, TEST

NEVER = np.float32(c.NEVER)
_N_DRUGS = len(c.DRUGS)
MASLD, FIBROSIS, DIABETES = range(3)
"""What a response may diagnose."""


@routine
def care_for_those_due(p, b, words, n, month, plan):
    """Let the clinic see everyone who is alive and due, at the start of the strategy or by appointment."""
    if len(plan[0]) == 0:
        return
    for j in range(n):
        is_due = month == 0 or b[c.NEXT_DUE_MONTH, j] <= month
        if is_due and b[c.DEATH_MONTH, j] >= NEVER:
            see(p, b, words, j, month, plan)


@routine
def see(p, b, words, j, month, plan):
    """See one person: settle what has ended, test and respond, offer, set the terms, make an appointment."""
    settle_programme(p, b, j, month)
    settle_drugs(p, b, words, j, month, plan)
    for k in range(len(plan[0])):
        attend_step(p, b, words, j, month, plan, k)
    set_drug_terms(p, b, j, month)
    make_appointment(p, b, j, month, plan)


@law
def _has_bit(b, row, j, k):
    return (int(b[row, j]) >> k) & 1 == 1


@law
def _set_bit(b, row, j, k):
    if not _has_bit(b, row, j, k):
        b[row, j] += np.float32(1 << k)


@law
def is_round(step, month):
    """Whether a step that repeats falls on this month; one that does not repeat is always open."""
    every = int(step.every_months)
    return every == 0 or (month - int(step.start_month)) % every == 0


@routine
def is_accepted(words, j, step):
    """Whether a person accepts what a step gives: to the same offer the answer is always the same."""
    purpose = randomness.UPTAKE + step.kind + select(step.kind == DRUG, 8 + step.drug, 0)
    word, _ = randomness.words(words[KEY_0 + j], words[KEY_1 + j], 0, purpose)
    return randomness.uniform(word) <= step.uptake


@routine
def attend_step(p, b, words, j, month, plan, k):
    """Offer a step that is open to this person, and hold the visit if it is one of testing."""
    step = plan[0][k]
    if (
        step.offered == ZERO
        or month < step.start_month
        or month >= step.end_month
        or not is_round(step, month)
    ):
        return
    is_new = not _has_bit(b, c.OFFERS_MADE, j, k)
    if is_new:
        if not all_hold(p, b, j, plan[2], step.first_condition, step.n_conditions, month):
            return
        _set_bit(b, c.OFFERS_MADE, j, k)
        if not is_accepted(words, j, step):
            return
        _set_bit(b, c.OFFERS_ACCEPTED, j, k)
    if not _has_bit(b, c.OFFERS_ACCEPTED, j, k):
        return
    if step.kind == MONITOR or (step.kind == SCREEN and is_new):
        visit(p, b, words, j, month, plan, k)
    elif is_new:
        begin(p, b, words, j, month, step)


@routine
def visit(p, b, words, j, month, plan, k):
    """Hold a visit: do the tests of a step, draw conclusions, respond in order."""
    step = plan[0][k]
    b[c.N_VISITS, j] += ONE
    b[c.COST_USD, j] += p.cost_visit_usd
    measure(p, b, words, j, month, step.tests, True)
    conclude(p, b, j, month)
    for r in range(step.first_response, step.first_response + step.n_responses):
        response = plan[1][r]
        if all_hold(p, b, j, plan[2], response.first_condition, response.n_conditions, month):
            respond(p, b, words, j, month, plan, response)


@routine
def respond(p, b, words, j, month, plan, response):
    """Carry out one action."""
    if response.action == ADD:
        step = plan[0][response.argument]
        if is_accepted(words, j, step):
            begin(p, b, words, j, month, step)
    elif response.action == STOP:
        for drug in range(_N_DRUGS):
            if (response.argument < 0 or response.argument == drug) and is_on(b, j, drug, month):
                b[c.FIRST_DRUG + 2 * drug + 1, j] = np.float32(month)
    elif response.action == TEST:
        measure(p, b, words, j, month, response.argument, True)
        conclude(p, b, j, month)
    else:
        row = c.DIAGNOSED_MASLD_MONTH
        if response.argument == FIBROSIS:
            row = c.DIAGNOSED_FIBROSIS_MONTH
        elif response.argument == DIABETES:
            row = c.DIAGNOSED_DIABETES_MONTH
        b[row, j] = min(b[row, j], np.float32(month))


@routine
def begin(p, b, words, j, month, step):
    """Begin what a step gives, unless it is already under way."""
    b[c.TREATED_MONTH, j] = min(b[c.TREATED_MONTH, j], np.float32(month))
    if step.kind == DRUG:
        if not is_on(b, j, step.drug, month):
            begin_drug(p, b, words, j, month, step)
    elif step.kind == SURGERY:
        if b[c.SURGERY_MONTH, j] >= NEVER:
            operate(p, b, j, month)
    elif b[c.PROGRAMME_IS_ON, j] == ZERO:
        begin_programme(p, b, j, month, step)


@routine
def begin_drug(p, b, words, j, month, step):
    """Begin a course; when it will be given up is drawn now."""
    word, _ = randomness.words(
        words[KEY_0 + j], words[KEY_1 + j], month, randomness.DISCONTINUATION + step.drug
    )
    lasts = NEVER
    if step.stop_hazard_per_year > ZERO:
        lasts = treatment.months_to_stop(step.stop_hazard_per_year, randomness.uniform(word))
    if step.months > ZERO:
        lasts = min(lasts, step.months)
    b[c.FIRST_DRUG + 2 * step.drug, j] = np.float32(month)
    b[c.FIRST_DRUG + 2 * step.drug + 1, j] = min(np.float32(np.ceil(month + lasts)), NEVER)
    b[c.ADHERENCE_FRACTION, j] = step.adherence


@routine
def settle_drugs(p, b, words, j, month, plan):
    """End courses that have run out; some people take the drug up again after a pause."""
    for k in range(len(plan[0])):
        step = plan[0][k]
        if step.kind != DRUG:
            continue
        start_row, stop_row = c.FIRST_DRUG + 2 * step.drug, c.FIRST_DRUG + 2 * step.drug + 1
        if b[stop_row, j] == month and b[start_row, j] < month and step.months == ZERO:
            _, word = randomness.words(
                words[KEY_0 + j], words[KEY_1 + j], month, randomness.DISCONTINUATION + step.drug
            )
            if randomness.uniform(word) <= step.restart_fraction:
                b[start_row, j] = np.float32(month) + np.ceil(p.restart_pause_months)
                b[stop_row, j] = NEVER
        elif b[start_row, j] == month and b[stop_row, j] >= NEVER:
            begin_drug(p, b, words, j, month, step)


@routine
def operate(p, b, j, month):
    """Carry out bariatric surgery."""
    ramp = np.ceil(p.surgery_ramp_months)
    b[c.SURGERY_MONTH, j] = np.float32(month)
    b[c.PROGRAMME_LOSS_PER_MONTH, j] = p.surgery_weight_loss / ramp
    b[c.PROGRAMME_REGAIN_PER_MONTH, j] = ZERO
    b[c.PROGRAMME_RAMP_END_MONTH, j] = np.float32(month) + ramp
    b[c.REGAIN_AFTER_PER_MONTH, j] = p.surgery_regain_per_month
    b[c.COST_USD, j] += p.cost_surgery_usd


@routine
def begin_programme(p, b, j, month, step):
    """Begin a lifestyle, stress or sleep programme."""
    share = step.adherence
    ramp = min(np.ceil(p.programme_ramp_months), step.months)
    b[c.ADHERENCE_FRACTION, j] = share
    b[c.PROGRAMME_IS_ON, j] = ONE
    b[c.PROGRAMME_ACTIVITY_MET_MIN_PER_WEEK, j] = step.activity * share
    b[c.PROGRAMME_DIET_QUALITY, j] = step.diet * share
    b[c.PROGRAMME_SLEEP_HOURS, j] = step.sleep * share
    b[c.PROGRAMME_STRESS_Z, j] = step.stress * share
    b[c.PROGRAMME_LOSS_PER_MONTH, j] = step.weight_loss * share / ramp
    b[c.PROGRAMME_REGAIN_PER_MONTH, j] = ZERO
    b[c.PROGRAMME_RAMP_END_MONTH, j] = np.float32(month) + ramp
    b[c.PROGRAMME_END_MONTH, j] = np.float32(month) + step.months
    b[c.REGAIN_AFTER_PER_MONTH, j] = select(
        step.supported > ZERO, p.programme_regain_supported_per_month, p.programme_regain_per_month
    )


@routine
def settle_programme(p, b, j, month):
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
    """Add up the terms of the drugs taken, scaled by adherence, and the monthly cost of treatment."""
    share = b[c.ADHERENCE_FRACTION, j]
    first = c.EFFECT_WEIGHT_LOSS_TARGET
    cost = b[c.PROGRAMME_IS_ON, j] * p.cost_programme_usd_per_month
    strongest, months, off_strongest, off_months = ZERO, ZERO, ZERO, ZERO
    total = (ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO)
    weight, insulin, output, glucose, fat, injury, antifibrotic = total
    for drug in range(_N_DRUGS):
        terms = p.drug_terms[drug]
        size = abs(terms[0])
        if is_on(b, j, drug, month):
            cost += terms[treatment.COST]
            weight, insulin, output = weight + terms[0], insulin + terms[1], output + terms[2]
            glucose, fat, injury = glucose + terms[3], fat + terms[4], injury + terms[5]
            antifibrotic += terms[6]
            if size >= strongest:
                strongest, months = size, terms[treatment.WEIGHT_MONTHS_ON]
        elif b[c.FIRST_DRUG + 2 * drug, j] < NEVER and size >= off_strongest:
            off_strongest, off_months = size, terms[treatment.WEIGHT_MONTHS_OFF]
    if months == ZERO:
        months = off_months
    b[first, j] = weight * share
    b[c.EFFECT_WEIGHT_STEP, j] = treatment.step_of_months(p, months) if months > ZERO else ZERO
    b[c.EFFECT_INSULIN_RESISTANCE, j] = insulin * share
    b[c.EFFECT_HEPATIC_GLUCOSE_OUTPUT, j] = output * share
    b[c.EFFECT_GLUCOSE, j] = glucose * share
    b[c.EFFECT_LIVER_FAT, j] = fat * share
    b[c.EFFECT_INJURY, j] = injury * share
    b[c.EFFECT_ANTIFIBROTIC, j] = antifibrotic * share
    b[c.TREATMENT_COST_USD_PER_MONTH, j] = cost


@routine
def make_appointment(p, b, j, month, plan):
    """Set when care must look at this person again, and when the next visit is."""
    due, next_visit = NEVER, NEVER
    for k in range(len(plan[0])):
        step = plan[0][k]
        if step.offered == ZERO or month >= step.end_month:
            continue
        if month < step.start_month:
            due = min(due, step.start_month)
        elif not _has_bit(b, c.OFFERS_MADE, j, k):
            every = step.every_months if step.every_months > ZERO else p.routine_visit_months
            due = min(due, step.start_month + every * (np.floor((month - step.start_month) / every) + ONE))
        elif step.kind == MONITOR and _has_bit(b, c.OFFERS_ACCEPTED, j, k):
            every = step.every_months
            following = step.start_month + every * (np.floor((month - step.start_month) / every) + ONE)
            next_visit = min(next_visit, following)
    due = min(due, next_visit)
    due = min(due, min(b[c.PROGRAMME_RAMP_END_MONTH, j], b[c.PROGRAMME_END_MONTH, j]))
    for drug in range(_N_DRUGS):
        start, stop = b[c.FIRST_DRUG + 2 * drug, j], b[c.FIRST_DRUG + 2 * drug + 1, j]
        due = min(due, select(start > month, start, NEVER))
        due = min(due, select(stop > month, stop, NEVER))
    b[c.NEXT_VISIT_MONTH, j] = next_visit
    b[c.NEXT_DUE_MONTH, j] = due
