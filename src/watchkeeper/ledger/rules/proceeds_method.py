"""Proceeds, method: the decision behind a trace, with its reason and every option, as the log holds it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from watchkeeper.ledger import proceeds, steps, traces
from watchkeeper.ledger.traces import Trace
from watchkeeper.ledger.view import View
from watchkeeper.methods.taint.options import choices
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.model.vocabulary import meaning
from watchkeeper.values import asset, chain


def apply(view: View) -> Outcome:
    """Return the policy, its reason, what was followed from where to where, and a row an option."""
    chosen = proceeds.trace(view)
    rows = _rows(view, chosen) if chosen else []
    known = [chosen.name] if chosen else []
    return Outcome(
        values=(count("traces", len(known), "decisions on a method"),),
        derivation={"traces": steps.counted(known), "table": steps.table({} for _ in rows)},
        incidents=pl.Series("finding_id", [], dtype=pl.String),
        claims=proceeds.said([]),
        columns=(Column("what", "What"), Column("value", "As decided"), Column("means", "What it says")),
        rows=tuple(rows),
        notes=proceeds.notes(view),
    )


def _rows(view: View, chosen: Trace) -> list[tuple[str, str, str]]:
    ledger = chain.chains().get(chosen.chain)
    said = _sentences(ledger.family, chosen.options) if ledger else {}
    others = [*traces.before(proceeds.tables(view), chosen), *traces.after(proceeds.tables(view), chosen)]
    which = "Reviewed ones alone." if view.reviewed_only else "Before or after; none hides behind another."
    whose = {asset.NATIVE: "The chain's own coin.", chosen.unit: "Worth, as the rows state it."}
    return [
        ("policy", chosen.method, meaning("policies", chosen.method)),
        ("reason", chosen.reason, "As it was logged; the words are those of whoever decided."),
        ("decided on", chosen.decided_on.isoformat(), "Before anything was found."),
        ("chain", ledger.name if ledger else chosen.chain, f"{chosen.chain}."),
        ("asset", chosen.unit, whose.get(chosen.asset, f"{chosen.asset}.")),
        ("other traces of the same money", "; ".join(others) or "none", which),
        *((f"option {name}", value, said.get(name, "")) for name, value in sorted(chosen.options.items())),
    ]


def _sentences(family: str, options: Mapping[str, str]) -> dict[str, str]:
    """Return what each option says; one that is not there any more stands by its word alone."""
    known = choices(family)
    return {name: known[name].values.get(value, "") for name, value in options.items() if name in known}
