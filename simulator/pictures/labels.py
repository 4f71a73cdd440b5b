"""What outcomes, quantities and links are called where space is short, and how they are told."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.analysis.effects import LINKS
from simulator.analysis.outcomes import TRAJECTORIES


@dataclass(frozen=True)
class Wording:
    """How an outcome is told.

    Attributes
    ----------
    name : short name, as a panel's title or a column's header.
    happened : for an event, what happened to a person, such as "reached cirrhosis".
    free : for an event, who is counted, such as "free of cirrhosis at the start".
    """

    name: str
    happened: str = ""
    free: str = "alive at the start"


_WORDINGS = {
    "cirrhosis": Wording("Cirrhosis", "reached cirrhosis", "free of cirrhosis at the start"),
    "decompensation": Wording("Decompensation", "decompensated", "never decompensated at the start"),
    "hcc": Wording("Liver cancer (HCC)", "developed liver cancer", "free of liver cancer at the start"),
    "transplant": Wording("Liver transplant", "received a liver transplant"),
    "liver_death": Wording("Liver death", "died of liver disease"),
    "cardiovascular_death": Wording("Cardiovascular death", "died of cardiovascular disease"),
    "death": Wording("Death, any cause", "died"),
    "diabetes": Wording("Diabetes", "developed diabetes", "free of diabetes at the start"),
    "advanced_fibrosis": Wording("Advanced fibrosis"),
    "bmi": Wording("BMI"),
    "life_years": Wording("Life-years"),
    "qaly": Wording("QALYs, discounted"),
    "cost": Wording("Cost, discounted"),
}

LINK_GROUPS = {
    "care": "Care reaches people (% of people)",
    "body": "Bodies change (average over the years)",
    "event": "Events averted per 1,000",
    "gain": "Life gained per 1,000",
}
"""Groups of links of the effect trace, in causal order, with their headings."""

_LINK_NAMES = {
    "reached": "Reached",
    "waiting": "Waiting",
    "accepted": "Accepted",
    "tested": "Tested",
    "treated": "Treated",
    "change_in_bmi": "BMI",
    "gained_qaly": "QALYs",
}


def wording(outcome: str) -> Wording:
    """Return the wording of an outcome; the label of its table, or its own name, when it has none."""
    known = _WORDINGS.get(outcome)
    if known is None:
        listed = TRAJECTORIES.get(outcome)
        known = Wording(listed.label if listed else outcome.replace("_", " ").capitalize())
    return known


def is_event(outcome: str) -> bool:
    """Whether an outcome happens to a person once."""
    return outcome in TRAJECTORIES and TRAJECTORIES[outcome].is_event


def better(outcome: str) -> str:
    """Return whether "lower", "higher" or "neither" is the better end of an outcome."""
    return TRAJECTORIES[outcome].better if outcome in TRAJECTORIES else "neither"


def unit_text(unit: object, name: str = "") -> str:
    """Return a unit as it is shown; when a table leaves it empty, the unit of the quantity's table."""
    text = str(unit).strip()
    if text in ("", "nan", "None") and name in TRAJECTORIES:
        text = TRAJECTORIES[name].unit
    return text.replace("m2", "m²")


def link_kind(link: str) -> str:
    """Return the kind of a link: "care", "body", "event" or "gain"."""
    return LINKS[link].kind if link in LINKS else "body"


def links_of(kind: str) -> list[str]:
    """Return the links of one kind in causal order."""
    return [link.id for link in LINKS.values() if link.kind == kind]


def link_label(link: str) -> str:
    """Return the name of a link as a row of the trace shows it."""
    if link in _LINK_NAMES:
        return _LINK_NAMES[link]
    if link.startswith("averted_"):
        return wording(link.removeprefix("averted_")).name
    return LINKS[link].label if link in LINKS else link.replace("_", " ").capitalize()
