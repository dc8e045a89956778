"""Bridge: reported losses beside the strict fields attempted, executed, taken and recovered, row by row."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.extremes import extremes
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count

_STRICT = ("attempted", "executed", "taken", "recovered")


def apply(view: View) -> Outcome:
    """Return the sum of reported losses, the part that strict `taken` claims cover, and the rows."""
    lost = extremes(view, "loss_reported")
    rows = lost.rows.select("incident_id", "low", "high", "low_claim", "high_claim")
    with_loss = replace(view, members=view.members.join(rows, on="incident_id", how="semi"))
    strict = {name: extremes(with_loss, name) for name in _STRICT}
    for name, found in strict.items():
        lowest = found.rows.select("incident_id", pl.col("low").alias(name), pl.col("low_claim").alias(f"{name}_claim"))
        rows = rows.join(lowest, on="incident_id", how="left")
    rows = rows.join(view.members.select("incident_id", "title"), on="incident_id", how="left").sort("incident_id")
    return Outcome(
        values=(
            lost.value("loss_reported"),
            strict["taken"].value("taken"),
            count("rows", rows.height, "incidents with a reported loss"),
            count("rows_with_taken", rows["taken"].count(), "of these with a strict amount taken"),
        ),
        derivation={
            "loss_reported": lost.derivation(),
            "taken": strict["taken"].derivation(),
            "rows": {"op": "count", "over": "ids"},
            "rows_with_taken": {"op": "count", "over": strict["taken"].rows["incident_id"].to_list()},
            "table": steps.table(_steps(rows)),
        },
        incidents=rows["incident_id"],
        claims=pl.concat([lost.considered, *(found.considered for found in strict.values())]),
        columns=(
            Column("incident_id", "Row"),
            Column("title", "Incident"),
            Column("low", "Loss reported, low", "USD"),
            Column("high", "Loss reported, high", "USD"),
            *(Column(name, name.capitalize(), "USD") for name in _STRICT),
            Column("reading", "Reading"),
        ),
        rows=tuple(
            (r["incident_id"], r["title"], r["low"], r["high"], *(r[n] for n in _STRICT), _reading(r))
            for r in rows.iter_rows(named=True)
        ),
        notes=lost.notes(),
        undated=lost.undated,
    )


def _steps(rows: pl.DataFrame) -> list[dict[str, steps.Step]]:
    """Return how the amounts of each row follow, each from the one claim that sets it."""
    cells: list[dict[str, steps.Step]] = [{} for _ in range(rows.height)]
    for name in ("low", "high", *_STRICT):
        end = "high" if name == "high" else "low"
        for cell, claim in zip(cells, rows[f"{name}_claim"].to_list(), strict=True):
            if claim is not None:
                cell[name] = steps.added(end, [claim])
    return cells


def _reading(row: dict[str, int | None]) -> str:
    """Say in words which strict field each end of the reported loss equals, if any."""
    ends = {"low": row["low"], "high": row["high"]}
    equal = {
        end: [name for name in ("executed", "taken", "attempted") if row[name] is not None and row[name] == value]
        for end, value in ends.items()
    }
    if row["high"] == 0:
        return "no loss reported"
    said = [f"{end} end is the amount {names[0]}" for end, names in equal.items() if names]
    return "; ".join(said) if said else "sources say only loss"
