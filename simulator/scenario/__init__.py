"""What we are asked to try: scenario files, their checks, their echo in English, and compiled plans.

`load_scenario` and `scenario_from_dict` give a `Scenario`; `explain` says what it means;
`plan.compile_strategy` turns a strategy into arrays for the engine. May import floors 1 to 3.

Two choices: the schema checks shape and `rules` checks sense on the text as written, both always,
so one reading reports every problem; and positions are kept in a tree beside the values, so a
problem points at the line it stands on, also in a file that is extended.
"""
