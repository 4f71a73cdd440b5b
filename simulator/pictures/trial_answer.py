"""A trial's answer in two sentences: its first two endpoints at the last reading, arm by arm."""

from __future__ import annotations

import pandas as pd

from simulator.analysis.endpoints import ENDPOINTS
from simulator.pictures.tables import Facts, Manifest, Tables, last_reading
from simulator.pictures.wording import clear_sign, count, decimals, interval, listed, number


def trial_sentences(tables: Tables, manifest: Manifest, facts: Facts) -> tuple[str, str]:
    """Return a sentence for each of the first two endpoints that the scenario asks for.

    An interval of the difference that includes zero is called no clear difference, whatever its middle.

    Parameters
    ----------
    tables, manifest : of a run with a trial, whose table `endpoints` has rows.
    facts : of the same run.
    """
    last = last_reading(tables)
    recorded = dict.fromkeys(str(name) for name in last["endpoint"])
    wanted = [name for name in _asked(manifest) if name in recorded] or list(recorded)
    when = f"As readers and tests showed it at month {int(last['month'].max())}"
    first = f"{when}, {_lowered(_said(last, wanted[0], facts))}."
    if len(wanted) == 1:
        return first, "No other endpoint was asked for."
    more = len(wanted) - 2
    rest = f"; {more} more {'endpoint is' if more == 1 else 'endpoints are'} in the report" if more else ""
    return first, f"{_said(last, wanted[1], facts)}{rest}."


def _asked(manifest: Manifest) -> list[str]:
    trial = (manifest.get("scenario") or {}).get("trial") or {}
    return [str(name) for name in trial.get("endpoints") or ()]


def _lowered(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _said(last: pd.DataFrame, endpoint: str, facts: Facts) -> str:
    found = last[last["endpoint"] == endpoint].set_index("strategy")
    entry = ENDPOINTS[endpoint]
    usual = found[["mean", "low", "high", "n"]].astype(float).loc[facts.comparator].to_dict()
    places = min(decimals(float(found["mean"].abs().max())), 2)
    unit = f" {entry.unit}" if entry.unit != "1" else ""
    level = f"{number(usual['mean'], places)}{unit}"
    around = interval(usual["low"], usual["high"], places)
    people = f"{count(usual['n'])} {'person' if usual['n'] == 1 else 'people'} under '{facts.comparator}'"
    said = f"{entry.label}: {level}{f' (95 % interval {around})' if around else ''} of {people}"
    others = [name for name in facts.others if name in found.index]
    return "; ".join([said, *_differences(found.loc[others], places, entry.is_share)])


def _differences(found: pd.DataFrame, places: int, is_share: bool) -> list[str]:
    clear, unclear = [], []
    for arm, row in found.iterrows():
        low, high = row["difference_low"], row["difference_high"]
        if clear_sign(low, high):
            points = " percentage points" if is_share else ""
            around = interval(low, high, places, signed=True)
            clear.append(f"'{arm}' {number(row['difference'], places, signed=True)}{points} ({around})")
        else:
            unclear.append(f"'{arm}'")
    parts = [f"against it {listed(clear)}"] if clear else []
    return parts + ([f"no clear difference under {listed(unclear)}"] if unclear else [])
