"""Sum of a money field: at least the sum of the lowest claims, at most that of the highest."""

from __future__ import annotations

from watchkeeper.ledger.extremes import extremes
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Outcome, count


def apply(view: View, field: str) -> Outcome:
    """Return low and high of the sum, how many incidents state the field, and how many do not."""
    found = extremes(view, field)
    silent = view.members.height - found.rows.height
    return Outcome(
        values=(*found.values(field), count("rows_without", silent, "incidents with no such claim")),
        derivation={field: found.derivation()},
        incidents=found.rows["incident_id"],
        claims=found.considered,
        notes=found.notes(),
        undated=found.undated,
    )
