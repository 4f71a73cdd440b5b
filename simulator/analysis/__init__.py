"""What a run means: outcomes with intervals, paired comparisons, economics, stored results.

Works on the yearly sums of `engine.recorder`, never on persons, so it costs the same for a
thousand people and for ten million. Imports from every floor below; nothing below imports it.

Two choices. Shares of people carry Wilson intervals; everything else, and every difference
between strategies, leaves out one group of people at a time, because groups hold the same
people in each strategy and so keep the pairing that addressed luck pays for. Intervals speak
of the people drawn; what we do not know about parameters is a matter for probabilistic runs.
"""
