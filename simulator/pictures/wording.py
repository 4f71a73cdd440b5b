"""Numbers as text: rounding, signs, intervals and counts, the same in figures and reports."""

from __future__ import annotations

import math

MINUS, NARROW, DASH = "\u2212", "\u00a0", "\u2013"
SHARE_UNITS = ("share", "proportion", "fraction", "probability", "0..1")


def is_share(unit: str) -> bool:
    """Whether values in this unit are parts of one, to be shown as per cent or per 1,000."""
    return str(unit).strip().lower().startswith(SHARE_UNITS)


def decimals(value: float) -> int:
    """Return how many decimals show about three figures of a value, at most four."""
    size = abs(value)
    if not math.isfinite(size) or size == 0 or size >= 100:
        return 0
    return 1 if size >= 10 else 2 if size >= 0.1 else 3 if size >= 0.01 else 4


def number(value: float, places: int | None = None, signed: bool = False) -> str:
    """Write a number with thousands separators and a true minus sign; an en dash when missing.

    >>> number(-1234.5, 0), number(0.25, signed=True), number(float("nan"))
    ('−1,234', '+0.25', '–')
    """
    if value is None or not math.isfinite(value):
        return DASH
    places = decimals(value) if places is None else places
    text = f"{abs(value):,.{places}f}"
    is_zero = not text.strip("0.,")
    sign = "" if is_zero else MINUS if value < 0 else "+" if signed else ""
    return sign + text


def interval(low: float, high: float, places: int, signed: bool = False) -> str:
    """Write an interval as "low to high"; empty when either end is missing."""
    if not (_is_number(low) and _is_number(high)):
        return ""
    return f"{number(low, places, signed)} to {number(high, places, signed)}"


def percent(share: float, places: int | None = None) -> str:
    r"""Write a share of one as per cent.

    >>> percent(0.0412), percent(0.0004), percent(0.0)
    ('4.1\xa0%', '0.04\xa0%', '0\xa0%')
    """
    if not _is_number(share):
        return DASH
    places = percent_decimals(share) if places is None else places
    return f"{number(100 * share, places)}{NARROW}%"


def percent_decimals(share: float) -> int:
    """Return the decimals in which a share is shown as per cent: one above 1 %, two below."""
    return 0 if share == 0 else 1 if abs(share) >= 0.01 else 2


def thousand_decimals(value: float) -> int:
    """Return the decimals in which a number per 1,000 is shown."""
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2


def count(value: float) -> str:
    """Write a number of people."""
    return f"{round(value):,}" if _is_number(value) else DASH


def listed(words: list[str], last: str = "and") -> str:
    """Join words into a sentence part: "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def years(horizon: int) -> str:
    """Write a span of years."""
    return "1 year" if horizon == 1 else f"{horizon} years"


def clear_sign(low: float, high: float) -> int:
    """Return -1 or 1 when an interval lies wholly on one side of zero, else 0 (no clear difference)."""
    if not (_is_number(low) and _is_number(high)):
        return 0
    return 1 if low > 0 else -1 if high < 0 else 0


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
