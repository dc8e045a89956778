"""Vintages: what a counter printed first and prints now for the same year."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.rules.counters import FIRST_PRINT, known_tallies
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.values import amount


def apply(view: View) -> Outcome:
    """Return one row a revised number: series, year, unit, first print, newest, change."""
    tallies = known_tallies(view).filter(pl.col("scope") == "year")
    first = tallies.filter(pl.col("vintage") == FIRST_PRINT)
    newest = tallies.filter(pl.col("vintage") != FIRST_PRINT)
    both = first.join(newest, on=["series", "key", "unit"], suffix="_new").sort("series", "unit", "key")
    rows = tuple(
        (
            r["series"],
            r["key"],
            _text(r["value"], r["unit"]),
            _text(r["value_new"], r["unit"]),
            _change(r["value"], r["value_new"]),
        )
        for r in both.iter_rows(named=True)
    )
    return Outcome(
        values=(count("revised", len(rows), "revised numbers"),),
        derivation={
            "revised": {"op": "count", "over": both["tally_id_new"].to_list()},
            "table": steps.table({} for _ in rows),  # its numbers stand in words, each with its own unit
        },
        incidents=pl.Series("incident_id", [], pl.String),
        claims=pl.concat([both["tally_id"], both["tally_id_new"]]),
        columns=(
            Column("series", "Counter"),
            Column("year", "Year"),
            Column("first", "First print"),
            Column("newest", "Newest held"),
            Column("change", "Change"),
        ),
        rows=rows,
    )


def _text(value: str, unit: str) -> str:
    return f"{int(value):,} incidents" if unit == "incidents" else f"{amount.readable(int(value), unit)} {unit}"


def _change(first: str, newest: str) -> str:
    """Return the change in whole per cent, rounded half away from zero, with its sign; none can be told from zero."""
    before, change = int(first), int(newest) - int(first)
    if before == 0:
        return "no change" if change == 0 else "from zero"
    rounded = (abs(change) * 200 + before) // (before * 2)
    return f"{rounded if change >= 0 else -rounded:+d} per cent"
