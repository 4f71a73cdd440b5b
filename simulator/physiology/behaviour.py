"""Habits: activity, diet, sleep and stress, and how stress and company shape them."""

from simulator.base.jit import law
from simulator.base.mathematics import ONE, ZERO, clip, exp, select
from simulator.base.rates import relax


@law
def stress_after_step(p, stress, normal_draw):
    """Return this month's departure from usual stress (z): an AR(1) process around zero."""
    return p.stress_persistence * stress + p.stress_noise * p.stress_sd * normal_draw


@law
def chronic_stress_after_step(p, chronic, stress, programme_stress):
    """Return chronic stress (z): the slow memory of stress and of what programmes do to it.

    Only persistent exposure counts; cortisol acts through this memory on habits, and weakly and
    directly on insulin sensitivity.
    """
    return relax(chronic, stress + programme_stress, p.chronic_stress_step)


@law
def stress_leverage(p, connectedness):
    """Return the factor by which company damps (below 1) or isolation amplifies the effect of stress."""
    return clip(ONE - p.social_buffering * connectedness, p.stress_leverage_min, p.stress_leverage_max)


@law
def sleep_hours(p, usual, chronic, leverage, programme):
    """Return sleep (hours a night, 3 to 12) under chronic stress and programmes."""
    return clip(usual - p.sleep_loss_per_stress * chronic * leverage + programme, p.sleep_min, p.sleep_max)


@law
def diet_quality(p, usual, chronic, leverage, programme):
    """Return diet quality (share of full Mediterranean adherence, 0 to 1)."""
    return clip(usual - p.diet_loss_per_stress * chronic * leverage + programme, ZERO, ONE)


@law
def activity(p, usual, chronic, leverage, programme):
    """Return activity (MET-min a week, 0 to 9000)."""
    under_stress = usual * exp(-p.activity_loss_per_stress * chronic * leverage)
    return clip(under_stress + programme, ZERO, p.activity_max)


@law
def programme_habit_after_step(p, added, is_on):
    """Return what a programme adds to a habit: kept while it runs, fading once it has ended."""
    return added * select(is_on > ZERO, ONE, p.programme_habit_persistence)
