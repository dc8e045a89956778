"""Proceeds, arrivals: what came to the ends of a trace, as recorded and as followed, in the units that moved."""

from __future__ import annotations

from watchkeeper.ledger import proceeds, steps
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, Value, count
from watchkeeper.values.refused import Invalid

_OF = ("received", "followed")


def apply(view: View, of: str) -> Outcome:
    """Return the sum that is asked for, the other one, the arrivals, their addresses, and the worth at their time."""
    if of not in _OF:
        raise Invalid(f'"{of}" is no sum over arrivals; choose {" or ".join(_OF)}.')
    code, rows, whole = proceeds.unit(view), proceeds.findings(view, proceeds.ARRIVAL), proceeds.findings(view)
    valued = [row for row in rows if row["usd_cents"] is not None]
    names = (of, *(one for one in _OF if one != of))
    sinks = proceeds.sinks(view)
    called = {row["finding_id"]: sink.name for sink in sinks for row in sink.findings}
    worth = proceeds.total(valued, "usd_cents")
    is_money = code == "USD"  # then what was received is its worth, and saying it twice would ask which is meant
    return Outcome(
        values=(
            *(proceeds.amount_of(name, rows, name, code, whole) for name in names),
            count("arrivals", len(rows), "arrivals at ends of the trace"),
            count("addresses", len({row["subject"] for row in rows}), "addresses that they came to"),
            *(() if is_money else (Value("worth_at_arrival", worth, worth, "USD"),)),
            *(() if is_money else (count("valued", len(valued), "arrivals valued at the price of their day"),)),
        ),
        derivation={
            **{name: proceeds.summed(rows, name, code, whole) for name in names},
            "arrivals": steps.counted(proceeds.ids(rows)),
            "addresses": {"op": "distinct", "of": "subject", "over": proceeds.ids(rows)},
            **(
                {}
                if is_money
                else {
                    "worth_at_arrival": proceeds.summed(valued, "usd_cents", "USD"),
                    "valued": steps.counted(proceeds.ids(valued)),
                }
            ),
            "table": steps.table(
                {name: proceeds.summed([row], name, code) for name in ("received", "followed")} for row in rows
            ),
        },
        incidents=proceeds.series(rows),
        claims=proceeds.said(sinks),
        columns=(
            Column("finding_id", "Row"),
            Column("at", "When (UTC)"),
            Column("tx", "Transaction"),
            Column("place", "Place in it"),
            Column("sink", "Sink"),
            Column("received", "Received", proceeds.money(code)),
            Column("followed", "By the method chosen", proceeds.money(code)),
        ),
        rows=tuple(
            (
                *(row[name] for name in ("finding_id", "at", "tx", "place")),
                called[row["finding_id"]],
                *(int(row[name]) for name in ("received", "followed")),
            )
            for row in rows
        ),
        notes=proceeds.notes(view),
    )
