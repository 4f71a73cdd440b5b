"""Floor 5: how a month passes.

`block` lays out a few hundred people in a scratch small enough for the processor's cache; `body`
holds the passes of a month over such a block, in the order in which the disease unfolds; `clinic`
looks at the few who are due; `kernel` tells the month as a numbered list and repeats it;
`recorder` counts; `simulation` runs chunks of people on threads. The engine knows no Mesa.

People of a block pass through one organ at a time in loops of fixed length, so that the compiler
treats many at once, and short loops let the processor overlap the long chains of arithmetic.
"""
