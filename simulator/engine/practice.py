"""The month's clinic of a practice: who is seen, and who waits where a step can be started by so many only.

A practice is PRACTICE people of consecutive numbers. Each month it has a whole number of places for every
limited step; whoever has waited longest is called first, and places nobody needs are lost. Without limits
every block is a practice of its own, and nobody waits.
"""

import numpy as np

from simulator.base.jit import law, routine
from simulator.base.mathematics import ZERO
from simulator.engine.block import BLOCK, N_ROWS
from simulator.engine.clinic import see
from simulator.engine.loading import load, unload
from simulator.patient import columns as c

NEVER = np.float32(c.NEVER)
_NO_LIMIT = np.int64(1 << 40)
_PER_THOUSAND = 1000.0


@routine
def has_limits(plan):
    """Whether some step of a plan can be started by so many a month only."""
    for k in range(len(plan[0])):
        if plan[0][k].starts >= ZERO:
            return True
    return False


@routine
def settle_in(p, state, keys, scratch, words, start, n):
    """Load n people from number `start` of the state into the blocks of a practice."""
    for first in range(0, n, BLOCK):
        k = first // BLOCK
        people = scratch[k].reshape(N_ROWS, BLOCK)
        load(p, state, keys, people, words[k], start + first, min(BLOCK, n - first))


@routine
def leave(state, scratch, start, n):
    """Copy the people of a practice back to the state."""
    for first in range(0, n, BLOCK):
        people = scratch[first // BLOCK].reshape(N_ROWS, BLOCK)
        unload(state, people, start + first, min(BLOCK, n - first))


@law
def _lives(b, j):
    return b[c.DEATH_MONTH, j] >= NEVER


@routine
def line_up(scratch, n, plan, line):
    """Put those who wait already into the line, longest first, then by number; return how many they are."""
    n_waiting = 0
    if not has_limits(plan):
        return n_waiting
    since = np.empty(n, np.float32)
    for i in range(n):
        b = scratch[i // BLOCK].reshape(N_ROWS, BLOCK)
        since[i] = b[c.WAITING_SINCE_MONTH, i % BLOCK]
        if since[i] < NEVER and _lives(b, i % BLOCK):
            place = n_waiting
            while place > 0 and since[line[place - 1]] > since[i]:
                line[place] = line[place - 1]
                place -= 1
            line[place] = i
            n_waiting += 1
    return n_waiting


@routine
def free_places(plan, n, month, left):
    """Write how many people of a practice of n can start each step this month; return the limited ones' sum.

    Over months the places add up to the rate: fractions are carried, unused places are not.
    """
    total = 0
    for k in range(len(plan[0])):
        step = plan[0][k]
        left[k] = _NO_LIMIT
        if step.starts >= ZERO:
            left[k] = 0
            if step.start_month <= month < step.end_month:
                rate = np.float64(step.starts) * n / _PER_THOUSAND
                passed = month - np.int64(step.start_month)
                left[k] = np.int64(np.floor(rate * (passed + 1))) - np.int64(np.floor(rate * passed))
            total += left[k]
    return total


@routine
def _any_left(plan, left):
    for k in range(len(left)):
        if plan[0][k].starts >= ZERO and left[k] > 0:
            return True
    return False


@routine
def call_the_line(p, scratch, words, month, plan, line, n_waiting, left):
    """See those who wait, in order, while there are places; return how many wait on."""
    n_kept = 0
    for place in range(n_waiting):
        i = line[place]
        if not _any_left(plan, left):
            line[n_kept] = i
            n_kept += 1
            continue
        k, j = i // BLOCK, i % BLOCK
        b = scratch[k].reshape(N_ROWS, BLOCK)
        if not _lives(b, j):
            continue
        see(p, b, words[k], j, month, plan, left)
        if b[c.WAITING_SINCE_MONTH, j] < NEVER:
            line[n_kept] = i
            n_kept += 1
    return n_kept


@routine
def hold_clinic(p, scratch, words, n, month, plan, line, n_waiting):
    """Let the clinic see who is called from the line, then everyone who is alive and due.

    Due are all at the start of the strategy, later those with an appointment. Return how many wait.
    """
    if len(plan[0]) == 0:
        return n_waiting
    left = np.empty(len(plan[0]), np.int64)
    if free_places(plan, n, month, left) > 0:
        n_waiting = call_the_line(p, scratch, words, month, plan, line, n_waiting, left)
    for first in range(0, n, BLOCK):
        k = first // BLOCK
        b = scratch[k].reshape(N_ROWS, BLOCK)
        for j in range(min(BLOCK, n - first)):
            is_due = month == 0 or b[c.NEXT_DUE_MONTH, j] <= month
            if is_due and _lives(b, j):
                waited = b[c.WAITING_SINCE_MONTH, j]
                see(p, b, words[k], j, month, plan, left)
                if waited >= NEVER and b[c.WAITING_SINCE_MONTH, j] < NEVER:
                    line[n_waiting] = first + j
                    n_waiting += 1
    return n_waiting
