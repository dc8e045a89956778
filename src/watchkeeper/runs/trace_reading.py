"""Reading a trace: the table of sinks, with everything a reader needs to judge it; nothing is computed anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from watchkeeper.ledger import traces
from watchkeeper.ledger.labels import Label, labelled, listing
from watchkeeper.ledger.statuses import status
from watchkeeper.methods.taint.options import Options
from watchkeeper.model import vocabulary
from watchkeeper.store.case import Case
from watchkeeper.values import asset
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid, NotFound

BY = ("label", "address")


def list_traces(case: Case) -> list[dict[str, Any]]:
    """Return one row a trace: what was decided, when, how many findings it has, and its status."""
    found = []
    for name in case.tables["trace"]["trace_id"]:
        trace = traces.trace_of(case.tables, name)
        found.append(
            {
                "trace": name,
                "method": trace.method,
                "chain": chains.parse(trace.chain).name,
                "asset": trace.unit,
                "stolen": traces.written(trace.stolen, trace.unit),
                "findings": traces.findings_of(case.tables, name).height,
                "incident": trace.incident_id,
                "decided_on": trace.decided_on.isoformat(),
                "status": status(case.tables, "trace", name).words,
            }
        )
    return found


def show(
    case: Case, name: str, *, by: str = "label", sink: str | None = None, outcome: str = "arrival"
) -> dict[str, Any]:
    """Return a trace: how it was decided, what the rows are missing, how it adds up, and a row a sink.

    Args:
        case: The case.
        name: The trace.
        by: "label" gives a row a label without its number, "address" one an address.
        sink: Only this label or address: then a row an address, with all that is said of it.
        outcome: "arrival", or "held", "fee" or "unknown" for what became of the rest.

    Raises:
        NotFound: no such trace, or nothing in it is called `sink`.
    """
    if by not in BY:
        raise Invalid(f'"{by}" is no way to group; known: {", ".join(BY)}.')
    tables, trace = case.tables, traces.trace_of(case.tables, name)
    vocabulary.check("outcomes", outcome)
    found = traces.sinks(tables, trace, by=by if sink is None else "address", outcome=outcome)
    if sink is not None:
        return _head(case, trace) | {"rows": _details(case, trace, chosen(case, trace, sink, outcome))}
    rows = [traces.row_of(one, trace) | {"findings": list(one.findings)} for one in found]
    return _head(case, trace) | {"rows": rows}


def chosen(case: Case, trace: traces.Trace, sink: str, outcome: str = "arrival") -> list[traces.Sink]:
    """Return the sinks, a row an address, that a person means by a label, its stem, a service or an address.

    Raises:
        NotFound: nothing is called so; what there is, is listed.
    """
    wanted = sink.strip().casefold()
    by_label = traces.sinks(case.tables, trace, outcome=outcome)
    named = {address for one in by_label if one.name.casefold() == wanted for address in one.addresses}
    found = traces.sinks(case.tables, trace, by="address", outcome=outcome)
    book = labelled(case.tables, [one.addresses[0] for one in found])
    kept = [
        one
        for one in found
        if one.addresses[0] in named
        or wanted in (one.addresses[0].casefold(), one.name.casefold())
        or any(wanted in _names(label) for label in book.get(one.addresses[0], ()))
    ]
    if not kept:
        known = ", ".join(one.name for one in by_label) or "none"
        raise NotFound(f'Nothing in {trace.name} is called "{sink}"; there are: {known}.')
    return kept


def percent(part: int, whole: int) -> str:
    """Return a share as text with one decimal, rounded down: 99.1 for 991 of 999; empty where there is no whole."""
    if not whole:
        return ""
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10} %"


def _head(case: Case, trace: traces.Trace) -> dict[str, Any]:
    tables = case.tables
    arrived = traces.findings_of(tables, trace.name, "arrival").to_dicts()
    family = chains.parse(trace.chain).family
    options = Options.of(trace.options, family)
    return {
        "trace": trace.name,
        "status": status(tables, "trace", trace.name).words,
        "method": trace.method,
        "method_means": vocabulary.meaning("policies", trace.method),
        "reason": trace.reason,
        "decided": f"{trace.decided_on.isoformat()} by {trace.author}, before any result",
        "before": traces.before(tables, trace),
        "chain": trace.chain,
        "asset": trace.asset,
        "unit": trace.unit,
        "stolen": traces.written(trace.stolen, trace.unit),
        "sources": [
            {
                "address": traces.shown(one.account),
                "amount": traces.written(one.amount, trace.unit),
                "rule": "every outflow" if one.every_outflow else f"stated{f', by {one.tx}' if one.tx else ''}",
            }
            for one in trace.thefts
        ],
        "ends": [one for one in trace.ends if not one.startswith(f"{trace.chain}:")],
        "incident": trace.incident_id,
        "attribution": traces.attributed(tables, trace),
        "completeness": traces.completeness(tables, trace),
        "computed": bool(traces.findings_of(tables, trace.name).height),
        "identity": {
            part: traces.written(much, trace.unit) for part, much in traces.identity(tables, trace).items()
        },
        "by_policy": _by_policy(trace, arrived),
        "options": options.told(),
        "options_mean": options.sentences(),
    }  # fmt: skip


def _by_policy(trace: traces.Trace, arrived: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what arrived in all under each rule, and as a share of what the rows record into the ends."""
    received = sum(int(row["received"]) for row in arrived)
    told: list[dict[str, Any]] = []
    for column, much in traces.by_policy(arrived).items():
        share = None if much is None else percent(much, received)
        told.append({"policy": column, "arrived": traces.written(much, trace.unit), "of_received": share})
    reached = sum(row["reached"] == "yes" for row in arrived)
    return [
        {"policy": "received", "arrived": traces.written(received, trace.unit), "of_received": None},
        *told,
        {"policy": "reached", "arrived": None, "of_received": f"{reached} of {len(arrived)} transfers"},
    ]


