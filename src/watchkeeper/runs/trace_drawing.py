"""Drawing a trace: the addresses that stolen units came to and the transfers that carried them, as a graph."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger import traces
from watchkeeper.ledger.labels import labelled, sink_of, stop_of
from watchkeeper.ledger.statuses import status
from watchkeeper.methods.taint.history import MINTED, NO_ONES
from watchkeeper.model.tlp import strictest
from watchkeeper.report.interchange.gexf import Edge, Node, write
from watchkeeper.runs import trace_following
from watchkeeper.runs.trace_findings import of_days, told_at
from watchkeeper.runs.trace_following import amount_of
from watchkeeper.runs.tracing import planned_of
from watchkeeper.store.case import Case
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid

_MOST = 200_000  # transfers; no program draws more


def gexf(case: Case, name: str) -> bytes:
    """Return the transfers that carried stolen units under a trace's method as GEXF.

    Raises:
        NotFound: no such trace, or its readings are gone.
        Invalid: there are more transfers than can be drawn, or the chain is one of coins.
    """
    trace = traces.trace_of(case.tables, name)
    if chains.parse(trace.chain).family == chains.COINS:
        raise Invalid(
            f"{name} is of a chain of coins, whose graph is one of outputs; see `trace path {name} --sink ...`."
        )
    planned = planned_of(case, trace)
    history = trace_following.history(planned)
    followed = history.under(trace.method)
    moved = dict(followed.moved.items()) if followed.moved else {}
    if len(moved) > _MOST:
        raise Invalid(
            f"{len(moved):,} transfers are too many to draw; fold them: `watchkeeper trace show {name} --fold`."
        )
    rows, days = planned.index.rows(trace.asset, list(moved)).to_dicts(), of_days(case.tables)
    edges = [
        Edge(
            row["origin"] or NO_ONES[MINTED],
            row["target"] or NO_ONES[int(history.rows.target[event])],
            {
                "tx": row["tx"] or "",
                "utc": told_at(row, days) or "",
                "amount": traces.written(amount_of(history.rows, event), trace.unit) or "",
                "part": traces.written(part, trace.unit) or "",
            },
        )
        for (event, part), row in zip(moved.items(), rows, strict=True)
    ]
    places = sorted({place for edge in edges for place in (edge.source, edge.target)})
    of = traces.captures_of(case.tables, trace)
    book = labelled(case.tables, [f"{trace.chain}:{place}" for place in places], of=of)
    nodes = []
    for place in places:
        labels = book.get(f"{trace.chain}:{place}", ())
        label = sink_of(labels, of)
        source = label.source_id if label else ""
        nodes.append(Node(place, label.text if label else place, {"kind": stop_of(labels), "label_source": source}))
    told = {one.label_id for labels in book.values() for one in labels}
    table = case.tables["label"]
    tlp = strictest(
        [trace.tlp, *table.filter(table["label_id"].is_in(pl.Series(sorted(told), dtype=pl.String).implode()))["tlp"]]
    )
    return write(nodes, edges, about=_about(trace, status(case.tables, "trace", name).words, tlp))


def _about(trace: traces.Trace, status: str, tlp: str) -> str:
    return (
        f"Trace {trace.name}: transfers of {trace.unit} that carry followed units under {trace.method}, a convention. "
        "Labels are what their sources say of an address; no wrongdoing by anybody named is alleged. "
        f"Status: {status}. TLP:{tlp}."
    )
