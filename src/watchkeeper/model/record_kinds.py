"""Record kinds: statements by which the record speaks of itself; no table holds them and no figure counts them.

A kind that is neither one of these nor a table's is refused, since figures without it could be wrong.
"""

from __future__ import annotations

RECORD_KINDS = ("custody", "run", "erasure", "timestamp")
