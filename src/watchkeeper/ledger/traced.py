"""Traced: what is known of traces on a day: decisions how money was followed, what was found, labels and prices.

A trace counts from the day it was decided, and what it found from the day that was entered. For publication only traces
count that two accounts reviewed as they stand now: a new label on an address found reopens the review.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger.evidence import evidences

Tables = Mapping[str, pl.DataFrame]


def known(tables: Tables, force: pl.DataFrame, as_of: date | None, *, reviewed_only: bool) -> dict[str, Any]:
    """Return traces, findings, labels, prices and readings that are known; nothing that was withdrawn.

    Args:
        tables: The case's tables by kind.
        force: Decisions in force, as `decisions.in_force` gives them.
        as_of: The day looked from, inclusive; None is everything recorded.
        reviewed_only: Leave out traces that two accounts did not review.
    """
    gone = force.filter(pl.col("verdict") == "withdrawn").select("subject")
    traces = _standing(tables["trace"], "trace_id", gone, pl.col("decided_on"), as_of)
    if reviewed_only:
        traces = traces.filter(pl.col("trace_id").is_in(sorted(_reviewed(tables, force))))
    found = _standing(tables["finding"], "finding_id", gone, pl.col("entered_on"), as_of)
    said = pl.coalesce("published_on", "entered_on")
    return {
        "traces": traces,
        "findings": found.join(traces, on="trace_id", how="semi", maintain_order="left"),
        "labels": _standing(tables["label"], "label_id", gone, said, as_of),
        "prices": _standing(tables["price"], "price_id", gone, said, as_of),
        "readings": tables["reading"],
    }


def _standing(table: pl.DataFrame, name: str, gone: pl.DataFrame, day: pl.Expr, as_of: date | None) -> pl.DataFrame:
    """Return the rows known on the day, in the record's order, without those withdrawn."""
    left = table.join(gone, left_on=name, right_on="subject", how="anti", maintain_order="left")
    return left if as_of is None else left.filter(day <= as_of)


def _reviewed(tables: Tables, force: pl.DataFrame) -> set[str]:
    """Return the traces that two accounts reviewed as they stand now."""
    asked = force.filter(
        (pl.col("verdict") == "reviewed")
        & (pl.col("calls_for") == "second")
        & pl.col("subject").is_in(tables["trace"]["trace_id"].implode())
    ).select("subject", "rests_on")
    now = evidences(tables, "trace", {one: [one] for one in asked["subject"].to_list()})
    return {subject for subject, seen in asked.iter_rows() if seen in (None, now[subject])}
