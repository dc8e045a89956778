"""States and territories: victim located in, affected as well, named at all."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger.rules.at_least_n import state_tallies
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.values import country

_COUNTS = {
    "victim": ("victim_state",),
    "affected": ("victim_state", "affected_state"),
    "named": ("victim_state", "affected_state", "named_state"),
}
_NAMED = 5  # ids in the note; the figure's rows hold them all
_UNIT = "States and territories"
_ROLES = {"victim_state": "victim located in", "affected_state": "affected", "named_state": "named"}


def apply(view: View) -> Outcome:
    """Return the three counts and the table of States with their incidents."""
    if view.edition and view.members.is_empty():
        return _from_tallies(view, view.edition)
    said = view.of(*_COUNTS["named"])
    counts = {name: said.filter(pl.col("field").is_in(fields)) for name, fields in _COUNTS.items()}
    rows = said.group_by("value").agg(
        pl.col("incident_id").n_unique().alias("n"),
        pl.col("incident_id").unique().sort().str.join(", ").alias("ids"),
        pl.col("field").unique().sort().alias("roles"),
    )
    return Outcome(
        values=tuple(count(name, part["value"].n_unique(), _UNIT) for name, part in counts.items()),
        derivation={
            name: {"op": "distinct", "of": "value", "over": part["claim_id"].to_list()} for name, part in counts.items()
        },
        incidents=view.member_ids,
        claims=said["claim_id"],
        columns=(
            Column("state", "State or territory"),
            Column("code", "Code"),
            Column("roles", "Named as"),
            Column("n", "Instances"),
            Column("ids", "Rows"),
        ),
        rows=tuple(
            (
                country.by_alpha2(r["value"]).un_name,
                r["value"],
                ", ".join(_ROLES[role] for role in _ROLES if role in r["roles"]),
                r["n"],
                r["ids"],
            )
            for r in rows.sort("n", "value", descending=[True, False]).iter_rows(named=True)
        ),
        notes=_worldwide(view),
        undated=view.undated.filter(pl.col("field").is_in(_COUNTS["named"])).height,
    )


def _worldwide(view: View) -> tuple[str, ...]:
    """Name the instances without a State, so that no reader looks for them in the table."""
    placed = view.of(*_COUNTS["named"])
    without = view.members.join(placed, on="incident_id", how="anti")
    if without.is_empty():
        return ()
    ids = ", ".join(without["incident_id"].sort().head(_NAMED)) + (", ..." if without.height > _NAMED else "")
    return (f"{without.height} of the instances name no State or territory ({ids}).",)


def _from_tallies(view: View, edition: str) -> Outcome:
    tallies = state_tallies(view, edition)
    return Outcome(
        values=(count("victim", tallies["key"].n_unique(), _UNIT),),
        derivation={"victim": {"op": "distinct", "of": "key", "over": tallies["tally_id"].to_list()}},
        incidents=view.member_ids,
        claims=tallies["tally_id"],
        columns=(
            Column("state", "State or territory"),
            Column("code", "Code"),
            Column("n", "Instances"),
            Column("source", "Source"),
        ),
        rows=tuple(
            (country.by_alpha2(r["key"]).un_name, r["key"], int(r["value"]), r["source_id"])
            for r in tallies.sort(pl.col("value").cast(pl.Int64), "key", descending=[True, False]).iter_rows(named=True)
        ),
        notes=("The draft gives numbers by State only; which of them are States of the victim it does not say.",),
    )
