"""Floor 6: who a run starts with.

`profile` reads who lives in a population, `grown` lets each of them live from 18 up to the start of the
run with the very kernel that runs the future, `matched` completes a user's own people with grown
ones who resemble them. `survey` compares a population with the survey it stands for.
"""
