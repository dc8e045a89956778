"""Proceeds, policies: the same arrivals under each policy, as the sensitivity of the one that was chosen."""

from __future__ import annotations

from watchkeeper.ledger import proceeds, steps
from watchkeeper.ledger.traces import Trace
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome
from watchkeeper.model.vocabulary import meaning

_POLICIES = {
    "fifo": "fifo",
    "lifo": "lifo",
    "haircut": "haircut",
    "tiho": "tiho",
    "lowest-balance": "lowest_balance",
}


def apply(view: View) -> Outcome:
    """Return a row a policy that is defined here; the one that was chosen stands first."""
    code, rows, whole = proceeds.unit(view), proceeds.findings(view, proceeds.ARRIVAL), proceeds.findings(view)
    chosen = proceeds.trace(view)
    defined = [name for name, column in _POLICIES.items() if proceeds.total(rows, column) is not None]
    ordered = sorted(defined, key=lambda name: name != (chosen.method if chosen else None))
    return Outcome(
        values=(
            proceeds.amount_of("followed", rows, "followed", code, whole),
            proceeds.amount_of("received", rows, "received", code, whole),
        ),
        derivation={
            "followed": proceeds.summed(rows, "followed", code, whole),
            "received": proceeds.summed(rows, "received", code, whole),
            "table": steps.table({"followed": proceeds.summed(rows, _POLICIES[name], code)} for name in ordered),
        },
        incidents=proceeds.series(rows),
        claims=proceeds.said([]),
        columns=(
            Column("policy", "Policy"),
            Column("followed", "Called stolen", proceeds.money(code)),
            Column("means", "What it says"),
        ),
        rows=tuple(
            (_name(name, chosen), proceeds.total(rows, _POLICIES[name]), meaning("policies", name)) for name in ordered
        ),
        notes=proceeds.notes(view),
    )


def _name(policy: str, chosen: Trace | None) -> str:
    return f"{policy} (chosen)" if chosen and chosen.method == policy else policy
