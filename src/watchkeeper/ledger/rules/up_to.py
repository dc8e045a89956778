"""Up to: highest attempted amount of each incident, else its highest reported loss."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger.extremes import extremes, total
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Outcome, Value, count


def apply(view: View) -> Outcome:
    """Return the sum and how many incidents gave which of the two fields."""
    attempted = extremes(view, "attempted")
    lost = extremes(view, "loss_reported")
    only_lost = lost.rows.join(attempted.rows, on="incident_id", how="anti")
    over = pl.concat([attempted.rows["high_claim"], only_lost["high_claim"]])
    highest = None if over.is_empty() else total(attempted.rows["high"]) + total(only_lost["high"])
    return Outcome(
        values=(
            Value("attempted_or_lost", highest, highest, "USD"),
            count("rows_attempted", attempted.rows.height, "incidents by their attempted amount"),
            count("rows_lost", only_lost.height, "incidents by their reported loss"),
        ),
        derivation={
            "attempted_or_lost": {"op": "sum", "of": "high", "unit": "USD", "over": over.to_list()},
            "rows_attempted": {"op": "count", "over": attempted.rows["incident_id"].to_list()},
            "rows_lost": {"op": "count", "over": only_lost["incident_id"].to_list()},
        },
        incidents=pl.concat([attempted.rows["incident_id"], only_lost["incident_id"]]).sort(),
        claims=over,
        notes=attempted.notes() + lost.notes(),
        undated=attempted.undated + lost.undated,
    )
