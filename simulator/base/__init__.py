"""Floor 1: how compiling, single-precision mathematics, luck, rates and errors work.

No disease lives here and nothing here imports from the rest of the house. Two choices matter:
arithmetic is IEEE single precision without any licence to reorder or fuse, so that the same
scenario gives the same bits on any vector width, thread count or chunk size; and luck is
addressed by person, month and purpose rather than consumed from a stream.
"""
