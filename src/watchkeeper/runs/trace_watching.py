"""Watching: what left the addresses that held followed money, by readings of the chain that the trace did not follow.

The trace stays as it was decided; that something moved is a reason to look, and to make a new trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from watchkeeper.ledger import traces
from watchkeeper.ledger.labels import labelled, sink_of
from watchkeeper.runs.trace_findings import clock, instant, of_days, told_at
from watchkeeper.runs.trace_following import numbers_of, touching
from watchkeeper.runs.tracing import planned_of
from watchkeeper.sources.chain_readers import reader
from watchkeeper.store.case import Case
from watchkeeper.store.chain_index import ChainIndex
from watchkeeper.store.chain_output_places import output_at
from watchkeeper.values import chain as chains

_MOVING = {"transfers", "coins"}


def watch(case: Case, name: str) -> dict[str, Any]:
    """Return what has left the addresses that hold, by readings of the chain that the trace did not follow.

    Returns:
        Under "rows" one row a transfer (of coins a transaction that spends a held output): address, what was held,
        when it moved, how much, to where; "readings" are the new ones, "held" how many addresses or outputs hold.

    Raises:
        NotFound: no such trace, or its readings are gone.
    """
    trace = traces.trace_of(case.tables, name)
    held = traces.findings_of(case.tables, name, "held").to_dicts()
    new = _new_readings(case, trace)
    rows: list[dict[str, Any]] = []
    if new and held:
        then, now = planned_of(case, trace).index, planned_of(case, trace, new).index
        coins = chains.parse(trace.chain).family == chains.COINS
        rows = list(_spent(trace, held, now) if coins else _sent(trace, held, then, now, of_days(case.tables)))
    to = labelled(case.tables, [f"{trace.chain}:{row['to']}" for row in rows if row["to"]])
    for row in rows:
        label = sink_of(to.get(f"{trace.chain}:{row['to']}", ()))
        row["to_label"] = label.stem if label else None
        row["to"] = traces.shown(f"{trace.chain}:{row['to']}") if row["to"] else None
    return {"trace": name, "readings": new, "held": len(held), "rows": rows}


def _new_readings(case: Case, trace: traces.Trace) -> list[str]:
    read = case.tables["reading"].filter(
        (pl.col("chain") == trace.chain) & ~pl.col("reading_id").is_in(list(trace.readings))
    )
    return [row["reading_id"] for row in read.iter_rows(named=True) if _MOVING & set(reader(row["reader"]).gives)]


def _sent(
    trace: traces.Trace, held: list[dict[str, Any]], then: ChainIndex, now: ChainIndex, days: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Yield the transfers out of addresses that held, which the rows followed do not have."""
    for finding in held:
        address = finding["subject"].removeprefix(f"{trace.chain}:")
        before = Counter(_what(row) for row in _out_of(then, trace.asset, address))
        told: dict[str, Counter[tuple[Any, ...]]] = {}
        for row in _out_of(now, trace.asset, address):
            if row["reading_id"] in trace.readings:
                continue
            # By reading: two files that tell of one transfer are no two transfers.
            seen = told.setdefault(row["reading_id"], Counter())
            seen[_what(row)] += 1
            if seen[_what(row)] > before[_what(row)]:
                before[_what(row)] += 1
                yield _moved(trace, finding, row, row["target"], told_at(row, days))


def _out_of(index: ChainIndex, asset: str, address: str) -> list[dict[str, Any]]:
    number = index.account(address)
    if number is None:
        return []
    found: list[dict[str, Any]] = index.rows(
        asset, numbers_of(touching(index.transfers(asset).source, (number,)))
    ).to_dicts()
    return found


def _what(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what makes a transfer the same in two files: not its place or leg, which one of them may not tell."""
    return row["tx"], row["target"], int(row["amount"])


def _spent(trace: traces.Trace, held: list[dict[str, Any]], now: ChainIndex) -> Iterator[dict[str, Any]]:
    """Yield the transactions that spend outputs that were held."""
    coins = now.coins()
    for finding in held:
        place = int(finding["place"].rpartition("/")[2])
        output = output_at(now, finding["tx"], place)
        spender = -1 if output is None else int(coins.spender[output])
        if spender < 0:
            continue
        paid = np.arange(coins.output_start[spender], coins.output_start[spender + 1])
        for row in now.output_rows([int(one) for one in paid]).to_dicts():
            yield _moved(trace, finding, row, row["address"], instant(row.get("at_s")))


def _moved(
    trace: traces.Trace, finding: Mapping[str, Any], row: Mapping[str, Any], to: str | None, at: str | None
) -> dict[str, Any]:
    return {
        "address": traces.shown(finding["subject"]),
        "held": traces.written(int(finding["followed"]), trace.unit),
        "tx": row["tx"],
        "block": row.get("block"),
        "utc": clock(at),
        "to": to,
        "to_label": None,
        "amount": traces.written(int(row["amount"]), trace.unit),
        "finding": finding["finding_id"],
        "locator": row["locator"],
    }
