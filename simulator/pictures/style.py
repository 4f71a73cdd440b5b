"""How every figure looks: colours, lines, type, and saving with the same bytes for the same data.

Colours come from the Okabe-Ito palette, darkened where white paper would swallow them. Nothing
rests on colour alone: strategies also differ by dash and marker, stages by lightness in order.
Type is 12 points or more on a figure 10 inches wide, which a projector at 16:9 shows whole.
"""

from __future__ import annotations

import functools
import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec

import matplotlib
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

INK, SOFT_INK, RULE = "#1a1a1a", "#4d4d4d", "#d0d0d0"
WIDTH, HEIGHT = 10.0, 5.625
TEXT_SIZE, TITLE_SIZE = 12, 15
LINE_HEIGHT = 1.22 * TEXT_SIZE / 72
"""Inches from one line of 12-point text to the next."""

DISCLAIMER = "Teaching and research model, not medical advice."

_RC: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "axes.titlesize": TEXT_SIZE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": TEXT_SIZE,
    "axes.labelcolor": INK,
    "axes.edgecolor": SOFT_INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "xtick.color": SOFT_INK,
    "ytick.color": SOFT_INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": TEXT_SIZE,
    "ytick.labelsize": TEXT_SIZE,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "hepatica",
    "svg.fonttype": "none",
    "hatch.linewidth": 0.9,
}

_DRAWN_WITH = (
    *("axes.", "figure.", "font.", "grid.", "hatch.", "lines.", "markers.", "patch.", "path."),
    *("savefig.", "scatter.", "svg.", "text.", "xaxis.", "xtick.", "yaxis.", "ytick."),
)
"""Settings that show in a figure: taken from matplotlib's defaults, not from the user's own file."""


@dataclass(frozen=True)
class Look:
    """How a line is drawn: colour, dashes, marker and width in points."""

    colour: str
    dashes: Any
    marker: str
    width: float

    @property
    def text_colour(self) -> str:
        """The colour, darkened until text in it reads on white (contrast 4.5 or more)."""
        return readable(self.colour)


COMPARATOR_LOOK = Look(INK, "solid", "", 2.8)
STRATEGY_LOOKS = (
    Look("#0072b2", "solid", "o", 2.2),
    Look("#d55e00", (0, (6, 2)), "s", 2.2),
    Look("#009e73", (0, (6, 2, 1.5, 2)), "^", 2.2),
    Look("#b8578f", (0, (1.5, 1.5)), "D", 2.2),
    Look("#b87b00", (0, (10, 3)), "v", 2.2),
    Look("#3a9bd9", (0, (3, 1.5)), "P", 2.2),
    Look("#7a6f00", (0, (3, 1.5, 1, 1.5, 1, 1.5)), "X", 2.2),
)
GENOTYPE_LOOKS = (
    Look("#56a5d8", "solid", "o", 2.0),
    Look("#0072b2", (0, (6, 2)), "s", 2.2),
    Look("#002f4d", (0, (6, 2, 1.5, 2)), "^", 2.6),
)
"""Looks of genotypes by number of risk alleles: darker with every allele."""


def looks(strategies: tuple[str, ...], comparator: str) -> dict[str, Look]:
    """Return the look of every strategy: the comparator dark, the others in the order given."""
    others = [name for name in strategies if name != comparator]
    chosen = {name: STRATEGY_LOOKS[k % len(STRATEGY_LOOKS)] for k, name in enumerate(others)}
    return {comparator: COMPARATOR_LOOK, **chosen}


def luminance(colour: str | tuple[float, float, float]) -> float:
    """Return the relative luminance of a colour (WCAG 2): 0 black to 1 white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def readable(colour: str) -> str:
    """Return the colour, darkened in steps until its contrast with white is at least 4.5."""
    red, green, blue = to_rgb(colour)
    while 1.05 / (luminance((red, green, blue)) + 0.05) < 4.5:
        red, green, blue = 0.94 * red, 0.94 * green, 0.94 * blue
    return to_hex((red, green, blue))


def on_colour(colour: str) -> str:
    """Return ink or white, whichever reads better on a filled area of this colour."""
    return INK if luminance(colour) > 0.3 else "white"


@contextmanager
def house_style() -> Iterator[None]:
    """Apply the house style inside a block, leaving matplotlib's own settings as they were."""
    own = {name: value for name, value in matplotlib.rcParamsDefault.items() if name.startswith(_DRAWN_WITH)}
    with matplotlib.rc_context(own | _RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from (current )?font")
        yield


_Parameters = ParamSpec("_Parameters")


def styled(function: Callable[_Parameters, Figure]) -> Callable[_Parameters, Figure]:
    """Draw with the house style whatever the caller's matplotlib settings are."""

    @functools.wraps(function)
    def wrapper(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> Figure:
        with house_style():
            return function(*args, **kwargs)

    return wrapper


def svg_text(figure: Figure) -> str:
    """Return a figure as SVG: text kept as text, the same bytes for the same figure."""
    buffer = io.StringIO()
    with house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    fallbacks = "'DejaVu Sans', Verdana, Arial, sans-serif"
    text = re.sub(r"'DejaVu Sans'(?:, sans-serif)?", fallbacks, buffer.getvalue())
    return text


def picture_bytes(figure: Figure, picture_format: str) -> bytes:
    """Return a figure as the bytes of a file in this format ("svg", "png" or "pdf")."""
    if picture_format == "svg":
        return svg_text(figure).encode("utf-8")
    metadata: dict[str, Any] = {"CreationDate": None} if picture_format == "pdf" else {}
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=picture_format, dpi=160, metadata=metadata)
    return buffer.getvalue()
