"""Party names: bodies of the record with their other names, the lists that hold them, and what they are said to be."""

from __future__ import annotations

from typing import Any

import polars as pl

from watchkeeper.ledger import party_rows, steps
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count

_SHOWN = ("name", "alias", "former_name", "listed", "description")


def apply(view: View) -> Outcome:
    """Return one row a body: its name, its other names, lists with their day, what it is said to be."""
    known = party_rows.bodies(view).implode()
    told = view.facts.filter(
        pl.col("field").is_in(_SHOWN)
        & pl.col("party_id").is_in(known)
        & (pl.col("stance") == "states")
        & pl.col("value").is_not_null()
    )
    listed = told.filter(pl.col("field") == "listed")
    rows = _rows(view, told)
    return Outcome(
        values=(
            count("bodies", told["party_id"].n_unique(), "bodies named"),
            count("listed", listed["party_id"].n_unique(), "bodies that a source says are on a list"),
            count("from_memory", told.filter(pl.col("checked") == "recalled").height, "statements from memory"),
        ),
        derivation={
            "bodies": {"op": "distinct", "of": "party_id", "over": told["fact_id"].to_list()},
            "listed": {"op": "distinct", "of": "party_id", "over": listed["fact_id"].to_list()},
            "from_memory": {**steps.counted(told["fact_id"].to_list()), "where": {"checked": "recalled"}},
            "table": steps.table({} for _ in rows),  # it holds words only
        },
        incidents=pl.Series("incident_id", [], pl.String),
        claims=told["fact_id"].alias("claim_id").cast(pl.String),
        columns=(
            Column("party_id", "Row"),
            Column("name", "Body"),
            Column("also", "Also named"),
            Column("listed", "Listed"),
            Column("description", "What a source says it is"),
            Column("source", "Source"),
            Column("checked", "Weakest check"),
        ),
        rows=tuple(rows),
    )


def _rows(view: View, told: pl.DataFrame) -> list[tuple[str | None, ...]]:
    parties: dict[str, list[dict[str, Any]]] = {}
    for row in told.iter_rows(named=True):
        parties.setdefault(row["party_id"], []).append(row)
    sources = party_rows.sources_of(view)
    return [
        (
            party,
            _joined(said[:1] if said[0]["field"] == "name" else [one for one in said if one["field"] == "name"][:1]),
            _joined(_others(said)),
            "; ".join(f"{one['value']}{_since(one)}" for one in said if one["field"] == "listed") or None,
            _joined([one for one in said if one["field"] == "description"]),
            party_rows.references(said, sources),
            party_rows.weakest(said),
        )
        for party, said in sorted(parties.items())
    ]


def _others(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return aliases and former names, and every name but the first."""
    names = [one for one in said if one["field"] == "name"]
    return [*names[1:], *(one for one in said if one["field"] in ("alias", "former_name"))]


def _joined(said: list[dict[str, Any]]) -> str | None:
    return "; ".join(dict.fromkeys(one["value"] for one in said)) or None


def _since(one: dict[str, Any]) -> str:
    return f" (since {one['since']})" if one["since"] else ""
