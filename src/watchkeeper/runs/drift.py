"""Drift: what in a figure is no longer as it was printed, and which claims or decisions moved it.

A figure drifts if its value, what it counts, or how it follows from that differs. Rows it opens to may
read otherwise, such as a loss in the list of instances, while the figure says what it said: that is no drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger.decisions import standings
from watchkeeper.ledger.view import View

# The derivation follows from these; it lists ids that a figure does not count as well, such as those without a claim.
_COUNTED = ("value", "values", "ids", "claims")
# What may differ without the figure saying anything else: the day looked from, and digests over it.
_NOT_SAID = ("as_of", "digest", "published_later", "undated_set_apart")


@dataclass(frozen=True, slots=True)
class Since:
    """What was recorded behind a figure's back: incident by claim entered or withdrawn, and ids of decisions.

    It explains a row that a figure opens to and does not count, such as the loss in the list of instances. `day` is
    the one that the figure was printed for: what ended from then on is a reason as well.
    """

    claims: Mapping[str, str] = field(default_factory=dict)
    decisions: frozenset[str] = frozenset()
    day: date = date.max


def drift_of(
    key: str, old: Mapping[str, Any], new: Mapping[str, Any], view: View, since: Since | None = None
) -> dict[str, Any] | None:
    """Return old, new and the reasons if a figure counts something else now; None if it does not.

    Args:
        key: The figure's key in the report.
        old: Its JSON as printed.
        new: Its JSON as computed now.
        view: The view it was computed through, for the decisions.
        since: What was recorded since the figure was printed.
    """
    if all(old.get(name) == new.get(name) for name in _COUNTED):
        return None
    since = since or Since(decisions=frozenset(view.decisions["decision_id"]))
    rows = _rows_changed(old, new)
    left = set(old["ids"]) - set(new["ids"])
    touched = {claim for claim, incident in since.claims.items() if incident in rows or incident in left}
    known = set(view.claims["claim_id"])
    came = (set(new["claims"]) - set(old["claims"])) | (touched & known)
    went = (set(old["claims"]) - set(new["claims"])) | (touched - known)
    moved = (set(old["ids"]) ^ set(new["ids"])) | came | went
    return {
        "figure": key,
        "old": old["value"],
        "new": new["value"],
        "values": {
            name: [old["values"].get(name), now]
            for name, now in new["values"].items()
            if old["values"].get(name) != now
        },
        "claims_new": sorted(came),
        "claims_gone": sorted(went),
        "ids_new": sorted(set(new["ids"]) - set(old["ids"])),
        "ids_gone": sorted(set(old["ids"]) - set(new["ids"])),
        "rows_changed": rows,
        "decisions": _decisions(moved | set(rows), view, since),
    }


def reads_otherwise(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether anything a reader sees of a figure differs, be it counted or only shown."""
    return _said(old) != _said(new)


def _said(figure: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figure.items() if name not in _NOT_SAID}


def _rows_changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the incidents whose rows stand in both and read otherwise now."""
    before = {row["incident_id"]: row for row in old["rows"] if "incident_id" in row}
    now = {row["incident_id"]: row for row in new["rows"] if "incident_id" in row}
    return sorted(one for one in before.keys() & now.keys() if before[one] != now[one])


def _decisions(touched: set[str], view: View, since: Since) -> list[str]:
    """Return the decisions that moved what was touched: made since, or lapsed since, and in force or taken back.

    One that two accounts made is told with both; a proposal that still waits moved nothing.
    """
    stood = [one for one in standings(view.decisions, view.as_of) if {one.subject, one.other} & touched]
    made = {one for standing in stood if since.decisions & set(standing.decisions) for one in standing.decisions}
    waiting = {one for standing in stood for one in standing.waiting}
    rows = view.decisions.filter(pl.col("subject").is_in(touched) | pl.col("other").is_in(touched))
    lapsed = (
        rows.clear() if view.as_of is None else rows.filter(pl.col("until").is_between(since.day, view.as_of, "left"))
    )
    ended = lapsed["decision_id"].to_list()
    direct = set(rows["decision_id"]) & since.decisions - waiting
    spoken_of = view.decisions.filter(
        pl.col("decision_id").is_in(since.decisions)
        & pl.col("subject").is_in(rows["decision_id"].implode())
        & (pl.col("verdict") == "undone")
    )
    ids = made | direct | set(ended) | {*spoken_of["decision_id"], *spoken_of["subject"]}
    return [
        f"{d['decision_id']}: {d['subject']} {d['verdict']} ({d['reason']})"
        for d in view.decisions.filter(pl.col("decision_id").is_in(ids)).iter_rows(named=True)
    ]
