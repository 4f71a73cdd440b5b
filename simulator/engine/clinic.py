"""The clinic: what care does for the few who are due this month.

Care decides on observed and known columns alone: conditions reach a person only through
`derived.all_hold`, and scenarios admit no other names. Draws are addressed by what is offered rather than
by its place in the strategy, so two strategies that offer the same drug share who accepts it.
"""

import numpy as np

from simulator.base import randomness
from simulator.base.jit import law, routine
from simulator.base.mathematics import ONE, ZERO, select
from simulator.engine.courses import begin, end_course, set_drug_terms, settle_drugs, settle_programme
from simulator.engine.examination import conclude, measure
from simulator.engine.loading import KEY_0, KEY_1
from simulator.patient import columns as c
from simulator.patient.derived import all_hold
from simulator.scenario.plan import ADD, DRUG, MONITOR, SCREEN, STOP, TEST

NEVER = np.float32(c.NEVER)
_N_DRUGS = len(c.DRUGS)
MASLD, FIBROSIS, DIABETES = range(3)
"""What a response may diagnose."""


@routine
def see(p, b, words, j, month, plan, left):
    """See one person: settle what has ended, test and respond, offer, set the terms, make an appointment.

    `left` holds how many can still start each step this month. Who finds a step full waits from now on, or
    as long already.
    """
    settle_programme(b, j, month)
    settle_drugs(p, b, words, j, month, plan)
    has_waited = b[c.WAITING_SINCE_MONTH, j] < NEVER
    since = min(b[c.WAITING_SINCE_MONTH, j], np.float32(month))
    b[c.WAITING_SINCE_MONTH, j] = NEVER
    for k in range(len(plan[0])):
        if attend_step(p, b, words, j, month, plan, k, left, has_waited):
            b[c.WAITING_SINCE_MONTH, j] = since
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
def attend_step(p, b, words, j, month, plan, k, left, has_waited):
    """Offer a step that is open to this person, and hold the visit if it is one of testing.

    Return whether the person would have to be offered it and it is full. A step is offered in its rounds; who
    has waited for a place is called in any month.
    """
    step = plan[0][k]
    is_new = not _has_bit(b, c.OFFERS_MADE, j, k)
    is_called = has_waited and is_new and step.starts >= ZERO
    if (
        step.offered == ZERO
        or month < step.start_month
        or month >= step.end_month
        or not (is_round(step, month) or is_called)
    ):
        return False
    if is_new:
        if not all_hold(p, b, j, plan[2], step.first_condition, step.n_conditions, month):
            return False
        if left[k] <= 0:
            return True
        _set_bit(b, c.OFFERS_MADE, j, k)
        if not is_accepted(words, j, step):
            return False
        _set_bit(b, c.OFFERS_ACCEPTED, j, k)
        left[k] -= 1
    if not _has_bit(b, c.OFFERS_ACCEPTED, j, k):
        return False
    if step.kind == MONITOR or (step.kind == SCREEN and is_new):
        visit(p, b, words, j, month, plan, k)
    elif is_new:
        begin(p, b, words, j, month, step, k)
    return False


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
            begin(p, b, words, j, month, step, response.argument)
    elif response.action == STOP:
        for drug in range(_N_DRUGS):
            if response.argument < 0 or response.argument == drug:
                end_course(b, j, drug, month)
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
        row = c.FIRST_DRUG + c.DRUG_COLUMNS * drug
        start, stop = b[row, j], b[row + 1, j]
        due = min(due, select(start > month, start, NEVER))
        due = min(due, select(stop > month, stop, NEVER))
    b[c.NEXT_VISIT_MONTH, j] = next_visit
    b[c.NEXT_DUE_MONTH, j] = due
