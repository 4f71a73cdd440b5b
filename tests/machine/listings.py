"""Write the machine code of loops over people, one file each, in a process whose kernels nobody cached.

python -m tests.machine.listings FOLDER passes|scalar|kernel
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from simulator.base import randomness
from simulator.base.jit import law, routine
from simulator.base.mathematics import ZERO, exp, select
from simulator.engine import body, counting, kernel, outcome
from simulator.engine.block import AGE, BLOCK, DRAW_ADIPOSITY, at, new_scratch
from simulator.engine.loading import KEY_0, KEY_1
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.quantities import N_QUANTITIES
from simulator.engine.recorder import Record
from simulator.engine.simulation import NO_PLAN
from simulator.parameters.library import load_parameters

P = parameter_record(load_parameters())
PRACTICE = new_scratch()
B, WORDS = (blocks[0] for blocks in PRACTICE)
AMOUNTS = np.empty(N_QUANTITIES * BLOCK, np.int32)
MONTH = np.float32(1)

PASSES: dict[Callable[..., Any], tuple[Any, ...]] = {
    kernel.grow_older: (P, B, MONTH),
    body.live_habits: (P, B),
    body.gain_weight: (P, B),
    body.lose_weight: (P, B),
    body.resist_insulin: (P, B),
    body.store_liver_fat: (P, B),
    body.spend_beta_cells: (P, B, MONTH),
    body.inflame: (P, B),
    body.scar: (P, B, MONTH),
    outcome.decompensate: (P, B, MONTH),
    outcome.develop_cancer: (P, B, MONTH),
    outcome.be_transplanted: (P, B, MONTH),
    outcome.die: (P, B, MONTH),
    outcome.be_recognised: (P, B, MONTH),
    outcome.weigh: (P, B),
    counting.count_use: (B, AMOUNTS, MONTH),
    counting.count_levels: (B, AMOUNTS, MONTH),
}
"""Every loop over a block that computes in floating point, with arguments of the types the kernel gives."""


@law
def draw_words(words):
    """Draw one purpose's words of a block."""
    for j in range(BLOCK):
        first, second = randomness.words(words[KEY_0 + j], words[KEY_1 + j], 1, randomness.DEATH)
        words[at(0, j)] = first
        words[at(1, j)] = second


@law
def draw_normals(b, words):
    """Turn a row of words into normals."""
    for j in range(BLOCK):
        b[at(DRAW_ADIPOSITY, j)] = randomness.normal(words[at(0, j)])


@law
def call_the_library(b):
    """Age everybody by the C library's exponential: scalar on purpose."""
    for j in range(BLOCK):
        b[at(AGE, j)] = math.exp(b[at(AGE, j)])


@routine
def _too_long_to_inline(x):
    return exp(exp(exp(exp(exp(exp(x))))))


@law
def leave_a_law_outside(b):
    """Call a rule that the compiler was not asked to put inside the loop: scalar on purpose."""
    for j in range(BLOCK):
        b[at(AGE, j)] = _too_long_to_inline(b[at(AGE, j)])


@law
def loop_until_close(b):
    """Take as many steps as each person needs: scalar on purpose."""
    for j in range(BLOCK):
        age = b[at(AGE, j)]
        while age > ZERO:
            age = age - exp(age)
        b[at(AGE, j)] = age


@law
def add_in_order(b):
    """Sum in floating point, which fixes the order of additions: scalar on purpose."""
    total = ZERO
    for j in range(BLOCK):
        total = total + exp(b[at(AGE, j)])
        b[at(AGE, j)] = total


@law
def compute_in_double(b):
    """Multiply by a plain Python number, which widens everything: half as many people at once."""
    for j in range(BLOCK):
        b[at(AGE, j)] = select(b[at(AGE, j)] > ZERO, exp(b[at(AGE, j)]) * 1.1, ZERO)


SCALAR: dict[Callable[..., Any], tuple[Any, ...]] = {
    loop: (B,)
    for loop in (call_the_library, leave_a_law_outside, loop_until_close, add_in_order, compute_in_double)
}
"""Loops that a guard must reject."""


def listing(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """Return the assembly of a function compiled for arguments of these types."""
    types = tuple(numba.typeof(argument) for argument in arguments)
    wrapped = numba.njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    wrapped.compile(types)
    return str(wrapped.inspect_asm(types))


def of_kernel() -> str:
    """Return the assembly of the month loop itself."""
    people, record = People.nobody(np.arange(1)), Record.empty(1)
    plan = (NO_PLAN.steps, NO_PLAN.responses, NO_PLAN.conditions)
    arguments = (
        P, people.state, people.keys, people.family, *PRACTICE, plan, 0, 1, 12, record.yearly, record.monthly,
    )  # fmt: skip
    return listing(kernel.advance.py_func, arguments)


def main() -> None:
    """Write what is asked for."""
    folder, asked = Path(sys.argv[1]), sys.argv[2]
    if asked == "kernel":
        (folder / "advance.s").write_text(of_kernel(), encoding="utf-8")
        return
    loops = SCALAR if asked == "scalar" else {**PASSES, draw_words: (WORDS,), draw_normals: (B, WORDS)}
    for function, arguments in loops.items():
        text = listing(function.py_func, arguments)
        (folder / f"{function.__name__}.s").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
