"""Disputed: attribution for and against, side by side, for each incident that a source disputes."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count


def apply(view: View) -> Outcome:
    """Return the disputed incidents with who states and who disputes."""
    said = view.of("attribution")
    against = said.filter(pl.col("stance") == "disputes")
    rows = view.members.join(against, on="incident_id", how="semi")
    held = rows.filter(pl.col("contested"))["incident_id"]
    return Outcome(
        values=(
            count("disputed", rows.height, "disputed instances"),
            count("contested", held.len(), "of these held contested by decision"),
        ),
        derivation={
            "disputed": {"op": "distinct", "of": "incident_id", "over": against["claim_id"].to_list()},
            "contested": {"op": "count", "over": held.to_list()},
            "table": steps.table({} for _ in range(rows.height)),
        },
        incidents=rows["incident_id"],
        claims=said.join(rows, on="incident_id", how="semi")["claim_id"],
        columns=(
            Column("incident_id", "Row"),
            Column("title", "Incident"),
            Column("attributes", "Stated by"),
            Column("disputes", "Disputed by"),
            Column("status", "Status"),
        ),
        rows=tuple(
            (
                r["incident_id"],
                r["title"],
                _speakers(said, r["incident_id"], "attributes"),
                _speakers(said, r["incident_id"], "disputes"),
                "contested" if r["contested"] else "counted",
            )
            for r in rows.iter_rows(named=True)
        ),
        undated=view.undated.filter(pl.col("field") == "attribution").height,
    )


def _speakers(said: pl.DataFrame, incident: str, stance: str) -> str:
    chosen = said.filter((pl.col("incident_id") == incident) & (pl.col("stance") == stance))
    return "; ".join(f"{r['stated_by']}{_on(r['stated_on'])}: {r['value']}" for r in chosen.iter_rows(named=True))


def _on(day: str | None) -> str:
    return f" ({day})" if day else ""
