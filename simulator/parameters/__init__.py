"""What we know and who says so: every number of the model, with its passport.

The numbers live in `data/*.yaml`, one file per topic; the papers in `data/references.yaml`.
`schema` says what an entry is and refuses anything else, `reading` turns the files into checked
entries, `draws` turns a 95 % interval into a distribution, `ensembles` holds joint draws of what was
calibrated together, `overrides` says what may be changed by hand, and `library` holds the finished,
immutable `ParameterSet`. May import `simulator.base` only.

Values are kept in plain files rather than in code so that a clinician can read, question and
change one without reading the program, and so that a run can print what it rests on.
"""
