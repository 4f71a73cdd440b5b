"""Floor 8: whether to believe it. The model is examined on what was published.

`targets` are published numbers as data, `studies` repeat inside the model how each was seen, `world`
is what a study may do with the model, `verdict` holds the two side by side, and `calibration` finds
the numbers that were not measured. Only targets marked `calibration` are ever fitted; those marked
`context` are shown and not judged.
"""
