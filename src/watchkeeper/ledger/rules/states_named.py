"""States and territories: victim located in, affected as well, named at all."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.rules.at_least_n import state_tallies
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.model.vocabulary import words
from watchkeeper.values import country

_COUNTS = {
    "victim": ("victim_state",),
    "affected": ("victim_state", "affected_state"),
    "named": ("victim_state", "affected_state", "named_state"),
}
_UNITS = {
    "victim": "States and territories in which a victim is located",
    "affected": "States and territories in which a victim is located or the operation took effect",
    "named": "States and territories named at all",
}
_ROLES = {"victim_state": "victim located in", "affected_state": "affected", "named_state": "named"}


def apply(view: View) -> Outcome:
    """Return the three counts and the table of States with their incidents."""
    if view.edition and not state_tallies(view, view.edition).is_empty():
        return _from_tallies(view, view.edition)
    said = view.of(*_COUNTS["named"])
    counts = {name: said.filter(pl.col("field").is_in(fields)) for name, fields in _COUNTS.items()}
    rows = _rows(said)
    return Outcome(
        values=(
            *(count(name, part["value"].n_unique(), _UNITS[name]) for name, part in counts.items()),
            count("victim_from_memory", len(from_memory := _from_memory(counts["victim"])), _FROM_MEMORY),
        ),
        derivation={
            **{name: _distinct(part["claim_id"]) for name, part in counts.items()},
            "victim_from_memory": {"op": "count", "over": from_memory},
            "table": steps.table({"n": steps.counted(ids)} for _, ids in rows),
        },
        incidents=view.member_ids,
        claims=said["claim_id"],
        columns=(
            Column("state", "State or territory"),
            Column("code", "Code"),
            Column("roles", "Named as"),
            Column("n", "Instances"),
            Column("checked", "Checked"),
            Column("ids", "Rows"),
        ),
        rows=tuple(row for row, _ in rows),
        notes=_placeless(view),
        undated=view.undated.filter(pl.col("field").is_in(_COUNTS["named"])).height,
    )


_FROM_MEMORY = "of these States and territories of a victim, named from memory only"


def _distinct(claims: pl.Series) -> dict[str, object]:
    return {"op": "distinct", "of": "value", "over": claims.to_list()}


def _from_memory(said: pl.DataFrame) -> list[str]:
    """Return the States that no source names, only the compilers' memory."""
    sourced = said.filter(pl.col("checked") != words("checked")[-1])
    return sorted(set(said["value"]) - set(sourced["value"]))


def _rows(said: pl.DataFrame) -> list[tuple[tuple[str, str, str, int, str, str], list[str]]]:
    """Return one row a State with its incidents: most instances first, then by name.

    The mark is the strongest of its claims.
    """
    marks = words("checked")
    groups = said.group_by("value").agg(
        pl.col("incident_id").unique().sort().alias("ids"),
        pl.col("field").unique().alias("roles"),
        pl.col("checked").unique().alias("marks"),
    )
    rows = [
        (
            (
                country.by_alpha2(r["value"]).un_name,
                r["value"],
                ", ".join(_ROLES[role] for role in _ROLES if role in r["roles"]),
                len(r["ids"]),
                min(r["marks"], key=marks.index),
                ", ".join(r["ids"]),
            ),
            r["ids"],
        )
        for r in groups.iter_rows(named=True)
    ]
    return sorted(rows, key=lambda found: (-found[0][3], found[0][0]))


def _placeless(view: View) -> tuple[str, ...]:
    """Name the instances without a State of the victim, so that no reader looks for them among the others."""
    named = view.of(*_COUNTS["named"])
    without = view.members.join(named, on="incident_id", how="anti")["incident_id"].sort().to_list()
    no_victim = view.members.join(view.of("victim_state"), on="incident_id", how="anti")["incident_id"].sort().to_list()
    only_named = [incident for incident in no_victim if incident not in without]
    notes = [f"No State or territory is named for: {', '.join(without)}."] if without else []
    if only_named:
        notes.append(f"No single State or territory of the victim is named for: {', '.join(only_named)}.")
    return tuple(notes)


def _from_tallies(view: View, edition: str) -> Outcome:
    tallies = state_tallies(view, edition)
    largest = tallies.sort(pl.col("value").cast(pl.Int64), "key", descending=[True, False])
    return Outcome(
        values=(count("victim", tallies["key"].n_unique(), "States and territories named"),),
        derivation={
            "victim": {"op": "distinct", "of": "key", "over": tallies["tally_id"].to_list()},
            "table": steps.table({"n": steps.tallied("incidents", [tally])} for tally in largest["tally_id"]),
        },
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
            for r in largest.iter_rows(named=True)
        ),
        notes=("The draft gives numbers by State only; which of them are States of the victim it does not say.",),
    )
