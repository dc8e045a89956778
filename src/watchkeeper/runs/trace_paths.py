"""Paths: how money came to a sink, transfer by transfer, back to where it was taken; each hop opens to its row.

An account mixes what it receives, so a path is one of several that lead to an arrival: at each hop back it takes the
receipt from which, under the trace's own method, most of the transfer was paid; of equal ones the latest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from watchkeeper.ledger import traces
from watchkeeper.methods.taint.followed import Followed
from watchkeeper.runs import trace_coin_paths, trace_coins
from watchkeeper.runs.trace_findings import clock, of_days, told_at
from watchkeeper.runs.trace_following import History, amount_of, numbers_of, touching
from watchkeeper.runs.trace_following import history as history_of
from watchkeeper.runs.trace_reading import chosen
from watchkeeper.runs.tracing import planned_of
from watchkeeper.store.case import Case
from watchkeeper.values import chain as chains

APPEARS = "value appears here, not explained by the file"
NOT_REACHED = "no stolen unit reaches this transfer under any rule"
BEGINS = "taken here"
STATED = "what was taken is stated at this sender"
CUT = "the path goes further back than is told here"
_LONGEST = 1_000  # hops of one path; a peel chain has hundreds


def paths(case: Case, name: str, sink: str) -> list[dict[str, Any]]:
    """Return one row a hop, path after path, from where the money was taken to the sink; a path an arrival.

    Args:
        case: The case.
        name: The trace.
        sink: A label, its stem, a service or an address at which something arrived.

    Raises:
        NotFound: no such trace or sink; or the readings behind the trace are gone.
    """
    trace = traces.trace_of(case.tables, name)
    wanted = {one for found in chosen(case, trace, sink) for one in found.findings}
    table = case.tables["finding"]
    arrivals = table.filter(table["finding_id"].is_in(sorted(wanted))).sort("at", "tx", nulls_last=True).to_dicts()
    planned = planned_of(case, trace)
    if chains.parse(trace.chain).family == chains.COINS:
        return trace_coin_paths.rows(trace_coins.history(planned), trace, arrivals)
    return list(_rows(history_of(planned), trace, arrivals, of_days(case.tables)))


def _rows(
    history: History, trace: traces.Trace, arrivals: list[dict[str, Any]], days: Collection[str]
) -> Iterator[dict[str, Any]]:
    followed, reached = history.under(trace.method), history.under("poison")
    for number, arrival in enumerate(arrivals, 1):
        events = _back(history, followed, reached, _event(history, arrival))
        rows = history.plan.index.rows(trace.asset, events).to_dicts()
        for hop, (event, row) in enumerate(zip(events, rows, strict=True), 1):
            part = followed.moved[event] if followed.moved else 0
            yield {
                "path": number,
                "hop": hop,
                "tx": row["tx"],
                "block": row["block"],
                "utc": clock(told_at(row, days)),
                "from": traces.shown(f"{trace.chain}:{row['origin']}") if row["origin"] else "minted",
                "to": traces.shown(f"{trace.chain}:{row['target']}") if row["target"] else "burned",
                "amount": traces.written(amount_of(history.rows, event), trace.unit),
                "part": traces.written(part, trace.unit),
                "note": _note(history, trace, event, followed, reached, first=hop == 1),
                "capture": row["capture"],
                "locator": row["locator"],
            }


def _note(
    history: History, trace: traces.Trace, event: int, followed: Followed, reached: Followed, *, first: bool
) -> str | None:
    said = []
    sender = int(history.transfers.source[event])
    if sender != history.rows.source[event]:
        said.append(BEGINS)
    elif first and sender in {theft.account for theft in history.thefts}:
        said.append(STATED)
    elif first and event in reached.carriers:
        said.append(CUT)
    if event not in reached.carriers:
        said.append(NOT_REACHED)
    elif followed.moved and not followed.moved[event]:
        said.append(f"reached, and none of it stolen under {trace.method}")
    appeared = followed.appeared.get(event, 0)
    if appeared:
        said.append(f"{APPEARS}: {traces.readable(appeared, trace.unit)}")
    return "; ".join(said) or None


def _event(history: History, arrival: Mapping[str, Any]) -> int:
    """Return the number of the event that a finding rests on, by the digest of its row's place."""
    index = history.plan.index
    if arrival["tx"]:
        events = index.events_of(arrival["tx"], history.plan.asset)
    else:  # the rows name no transaction
        number = index.account(arrival["subject"].removeprefix(f"{history.plan.chain}:"))
        events = [] if number is None else numbers_of(touching(history.rows.target, (number,)))
    rows = index.rows(history.plan.asset, events)
    return int(rows.filter(rows["record"] == arrival["record"])["number"].item())


def _back(history: History, followed: Followed, reached: Followed, event: int) -> list[int]:
    """Return the events of a path, the oldest first."""
    path = [event]
    while len(path) < _LONGEST:
        before = _paid_from(history, followed, reached, path[-1])
        if before is None:
            break
        path.append(before)
    return path[::-1]


def _paid_from(history: History, followed: Followed, reached: Followed, event: int) -> int | None:
    """Return the receipt that carried stolen units from which most of a transfer was paid; None at the beginning."""
    account = int(history.transfers.source[event])
    if account >= history.rows.accounts:  # of a source, whose outflow is where the path begins
        return None
    into = [e for e in numbers_of(touching(history.rows.target, (account,))) if e < event]
    carried = {e: followed.moved[e] if followed.moved else 0 for e in into}
    stolen = [e for e in into if carried[e]] or [e for e in into if e in reached.carriers]
    if not stolen:
        return None
    paid = _queue(history, account, event, newest=followed.policy == "lifo") if followed.policy in _ORDERED else carried
    return max(stolen, key=lambda e: (paid.get(e, 0), carried[e], e))


_ORDERED = ("fifo", "lifo")


def _queue(history: History, account: int, event: int, *, newest: bool) -> dict[int, int]:
    """Return from which receipts of an account a transfer was paid, and how much, by the order in which they came."""
    held: deque[list[int]] = deque()
    paid: dict[int, int] = {}
    touched = touching(history.rows.target, (account,)) | touching(history.transfers.source, (account,))
    for one in numbers_of(touched):
        if one > event:
            break
        much, leaves = amount_of(history.rows, one), int(history.transfers.source[one]) == account
        if leaves and int(history.rows.target[one]) == account:
            continue
        if not leaves:
            held.append([one, much])
            continue
        paid = {}
        while much and held:
            place = -1 if newest else 0
            taken = min(much, held[place][1])
            paid[held[place][0]] = paid.get(held[place][0], 0) + taken
            held[place][1] -= taken
            much -= taken
            if not held[place][1]:
                held.pop() if newest else held.popleft()
    return paid
