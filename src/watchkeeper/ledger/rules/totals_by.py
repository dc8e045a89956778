"""Totals by year, sector, State, actor or method; an incident without the word is shown as "not stated"."""

from __future__ import annotations

from typing import Any

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.extremes import extremes
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.model.vocabulary import meaning
from watchkeeper.values import country
from watchkeeper.values.refused import Invalid

_FIELDS = {"year": "occurred", "sector": "sector", "state": "victim_state", "actor": "actor", "method": "method"}
_LABEL = {
    "year": "Year",
    "sector": "Sector",
    "state": "State or territory of the victim",
    "actor": "Actor, in the sources' naming",
    "method": "Method",
}
_AMOUNTS = ("attempted_low", "attempted_high", "loss_low", "loss_high")
NOT_STATED = "not stated"


def apply(view: View, by: str) -> Outcome:
    """Return one row a group: instances, attempted, reported loss low and high; amounts in USD cents."""
    # By id and not, as members come, by date: another date of one incident shall not reorder what a cell names.
    groups = _groups(view, by).sort("incident_id")
    table = groups
    for name, field in (("attempted", "attempted"), ("loss", "loss_reported")):
        found = extremes(view, field).rows.select(
            "incident_id", pl.col("low", "high", "low_claim", "high_claim").name.prefix(f"{name}_")
        )
        table = table.join(found, on="incident_id", how="left", maintain_order="left")
    table = table.group_by("group").agg(
        pl.col("incident_id").n_unique().alias("n"),
        *(_sum(column) for column in _AMOUNTS),
        pl.col("incident_id"),
        *(pl.col(f"{column}_claim").drop_nulls() for column in _AMOUNTS),
    )
    table = table.sort("group") if by == "year" else table.sort("n", "group", descending=[True, False])
    several = groups.height - groups["incident_id"].n_unique()
    return Outcome(
        values=(
            count("instances", view.members.height, "reported instances"),
            count("groups", table.height, f"groups by {by}"),
        ),
        derivation={
            "instances": {"op": "count", "over": "ids"},
            "groups": {"op": "count", "over": table["group"].to_list()},
            "table": steps.table(_steps(r) for r in table.iter_rows(named=True)),
        },
        incidents=view.member_ids,
        claims=view.of("attempted", "loss_reported", _FIELDS[by])["claim_id"],
        columns=(
            Column("group", _LABEL[by]),
            Column("n", "Instances"),
            Column("attempted_low", "Attempted, low", "USD"),
            Column("attempted_high", "Attempted, high", "USD"),
            Column("loss_low", "Loss reported, low", "USD"),
            Column("loss_high", "Loss reported, high", "USD"),
        ),
        rows=tuple((_name(by, r[0]), *r[1:]) for r in table.select("group", "n", *_AMOUNTS).iter_rows()),
        notes=(f"{several} incidents stand in more than one group.",) if several else (),
        undated=view.undated.filter(pl.col("field").is_in(["attempted", "loss_reported"])).height,
        extra={"groups": table["group"].to_list()},
    )


def _groups(view: View, by: str) -> pl.DataFrame:
    if by == "year":
        year = pl.col("year").cast(pl.String).fill_null("spans two years")
        return view.members.select(
            "incident_id", pl.when(pl.col("first_on").is_null()).then(pl.lit(NOT_STATED)).otherwise(year).alias("group")
        )
    if by == "sector":
        return view.members.select("incident_id", pl.col("sector").fill_null(NOT_STATED).alias("group"))
    if by not in _FIELDS:
        raise Invalid(f'Totals by "{by}" are not defined; choose {", ".join(_LABEL)}.')
    said = view.of(_FIELDS[by]).select("incident_id", pl.col("value").alias("group")).unique(maintain_order=True)
    return (
        view.members.select("incident_id")
        .join(said, on="incident_id", how="left")
        .with_columns(pl.col("group").fill_null(NOT_STATED))
    )


def _sum(column: str) -> pl.Expr:
    """Sum exactly in 128 bits; a group in which no incident states the amount is null, not zero."""
    return pl.when(pl.col(column).is_not_null().any()).then(pl.col(column).cast(pl.Int128).sum()).alias(column)


def _steps(row: dict[str, Any]) -> dict[str, steps.Step]:
    """Return how the numbers of a group follow: from its incidents, and from the claims that set the ends."""
    ends = {c: steps.added(c.rpartition("_")[2], row[f"{c}_claim"]) for c in _AMOUNTS if row[f"{c}_claim"]}
    return {"n": steps.counted(row["incident_id"]), **ends}


def _name(by: str, group: str) -> str:
    if by == "state" and group != NOT_STATED:
        return country.by_alpha2(group).un_name
    if by in ("sector", "method") and group != NOT_STATED:
        return meaning(f"{by}s", group).rstrip(".")
    return group
