"""Folding a trace: how far from the source each address stands, and the addresses told together by level and amount."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from watchkeeper.ledger import traces
from watchkeeper.ledger.labels import labelled, stop_of
from watchkeeper.ledger.trace_groups import PER_MILLE, Holding, fold, rule
from watchkeeper.runs import trace_coins, trace_following
from watchkeeper.runs.trace_reading import told_of
from watchkeeper.runs.tracing import planned_of
from watchkeeper.store.case import Case
from watchkeeper.values import chain as chains

_SHOWN = 3  # addresses named in a row; the others are counted, and stand in JSON


def folded(case: Case, name: str, *, outcome: str | None = None, per_mille: int = PER_MILLE) -> dict[str, Any]:
    """Return the addresses of an outcome folded into a page, and the rule by which they are.

    Args:
        case: The case.
        name: The trace.
        outcome: "arrival", "held", "fee" or "unknown"; not said: what arrived, or is held where nothing arrived.
        per_mille: How far below the largest of a group an amount may lie.

    Raises:
        NotFound: no such trace, or its readings are gone.
    """
    trace = traces.trace_of(case.tables, name)
    outcome = told_of(case.tables, trace, outcome)
    found = traces.findings_of(case.tables, name, outcome)
    level = levels(case, trace)
    book = labelled(case.tables, found["subject"].unique().to_list(), of=traces.captures_of(case.tables, trace))
    sums: dict[str, list[int]] = {}
    for subject, received, followed in found.select("subject", "received", "followed").iter_rows():
        much = sums.setdefault(subject, [0, 0])
        much[0] += int(received)
        much[1] += int(followed)
    holdings = [
        Holding(traces.shown(subject), level.get(subject), much, part, stop_of(book.get(subject, ())))
        for subject, (much, part) in sums.items()
    ]
    rows = [
        {
            "level": one.level,
            "kind": one.kind,
            "addresses": len(one.places),
            "why": one.why,
            "least_of_them": traces.written(one.least, trace.unit),
            "most_of_them": traces.written(one.most, trace.unit),
            "received": traces.written(one.total, trace.unit),
            "followed": traces.written(one.followed, trace.unit),
            "among_them": ", ".join(one.places[:_SHOWN]) + (" ..." if len(one.places) > _SHOWN else ""),
            "all": list(one.places),
        }
        for one in fold(holdings, per_mille=per_mille)
    ]
    return {"trace": name, "outcome": outcome, "rule": rule(per_mille), "addresses": len(holdings), "rows": rows}


def levels(case: Case, trace: traces.Trace) -> dict[str, int]:
    """Return for each address that is reached the fewest transfers from a source; a source is 0.

    One pass in the order of events suffices: an address is reached before anything reaches on from it.
    """
    planned = planned_of(case, trace)
    if chains.parse(trace.chain).family == chains.COINS:
        return dict(_of_coins(trace_coins.history(planned), trace))
    history = trace_following.history(planned)
    reached, told = history.under("poison"), dict.fromkeys((one.account for one in history.thefts), 0)
    for event in sorted(reached.carriers):
        sender, target = int(history.transfers.source[event]), int(history.transfers.target[event])
        if sender in told:
            told[target] = min(told.get(target, told[sender] + 1), told[sender] + 1)
    own = {number: level for number, level in told.items() if number < history.rows.accounts}
    names = planned.index.addresses(own)
    return {f"{trace.chain}:{name}": level for name, level in zip(names, own.values(), strict=True)}


def _of_coins(history: trace_coins.CoinHistory, trace: traces.Trace) -> Iterator[tuple[str, int]]:
    """Yield each address with the fewest transactions from a stolen output, the larger levels first."""
    followed, coins = history.under("poison"), history.coins
    told = dict.fromkeys((one.output for one in history.thefts), 0)
    for output in sorted(followed.outputs) if followed else ():
        made = coins.transaction_of(output)
        spent = coins.spent[coins.input_start[made] : coins.input_start[made + 1]]
        known = [told[int(one)] for one in spent if int(one) in told]
        if output not in told and known:
            told[output] = min(known) + 1
    rows = history.plan.index.output_rows(list(told)).to_dicts()
    named = [
        (f"{trace.chain}:{row['address'] or row['tx'] + ':' + str(row['index'])}", level)
        for row, level in zip(rows, told.values(), strict=True)
    ]
    yield from sorted(named, key=lambda one: -one[1])  # the last of a name is kept
