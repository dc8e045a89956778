"""Statements: what the claims, facts, links and tallies behind figures say, so that a reader can re-derive each figure.

A figure's derivation names ids; here stands what each id says, with its source. Amounts are exact texts in
their own unit, and a key that a statement does not have is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.model.protection import label
from watchkeeper.model.tlp import STRICTEST, allowed
from watchkeeper.values import amount

_SAYS = {
    "claim": (
        *("incident_id", "field", "value", "low", "high", "unit", "stance", "stated_by", "stated_on", "confidence"),
        *("source_id", "locator", "checked", "basis", "published_on"),
    ),
    "fact": (
        *("party_id", "field", "value", "stance", "since", "until", "stated_by", "stated_on"),
        *("source_id", "locator", "checked", "basis", "published_on"),
    ),
    "link": (
        *("subject", "relation", "object", "share", "stance", "since", "until", "stated_by", "stated_on"),
        *("source_id", "locator", "checked", "basis", "published_on"),
    ),
    "tally": (
        *("series", "scope", "key", "value", "unit", "vintage"),
        *("source_id", "locator", "checked", "published_on"),
    ),
    "label": (
        *("address", "label", "service", "party_id", "kind", "label_basis", "list", "since", "until", "stated_by"),
        *("source_id", "locator", "checked", "basis", "published_on"),
    ),
    "finding": (
        *("trace_id", "outcome", "subject", "origin", "tx", "place", "block", "at", "unit", "received", "followed"),
        *("fifo", "lifo", "haircut", "tiho", "lowest_balance", "reached", "usd_cents", "capture", "locator"),
    ),
    "trace": ("method", "options", "reason", "chain", "asset", "readings", "thefts", "ends", "incident_id"),
}
_AMOUNTS = ("received", "followed", "fifo", "lifo", "haircut", "tiho", "lowest_balance")
_DERIVED = ("basis",)  # of the table alone; no field of a statement
_SOURCE = ("title", "publisher", "reference", "published_on", "checked")


def behind(
    figures: Iterable[Mapping[str, Any]], tables: Mapping[str, pl.DataFrame], clearance: str = STRICTEST
) -> dict[str, dict[str, Any]]:
    """Return the statements that figures name, and the sources that these name.

    Args:
        figures: Figures as JSON; a withheld one names nothing.
        tables: The case's tables by kind.
        clearance: TLP label up to which anything may be shown, statement by statement and field by field.

    Returns:
        "statements" by the id of a claim, fact, link, tally, label, finding or trace, and "sources" by source id.
    """
    ids = list({one for figure in figures if not figure.get("withheld") for one in named_ids(figure)})
    statements = {one: said for kind in _SAYS for one, said in _statements(kind, ids, tables[kind], clearance)}
    named = list({said["source_id"] for said in statements.values() if "source_id" in said})
    sources = {
        row["source_id"]: _present("source", row, _SOURCE, clearance)
        for row in tables["source"].filter(pl.col("source_id").is_in(named)).iter_rows(named=True)
        if allowed(row["tlp"], clearance)
    }
    return {"statements": dict(sorted(statements.items())), "sources": dict(sorted(sources.items()))}


def named_ids(figure: Mapping[str, Any]) -> Iterator[str]:
    """Return every id a figure names; those of incidents, parties and words find no statement."""
    yield from figure["claims"]
    yield from _over(figure["derivation"])


def _over(step: Any) -> Iterator[str]:
    """Return the ids of a step and of those inside it: an interval's ends, a table's cells, what a difference is of."""
    inside = step.items() if isinstance(step, Mapping) else enumerate(step) if isinstance(step, list) else ()
    for key, inner in inside:
        if key == "over" and isinstance(inner, list):
            yield from inner
        else:
            yield from _over(inner)


def _statements(kind: str, ids: list[str], table: pl.DataFrame, clearance: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in table.filter(pl.col(f"{kind}_id").is_in(ids)).iter_rows(named=True):
        if allowed(row["tlp"], clearance):
            said = _present(kind, row, _SAYS[kind], clearance)
            if kind == "label" and "kind" in said:  # the kind of stop, and not that of the statement
                said["stop"] = said.pop("kind")
            yield row[f"{kind}_id"], {"kind": kind, **said}


def _present(kind: str, row: Mapping[str, Any], keys: Iterable[str], clearance: str) -> dict[str, Any]:
    """Return the cells that say something; amounts, which stand in the smallest part of their unit, in the unit."""
    shown = [key for key in keys if key in _DERIVED or allowed(label(kind, f"body/{key}", row["tlp"]), clearance)]
    said = {key: row[key].isoformat() if isinstance(row[key], date) else row[key] for key in shown}
    if row.get("unit") in amount.units():
        held = [key for key in _held(said) if key in said]
        said |= {key: amount.plain(int(row[key]), row["unit"]) for key in held if row[key] is not None}
    return {key: cell for key, cell in said.items() if cell is not None}


def _held(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names under which a statement holds amounts of its unit."""
    if "received" in said:
        return _AMOUNTS
    return ("low", "high") if "low" in said else ("value",)
