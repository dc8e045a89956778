"""Drift: what in a figure is no longer as it was printed, and which claims or decisions moved it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from watchkeeper.ledger.view import View

# What may differ without the figure saying anything else: the day looked from, and digests over it.
_NOT_SAID = ("as_of", "digest", "published_later", "undated_set_apart")


def drift_of(key: str, old: Mapping[str, Any], new: Mapping[str, Any], view: View) -> dict[str, Any] | None:
    """Return old, new and the reasons if a figure says something else now; None if it does not.

    Args:
        key: The figure's key in the report.
        old: Its JSON as printed.
        new: Its JSON as computed now.
        view: The view it was computed through, for the decisions.
    """
    if _said(old) == _said(new):
        return None
    return {
        "figure": key,
        "old": old["value"],
        "new": new["value"],
        "values": {
            name: [old["values"].get(name), now]
            for name, now in new["values"].items()
            if old["values"].get(name) != now
        },
        "claims_new": sorted(set(new["claims"]) - set(old["claims"])),
        "claims_gone": sorted(set(old["claims"]) - set(new["claims"])),
        "ids_new": sorted(set(new["ids"]) - set(old["ids"])),
        "ids_gone": sorted(set(old["ids"]) - set(new["ids"])),
        "decisions": _decisions(old, new, view),
    }


def _said(figure: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figure.items() if name not in _NOT_SAID}


def _decisions(old: Mapping[str, Any], new: Mapping[str, Any], view: View) -> list[str]:
    """Return the newest decision on each incident or claim that came or went."""
    moved = (set(old["ids"]) ^ set(new["ids"])) | (set(old["claims"]) ^ set(new["claims"]))
    spoken = view.decisions.filter(pl.col("subject").is_in(moved) | pl.col("other").is_in(moved))
    newest = spoken.unique("subject", keep="last", maintain_order=True)
    return [f"{d['decision_id']}: {d['subject']} {d['verdict']} ({d['reason']})" for d in newest.iter_rows(named=True)]
