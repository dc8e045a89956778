"""Instances: one readable row an incident, every cell of it a claim with its source.

Rows carry what a panel asks of a table of instances: date with its precision, State, victim,
each money field as an interval, who attributes and who disputes, the source with its locator,
whether its bytes are held, and against what it was checked.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column
from watchkeeper.model.vocabulary import words
from watchkeeper.values import when

MONEY = ("attempted", "executed", "taken", "recovered", "net", "loss_reported")
COLUMNS = (
    Column("incident_id", "Row"),
    Column("occurred", "Date"),
    Column("precision", "Precision"),
    Column("states", "State or territory"),
    Column("victim", "Victim"),
    Column("title", "Incident"),
    Column("sector", "Sector"),
    *(
        Column(f"{name}_{end}", f"{name.replace('_', ' ').capitalize()}, {end}", "USD")
        for name in MONEY
        for end in ("low", "high")
    ),
    Column("attribution", "Attribution"),
    Column("attributed_by", "Attributed by"),
    Column("grade", "Grade"),
    Column("standing", "Our grade"),
    Column("disputed", "Disputed, in words"),
    Column("disputed_by", "Disputed by"),
    Column("source", "Source"),
    Column("locator", "Locator"),
    Column("basis", "Basis"),
    Column("checked", "Weakest check"),
    Column("checked_against", "Checked against"),
    Column("note", "Note"),
)


def rows(view: View, ids: list[str] | None = None) -> list[dict[str, Any]]:
    """Return one dict an incident with the keys of `COLUMNS`, in the order of the view's members.

    Args:
        view: The view; all claims it knows on an incident are used.
        ids: Only these incidents; None for all members.
    """
    members = view.members if ids is None else view.incidents.filter(pl.col("incident_id").is_in(ids))
    wanted = members["incident_id"].to_list()
    said: dict[str, list[dict[str, Any]]] = {one: [] for one in wanted}
    for claim in view.claims.filter(pl.col("incident_id").is_in(wanted)).iter_rows(named=True):
        said[claim["incident_id"]].append(claim)
    sources = {s["source_id"]: s for s in view.sources.iter_rows(named=True)}
    return [_row(member, said[member["incident_id"]], sources) for member in members.iter_rows(named=True)]


def _row(member: dict[str, Any], claims: list[dict[str, Any]], sources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    def values(*fields: str) -> list[str]:
        return list(dict.fromkeys(c["value"] for c in claims if c["field"] in fields))

    def speakers(stance: str) -> str | None:
        return "; ".join(_speaker(c) for c in claims if c["stance"] == stance) or None

    def bodies(stance: str) -> str | None:
        said = [f"{c['stated_by']} ({c['stated_on'] or 'day not known'})" for c in claims if c["stance"] == stance]
        return "; ".join(dict.fromkeys(said)) or None

    listing = _listing(claims)
    source = sources.get(listing.get("source_id", ""), {})
    shown = ("occurred", "attribution", "victim_state", "affected_state", "named_state", *MONEY)
    marks = [c["checked"] for c in claims if c["field"] in shown]
    weakest = max(marks, key=words("checked").index, default=None)
    return {
        "incident_id": member["incident_id"],
        "occurred": member["occurred"],
        "precision": when.parse(member["occurred"]).precision if member["occurred"] else None,
        "states": ", ".join(values("victim_state", "affected_state", "named_state") or values("worldwide")) or None,
        "victim": next(iter(values("victim")), None),
        "title": member["title"],
        "sector": member["sector"],
        **_money(claims),
        "attribution": speakers("attributes"),
        "attributed_by": bodies("attributes"),
        "grade": member["grade"],
        "standing": _standing(member, disputed=bodies("disputes") is not None),
        "disputed": speakers("disputes"),
        "disputed_by": bodies("disputes"),
        "source": source.get("reference"),
        "locator": listing.get("locator"),
        "basis": listing.get("basis"),
        "checked": weakest,
        "checked_against": source.get("via") or source.get("reference"),
        "note": member["note"],
    }


def _standing(member: dict[str, Any], *, disputed: bool) -> str:
    """Return the grade in words a table has room for, with whether it is disputed or held contested."""
    words = [member["grade"] or "not graded"]
    words += ["contested"] if member["contested"] else ["disputed"] if disputed else []
    return ", ".join(words)


def _listing(claims: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the claim that lists the incident: in an edition if any does, else the first that dates it."""
    ranked = sorted(claims, key=lambda c: {"in_edition": 0, "occurred": 1}.get(c["field"], 2))
    return ranked[0] if ranked else {}


def _money(claims: list[dict[str, Any]]) -> dict[str, int | None]:
    money: dict[str, int | None] = {}
    for name in MONEY:
        stated = [
            (c["low_usd_cents"], c["high_usd_cents"])
            for c in claims
            if c["field"] == name and c["low_usd_cents"] is not None
        ]
        money[f"{name}_low"] = min((low for low, _ in stated), default=None)
        money[f"{name}_high"] = max((high for _, high in stated), default=None)
    return money


def _speaker(claim: dict[str, Any]) -> str:
    day = f" on {claim['stated_on']}" if claim["stated_on"] else ""
    grade = f" [{claim['confidence']}]" if claim["confidence"] else ""
    return f"{claim['stated_by']}{day}: {claim['value']}{grade}"
