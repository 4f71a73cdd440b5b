"""Pictures: pure functions from plain data to figures and one self-contained report.

Data frames and a manifest in, matplotlib figures and HTML out; nothing here reads the engine, so
a stored run can be drawn again years later. Every figure is listed in `figures.FIGURES`.

Choices: figures are built on `matplotlib.figure.Figure` (no pyplot, no global state, safe in a
server); sizes are set in inches by hand, so labels can be kept apart exactly; text stays text in
the SVG, so it can be searched, read aloud and edited; the same data give the same bytes.
"""
