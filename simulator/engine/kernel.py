"""Everyone's month, told in order, and the loop that repeats it."""

import numpy as np

from simulator.base import randomness
from simulator.base.jit import kernel, law
from simulator.base.mathematics import ONE, ZERO, select
from simulator.engine.block import (
    ACTIVE,
    AGE,
    BLOCK,
    DRAW_ADIPOSITY,
    ENTRY_MONTH,
    MENOPAUSE,
    N_NORMALS,
    N_ROWS,
    at,
)
from simulator.engine.body import (
    gain_weight,
    inflame,
    live_habits,
    lose_weight,
    resist_insulin,
    scar,
    spend_beta_cells,
    store_liver_fat,
)
from simulator.engine.counting import count_month, count_year
from simulator.engine.loading import KEY_0, KEY_1, first_entry, someone_lives
from simulator.engine.outcome import (
    be_recognised,
    be_transplanted,
    decompensate,
    develop_cancer,
    die,
    weigh,
)
from simulator.engine.practice import has_limits, hold_clinic, leave, line_up, settle_in
from simulator.engine.quantities import N_QUANTITIES
from simulator.patient import columns as c
from simulator.physiology import metabolism

NEVER = np.float32(c.NEVER)
_MONTHS_PER_YEAR = np.float32(12)


@law
def draw_luck(b, words, step):
    """Draw the month's words, then turn them into normals and uniforms, row by row."""
    for purpose in range(randomness.N_MONTHLY):
        for j in range(BLOCK):
            first, second = randomness.words(words[KEY_0 + j], words[KEY_1 + j], step, purpose)
            words[at(2 * purpose, j)] = first
            words[at(2 * purpose + 1, j)] = second
    for row in range(N_NORMALS):
        for j in range(BLOCK):
            b[at(DRAW_ADIPOSITY + row, j)] = randomness.normal(words[at(row, j)])
    for row in range(N_NORMALS, 2 * randomness.N_MONTHLY):
        for j in range(BLOCK):
            b[at(DRAW_ADIPOSITY + row, j)] = randomness.uniform(words[at(row, j)])


@law
def grow_older(p, b, month):
    """Set age, and mark those who live this month: adult and not dead."""
    for j in range(BLOCK):
        age = (month - b[at(c.BIRTH_MONTH, j)]) / _MONTHS_PER_YEAR
        is_adult = month > b[at(ENTRY_MONTH, j)]
        is_alive = b[at(c.DEATH_MONTH, j)] >= NEVER
        b[at(AGE, j)] = age
        b[at(MENOPAUSE, j)] = metabolism.after_menopause(p, age)
        b[at(ACTIVE, j)] = select(is_adult & is_alive, ONE, ZERO)


@law
def pass_month(p, b, words, step, month):
    """Let a block live one step.

    1. luck of the month, by person, month and purpose
    2. age
    3. stress, sleep, diet, activity
    4. weight: nature, programmes, drugs
    5. insulin resistance
    6. liver fat
    7. beta cell, glucose, HbA1c, diabetes
    8. injury and scar
    9. decompensation, liver cancer, transplant
    10. death by cause
    11. what usual care finds out
    12. cost and quality of the month

    The kernel then lets the clinic see those who are due, and counts.
    """
    draw_luck(b, words, step)
    grow_older(p, b, month)
    live_habits(p, b)
    gain_weight(p, b)
    lose_weight(p, b)
    resist_insulin(p, b)
    store_liver_fat(p, b)
    spend_beta_cells(p, b, month)
    inflame(p, b)
    scar(p, b, month)
    decompensate(p, b, month)
    develop_cancer(p, b, month)
    be_transplanted(p, b, month)
    die(p, b, month)
    be_recognised(p, b, month)
    weigh(p, b)


@kernel
def advance(
    p, state, keys, family, scratch, words, plan, first_step, last_step, steps_per_year, yearly, monthly
):
    """Let people live the steps after `first_step` up to and including `last_step`.

    Parameters
    ----------
    p : the parameter record.
    state : float32 (N_COLUMNS, n), changed in place.
    keys : uint32 (2, n), each person's key.
    family : int64 (n,), number of each person's family; decides the group for intervals.
    scratch, words : the thread's scratch, from `block.new_scratch`.
    plan : steps, responses and conditions of the strategy (three record arrays), empty for none.
    first_step, last_step : steps since the start of the run; 0 is the start.
    steps_per_year : 12 for monthly steps.
    yearly : int64 (years + 1, N_GROUPS, N_CELLS, N_QUANTITIES), added to; zero years to count nothing.
    monthly : int64 (months + 1, 4), added to; zero months to count nothing.
    """
    steps_per_month = steps_per_year // 12
    together = BLOCK * (scratch.shape[0] if first_step >= 0 and has_limits(plan) else 1)
    amounts = np.empty(N_QUANTITIES * BLOCK, np.int32)
    line, people = np.empty(together, np.int64), scratch[0].reshape(N_ROWS, BLOCK)
    for start in range(0, state.shape[1], together):
        n_practice = min(together, state.shape[1] - start)
        settle_in(p, state, keys, scratch, words, start, n_practice)
        n_waiting = line_up(scratch, n_practice, plan, line)
        step = first_step + (1 if first_step != 0 else 0)
        if first_step < 0:
            earliest = first_entry(people, n_practice)
            step = max(step, int(earliest) * steps_per_month)
        while step <= last_step:
            month = step // steps_per_month
            for k in range((n_practice + BLOCK - 1) // BLOCK):
                b, first = scratch[k], start + k * BLOCK
                n = min(BLOCK, n_practice - k * BLOCK)
                if step != 0 or first_step < 0:
                    pass_month(p, b, words[k], step, np.float32(step) * p.months_per_step)
                if first_step >= 0 and step % steps_per_year == 0:
                    count_year(p, b, amounts, family, first, n, step // steps_per_year, yearly)
                if first_step >= 0 and step % steps_per_month == 0:
                    count_month(b, n, month, monthly)
            if first_step >= 0 and step % steps_per_month == 0:
                n_waiting = hold_clinic(p, scratch, words, n_practice, month, plan, line, n_waiting)
            if step % steps_per_year == 0 and first_step < 0 and not someone_lives(people, n_practice):
                break
            step += 1
        leave(state, scratch, start, n_practice)
