"""Published studies, repeated: a study takes a `World` and returns what it measured, by name.

A module a field of medicine; a function a study (or a few that share their people), named in its
module's `STUDIES`. A target says `measure: <module>.<study>.<quantity>`.
"""
