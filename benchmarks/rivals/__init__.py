"""The same month written with other tools, to measure the engine against."""
