"""Write words of the generator to standard output without end, for a battery of tests to read.

python benchmarks/random/stream.py people | RNG_test stdin32 -tlmax 8GB
"""

from __future__ import annotations

import argparse
import os
import sys

from addresses import ORDERS


def main() -> None:
    """Write until whoever reads has had enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("order", choices=list(ORDERS))
    parser.add_argument("--seed", type=int, default=2018)
    chosen = parser.parse_args()
    try:
        for block in ORDERS[chosen.order](chosen.seed):
            sys.stdout.buffer.write(block.astype("<u4", copy=False).data)
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
