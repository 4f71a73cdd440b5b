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
    settle_programme(b, j, month)
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
        begin(p, b, words, j, month, step, k)


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
