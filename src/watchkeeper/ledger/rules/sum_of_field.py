"""Sum of a money field: at least the sum of the lowest claims, at most that of the highest."""

from __future__ import annotations

from watchkeeper.ledger.extremes import extremes
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Outcome, count


def apply(view: View, field: str) -> Outcome:
    """Return low and high of the sum, how many incidents state the field, and how many do not."""
    found = extremes(view, field)
    silent = view.members.join(found.rows, on="incident_id", how="anti")["incident_id"].sort()
    recalled = found.from_memory(view)
    return Outcome(
        values=(
            *found.values(field),
            count("rows_without", silent.len(), "incidents with no such claim"),
            recalled.value("from_memory"),
            count("rows_from_memory", recalled.rows.height, "incidents with an end written from memory"),
        ),
        derivation={
            **found.derivations(field),
            "rows_without": {"op": "count", "over": silent.to_list()},
            "from_memory": recalled.derivation(),
            "rows_from_memory": {"op": "count", "over": recalled.rows["incident_id"].to_list()},
        },
        incidents=found.rows["incident_id"],
        claims=found.considered,
        notes=found.notes(),
        undated=found.undated,
    )
