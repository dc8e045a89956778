"""Comparing: what each rule says of each sink, and which choices that a rule leaves open would move the result.

A reader is told what would have come out otherwise, so that nobody need take one convention for a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watchkeeper.ledger import traces
from watchkeeper.methods.taint.options import Options, choices
from watchkeeper.runs import trace_coins, trace_following
from watchkeeper.runs.trace_following import COLUMN
from watchkeeper.runs.tracing import planned_of
from watchkeeper.store.case import Case
from watchkeeper.values import chain as chains

Arrived = dict[str, int]  # by address at which something arrived
# Said of a whole trace when it is decided; another value asks another question and is no sensitivity of this one.
_NOT_VARIED = ("sources",)


def compare(case: Case, name: str) -> list[dict[str, Any]]:
    """Return one row a sink, and one for all, with the part under each rule side by side; the trace's own is named."""
    tables, trace = case.tables, traces.trace_of(case.tables, name)
    found = traces.sinks(tables, trace)
    rows = [
        {
            "sink": one.name,
            "transfers": len(one.findings),
            "received": traces.written(one.received, trace.unit),
            **_written(one.by_policy, trace.unit),
            "reached": f"{one.reached} of {len(one.findings)}",
            "method": trace.method,
        }
        for one in found
    ]
    arrived = traces.findings_of(tables, name, "arrival").to_dicts()
    everything = {
        "sink": "all",
        "transfers": len(arrived),
        "received": traces.written(sum(one.received for one in found), trace.unit),
        **_written(traces.by_policy(arrived), trace.unit),
        "reached": f"{sum(one.reached for one in found)} of {len(arrived)}",
        "method": trace.method,
    }
    return [*rows, everything]


def sensitivity(case: Case, name: str) -> list[dict[str, Any]]:
    """Return one row a choice that could have been made otherwise: what arrives then, and where it moves most.

    Raises:
        NotFound: no such trace, or the readings behind it are gone.
    """
    trace = traces.trace_of(case.tables, name)
    family = chains.parse(trace.chain).family
    planned = planned_of(case, trace)
    coins = trace_coins.history(planned) if family == chains.COINS else None
    accounts = trace_following.history(planned) if coins is None else None

    def arrives(options: Options) -> Arrived:
        if accounts is not None:
            return _at_accounts(accounts, trace.method, options)
        return _at_outputs(coins, trace.method, options) if coins is not None else {}

    own = arrives(planned.options)
    told = []
    for choice in choices(family).values():
        for value, says in choice.values.items():
            if choice.name in _NOT_VARIED or value == planned.options[choice.name]:
                continue
            other = arrives(Options.of({**planned.options.told(), choice.name: value}, family))
            told.append(_row(case, trace, own, other) | {"option": choice.name, "value": value, "says": says})
    order = ("option", "value", "arrives", "instead_of", "moves_most", "says")
    return [{name: row[name] for name in order} for row in told]


def _row(case: Case, trace: traces.Trace, own: Arrived, other: Arrived) -> dict[str, Any]:
    named = {address: one.name for one in traces.sinks(case.tables, trace) for address in one.addresses}
    moves: dict[str, int] = {}
    for address in own.keys() | other.keys():
        sink = named.get(f"{trace.chain}:{address}", address)
        moves[sink] = moves.get(sink, 0) + other.get(address, 0) - own.get(address, 0)
    most = max(moves, key=lambda sink: (abs(moves[sink]), sink), default=None)
    moved = moves.get(most, 0) if most else 0
    sign = "+" if moved > 0 else "-"
    return {
        "arrives": traces.written(sum(other.values()), trace.unit),
        "instead_of": traces.written(sum(own.values()), trace.unit),
        "moves_most": f"{most}: {sign}{traces.written(abs(moved), trace.unit)}" if moved else "nothing moves",
    }


def _at_accounts(history: trace_following.History, method: str, options: Options) -> Arrived:
    followed = history.under(method, options)
    held = {account: sum(tags.values()) for account, tags in followed.arrived.items() if account in history.ends}
    return dict(zip(history.plan.index.addresses(held), held.values(), strict=True))


def _at_outputs(history: trace_coins.CoinHistory, method: str, options: Options) -> Arrived:
    followed = history.under(method, options)
    if followed is None:
        return {}
    outputs = sorted(followed.arrived)
    found: Arrived = {}
    for output, row in zip(outputs, history.plan.index.output_rows(outputs).to_dicts(), strict=True):
        stolen = sum(units for tag, units in followed.arrived[output].items() if tag >= 0)
        found[row["address"]] = found.get(row["address"], 0) + stolen
    return found


def _written(parts: Mapping[str, int | None], unit: str) -> dict[str, str | None]:
    return {column: traces.written(parts[column], unit) for column in COLUMN.values()}
