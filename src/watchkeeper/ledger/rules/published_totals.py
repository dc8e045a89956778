"""Published totals: sums over periods as others printed them."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.rules.counters import known_tallies
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count

_UNITS = {"n": "incidents", "usd": "USD"}


def apply(view: View) -> Outcome:
    """Return one row a publisher and period: incidents, USD in cents, source."""
    tallies = known_tallies(view).filter(pl.col("scope") == "total")
    found: dict[tuple[str, str, str], dict[str, tuple[int, str]]] = {}
    for r in tallies.iter_rows(named=True):
        found.setdefault((r["series"], r["key"], r["source_id"]), {})[r["unit"]] = int(r["value"]), r["tally_id"]
    return Outcome(
        values=(count("totals", len(found), "published totals"),),
        derivation={
            "totals": {"op": "distinct", "of": ["series", "key", "source_id"], "over": "claims"},
            "table": steps.table(
                {name: steps.tallied(unit, [cells[unit][1]]) for name, unit in _UNITS.items() if unit in cells}
                for cells in found.values()
            ),
        },
        incidents=pl.Series("incident_id", [], pl.String),
        claims=tallies["tally_id"],
        columns=(
            Column("series", "Publisher"),
            Column("period", "Period"),
            Column("n", "Incidents"),
            Column("usd", "Amount", "USD"),
            Column("source", "Source"),
        ),
        rows=tuple(
            (series, period, *(cells[unit][0] if unit in cells else None for unit in _UNITS.values()), source)
            for (series, period, source), cells in found.items()
        ),
        notes=tuple(dict.fromkeys(f"{r['series']}: {r['note']}" for r in tallies.iter_rows(named=True) if r["note"])),
    )
