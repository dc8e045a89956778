"""Scale: how many trials the tests of faults make, and from which seed; `WATCHKEEPER_ORDEAL=full` makes them all.

A tenth runs by default, the same tenth on every machine. What fails is found again by the seed that is printed.
"""

from __future__ import annotations

import os
import random

SCALE = 1.0 if os.environ.get("WATCHKEEPER_ORDEAL") == "full" else 0.1
SEED = int(os.environ.get("WATCHKEEPER_SEED") or 20261122)


def trials(full: int) -> int:
    """Return how many of a full count of trials are made."""
    return max(1, round(full * SCALE))


def chance(what: str) -> random.Random:
    """Return a source of chance for one test, and print how to draw the same again."""
    print(f"WATCHKEEPER_SEED={SEED} scale {SCALE}: {what}")  # noqa: T201 - pytest shows it where a test fails
    return random.Random(f"{SEED}:{what}")
