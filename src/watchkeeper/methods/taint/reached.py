"""Reached: poison on a chain of accounts, which says what a stolen unit touched and never how much.

An account is reached by a theft, or by any transfer above 0 out of a reached account, and stays so from then on; what
it sent before does not count. At an end it stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from watchkeeper.methods.taint.exact_accounts import rows
from watchkeeper.methods.taint.followed import Followed
from watchkeeper.methods.taint.history import Theft, Transfers
from watchkeeper.methods.taint.options import Options


def spread(transfers: Transfers, thefts: Sequence[Theft], options: Options, ends: frozenset[int]) -> Followed:
    """Return the accounts reached and the transfers that reached on, in the order of events.

    Args:
        transfers: The history.
        thefts: In order of time.
        options: The choices taken; none of them changes what is reached.
        ends: Accounts at which tracing stops.
    """
    reached: set[int] = set()
    carriers: set[int] = set()
    due = [theft for theft in reversed(thefts) if theft.amount]
    for event, (source, target, amount) in enumerate(chain(rows(transfers), [(0, 0, 0)])):
        while due and due[-1].before <= event:
            reached.add(due.pop().account)
        if amount and source != target and source in reached and source not in ends:
            reached.add(target)
            carriers.add(event)
    return Followed("poison", options, None, reached=frozenset(reached), carriers=frozenset(carriers))
