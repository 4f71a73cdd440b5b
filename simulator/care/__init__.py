"""Floor 2: what the health system sees, does and pays.

Laws in the same style as `physiology` (record, plain numbers, no luck, no branches) and importing
only `base`. `markers` is the one module that is handed truth and turns it into what a test shows;
decisions are made by the engine's clinic on observed and known columns alone.
"""
