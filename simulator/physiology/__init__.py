"""Floor 2: how a body changes in a month. One law, one function, one name.

A law takes the parameter record `p` and plain single-precision numbers and returns one number. It
has no branches (both sides are computed and one is selected), no luck of its own and no numbers
beyond 0, 1, 2: the record is the one argument that is not a scalar, because a law with twenty
coefficients spelled out as arguments could not be read. `p.<name>_step`, `_persistence` and
`_noise` come from `<name>_time_constant_months` and the length of the step.

Laws import only `base`. They do not know care, and care does not know them: treatment reaches a
body as plain effect terms, and only the engine sees both.
"""
