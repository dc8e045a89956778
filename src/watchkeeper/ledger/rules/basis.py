"""Basis: how many claims are held or cited, how they were checked, and how many are undated."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.model.vocabulary import meaning, words


def apply(view: View) -> Outcome:
    """Return the counts of claims by basis and by check mark."""
    claims = view.claims.join(view.members.select("incident_id"), on="incident_id", how="semi")
    held = claims.filter(pl.col("basis") == "held").height
    marks = {mark: claims.filter(pl.col("checked") == mark).height for mark in words("checked")}
    return Outcome(
        values=(
            count("claims", claims.height, "claims"),
            count("held", held, "claims held"),
            count("cited", claims.height - held, "claims cited"),
            count("undated", claims["published_on"].null_count(), "claims undated"),
            *(count(mark, n, f"claims checked: {mark}") for mark, n in marks.items()),
        ),
        derivation={
            "claims": _counted(),
            "held": _counted(basis="held"),
            "cited": _counted(basis="cited"),
            "undated": _counted(published_on=None),
            **{mark: _counted(checked=mark) for mark in marks},
            "table": steps.table({"n": _counted(checked=mark)} for mark in marks),
        },
        incidents=view.member_ids,
        claims=claims["claim_id"],
        columns=(Column("mark", "Checked"), Column("n", "Claims"), Column("means", "Which means")),
        rows=tuple((mark, n, meaning("checked", mark)) for mark, n in marks.items()),
        undated=view.undated.height,
    )


def _counted(**where: str | None) -> steps.Step:
    """Return the count of those of the figure's claims that say this of themselves."""
    return {"op": "count", "over": "claims", **({"where": where} if where else {})}
