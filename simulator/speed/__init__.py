"""Floor 8: how fast the month is, on this machine and beside the same month without the engine.

`mesa_month` and `mesa_body` are the month as one would write it with Mesa alone, an object a patient and
plain `math`. They are shipped so that an installation can measure what its engine is worth, and `agreement`
proves before any timing that they do the same work: a change of a law is made there too, or it fails.
`month` times people living, `starting` whole processes, `machine` says where; nothing here decides a result.
"""
