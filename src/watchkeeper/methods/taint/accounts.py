"""Accounts: follow stolen units through the transfers of a chain of accounts, under one named policy.

Small histories and amounts beyond 128 bits go through Python integers; the rest through compiled kernels that give the
same numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from watchkeeper.methods.taint.exact_accounts import NEW_STOCK, follow_exactly
from watchkeeper.methods.taint.followed import Followed, checked
from watchkeeper.methods.taint.history import NO_ONES, Theft, Transfers, in_order
from watchkeeper.methods.taint.options import Options
from watchkeeper.methods.taint.reached import spread
from watchkeeper.values.refused import Invalid

_SMALL = 50_000  # transfers; below, loading the compiler takes longer than the whole run

# What a policy gives on a chain of accounts.
GIVES = {**dict.fromkeys(NEW_STOCK, "amounts"), "poison": "reached", "tiho": "not defined"}
NO_TIHO = (
    "not defined: a transfer between accounts has one destination, so there is no largest output to give units to first"
)


def follow(
    transfers: Transfers, thefts: Sequence[Theft], policy: str, options: Options, ends: Collection[int]
) -> Followed:
    """Return where stolen units went under one policy.

    Args:
        transfers: The history of one asset, whole for every account that the thefts reach.
        thefts: In any order; those of one moment take effect in the order given.
        policy: "fifo", "lifo", "haircut", "lowest-balance", "poison" or "tiho".
        options: The choices taken.
        ends: Accounts at which tracing stops; minted, burned and fees always are.

    Raises:
        Invalid: no such policy, an end that is no account, or a theft that cannot be followed.
        ArithmeticError: stolen units do not all turn up, which is a fault of ours: such a run is not shown.
    """
    if policy not in GIVES:
        raise Invalid(f'There is no policy "{policy}". Known: {", ".join(GIVES)}.')
    if outside := sorted(end for end in ends if not 0 <= end < transfers.accounts):
        raise Invalid(f"Tracing cannot stop at account {outside[0]}; the history holds {transfers.accounts}.")
    stops = frozenset(ends) | frozenset(range(min(len(NO_ONES), transfers.accounts)))
    ordered = in_order(thefts, transfers, stops)
    if policy == "tiho":
        return Followed(policy, options, None, why_not=NO_TIHO)
    if len(transfers) >= _SMALL:
        return checked(_follow_many(transfers, ordered, policy, options, stops))
    if policy == "poison":
        return spread(transfers, ordered, options, stops)
    return checked(follow_exactly(transfers, ordered, policy, options, stops).followed(len(transfers)))


def _follow_many(
    transfers: Transfers, thefts: Sequence[Theft], policy: str, options: Options, stops: frozenset[int]
) -> Followed:
    """Return the same through a kernel where one takes the history."""
    from watchkeeper.methods.taint.compiled_accounts import fit, follow_compiled, spread_compiled

    if policy == "poison":
        return spread_compiled(transfers, thefts, options, stops)
    columns = fit(transfers, thefts, policy)
    if columns:
        return follow_compiled(transfers, columns, thefts, policy, options, stops)[0]
    return follow_exactly(transfers, thefts, policy, options, stops).followed(len(transfers))
