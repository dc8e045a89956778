"""Following on a chain of accounts: the history, the thefts in it, and what each policy says of every transfer.

A source without an amount is modelled so: each transfer that leaves it is sent by an account of its own, which held
just this amount, all of it stolen. What the source held besides plays no part, and what comes back to it stops there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from watchkeeper.ledger import traces
from watchkeeper.ledger.traces import Theft as Stolen
from watchkeeper.methods.taint.accounts import follow
from watchkeeper.methods.taint.followed import Followed
from watchkeeper.methods.taint.history import NO_ONES, Theft, Transfers
from watchkeeper.methods.taint.options import Options
from watchkeeper.runs.trace_asking import Plan, Stated
from watchkeeper.runs.trace_words import NOTHING
from watchkeeper.values.refused import Invalid, NotFound

# Policies by the column of a finding that holds their amounts; poison has none.
COLUMN = {"fifo": "fifo", "lifo": "lifo", "haircut": "haircut", "tiho": "tiho", "lowest-balance": "lowest_balance"}


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What is followed on a chain of accounts.

    Attributes:
        plan: What was asked for.
        rows: The transfers as the readings have them.
        transfers: The same, each outflow of a source sent by an account of its own.
        thefts: The thefts as the policies take them.
        stolen: The thefts as the record keeps them, with what every outflow came to.
        ends: Numbers of the accounts at which tracing stops.
        returns: Those of them that are sources themselves.
    """

    plan: Plan
    rows: Transfers
    transfers: Transfers
    thefts: tuple[Theft, ...]
    stolen: tuple[Stolen, ...]
    ends: frozenset[int]
    returns: frozenset[int]

    def under(self, policy: str, options: Options | None = None) -> Followed:
        """Return where the stolen units went under one policy."""
        return follow(self.transfers, self.thefts, policy, options or self.plan.options, self.ends)

    def sender(self, event: int) -> int:
        """Return the account that sends a transfer, as the rows have it."""
        return int(self.rows.source[event])


def history(plan: Plan) -> History:
    """Return the history of a plan on a chain of accounts.

    Raises:
        NotFound: a source has sent nothing, or a transaction is not in the rows; Invalid: nothing was stolen.
    """
    rows = plan.index.transfers(plan.asset)
    sources = {address: _account(plan, address) for address in plan.sources}
    returns = frozenset(sources.values())
    events = _outflows(rows, returns)
    transfers = _apart(rows, events)
    whose = {number: place for place, number in enumerate(sources.values())}
    amounts = [_amount(rows, event) for event in events]
    senders = [int(rows.source[event]) for event in events]
    outflows = [
        Theft(event, rows.accounts + place, much, whose[sender])
        for place, (event, much, sender) in enumerate(zip(events, amounts, senders, strict=True))
    ]
    stated = [_theft(plan, rows, one, len(sources) + n) for n, one in enumerate(plan.stated)]
    sent: Counter[int] = Counter()
    for sender, much in zip(senders, amounts, strict=True):
        sent[sender] += much
    stolen = [Stolen(f"{plan.chain}:{one}", sent[number], every_outflow=True) for one, number in sources.items()]
    stolen += [Stolen(f"{plan.chain}:{one.account}", int(one.amount or 0), one.tx) for one in plan.stated]
    _check(plan, stolen)
    numbers = {plan.index.account(address) for address in plan.ends}
    ends = frozenset(number for number in numbers if number is not None) | returns
    return History(plan, rows, transfers, (*outflows, *stated), tuple(stolen), ends, returns)


def twice(history: History) -> int:
    """Return how many units two of the thefts name under the trace's method."""
    if len(history.plan.stated) < 2:
        return 0
    return sum(one.amount for one in history.under(history.plan.method).overlaps)


def beyond(history: History | object) -> list[str]:
    """Return of each account where more is stated than it ever held how much of it no row brings, a sentence each."""
    if not isinstance(history, History) or not history.plan.stated:
        return []
    of_rows = history.rows.accounts  # those above are of sources, each with just what it sent
    found = history.under(history.plan.method).lacking.items()
    lacking = {account: much for account, much in found if much and account < of_rows}
    names = history.plan.index.addresses(lacking)
    return [
        f"{name}: {traces.readable(much, history.plan.unit)} of what is stated there is in no row followed; it "
        "counts as stolen, and as held or sent by that address, because it was stated and for no other reason."
        for name, much in zip(names, lacking.values(), strict=True)
    ]


