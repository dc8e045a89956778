"""Proceeds, sinks: one row for each end to which units were followed, with its label, its times and each policy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from watchkeeper.ledger import proceeds, steps
from watchkeeper.ledger.labels import NO_LABEL, NOT_LISTED, listing
from watchkeeper.ledger.proceeds import Sink
from watchkeeper.ledger.traces import NOT_ESTABLISHED, RETURNED
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.values import when

POLICIES = {
    "fifo": "First in, first out",
    "haircut": "Pro rata",
    "lowest_balance": "Lowest intermediate balance",
}


def apply(view: View) -> Outcome:
    """Return a row a sink; "least" and "most" are not established while what the rows leave out is not known."""
    code, found = proceeds.unit(view), proceeds.sinks(view)
    arrivals, whole = [row for sink in found for row in sink.findings], proceeds.findings(view)
    worth = any(row["usd_cents"] is not None for row in arrivals) and code != "USD"
    return Outcome(
        values=(
            count("rows", len(found), "sinks"),
            count("transfers", len(arrivals), "transfers to them"),
            proceeds.amount_of("received", arrivals, "received", code, whole),
            proceeds.amount_of("followed", arrivals, "followed", code, whole),
        ),
        derivation={
            "rows": steps.counted([sink.name for sink in found]),
            "transfers": steps.counted(proceeds.ids(arrivals)),
            "received": proceeds.summed(arrivals, "received", code, whole),
            "followed": proceeds.summed(arrivals, "followed", code, whole),
            "table": steps.table(_steps(sink, code, worth=worth) for sink in found),
        },
        incidents=proceeds.series(arrivals),
        claims=proceeds.said(found),
        columns=_columns(code, worth=worth),
        rows=tuple(_row(view, sink, worth=worth) for sink in found),
        notes=(*proceeds.notes(view), *_listings(view, found)),
    )


def _columns(code: str, *, worth: bool) -> tuple[Column, ...]:
    return (
        Column("sink", "Sink"),
        Column("kind", "Kind"),
        Column("label_source", "Labelled by"),
        Column("label_date", "Label dated"),
        Column("transfers", "Transfers"),
        Column("first", "First (UTC)"),
        Column("last", "Last (UTC)"),
        Column("received", "Received", proceeds.money(code)),
        *((Column("worth", "Worth then", "USD"),) if worth else ()),
        Column("followed", "By the method chosen", proceeds.money(code)),
        *(Column(name, words, proceeds.money(code)) for name, words in POLICIES.items()),
        Column("least", "Least"),
        Column("most", "Most"),
        Column("freezable_by", "Can be frozen by"),
    )


def _row(view: View, sink: Sink, *, worth: bool) -> tuple[Any, ...]:
    times = sorted(row["at"] for row in sink.findings if row["at"])
    return (
        sink.name,
        sink.kind,
        "; ".join(sorted({one.source_id for one in sink.labels})) or _untold(view, sink),
        "; ".join(sorted({one.dated for one in sink.labels})) or None,
        len(sink.findings),
        _time(times[0]) if times else None,
        _time(times[-1]) if times else None,
        sink.total("received"),
        *((_worth(sink),) if worth else ()),
        sink.total("followed"),
        *(sink.total(name) for name in POLICIES),
        NOT_ESTABLISHED,
        NOT_ESTABLISHED,
        proceeds.freezable_by(view),
    )


def _steps(sink: Sink, code: str, *, worth: bool) -> dict[str, steps.Step]:
    named = ["received", "followed", *POLICIES]
    told = {name: proceeds.summed(sink.findings, name, code) for name in named if sink.total(name) is not None}
    if worth and _worth(sink) is not None:
        told["worth"] = proceeds.summed(sink.findings, "usd_cents", "USD")
    return {"transfers": steps.counted(proceeds.ids(sink.findings)), **told}


def _untold(view: View, sink: Sink) -> str | None:
    """Return what stands where a label has a source and is not printed; None where there is no label."""
    unlabelled = sink.name.startswith((NO_LABEL, proceeds.UNLABELLED, RETURNED))
    return None if unlabelled or not view.reviewed_only else "not told in print"


def _worth(sink: Sink) -> int | None:
    """Return what arrived was worth; None where a day has no price, since a part would read as the whole."""
    return sink.total("usd_cents") if all(row["usd_cents"] is not None for row in sink.findings) else None


def _listings(view: View, found: Iterable[Sink]) -> Iterable[str]:
    """Yield what lists say of a sink, on the days of its transfers and in the newest edition held."""
    tables = proceeds.tables(view)
    for sink in found:
        days: dict[str, set[Any]] = {}
        for row in sink.findings:
            days.setdefault(row["subject"], set()).update([when.parse(row["at"][:10]).first] if row["at"] else [])
        told = {words for one, on in days.items() if (words := listing(tables, one, on)) != NOT_LISTED}
        yield from (f"{sink.name}: {words}." for words in sorted(told))


def _time(at: str) -> str:
    return at.replace("T", " ").removesuffix("Z")
