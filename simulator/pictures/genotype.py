"""Cumulative cirrhosis and liver fat by PNPLA3 genotype, a panel for each strategy."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.pictures import style
from simulator.pictures.curves import absent_text
from simulator.pictures.layout import Gaps, framed, panels, value_axis, year_axis
from simulator.pictures.lettering import short_names
from simulator.pictures.lines import Line, draw_lines, label_ends, say_empty
from simulator.pictures.tables import Manifest, Tables, curve, facts_of, has_quantity, strata
from simulator.pictures.wording import DASH, count, years

QUANTITIES = ("cirrhosis", "liver_fat")
AXIS_LABELS = {"cirrhosis": "Cirrhosis (%)", "liver_fat": "Liver fat (%)"}


@style.styled
def by_genotype(tables: Tables, manifest: Manifest) -> Figure:
    """Draw cumulative cirrhosis and mean liver fat by PNPLA3 genotype, with 95 % bands."""
    facts = facts_of(tables, manifest)
    shown = [name for name in QUANTITIES if has_quantity(tables, name, "pnpla3_g")]
    genotypes = strata(tables, "pnpla3_g")
    columns = min(4, len(facts.strategies))
    blocks = -(-len(facts.strategies) // columns)
    gaps = Gaps(left=0.75, right=0.5, above=0.34, shared_y=True, between_columns=0.55)
    sizes = [f"{label} n = {_size(tables, facts.strategies[0], label)}" for label in genotypes]
    frame = framed(
        f"Cumulative cirrhosis and mean liver fat by PNPLA3 genotype, {years(facts.horizon)}",
        f"At the start, in each strategy: {', '.join(sizes)}; G is the risk allele."
        + absent_text(QUANTITIES, shown),
        f"Bands: {facts.band}.",
        blocks * len(shown) * 1.75 + 0.5,
    )
    axes = panels(frame, blocks * len(shown), columns, gaps)
    titles = short_names(facts.strategies, (style.WIDTH - 1.5) / columns, 1, weight="bold")
    for row, name in enumerate(shown):
        chosen = {
            strategy: axes[(position // columns * len(shown) + row) * columns + position % columns]
            for position, strategy in enumerate(facts.strategies)
        }
        lines = {strategy: _lines(tables, name, strategy, genotypes) for strategy in chosen}
        _draw_rows(name, chosen, lines)
        for position, (strategy, panel) in enumerate(chosen.items()):
            if row == 0:
                panel.set_title(titles[strategy])
            is_lowest = row == len(shown) - 1 and position + columns >= len(facts.strategies)
            year_axis(panel, 0, facts.horizon, is_lowest)
            panel.set_ylabel(AXIS_LABELS[name] if position % columns == 0 else "")
            panel.tick_params(labelleft=position % columns == 0)
    for panel in axes:
        if not panel.get_title() and not panel.lines and not panel.texts:
            panel.remove()
    return frame.figure


def _lines(tables: Tables, name: str, strategy: str, genotypes: Sequence[str]) -> list[Line]:
    found = {label: curve(tables, name, strategy, "pnpla3_g", label) for label in genotypes}
    return [
        Line(found[label], look, label)
        for look, label in zip(style.GENOTYPE_LOOKS, genotypes, strict=False)
        if len(found[label])
    ]


def _draw_rows(name: str, axes: dict[str, Axes], lines: dict[str, list[Line]]) -> None:
    """Draw one quantity for every strategy on the same scale."""
    tops = [line.curve[["mean", "high"]].max().max() for group in lines.values() for line in group]
    top = 1.04 * float(max(tops, default=0.0))
    for strategy, panel in axes.items():
        if top > 0:
            panel.set_ylim(0, top)
            value_axis(panel, 100 if name == "cirrhosis" else 1)
            draw_lines(panel, lines[strategy])
            label_ends(panel, lines[strategy])
        else:
            say_empty(panel, "No events" if lines[strategy] else "Nobody to show")


def _size(tables: Tables, strategy: str, genotype: str) -> str:
    """Return how many people have a genotype at the start."""
    for name in ("alive", "liver_fat", "cirrhosis"):
        found = curve(tables, name, strategy, "pnpla3_g", genotype)
        if len(found):
            return count(found["n"].iloc[0])
    return DASH