def _details(case: Case, trace: traces.Trace, found: Sequence[traces.Sink]) -> list[dict[str, Any]]:
    rows = []
    book = labelled(case.tables, [one.addresses[0] for one in found], of=traces.captures_of(case.tables, trace))
    for one in found:
        address = one.addresses[0]
        last = date.fromisoformat(one.last[:10]) if one.last else None
        days = [date.fromisoformat(at[:10]) for at in _times(case, one)]
        labels = book.get(address, ())
        rows.append(
            traces.row_of(one, trace)
            | {
                "address": traces.shown(address),
                "reached": f"{one.reached} of {len(one.findings)} transfers",
                "followed": traces.written(one.followed, trace.unit),
                "labels": [_said(label, last) for label in labels],
                "listing": listing(case.tables, address, days),
                "freezable_by": asset.freezable_by(trace.chain, trace.asset),
                "why_named": _why_named(labels),
                "findings": list(one.findings),
            }
        )
    return rows


def _times(case: Case, sink: traces.Sink) -> list[str]:
    table = case.tables["finding"]
    return [at for at in table.filter(table["finding_id"].is_in(list(sink.findings)))["at"] if at]


def _said(label: Label, last: date | None) -> str:
    """Return one label with its basis, source, date and age: when it was given beside the last transfer."""
    age = f", {label.age(last)} the last transfer" if last and label.published_on else ""
    age = age.replace("the same day the last", "the same day as the last").replace("days later the", "days after the")
    by = f" by {label.stated_by}" if label.stated_by else ""
    return f'"{label.text}": {label.basis}{by} ({label.source_id}, {label.dated}{age}; {label.checked})'


def _why_named(labels: Sequence[Label]) -> str | None:
    """Return why a name stands in the table, in the words that a reader of a publication gets."""
    if not labels:
        return None
    one = labels[0]
    return (
        f"{one.stem} is named because funds arrived at an address labelled {one.text} by {one.source_id}, {one.dated}; "
        f"no wrongdoing by {one.stem} is alleged."
    )


def _names(label: Label) -> set[str]:
    return {text.casefold() for text in (label.text, label.stem, label.service) if text}