def numbers_of(flags: Any) -> list[int]:
    """Return the places at which an array of flags is set."""
    return [int(place) for place in np.flatnonzero(flags)]


def touching(column: Any, accounts: Sequence[int]) -> Any:
    """Return for each event whether its account is one of some."""
    return np.isin(np.asarray(column), np.array(sorted(accounts), dtype=np.uint32))


def amount_of(transfers: Transfers, event: int) -> int:
    """Return the amount of one transfer."""
    return _amount(transfers, event)


def parts_of(under: Mapping[str, Followed], event: int) -> dict[str, int | None]:
    """Return the stolen part of a transfer by column of a finding; None where a policy is not defined."""
    return {
        column: None if policy not in under or under[policy].moved is None else _moved(under[policy], event)
        for policy, column in COLUMN.items()
    }


def _moved(followed: Followed, event: int) -> int:
    return 0 if followed.moved is None else followed.moved[event]


def _outflows(rows: Transfers, sources: frozenset[int]) -> list[int]:
    """Return the events that leave the sources; what one source sends to another has not left them."""
    if not sources:
        return []
    leaves = touching(rows.source, tuple(sources)) & ~touching(rows.target, tuple(sources))
    return [event for event in numbers_of(leaves) if _amount(rows, event)]


def _apart(rows: Transfers, events: Sequence[int]) -> Transfers:
    if not events:
        return rows
    source = np.array(rows.source, dtype=np.uint32)
    source[events] = np.arange(rows.accounts, rows.accounts + len(events), dtype=np.uint32)
    return Transfers(source, rows.target, rows.amount, rows.accounts + len(events))


def _theft(plan: Plan, rows: Transfers, one: Stated, tag: int) -> Theft:
    """Return a stated theft: it takes effect when its transaction has arrived, or before the first outflow."""
    number = _account(plan, one.account)
    if one.tx is None:
        out = numbers_of(touching(rows.source, (number,)))
        return Theft(out[0] if out else len(rows), number, int(one.amount or 0), tag)
    events = [e for e in plan.index.events_of(one.tx, plan.asset) if int(rows.target[e]) == number]
    if not events:
        raise NotFound(
            f"Transaction {one.tx} pays nothing to {one.account} in the rows followed, so the theft cannot be placed. "
            f"Look whether it is of another asset or file, or leave @TX out. {NOTHING}"
        )
    brought = sum(_amount(rows, event) for event in events)
    if int(one.amount or 0) > brought:
        raise Invalid(
            f"Transaction {one.tx} pays {traces.readable(brought, plan.unit)} to {one.account} in the rows followed, "
            f"and the theft is stated at {traces.readable(int(one.amount or 0), plan.unit)}. State what it paid, and "
            f"each further transaction with a --theft of its own. {NOTHING}"
        )
    return Theft(max(events) + 1, number, int(one.amount or 0), tag)


def _account(plan: Plan, address: str) -> int:
    number = plan.index.account(address)
    if number is None or number < len(NO_ONES):
        raise NotFound(
            f"{address} is in no row of {plan.asset} that is followed, so nothing can be followed from it. Add the "
            f"file that holds its transfers, or name another address. {NOTHING}"
        )
    return number


def _check(plan: Plan, stolen: Sequence[Stolen]) -> None:
    empty = [one.account for one in stolen if not one.amount]
    if empty:
        raise Invalid(
            f"Nothing of {plan.unit} leaves {', '.join(empty)} in the rows followed. Add the file that holds what it "
            f"sent, or state an amount with --theft. {NOTHING}"
        )


def _amount(rows: Transfers, event: int) -> int:
    told = rows.amount[event]
    if isinstance(told, int):
        return told
    return int(told[0]) + (int(told[1]) << 64) if getattr(told, "ndim", 0) else int(told)
