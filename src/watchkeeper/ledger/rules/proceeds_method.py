"""Proceeds, method: the decision behind a trace, with its reason and every option, as the log holds it."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger import proceeds, steps
from watchkeeper.ledger.traces import Trace
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count


def apply(view: View) -> Outcome:
    """Return the policy, its reason, what was followed from where to where, and a row an option."""
    chosen = proceeds.trace(view)
    rows = _rows(chosen) if chosen else []
    known = [chosen.name] if chosen else []
    return Outcome(
        values=(count("traces", len(known), "decisions on a method"),),
        derivation={"traces": steps.counted(known), "table": steps.table({} for _ in rows)},
        incidents=pl.Series("finding_id", [], dtype=pl.String),
        claims=proceeds.said([]),
        columns=(Column("what", "What"), Column("value", "As decided")),
        rows=tuple(rows),
        notes=proceeds.notes(view),
    )


def _rows(chosen: Trace) -> list[tuple[str, str]]:
    return [
        ("policy", chosen.method),
        ("reason", chosen.reason),
        ("decided on", chosen.decided_on.isoformat()),
        ("chain", chosen.chain),
        ("asset", chosen.asset),
        *((f"option {name}", value) for name, value in sorted(chosen.options.items())),
    ]
