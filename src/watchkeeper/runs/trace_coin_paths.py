"""Paths on a chain of coins: from the output that was taken to the one that pays to a sink, a transaction a hop."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from watchkeeper.ledger import traces
from watchkeeper.methods.taint.coins import FollowedCoins
from watchkeeper.runs.trace_coins import CoinHistory
from watchkeeper.runs.trace_findings import clock, instant
from watchkeeper.store.chain_output_places import output_at
from watchkeeper.values.refused import Invalid, NotFound

_LONGEST = 1_000


def rows(history: CoinHistory, trace: traces.Trace, arrivals: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one row a hop, path after path; at each hop back it takes the spent output with most stolen units."""
    followed = history.under(trace.method)
    if followed is None:
        raise Invalid(f"{trace.method} is not defined on a chain of coins.")
    told, begun = [], {theft.output for theft in history.thefts}
    for number, arrival in enumerate(arrivals, 1):
        path = _back(history, followed, _output(history, arrival))
        found = history.plan.index.output_rows(path).to_dicts()
        for hop, (output, row) in enumerate(zip(path, found, strict=True), 1):
            sender = found[hop - 2] if hop > 1 else None
            told.append({"path": number, "hop": hop, **_hop(trace, followed, output, row, sender=sender, begun=begun)})
    return told


def _hop(
    trace: traces.Trace,
    followed: FollowedCoins,
    output: int,
    row: Mapping[str, Any],
    *,
    sender: Mapping[str, Any] | None,
    begun: Collection[int],
) -> dict[str, Any]:
    return {
        "tx": row["tx"],
        "output": row["index"],
        "block": row.get("block"),
        "utc": clock(instant(row.get("at_s"))),
        "from": None if sender is None else sender["address"] or f"{sender['tx']}:{sender['index']}",
        "to": row["address"] or f"{row['tx']}:{row['index']}",
        "amount": traces.written(int(row["amount"]), trace.unit),
        "part": traces.written(_stolen(followed, output), trace.unit),
        "note": None if sender else "taken here" if output in begun else "the path goes further back than is told here",
        "capture": row["capture"],
        "locator": row["locator"],
    }


def _back(history: CoinHistory, followed: FollowedCoins, output: int) -> list[int]:
    path, begun = [output], {theft.output for theft in history.thefts}
    while path[-1] not in begun and len(path) < _LONGEST:
        coins, made = history.coins, history.coins.transaction_of(path[-1])
        spent = coins.spent[coins.input_start[made] : coins.input_start[made + 1]]
        paid = [int(one) for one in spent if one >= 0 and _stolen(followed, int(one))]
        if not paid:
            break
        path.append(max(paid, key=lambda one: (_stolen(followed, one), one)))
    return path[::-1]


def _stolen(followed: FollowedCoins, output: int) -> int:
    return sum(units for tag, units in followed.outputs.get(output, {}).items() if tag >= 0)


def _output(history: CoinHistory, arrival: Mapping[str, Any]) -> int:
    found = output_at(history.plan.index, arrival["tx"], int(str(arrival["place"]).rpartition("/")[2]))
    if found is None:
        raise NotFound(f"Transaction {arrival['tx']} is in the readings no more; add the file again.")
    return found
