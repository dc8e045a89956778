"""Reading a trace: the table of sinks, with everything a reader needs to judge it; nothing is computed anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from watchkeeper.ledger import traces
from watchkeeper.ledger.labels import Label, Tables, labelled, listing
from watchkeeper.ledger.statuses import status
from watchkeeper.methods.taint.options import Options
from watchkeeper.model import vocabulary
from watchkeeper.store.case import Case
from watchkeeper.values import asset
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid, NotFound

if TYPE_CHECKING:
    from watchkeeper.runs.trace_valuing import Worth

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
    case: Case,
    name: str,
    *,
    by: str = "label",
    sink: str | None = None,
    outcome: str | None = None,
    value: str | None = None,
) -> dict[str, Any]:
    """Return a trace: how it was decided, what the rows are missing, how it adds up, and a row a sink.

    Args:
        case: The case.
        name: The trace.
        by: "label" gives a row a label without its number, "address" one an address.
        sink: Only this label or address: then a row an address, with all that is said of it.
        outcome: "arrival", or "held", "fee" or "unknown" for what became of the rest. Not said: what arrived, or where
            nothing arrived what is held.
        value: "theft", "hop" or "report": also what each row was worth in USD on that day, and by whose price.

    Raises:
        NotFound: no such trace, or nothing in it is called `sink`.
    """
    if by not in BY:
        raise Invalid(f'"{by}" is no way to group; known: {", ".join(BY)}.')
    tables, trace = case.tables, traces.trace_of(case.tables, name)
    told = told_of(tables, trace, outcome)
    if sink is not None:
        found = chosen(case, trace, sink, told)
        rows = _details(case, trace, found, told)
    else:
        found = traces.sinks(tables, trace, by=by, outcome=told)
        rows = [traces.row_of(one, trace, told) | {"findings": list(one.findings)} for one in found]
    head = _head(case, trace) | {"outcome": told}
    if value is None:
        return head | {"rows": rows}
    by_day = _worth(case, trace, value)
    worth = [by_day.of(_findings(case, one)) for one in found]
    return head | {"valued": by_day.told, "rows": [row | more for row, more in zip(rows, worth, strict=True)]}


def told_of(tables: Tables, trace: traces.Trace, outcome: str | None) -> str:
    """Return the outcome asked for; not said, what arrived, or where nothing arrived what is held.

    Raises:
        Invalid: a word that is no outcome.
    """
    if outcome is not None:
        vocabulary.check("outcomes", outcome)
        return outcome
    there = set(traces.findings_of(tables, trace.name)["outcome"])
    return traces.HELD if there and "arrival" not in there else "arrival"


def _worth(case: Case, trace: traces.Trace, value: str) -> Worth:
    from watchkeeper.runs.trace_valuing import worth

    return worth(case, trace, value)


def _findings(case: Case, sink: traces.Sink) -> list[dict[str, Any]]:
    table = case.tables["finding"]
    return table.filter(table["finding_id"].is_in(pl.Series(sink.findings, dtype=pl.String).implode())).to_dicts()


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


def _rule(theft: traces.Theft, *, coins: bool) -> str:
    """Return by which rule units count as stolen, in words."""
    if not theft.every_outflow:
        return f"stated{f', by {theft.tx}' if theft.tx else ''}"
    if not coins:
        return "every outflow"
    is_output = theft.account.rpartition(":")[2].isdecimal()
    return "all of the output" if is_output else "every output that pays to it"


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
        "after": traces.after(tables, trace),
        "chain": trace.chain,
        "asset": trace.asset,
        "unit": trace.unit,
        "stolen": traces.written(trace.stolen, trace.unit),
        "sources": [
            {
                "address": traces.shown(one.account),
                "amount": traces.written(one.amount, trace.unit),
                "rule": _rule(one, coins=family == chains.COINS),
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
        "by_policy": _by_policy(trace, arrived, _defined(tables, trace)),
        "options": options.told(),
        "options_mean": options.sentences(),
    }  # fmt: skip


def _defined(tables: Tables, trace: traces.Trace) -> set[str]:
    """Return the rules that are defined for what a trace found; where nothing arrived, none of them says so itself."""
    found = traces.findings_of(tables, trace.name)
    return {name for name in traces.POLICIES if not found[name].null_count()}


def _by_policy(trace: traces.Trace, arrived: Sequence[dict[str, Any]], defined: set[str]) -> list[dict[str, Any]]:
    """Return what arrived in all under each rule, and as a share of what the rows record into the ends."""
    received = sum(int(row["received"]) for row in arrived)
    told: list[dict[str, Any]] = []
    for column, arrives in traces.by_policy(arrived).items():
        much = arrives if column in defined else None
        share = None if much is None else percent(much, received)
        told.append({"policy": column, "arrived": traces.written(much, trace.unit), "of_received": share})
    reached = sum(row["reached"] == "yes" for row in arrived)
    return [
        {"policy": "received", "arrived": traces.written(received, trace.unit), "of_received": None},
        *told,
        {"policy": "reached", "arrived": None, "of_received": f"{reached} of {len(arrived)} transfers"},
    ]


def _details(case: Case, trace: traces.Trace, found: Sequence[traces.Sink], outcome: str) -> list[dict[str, Any]]:
    rows = []
    book = labelled(case.tables, [one.addresses[0] for one in found], of=traces.captures_of(case.tables, trace))
    for one in found:
        address = one.addresses[0]
        last = date.fromisoformat(one.last[:10]) if one.last else None
        times = _times(case, one)
        # One transfer without a day, and nothing can be said for all of them.
        days = [date.fromisoformat(at[:10]) for at in times] if len(times) == len(one.findings) else []
        labels = book.get(address, ())
        rows.append(
            traces.row_of(one, trace, outcome)
            | {
                "address": traces.shown(address),
                "reached": f"{one.reached} of {len(one.findings)}{'' if outcome != 'arrival' else ' transfers'}",
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
    return [row["at"] for row in _findings(case, sink) if row["at"]]


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
