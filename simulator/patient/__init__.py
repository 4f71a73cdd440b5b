"""Floor 3: what a person is.

`columns` is the one table of what is known about everybody, `derived` what follows from it,
`founders` people at 18 with their genes and families, `constitution` what stays the same for life.
A person is a row; nothing here moves time.
"""
